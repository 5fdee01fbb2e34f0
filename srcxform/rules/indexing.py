"""Reading entries: the transpose puts them back among zeros."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcxform.kinds.lattice import NONE, UNKNOWN, Array, Items, Kind
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import class_is, dtype_class, is_none, is_number, literal, rank_is
from srcxform.rules.registry import (
    batching,
    composite,
    constant,
    flat_if,
    ignores,
    linear,
    otherwise,
    result_kind,
)
from srcxform.rules.shapes import shaped_like
from srcxform.runtime import (
    behind_lanes,
    broadcast_like,
    diag_transpose,
    entries_that_stay,
    lane_by_lane,
    place_diagonal,
    refuse,
    reshape_like,
    scatter,
    scatter_along,
    scatter_take,
    unbroadcast,
)

constant(np.nonzero, np.argwhere, np.flatnonzero, signature="a")
constant(np.indices, np.unravel_index, np.ravel_multi_index, np.diag_indices)
constant(np.tril_indices, np.triu_indices, np.tril_indices_from, np.triu_indices_from)
constant(np.diag_indices_from)


@linear(operator.getitem, "x, index", wrt="x", view="maybe")
def getitem_bar(x: Any, index: Any, *, out_bar: Any) -> Any:
    return scatter(out_bar, index, like=x)


@linear(scatter, wrt="g")
def scatter_bar(index: Any, *, out_bar: Any) -> Any:
    if is_number(out_bar):
        return np.asarray(out_bar)[index]
    return out_bar[index]


@linear(np.ndarray.item, "a, index=None", wrt="a")
def item_bar(a: Any, index: Any = None, *, out_bar: Any) -> Any:
    if is_none(index):
        return broadcast_like(out_bar, like=a)
    if isinstance(index, tuple):
        return scatter(out_bar, index, like=a)
    return reshape_like(scatter(out_bar, index, like=np.ravel(a)), like=a)


@linear(np.take, "a, indices, axis=None, out=None, mode='raise'", wrt="a")
def take_bar(a: Any, indices: Any, axis: Any = None, *, out_bar: Any) -> Any:
    return scatter_take(out_bar, indices, a, axis)


@otherwise(np.take)
def take_in_range(a: Any, indices: Any, axis: Any = None, mode: Any = "raise") -> Any:
    length = np.size(a) if is_none(axis) else np.shape(a)[axis]
    if literal(mode, "wrap"):
        return np.take(a, np.mod(indices, length), axis)
    if literal(mode, "clip"):
        return np.take(a, np.clip(indices, 0, length - 1), axis)
    return refuse(
        "np.take has a derivative for `mode` written as 'raise', 'wrap' or 'clip'",
        "np.take(a, indices % n)",
    )


@linear(scatter_take, wrt="g")
def scatter_take_bar(indices: Any, axis: Any, *, out_bar: Any) -> Any:
    return np.take(out_bar, indices, axis)


@linear(np.take_along_axis, "arr, indices, axis=-1", wrt="arr")
def take_along_axis_bar(arr: Any, indices: Any, axis: Any = -1, *, out_bar: Any) -> Any:
    return scatter_along(out_bar, indices, arr, axis)


@linear(scatter_along, wrt="g")
def scatter_along_bar(indices: Any, axis: Any, *, out_bar: Any) -> Any:
    return np.take_along_axis(out_bar, indices, axis)


@composite(np.compress, "condition, a, axis=None, out=None")
def compress_parts(condition: Any, a: Any, axis: Any = None) -> Any:
    return np.take(a, np.flatnonzero(condition), axis)


@composite(np.extract, "condition, arr")
def extract_parts(condition: Any, arr: Any) -> Any:
    return np.take(np.ravel(arr), np.flatnonzero(condition))


@linear(entries_that_stay, wrt="g")
def entries_that_stay_bar(stay: Any, *, out_bar: Any) -> Any:
    return entries_that_stay(out_bar, stay)


@result_kind(entries_that_stay)
def entries_that_stay_kind(g: Kind, stay: Kind) -> Kind:
    return g


@linear(np.diagonal, "a, offset=0, axis1=0, axis2=1", wrt="a", view="view")
def diagonal_bar(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, *, out_bar: Any) -> Any:
    return place_diagonal(out_bar, a, offset, axis1, axis2)


@linear(place_diagonal, wrt="g")
def place_diagonal_bar(
    g: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, *, out_bar: Any
) -> Any:
    return unbroadcast(np.diagonal(out_bar, offset, axis1, axis2), like=g)


@linear(np.diag, "v, k=0", wrt="v", view="maybe")
def diag_bar(v: Any, k: Any = 0, *, out_bar: Any) -> Any:
    if rank_is(v, 1):
        return np.diagonal(out_bar, k)
    if rank_is(v, 2):
        return place_diagonal(out_bar, v, k)
    return diag_transpose(out_bar, k, v)


@linear(diag_transpose, wrt="g")
def diag_transpose_bar(g: Any, k: Any, like: Any, *, out_bar: Any) -> Any:
    return reshape_like(np.diag(out_bar, k), like=g)


@linear(np.trace, "a, offset=0, axis1=0, axis2=1, dtype=None, out=None", wrt="a")
def trace_bar(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, *, out_bar: Any) -> Any:
    return place_diagonal(np.expand_dims(out_bar, -1), a, offset, axis1, axis2)


ignores(np.trace, ["dtype"])


@flat_if(np.trace)
def trace_is_flat(a: Kind, dtype: Kind = NONE, **others: Kind) -> bool:
    return dtype_class(dtype) in tuple("bi")


@composite(np.ix_, "*args")
def ix_parts(*args: Any) -> Any:
    """Each vector along an axis of its own: as positions, or as the numbers that they are."""
    return tuple([along_own_axis(arg, k, len(args)) for k, arg in enumerate(args)])


def along_own_axis(x: Any, k: Any, count: Any) -> Any:
    shape = (1,) * k + (-1,) + (1,) * (count - k - 1)
    if class_is(x, "b"):
        return np.reshape(np.flatnonzero(x), shape)
    return np.reshape(x, shape)


def positions_kind(mask: Kind) -> Kind:
    """The kind of what np.nonzero gives: a list of positions for each axis."""
    shape = shape_of(mask)
    if shape is None:
        return UNKNOWN
    return Items("tuple", tuple(Array("i", (None,)) for _ in shape))


@result_kind(np.nonzero)
def nonzero_kind(a: Kind) -> Kind:
    return positions_kind(a)


@result_kind(np.where)
def where_kind(condition: Kind, x: Kind = NONE, y: Kind = NONE) -> Kind:
    """With one argument np.where is np.nonzero; with three, calling it on dummies tells."""
    return positions_kind(condition) if y == NONE else UNKNOWN


@result_kind(np.flatnonzero)
def flatnonzero_kind(a: Kind) -> Kind:
    return Array("i", (None,))


@result_kind(scatter)
def scatter_kind(g: Kind, index: Kind, like: Kind) -> Kind:
    return shaped_like(g, like) if isinstance(like, Array) else like


@result_kind(scatter_take)
def scatter_take_kind(g: Kind, indices: Kind, like: Kind, **others: Kind) -> Kind:
    return shaped_like(g, like)


@result_kind(scatter_along)
def scatter_along_kind(g: Kind, indices: Kind, like: Kind, **others: Kind) -> Kind:
    return shaped_like(g, like)


@result_kind(place_diagonal)
def place_diagonal_kind(g: Kind, like: Kind, **others: Kind) -> Kind:
    return shaped_like(g, like)


@batching(np.take, over="a")
def take_batched(a: Any, indices: Any, axis: Any = None) -> Any:
    if is_none(axis):
        if rank_is(a, 2):
            return np.take(a, indices, axis=1)
        return lane_by_lane()
    return np.take(a, indices, axis=behind_lanes(axis))


@batching(np.trace, over="a")
def trace_batched(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    return np.trace(a, offset, behind_lanes(axis1), behind_lanes(axis2))


@batching(np.diagonal, over="a")
def diagonal_batched(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    return np.diagonal(a, offset, behind_lanes(axis1), behind_lanes(axis2))


@batching(np.diag, over="v")
def diag_batched(v: Any, k: Any = 0) -> Any:
    if rank_is(v, 3):
        return np.diagonal(v, k, 1, 2)
    return lane_by_lane()
