"""Ask once what is asked twice: two branches over one test, one behind the other, become one.

The branch of the backward sweep may stand right behind that of the forward sweep:
`if not t: A` and then `if t: B` with `else: C` becomes `if t: B` with `else: A; C`.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.optimise.facts import Facts
from srcxform.optimise.purity import is_pure
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.mentions import text_of
from srcxform.syntax.visit import change_blocks, load_list, loads, rename, spine, stores


def branches(block: Block, facts: Facts) -> Block:
    """Give the block with such branches joined."""
    uses = Counter(name for s in block for name in load_list(s))

    def run(block: Block) -> Block:
        new: Block = []
        for statement in block:
            change_blocks(statement, run)
            new.append(statement)
            if isinstance(statement, gast.If):
                named_test(new, uses)
                join(new, facts)
        return new

    return run(spine(block))


def lines_of_code(block: Block) -> list[int]:
    """Give the positions of what is no comment."""
    return [at for at, line in enumerate(block) if not isinstance(line, Comment)]


def named_test(new: Block, uses: Counter[str]) -> None:
    """`t = x < y; if t: ...` is `if x < y: ...`, where t is read nowhere else."""
    code = lines_of_code(new)
    if len(code) < 2:
        return
    match new[code[-2]]:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Compare() as value):
            if uses[name] == 1 and loads(new[-1].test) == {name}:
                new[-1].test = rename(new[-1].test, {name: value})
                del new[code[-2]]


def join(new: Block, facts: Facts) -> None:
    code = lines_of_code(new)
    if len(code) > 1 and isinstance(new[code[-2]], gast.If):
        joined = both(new[code[-2]], new[-1], facts)
        if joined is not None:
            new[-1] = joined
            del new[code[-2]]


def both(first: Node, second: Node, facts: Facts) -> Node | None:
    """Give the branch that does what two do; None if the test may have another outcome by then."""
    place = getattr(first, "place", None)
    if getattr(second, "place", None) not in (None, place):
        return None  # the user's own two branches stay two
    read = loads(second.test)
    if not all(map(facts.is_number, read)) or read & stores(first):
        return None
    if not is_pure(second.test, facts.externals) or leaves(first):
        return None
    if text_of(first.test) == text_of(second.test):
        before = first.body, first.orelse
    elif is_opposite(first.test, second.test) or is_opposite(second.test, first.test):
        before = first.orelse, first.body
    else:
        return None
    body, orelse = [*before[0], *second.body], [*before[1], *second.orelse]
    joined = build.branch(second.test, without_pass(body), without_pass(orelse))
    joined.place = place
    return joined


def without_pass(block: Block) -> Block:
    """Leave `pass` out where there is something else."""
    return [line for line in block if not isinstance(line, gast.Pass)]


def is_opposite(one: Node, other: Node) -> bool:
    match one, other:
        case gast.UnaryOp(op=gast.Not(), operand=operand), _:
            return bool(text_of(operand) == text_of(other))
        case gast.Compare(ops=[gast.Eq()]), gast.Compare(ops=[gast.NotEq()]):
            pairs = (one.left, other.left), (one.comparators[0], other.comparators[0])
            return all(text_of(a) == text_of(b) for a, b in pairs)
    return False


def leaves(statement: Node) -> bool:
    """Say whether a branch may end a loop or the function."""
    ways_out = (gast.Break, gast.Continue, gast.Raise, gast.Return)
    last = [block[-1] for block in (statement.body, statement.orelse) if block]
    return any(isinstance(line, (*ways_out, Comment)) for line in last)
