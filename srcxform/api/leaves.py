"""Leaves of arguments and results: which of them carry a derivative, and what becomes of it.

A derivative handed out has the structure, shape and dtype of what it belongs to, is writable, and
shares no memory with anything else. What is no number is carried along as it is.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

import numpy as np

from srcxform.kinds.instances import instance_of, is_followed
from srcxform.pytrees import (
    StructureMismatch,
    as_object,
    children,
    finite,
    is_record,
    leaves,
    mapped,
    matching,
    shown,
)

__all__ = [
    "carries",
    "check_carries",
    "check_followed",
    "gradient_held",
    "has_derivative",
    "has_integers",
    "integers_as_reals",
    "is_integer",
    "is_not_zero",
    "objects_as_dicts",
    "raw_setting",
    "raw_tangent",
    "tangent_like",
    "unfit",
    "zero_like",
]

Array = np.ndarray[Any, np.dtype[Any]]
INEXACT = (float, complex, np.inexact)


def carries(value: Any) -> bool:
    """Say whether a leaf can carry a derivative as it is."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fc"
    return isinstance(value, INEXACT) and not isinstance(value, Enum)


def is_integer(value: Any) -> bool:
    """Say whether a leaf is an integer scalar; a bool is a setting, and a member of an enum."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, Enum))


def is_exact_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biu"


def has_integers(value: Any) -> bool:
    """Say whether an integer scalar is among the leaves."""
    return any(is_integer(leaf) for _, leaf in leaves(value))


def has_derivative(value: Any) -> bool:
    """Say whether any leaf can carry a derivative as it is."""
    return any(carries(leaf) for _, leaf in leaves(value))


class Count(float):
    """A real number that was an integer in a container, and may still count: `range(settings.n)`.

    >>> list(range(Count(2))), Count(2) / 4
    ([0, 1], 0.5)
    """

    def __index__(self) -> int:
        return int(self)


def integers_as_reals(value: Any) -> Any:
    """Give `value` with its integer scalars as floats."""
    if is_integer(value):
        return float(value)
    return mapped(lambda leaf: Count(leaf) if is_integer(leaf) else leaf, value)


def check_carries(value: Any, label: str, allow_int: bool | None) -> None:
    """Raise TypeError unless `value` can be differentiated in.

    `allow_int` is None where there is no such option.

    >>> check_carries({"n": np.arange(3)}, "argument 0 (`x{}`) of `f`", False)
    Traceback (most recent call last):
    ...
    TypeError: argument 0 (`x['n']`) of `f` is an array of dtype int64, ...
    """
    if children(value) is None and not (
        carries(value) or is_integer(value) or is_exact_array(value)
    ):
        found = f"an array of dtype {value.dtype}" if type(value) is np.ndarray else shown(value)
        raise TypeError(
            f"{label.format('')} is {found}, which cannot be differentiated in; "
            "differentiation is in numbers, arrays and containers of them: pick another argument "
            "with argnums"
        )
    with finite(value):
        check_followed(value, label)
    for path, leaf in leaves(value):
        if is_exact_array(leaf) and not allow_int:
            others = "or pick another argument with argnums"
            if allow_int is not None:
                others = f"{others[3:]}, or pass allow_int=True to get zeros for it"
            raise TypeError(
                f"{label.format(path)} is an array of dtype {leaf.dtype}, which cannot be "
                f"differentiated in; convert it with .astype(float), {others}"
            )
        refuse_hidden_numbers(leaf, label.format(path))


def check_followed(value: Any, label: str, path: str = "") -> None:
    """Raise TypeError if there are numbers where generated code does not follow them.

    That is in arrays of a subclass, whose operations may differ, and in containers whose inside
    the compiler does not know.
    """
    structure = children(value)
    if structure is None:
        if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
            raise TypeError(
                f"{label.format(path)} is {shown(value)} of the class {type(value).__qualname__}, "
                "only plain NumPy arrays are differentiated in; convert it with np.asarray"
            )
        if is_foreign_array(value):
            raise TypeError(hidden_numbers(value, label.format(path)))
        if path and leads_to_itself(value):
            raise TypeError(
                f"{label.format(path)} is {shown(value)} that holds itself, beside what is "
                "differentiated in; hand it in as an argument of its own"
            )
        return
    if not (type(value) in (list, tuple, dict) or is_record(value)) and has_derivative(value):
        raise TypeError(
            f"{label.format(path)} is {shown(value)}, a container that cannot be differentiated "
            "in; use a dict, list, tuple, namedtuple or dataclass"
        )
    for part, step in zip(structure.parts, structure.steps, strict=True):
        check_followed(part, label, path + step)


def leads_to_itself(value: Any) -> bool:
    """Say whether a value is an object with a way back to itself: it is no container of numbers."""
    return is_followed(type(value)) and children(value) is None


def refuse_hidden_numbers(leaf: Any, label: str) -> None:
    """Refuse an object that no one takes apart, but that has numbers in it."""
    if carries(leaf) or is_integer(leaf) or isinstance(leaf, (str, bytes, type)):
        return
    inside = getattr(leaf, "__dict__", None)
    hidden = inside and not callable(leaf) and any(map(carries, inside.values()))
    if hidden or is_foreign_array(leaf):
        raise TypeError(hidden_numbers(leaf, label))


def is_foreign_array(leaf: Any) -> bool:
    """Say whether an object is an array, but none of NumPy's: what is done with it is not known."""
    looks = hasattr(leaf, "dtype") and hasattr(leaf, "shape") and not isinstance(leaf, type)
    return looks and not isinstance(leaf, (np.ndarray, np.generic))


def hidden_numbers(leaf: Any, label: str) -> str:
    return (
        f"{label} is {shown(leaf)} of the class {type(leaf).__qualname__}, whose numbers cannot be "
        "differentiated in; use plain NumPy arrays, as np.asarray gives them, and make a class of "
        "one's own a dataclass"
    )


def zero_like(value: Any) -> Any:
    """Give the zero derivative of a leaf; what is no number stays as it is.

    >>> zero_like(2.5), zero_like(np.ones(2)), zero_like(np.arange(2)), zero_like("relu")
    (0.0, array([0., 0.]), array([0., 0.]), 'relu')
    """
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biu":
            return np.zeros(value.shape)
        return np.zeros(value.shape, value.dtype) if value.dtype.kind in "fc" else value
    if isinstance(value, np.inexact):
        return type(value)(0)
    if isinstance(value, complex):
        return 0j
    if isinstance(value, float) or is_integer(value):
        return 0.0
    return value


def gradient_held(holder: Any, index: int, value: Any) -> Any:
    """Give `holder[index]`, the raw gradient for the argument `value`, as the caller may have it.

    The raw gradient has the structure of `value`, None for what is no number. `holder`, a tuple
    fresh from generated code, has the only reference to it; whatever others can see too is copied.
    """
    return gradient_like(holder[index], value, FRESH_HELD)


def gradient_like(bar: Any, value: Any, fresh: int) -> Any:
    """Give one part of a gradient; `fresh` counts the references that only we hold to it."""
    kind = type(value)
    if kind is np.ndarray:
        return array_like(bar, value, fresh) if value.dtype.kind in "fc" else zero_like(value)
    if kind is float:
        if isinstance(bar, float):  # covers np.float64
            return bar
        return scalar_like(bar, value)
    if isinstance(value, INEXACT) or is_integer(value):
        return scalar_like(bar, value)
    return rebuilt(lambda part, own: gradient_like(part, own, FRESH_INSIDE), bar, value)


def tangent_like(dot: Any, value: Any) -> Any:
    """Give the tangent of a result; unlike gradients it may share memory, as results may."""
    if isinstance(value, np.ndarray):
        if type(dot) is np.ndarray and dot.dtype is value.dtype and dot.shape == value.shape:
            return dot
        return array_like(dot, value, 0) if value.dtype.kind in "fc" else zero_like(value)
    if isinstance(value, INEXACT) or is_integer(value):
        return scalar_like(dot, value)
    return rebuilt(tangent_like, dot, value)


def rebuilt(each: Callable[[Any, Any], Any], derivative: Any, value: Any) -> Any:
    if type(value) is dict and type(derivative) is dict and [*derivative] == [*value]:
        held = tuple(derivative.values())  # as below: references are counted
        return dict(zip(value, entries(each, held, value.values(), True), strict=True))
    structure = children(value)
    if structure is None:
        return zero_like(value)
    if derivative is None and not has_derivative(value):
        return mapped(zero_like, value)
    if is_resized(derivative, value):
        if type(value) is not dict:
            return copy.deepcopy(derivative)
        return {  # what is gone from it is no longer there to be followed
            key: each(part, value[key]) if key in value else copy.deepcopy(part)
            for key, part in derivative.items()
        }
    if isinstance(derivative, dict):
        if is_followed(type(value)):
            return object_rebuilt(each, derivative, as_object(value), type(value))
        parts = tuple(derivative.get(key) for key in structure.keys)
    else:
        theirs = children(derivative)
        if theirs is None or len(theirs.parts) != len(structure.parts):
            raise Unfit(unfit(derivative, value))
        parts = theirs.parts
    return structure.build(entries(each, parts, structure.parts, type(value) is list))


def entries(
    each: Callable[[Any, Any], Any], parts: Iterable[Any], own_parts: Iterable[Any], open_to: bool
) -> list[Any]:
    """Give the derivatives of what a container holds; one `open_to` writes may hold others by now.

    The derivative is that of what was there before the call.
    """
    made = []
    for part, own in zip(parts, own_parts, strict=True):
        try:
            made.append(each(part, own))
        except Unfit:
            if not open_to:
                raise
            made.append(copy.deepcopy(part))
    return made


class Unfit(RuntimeError):
    """A derivative does not fit what it belongs to."""


def is_resized(derivative: Any, value: Any) -> bool:
    """Say whether the call changed how long a list is, or which keys a dict has.

    The derivative is that of the argument as it was before.
    """
    if type(value) is list:
        return type(derivative) is list and len(derivative) != len(value)
    return type(value) is dict and type(derivative) is dict and [*derivative] != [*value]


def object_rebuilt(
    each: Callable[[Any, Any], Any], derivative: Any, structure: Any, cls: type
) -> Any:
    """Give the derivative of an object as it was before the call, which may have written to it."""
    made = {}
    for key, own in zip(structure.keys, structure.parts, strict=True):
        if key in derivative:
            part = derivative[key]
            made[key] = None if part is None and carries(own) else each(part, own)
    return instance_of(cls, made)


def unfit(derivative: Any, value: Any) -> str:
    return (
        f"internal error: generated code gave {shown(derivative)} as the derivative of "
        f"{shown(value)}; please report this with the program that led to it"
    )


def array_like(bar: Any, value: Array, fresh: int) -> Array:
    """Give an array of the shape and dtype of `value`, writable and shared with nothing."""
    if type(bar) is np.ndarray and bar.dtype is value.dtype and bar.shape == value.shape:
        if sys.getrefcount(bar) <= fresh and bar.flags.writeable:
            if bar.base is None or owns_base(bar):
                return bar
        return bar.copy()
    made = np.asarray(bar)
    if made.dtype.kind not in "fciub":
        raise Unfit(unfit(bar, value))
    if made.shape != value.shape:
        if made.ndim or made.item() != 0:  # only a zero may stand for zeros
            raise Unfit(unfit(bar, value))
        return np.zeros(value.shape, value.dtype)
    if made.dtype.kind == "c" and value.dtype.kind == "f":
        made = made.real
    return made.astype(value.dtype)


def owns_base(array: Array) -> bool:
    """Say whether only `array` refers to the memory that it is a view of."""
    base = array.base
    return type(base) is np.ndarray and sys.getrefcount(base) <= FRESH_BASE


def scalar_like(bar: Any, value: Any) -> Any:
    """Give a scalar of the type of `value`; a Python float may stay a NumPy one."""
    if is_integer(value):
        return 0.0 if bar is None else float(bar)
    if np.shape(bar) != () or np.asarray(bar).dtype.kind not in "fciub":
        raise Unfit(unfit(bar, value))
    if isinstance(bar, np.ndarray):
        bar = bar[()]
    if isinstance(value, np.inexact):
        real = isinstance(value, np.floating) and isinstance(bar, (complex, np.complexfloating))
        return type(value)(bar.real if real else bar)
    if isinstance(value, complex):
        return bar if isinstance(bar, (complex, np.complexfloating)) else complex(bar)
    if isinstance(bar, (complex, np.complexfloating)):
        bar = bar.real
    return bar if isinstance(bar, (float, np.floating)) else float(bar)


def raw_tangent(tangent: Any, value: Any, label: str, path: str = "") -> Any:
    """Check a tangent or cotangent that the caller gave; give it as generated code has it.

    `label` names what it belongs to in errors, braces standing for the way to a part of it: "the
    tangent of argument 0 (`x{}`) of `f`". Raises TypeError.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        if type(tangent) is np.ndarray and tangent.dtype is value.dtype:
            if tangent.shape == value.shape:
                return tangent
        return raw_array(tangent, value, label.format(path))
    if isinstance(value, INEXACT):
        return raw_scalar(tangent, value, label.format(path))
    structure = children(value)
    if structure is None:
        return raw_setting(tangent, value, label.format(path))
    if tangent is None and not has_derivative(value):
        parts: tuple[Any, ...] = (None,) * len(structure.parts)
    else:
        try:
            parts = matching(structure, value, tangent, label.format(path))
        except StructureMismatch as mismatch:
            raise TypeError(
                f"{mismatch}: a tangent or cotangent has the structure of what it belongs to"
            ) from None
    rows = zip(parts, structure.parts, structure.steps, strict=True)
    return structure.build([raw_tangent(part, own, label, path + step) for part, own, step in rows])


def objects_as_dicts(bar: Any) -> Any:
    """Give a cotangent as generated code has it: what belongs to an object is a dict."""
    kind = type(bar)
    if kind in (float, np.ndarray) or isinstance(bar, np.generic):
        return bar
    structure = as_object(bar)
    if structure is None:
        return bar
    parts = [objects_as_dicts(part) for part in structure.parts]
    if is_record(bar) and type(bar).__module__.split(".")[0] not in ("numpy", "scipy"):
        named = dict(zip(structure.keys, parts, strict=True))
        return {**named, **dict(enumerate(parts))} if isinstance(bar, tuple) else named
    return structure.build(parts)


def raw_array(tangent: Any, value: Array, label: str) -> Array:
    if not (carries(tangent) or is_integer(tangent) or is_exact_array(tangent)):
        raise TypeError(f"{label} is {shown(tangent)}, not an array of shape {value.shape}")
    if np.shape(tangent) != value.shape:
        raise TypeError(f"{label} has shape {np.shape(tangent)}, not {value.shape}")
    made = np.asarray(tangent)
    refuse_complex(made.dtype.kind == "c" and value.dtype.kind == "f", label)
    return made.astype(value.dtype, copy=False)


def raw_scalar(tangent: Any, value: Any, label: str) -> Any:
    if type(tangent) is float and type(value) is float:
        return tangent
    if not (carries(tangent) or is_integer(tangent) or is_exact_array(tangent)):
        raise TypeError(f"{label} is {shown(tangent)}, not a number")
    if np.shape(tangent) != ():
        raise TypeError(f"{label} has shape {np.shape(tangent)}, but belongs to a number")
    if isinstance(tangent, np.ndarray):
        tangent = tangent[()]
    is_complex = isinstance(tangent, (complex, np.complexfloating))
    refuse_complex(is_complex and isinstance(value, (float, np.floating)), label)
    if isinstance(value, np.inexact):
        return type(value)(tangent)
    if isinstance(value, complex):
        return complex(tangent)
    return tangent if isinstance(tangent, float) else float(tangent)


def refuse_complex(wrong: bool, label: str) -> None:
    if wrong:
        raise TypeError(f"{label} is complex, but belongs to a real number; pass its real part")


def raw_setting(tangent: Any, value: Any, label: str) -> Any:
    """What cannot change has the tangent zero, None, or itself."""
    if is_integer(value) or is_exact_array(value):
        if tangent is not None and is_not_zero(tangent):
            raise TypeError(
                f"{label} is not zero, but what it belongs to is {shown(value)} of integers or "
                "booleans, which cannot change; convert that to float"
            )
        return np.zeros(value.shape) if isinstance(value, np.ndarray) else 0.0
    if tangent is None or tangent is value or not is_not_zero(tangent):
        return None
    raise TypeError(f"{label} is {shown(tangent)}, but {shown(value)} has no tangent; pass None")


def is_not_zero(tangent: Any) -> bool:
    """Say whether a tangent is anything but zeros (JAX's zeros of dtype float0 included)."""
    if isinstance(tangent, np.ndarray) and tangent.dtype.kind == "V":
        return False
    if isinstance(tangent, (bool, int, float, complex, np.generic, np.ndarray)):
        return bool(np.any(tangent != 0))
    return not isinstance(tangent, str)


class Gauge:
    """A limit that lets every count through and remembers it."""

    count = 0

    def __ge__(self, count: int) -> bool:
        self.count = count
        return True


# How many references a fresh array has when it is looked at depends on the interpreter, and is
# measured on the very path that it takes. What is shared always has one more.
FRESH_HELD: Any = Gauge()
FRESH_INSIDE: Any = Gauge()
FRESH_BASE: Any = Gauge()


def measure() -> tuple[int, int, int]:
    like = np.zeros((1, 1))
    gradient_held((np.zeros(1).reshape(1, 1),), 0, like)
    gradient_held(([np.zeros((1, 1))],), 0, [like])
    return FRESH_HELD.count, FRESH_INSIDE.count, FRESH_BASE.count


FRESH_HELD, FRESH_INSIDE, FRESH_BASE = measure()
