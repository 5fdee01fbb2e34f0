"""Drop tapes whose values nobody reads: other passes found that the shape was enough.

A tape is read by `x = x_saved.pop()` and by `while x_saved:`; where all that is left of it are
saves and `x_saved.pop()` for its effect alone, it goes.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.optimise.facts import Facts
from srcxform.optimise.purity import is_pure
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, change_blocks, load_list, spine, statements_in


def unread_tapes(block: Block, facts: Facts) -> Block:
    """Give the block without the tapes that are not read."""
    uses = Counter(name for line in block for name in load_list(line))
    idle = Counter(
        name
        for top in block
        for line in statements_in(top)
        if (name := kept_only(line, facts)) is not None
    )
    unread = {name for name, count in idle.items() if uses[name] == count}
    return without(spine(block), unread, facts) if unread else block


def without(block: Block, unread: set[str], facts: Facts) -> Block:
    new: Block = []
    for line in block:
        if kept_only(line, facts) in unread or empties(line) in unread:
            continue
        if blocks(line):
            change_blocks(line, lambda inner: without(inner, unread, facts))
        new.append(line)
    return new


def kept_only(line: Node, facts: Facts) -> str | None:
    """Give the tape that a statement only saves into, or only takes a value off."""
    match line:
        case gast.Expr(
            value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr=what), args=args)
        ) if facts.is_tape(tape):
            saves = what == "append" and is_pure(args[0], facts.externals)
            return str(tape) if saves or what == "pop" and not args else None
    return None


def empties(line: Node) -> str | None:
    """Give the list that a statement makes."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.List(elts=[])):
            return str(name)
    return None
