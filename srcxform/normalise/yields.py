"""Generator functions: each `yield` may be the last.

Whoever consumes the values runs between two statements of the generator. After a `yield` stands a
test of a flag that the consumer sets to leave: the generator then returns.
"""

from __future__ import annotations

import gast

from srcxform.normalise.parts import PARTED, mapped
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.scopes import own_nodes
from srcxform.syntax.visit import shallow

LOOPS = (gast.For, gast.While)


def is_yield(node: Node) -> bool:
    return isinstance(node, (gast.Yield, gast.YieldFrom))


def with_stops(node: Node, stopped: str, names: Names) -> Node:
    """Copy a generator function with a test of the flag behind each `yield`.

    A `yield` in the middle of an expression, or inside `try` with handlers, is left as it is.
    """
    new = shallow(node)
    start = build.at(node.body[0].place, [build.assign(stopped, build.const(False))])
    new.body = [*start, *Stops(stopped, names).block(node.body)]
    return new


class Stops:
    """Writes the tests."""

    def __init__(self, stopped: str, names: Names) -> None:
        self.stopped = stopped
        self.names = names

    def block(self, block: Block) -> Block:
        return [line for statement in block for line in self.statement(statement)]

    def statement(self, node: Node) -> Block:
        match node:
            case gast.Expr(value=gast.Yield()):
                return [node, self.test(node)]
            case gast.Expr(value=gast.YieldFrom(value=source)):
                name = self.names.part("item")
                given = gast.Yield(value=build.load(name))
                given.place = node.value.place
                body = [build.expression(given), self.test(node)]
                return build.at(node.place, [build.for_loop(name, source, body)])
            case gast.Return(value=gast.expr()):
                new = shallow(node)
                new.value = None  # nobody reads what a generator returns
                return [new]
            case gast.Try(handlers=[_, *_]) if any(map(is_yield, own_nodes(node.body))):
                return [node]
        if isinstance(node, PARTED):
            return [mapped(node, self.block)]
        if isinstance(node, LOOPS):
            new = shallow(node)
            new.body, new.orelse = self.block(node.body), self.block(node.orelse)
            return [new]
        return [node]

    def test(self, node: Node) -> Node:
        leave = gast.Return(value=None)
        return build.at(node.place, [build.branch(build.load(self.stopped), [leave])])[0]
