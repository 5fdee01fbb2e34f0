"""Walks: iteration over values as iteration over positions."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass, replace

import gast
import numpy as np

from srcxform.core.callees import is_enum
from srcxform.kinds.lattice import (
    NEVER,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Stream,
    Suspended,
    is_differentiable,
)
from srcxform.runtime import iteration
from srcxform.specialise.certainty import check_iteration
from srcxform.specialise.collected import held
from srcxform.specialise.containers import iterated
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.object_iteration import all_of, iterable
from srcxform.specialise.objects import class_of
from srcxform.specialise.operators import truth
from srcxform.specialise.scope import Evaluated, State
from srcxform.specialise.sequences import VIEWS
from srcxform.syntax import build
from srcxform.syntax.build import Node


@dataclass(frozen=True)
class Walk:
    """Iteration by position: how many there are, and what stands at one."""

    lengths: tuple[Node, ...]
    at: Callable[[Node], Node]  # the expression (maybe a tuple display) at a position
    backwards: bool = False
    keys: Node | None = None  # a dict is walked by its keys
    passes: bool = True
    since: str = ""  # the name of a number: how far a named iterator has come

    @property
    def end(self) -> Node:
        """How many positions there are."""
        return self.lengths[0] if len(self.lengths) == 1 else build.call("min", *self.lengths)

    def ahead(self) -> Walk:
        """Walk backwards by counting positions from the end."""
        if not self.backwards:
            return self
        last, at = build.binary(self.lengths[0], gast.Sub(), build.const(1)), self.at
        return replace(self, at=lambda k: at(build.binary(last, gast.Sub(), k)), backwards=False)


def yielded(state: State, node: Node) -> Kind:
    """Give the kind of what iterating over an expression yields."""
    with state.rehearsal():
        if isinstance(node, gast.Call) and not any(isinstance(a, gast.Starred) for a in node.args):
            callee = evaluate(state, node.func)[1] if isinstance(node.func, gast.Name) else UNKNOWN
            function = callee.value if isinstance(callee, Const) else None
            if function is builtins.zip:
                return Items("tuple", tuple(yielded(state, arg) for arg in node.args))
            if function is builtins.enumerate and node.args:
                return Items("tuple", (Number("i"), yielded(state, node.args[0])))
            if (
                function in (builtins.reversed, builtins.list, builtins.tuple)
                and len(node.args) == 1
            ):
                return yielded(state, node.args[0])
        kind = asked(state, node)[1]
        check_iteration(state, kind)
        return iterated(state, kind)


def asked(state: State, node: Node) -> Evaluated:
    """Evaluate what a loop runs over; an object is asked for its elements."""
    from srcxform.specialise.suspended import listed, refuse_generator

    found = evaluate(state, node)
    if class_of(found[1]) is None and not is_enum(getattr(found[1], "value", None)):
        return found
    value, kind = iterable(state, node, found)
    if isinstance(kind, Suspended) and kind.function is iteration.nexts:
        refuse_generator(state, kind, state.place)  # others may draw from it before and after
        return build.const(None), NEVER
    if isinstance(kind, Suspended):
        return listed(state, kind, node)
    return all_of(state, value, kind) if isinstance(kind, Stream) else (value, kind)


def plan(state: State, node: Node) -> Walk | None:
    """Decide how a loop walks; None keeps Python's own iteration."""
    if isinstance(node, gast.Call):
        if not is_differentiable(yielded(state, node)):
            return None
        with state.rehearsal():  # nothing is asked twice for its elements
            before = dict(state.env or {})
            walk = planned(state, node)
            state.env = before
        if walk is None or not walk.passes:
            return None
    walk = planned(state, node)
    return walk if walk is not None and walk.passes else None


def planned(state: State, node: Node, hold: bool = False) -> Walk | None:
    """Find a walk over a value; `hold` keeps what it walks over under names of its own."""
    from srcxform.specialise.streams import rest_in_walk

    if isinstance(node, gast.Call) and all(k.arg in ("strict", "start") for k in node.keywords):
        special = planned_call(state, node, hold)
        if special is not None:
            return special
    drawn = rest_in_walk(state, node)
    if drawn is not None:
        return drawn
    passes = is_differentiable(yielded(state, node))
    value, kind = asked(state, node)
    found = over(state, value, kind, hold)
    return found if passes or found is None else replace(found, passes=False)


def over(state: State, value: Node, kind: Kind, hold: bool = False) -> Walk | None:
    """Walk over a value by position."""
    match kind:
        case Opaque(type=kind_type) if kind_type is range and isinstance(
            value, gast.Name | gast.Call
        ):
            if isinstance(value, gast.Call) and getattr(value.func, "id", "") != "range":
                return None
            base = named(state, value, kind, hold)
            return Walk((build.call("len", base),), lambda k: build.item(base, k), passes=False)
        case Mapping() | Cell(type="dict") | Many(type="dict") | Opaque():
            return None
        case Array() | Items() | Cell() | Many():
            base = named(state, value, kind, hold)
            passes = is_differentiable(iterated(state, kind))
            return Walk((build.call("len", base),), lambda k: build.item(base, k), passes=passes)
        case Const(value=str()):
            base = named(state, value, kind, hold=True)
            length = build.call("len", base)
            return Walk((length,), lambda k: build.item(base, k), passes=False)
        case Const(value=range()):
            return None
        case Suspended():
            from srcxform.specialise.suspended import refuse_generator

            refuse_generator(state, kind, state.place)
            return None
    inside = Many("list", kind.item) if isinstance(kind, Stream) else UNKNOWN
    value = named(state, value, kind)
    listed = named(state, build.call("list", value), inside)
    return Walk((build.call("len", listed),), lambda k: build.item(listed, k))


def named(state: State, value: Node, kind: Kind, hold: bool = False) -> Node:
    as_view = getattr(kind, "type", "") == "tuple" and (hold or is_view(state, value))
    if isinstance(value, gast.Name) and not hold and not as_view:
        return value
    name = state.names.part("items")
    if as_view:
        value = build.call("tuple", value)  # a view of a dict has no positions
    state.emit(build.assign(name, value))
    state.bind(name, kind)
    return build.load(name)


def is_view(state: State, value: Node) -> bool:
    """Say whether a name was given a view of a dict just now: what a method of an object gave."""
    for line in reversed(state.lines):
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=given) if name == getattr(
                value, "id", None
            ):
                if not isinstance(given, gast.Name):
                    return isinstance(given, gast.Call) and getattr(given.func, "attr", "") in VIEWS
                value = given
    return False


def planned_call(state: State, node: Node, hold: bool) -> Walk | None:
    """`enumerate`, `zip`, `reversed`, `iter` and the views of a dict."""
    if isinstance(node.func, gast.Attribute) and node.func.attr != "ndenumerate":
        return planned_view(state, node)
    _, callee = evaluate(state, node.func)
    function = callee.value if isinstance(callee, Const) else None
    if function is builtins.enumerate and node.args:
        inner = by_position(state, planned(state, node.args[0], hold), hold)
        if inner is None or inner.keys is not None or inner.backwards:
            return None
        at = inner.at
        given = [*node.args[1:], *(k.value for k in node.keywords)]
        first = evaluate(state, given[0])[0] if given else None

        def numbered(k: Node) -> Node:
            number = k if first is None else build.binary(k, gast.Add(), first)
            return build.sequence([number, at(k)])

        return Walk(inner.lengths, numbered, passes=inner.passes)
    if function is builtins.zip and not node.keywords and takes_turns(state, node.args):
        return in_groups(state, node.args[0], len(node.args))
    if function is builtins.zip:
        parts = [by_position(state, planned(state, arg, hold), hold) for arg in node.args]
        if any(p is None or p.keys is not None for p in parts):
            return None
        known = [p.ahead() for p in parts if p is not None]
        if node.keywords and truth(evaluate(state, node.keywords[0].value)[1]) is not False:
            check_lengths(state, known)
        return Walk(
            tuple(length for p in known for length in p.lengths),
            lambda k: build.sequence([p.at(k) for p in known]),
            passes=any(p.passes for p in known),
        )
    if function is builtins.reversed:
        inner = by_position(state, planned(state, node.args[0], hold), hold)
        if inner is None or inner.keys is not None:
            return None
        return Walk(inner.lengths, inner.at, not inner.backwards, passes=inner.passes)
    if function is builtins.iter and len(node.args) == 1:
        return planned(state, node.args[0], hold)
    if function is np.ndenumerate and len(node.args) == 1:
        return positions_and_elements(state, node.args[0])
    return None


def by_position(state: State, walk: Walk | None, hold: bool) -> Walk | None:
    """Walk over what a dict shows by the positions of its keys, beside other positions."""
    if walk is None or walk.keys is None or hold:
        return walk
    keys = part(state, build.call(build.const(list), state.scope.alias(walk.keys)))
    length = build.call("len", keys)
    return Walk((length,), lambda k: walk.at(build.item(keys, k)), passes=walk.passes)


def takes_turns(state: State, args: list[Node]) -> bool:
    """Say whether `zip` draws from one and the same iterator: `zip(it, it)` gives pairs."""
    from srcxform.specialise.streams import stream_kind

    return (
        len(args) > 1
        and len({getattr(arg, "id", None) for arg in args}) == 1
        and stream_kind(state, args[0]) is not None
    )


def in_groups(state: State, node: Node, count: int) -> Walk | None:
    """Walk over groups of elements; those at the end that make no whole group are left out."""
    inner = planned(state, node)
    if inner is None or inner.keys is not None:
        return None
    known = inner.ahead()

    def group(k: Node) -> Node:
        first = build.binary(k, gast.Mult(), build.const(count))
        later = [build.binary(first, gast.Add(), build.const(j)) for j in range(1, count)]
        return build.sequence([known.at(place) for place in (first, *later)])

    length = build.binary(known.end, gast.FloorDiv(), build.const(count))
    return Walk((length,), group, passes=known.passes)


def positions_and_elements(state: State, node: Node) -> Walk:
    """`np.ndenumerate(x)`: a position and the element there, row by row."""
    base = part(state, node)
    shape = part(state, build.call(build.const(np.shape), base))
    places = part(state, build.call(build.const(np.ndindex), shape))
    places = part(state, build.call("list", places))
    elements = part(state, build.call(build.const(np.ravel), base))
    return Walk(
        (build.call("len", places),),
        lambda k: build.sequence([build.item(places, k), build.item(elements, k)]),
    )


def part(state: State, node: Node) -> Node:
    """Evaluate an expression under a name of its own."""
    return named(state, *evaluate(state, node))


def check_lengths(state: State, parts: list[Walk]) -> None:
    """`zip(..., strict=True)` raises where the lengths differ."""
    first, *others = [part.lengths[0] for part in parts]
    for other in others:
        test = gast.Compare(left=first, ops=[gast.NotEq()], comparators=[other])
        text = build.const("zip() arguments have different lengths")
        error = gast.Raise(exc=build.call("ValueError", text), cause=None)
        error.place = state.place
        state.emit(build.branch(test, [error]))


def planned_view(state: State, node: Node) -> Walk | None:
    """`d.items()` and `d.values()` walk by the keys of d."""
    base, kind = held(state, evaluate(state, node.func.value))
    is_dict = isinstance(kind, Mapping) or isinstance(kind, (Cell, Many)) and kind.type == "dict"
    if not is_dict or node.func.attr not in ("items", "values", "keys"):
        return None
    holder = named(state, base, kind)
    if node.func.attr == "keys":
        return Walk((), lambda k: k, keys=holder, passes=False)
    if node.func.attr == "values":
        return Walk((), lambda k: build.item(holder, k), keys=holder)
    return Walk((), lambda k: build.sequence([k, build.item(holder, k)]), keys=holder)
