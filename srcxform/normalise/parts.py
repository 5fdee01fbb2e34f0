"""The blocks inside a statement, and the statement with other blocks: `if`, `try`, `with`.

Loops are no such statement: an exit inside a loop means something else than the same exit outside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import shallow

PARTED = (gast.If, gast.Try, gast.With)


def parts(statement: Node) -> list[Block]:
    """Give the blocks of a statement in the order of the text, empty ones included."""
    match statement:
        case gast.If(body=body, orelse=orelse):
            return [body, orelse]
        case gast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            return [body, *(handler.body for handler in handlers), orelse, final]
        case gast.With(body=body):
            return [body]
    return []


def with_parts(statement: Node, blocks: Sequence[Block]) -> Node:
    """Copy a statement with these blocks in place of those that `parts` gives."""
    new = shallow(statement)
    if isinstance(new, gast.Try):
        new.body, *middle, new.orelse, new.finalbody = blocks
        new.handlers = [handled(*pair) for pair in zip(statement.handlers, middle, strict=True)]
        return new
    new.body = blocks[0]
    if isinstance(new, gast.If):
        new.orelse = blocks[1]
    return new


def handled(handler: Node, body: Block) -> Node:
    new = shallow(handler)
    new.body = body
    return new


def mapped(statement: Node, change: Callable[[Block], Block]) -> Node:
    """Copy a statement with each of its blocks changed; one without blocks stays as it is."""
    if not isinstance(statement, PARTED):
        return statement
    return with_parts(statement, [change(block) for block in parts(statement)])
