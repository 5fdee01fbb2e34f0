"""Batching rules of broadcasting, and of what undoes it: most of what backward sweeps call.

A batched array has the lanes in front of one lane's axes, and NumPy lines axes up from behind:
where ranks differ, axes of length 1 go between.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import literal
from srcxform.rules.registry import Operand, batching, linear, settles, use
from srcxform.rules.settle import Settled
from srcxform.runtime import (
    behind_lanes,
    broadcast_like,
    expand_reduced,
    lane_by_lane,
    lined_up,
    precision_like,
    reshape_like,
    shape_with_lanes,
    unbroadcast,
    unbroadcast_lanes,
)


@linear(lined_up, wrt="a", view="maybe")
def lined_up_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(unbroadcast_lanes, wrt="g", view="maybe")
def unbroadcast_lanes_bar(g: Any, *, out_bar: Any) -> Any:
    return broadcast_like(lined_up(out_bar, np.shape(g)), like=g)


@settles(lined_up)
def settle_lined_up(a: Operand, shape: Operand) -> Settled:
    ours, theirs = shape_of(a.kind), getattr(shape.kind, "items", None)
    return a if ours is not None and theirs is not None and len(ours) == len(theirs) else None


@settles(unbroadcast_lanes)
def settle_unbroadcast_lanes(g: Operand, like: Operand) -> Settled:
    ours, theirs = shape_of(g.kind), shape_of(like.kind)
    if ours is None or theirs is None or len(ours) != len(theirs):
        return None
    return use(unbroadcast, g, like=like)


@batching(np.broadcast_to, over="array")
def broadcast_to_batched(array: Any, shape: Any, size: Any) -> Any:
    whole = shape_with_lanes(size, shape)
    return np.broadcast_to(lined_up(array, whole), whole)


@batching(np.full, over="fill_value")
def full_batched(shape: Any, fill_value: Any, size: Any) -> Any:
    whole = shape_with_lanes(size, shape)
    return np.copy(np.broadcast_to(lined_up(fill_value, whole), whole))


@batching(broadcast_like, over="x like")
def broadcast_like_batched(x: Any, like: Any, x_lanes: Any, like_lanes: Any, size: Any) -> Any:
    if literal(like_lanes, True):
        if literal(x_lanes, False):
            return broadcast_like(x, like=like)
        return broadcast_like(lined_up(x, np.shape(like)), like=like)
    whole = np.broadcast_to(like, shape_with_lanes(size, np.shape(like)))
    return broadcast_like(lined_up(x, np.shape(whole)), like=whole)


@batching(unbroadcast, over="g like")
def unbroadcast_batched(g: Any, like: Any, g_lanes: Any, like_lanes: Any, size: Any) -> Any:
    if literal(g_lanes, False):
        return lane_by_lane()
    if literal(like_lanes, True):
        return unbroadcast_lanes(g, like=like)
    return unbroadcast_lanes(g, like=np.broadcast_to(like, shape_with_lanes(size, np.shape(like))))


@batching(precision_like, over="g like")
def precision_like_batched(g: Any, like: Any, g_lanes: Any, size: Any) -> Any:
    if literal(g_lanes, True):
        return precision_like(g, like=like)
    return np.broadcast_to(precision_like(g, like=like), shape_with_lanes(size, np.shape(g)))


@batching(reshape_like, over="x like")
def reshape_like_batched(x: Any, like: Any, x_lanes: Any, like_lanes: Any, size: Any) -> Any:
    if literal(x_lanes, False):
        return lane_by_lane()
    if literal(like_lanes, True):
        return reshape_like(x, like=like)
    return np.reshape(x, shape_with_lanes(size, np.shape(like)))


@batching(expand_reduced, over="g")
def expand_reduced_batched(g: Any, axis: Any, keepdims: Any) -> Any:
    if literal(keepdims, True):
        return g
    return np.expand_dims(g, behind_lanes(axis))
