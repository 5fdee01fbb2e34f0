"""Where the exceptions of a body lead: its handlers, and the flag that says which one takes over.

`probes` writes what raises; here is what sets the flag, and what asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast

from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import stores


@dataclass(frozen=True)
class Handler:
    """One `except` of a `try`: what it takes, and the name of what was raised, if it is read."""

    taken: Node | None
    classes: tuple[type, ...]
    number: int  # what the flag is set to; 0: it passes everything on
    error: str | None
    body: Block


@dataclass(frozen=True)
class Target:
    """Where the exceptions of a body lead."""

    flag: str
    handlers: tuple[Handler, ...]
    seen: frozenset[str]  # names whose values are read after an exception
    place: Any

    @property
    def handled(self) -> tuple[type, ...]:
        """The classes that are taken."""
        return tuple(c for handler in self.handlers for c in handler.classes)

    @property
    def several(self) -> bool:
        """Say whether the flag counts handlers."""
        return sum(handler.number > 0 for handler in self.handlers) > 1

    def value(self, number: int) -> Node:
        """Write what the flag holds if this handler takes over; 0 is for none."""
        return build.const(number if self.several else number > 0)

    def calm(self) -> Node:
        """Ask whether nothing was raised."""
        if not self.several:
            return build.inverted(build.load(self.flag))
        return compare_flag(self.flag, 0)

    def taking(self, raised: type) -> Handler | None:
        """Give the handler that takes an exception of this class."""
        for handler in self.handlers:
            if issubclass(raised, handler.classes):
                return handler if handler.number else None
        return None


def passes_on(handler: Node) -> bool:
    """Say whether a handler raises again at once."""
    match handler.body:
        case [gast.Raise(exc=None)]:
            return True
    return False


def is_noting(statement: Node) -> bool:
    """Say whether a statement of a handler only notes what came."""
    match statement:
        case gast.Assign(targets=[gast.Name()], value=gast.Constant() | gast.Name()):
            return True
    return False


def jump(exc: Node, taking: Handler, target: Target) -> Block:
    lines = [build.assign(target.flag, target.value(taking.number))]
    if taking.error is not None:
        made = exc if isinstance(exc, gast.Call) else build.call(exc)
        lines.append(build.assign(taking.error, made))
    return lines


def left(block: Block, target: Target) -> Block:
    """Leave the loop at the end of its body if the flag was set in it."""
    if target.flag not in bound_names(block):
        return block
    *start, last = block
    stop = build.at(target.place, [gast.Break()])
    match last:
        case gast.If(test=test, body=body, orelse=[]) if is_same(test, target.calm()):
            return [*start, build.branch(test, left(body, target), stop)]
        case gast.If(test=test, body=body, orelse=orelse):
            return [*start, build.branch(test, left(body, target), left(orelse, target))]
        case gast.Assign():
            return [*block, *stop]
    return [*block, leave(target)]


def leave(target: Target) -> Node:
    stop = gast.Break()
    return build.at(target.place, [build.branch(taken(target), [stop])])[0]


def taken(target: Target) -> Node:
    """Ask whether anything was raised."""
    if not target.several:
        return build.load(target.flag)
    return gast.Compare(
        left=build.load(target.flag), ops=[gast.NotEq()], comparators=[build.const(0)]
    )


def compare_flag(flag: str, number: int) -> Node:
    return gast.Compare(left=build.load(flag), ops=[gast.Eq()], comparators=[build.const(number)])


def dispatch(target: Target, handlers: list[Handler]) -> Block:
    """Choose among the handlers."""
    first, *others = handlers
    if not others:
        return first.body
    return [build.branch(compare_flag(target.flag, first.number), first.body,
                         dispatch(target, others))]  # fmt: skip


def joined(lines: Block, target: Target, follows: Block, other: Block) -> Block:
    """Put the `else` part and the handlers behind a guarded body."""
    *start, last = lines
    match last:
        case gast.If(test=test, body=body, orelse=[]) if is_same(
            test, target.calm()
        ) and target.flag not in bound_names(body):
            return [*start, build.branch(target.calm(), [*body, *follows], other)]
    if not follows and not other:
        return lines
    return [*lines, build.branch(target.calm(), follows, other)]


def is_same(one: Node, other: Node) -> bool:
    return bool(gast.dump(one) == gast.dump(other))


def bound_names(block: Block) -> set[str]:
    return {name for s in block for name in stores(s)}
