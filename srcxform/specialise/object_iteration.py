"""Loops over objects: what `__iter__` gives, what `__next__` gives until it stops, or positions.

An object that is asked for its elements becomes a value that is iterated already: a generator, an
iterator or a container.
"""

from __future__ import annotations

import builtins
import types

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.instances import MISSING
from srcxform.kinds.lattice import Kind, Many, Stream, Torn, present
from srcxform.runtime import iteration
from srcxform.specialise.collected import held, is_stand_in
from srcxform.specialise.containers import is_dict
from srcxform.specialise.instances import check_values
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
    if isinstance(value[1], Torn):
        check_values(state, node, value[1])
    if class_of(present(value[1])) is None or state.scope.function is None:
        return value
    value = value[0], present(value[1])
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
    check_values(state, node, value[1])
    return value


def is_own_iterator(state: State, kind: Kind) -> bool:
    """Say whether an object is what gives its elements: nobody else draws from it meanwhile."""
    return special(state, present(kind), "__next__") is not None


def check_drawn_once(state: State, node: Node, args: Args) -> None:
    """Refuse to draw from one object in two places at a time."""
    owners = [kind for _, kind in args if is_own_iterator(state, kind)]
    if any(owners.count(kind) > 1 for kind in owners):
        raise UnsupportedError(Diagnostic(
            "an object that is its own iterator is drawn from in two places at a time",
            state.at(node) or state.place,
            "what each of them gets depends on what the other one took",
            "make a list of its elements first",
        ))  # fmt: skip


def iterated_arguments(state: State, node: Node, function: object, args: Args) -> Args:
    """Let builtins that ask for elements have them."""
    if not any(function is one for one in ASKING):
        return args
    check_drawn_once(state, node, args)
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
        if class_of(present(arg[1])) is None and not isinstance(arg[1], Torn):
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
