"""Functions that move entries or repeat them; all are linear, in transposed pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.joining import is_big
from srcxform.kinds.lattice import NONE, UNKNOWN, Array, Kind, Number
from srcxform.kinds.shapes import shape_of
from srcxform.rules.lengths import array_of, dims_of
from srcxform.rules.predicates import as_value, class_of, is_none, literal, rank_is
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    constant,
    fixes,
    ignores,
    lanewise,
    linear,
    otherwise,
    predicate,
    result_kind,
    tangent,
)
from srcxform.runtime import (
    arranged,
    as_column,
    as_row,
    as_stack,
    behind_lanes,
    broadcast_like,
    complex_like,
    expand_reduced,
    first_second_last,
    fit,
    in_a_row,
    inverse_axes,
    lane_by_lane,
    last_first,
    mT,
    opposite,
    order_behind_lanes,
    precision_like,
    refuse,
    reshape_like,
    restore_product,
    rolled_axis,
    second_last_first,
    shape_with_lanes,
    transposed,
    unbroadcast,
    unpad,
    unrepeat,
    untile,
)

constant(inverse_axes, signature="axes")
constant(opposite, signature="shift")
constant(rolled_axis, signature="rank, axis, start")


@linear(fit, wrt="g", view="maybe")
def fit_bar(g: Any, *, out_bar: Any) -> Any:
    return fit(out_bar, like=g)


@linear(complex_like, wrt="g", view="maybe")
def complex_like_bar(g: Any, *, out_bar: Any) -> Any:
    return fit(out_bar, like=g)


@linear(precision_like, wrt="g", view="maybe")
def precision_like_bar(g: Any, *, out_bar: Any) -> Any:
    return precision_like(out_bar, like=g)


@linear(unbroadcast, wrt="g", view="maybe")
def unbroadcast_bar(g: Any, *, out_bar: Any) -> Any:
    return broadcast_like(out_bar, like=g)


@linear(broadcast_like, wrt="x", view="maybe")
def broadcast_like_bar(x: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=x)


@linear(expand_reduced, wrt="g", view="maybe")
def expand_reduced_bar(g: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=g)


@linear(reshape_like, wrt="x", view="maybe")
def reshape_like_bar(x: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=x)


@linear(np.reshape, "a, shape, order='C'", wrt="a", view="maybe")
def reshape_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(np.expand_dims, wrt="a", view="view")
def expand_dims_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(np.broadcast_to, "array, shape, subok=False", wrt="array", view="view")
def broadcast_to_bar(array: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=array)


@linear(np.transpose, wrt="a", view="view")
def transpose_bar(axes: Any = None, *, out_bar: Any) -> Any:
    if is_none(axes):
        return np.transpose(out_bar)
    return arranged(out_bar, inverse_axes(axes))


@linear(np.ravel, "a, order='C'", wrt="a", view="maybe")
def ravel_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


AS_IT_LIES = (
    "what comes first in this order depends on how an array lies in memory",
    "give order='C' or order='F'",
)


@otherwise(np.reshape)
def reshape_by_columns(a: Any, shape: Any, order: Any = "C") -> Any:
    if not literal(order, "F"):
        return refuse(*AS_IT_LIES)
    if isinstance(shape, (tuple, list)):
        return np.transpose(np.reshape(np.transpose(a), shape[::-1]))
    return np.reshape(np.transpose(a), shape)


@linear(np.ndarray.flatten, "a, order='C'", wrt="a")
def flatten_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@otherwise(np.ravel, np.ndarray.flatten)
def ravel_by_columns(a: Any, function: Any, order: Any = "C") -> Any:
    if not literal(order, "F"):
        return refuse(*AS_IT_LIES)
    return function(np.transpose(a))


@linear(in_a_row, wrt="x", view="maybe")
def in_a_row_bar(x: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=x)


@linear(np.ndarray.view, "a, dtype=None, type=None", wrt="a", view="view")
def view_bar(*, out_bar: Any) -> Any:
    return out_bar


@linear(np.squeeze, "a, axis=None", wrt="a", view="view")
def squeeze_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


ignores(np.squeeze, ["axis"])
ignores(np.broadcast_to, ["subok"])


@linear(np.atleast_1d, "a", wrt="a", view="maybe")
def atleast_1d_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(np.atleast_2d, "a", wrt="a", view="maybe")
def atleast_2d_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(np.atleast_3d, "a", wrt="a", view="maybe")
def atleast_3d_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(np.swapaxes, "a, axis1, axis2", wrt="a", view="view")
def swapaxes_bar(axis1: Any, axis2: Any, *, out_bar: Any) -> Any:
    return np.swapaxes(out_bar, axis1, axis2)


@linear(mT, wrt="x", view="view")
def mT_bar(*, out_bar: Any) -> Any:
    return mT(out_bar)


@linear(np.matrix_transpose, "x", wrt="x", view="view")
def matrix_transpose_bar(*, out_bar: Any) -> Any:
    return mT(out_bar)


@linear(transposed, wrt="x", view="maybe")
def transposed_bar(*, out_bar: Any) -> Any:
    return transposed(out_bar)


@linear(last_first, wrt="x", view="view")
def last_first_bar(*, out_bar: Any) -> Any:
    return np.moveaxis(out_bar, 0, -1)


@linear(first_second_last, wrt="x", view="maybe")
def first_second_last_bar(*, out_bar: Any) -> Any:
    return second_last_first(out_bar)


@linear(second_last_first, wrt="x", view="maybe")
def second_last_first_bar(*, out_bar: Any) -> Any:
    return first_second_last(out_bar)


@linear(as_row, wrt="x", view="maybe")
def as_row_bar(x: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=x)


@linear(as_column, wrt="x", view="maybe")
def as_column_bar(x: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=x)


@linear(as_stack, wrt="x", view="maybe")
def as_stack_bar(x: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=x)


@linear(restore_product, wrt="g", view="maybe")
def restore_product_bar(g: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=g)


@linear(np.moveaxis, "a, source, destination", wrt="a", view="view")
def moveaxis_bar(source: Any, destination: Any, *, out_bar: Any) -> Any:
    return np.moveaxis(out_bar, destination, source)


@linear(np.rollaxis, "a, axis, start=0", wrt="a", view="view")
def rollaxis_bar(axis: Any, start: Any = 0, *, out_bar: Any) -> Any:
    return np.moveaxis(out_bar, rolled_axis(np.ndim(out_bar), axis, start), axis)


@linear(np.flip, "m, axis=None", wrt="m", view="view")
def flip_bar(axis: Any = None, *, out_bar: Any) -> Any:
    if is_none(axis):
        return np.flip(out_bar)
    return np.flip(out_bar, axis)


@linear(np.fliplr, "m", wrt="m", view="view")
def fliplr_bar(*, out_bar: Any) -> Any:
    return np.fliplr(out_bar)


@linear(np.flipud, "m", wrt="m", view="view")
def flipud_bar(*, out_bar: Any) -> Any:
    return np.flipud(out_bar)


@linear(np.roll, "a, shift, axis=None", wrt="a")
def roll_bar(shift: Any, axis: Any = None, *, out_bar: Any) -> Any:
    if is_none(axis):
        return np.roll(out_bar, opposite(shift))
    return np.roll(out_bar, opposite(shift), axis)


@linear(np.rot90, "m, k=1, axes=(0, 1)", wrt="m", view="view")
def rot90_bar(k: Any = 1, axes: Any = (0, 1), *, out_bar: Any) -> Any:
    return np.rot90(out_bar, -k, axes)


@linear(np.repeat, "a, repeats, axis=None", wrt="a")
def repeat_bar(a: Any, repeats: Any, axis: Any = None, *, out_bar: Any) -> Any:
    return unrepeat(out_bar, repeats, a, axis)


@linear(unrepeat, wrt="g")
def unrepeat_bar(repeats: Any, axis: Any, *, out_bar: Any) -> Any:
    return np.repeat(out_bar, repeats, axis)


@linear(np.tile, "A, reps", wrt="A")
def tile_bar(A: Any, reps: Any, *, out_bar: Any) -> Any:
    return untile(out_bar, reps, A)


@linear(untile, wrt="g")
def untile_bar(reps: Any, *, out_bar: Any) -> Any:
    return np.tile(out_bar, reps)


PADDING = """array, pad_width, mode='constant', stat_length=None, constant_values=0, end_values=0,
    reflect_type='even'"""


@tangent(np.pad, PADDING, wrt="array")
def pad_dot(pad_width: Any, array_dot: Any, mode: Any = "constant") -> Any:
    if literal(mode, "constant"):
        return np.pad(array_dot, pad_width)
    if is_index_mode(mode):
        return np.pad(array_dot, pad_width, mode)
    return refuse(
        "np.pad has a derivative in the modes constant, edge, reflect, symmetric, wrap",
        "compute what is added, and join it with np.concatenate",
    )


@adjoint(np.pad)
def pad_bar(array: Any, pad_width: Any, out_bar: Any, mode: Any = "constant") -> Any:
    if literal(mode, "constant"):
        return unpad(out_bar, pad_width, array)
    if is_index_mode(mode):
        return unpad(out_bar, pad_width, array, mode)
    return refuse(
        "np.pad has a derivative in the modes constant, edge, reflect, symmetric, wrap",
        "compute what is added, and join it with np.concatenate",
    )


fixes(np.pad, ["constant_values"])


@predicate
def is_index_mode(mode: Any) -> bool:
    """Say whether np.pad copies entries in this mode."""
    return as_value(mode) in ("edge", "reflect", "symmetric", "wrap")


@linear(unpad, wrt="g")
def unpad_bar(pad_width: Any, mode: Any = "constant", *, out_bar: Any) -> Any:
    if literal(mode, "constant"):
        return np.pad(out_bar, pad_width)
    return np.pad(out_bar, pad_width, mode)


@linear(np.tril, "m, k=0", wrt="m")
def tril_bar(k: Any = 0, *, out_bar: Any) -> Any:
    return np.tril(out_bar, k)


@linear(np.triu, "m, k=0", wrt="m")
def triu_bar(k: Any = 0, *, out_bar: Any) -> Any:
    return np.triu(out_bar, k)


@composite(np.meshgrid, "x, y, *, sparse=False, indexing='xy'")
def meshgrid_parts(x: Any, y: Any, *, sparse: Any = False, indexing: Any = "xy") -> Any:
    if literal(sparse, True):
        if literal(indexing, "ij"):
            return np.copy(np.expand_dims(x, 1)), np.copy(np.expand_dims(y, 0))
        return np.copy(np.expand_dims(x, 0)), np.copy(np.expand_dims(y, 1))
    if literal(indexing, "ij"):
        return np.repeat(np.expand_dims(x, 1), np.size(y), 1), np.repeat(
            np.expand_dims(y, 0), np.size(x), 0
        )
    return np.repeat(np.expand_dims(x, 0), np.size(y), 0), np.repeat(
        np.expand_dims(y, 1), np.size(x), 1
    )


@linear(arranged, wrt="x", view="view")
def arranged_bar(order: Any, *, out_bar: Any) -> Any:
    return arranged(out_bar, inverse_axes(order))


def shaped_like(kind: Kind, like: Kind) -> Kind:
    """Give the kind of a `kind` fitted to the shape of `like`: real if `like` is."""
    cls, theirs = class_of(kind), class_of(like)
    if cls is None or theirs is None:
        return UNKNOWN
    both = "c" if cls == theirs == "c" else "f"
    return Array(both, like.dims) if isinstance(like, Array) else Number(both)


@result_kind(unbroadcast)
def unbroadcast_kind(g: Kind, like: Kind) -> Kind:
    return shaped_like(g, like)


@result_kind(broadcast_like)
def broadcast_like_kind(x: Kind, like: Kind) -> Kind:
    return shaped_like(x, like)


@result_kind(reshape_like)
def reshape_like_kind(x: Kind, like: Kind) -> Kind:
    cls = class_of(x)
    if cls is None or class_of(like) is None:
        return UNKNOWN
    if not isinstance(x, Array) and not isinstance(like, Array):
        return Number(cls)
    return Array(cls, shape_of(like))


@result_kind(np.reshape)
def reshape_kind(a: Kind, shape: Kind, order: Kind = NONE) -> Kind:
    return array_of(class_of(a), dims_of(shape))


@result_kind(np.broadcast_to)
def broadcast_to_kind(array: Kind, shape: Kind, subok: Kind = NONE) -> Kind:
    return array_of(class_of(array), dims_of(shape))


@result_kind(np.squeeze)
def squeeze_kind(a: Kind, axis: Kind = NONE) -> Kind:
    """How many axes are left is not known, unless it is of each whether it is longer than 1."""
    shape, cls = shape_of(a), class_of(a)
    known = shape is not None and all(length == 1 or is_big(length) for length in shape)
    return UNKNOWN if cls is None or known or axis != NONE else Array(cls, None)


# Batching: the lanes stay in front of whatever happens to the axes of one lane.


@batching(np.reshape, over="a")
def reshape_batched(a: Any, size: Any, shape: Any) -> Any:
    return np.reshape(a, shape_with_lanes(size, shape))


@batching(np.ravel, over="a")
def ravel_batched(a: Any, size: Any) -> Any:
    return np.reshape(a, (size, -1))


@batching(np.ndarray.flatten, over="a")
def flatten_batched(a: Any, size: Any) -> Any:
    return np.reshape(np.copy(a), (size, -1))


lanewise(np.ndarray.view)


@batching(np.expand_dims, over="a")
def expand_dims_batched(a: Any, axis: Any) -> Any:
    return np.expand_dims(a, behind_lanes(axis))


@batching(np.squeeze, over="a")
def squeeze_batched(a: Any, axis: Any = None) -> Any:
    if is_none(axis):
        return lane_by_lane()
    return np.squeeze(a, axis=behind_lanes(axis))


@batching(np.transpose, over="a")
def transpose_batched(a: Any, axes: Any = None) -> Any:
    if is_none(axes):
        if rank_is(a, 2):
            return a
        if rank_is(a, 3):
            return np.swapaxes(a, 1, 2)
    return np.transpose(a, order_behind_lanes(axes, a))


@batching(np.matrix_transpose, mT, over="x")
def mT_batched(x: Any) -> Any:
    return mT(x)


@batching(np.swapaxes, over="a")
def swapaxes_batched(a: Any, axis1: Any, axis2: Any) -> Any:
    return np.swapaxes(a, behind_lanes(axis1), behind_lanes(axis2))


@batching(np.moveaxis, over="a")
def moveaxis_batched(a: Any, source: Any, destination: Any) -> Any:
    return np.moveaxis(a, behind_lanes(source), behind_lanes(destination))


@batching(np.flip, over="m")
def flip_batched(m: Any, axis: Any = None) -> Any:
    return np.flip(m, axis=behind_lanes(axis, m))


@batching(np.roll, over="a")
def roll_batched(a: Any, shift: Any, axis: Any = None) -> Any:
    if is_none(axis):
        if rank_is(a, 2):
            return np.roll(a, shift, axis=1)
        return lane_by_lane()
    return np.roll(a, shift, axis=behind_lanes(axis))


@batching(np.tril, np.triu, over="m")
def triangle_batched(function: Any, m: Any, k: Any = 0) -> Any:
    if rank_is(m, 2):
        return lane_by_lane()
    return function(m, k)
