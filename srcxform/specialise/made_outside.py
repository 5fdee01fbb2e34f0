"""Derivatives that were made outside, and are called inside: of which function, with what options.

`slope = grad(f)` stands in a module, and a function that is differentiated calls `slope`.
"""

from __future__ import annotations

import types
from typing import Any

import gast

from srcxform.frontend.dependencies import is_folded
from srcxform.kinds.callables import Derived, Partial
from srcxform.kinds.lattice import Const, Instance, Kind, Record
from srcxform.kinds.values import kind_of
from srcxform.specialise.closures import held, taken_out
from srcxform.specialise.objects import special
from srcxform.specialise.resolve import captured
from srcxform.specialise.scope import Evaluated, State


def made_outside(state: State, derivative: Any) -> Kind | None:
    """Give the kind of a derivative that was made outside; None for any other function."""
    given = getattr(derivative, "__srcxform_derived__", None)
    if not isinstance(given, tuple):
        return None
    transform, fun, options = given
    met(state, derivative)
    if transform == "jit":
        return Const(fun)
    return Derived(transform, outside(state, derivative, fun), tuple(options.items()))


def met(state: State, function: Any) -> None:
    """Note what the source takes from a derivative that was made outside."""
    transform, fun, options = function.__srcxform_derived__
    path = state.externals.path_to(function)
    if path is None or not all(map(is_folded, options.values())):
        state.externals.saw(None, function)
        return
    state.externals.saw((*path, "derived:"), fun)
    state.externals.saw((*path, "option:"), transform)
    for name, value in options.items():
        state.externals.saw((*path, f"option:{name}"), value)


def outside(state: State, derivative: Any, fun: Any) -> Kind:
    """Give the kind of the function of which a derivative was made outside: an object is read."""
    name = type(fun).__name__.lower()
    if not isinstance(kind_of(fun, name), Record):
        return Const(fun)
    path = state.externals.path_to(derivative, "derived:")
    found = captured(state, fun, name, (id(derivative), "derived"), lambda: fun, path)
    return as_function(state, found)


def as_function(state: State, value: Evaluated) -> Kind:
    """Give the kind of a function; an object that is called is its class's `__call__`."""
    kind = value[1]
    match kind:
        case Record(type=types.MethodType, items=(Const() as function, owner)):
            itself = gast.Attribute(value=value[0], attr="__self__", ctx=gast.Load())
            return Partial(function, (held(state, (itself, owner)),))
    if not isinstance(kind, (Record, Instance)):
        return taken_out(state, value[0], kind)
    function = special(state, kind, "__call__")
    return kind if function is None else Partial(Const(function), (held(state, value),))
