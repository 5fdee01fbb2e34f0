"""Loops over objects: what `__iter__` gives, what `__next__` gives until it stops, or positions.

An object that is asked for its elements becomes a value that is iterated already: a generator, an
iterator or a container.
"""

from __future__ import annotations

import builtins
import types

from srcxform.kinds.instances import MISSING
from srcxform.kinds.lattice import Instance, Kind, Many, Record, Stream
from srcxform.runtime import iteration
from srcxform.specialise.collected import held, is_stand_in
from srcxform.specialise.containers import is_dict
from srcxform.specialise.objects import calling, class_of, looked_up, special
from srcxform.specialise.scope import Args, Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

ASKING = (
    builtins.list, builtins.tuple, builtins.sum, builtins.min, builtins.max, builtins.sorted,
    builtins.any, builtins.all, builtins.enumerate, builtins.zip, builtins.map, builtins.filter,
    builtins.dict, builtins.iter,
)  # fmt: skip


TABLES = (builtins.dict, builtins.list, builtins.tuple, builtins.iter)


def iterable(state: State, node: Node, value: Evaluated) -> Evaluated:
    """Give what a loop over a value runs over: the value itself, if it is no object."""
    if not isinstance(value[1], (Record, Instance)) or state.scope.function is None:
        return value
    if is_stand_in(value[1]):
        return held(state, value)
    method = special(state, value[1], "__iter__")
    if method is not None:
        value = calling(state, node, method, [value])
        if class_of(value[1]) is not None and special(state, value[1], "__next__") is not None:
            return calling(state, node, iteration.nexts, [value])
        return value
    cls = class_of(value[1])
    if cls is not None and looked_up(state, cls, "__iter__") is MISSING:
        if isinstance(looked_up(state, cls, "__getitem__"), types.FunctionType):
            return calling(state, node, iteration.positions, [value])
    return value


def iterated_arguments(state: State, node: Node, function: object, args: Args) -> Args:
    """Let builtins that ask for elements have them."""
    if not any(function is one for one in ASKING):
        return args
    first = 1 if function in (builtins.map, builtins.filter) else 0
    only = function not in (builtins.zip, builtins.map) and len(args) > first + 1
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
        if class_of(arg[1]) is None:
            found.append(arg)
            continue
        value, kind = iterable(state, node, arg)
        if isinstance(kind, Stream) and function is not builtins.iter:
            value, kind = all_of(state, value, kind)
        found.append((value, kind))
    return found


def all_of(state: State, value: Node, kind: Kind) -> Evaluated:
    """Make a list of what an iterator gives, or of the keys of a dict."""
    from srcxform.specialise.streams import rest, written

    if isinstance(kind, Stream) and kind.site:
        return rest(state, value, kind)
    name = state.names.part("items")
    written(state, [build.assign(name, build.call("list", value))])
    return build.load(name), state.kind_of(name) or Many("list")
