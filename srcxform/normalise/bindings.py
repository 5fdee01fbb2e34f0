"""Which local names surely are bound, and which may be, around each statement of a core body."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.scopes import captured_by, nested_in
from srcxform.syntax.visit import loads, rewrite, stores, walk


@dataclass(frozen=True)
class Bound:
    """What is bound at one point."""

    surely: frozenset[str]
    maybe: frozenset[str]

    def join(self, other: Bound | None) -> Bound:
        if other is None:
            return self
        return Bound(self.surely & other.surely, self.maybe | other.maybe)

    def binding(self, names: Iterable[str]) -> Bound:
        found = frozenset(names)
        return Bound(self.surely | found, self.maybe | found)

    def dropping(self, names: Iterable[str]) -> Bound:
        found = frozenset(names)
        return Bound(self.surely - found, self.maybe - found)


Point = Bound | None  # None: it is not reached
Meet = Callable[[Block, int, Bound], Iterable[str]]


class Bindings:
    """Runs over a body; `before` and `after` hold what is bound around each statement, by id.

    `meet` is told of every statement that is reached, as often as more is known of it, and gives
    the names that it sees to: these are bound from there on.
    """

    def __init__(self, parameters: Iterable[str], body: Block, meet: Meet) -> None:
        self.before: dict[int, Bound] = {}
        self.after: dict[int, Point] = {}
        self.breaks: list[Point] = []
        self.meet = meet
        known = frozenset(parameters)
        self.block(body, Bound(known, known))

    def block(self, block: Block, point: Point) -> Point:
        for k, statement in enumerate(block):
            if point is None:
                break
            self.before[id(statement)] = point = point.join(self.before.get(id(statement)))
            point = point.binding(self.meet(block, k, point))
            self.after[id(statement)] = point = self.statement(statement, point)
        return point

    def statement(self, node: Node, point: Bound) -> Point:
        match node:
            case gast.Break():
                self.breaks[-1] = joined(self.breaks[-1], point)
                return None
            case gast.Raise() | gast.Return():
                return None
            case gast.Delete():
                return point.dropping(deleted(node))
            case gast.If():
                return joined(self.block(node.body, point), self.block(node.orelse, point))
            case gast.For() | gast.While():
                return self.loop(node, point)
            case gast.With():
                return self.block(node.body, point.binding(bound_at_once(node)))
            case gast.Try():
                return self.tried(node, point)
        return point.binding(bound_at_once(node))

    def loop(self, node: Node, point: Bound) -> Point:
        """Run until nothing is new: a turn begins with what is bound outside or by another turn."""
        while True:
            self.breaks.append(None)
            end = self.block(node.body, point.binding(bound_at_once(node)))
            left = self.breaks.pop()
            again = point.join(end)
            if again == point:
                break
            point = again
        if isinstance(node, gast.While) and is_true(node.test):
            return left
        return joined(end if runs(node) else point, left)

    def tried(self, node: Node, point: Bound) -> Point:
        inside = list(walk(node.body))
        gone = {name for part in inside if isinstance(part, gast.Delete) for name in deleted(part)}
        bound = {name for statement in node.body for name in stores(statement)}
        raised = Bound(point.surely - gone, point.maybe | bound)
        end = self.block(node.orelse, self.block(node.body, point))
        for handler in node.handlers:
            left = self.block(handler.body, raised.binding(caught(handler)))
            end = joined(end, left and left.dropping(caught(handler)))  # Python unbinds the name
        final = self.block(node.finalbody, raised.join(end))
        if end is None or final is None:
            return None
        return end if not node.finalbody else Bound(final.surely | end.surely, final.maybe)


def joined(one: Point, other: Point) -> Point:
    return other if one is None else one.join(other)


def deleted(node: Node) -> set[str]:
    """Give the names that a `del` statement unbinds."""
    return {target.id for target in node.targets if isinstance(target, gast.Name)}


def caught(handler: Node) -> set[str]:
    """Give the name of what a handler handles."""
    return {getattr(handler.name, "id", handler.name)} - {None}


def bound_at_once(node: Node) -> set[str]:
    """Give the names that a statement binds before the blocks in it run."""
    match node:
        case gast.For():
            return set(stores(node.target))
        case gast.With():
            return {name for item in node.items for name in stores(item)}
        case gast.If() | gast.While() | gast.Try():
            return set()
    return set(stores(node))


def read_at_once(node: Node) -> set[str]:
    """Give the names that a statement reads whenever it is reached; no nested function runs.

    What stands behind `and`, `or`, a condition or a comparison may never be looked at.
    """
    match node:
        case gast.FunctionDef() | gast.Try() | gast.Delete():
            parts = []
        case gast.If() | gast.While():
            parts = [node.test]
        case gast.For():
            parts = [node.iter]
        case gast.With():
            parts = [item.context_expr for item in node.items]
        case _:
            parts = [node]
    sure = [rewrite(part, first_evaluated) for part in parts]
    return {name for part in sure for name in loads(part) - captured_in(part)}


def first_evaluated(node: Node) -> Node | None:
    """Give the operand that is surely evaluated, of what decides whether the others are."""
    match node:
        case gast.BoolOp(values=[first, *_]) | gast.IfExp(test=first):
            return first
        case gast.Compare(left=left, ops=[op, _, *_], comparators=[second, *_]):
            return gast.Compare(left=left, ops=[op], comparators=[second])
    return None


def captured_in(node: Node) -> set[str]:
    """Give the names that functions and generators in an expression read when they run."""
    found = {name for inner in nested_in(node) for name in captured_by(inner)}
    generators = (inner for inner in walk(node) if isinstance(inner, gast.GeneratorExp))
    return found.union(*map(loads, generators))


def is_true(test: Node) -> bool:
    return isinstance(test, gast.Constant) and bool(test.value)


def runs(loop: Node) -> bool:
    """Say whether a loop surely has a turn: how many it has is written out."""
    match loop:
        case gast.For(iter=gast.Call(func=gast.Name(id="range"), args=args)):
            ends = [end.value for end in args if isinstance(end, gast.Constant)]
            return len(ends) == len(args) and len(range(*ends)) > 0
        case gast.For(iter=gast.Tuple(elts=items) | gast.List(elts=items)):
            return bool(items)
    return False
