"""Counting, merging of axes and running products, for the rules of reductions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcxform.runtime.ties import real_dtype

Axes = int | tuple[int, ...] | None


def count_reduced(a: Any, axis: Axes) -> int:
    """Give how many entries of `a` a reduction over `axis` makes one of.

    >>> count_reduced(np.zeros((2, 3)), axis=-1)
    3
    """
    shape = np.shape(a)
    if axis is None:
        return math.prod(shape)
    return shape[axis] if isinstance(axis, int) else math.prod(shape[k] for k in axis)


def count_chosen(a: Any, axis: Axes, keepdims: bool, where: Any, less: int = 0) -> Any:
    """Give how many entries a reduction of chosen ones makes one of, less some, at least 0.

    >>> count_chosen(np.zeros((2, 2)), 1, False, np.array([[True, True], [False, True]]))
    array([2., 1.])
    """
    if where is True:
        return max(count_reduced(a, axis) - less, 0)
    counts = np.sum(np.broadcast_to(where, np.shape(a)), axis=axis, keepdims=keepdims)
    return np.maximum(counts - less, 0).astype(real_dtype(a))


def weight_order(weights: Any, a: Any, axis: tuple[int, ...]) -> tuple[int, ...]:
    """Give the order of axes in which weights of entries along `axis` stand as in `a`."""
    if np.shape(weights) == np.shape(a):
        return tuple(range(np.ndim(a)))
    return tuple(int(k) for k in np.argsort([k % np.ndim(a) for k in axis]))


def weight_shape(weights: Any, a: Any, axis: Axes) -> tuple[int, ...]:
    """Give the shape in which weights of entries along `axis` broadcast with `a`.

    >>> weight_shape(np.ones(3), np.zeros((2, 3)), -1)
    (1, 3)
    """
    if np.shape(weights) == np.shape(a):
        return np.shape(a)
    given = axis if isinstance(axis, tuple) else (0 if axis is None else axis,)
    axes = {k % np.ndim(a) for k in given}
    return tuple(n if k in axes else 1 for k, n in enumerate(np.shape(a)))


def slab_shape(a: Any, axis: int) -> tuple[int, ...]:
    """Give the shape of one slice of `a` across an axis, which it has with length 1.

    >>> slab_shape(np.zeros((2, 3)), -1)
    (2, 1)
    """
    shape = list(np.shape(a))
    shape[axis] = 1
    return tuple(shape)


def merge_axes(a: Any, axis: Axes) -> Any:
    """Move the axes `axis` to the end and make them one; None means all axes.

    >>> merge_axes(np.zeros((2, 3, 4)), (0, 2)).shape
    (3, 8)
    """
    if axis is None:
        return np.reshape(a, (-1,))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    moved = np.moveaxis(a, axes, range(-len(axes), 0))
    lead = moved.shape[: moved.ndim - len(axes)]
    return np.reshape(moved, (*lead, math.prod(moved.shape[len(lead) :])))


def unmerge_axes(g: Any, axis: Axes, like: Any) -> Any:
    """Undo `merge_axes(like, axis)`; also its transpose."""
    shape = np.shape(like)
    if axis is None:
        return np.reshape(g, shape)
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    lengths = [shape[k] for k in axes]
    return np.moveaxis(np.reshape(g, (*g.shape[:-1], *lengths)), range(-len(axes), 0), axes)


def products_before(a: Any) -> Any:
    """Give for each entry the product of those before it along the last axis.

    >>> products_before(np.array([2.0, 3.0, 4.0]))
    array([1., 2., 6.])
    """
    return np.cumprod(delayed(a, 1.0), axis=-1)


def delayed(x: Any, first: float) -> Any:
    """Move entries one place up along the last axis; `first` comes in, the last drops out.

    >>> delayed(np.array([1.0, 2.0]), 0.0)
    array([0., 1.])
    """
    result = np.empty_like(x)
    result[..., :1] = first
    result[..., 1:] = x[..., :-1]
    return result


def advanced(x: Any) -> Any:
    """Move entries one place down along the last axis; a zero comes in at the end.

    The transpose of `delayed(x, 0.0)`.

    >>> advanced(np.array([1.0, 2.0]))
    array([2., 0.])
    """
    result = np.zeros_like(x)
    result[..., :-1] = x[..., 1:]
    return result


def recurrence(a: Any, b: Any) -> Any:
    """Give the solution of y[k] = a[k] * y[k - 1] + b[k] along the last axis, from y[-1] = 0.

    Running products are differentiated by it, exactly also where entries are zero.

    >>> recurrence(np.array([5.0, 2.0, 0.0]), np.array([1.0, 1.0, 1.0]))
    array([1., 3., 1.])
    """
    result = np.empty(np.broadcast_shapes(np.shape(a), np.shape(b)), np.result_type(a, b))
    a, b = np.broadcast_arrays(a, b)
    value: Any = 0.0
    for k in range(result.shape[-1]):
        value = a[..., k] * value + b[..., k]
        result[..., k] = value
    return result


def pad_axis(x: Any, before: int, after: int, axis: int) -> Any:
    """Put zeros in front of and behind the entries along an axis."""
    widths = [(0, 0)] * np.ndim(x)
    widths[axis] = (before, after)
    return np.pad(x, widths)


def crop_axis(x: Any, before: int, after: int, axis: int) -> Any:
    """Drop entries at the front and at the end of an axis: the transpose of `pad_axis`."""
    inner = slice(before, np.shape(x)[axis] - after)
    return x[(slice(None),) * (axis % np.ndim(x)) + (inner,)]
