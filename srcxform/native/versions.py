"""Helpers of the run-time package by type, where Numba cannot type their own source."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types as nb

from srcxform.native.tools import constant, overloading
from srcxform.runtime import (
    accumulate,
    broadcast_like,
    cross_back,
    fit,
    power_by_base,
    power_by_exponent,
    precision_like,
    reshape_like,
    shadow_like,
    spread,
    unbroadcast,
    unit_tangents,
    unpacked,
    zeros_like,
)
from srcxform.syntax.written import written

__all__ = ["VERSIONS", "backwards"]

DOUBLE = 64

Made = Callable[..., Any] | None


def backwards(values: Any) -> Any:
    """Stand for `reversed`."""
    return reversed(values)


@overloading(backwards)
def _backwards(values: Any) -> Made:
    if isinstance(values, nb.RangeType):
        return lambda values: range(
            values.start + (len(values) - 1) * values.step, values.start - values.step, -values.step
        )
    if isinstance(values, (nb.List, nb.BaseTuple, nb.Array)):
        return lambda values: values[::-1]
    return None


@overloading(operator.getitem)
def _first_turns(values: Any, part: Any) -> Made:
    """`range(n)[:k]`: the turns of a loop that was left early."""
    if not isinstance(values, nb.RangeType) or not isinstance(part, nb.SliceType):
        return None

    def turns(values: Any, part: Any) -> Any:
        start, stop, step = part.indices(len(values))
        first = values.start + start * values.step
        return range(first, values.start + stop * values.step, values.step * step)

    return turns


def is_complex(kind: Any) -> bool:
    return isinstance(getattr(kind, "dtype", kind), nb.Complex)


@overloading(fit)
def _fit(g: Any, like: Any) -> Made:
    if is_complex(g) and not is_complex(like):
        return lambda g, like: g.real
    return lambda g, like: g


@overloading(unbroadcast)
def _unbroadcast(g: Any, like: Any) -> Made:
    if not isinstance(g, nb.Array):
        return lambda g, like: fit(g, like)
    if not isinstance(like, nb.Array):
        return lambda g, like: np.sum(fit(g, like))
    lead = g.ndim - like.ndim
    if lead < 0:
        return None
    place = ", ".join(f"i_{lead + k} if like.shape[{k}] != 1 else 0" for k in range(like.ndim))
    lines = ["def summed(g, like):", "    g = fit(g, like)", "    out = zeros(like.shape, g.dtype)"]
    for k in range(g.ndim):
        lines.append(f"{'    ' * (k + 1)}for i_{k} in range(g.shape[{k}]):")
    every = ", ".join(f"i_{k}" for k in range(g.ndim))
    lines += [f"{'    ' * (g.ndim + 1)}out[{place}] += g[{every}]", "    return out"]
    return written("summed", lines, {"fit": fit, "zeros": np.zeros})


@overloading(broadcast_like)
def _broadcast_like(x: Any, like: Any) -> Made:
    if not isinstance(like, nb.Array):
        return lambda x, like: fit(x, like)
    if isinstance(x, nb.Array):
        return lambda x, like: np.broadcast_to(fit(x, like), like.shape).copy()
    make = complex if is_complex(like) else float
    return lambda x, like: np.full(like.shape, make(fit(x, like)))


@overloading(reshape_like)
def _reshape_like(x: Any, like: Any) -> Made:
    if isinstance(like, nb.Array):
        return lambda x, like: np.asarray(x).copy().reshape(like.shape)
    if isinstance(x, nb.Array):
        return lambda x, like: x.item()
    return lambda x, like: x


@overloading(zeros_like)
def _zeros_like(value: Any) -> Made:
    if isinstance(value, nb.Array):
        if isinstance(value.dtype, (nb.Integer, nb.Boolean)):
            return lambda value: np.zeros(value.shape)
        return lambda value: np.zeros(value.shape, value.dtype)
    if isinstance(value, nb.Complex):
        return lambda value: 0j
    if isinstance(value, (nb.Boolean, nb.NoneType)):
        return lambda value: None
    if isinstance(value, nb.Number):
        return lambda value: 0.0
    if isinstance(value, nb.List):
        return lambda value: [zeros_like(part) for part in value]
    if isinstance(value, (nb.Tuple, nb.UniTuple)):
        parts = "".join(f"zeros_like(value[{k}]), " for k in range(len(value)))
        lines = ["def zeros(value):", f"    return ({parts})"]
        return written("zeros", lines, {"zeros_like": zeros_like})
    return None


@overloading(shadow_like)
def _shadow_like(value: Any) -> Made:
    if isinstance(value, (nb.List, nb.UniTuple)):
        return lambda value: [shadow_like(part) for part in value]
    return lambda value: zeros_like(value)


@overloading(accumulate)
def _accumulate(shadow: Any, value: Any, place: Any = None) -> Made:
    if isinstance(value, nb.NoneType):
        return lambda shadow, value, place=None: None
    if isinstance(shadow, nb.Array):

        def into_array(shadow: Any, value: Any, place: Any = None) -> None:
            shadow += value

        return into_array
    if not isinstance(shadow, nb.List) or not isinstance(value, (nb.List, nb.UniTuple)):
        return None
    if isinstance(shadow.dtype, nb.Number):

        def into_numbers(shadow: Any, value: Any, place: Any = None) -> None:
            for k in range(len(shadow)):
                shadow[k] += value[k]

        return into_numbers

    def into_parts(shadow: Any, value: Any, place: Any = None) -> None:
        for k in range(len(shadow)):
            accumulate(shadow[k], value[k])

    return into_parts


@overloading(spread)
def _spread(g: Any, like: Any) -> Made:
    if isinstance(like, nb.Array):
        return lambda g, like: broadcast_like(g, like)
    if isinstance(like, nb.List):
        return lambda g, like: [unbroadcast(g, part) for part in like]
    if isinstance(like, (nb.Tuple, nb.UniTuple)):
        parts = "".join(f"unbroadcast(g, like[{k}]), " for k in range(len(like)))
        lines = ["def each(g, like):", f"    return ({parts})"]
        return written("each", lines, {"unbroadcast": unbroadcast})
    return None


@overloading(unpacked)
def _unpacked(g: Any, like: Any) -> Made:
    if isinstance(like, nb.List):
        return lambda g, like: [unpacked(g[k], like[k]) for k in range(len(like))]
    if isinstance(like, (nb.Tuple, nb.UniTuple)):
        parts = "".join(f"unpacked(g[{k}], like[{k}]), " for k in range(len(like)))
        lines = ["def each(g, like):", f"    return ({parts})"]
        return written("each", lines, {"unpacked": unpacked})
    if isinstance(g, nb.Array) and g.ndim == 0:
        return lambda g, like: fit(g.item(), like)
    return lambda g, like: fit(g, like)


@overloading(unit_tangents)
def _unit_tangents(x: Any) -> Made:
    make = np.complex128 if is_complex(x) else np.float64
    if isinstance(x, nb.Array):
        return lambda x: np.eye(x.size, dtype=make).reshape((x.size,) + x.shape)
    return lambda x: np.ones(1, dtype=make)


@overloading(power_by_base)
def _power_by_base(x: Any, y: Any, times: Any = 1) -> Made:
    count = constant(times)
    factor = "1.0 * " + " * ".join(["1.0", *(f"(y - {k})" for k in range(count))])
    safe = f"where(factor == 0, 1.0, y - {count})"
    lines = ["def by_base(x, y, times=1):", f"    factor = {factor}"]
    if isinstance(y, nb.Array):
        lines.append(f"    return factor * x ** {safe}")
    else:
        lines += ["    if factor == 0:", "        return 0.0 * x"]
        lines.append(f"    return factor * x ** (y - {count})")
    return written("by_base", lines, {"where": np.where})


@overloading(power_by_exponent)
def _power_by_exponent(x: Any, y: Any, times: Any = 1) -> Made:
    count = constant(times)
    if count == 0:
        return lambda x, y, times=1: x**y
    if is_complex(x) or is_complex(y):
        return None
    if isinstance(x, nb.Array) or isinstance(y, nb.Array):

        def each(x: Any, y: Any, times: Any = 1) -> Any:
            safe = np.where((x == 0) & (y > 0), np.ones_like(x), x)
            return x**y * np.log(safe) ** count

        return each if isinstance(x, nb.Array) else None

    def one(x: Any, y: Any, times: Any = 1) -> Any:
        if x == 0 and y > 0:
            return 0.0
        return x**y * np.log(x) ** count

    return one


@overloading(cross_back)
def _cross_back(g: Any, v: Any, like: Any) -> Made:
    """Numba's np.cross has no products of two vectors in the plane."""
    if not isinstance(g, nb.Array):
        return None
    return lambda g, v, like: np.cross(g, v)[..., : like.shape[-1]]


def precision(kind: Any) -> int:
    """Give the bits of a real number, or of the parts of a complex one."""
    number = getattr(kind, "dtype", kind)
    if not isinstance(number, (nb.Float, nb.Complex)):
        return DOUBLE
    return int(number.bitwidth) // (2 if is_complex(number) else 1)


@overloading(precision_like)
def _precision_like(g: Any, like: Any) -> Made:
    """Programs with numbers of several precisions are refused."""
    return (lambda g, like: g) if precision(g) == precision(like) else None


VERSIONS = {
    accumulate, broadcast_like, cross_back, fit, power_by_base, power_by_exponent, precision_like,
    reshape_like, shadow_like, spread, unbroadcast, unit_tangents, unpacked, zeros_like,
}  # fmt: skip
