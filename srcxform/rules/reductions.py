"""Reductions: a cotangent of the result is spread over what was reduced.

Equal extremes share equally. A standard deviation of 0 has an infinite slope.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import dtype_class, is_none, is_real, literal, rank_is
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    constant,
    flat_if,
    ignores,
    linear,
    otherwise,
    tangent,
)
from srcxform.runtime import (
    advanced,
    behind_lanes,
    broadcast_like,
    count_reduced,
    crop_axis,
    delayed,
    expand_reduced,
    fit,
    merge_axes,
    pad_axis,
    products_before,
    recurrence,
    reshape_like,
    share_of_extreme,
    slab_shape,
    unbroadcast,
    unmerge_axes,
)

SUM = "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True"
MEAN = "a, axis=None, dtype=None, out=None, keepdims=False, where=True"
EXTREME = "a, axis=None, out=None, keepdims=False, initial=None, where=True"
SPREAD = (
    "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, "
    "where=True, mean=None, correction=0"
)

constant(share_of_extreme, signature="a, out, axis, keepdims")
constant(count_reduced, signature="a, axis")
constant(slab_shape, signature="a, axis")
constant(np.argmax, np.argmin, np.nanargmax, np.nanargmin, signature="a, axis=None, **kwargs")
constant(np.all, np.any, np.count_nonzero, signature="a, axis=None, **kwargs")


@linear(np.sum, SUM, wrt="a")
def sum_bar(a: Any, axis: Any = None, keepdims: Any = False, *, out_bar: Any) -> Any:
    return broadcast_like(expand_reduced(out_bar, axis, keepdims), like=a)


@linear(np.mean, MEAN, wrt="a")
def mean_bar(a: Any, axis: Any = None, keepdims: Any = False, *, out_bar: Any) -> Any:
    share = out_bar / count_reduced(a, axis)
    return broadcast_like(expand_reduced(share, axis, keepdims), like=a)


@tangent(np.nansum, SUM, wrt="a")
def nansum_dot(a: Any, a_dot: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return np.sum(np.where(np.isnan(a), 0.0, a_dot), axis=axis, keepdims=keepdims)


@adjoint(np.nansum)
def nansum_bar(a: Any, out_bar: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return np.where(np.isnan(a), 0.0, expand_reduced(out_bar, axis, keepdims))


@composite(np.nanmean, MEAN)
def nanmean_parts(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    total = np.nansum(a, axis=axis, keepdims=keepdims)
    return total / np.sum(~np.isnan(a), axis=axis, keepdims=keepdims)


@composite(np.nanprod, SUM)
def nanprod_parts(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return np.prod(np.where(np.isnan(a), 1.0, a), axis=axis, keepdims=keepdims)


@composite(np.nancumsum, "a, axis=None, dtype=None, out=None")
def nancumsum_parts(a: Any, axis: Any = None) -> Any:
    return np.cumsum(np.where(np.isnan(a), 0.0, a), axis)


@composite(np.nancumprod, "a, axis=None, dtype=None, out=None")
def nancumprod_parts(a: Any, axis: Any = None) -> Any:
    return np.cumprod(np.where(np.isnan(a), 1.0, a), axis)


def log_of_sum(a: Any, axis: Any = 0, *, keepdims: Any = False) -> Any:
    """`np.logaddexp.reduce`: of what is not infinite, beside the largest."""
    largest = np.max(a, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0.0)
    found = np.log(np.sum(np.exp(a - largest), axis=axis, keepdims=True)) + largest
    return np.sum(found, axis=axis, keepdims=keepdims)


def extreme_dot(a: Any, out: Any, a_dot: Any, axis: Any = None, keepdims: Any = False) -> Any:
    share = share_of_extreme(a, out, axis, keepdims)
    return np.sum(a_dot * share, axis=axis, keepdims=keepdims)


def extreme_bar(a: Any, out: Any, out_bar: Any, axis: Any = None, keepdims: Any = False) -> Any:
    share = share_of_extreme(a, out, axis, keepdims)
    return expand_reduced(out_bar, axis, keepdims) * share


for extreme in (np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin):
    tangent(extreme, EXTREME, wrt="a")(extreme_dot)
    adjoint(extreme)(extreme_bar)


@composite(np.ptp, "a, axis=None, out=None, keepdims=False")
def ptp_parts(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@tangent(np.var, SPREAD, wrt="a")
def var_dot(a: Any, a_dot: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
    """d mean|a - m|² = 2 mean Re(conj(a - m) da), as deviations add up to 0."""
    slope = 2.0 * conjugate_deviation(a, axis) / (count_reduced(a, axis) - ddof)
    return np.real(np.sum(slope * a_dot, axis=axis, keepdims=keepdims))


@adjoint(np.var)
def var_bar(a: Any, out_bar: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
    slope = 2.0 * conjugate_deviation(a, axis) / (count_reduced(a, axis) - ddof)
    return expand_reduced(out_bar, axis, keepdims) * slope


def with_axes_kept(found: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    if literal(keepdims, False):
        return found
    if is_none(axis):
        return np.reshape(found, (1,) * np.ndim(a))
    return np.expand_dims(found, axis)


def conjugate_deviation(a: Any, axis: Any) -> Any:
    if is_real(a):
        return a - np.mean(a, axis=axis, keepdims=True)
    return np.conj(a - np.mean(a, axis=axis, keepdims=True))


@tangent(np.std, SPREAD, wrt="a")
def std_dot(
    a: Any, out: Any, a_dot: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False
) -> Any:
    slope = conjugate_deviation(a, axis) / (count_reduced(a, axis) - ddof)
    return np.real(np.sum(slope * a_dot, axis=axis, keepdims=keepdims)) / out


@adjoint(np.std)
def std_bar(
    a: Any, out: Any, out_bar: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False
) -> Any:
    slope = conjugate_deviation(a, axis) / (count_reduced(a, axis) - ddof)
    return expand_reduced(out_bar / out, axis, keepdims) * slope


@linear(np.cumsum, "a, axis=None, dtype=None, out=None", wrt="a")
def cumsum_bar(a: Any, axis: Any = None, *, out_bar: Any) -> Any:
    """An entry takes part in all sums that end behind it."""
    if is_none(axis):
        return fit(reshape_like(np.flip(np.cumsum(np.flip(out_bar))), like=a), like=a)
    return fit(np.flip(np.cumsum(np.flip(out_bar, axis), axis), axis), like=a)


@flat_if(np.sum, np.mean, np.cumsum)
def sum_is_flat(a: Any, dtype: Any = None, **others: Any) -> bool:
    return dtype_class(dtype) in tuple("bi")


for summing in (np.sum, np.mean, np.cumsum):
    ignores(summing, ["dtype"])


@linear(np.diff, "a, n=1, axis=-1, prepend=None, append=None", wrt="a")
def diff_bar(n: Any = 1, axis: Any = -1, *, out_bar: Any) -> Any:
    if literal(n, 1):
        return -np.diff(pad_axis(out_bar, 1, 1, axis), axis=axis)
    return (-1.0) ** n * np.diff(pad_axis(out_bar, n, n, axis), n, axis)


@otherwise(np.diff)
def diff_joined(a: Any, n: Any = 1, axis: Any = -1, prepend: Any = None, append: Any = None) -> Any:
    return np.diff(joined(a, axis, prepend, append), n, axis)


def joined(a: Any, axis: Any, prepend: Any, append: Any) -> Any:
    if is_none(append):
        return np.concatenate((as_slab(prepend, a, axis), a), axis)
    if is_none(prepend):
        return np.concatenate((a, as_slab(append, a, axis)), axis)
    return np.concatenate((as_slab(prepend, a, axis), a, as_slab(append, a, axis)), axis)


def as_slab(value: Any, a: Any, axis: Any) -> Any:
    """A number is one at each place across the axis."""
    if np.ndim(value) == 0:
        return np.broadcast_to(value, slab_shape(a, axis))
    return np.asarray(value)


@linear(pad_axis, wrt="x")
def pad_axis_bar(before: Any, after: Any, axis: Any, *, out_bar: Any) -> Any:
    return crop_axis(out_bar, before, after, axis)


@linear(crop_axis, wrt="x", view="view")
def crop_axis_bar(before: Any, after: Any, axis: Any, *, out_bar: Any) -> Any:
    return pad_axis(out_bar, before, after, axis)


# Products: y[k] = a[k] y[k-1], so dy[k] = a[k] dy[k-1] + da[k] y[k-1], exact also at zeros.


@tangent(np.cumprod, "a, axis=None, dtype=None, out=None", wrt="a")
def cumprod_dot(a: Any, out: Any, a_dot: Any, axis: Any = None) -> Any:
    factors = merge_axes(a, axis)
    before = delayed(merge_axes(out, axis), 1.0)
    product_dot = recurrence(factors, merge_axes(a_dot, axis) * before)
    return unmerge_axes(product_dot, axis, like=out)


@adjoint(np.cumprod)
def cumprod_bar(a: Any, out: Any, out_bar: Any, axis: Any = None) -> Any:
    factors = merge_axes(a, axis)
    before = delayed(merge_axes(out, axis), 1.0)
    product_bar = reverse_recurrence(factors, merge_axes(out_bar, axis))
    return unmerge_axes(product_bar * before, axis, like=a)


def reverse_recurrence(a: Any, b: Any) -> Any:
    """y[k] = a[k+1] y[k+1] + b[k]: the transpose of `recurrence` in b."""
    return np.flip(recurrence(np.flip(advanced(a), -1), np.flip(b, -1)), -1)


@tangent(recurrence, wrt="a b")
def recurrence_dot(a: Any, out: Any, a_dot: Any = None, b_dot: Any = None) -> Any:
    if is_none(a_dot):
        return recurrence(a, b_dot)
    if is_none(b_dot):
        return recurrence(a, a_dot * delayed(out, 0.0))
    return recurrence(a, a_dot * delayed(out, 0.0) + b_dot)


@adjoint(recurrence)
def recurrence_bar(a: Any, b: Any, out: Any, out_bar: Any) -> Any:
    b_bar = reverse_recurrence(a, out_bar)
    return unbroadcast(b_bar * delayed(out, 0.0), like=a), unbroadcast(b_bar, like=b)


@linear(advanced, wrt="x")
def advanced_bar(*, out_bar: Any) -> Any:
    return delayed(out_bar, 0.0)


@tangent(delayed, "x, first", wrt="x")
def delayed_dot(x_dot: Any) -> Any:
    return delayed(x_dot, 0.0)


@adjoint(delayed)
def delayed_bar(out_bar: Any) -> Any:
    return advanced(out_bar)


ignores(delayed, ["first"])


@linear(merge_axes, wrt="a", view="maybe")
def merge_axes_bar(a: Any, axis: Any, *, out_bar: Any) -> Any:
    return unmerge_axes(out_bar, axis, like=a)


@linear(unmerge_axes, wrt="g", view="maybe")
def unmerge_axes_bar(g: Any, axis: Any, *, out_bar: Any) -> Any:
    return reshape_like(merge_axes(out_bar, axis), like=g)


@tangent(products_before, wrt="a")
def products_before_dot(a: Any, out: Any, a_dot: Any) -> Any:
    return recurrence(delayed(a, 0.0), delayed(a_dot * out, 0.0))


@adjoint(products_before)
def products_before_bar(a: Any, out: Any, out_bar: Any) -> Any:
    return advanced(reverse_recurrence(delayed(a, 0.0), out_bar)) * out


def products_of_others(a: Any) -> Any:
    """For each entry, the product of all others along the last axis."""
    return products_before(a) * np.flip(products_before(np.flip(a, -1)), -1)


@tangent(np.prod, SUM, wrt="a")
def prod_dot(a: Any, a_dot: Any, axis: Any = None, keepdims: Any = False) -> Any:
    others = unmerge_axes(products_of_others(merge_axes(a, axis)), axis, like=a)
    return np.sum(a_dot * others, axis=axis, keepdims=keepdims)


@adjoint(np.prod)
def prod_bar(a: Any, out_bar: Any, axis: Any = None, keepdims: Any = False) -> Any:
    others = unmerge_axes(products_of_others(merge_axes(a, axis)), axis, like=a)
    return expand_reduced(out_bar, axis, keepdims) * others


@composite(np.trapezoid, "y, x=None, dx=1.0, axis=-1")
def trapezoid_parts(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    heights = np.moveaxis(y, axis, -1)
    means = (heights[..., 1:] + heights[..., :-1]) / 2.0
    if is_none(x):
        return np.sum(dx * means, axis=-1)
    if rank_is(x, 1):
        return np.sum(np.diff(x) * means, axis=-1)
    return np.sum(np.moveaxis(np.diff(x, axis=axis), axis, -1) * means, axis=-1)


# Batching: lanes first, so a reduction over axis k of one lane is one over axis k + 1.


@batching(np.sum, np.prod, np.nansum, over="a")
def sum_batched(
    function: Any, a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False
) -> Any:
    return function(a, axis=behind_lanes(axis, a), dtype=dtype, keepdims=keepdims)


@batching(np.mean, np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin, np.nanmean, over="a")
@batching(np.ptp, np.median, over="a")
def reduction_batched(function: Any, a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return function(a, axis=behind_lanes(axis, a), keepdims=keepdims)


@batching(np.var, np.std, over="a")
def spread_batched(
    function: Any, a: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False
) -> Any:
    return function(a, axis=behind_lanes(axis, a), ddof=ddof, keepdims=keepdims)


@batching(np.all, np.any, np.count_nonzero, over="a")
def truth_batched(function: Any, a: Any, axis: Any = None) -> Any:
    return function(a, axis=behind_lanes(axis, a))


@batching(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.cumsum, np.cumprod, over="a")
def along_axis_batched(function: Any, a: Any, size: Any, axis: Any = None) -> Any:
    if is_none(axis):
        return function(np.reshape(a, (size, -1)), axis=1)
    return function(a, axis=behind_lanes(axis))


@batching(np.diff, over="a")
def diff_batched(a: Any, n: Any = 1, axis: Any = -1) -> Any:
    return np.diff(a, n, behind_lanes(axis))
