"""Arithmetic: the operators, filed under their ufuncs, and `@`.

An elementwise rule says what each operand's derivative does to `g`; a cotangent is summed to the
shape of its operand afterwards, so broadcasting is no concern here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Kind, Number, widest
from srcxform.rules.predicates import is_literal, is_none, literal, ranks_are
from srcxform.rules.registry import adjoint, constant, converting, elementwise, result_kind, tangent
from srcxform.runtime import (
    as_column,
    as_row,
    falling,
    fit,
    mT,
    power_by_base,
    power_by_exponent,
    reshape_like,
    restore_product,
    unbroadcast,
    zero_wins,
    zeros_like,
)

elementwise(np.add, lambda g: g, lambda g: g)
elementwise(np.subtract, lambda g: g, lambda g: -g)
elementwise(np.multiply, lambda y, g: g * y, lambda x, g: x * g)
elementwise(np.divide, lambda y, g: g / y, lambda y, out, g: -(g / y) * out)
elementwise(np.negative, lambda g: -g)
elementwise(np.positive, lambda g: g)
elementwise(np.remainder, lambda g: g, lambda x, y, g: -g * (x // y))
elementwise(np.fmod, lambda g: g, lambda x, y, g: -g * np.trunc(x / y))

constant(np.floor_divide, signature="x, y")
constant(np.equal, np.not_equal, np.less, np.less_equal, signature="x, y")
constant(np.greater, np.greater_equal, signature="x, y")
constant(np.logical_and, np.logical_or, np.logical_xor, signature="x, y")
constant(np.bitwise_and, np.bitwise_or, np.bitwise_xor, signature="x, y")
constant(np.left_shift, np.right_shift, signature="x, y")
constant(np.logical_not, np.invert, signature="x")


def power_base_action(x: Any, y: Any, out: Any, g: Any) -> Any:
    """d(x ** y)/dx = y x ** (y - 1), which is 0 for y = 0 wherever x is."""
    if literal(y, 2):
        return 2.0 * x * g
    if literal(y, 1):
        return g
    if literal(y, 0.5):
        return 0.5 * g / out
    if literal(y, -1):
        return -g * out / x
    if is_literal(y):
        return g * (y * x ** (y - 1))
    return g * power_by_base(x, y)


def power_exponent_action(x: Any, y: Any, g: Any) -> Any:
    """d(x ** y)/dy = x ** y log(x), which is 0 for x = 0 and y > 0.

    For x < 0 there is none; an exponent that stays what it is needs none.
    """
    return zero_wins(g, power_by_exponent(x, y))


elementwise(np.power, power_base_action, power_exponent_action)
elementwise(np.float_power, power_base_action, power_exponent_action)
converting(np.float_power)
elementwise(
    power_by_base,
    lambda x, y, times, g: g * power_by_base(x, y, times + 1),
    lambda x, y, times, g: zero_wins(
        g,
        falling(y, times, 1) * x ** (y - times)
        + falling(y, times) * power_by_exponent(x, y - times),
    ),
    signature="x, y, times=1",
)
elementwise(
    falling,
    lambda y, times, order, g: g * falling(y, times, order + 1),
    signature="y, times, order=0",
)
elementwise(
    power_by_exponent,
    lambda x, y, times, g: zero_wins(
        g,
        times * power_by_exponent(x, y - 1, times - 1) + y * power_by_exponent(x, y - 1, times),
    ),
    lambda x, y, times, g: zero_wins(g, power_by_exponent(x, y, times + 1)),
    signature="x, y, times=1",
)


@tangent(np.divmod, "x, y", wrt="x y")
def divmod_dot(x: Any, y: Any, out: Any, x_dot: Any = None, y_dot: Any = None) -> Any:
    if is_none(y_dot):
        return zeros_like(out[0]), x_dot
    if is_none(x_dot):
        return zeros_like(out[0]), -out[0] * y_dot
    return zeros_like(out[0]), x_dot - out[0] * y_dot


@adjoint(np.divmod)
def divmod_bar(x: Any, y: Any, out: Any, out_bar: Any) -> Any:
    return unbroadcast(out_bar[1], like=x), unbroadcast(-out[0] * out_bar[1], like=y)


@tangent(np.matmul, "x, y", wrt="x y")
def matmul_dot(x: Any, y: Any, x_dot: Any = None, y_dot: Any = None) -> Any:
    if is_none(y_dot):
        return x_dot @ y
    if is_none(x_dot):
        return x @ y_dot
    return x_dot @ y + x @ y_dot


@result_kind(np.matmul)
def matmul_kind(x: Kind, y: Kind) -> Kind:
    """A product of matrices and vectors has the lengths that are not summed over."""
    match x, y:
        case Array(cls=first, dims=(*rows, _)), Array(cls=second, dims=(_, *columns)) if (
            len(rows) < 2 and len(columns) < 2
        ):
            cls = widest(first, second)
            return Array(cls, (*rows, *columns)) if rows or columns else Number(cls)
    return UNKNOWN


@adjoint(np.matmul)
def matmul_bar(x: Any, y: Any, out_bar: Any) -> Any:
    """X̄ = Z̄ Yᵀ and Ȳ = Xᵀ Z̄ for Z = X Y; a vector is a matrix of one row or column."""
    return matmul_left_bar(x, y, out_bar), matmul_right_bar(x, y, out_bar)


def matmul_left_bar(x: Any, y: Any, out_bar: Any) -> Any:
    if ranks_are(x, y, 2, 2):
        return fit(out_bar @ y.T, like=x)
    if ranks_are(x, y, 2, 1):
        return fit(np.outer(out_bar, y), like=x)
    if ranks_are(x, y, 1, 2):
        return fit(y @ out_bar, like=x)
    if ranks_are(x, y, 1, 1):
        return fit(out_bar * y, like=x)
    x_bar = restore_product(out_bar, x, y) @ mT(as_column(y))
    return reshape_like(unbroadcast(x_bar, like=as_row(x)), like=x)


def matmul_right_bar(x: Any, y: Any, out_bar: Any) -> Any:
    if ranks_are(x, y, 2, 2):
        return fit(x.T @ out_bar, like=y)
    if ranks_are(x, y, 2, 1):
        return fit(x.T @ out_bar, like=y)
    if ranks_are(x, y, 1, 2):
        return fit(np.outer(x, out_bar), like=y)
    if ranks_are(x, y, 1, 1):
        return fit(x * out_bar, like=y)
    y_bar = mT(as_row(x)) @ restore_product(out_bar, x, y)
    return reshape_like(unbroadcast(y_bar, like=as_column(y)), like=y)
