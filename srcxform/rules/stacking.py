"""Joining and splitting arrays, and making arrays of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import (
    NONE,
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Number,
)
from srcxform.rules.predicates import (
    as_kind,
    dtype_class,
    is_array,
    is_none,
    rank_is,
)
from srcxform.rules.registry import (
    batching,
    composite,
    flat_if,
    ignores,
    lanewise,
    linear,
    otherwise,
    predicate,
    result_kind,
    views,
)
from srcxform.runtime import (
    behind_lanes,
    join_like,
    lane_by_lane,
    packed,
    refuse,
    reshape_like,
    split_like,
    stop_gradient,
    unpacked,
)

ZERO = Const(0)
JOIN = "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'"
CONVERT = "a, dtype=None, order=None, *, device=None, copy=None, like=None"


@linear(np.concatenate, JOIN, wrt="arrays")
def concatenate_bar(arrays: Any, axis: Any = 0, *, out_bar: Any) -> Any:
    if is_none(axis):
        return split_like(out_bar, arrays, 0)
    return split_like(out_bar, arrays, axis)


@linear(np.stack, JOIN, wrt="arrays")
def stack_bar(arrays: Any, axis: Any = 0, *, out_bar: Any) -> Any:
    return split_like(out_bar, arrays, axis)


@linear(np.vstack, "tup, *, dtype=None, casting='same_kind'", wrt="tup")
def vstack_bar(tup: Any, *, out_bar: Any) -> Any:
    return split_like(out_bar, tup, 0)


@linear(np.hstack, "tup, *, dtype=None, casting='same_kind'", wrt="tup")
def hstack_bar(tup: Any, *, out_bar: Any) -> Any:
    if rank_is(out_bar, 1):
        return split_like(out_bar, tup, 0)
    return split_like(out_bar, tup, min(np.ndim(out_bar) - 1, 1))


@linear(np.dstack, "tup", wrt="tup")
def dstack_bar(tup: Any, *, out_bar: Any) -> Any:
    return split_like(out_bar, tup, 2)


@linear(np.column_stack, "tup", wrt="tup")
def column_stack_bar(tup: Any, *, out_bar: Any) -> Any:
    return split_like(out_bar, tup, 1)


@composite(np.append, "arr, values, axis=None")
def append_parts(arr: Any, values: Any, axis: Any = None) -> Any:
    return np.concatenate((arr, values), axis=axis)


@linear(split_like, wrt="g")
def split_like_bar(g: Any, axis: Any, *, out_bar: Any) -> Any:
    return join_like(out_bar, g, axis)


@result_kind(split_like)
def split_like_kind(g: Kind, arrays: Kind, axis: Kind = NONE) -> Kind:
    """Each piece is like the array that it belongs to."""

    def piece(kind: Kind) -> Kind:
        real = isinstance(kind, (Array, Number)) and kind.cls in "fc"
        return kind if real else UNKNOWN

    match arrays:
        case Items(type=kind_type, items=items):
            return Items(kind_type, tuple(map(piece, items)))
        case Many(type=kind_type, item=Kind() as item):
            return Many(kind_type, piece(item))
        case Array():  # joined along its own first axis
            return piece(arrays)
    return UNKNOWN


@linear(join_like, wrt="parts")
def join_like_bar(parts: Any, axis: Any, *, out_bar: Any) -> Any:
    return split_like(out_bar, parts, axis)


@linear(np.split, "ary, indices_or_sections, axis=0", wrt="ary", view="view")
def split_bar(ary: Any, axis: Any = 0, *, out_bar: Any) -> Any:
    return reshape_like(np.concatenate(out_bar, axis), like=ary)


@linear(np.array_split, "ary, indices_or_sections, axis=0", wrt="ary", view="view")
def array_split_bar(ary: Any, axis: Any = 0, *, out_bar: Any) -> Any:
    return reshape_like(np.concatenate(out_bar, axis), like=ary)


@result_kind(np.split, np.array_split)
def split_kind(ary: Kind, indices_or_sections: Kind, axis: Kind = ZERO) -> Kind:
    """As many views as there are sections, or one more than positions."""
    if not isinstance(ary, Array) or not ary.dims or not isinstance(axis, Const):
        return UNKNOWN
    if not -len(ary.dims) <= axis.value < len(ary.dims):
        return UNKNOWN
    dims = list(ary.dims)
    dims[axis.value] = None
    part = Array(ary.cls, tuple(dims))
    match indices_or_sections:
        case Const(value=int(sections)):
            return Items("list", (part,) * sections)
        case Items(items=positions):
            return Items("list", (part,) * (len(positions) + 1))
    return Many("list", part)


@linear(np.unstack, "x, *, axis=0", wrt="x", view="view")
def unstack_bar(axis: Any = 0, *, out_bar: Any) -> Any:
    return np.stack(out_bar, axis)


@linear(np.vsplit, "ary, indices_or_sections", wrt="ary", view="view")
def vsplit_bar(*, out_bar: Any) -> Any:
    return np.concatenate(out_bar, 0)


@linear(np.hsplit, "ary, indices_or_sections", wrt="ary", view="view")
def hsplit_bar(*, out_bar: Any) -> Any:
    return np.hstack(out_bar)


@linear(
    np.array,
    "object, dtype=None, *, copy=True, order='K', subok=False, ndmin=0, like=None",
    wrt="object",
)
def array_bar(object: Any, *, out_bar: Any) -> Any:
    return unpacked(out_bar, object)


@otherwise(np.array)
def array_of_rank(object: Any, dtype: Any = None, copy: Any = True, ndmin: Any = 0) -> Any:
    made = np.array(object, dtype, copy=copy)
    return np.reshape(made, (1,) * (ndmin - np.ndim(made)) + np.shape(made))


@composite(np.block, "arrays")
def block_parts(arrays: Any) -> Any:
    """Rows of blocks, one below the other; a flat list is one row."""
    if not isinstance(arrays, list):
        return np.array(arrays)
    if holds_lists(arrays):
        return np.concatenate([row_of_blocks(row) for row in arrays], -2)
    if hold_rows(arrays):
        return np.concatenate([np.atleast_1d(part) for part in arrays], -1)
    return row_of_blocks(arrays)


def row_of_blocks(parts: Any) -> Any:
    return np.concatenate([as_block(part) for part in parts], -1)


def as_block(part: Any) -> Any:
    if isinstance(part, list):
        return refuse("np.block of more than two levels has no derivative rule", "np.concatenate")
    if rank_is(part, 3):
        return refuse("np.block of stacks has no derivative rule", "np.concatenate along an axis")
    return np.atleast_2d(part)


@predicate
def holds_lists(x: Any) -> bool:
    """Say whether `x` is a list of lists."""
    return any(getattr(item, "type", None) == "list" for item in items_of(x))


@predicate
def hold_rows(x: Any) -> bool:
    """Say whether `x` is a list of vectors and numbers."""
    return all(rank_is(item, 0) or rank_is(item, 1) for item in items_of(x))


def items_of(x: Any) -> tuple[Any, ...]:
    if isinstance(x, list):
        return tuple(as_kind(item) for item in x)
    return x.items if isinstance(x, Items) else (x.item,) if isinstance(x, Many) else ()


@linear(
    np.asarray,
    CONVERT,
    wrt="a",
    view="maybe",
)
def asarray_bar(a: Any, *, out_bar: Any) -> Any:
    return unpacked(out_bar, a)


@linear(
    np.asanyarray,
    CONVERT,
    wrt="a",
    view="maybe",
)
def asanyarray_bar(a: Any, *, out_bar: Any) -> Any:
    return unpacked(out_bar, a)


@linear(np.asfortranarray, "a, dtype=None, *, like=None", wrt="a", view="maybe")
@linear(np.ascontiguousarray, "a, dtype=None, *, like=None", wrt="a", view="maybe")
def ascontiguousarray_bar(a: Any, *, out_bar: Any) -> Any:
    return unpacked(out_bar, a)


@linear(np.copy, "a, order='K', subok=False", wrt="a")
def copy_bar(a: Any, *, out_bar: Any) -> Any:
    return unpacked(out_bar, a)


@linear(unpacked, wrt="g", view="maybe")
def unpacked_bar(*, out_bar: Any) -> Any:
    return np.array(out_bar)


@linear(packed, wrt="parts", view="maybe")
def packed_bar(parts: Any, *, out_bar: Any) -> Any:
    return unpacked(out_bar, parts)


for maker in (np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray):
    ignores(maker, ["dtype", "copy", "order", "subok", "device", "like"])
for joining in (np.concatenate, np.stack, np.vstack, np.hstack):
    ignores(joining, ["dtype", "casting"])
ignores(np.copy, ["order", "subok"])
views(np.array, "maybe", only_if=lambda given: given.get("copy", True) is not True)
views(np.asarray, "maybe", only_if=lambda given: given.get("copy") is not True)
views(np.asanyarray, "maybe", only_if=lambda given: given.get("copy") is not True)


@flat_if(np.array)
def array_is_flat(object: Kind, dtype: Kind = NONE, **others: Kind) -> bool:
    return dtype_class(dtype) in tuple("bi")


@flat_if(np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray)
def asarray_is_flat(a: Kind, dtype: Kind = NONE, **others: Kind) -> bool:
    return dtype_class(dtype) in tuple("bi")


@composite(np.select, "condlist, choicelist, default=0")
def select_parts(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The first condition that holds decides: later ones are put in first."""
    out = default
    for k in reversed(range(len(condlist))):
        out = np.where(condlist[k], choicelist[k], out)
    return out


@composite(np.broadcast_arrays, "*args, subok=False")
def broadcast_arrays_parts(*args: Any) -> Any:
    shape = np.broadcast_shapes(*[np.shape(arg) for arg in args])
    return tuple([np.broadcast_to(arg, shape) for arg in args])


@batching(np.stack, over="arrays")
def stack_batched(arrays: Any, axis: Any = 0) -> Any:
    if is_array(arrays):
        return lane_by_lane()
    return np.stack(arrays, axis=behind_lanes(axis))


@batching(np.concatenate, over="arrays")
def concatenate_batched(arrays: Any, axis: Any = 0) -> Any:
    if is_none(axis):
        return lane_by_lane()
    if is_array(arrays):
        return lane_by_lane()
    return np.concatenate(arrays, axis=behind_lanes(axis))


@batching(np.array, over="object")
def array_batched(object: Any) -> Any:
    """A list of batched numbers has the lanes last."""
    if is_array(object):
        return np.array(object)
    if holds_numbers(object):
        return np.stack(object, axis=1)
    return lane_by_lane()


@batching(np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, over="a")
def asarray_batched(function: Any, a: Any) -> Any:
    if is_array(a):
        return function(a)
    if holds_numbers(a):
        return np.stack(a, axis=1)
    return lane_by_lane()


@predicate
def holds_numbers(x: Any) -> bool:
    """Say whether `x` is a list of batched numbers."""
    items = x.items if isinstance(x, Items) else (x.item,) if isinstance(x, Many) else ()
    return bool(items) and all(rank_is(item, 1) for item in items)


lanewise(np.copy, stop_gradient)


@batching(np.vstack, over="tup")
def vstack_batched(tup: Any) -> Any:
    if hold_vectors(tup):
        return np.stack(tup, axis=1)
    return lane_by_lane()


@batching(np.hstack, over="tup")
def hstack_batched(tup: Any) -> Any:
    if hold_vectors(tup):
        return np.concatenate(tup, axis=1)
    return lane_by_lane()


@predicate
def hold_vectors(x: Any) -> bool:
    """Say whether `x` is a list of batched vectors."""
    items = x.items if isinstance(x, Items) else (x.item,) if isinstance(x, Many) else ()
    return bool(items) and all(rank_is(item, 2) for item in items)
