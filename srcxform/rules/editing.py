"""Arrays with entries left out or put in, windows over them, and differences along them."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import Array, Kind, Number
from srcxform.rules.predicates import (
    as_kind,
    class_of,
    is_none,
    is_real,
    literal,
    predicate,
    rank_is,
)
from srcxform.rules.registry import (
    adjoint,
    composite,
    constant,
    fixes,
    ignores,
    result_kind,
    tangent,
)
from srcxform.runtime import (
    first_places,
    inserted_count,
    inserted_order,
    inserted_shape,
    kept_positions,
    refuse,
    running_extreme,
    window_positions,
)

constant(inserted_count, signature="obj, length, rows, axis")
constant(inserted_order, signature="obj, length, count")
constant(kept_positions, signature="length, obj")
constant(first_places, signature="ar")
constant(inserted_shape, signature="values, like")
constant(running_extreme, signature="a, axis, largest")
constant(window_positions, signature="a, window")


@result_kind(inserted_order, kept_positions, first_places)
def positions_kind(**given: Kind) -> Kind:
    return Array("i", (None,))


@result_kind(inserted_count)
def inserted_count_kind(**given: Kind) -> Kind:
    return Number("i")


@predicate
def keeps(arr: Any, values: Any) -> bool:
    """Say whether values keep their fractions where they are put into an array."""
    order = "bifc"
    into, put = class_of(as_kind(arr)), class_of(as_kind(values))
    return into is not None and put is not None and order.index(put) <= order.index(into)


@composite(np.delete, "arr, obj, axis=None")
def delete_parts(arr: Any, obj: Any, axis: Any = None) -> Any:
    if is_none(axis):
        return np.take(np.ravel(arr), kept_positions(np.size(arr), obj))
    return np.take(arr, kept_positions(np.shape(arr)[axis], obj), axis)


@composite(np.insert, "arr, obj, values, axis=None")
def insert_parts(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    if not keeps(arr, values):
        return refuse(
            "this form of the call has no derivative rule",
            "np.insert into an array of floats, what is inserted being a number or an array",
        )
    if is_none(axis):
        return with_rows(np.ravel(arr), obj, values, 0)
    return with_rows(arr, obj, values, axis)


def with_rows(arr: Any, obj: Any, values: Any, axis: Any) -> Any:
    """What is put in goes behind, and all is taken in the order that it has in the end."""
    length = np.shape(arr)[axis]
    rows = np.reshape(values, inserted_shape(values, arr))
    if np.ndim(obj) == 0 and not isinstance(obj, slice):
        rows = np.moveaxis(rows, 0, axis)
    count = inserted_count(obj, length, rows, axis)
    shape = np.shape(np.moveaxis(arr, axis, 0))[1:]
    order = inserted_order(obj, length, count)
    spread = np.moveaxis(np.broadcast_to(np.moveaxis(rows, axis, 0), (count, *shape)), 0, axis)
    return np.take(np.concatenate((arr, spread), axis), order, axis)


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
        "this form of the call has no derivative rule",
        "take a window along each axis by an array of positions: x[..., positions]",
    )


@composite(np.choose, "a, choices, out=None, mode='raise'")
def choose_parts(a: Any, choices: Any, *, mode: Any = "raise") -> Any:
    if not literal(mode, "raise"):
        return refuse("this form of the call has no derivative rule", "wrap or clip first")
    place = np.choose(a, np.arange(len(choices)))
    found = choices[0]
    for k in range(1, len(choices)):
        found = np.where(np.equal(place, k), choices[k], found)
    return np.where(np.greater_equal(place, 0), found, found)


def accumulated_extreme(a: Any, axis: Any, largest: Any) -> Any:
    return np.take_along_axis(a, running_extreme(a, axis, largest), axis)


@composite(np.convolve, "a, v, mode='full'")
def convolve_parts(a: Any, v: Any, mode: Any = "full") -> Any:
    first, second = np.atleast_1d(np.asarray(a)), np.atleast_1d(np.asarray(v))
    if not rank_is(first, 1) or not rank_is(second, 1):
        return refuse("this form of the call has no derivative rule", "arrays of one axis")
    if np.size(second) > np.size(first):
        return convolved(second, first, mode)
    return convolved(first, second, mode)


def convolved(a: Any, v: Any, mode: Any) -> Any:
    """The longer one slides over the shorter one."""
    width = np.size(v)
    if literal(mode, "full"):
        padded = np.pad(a, (width - 1, width - 1))
    elif literal(mode, "valid"):
        padded = a
    elif literal(mode, "same"):
        padded = np.pad(a, (width // 2, (width - 1) // 2))
    else:
        return refuse(
            "this form of the call has no derivative rule", "a mode that is written as a text"
        )
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


@composite(np.diagflat, "v, k=0")
def diagflat_parts(v: Any, k: Any = 0) -> Any:
    return np.diag(np.ravel(v), k)


@composite(
    np.unique,
    "ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, "
    "equal_nan=True, sorted=True",
)
def unique_parts(ar: Any) -> Any:
    return np.take(np.ravel(ar), first_places(ar))


@tangent(np.unwrap, "p, discont=None, axis=-1, *, period=6.283185307179586", wrt="p")
def unwrap_dot(p_dot: Any) -> Any:
    return p_dot


@adjoint(np.unwrap)
def unwrap_bar(out_bar: Any) -> Any:
    """Whole periods are added, which stay as they are."""
    return out_bar


ignores(np.unwrap, ["axis"])
fixes(np.unwrap, ["discont", "period"])
