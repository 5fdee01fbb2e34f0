"""Give every loop no `else`.

Stands first: the passes that restructure exits need to know only loops without it. An `else` of
a loop that cannot break is what follows the loop; else a flag tells whether it broke.
"""

from __future__ import annotations

import gast

from srcxform.normalise.parts import PARTED, mapped, parts
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names

LOOPS = (gast.For, gast.While)


def loop_else(block: Block, names: Names) -> Block:
    """Rewrite a block so that no loop in it has an `else`."""
    return [new for statement in block for new in rewritten(statement, names)]


def rewritten(statement: Node, names: Names) -> Block:
    if isinstance(statement, PARTED):
        return [mapped(statement, lambda block: loop_else(block, names))]
    if not isinstance(statement, LOOPS):
        return [statement]
    body = loop_else(statement.body, names)
    orelse = loop_else(statement.orelse, names)
    if not orelse:
        return [with_body(statement, body)]
    if not breaks(body):
        return [with_body(statement, body), *orelse]
    broke = names.part("broke")
    flagged = flag_breaks(body, broke)
    lines = [
        build.assign(broke, build.const(False)),
        with_body(statement, flagged),
        build.branch(build.inverted(build.load(broke)), orelse),
    ]
    return build.at(statement.place, lines)


def keep(old: Node, new: Node) -> Node:
    new.place = getattr(old, "place", None)
    return new


def with_body(loop: Node, body: Block) -> Node:
    """Copy a loop with another body and without `else`."""
    if isinstance(loop, gast.While):
        return keep(loop, build.while_loop(loop.test, body))
    return keep(loop, build.for_loop(loop.target, loop.iter, body))


def breaks(block: Block) -> bool:
    """Say whether a block can break out of the loop it is the body of."""
    for statement in block:
        if isinstance(statement, gast.Break):
            return True
        if any(map(breaks, parts(statement))):
            return True
    return False


def flag_breaks(block: Block, flag: str) -> Block:
    new: Block = []
    for statement in block:
        if isinstance(statement, gast.Break):
            new += build.at(statement.place, [build.assign(flag, build.const(True))])
        elif isinstance(statement, PARTED):
            statement = mapped(statement, lambda block: flag_breaks(block, flag))
        new.append(statement)
    return new
