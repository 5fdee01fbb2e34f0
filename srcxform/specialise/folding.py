"""Calls of builtins that the kinds decide: `len`, `isinstance`, `zip`, `list` and the like."""

from __future__ import annotations

import builtins
import logging
import types
from typing import Any

import numpy as np

from srcxform import runtime
from srcxform.core.callees import is_enum
from srcxform.kinds.callables import Closure, Partial, is_callee
from srcxform.kinds.dtypes import is_dtype
from srcxform.kinds.joining import element, is_of
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
    Mixed,
    Number,
    Opaque,
    OrNone,
    Record,
    Stream,
)
from srcxform.specialise.containers import iterated
from srcxform.specialise.operators import elementwise_kind
from srcxform.specialise.scope import State

GENERATORS: dict[Any, type] = {
    np.random.default_rng: np.random.Generator,
    np.random.Generator: np.random.Generator,
    np.random.RandomState: np.random.RandomState,
}
NUMBERING: dict[str, Any] = {"strict": builtins.zip, "start": builtins.enumerate}


def fold(state: State, function: Any, kinds: list[Kind], named: dict[str, Kind]) -> Kind | None:
    """Give the kind of what is decided by kinds alone, None for all other functions."""
    if function is builtins.range:
        return Opaque(range)
    if function is logging.getLogger:
        return Opaque(logging.Logger)
    if any(function is maker for maker in GENERATORS):
        return Opaque(GENERATORS[function])
    if is_enum(function) and len(kinds) == 1:
        return Opaque(function)
    if not kinds or any(NUMBERING.get(name) is not function for name in named):
        return None
    if NEVER in kinds and function is not builtins.len:
        return NEVER
    first = state.opened(kinds[0])
    match function, first:
        case ((builtins.set | builtins.frozenset), _):
            return Opaque(function)
        case np.dtype, Items(type="list"):
            return dtype_of(first)
        case builtins.len, Items(items=items) | Mapping(items=items):
            return Const(len(items))
        case builtins.len, Array(dims=dims) if dims:
            return Number("i", dims[0]) if not isinstance(dims[0], int) else Const(dims[0])
        case builtins.len, _:
            return Number("i")
        case builtins.reversed, Opaque(type=builtins.range):
            return first
        case builtins.reversed, Items() | Many() | Cell() | Array():
            return Stream(iterated(state, first))
        case builtins.iter, Items() | Many() | Cell() | Array() if len(kinds) == 1:
            return Stream(iterated(state, first))
        case builtins.zip, _:
            return Stream(Items("tuple", tuple(iterated(state, kind) for kind in kinds)))
        case builtins.enumerate, _ if len(kinds) <= 2:
            return Stream(Items("tuple", (Number("i"), iterated(state, first))))
        case np.ndindex, _:
            return Stream(Items("tuple", (Number("i"),) * len(lengths_given(kinds))))
        case np.ndenumerate, Array(cls=cls, dims=dims) if dims is not None:
            position = Items("tuple", (Number("i"),) * len(dims))
            return Stream(Items("tuple", (position, Number(cls))))
        case np.shape, Array(dims=dims) if dims is not None:
            return Items("tuple", tuple(length_kind(d) for d in dims))
        case np.shape, Number() | Const():
            return Items("tuple", ())
        case np.ndim, Array(dims=dims) if dims is not None:
            return Const(len(dims))
        case np.ndim, Number():
            return Const(0)
        case np.size, Array():
            return Number("i")
        case builtins.isinstance, _ if len(kinds) == 2:
            return is_instance(first, kinds[1])
        case builtins.type, Number() if len(kinds) == 1:
            return UNKNOWN  # a NumPy scalar and a Python number are one kind
        case np.isscalar, Number() | Const():
            return Const(np.isscalar(first.value) if isinstance(first, Const) else True)
        case np.isscalar, Array(dims=[_, *_]) | Items() | Mapping() | Cell() | Many():
            return Const(False)
        case np.iterable, Array(dims=dims) if dims is not None:
            return Const(bool(dims))
        case np.iterable, Number():
            return Const(False)
        case np.iterable, Items() | Mapping() | Cell() | Many():
            return Const(True)
        case runtime.is_sequence | runtime.is_mapping, _:
            return matched(function, first)
        case builtins.hasattr, Array() if isinstance(kinds[1], Const):
            return Const(hasattr(np.ndarray, kinds[1].value))
        case builtins.callable, Const() | Closure() | Partial():
            return Const(is_callee(first))
        case builtins.callable, Number() | Array() | Items() | Mapping() | Cell() | Many():
            return Const(False)
        case ((builtins.list | builtins.tuple), _) if len(kinds) == 1:
            return listed(state, function.__name__, first)
        case builtins.dict, Mapping(keys=keys, items=items):
            return Mapping(keys, items)
        case ((builtins.min | builtins.max), Number() | Const()) if len(kinds) > 1:
            return elementwise_kind(lambda *a: sum(a), tuple(kinds))
    return None


def dtype_of(kind: Kind) -> Kind | None:
    """Give the type of a structured array by its fields, if these are known."""
    try:
        return Const(np.dtype(known_value(kind)))
    except (TypeError, ValueError):
        return None


def known_value(kind: Kind) -> Any:
    match kind:
        case Const(value=value):
            return value
        case Items(type="list", items=items):
            return list(map(known_value, items))
        case Items(type="tuple", items=items):
            return tuple(map(known_value, items))
    raise ValueError(kind)


def lengths_given(kinds: list[Kind]) -> list[Kind]:
    """Give the kinds of the lengths that `np.ndindex` is given, one by one or as a tuple."""
    if len(kinds) == 1:
        match kinds[0]:
            case Items(items=items):
                return list(items)
            case Const(value=tuple() as lengths):
                return list(map(Const, lengths))
    return kinds


def matched(function: Any, kind: Kind) -> Kind | None:
    """Say of a kind what a pattern asks of its values."""
    match kind:
        case Items(type=name) | Cell(type=name) | Many(type=name):
            return Const((name == "dict") is (function is runtime.is_mapping))
        case Mapping():
            return Const(function is runtime.is_mapping)
        case Array() | Number():
            return Const(False)
        case Const(value=value):
            return Const(function(value))
    return None


def length_kind(length: Any) -> Kind:
    return Const(length) if isinstance(length, int) else Number("i", length)


def listed(state: State, kind_type: str, kind: Kind) -> Kind | None:
    match kind:
        case Items(items=items):
            return Items(kind_type, items)
        case Mapping(keys=keys):
            return Items(kind_type, tuple(map(Const, keys)))
        case Cell(type="dict") | Many(type="dict"):
            return Many(kind_type, state.cells.key(kind))
        case Cell():
            return Many(kind_type, state.element(kind))
        case Many(item=item):
            return Many(kind_type, item)
        case Array(dims=dims) if dims:
            return Many(kind_type, element(kind))
        case Opaque(type=builtins.range):
            return Many(kind_type, Number("i"))
        case Stream(item=item):
            return Many(kind_type, item)
    return UNKNOWN


def is_instance(kind: Kind, of: Kind) -> Kind | None:
    """Answer isinstance where the kind tells; a NumPy scalar and a Python float are one kind."""
    types_asked = types_of(of)
    if types_asked is None:
        return None
    match kind:
        case Array():
            return Const(any(issubclass(np.ndarray, t) for t in types_asked))
        case Closure():
            return Const(any(issubclass(types.FunctionType, t) for t in types_asked))
        case Const(value=value) if not isinstance(value, (int, float)):
            return Const(isinstance(value, types_asked))
        case Items(type=name) | Cell(type=name) | Many(type=name):
            return Const(any(issubclass(getattr(builtins, name), t) for t in types_asked))
        case Mapping():
            return Const(any(issubclass(dict, t) for t in types_asked))
        case Opaque() if is_dtype(kind):
            return Const(any(issubclass(np.dtype, t) for t in types_asked))
        case Record(type=record) | Opaque(type=record) if isinstance(record, type):
            return Const(any(issubclass(record, t) for t in types_asked))
        case Mixed(options=options) if options:
            answers = [is_of(option, types_asked) for option in options]
            return Const(answers[0]) if len(set(answers)) == 1 and answers[0] is not None else None
        case OrNone(item=item):
            asked = [is_instance(item, of), Const(isinstance(None, types_asked))]
            return asked[0] if asked[0] == asked[1] else None
        case Number() | Const():
            if not any(
                issubclass(t, (int, float, complex, np.generic))
                or t.__module__ in ("numbers", "builtins", "typing", "abc")
                and issubclass(float, t)
                for t in types_asked
            ):
                return Const(False)
    return None


def types_of(kind: Kind) -> tuple[type, ...] | None:
    match kind:
        case Const(value=type() as single):
            return (single,)
        case Items(items=items):
            parts = [types_of(item) for item in items]
            if None not in parts:
                return tuple(t for part in parts for t in part or ())
    return None
