"""Drop what nobody reads: pure assignments to dead names, empty branches, empty loops.

Needs no particular order; run last of all, and whenever a pass left something unread.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from srcxform.frontend.externals import Externals
from srcxform.optimise.purity import finds_zeros, is_pure
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import loads, shallow, stores


def dead(
    block: Block,
    live: set[str],
    externals: Externals,
    own: Callable[[str, set[str]], bool] | None = None,
) -> Block:
    """Give the block without dead statements; `live` are the names read behind it.

    `own` says of a name whether no live one leads to its storage: what is written there then is
    dead.
    """
    return Sweep(externals, own=own).block(block, set(live))[0]


def live_in(block: Block, externals: Externals) -> set[str]:
    """Give the names whose values a block needs from before it."""
    return Sweep(externals, drop=False).block(block, set())[1]


class Sweep:
    """Walks backwards with the set of live names; `drop`: what is dead reads nothing."""

    def __init__(
        self,
        externals: Externals,
        drop: bool = True,
        own: Callable[[str, set[str]], bool] | None = None,
    ) -> None:
        self.externals = externals
        self.drop = drop
        self.own = own
        self.at_break: list[set[str]] = []
        self.pinned: set[str] = set()  # read by a `finally`, whenever that comes

    def block(self, block: Block, live: set[str]) -> tuple[Block, set[str]]:
        kept: Block = []
        for statement in reversed(block):
            new, live = self.statement(statement, live)
            if new is not None:
                kept += reversed(new.body) if is_plain_block(new) else [new]
        return kept[::-1], live

    def statement(self, node: Node, live: set[str]) -> tuple[Node | None, set[str]]:
        match node:
            case gast.If():
                return self.branch(node, live)
            case gast.For() | gast.While():
                return self.loop(node, live)
            case gast.With() | gast.Try():
                return self.region(node, live)
            case gast.Break():
                return node, set(self.at_break[-1]) if self.at_break else live
            case gast.Return() | gast.Raise():
                return node, loads(node)
            case gast.Pass():
                return None, live
            case Comment():
                return node, live
            case gast.Expr(value=value) if self.drop and finds_zeros(value, self.externals):
                return None, live
            case gast.Assign(targets=[target], value=value) if isinstance(
                target, (gast.Name, gast.Tuple)
            ):
                bound = stores(target)
                if (
                    self.drop
                    and not bound & (live | self.pinned)
                    and is_pure(value, self.externals)
                ):
                    return None, live
                if isinstance(target, gast.Name) and same(target, value):
                    return None, live
                if self.drop and isinstance(target, gast.Name) and target.id not in live:
                    return unnamed(node), live | loads(value)
                return node, (live - bound) | loads(node)
        if self.is_last_write(node, live):
            return None, live
        return node, live | loads(node)

    def is_last_write(self, node: Node, live: set[str]) -> bool:
        """Say whether a statement writes into storage that nobody reads afterwards."""
        match node:
            case (
                gast.Assign(
                    targets=[gast.Subscript(value=gast.Name(id=name), slice=index)], value=value
                )
                | gast.AugAssign(
                    target=gast.Subscript(value=gast.Name(id=name), slice=index), value=value
                )
            ) if self.own is not None and name not in live | self.pinned:
                pure = all(is_pure(part, self.externals) for part in (index, value))
                return pure and self.own(name, live | self.pinned)
        return False

    def branch(self, node: Node, live: set[str]) -> tuple[Node | None, set[str]]:
        body, live_body = self.block(node.body, set(live))
        orelse, live_orelse = self.block(node.orelse, set(live))
        empty = self.drop and not code(body) and not code(orelse)
        if empty and is_pure(node.test, self.externals):
            return None, live
        new = build.branch(node.test, body if code(body) else [], orelse if code(orelse) else [])
        new.place = getattr(node, "place", None)
        return new, live_body | live_orelse | loads(node.test)

    def region(self, node: Node, live: set[str]) -> tuple[Node | None, set[str]]:
        """A `with` stays, and a `finally` that does something; a probe stays as it is."""
        new = shallow(node)
        if isinstance(node, gast.With):
            new.body, inner = self.block(node.body, live)
            new.body = new.body or [gast.Pass()]
            return new, inner | {n for item in node.items for n in loads(item)}
        if not node.handlers:
            new.finalbody, ending = self.block(node.finalbody, live)
            outer, self.pinned = self.pinned, self.pinned | loads(new.finalbody)
            new.body, inner = self.block(node.body, ending)
            self.pinned = outer
            new.body = new.body or [gast.Pass()]
            return new, inner | ending
        return node, live | loads(node)

    def loop(self, node: Node, live: set[str]) -> tuple[Node | None, set[str]]:
        head = set(live)
        is_for = isinstance(node, gast.For)
        own = loads(node.iter) if is_for else loads(node.test)
        while True:
            self.at_break.append(live)
            body, inner = self.block(node.body, head | own)
            self.at_break.pop()
            if is_for:
                inner = inner - stores(node.target)
            if inner <= head:
                break
            head |= inner
        if is_for:
            if (
                self.drop
                and not code(body)
                and is_pure(node.iter, self.externals)
                and not stores(node.target) & live
            ):
                return None, live
            new = build.for_loop(node.target, node.iter, body)
        else:
            new = build.while_loop(node.test, body)
        new.place = getattr(node, "place", None)
        return build.marked(node, new), head | own


def is_plain_block(node: Node) -> bool:
    """Say whether a `try` has neither handlers nor anything left in its `finally`."""
    return isinstance(node, gast.Try) and not node.handlers and not code(node.finalbody)


def unnamed(node: Node) -> Node:
    """Write a call for its effect alone."""
    new = build.expression(node.value)
    new.place = getattr(node, "place", None)
    return new


def code(block: Block) -> bool:
    """Say whether a block holds more than comments."""
    return any(not isinstance(s, (Comment, gast.Pass)) for s in block)


def same(target: Node, value: Node) -> bool:
    return isinstance(value, gast.Name) and value.id == target.id
