"""What surely raises, by the kinds: inside a `try`, control goes to the handler while compiling.

Outside of any `try` that handles it, Python itself will raise when the program gets there.
"""

from __future__ import annotations

import builtins
import functools
import types
from typing import Any

import gast
import numpy as np

from srcxform.errors import SrcxformError
from srcxform.kinds.lattice import (
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    scalar_class,
)
from srcxform.specialise.scope import State, Surely
from srcxform.syntax import build
from srcxform.syntax.build import Node

TRIED = (builtins.float, builtins.int, builtins.complex, builtins.len, builtins.iter, builtins.ord)
SIZED = (builtins.len, builtins.iter, builtins.list, builtins.tuple, builtins.set, builtins.sorted,
         builtins.enumerate, builtins.reversed)  # fmt: skip


def surely(state: State, error: BaseException) -> None:
    """Leave for the handler if one stands ready; else Python will raise when it gets there."""
    if not isinstance(error, SrcxformError):
        if any(isinstance(error, watch.handled) for watch in state.watches):
            raise Surely(error)


def check_call(state: State, function: Any, kinds: list[Kind]) -> None:
    """Leave for the handler if a call surely raises for these kinds."""
    if not state.watches or not kinds:
        return
    first = kinds[0]
    if function in SIZED and isinstance(first, Number):
        act = "has no len()" if function is builtins.len else "is not iterable"
        quote = "object of type 'float'" if function is builtins.len else "'float' object"
        surely(state, TypeError(f"{quote} {act}"))
    if function in TRIED and all(isinstance(kind, Const) for kind in kinds):
        ran(state, function, *[kind.value for kind in kinds])  # type: ignore[attr-defined]
    if function in (builtins.float, builtins.int) and isinstance(first, (Items, Mapping, Cell)):
        ran(state, function, [])
    if function is builtins.getattr and len(kinds) == 2 and isinstance(kinds[1], Const):
        check_attribute(state, first, str(kinds[1].value))


def ran(state: State, function: Any, *args: Any) -> None:
    try:
        function(*args)
    except Exception as error:
        surely(state, error)


def check_attribute(state: State, kind: Kind, name: str) -> None:
    """Leave for the handler if no value of this kind has the attribute."""
    if not state.watches:
        return
    samples: list[Any] = []
    match kind:
        case Const(value=value) if not scalar_class(value):
            samples = [value]
        case Number(cls=cls):
            samples = [1.0, np_scalar(cls)] if cls in "fi" else []
        case Array():
            samples = [np_scalar("f").reshape(1)]
        case Items(type=name_of) | Cell(type=name_of) | Many(type=name_of):
            samples = [getattr(builtins, name_of)]
        case Mapping():
            samples = [dict]
    if samples and not any(hasattr(sample, name) for sample in samples):
        owner = samples[0] if isinstance(samples[0], type) else type(samples[0])
        text = f"'{owner.__name__}' object has no attribute '{name}'"
        surely(state, AttributeError(text))


def np_scalar(cls: str) -> Any:
    return np.float64(1.0) if cls == "f" else np.int64(1)


def check_item(state: State, base: Kind, index: Kind) -> None:
    """Leave for the handler if a subscript surely raises."""
    if not state.watches or not isinstance(index, Const):
        return
    match base:
        case Mapping(keys=keys) if index.value not in keys:
            surely(state, KeyError(index.value))
        case Items(type=name, items=items) if type(index.value) is int:
            if not -len(items) <= index.value < len(items):
                surely(state, IndexError(f"{name} index out of range"))
        case Const(value=None):
            surely(state, TypeError("'NoneType' object is not subscriptable"))


def check_unpacking(state: State, kind: Kind, count: int) -> None:
    """Leave for the handler if unpacking surely finds too few or too many."""
    if isinstance(kind, Items) and len(kind.items) != count:
        found = len(kind.items)
        many = "too many" if found > count else "not enough"
        surely(state, ValueError(f"{many} values to unpack (expected {count})"))
    if isinstance(kind, Number):
        surely(state, TypeError("cannot unpack non-iterable float object"))


def check_iteration(state: State, kind: Kind) -> None:
    """Leave for the handler if a loop runs over what cannot be iterated over."""
    if isinstance(kind, Number) or isinstance(kind, Const) and kind.value is None:
        surely(state, TypeError("'float' object is not iterable"))


def check_store(base: Kind) -> None:
    """Nothing can be stored into a number; Python says so wherever that stands."""
    if isinstance(base, Number) or isinstance(base, Const) and scalar_class(base.value):
        raise Surely(TypeError("'float' object does not support item assignment"))


def check_operands(state: State, kinds: tuple[Kind, ...]) -> None:
    """Leave for the handler if arithmetic meets None."""
    if state.watches and any(isinstance(k, Const) and k.value is None for k in kinds):
        surely(state, TypeError("unsupported operand type(s): 'NoneType'"))


def check_member(state: State, kind: Kind, name: str) -> None:
    """Let a name that a module does not have raise what Python raises."""
    if not isinstance(kind, Const) or not isinstance(kind.value, types.ModuleType):
        return
    try:
        getattr(kind.value, name)
    except AttributeError as error:
        there = functools.partial(hasattr, kind.value, name)
        state.externals.guard((id(kind.value), "missing", name), there, False, None)
        raise Surely(AttributeError(str(error))) from None


def thrown(state: State, error: BaseException) -> Node:
    """Write `raise` of an exception that surely comes."""
    known = type(error)
    function = build.load(known.__name__)
    if getattr(builtins, known.__name__, None) is not known:
        function = state.externals.reference(known) or build.load("Exception")
    args = [build.const(a) for a in error.args if isinstance(a, (str, int, float, type(None)))]
    line = gast.Raise(exc=build.call(function, *args), cause=None)
    line.place = state.place
    return line
