"""Loops over objects: what `__iter__` gives, what `__next__` gives until it stops, or positions.

An object that is asked for its elements becomes a value that is iterated already: a generator, an
iterator or a container.
"""

from __future__ import annotations

import builtins
import math
import types
from typing import Any

from srcxform.core.callees import is_enum
from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.instances import MISSING
from srcxform.kinds.lattice import Kind, Many, Stream, Torn, present
from srcxform.runtime import iteration
from srcxform.specialise.collected import held, is_stand_in
from srcxform.specialise.containers import is_dict
from srcxform.specialise.enums import members
from srcxform.specialise.instances import check_values
from srcxform.specialise.objects import calling, class_of, looked_up, special
from srcxform.specialise.scope import Args, Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

SUMMING = (math.fsum, math.prod, math.dist)
ASKING = (
    builtins.list, builtins.tuple, builtins.sum, builtins.min, builtins.max, builtins.sorted,
    builtins.any, builtins.all, builtins.enumerate, builtins.zip, builtins.map, builtins.filter,
    builtins.dict, builtins.iter, *SUMMING,
)  # fmt: skip


TABLES = (builtins.dict, builtins.list, builtins.tuple)


def iterable(state: State, node: Node, value: Evaluated) -> Evaluated:
    """Give what a loop over a value runs over: the value itself, if it is no object."""
    if isinstance(value[1], Torn):
        check_values(state, node, value[1])
    if is_enum(getattr(value[1], "value", None)):
        return members(state, value)
    if class_of(present(value[1])) is None or state.scope.function is None:
        return value
    value = value[0], present(value[1])
    if is_stand_in(value[1]):
        return held(state, value)
    if special(state, value[1], "__iter__") is not None:
        value = iterator_of(state, node, value)
        return calling(state, node, iteration.nexts, [value]) if draws(state, value[1]) else value
    cls = class_of(value[1])
    if cls is not None and looked_up(state, cls, "__iter__") is MISSING:
        if isinstance(looked_up(state, cls, "__getitem__"), types.FunctionType):
            return calling(state, node, iteration.positions, [value])
    check_values(state, node, value[1])
    return value


def check_drawn_once(state: State, node: Node, args: Args) -> None:
    """Refuse to draw from one object in more places at a time than `in_turns` follows."""
    owners = [kind for _, kind in args if draws(state, kind)]
    if any(owners.count(kind) > 1 for kind in owners):
        raise UnsupportedError(Diagnostic(
            "an object that is its own iterator is drawn from in several places at a time",
            state.at(node) or state.place,
            "what each of them gets depends on what the other one took",
            "make a list of its elements first",
        ))  # fmt: skip


def iterator_of(state: State, node: Node, value: Evaluated) -> Evaluated:
    """Ask an object for what gives its elements."""
    value = value[0], present(value[1])
    method = special(state, value[1], "__iter__")
    return value if method is None else calling(state, node, method, [value])


def draws(state: State, kind: Kind) -> bool:
    """Say whether an object gives its elements one by one itself: each of them once."""
    return special(state, present(kind), "__next__") is not None


def in_turns(state: State, node: Node, function: object, args: Args) -> tuple[Any, Args] | None:
    """Give what `zip` and `map` are where two objects with `__next__` draw in turns.

    They may be one and the same object: lists of what each would give are not what Python sees.
    """
    first = 1 if function is builtins.map else 0
    template = {builtins.zip: iteration.zip_in_turns, builtins.map: iteration.map_in_turns}
    if function not in (builtins.zip, builtins.map) or len(args) != first + 2:
        return None
    with state.rehearsal():
        before = dict(state.env or {})
        found = all(draws(state, iterator_of(state, node, arg)[1]) for arg in args[first:])
        state.env = before
    if not found:
        return None
    args = [*args[:first], *(iterator_of(state, node, arg) for arg in args[first:])]
    return template[function], args


def iterated_arguments(state: State, node: Node, function: object, args: Args) -> Args:
    """Let builtins that ask for elements have them."""
    if not any(function is one for one in ASKING):
        return args
    check_drawn_once(state, node, args)
    first = 1 if function in (builtins.map, builtins.filter) else 0
    only = function not in (builtins.zip, builtins.map, math.dist) and len(args) > first + 1
    if function in (builtins.min, builtins.max) and only:
        return args
    found = []
    for k, arg in enumerate(args):
        if k < first or (only and k > first):
            found.append(arg)
            continue
        if is_dict(arg[1]) and function not in TABLES:
            found.append(all_of(state, *arg))
            continue
        known = class_of(present(arg[1])) is not None or isinstance(arg[1], Torn)
        known = known or is_enum(getattr(arg[1], "value", None))
        if not known or function is builtins.iter and begins(state, arg[1]):
            found.append(arg)
            continue
        value, kind = iterable(state, node, arg)
        if isinstance(kind, Stream) and function is not builtins.iter:
            value, kind = all_of(state, value, kind)
        found.append((value, kind))
    return found


def begins(state: State, kind: Kind) -> bool:
    """Say whether an object says itself what gives its elements."""
    return special(state, present(kind), "__iter__") is not None


def all_of(state: State, value: Node, kind: Kind) -> Evaluated:
    """Make a list of what an iterator gives, or of the keys of a dict."""
    from srcxform.specialise.streams import rest, written

    if isinstance(kind, Stream) and kind.site:
        return rest(state, value, kind)
    name = state.names.part("items")
    written(state, [build.assign(name, build.call("list", value))])
    return build.load(name), state.kind_of(name) or Many("list")
