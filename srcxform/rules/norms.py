"""Norms of vectors and matrices. A norm of order 2 at 0 has no derivative: it is nan there."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.linalg import NORM
from srcxform.rules.predicates import (
    as_kind,
    as_value,
    class_of,
    is_literal,
    is_none,
    is_real,
    literal,
    rank_is,
)
from srcxform.rules.products import conjugated
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    predicate,
    tangent,
)
from srcxform.runtime import (
    behind_lanes,
    expand_reduced,
    lane_by_lane,
    mT,
    refuse,
    share_of_extreme,
    zeros_like,
)


@predicate
def is_vector_norm(x: Any, axis: Any) -> bool:
    """Say whether a norm over `axis` is one of vectors."""
    return rank_is(x, 1) or isinstance(as_value(axis), int) or class_of(as_kind(axis)) == "i"


def norm_slope(x: Any, out: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    if is_none(ord):
        return conjugated(x) / expand_reduced(out, axis, keepdims)
    if literal(ord, "fro"):
        return conjugated(x) / expand_reduced(out, axis, keepdims)
    if is_vector_norm(x, axis):
        return vector_norm_slope(x, out, ord, axis, keepdims)
    if is_none(axis):
        return matrix_norm_slope(x, ord)
    slope = matrix_norm_slope(np.moveaxis(x, axis, (-2, -1)), ord)
    return np.moveaxis(slope, (-2, -1), axis)


def matrix_norm_slope(x: Any, ord: Any) -> Any:
    """The last two axes are those of the matrices."""
    if ord == 1:
        return sums_slope(x, -2, -1, True)
    if ord == -1:
        return sums_slope(x, -2, -1, False)
    if ord == np.inf:
        return sums_slope(x, -1, -2, True)
    if ord == -np.inf:
        return sums_slope(x, -1, -2, False)
    if np.shape(x)[-2] < np.shape(x)[-1]:
        return mT(singular_slope(mT(x), ord))
    return singular_slope(x, ord)


def sums_slope(x: Any, summed: Any, chosen: Any, largest: Any) -> Any:
    """The largest or the least sum of moduli along an axis."""
    sums = np.sum(np.abs(x), axis=summed, keepdims=True)
    share = share_of_extreme(sums, extreme_along(sums, chosen, largest), chosen, True)
    return conjugated(np.sign(x)) * share


def extreme_along(sums: Any, axis: Any, largest: Any) -> Any:
    if literal(largest, True):
        return np.max(sums, axis=axis, keepdims=True)
    return np.min(sums, axis=axis, keepdims=True)


def singular_slope(x: Any, ord: Any) -> Any:
    """The slope of sigma = |X v| is u v^H, with u = X v / sigma and v of X^H X."""
    squares, v = np.linalg.eigh(conjugated(mT(x)) @ x)
    if ord == 2:
        return conjugated(x @ projection(v[..., -1:]) / np.sqrt(squares[..., -1:, None]))
    if ord == -2:
        return conjugated(x @ projection(v[..., :1]) / np.sqrt(squares[..., :1, None]))
    left = x @ (v / np.expand_dims(np.sqrt(squares), -2))  # the nuclear norm
    return conjugated(left @ conjugated(mT(v)))


def projection(v: Any) -> Any:
    return v @ conjugated(mT(v))


def vector_norm_slope(x: Any, out: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    if literal(ord, 1):
        return conjugated(np.sign(x))
    if literal(ord, 2):
        return conjugated(x) / expand_reduced(out, axis, keepdims)
    if literal(ord, 0):
        return zeros_like(x)
    if is_infinite(ord):
        return conjugated(np.sign(x)) * share_of_extreme(np.abs(x), out, axis, keepdims)
    if not is_literal(ord):
        if np.isinf(ord):  # the ratio to such a power has no slope of its own
            return conjugated(np.sign(x)) * share_of_extreme(np.abs(x), out, axis, keepdims)
    ratio = np.abs(x) / expand_reduced(out, axis, keepdims)
    return conjugated(np.sign(x)) * ratio ** (ord - 1)


@predicate
def is_infinite(ord: Any) -> bool:
    """Say whether the order of a norm is infinity or minus infinity."""
    return literal(ord, float("inf")) or literal(ord, float("-inf"))


@tangent(np.linalg.norm, NORM, wrt="x")
def norm_dot(
    x: Any, out: Any, x_dot: Any, ord: Any = None, axis: Any = None, keepdims: Any = False
) -> Any:
    slope = norm_slope(x, out, ord, axis, keepdims)
    if is_real(x):
        return np.sum(slope * x_dot, axis=axis, keepdims=keepdims)
    return np.real(np.sum(slope * x_dot, axis=axis, keepdims=keepdims))


@adjoint(np.linalg.norm)
def norm_bar(
    x: Any, out: Any, out_bar: Any, ord: Any = None, axis: Any = None, keepdims: Any = False
) -> Any:
    slope = norm_slope(x, out, ord, axis, keepdims)
    return expand_reduced(out_bar, axis, keepdims) * slope


@composite(np.linalg.vector_norm, "x, *, axis=None, keepdims=False, ord=2")
def vector_norm_parts(x: Any, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    if is_none(axis):
        norm = np.linalg.norm(np.ravel(x), ord)
        if keepdims:
            return np.reshape(norm, (1,) * np.ndim(x))
        return norm
    if is_vector_norm(x, axis):
        return np.linalg.norm(x, ord, axis, keepdims)
    if literal(ord, 2):
        return np.sqrt(np.sum(squares_of(x), axis=axis, keepdims=keepdims))
    return refuse(
        "np.linalg.vector_norm over several axes has a derivative of order 2 only",
        "reshape the array so that these axes are one",
    )


def squares_of(x: Any) -> Any:
    if is_real(x):
        return x * x
    return np.real(np.conj(x) * x)


@composite(np.linalg.matrix_norm, "x, *, keepdims=False, ord='fro'")
def matrix_norm_parts(x: Any, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    return np.linalg.norm(x, ord, (-2, -1), keepdims)


@composite(np.linalg.cond, "x, p=None")
def cond_parts(x: Any, p: Any = None) -> Any:
    if is_none(p):
        return largest_by_least(np.linalg.svd(x, False, False))
    if literal(p, 2):
        return largest_by_least(np.linalg.svd(x, False, False))
    if literal(p, -2):
        return 1.0 / largest_by_least(np.linalg.svd(x, False, False))
    return np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))


def largest_by_least(s: Any) -> Any:
    if rank_is(s, 1):
        return s[0] / s[-1]
    return s[..., 0] / s[..., -1]


@batching(np.linalg.norm, over="x")
def norm_batched(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    if is_none(axis):
        if rank_is(x, 2):
            return np.linalg.norm(x, ord, axis=1, keepdims=keepdims)
        if rank_is(x, 3):
            return np.linalg.norm(x, ord, axis=(1, 2), keepdims=keepdims)
        return lane_by_lane()
    return np.linalg.norm(x, ord, axis=behind_lanes(axis), keepdims=keepdims)
