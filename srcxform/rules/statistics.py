"""Covariances, quantiles and spreads, by what they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none, is_number, is_real, literal, rank_is
from srcxform.rules.registry import composite, constant
from srcxform.runtime import entry_at, entry_below, refuse, weight_order, weight_shape

constant(entry_below, signature="q, length")
constant(entry_at, signature="q, length, method")
constant(weight_order, weight_shape, signature="weights, a, axis")

SPREAD = (
    "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, "
    "correction=None"
)
QUANTILE = "a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False"


@composite(np.average, "a, axis=None, weights=None, returned=False, *, keepdims=False")
def average_parts(
    a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False
) -> Any:
    if is_none(weights):
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        return with_weight(mean, np.size(a) / np.size(mean), returned)
    spread = along_axes(weights, a, axis)
    weight = np.sum(spread, axis=axis, keepdims=keepdims)
    mean = np.sum(a * spread, axis=axis, keepdims=keepdims) / weight
    return with_weight(mean, weight, returned)


def along_axes(weights: Any, a: Any, axis: Any) -> Any:
    """Weights are for all entries, or for those along the axes that go."""
    if is_none(axis):
        return weights
    if isinstance(axis, tuple):
        ordered = np.transpose(weights, weight_order(weights, a, axis))
        return np.reshape(ordered, weight_shape(weights, a, axis))
    if np.ndim(weights) == np.ndim(a):
        return weights
    return np.reshape(weights, weight_shape(weights, a, axis))


def with_weight(mean: Any, weight: Any, returned: Any) -> Any:
    if literal(returned, False):
        return mean
    return mean, weight * np.ones_like(mean)


@composite(np.nanvar, SPREAD)
def nanvar_parts(a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: Any = False) -> Any:
    missing = np.isnan(a)
    centre = np.nanmean(a, axis=axis, keepdims=True)
    deviation = np.where(missing, 0.0, a - centre)
    count = np.sum(~missing, axis=axis, keepdims=keepdims) - ddof
    count = np.where(count > 0, count, np.nan)
    if is_real(a):
        return np.sum(deviation * deviation, axis=axis, keepdims=keepdims) / count
    squares = np.real(deviation * np.conj(deviation))
    return np.sum(squares, axis=axis, keepdims=keepdims) / count


@composite(np.nanstd, SPREAD)
def nanstd_parts(a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: Any = False) -> Any:
    return np.sqrt(np.nanvar(a, axis=axis, ddof=ddof, keepdims=keepdims))


@composite(np.cov, "m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None")
def cov_parts(
    m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None
) -> Any:
    rows = in_rows(np.asarray(m), rowvar)
    if not is_none(y):
        rows = np.concatenate((rows, in_rows(np.asarray(y), rowvar)))
    if is_none(ddof):
        count = np.shape(rows)[1] - (0 if bias else 1)
    else:
        count = np.shape(rows)[1] - ddof
    deviation = rows - np.mean(rows, axis=1, keepdims=True)
    if is_real(rows):
        return np.squeeze(deviation @ deviation.T * np.true_divide(1, np.maximum(count, 0)))
    return np.squeeze(deviation @ np.conj(deviation.T) * np.true_divide(1, np.maximum(count, 0)))


def in_rows(m: Any, rowvar: Any) -> Any:
    if rank_is(m, 1):
        return np.reshape(m, (1, -1))
    if rank_is(m, 2):
        return m if rowvar else np.transpose(m)
    return refuse("this form of the call has no derivative rule", "arrays of one or two axes")


@composite(np.corrcoef, "x, y=None, rowvar=True")
def corrcoef_parts(x: Any, y: Any = None, rowvar: Any = True) -> Any:
    if rank_is(x, 1) and is_none(y):
        return refuse("this form of the call has no derivative rule", "1.0")
    c = np.cov(x, y, rowvar)
    spread = np.sqrt(np.real(np.diag(c)))
    return c / spread[:, None] / spread[None, :]


@composite(np.quantile, QUANTILE)
def quantile_parts(
    a: Any, q: Any, axis: Any = None, *, method: Any = "linear", keepdims: Any = False
) -> Any:
    level = as_precise(q, a)
    if is_none(axis):
        found = quantile_along(np.sort(np.ravel(a)), level, method)
    else:
        found = quantile_along(np.moveaxis(np.sort(a, axis), axis, 0), level, method)
    if literal(keepdims, False):
        return found
    if not literal(keepdims, True) or not rank_is(q, 0):
        return refuse("this form of the call has no derivative rule", "use np.expand_dims")
    if is_none(axis):
        return np.reshape(found, (1,) * np.ndim(a))
    return np.expand_dims(found, axis)


def quantile_along(ordered: Any, level: Any, method: Any) -> Any:
    if literal(method, "linear"):
        return between(ordered, level)
    if literal(method, "midpoint"):
        lower = entry_in_order(ordered, level, "lower")
        upper = entry_in_order(ordered, level, "higher")
        return upper - (upper - lower) * 0.5
    if literal(method, "lower") or literal(method, "higher") or literal(method, "nearest"):
        return entry_in_order(ordered, level, method)
    return refuse("this form of the call has no derivative rule", "use method='linear'")


def entry_in_order(ordered: Any, q: Any, method: Any) -> Any:
    found = np.take(ordered, entry_at(q, len(ordered), method), 0)
    return np.where(np.isnan(ordered[-1]), np.nan, found)[()]


def as_precise(q: Any, a: Any) -> Any:
    """A number does not make single precision double."""
    if is_number(q):
        return np.asarray(q, np.result_type(a, np.float16))
    return np.asarray(q)


@composite(np.percentile, QUANTILE)
def percentile_parts(
    a: Any, q: Any, axis: Any = None, *, method: Any = "linear", keepdims: Any = False
) -> Any:
    return np.quantile(a, np.true_divide(q, 100), axis, method=method, keepdims=keepdims)


def between(ordered: Any, q: Any) -> Any:
    """The line from the entry below to the one above, drawn from the nearer one as NumPy does."""
    place = q * (len(ordered) - 1)
    below = entry_below(q, len(ordered))
    above = np.minimum(below + 1, len(ordered) - 1)
    part = np.asarray(place - below, np.result_type(place))
    part = np.reshape(part, np.shape(q) + (1,) * (np.ndim(ordered) - 1))
    lower, upper = np.take(ordered, below, 0), np.take(ordered, above, 0)
    step = upper - lower
    found = np.where(part >= 0.5, upper - step * (1 - part), lower + step * part)
    return np.where(np.isnan(ordered[-1]), np.nan, found)[()]  # a missing entry is ordered last
