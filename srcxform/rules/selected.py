"""Reductions of chosen entries, from a given start: `where=`, `initial=`, and what `mean=` gives.

What is left out is what changes nothing: 0 in a sum, 1 in a product, an infinity among extremes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none, is_real, literal
from srcxform.rules.reductions import with_axes_kept
from srcxform.rules.registry import constant, otherwise
from srcxform.runtime import count_chosen, merge_axes, refuse

constant(count_chosen, signature="a, axis, keepdims, where, less=0")


def of_dtype(a: Any, dtype: Any) -> Any:
    if is_none(dtype):
        return a
    return np.array(a, dtype)


def chosen(a: Any, where: Any, neutral: Any) -> Any:
    if literal(where, True):
        return a
    return np.where(where, a, neutral)


@otherwise(np.sum, np.nansum)
def sum_of_some(
    a: Any,
    function: Any,
    axis: Any = None,
    dtype: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    total = function(chosen(of_dtype(a, dtype), where, 0.0), axis=axis, keepdims=keepdims)
    if is_none(initial):
        return total
    return total + initial


@otherwise(np.prod)
def prod_of_some(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    total = np.prod(chosen(of_dtype(a, dtype), where, 1.0), axis=axis, keepdims=keepdims)
    if is_none(initial):
        return total
    return total * initial


@otherwise(np.cumprod)
def cumprod_of_dtype(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    return np.cumprod(of_dtype(a, dtype), axis=axis)


@otherwise(np.mean)
def mean_of_some(
    a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False, where: Any = True
) -> Any:
    values = of_dtype(a, dtype)
    total = np.sum(chosen(values, where, 0.0), axis=axis, keepdims=keepdims)
    return total / count_chosen(values, axis, keepdims, where)


@otherwise(np.max, np.amax, np.min, np.amin)
def extreme_of_some(
    a: Any,
    function: Any,
    axis: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """The start is one more entry, so that there may be no other."""
    if is_none(initial):
        return refuse("the extreme of no entries has no value", "give `initial`, too")
    entries = merge_axes(chosen(a, where, initial), axis)
    start = np.full((*np.shape(entries)[:-1], 1), initial, dtype=np.result_type(entries))
    found = function(np.concatenate((entries, start), axis=-1), axis=-1)
    return with_axes_kept(found, a, axis, keepdims)


@otherwise(np.var)
def var_of_some(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = 0,
) -> Any:
    values = of_dtype(a, dtype)
    if literal(where, True):
        if is_none(mean):
            return np.var(values, axis=axis, ddof=ddof + correction, keepdims=keepdims)
    squares = chosen(square_of_deviation(values, axis, where, mean), where, 0.0)
    total = np.sum(squares, axis=axis, keepdims=keepdims)
    return total / count_chosen(values, axis, keepdims, where, ddof + correction)


def square_of_deviation(a: Any, axis: Any, where: Any, mean: Any) -> Any:
    deviation = a - middle_of_some(a, axis, where, mean)
    if is_real(a):
        return deviation * deviation
    return np.real(deviation * np.conj(deviation))


def middle_of_some(a: Any, axis: Any, where: Any, mean: Any) -> Any:
    if is_none(mean):
        return np.mean(a, axis=axis, keepdims=True, where=where)
    return mean


@otherwise(np.std)
def std_of_some(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = 0,
) -> Any:
    values = of_dtype(a, dtype)
    if literal(where, True):
        if is_none(mean):
            return np.std(values, axis=axis, ddof=ddof + correction, keepdims=keepdims)
    less = ddof + correction
    variance = np.var(values, axis, ddof=less, keepdims=keepdims, where=where, mean=mean)
    return np.sqrt(variance)
