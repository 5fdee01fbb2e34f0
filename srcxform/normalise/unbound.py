"""Names that are read where nothing may be bound to them: Python raises there, and so does core.

A derivative may need no `y` where the function reads one, and would not notice that there is none.
So a branch that leaves `y` unbound raises:

    if x < 0:                                   if x < 0:
        y = x * x                                   y = x * x
    z = x + y                                   else:
                                                    raise UnboundLocalError("...")
                                                z = x + y

Where it is a matter of turns of a loop, or of `del`, or where a `raise` may come first, a flag says
whether `y` is bound. A read that some branch decides on is left to Python: mostly the same test
stands around what binds the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

import gast

from srcxform.normalise.bindings import (
    Bindings,
    Bound,
    Point,
    bound_at_once,
    caught,
    deleted,
    read_at_once,
)
from srcxform.normalise.loop_else import LOOPS
from srcxform.normalise.parts import handled, parts, with_parts
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.visit import statements_in, stores, walk

End = tuple[int, int]  # a statement, by id, and which of its blocks


def unbound(
    body: Block, parameters: Iterable[str], own: Set[str], shared: Set[str], names: Names
) -> tuple[Block, set[str]]:
    """Write out what raises because one of a function's `own` names is not bound; give the flags.

    A `del` of a name that is `shared` with a function defined inside stays, and is refused.
    """
    gone = {name for part in walk(body) for name in unbinding(part)}
    writer = Writer(body, parameters, own - (shared & gone), gone, names)
    for part in walk(body):
        if isinstance(part, gast.Try) and part.handlers:
            inside = [s for line in part.body for s in statements_in(line)]
            part.asks = part.asks or any(map(writer.may_ask, inside))
    return writer.written(), set(writer.flags.values())


def mark_asking(body: Block) -> None:
    """Mark each `try` that reads a name and does nothing with it: core has no such statement."""
    for part in walk(body):
        if isinstance(part, gast.Try):
            part.asks = any(
                isinstance(s, gast.Expr) and isinstance(s.value, gast.Name)
                for line in part.body for s in statements_in(line)
            )  # fmt: skip


def asks_what_is_bound(node: Node) -> bool:
    """Say whether the body of a `try` reads a name that may be unbound there."""
    return bool(getattr(node, "asks", False))


class Writer:
    """Knows which reads may find nothing, and what is written for each."""

    def __init__(
        self, body: Block, parameters: Iterable[str], own: Set[str], gone: Set[str], names: Names
    ):
        self.body, self.names, self.own, self.gone = body, names, own, own & gone
        # By name, and by id of a statement that reads it: the one before that may have bound it.
        self.reads: dict[str, dict[int, Node | None]] = {}
        self.places: dict[int, Node] = {}
        self.late: set[tuple[str, int]] = set()  # reads that something else may raise before
        self.flags: dict[str, str] = {}
        self.asking: dict[int, list[str]] = {}  # by id of a statement: names that it reads
        self.ends: dict[End, list[Node]] = {}  # what is written there
        self.bindings = Bindings(parameters, body, self.meet)

    def meet(self, block: Block, k: int, point: Bound) -> set[str]:
        """Note what a statement reads that may be unbound; give the names that will be bound."""
        node = block[k]
        seen = set()
        for name in (read_at_once(node) & self.own) - point.surely:
            binder = last_binder(block[:k], name)
            if binder is not None and raises_between(block[:k], binder):
                self.late.add((name, id(node)))
            if name in self.gone or binder is not None or name not in point.maybe:
                self.reads.setdefault(name, {})[id(node)] = binder
                self.places[id(node)] = node.place
                seen.add(name)
        return seen

    def may_ask(self, node: Node) -> bool:
        """Say whether a statement, where it is reached, reads a name that may be unbound."""
        point = self.bindings.before.get(id(node))
        return point is not None and not (read_at_once(node) & self.own) <= point.surely

    def written(self) -> Block:
        if not self.reads and not self.gone:
            return self.body
        for name in sorted(self.reads):
            self.choose(name)
        starts = [build.assign(flag, build.const(False)) for flag in self.flags.values()]
        return [*build.at(self.body[0].place, starts), *self.block(self.body)]

    def choose(self, name: str) -> None:
        """Choose how the reads of a name raise."""
        found: dict[End, Node] = {}
        for read, binder in self.reads[name].items():
            ends = self.open_ends(binder, name)
            if self.is_never(read, name):
                self.asking.setdefault(read, []).append(name)
            elif ends is None or (name, read) in self.late:
                self.flags[name] = self.names.like(f"{name}_bound")
            else:
                found |= {end: raising(name, self.places[read]) for end in ends}
        if name not in self.flags:
            for end, line in found.items():
                self.ends.setdefault(end, []).append(line)
            return
        for read in self.reads[name]:
            if not self.is_never(read, name):
                self.asking.setdefault(read, []).append(name)

    def is_never(self, read: int, name: str) -> bool:
        """Say whether nothing is bound to a name at one of its reads."""
        return name not in self.bindings.before[read].maybe

    def open_ends(self, node: Node | None, name: str) -> list[End] | None:
        """Give the ends of branches that leave a name unbound, None where others may, too."""
        if not isinstance(node, gast.If) or name in self.bindings.before[id(node)].maybe:
            return None
        found: list[End] = []
        for k, block in enumerate(parts(node)):
            point = (
                self.bindings.after.get(id(block[-1])) if block else self.bindings.before[id(node)]
            )
            if point is None or name in point.surely:
                continue
            if name not in point.maybe:
                found.append((id(node), k))
                continue
            inner = self.open_ends(last_binder(block, name), name)
            if inner is None:
                return None
            found += inner
        return found

    def end(self, block: Block) -> Point:
        return self.bindings.after.get(id(block[-1]))

    def block(self, block: Block) -> Block:
        new: Block = []
        for node in block:
            for name in self.asking.get(id(node), ()):
                line = raising(name, node.place)
                if not self.is_never(id(node), name):
                    line = build.branch(build.inverted(build.load(self.flags[name])), [line])
                new += build.at(node.place, [line])
            new += self.statement(node)
        return new

    def statement(self, node: Node) -> Block:
        if isinstance(node, gast.Delete) and deleted(node) & self.own:
            return self.noting(deleted(node), False, node.place)
        noted = self.noting(bound_at_once(node), True, node.place)
        if isinstance(node, (*LOOPS, gast.With)):
            return [with_parts(node, [[*noted, *self.block(node.body)]])]
        if isinstance(node, (gast.If, gast.Try)):
            blocks = [self.block(block) for block in parts(node)]
            for k, inner in enumerate(blocks):
                inner += self.ends.get((id(node), k), [])
            return [self.handlers(with_parts(node, blocks))]
        return [node, *noted]

    def handlers(self, node: Node) -> Node:
        """Note that a handler binds a name, and unbinds it where it ends."""
        if isinstance(node, gast.Try):
            node.handlers = [handled(one, self.handler(one, node.place)) for one in node.handlers]
        return node

    def handler(self, node: Node, place: Any) -> Block:
        name = caught(node)
        end = [] if leaves(node.body) else self.noting(name, False, place)
        return [*self.noting(name, True, place), *node.body, *end]

    def noting(self, names: set[str], bound: bool, place: Any) -> Block:
        """Set the flags of names that are bound here, or unbound."""
        flags = [self.flags[name] for name in sorted(names) if name in self.flags]
        return build.at(place, [build.assign(flag, build.const(bound)) for flag in flags])


def last_binder(block: Block, name: str) -> Node | None:
    """Give the last statement of a block that may have bound a name."""
    return next((node for node in reversed(block) if name in stores(node)), None)


def raises_between(block: Block, binder: Node) -> bool:
    """Say whether what follows a statement may raise by a `raise` of its own."""
    after = block[next(k for k, node in enumerate(block) if node is binder) + 1 :]
    return any(isinstance(part, gast.Raise) for part in walk(after))


def unbinding(node: Node) -> set[str]:
    """Give the names that a statement or handler unbinds."""
    if isinstance(node, gast.ExceptHandler):
        return caught(node)
    return deleted(node) if isinstance(node, gast.Delete) else set()


def leaves(block: Block) -> bool:
    return bool(block) and isinstance(block[-1], (gast.Break, gast.Raise))


def raising(name: str, place: Any) -> Node:
    text = f"cannot access local variable '{name}' where it is not associated with a value"
    line = gast.Raise(exc=build.call("UnboundLocalError", build.const(text)), cause=None)
    return build.at(place, [line])[0]
