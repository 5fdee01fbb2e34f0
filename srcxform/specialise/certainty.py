"""What surely raises, by the kinds: written out as a `raise`, or a way to the handler around it.

A derivative may need no value of what raises, and would give a number where the function has none.
"""

from __future__ import annotations

import builtins
import functools
import operator
import types
from collections.abc import Sequence
from typing import Any

import gast
import numpy as np

from srcxform.errors import SrcxformError
from srcxform.kinds.instances import MISSING, class_attribute, is_followed
from srcxform.kinds.lattice import (
    Array,
    Cell,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Number,
    Record,
    scalar_class,
)
from srcxform.specialise.scope import Evaluated, State, Surely
from srcxform.syntax import build
from srcxform.syntax.build import Node

TRIED = (builtins.float, builtins.int, builtins.complex, builtins.len, builtins.iter, builtins.ord)
SIZED = (builtins.len, builtins.iter, builtins.list, builtins.tuple, builtins.set, builtins.sorted,
         builtins.enumerate, builtins.reversed)  # fmt: skip
SHAPED = (np.zeros, np.ones, np.empty, np.full, np.eye, np.identity)  # by whole numbers
BITS = (gast.BitAnd, gast.BitOr, gast.BitXor, gast.LShift, gast.RShift)


def surely(state: State, error: BaseException) -> None:
    """Leave for the handler, or for the caller, from a point of the user's that is reached.

    Where a residual program is run over, or an expression of it alone, that is done already.
    """
    handled = any(isinstance(error, watch.handled) for watch in state.watches)
    reached = state.env is not None and state.scope.function is not None
    if (handled or reached) and not isinstance(error, SrcxformError):
        raise Surely(error)


def whole(state: State, value: Node, kind: Kind) -> None:
    """Let what may be no whole number raise, though nobody may read what it is used for.

    The kind alone does not tell: a whole number that counts as a real one is one.
    """
    if state.scope.function is not None and is_inexact(kind):  # else it is written out already
        written = state.externals.reference(operator.index)
        state.emit(build.expression(build.call(written, value)))


def check_call(state: State, function: Any, args: Sequence[Evaluated]) -> None:
    """Leave for the handler if a call surely raises for these kinds."""
    if not args:
        return
    value, first = args[0]
    kinds = [kind for _, kind in args]
    if any(function is one for one in SHAPED) and is_numeric(first):
        whole(state, value, first)
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


def check_callable(state: State, kind: Kind) -> None:
    """Leave for the handler if what is called is surely no function."""
    match kind:
        case Const(value=value) if not callable(value):
            named = type(value).__name__
        case Record(type=cls) | Instance(type=cls) | Kept(type=cls) if is_no_function(cls):
            named = cls.__name__
        case Number(cls="f"):
            named = "float"
        case Items(type=named) | Cell(type=named) | Many(type=named):
            pass
        case Mapping():
            named = "dict"
        case Array():
            named = "numpy.ndarray"
        case _:
            return
    surely(state, TypeError(f"{named!r} object is not callable"))


def is_no_function(cls: Any) -> bool:
    return (
        isinstance(cls, type) and is_followed(cls) and class_attribute(cls, "__call__") is MISSING
    )


def ran(state: State, function: Any, *args: Any) -> None:
    try:
        function(*args)
    except Exception as error:
        surely(state, error)


def check_attribute(state: State, kind: Kind, name: str) -> None:
    """Leave for the handler if no value of this kind has the attribute."""
    samples: list[Any] = []
    match kind:
        case Const(value=value) if state.watches and not scalar_class(value):
            samples = [value]
        case Number(cls=cls):
            samples = [1.0, np_scalar(cls), 1] if cls in "fi" else []  # either may be whole
        case Array():
            samples = [np_scalar("f").reshape(1)]
        case Items(type=name_of) | Cell(type=name_of) | Many(type=name_of):
            samples = [getattr(builtins, name_of)]
        case Mapping():
            samples = [dict]
    if samples and not any(has(sample, name) for sample in samples):
        owner = samples[0] if isinstance(samples[0], type) else type(samples[0])
        text = f"'{owner.__name__}' object has no attribute '{name}'"
        surely(state, AttributeError(text))


def has(sample: Any, name: str) -> bool:
    """Say whether a value has an attribute; NumPy raises ValueError for the `mT` of a vector."""
    try:
        return hasattr(sample, name)
    except ValueError:
        return True


def np_scalar(cls: str) -> Any:
    return np.float64(1.0) if cls == "f" else np.int64(1)


def check_item(state: State, base: Kind, index: Kind) -> None:
    """Leave for the handler if a subscript surely raises."""
    match base, index:
        case Const(value=None), _:
            surely(state, TypeError("'NoneType' object is not subscriptable"))
        case Mapping(keys=keys), Const(value=key) if key not in keys:
            surely(state, KeyError(key))
        case Items(type=name, items=items), Const(value=value) if type(value) is int:
            if not -len(items) <= value < len(items):
                surely(state, IndexError(f"{name} index out of range"))
        case Array(), Array(cls="f" | "c", mixed=False):
            surely(state, IndexError("arrays used as indices must be of integer (or boolean) type"))


def check_place(state: State, base: Kind, index: Node, kind: Kind) -> None:
    """See to it that a place in a list, a tuple or an array is a whole number."""
    if not isinstance(base, Array) and getattr(base, "type", None) not in ("list", "tuple"):
        return
    match index, kind:
        case gast.Slice(), Items(type="slice", items=items):
            for part, inner in zip((index.lower, index.upper, index.step), items, strict=True):
                check_place(state, base, part, inner)
        case gast.Tuple(elts=parts), Items(items=items):
            for part, inner in zip(parts, items, strict=True):
                check_place(state, base, part, inner)
        case gast.Name() | gast.Constant(), (Number() | Const()):
            whole(state, index, kind)


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
    if any(isinstance(k, Const) and k.value is None for k in kinds):
        surely(state, TypeError("unsupported operand type(s): 'NoneType'"))


def check_bits(state: State, op: Node, operands: Sequence[Evaluated]) -> None:
    """See to it that the operands of `&`, `<<` and their kin are whole numbers."""
    if isinstance(op, BITS) and all(is_numeric(kind) for _, kind in operands):
        for value, kind in operands:
            if isinstance(kind, Array) and is_inexact(kind) and not kind.mixed:
                surely(state, TypeError("ufunc not supported for the input types"))
            if not isinstance(kind, Array):
                whole(state, value, kind)


def is_numeric(kind: Kind) -> bool:
    return isinstance(kind, (Number, Array)) or bool(scalar_class(getattr(kind, "value", None)))


def is_inexact(kind: Kind) -> bool:
    """Say whether a value counts as a real or complex number, or an array of these."""
    if isinstance(kind, Const):
        return isinstance(kind.value, (float, complex))
    return isinstance(kind, (Number, Array)) and kind.cls in "fc"


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
