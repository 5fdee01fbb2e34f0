"""Save before the user's statement and restore above its comment, not between its parts.

`y_1 = k * y; y_saved.append(y); y = y - y_1` becomes `y_saved.append(y); y_1 = k * y; y = y - y_1`,
whose last two lines can then be one.
"""

from __future__ import annotations

import gast

from srcxform.optimise.facts import Facts
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import all_names, blocks, change_blocks, loads, spine, stores


def early_tapes(block: Block, facts: Facts) -> Block:
    """Move each save and each restore up as far as its statement reaches."""
    return run(spine(block), facts)


def run(block: Block, facts: Facts) -> Block:
    new: Block = []
    for position, statement in enumerate(block):
        change_blocks(statement, lambda inner: run(inner, facts))
        at = len(new)
        if is_save(statement, facts):
            at = start_of_statement(new, statement, place_behind(block, position, facts))
        elif is_restore(statement, facts):
            at = above_comment(new, statement)
        new.insert(at, statement)
    return new


def is_save(node: Node, facts: Facts) -> bool:
    match node:
        case gast.Expr(
            value=gast.Call(
                func=gast.Attribute(value=gast.Name(id=tape), attr="append"), args=[gast.Name()]
            )
        ):
            return facts.is_tape(tape)
    return False


def is_restore(node: Node, facts: Facts) -> bool:
    match node:
        case gast.Assign(
            targets=[gast.Name()],
            value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr="pop"), args=[]),
        ):
            return facts.is_tape(tape)
    return False


def place_behind(block: Block, position: int, facts: Facts) -> object:
    """Give the place of the statement that a save is made for."""
    for statement in block[position:]:
        if not is_save(statement, facts):
            return getattr(statement, "place", None)
    return None


def start_of_statement(new: Block, save: Node, place: object) -> int:
    """Find the first line of the user's statement from which the name is not bound again."""
    names = all_names(save)
    at = len(new)
    while at and place is not None:
        before = new[at - 1]
        if blocks(before) or isinstance(before, (Comment, gast.AugAssign)):
            break
        if getattr(before, "place", None) != place or names & (stores(before) | tapes(before)):
            break
        at -= 1
    return at


def tapes(line: Node) -> set[str]:
    return {name for name in loads(line) if name.rstrip("_").endswith("_saved")}


def above_comment(new: Block, restore: Node) -> int:
    """Find the comment above, if no line since speaks of what is restored."""
    names = all_names(restore)
    for at in range(len(new), 0, -1):
        line = new[at - 1]
        if isinstance(line, Comment):
            return at - 1
        if blocks(line) or names & all_names(line):
            break
    return len(new)
