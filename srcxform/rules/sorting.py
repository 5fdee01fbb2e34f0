"""Sorting moves entries, and derivatives move with them; equal entries keep some order."""

from __future__ import annotations

import bisect
from typing import Any

import numpy as np

from srcxform.kinds.lattice import Kind, Number
from srcxform.rules.predicates import is_none
from srcxform.rules.reductions import with_axes_kept
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    constant,
    ignores,
    linear,
    result_kind,
    tangent,
)
from srcxform.runtime import (
    behind_lanes,
    merge_axes,
    scatter_along,
)

constant(np.argsort, signature="a, axis=-1, kind=None, order=None, *, stable=None")
constant(np.argpartition, signature="a, kth, axis=-1, kind='introselect', order=None")
constant(np.searchsorted, signature="a, v, side='left', sorter=None")
constant(np.digitize, signature="x, bins, right=False")
constant(np.lexsort, signature="keys, axis=-1")
constant(bisect.bisect_left, bisect.bisect_right, signature="a, x, lo=0, hi=None")


@result_kind(bisect.bisect_left, bisect.bisect_right)
def place_kind(**given: Kind) -> Kind:
    return Number("i")


@linear(np.bincount, "x, weights=None, minlength=0", wrt="weights")
def bincount_bar(x: Any, *, out_bar: Any) -> Any:
    return np.take(out_bar, x)


ignores(np.bincount, ["minlength"])


@tangent(np.sort, "a, axis=-1, kind=None, order=None, *, stable=None", wrt="a")
def sort_dot(a: Any, a_dot: Any, axis: Any = -1) -> Any:
    return np.take_along_axis(a_dot, np.argsort(a, axis), axis)


@adjoint(np.sort)
def sort_bar(a: Any, out_bar: Any, axis: Any = -1) -> Any:
    return scatter_along(out_bar, np.argsort(a, axis), a, axis)


ignores(np.sort, ["kind", "stable"])


@tangent(np.partition, "a, kth, axis=-1, kind='introselect', order=None", wrt="a")
def partition_dot(a: Any, kth: Any, a_dot: Any, axis: Any = -1) -> Any:
    return np.take_along_axis(a_dot, np.argpartition(a, kth, axis), axis)


@adjoint(np.partition)
def partition_bar(a: Any, kth: Any, out_bar: Any, axis: Any = -1) -> Any:
    return scatter_along(out_bar, np.argpartition(a, kth, axis), a, axis)


@composite(np.median, "a, axis=None, out=None, overwrite_input=False, keepdims=False")
def median_parts(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    """The mean of the two entries in the middle, which are one and the same for odd lengths."""
    if is_none(axis):
        return with_axes_kept(middle(np.sort(np.ravel(a)), 0), a, axis, keepdims)
    if isinstance(axis, tuple):
        found = middle(np.sort(merge_axes(a, axis), -1), -1)
        return with_axes_kept(found, a, axis, keepdims)
    return with_axes_kept(middle(np.sort(a, axis), axis), a, axis, keepdims)


def middle(a: Any, axis: Any) -> Any:
    length = np.shape(a)[axis]
    return 0.5 * (np.take(a, (length - 1) // 2, axis) + np.take(a, length // 2, axis))


@batching(np.sort, np.argsort, over="a")
def sort_batched(function: Any, a: Any, size: Any, axis: Any = -1) -> Any:
    if is_none(axis):
        return function(np.reshape(a, (size, -1)), axis=1)
    return function(a, axis=behind_lanes(axis))
