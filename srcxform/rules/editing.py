"""Arrays with entries left out or put in, windows over them, and differences along them."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import Kind, Number
from srcxform.rules.predicates import is_none, is_real, literal, rank_is
from srcxform.rules.registry import composite, constant, result_kind
from srcxform.runtime import (
    inserted_count,
    inserted_shape,
    refuse,
    running_extreme,
    window_positions,
)

constant(inserted_count, signature="obj, length, values")
constant(inserted_shape, signature="values, like")
constant(running_extreme, signature="a, axis, largest")
constant(window_positions, signature="a, window")


@result_kind(inserted_count)
def inserted_count_kind(**given: Kind) -> Kind:
    return Number("i")


@composite(np.delete, "arr, obj, axis=None")
def delete_parts(arr: Any, obj: Any, axis: Any = None) -> Any:
    if is_none(axis):
        return np.take(np.ravel(arr), np.delete(np.arange(np.size(arr)), obj))
    return np.take(arr, np.delete(np.arange(np.shape(arr)[axis]), obj), axis)


@composite(np.insert, "arr, obj, values, axis=None")
def insert_parts(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    if is_none(axis):
        return with_rows(np.ravel(arr), obj, values, 0)
    return with_rows(arr, obj, values, axis)


def with_rows(arr: Any, obj: Any, values: Any, axis: Any) -> Any:
    """What is put in goes behind, and all is taken in the order that it has in the end."""
    length = np.shape(arr)[axis]
    rows = np.reshape(values, inserted_shape(values, arr))
    if np.ndim(obj) == 0 and not isinstance(obj, slice):
        rows = np.moveaxis(rows, 0, axis)
        count = np.shape(rows)[axis]
    else:
        count = inserted_count(obj, length, values)
    shape = list(np.shape(arr))
    shape[axis] = count
    order = np.insert(np.arange(length), obj, np.arange(length, length + count))
    return np.take(np.concatenate((arr, np.broadcast_to(rows, tuple(shape))), axis), order, axis)


@composite(np.resize, "a, new_shape")
def resize_parts(a: Any, new_shape: Any) -> Any:
    return np.take(np.ravel(a), np.resize(np.arange(np.size(a)), new_shape))


@composite(np.ediff1d, "ary, to_end=None, to_begin=None")
def ediff1d_parts(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    differences = np.diff(np.ravel(ary))
    if is_none(to_end) and is_none(to_begin):
        return differences
    if is_none(to_begin):
        return np.concatenate((differences, np.ravel(to_end)))
    if is_none(to_end):
        return np.concatenate((np.ravel(to_begin), differences))
    return np.concatenate((np.ravel(to_begin), differences, np.ravel(to_end)))


@composite(
    np.lib.stride_tricks.sliding_window_view,
    "x, window_shape, axis=None, *, subok=False, writeable=False",
)
def sliding_window_view_parts(x: Any, window_shape: Any, axis: Any = None) -> Any:
    if rank_is(x, 1):
        return np.take(x, window_positions(x, window_shape))
    return refuse(
        "windows over an array of several axes have no derivative rule",
        "take a window along each axis by an array of positions: x[..., positions]",
    )


@composite(np.choose, "a, choices, out=None, mode='raise'")
def choose_parts(a: Any, choices: Any, *, mode: Any = "raise") -> Any:
    if not literal(mode, "raise"):
        return refuse("np.choose that wraps or clips has no derivative rule", "wrap or clip first")
    found = choices[0]
    for k in range(1, len(choices)):
        found = np.where(np.equal(a, k), choices[k], found)
    return np.where(np.greater_equal(a, 0), found, found)


@composite(np.gradient, "f, *varargs, axis=None, edge_order=1")
def gradient_parts(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    if not literal(edge_order, 1) or len(varargs) > 1 or is_none(axis) and not rank_is(f, 1):
        return refuse(
            "np.gradient along several axes, or of second order at the ends, has no rule",
            "take the gradient along one axis after the other, with edge_order=1",
        )
    along = 0 if axis is None else axis
    values = np.moveaxis(f, along, 0)
    if len(varargs) == 0 or np.ndim(varargs[0]) == 0:
        h = varargs[0] if len(varargs) == 1 else 1.0
        inner = (values[2:] - values[:-2]) / (2.0 * h)
        first, last = (values[1:2] - values[:1]) / h, (values[-1:] - values[-2:-1]) / h
    else:
        steps = np.diff(varargs[0])
        before = np.reshape(steps[:-1], (-1,) + (1,) * (np.ndim(f) - 1))
        behind = np.reshape(steps[1:], (-1,) + (1,) * (np.ndim(f) - 1))
        left = -behind / (before * (before + behind))
        middle = (behind - before) / (before * behind)
        right = before / (behind * (before + behind))
        inner = left * values[:-2] + middle * values[1:-1] + right * values[2:]
        first, last = (
            (values[1:2] - values[:1]) / steps[0],
            (values[-1:] - values[-2:-1]) / steps[-1],
        )
    return np.moveaxis(np.concatenate((first, inner, last)), 0, along)


def accumulated_extreme(a: Any, axis: Any, largest: Any) -> Any:
    return np.take_along_axis(a, running_extreme(a, axis, largest), axis)


@composite(np.vander, "x, N=None, increasing=False")
def vander_parts(x: Any, N: Any = None, increasing: Any = False) -> Any:
    count = np.shape(x)[0] if N is None else N
    column = np.reshape(x, (-1, 1))
    powers = np.cumprod(np.concatenate(
        (np.ones_like(column), np.repeat(column, count - 1, axis=1)), axis=1), axis=1)  # fmt: skip
    return powers if increasing else np.flip(powers, 1)


@composite(np.polyval, "p, x")
def polyval_parts(p: Any, x: Any) -> Any:
    y = np.zeros_like(x)
    for coefficient in p:
        y = y * x + coefficient
    return y


@composite(np.polynomial.polynomial.polyval, "x, c, tensor=True")
def power_series_parts(x: Any, c: Any, tensor: Any = True) -> Any:
    y = c[-1] + x * 0
    for k in range(2, len(c) + 1):
        y = c[-k] + y * x
    return y


@composite(np.polyder, "p, m=1")
def polyder_parts(p: Any, m: Any = 1) -> Any:
    for _ in range(m):
        p = np.arange(len(p) - 1, 0, -1) * np.asarray(p)[:-1]
    return p


@composite(np.convolve, "a, v, mode='full'")
def convolve_parts(a: Any, v: Any, mode: Any = "full") -> Any:
    if np.size(v) > np.size(a):
        return convolved(v, a, mode)
    return convolved(a, v, mode)


def convolved(a: Any, v: Any, mode: Any) -> Any:
    """The longer one slides over the shorter one."""
    width = np.size(v)
    if literal(mode, "full"):
        padded = np.pad(a, (width - 1, width - 1))
    elif literal(mode, "valid"):
        padded = a
    else:
        padded = np.pad(a, (width // 2, (width - 1) // 2))
    return np.take(padded, window_positions(padded, width)) @ np.flip(v)


@composite(np.correlate, "a, v, mode='valid'")
def correlate_parts(a: Any, v: Any, mode: Any = "valid") -> Any:
    """NumPy lets the longer one slide, and turns the result round."""
    if np.size(v) > np.size(a):
        return np.flip(np.convolve(conjugated(v), np.flip(a), mode))
    return np.convolve(a, conjugated(np.flip(v)), mode)


def conjugated(v: Any) -> Any:
    if is_real(v):
        return v
    return np.conj(v)
