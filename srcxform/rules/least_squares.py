"""Least squares, and polynomials fitted by them.

The solution is the pseudo-inverse times the right-hand side, as long as the rank does not change:
Golub and Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems
whose variables separate" (1973).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Kind
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import class_of, is_none, is_real, literal, rank_is
from srcxform.rules.products import conjugated
from srcxform.rules.registry import adjoint, composite, constant, result_kind, tangent
from srcxform.runtime import (
    fit,
    least_singular,
    least_squares,
    mT,
    rank_above,
    refuse,
    residual_count,
)

constant(least_singular, signature="a, rcond=None, size=None")
constant(rank_above, signature="s, cutoff")
constant(residual_count, signature="a, b, rank")
constant(np.linalg.matrix_rank, signature="A, tol=None, hermitian=False, *, rtol=None")


@composite(np.linalg.lstsq, "a, b, rcond=None")
def lstsq_parts(a: Any, b: Any, rcond: Any = None) -> Any:
    cutoff = least_singular(a, rcond)
    x = least_squares(a, b, cutoff)
    s = np.linalg.svd(a, False, False)
    rank = rank_above(s, cutoff)
    squares = np.sum(squared(b - a @ x), axis=0)
    return x, np.atleast_1d(squares)[: residual_count(a, b, rank)], rank, s


@tangent(least_squares, "a, b, rcond", wrt="a b")
def least_squares_dot(
    a: Any, b: Any, rcond: Any, out: Any, a_dot: Any = None, b_dot: Any = None
) -> Any:
    """x = A⁺ b, so dx is A⁺ (db - dA x), and what the pseudo-inverse does beside that."""
    inverse = np.linalg.pinv(a, rcond)
    if is_none(a_dot):
        return inverse @ b_dot
    if is_none(b_dot):
        return aside_dot(a, b, inverse, out, a_dot) - inverse @ (a_dot @ out)
    return aside_dot(a, b, inverse, out, a_dot) + inverse @ (b_dot - a_dot @ out)


def aside_dot(a: Any, b: Any, inverse: Any, x: Any, a_dot: Any) -> Any:
    """A⁺ A⁺ᴴ dAᴴ (b - A x) + (1 - A⁺ A) dAᴴ A⁺ᴴ x: 0 where A is square."""
    turned, back = conjugated(mT(a_dot)), conjugated(mT(inverse))
    outside = turned @ (back @ x)
    return inverse @ (back @ (turned @ (b - a @ x))) + outside - inverse @ (a @ outside)


@adjoint(least_squares)
def least_squares_bar(a: Any, b: Any, rcond: Any, out: Any, out_bar: Any) -> Any:
    """The transpose of `least_squares_dot`, term by term."""
    inverse = np.linalg.pinv(a, rcond)
    back = conjugated(mT(inverse))
    b_bar = mT(inverse) @ out_bar
    left_bar = mT(back) @ b_bar
    outside_bar = out_bar - mT(a) @ b_bar
    aside = outer_of(b - a @ out, left_bar) + outer_of(back @ out, outside_bar)
    return fit(conjugated(aside) - outer_of(b_bar, out), like=a), fit(b_bar, like=b)


def outer_of(x: Any, y: Any) -> Any:
    """Give x yᵀ, of vectors or of columns."""
    if rank_is(x, 1):
        return np.outer(x, y)
    return x @ mT(y)


@result_kind(least_squares)
def least_squares_kind(a: Kind, b: Kind, rcond: Kind) -> Kind:
    shape, other, classes = shape_of(a), shape_of(b), [class_of(a), class_of(b)]
    if shape is None or other is None or None in classes:
        return UNKNOWN
    return Array("c" if "c" in classes else "f", (*shape[1:], *other[1:]))


def squared(r: Any) -> Any:
    if is_real(r):
        return r * r
    return np.real(np.conj(r) * r)


@composite(np.polyfit, "x, y, deg, rcond=None, full=False, w=None, cov=False")
def polyfit_parts(
    x: Any, y: Any, deg: Any, rcond: Any = None, full: Any = False, w: Any = None, cov: Any = False
) -> Any:
    if not literal(full, False) or not literal(cov, False):
        return refuse(
            "np.polyfit has a derivative of the coefficients only",
            "leave `full` and `cov` out, or use np.linalg.lstsq with np.vander",
        )
    columns = powers_down(np.expand_dims(np.asarray(x) + 0.0, -1), deg)
    cutoff = least_singular(columns, rcond, len(x))
    if is_none(w):
        return scaled_fit(columns, np.asarray(y), cutoff)
    if rank_is(y, 1):
        return scaled_fit(columns * np.expand_dims(w, -1), np.asarray(y) * w, cutoff)
    weighted = np.transpose(np.transpose(np.asarray(y)) * w)
    return scaled_fit(columns * np.expand_dims(w, -1), weighted, cutoff)


def powers_down(column: Any, deg: Any) -> Any:
    """Give np.vander of the entries of a column."""
    factors = np.concatenate((np.ones_like(column), np.repeat(column, deg, axis=1)), axis=1)
    return np.flip(np.cumprod(factors, axis=1), 1)


def scaled_fit(columns: Any, y: Any, rcond: Any) -> Any:
    """Columns of one length first."""
    scale = np.sqrt(np.sum(columns * columns, axis=0))
    fitted = np.linalg.lstsq(columns / scale, y, rcond)[0]
    if rank_is(fitted, 1):
        return fitted / scale
    return np.transpose(np.transpose(fitted) / scale)
