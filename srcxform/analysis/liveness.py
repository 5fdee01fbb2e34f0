"""Which names a block reads from before it, over structured control flow.

Knows `try` and `with` as they stand before exceptions are resolved: whatever a handler reads may
be read at any point of the body.
"""

from __future__ import annotations

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import loads, stores


def live_before(block: Block, live: set[str]) -> set[str]:
    """Give the names read by a block or, as `live` tells, behind it, before they are bound."""
    return Liveness().block(block, live)


class Liveness:
    """Walks backwards; keeps what is live where `break` leads and where exceptions lead."""

    def __init__(self) -> None:
        self.at_break: list[set[str]] = []
        self.at_raise: list[set[str]] = []
        self.caught: dict[int, set[str]] = {}  # by `try`: what its handlers and all behind read

    def block(self, block: Block, live: set[str]) -> set[str]:
        live = set(live)
        for statement in reversed(block):
            live = self.statement(statement, live)
            if self.at_raise:
                live |= self.at_raise[-1]
        return live

    def statement(self, node: Node, live: set[str]) -> set[str]:
        match node:
            case gast.If(test=test, body=body, orelse=orelse):
                return self.block(body, live) | self.block(orelse, live) | loads(test)
            case gast.For() | gast.While():
                return self.loop(node, live)
            case gast.Break():
                return set(self.at_break[-1]) if self.at_break else live
            case gast.Return() | gast.Raise():
                return loads(node)
            case gast.Assign(targets=[(gast.Name() | gast.Tuple()) as target]):
                return (live - stores(target)) | loads(node)
            case gast.With(items=items, body=body):
                inner = self.block(body, live)
                bound = {n for item in items for n in stores(item)}
                return (inner - bound) | {n for item in items for n in loads(item)}
            case gast.Try():
                return self.tried(node, live)
        return live | loads(node)

    def tried(self, node: Node, live: set[str]) -> set[str]:
        ending = self.block(node.finalbody, live)
        caught: set[str] = set(ending) if node.finalbody else set()
        for handler in node.handlers:
            bound = stores(handler.name) if handler.name is not None else set()
            caught |= self.block(handler.body, ending) - bound
        self.caught[id(node)] = caught
        follows = self.block(node.orelse, ending)
        self.at_raise.append(caught | (self.at_raise[-1] if self.at_raise else set()))
        inner = self.block(node.body, follows)
        self.at_raise.pop()
        return inner | caught

    def loop(self, node: Node, live: set[str]) -> set[str]:
        own = loads(node.iter if isinstance(node, gast.For) else node.test)
        head = live | own
        while True:
            self.at_break.append(live)
            inner = self.block(node.body, head)
            self.at_break.pop()
            if isinstance(node, gast.For):
                inner -= stores(node.target)
            if inner <= head:
                return head
            head |= inner
