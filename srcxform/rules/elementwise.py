"""Elementwise NumPy functions, one derivative each.

Conventions where a derivative does not exist; a tie is shared, and what is infinite stays so:

| function | where | derivative |
| --- | --- | --- |
| abs, fabs, copysign | x = 0 | 0 |
| sign, floor, ceil, rint, trunc | at a jump | 0 |
| maximum, minimum, fmax, fmin | x = y | 1/2 to each |
| max, min (reductions) | several extremes | an equal share to each |
| clip | at a bound | 1/2 to the argument and 1/2 to the bound |
| x ** y, in x | y = 0 | 0, also for x = 0 |
| x ** y, in y | x = 0 < y | 0 |
| sqrt, cbrt | x = 0 | inf (Python's numbers: ZeroDivisionError) |
| hypot, norm of order 2 | at 0 | nan |
| where | in the alternative not chosen | 0, also if that alternative has an infinite slope |
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none, is_real
from srcxform.rules.registry import (
    adjoint,
    batching,
    constant,
    elementwise,
    fixes,
    flat_if,
    lanewise,
    tangent,
    views,
)
from srcxform.runtime import exceeds, exceeds_or_alone, fit, sinc_derivative, zero_wins, zeros_like

elementwise(np.exp, lambda out, g: g * out)
elementwise(np.exp2, lambda out, g: g * out * math.log(2.0))
elementwise(np.expm1, lambda out, g: g * (out + 1.0))
elementwise(np.log, lambda x, g: g / x)
elementwise(np.log2, lambda x, g: g / (x * math.log(2.0)))
elementwise(np.log10, lambda x, g: g / (x * math.log(10.0)))
elementwise(np.log1p, lambda x, g: g / (1.0 + x))

elementwise(np.sin, lambda x, g: g * np.cos(x))
elementwise(np.cos, lambda x, g: -g * np.sin(x))
elementwise(np.tan, lambda out, g: g * (1.0 + out * out))
elementwise(np.arcsin, lambda x, g: g / np.sqrt(1.0 - x * x))
elementwise(np.arccos, lambda x, g: -g / np.sqrt(1.0 - x * x))
elementwise(np.arctan, lambda x, g: g / (1.0 + x * x))
elementwise(np.sinh, lambda x, g: g * np.cosh(x))
elementwise(np.cosh, lambda x, g: g * np.sinh(x))
elementwise(np.tanh, lambda out, g: g * (1.0 - out * out))
elementwise(np.arcsinh, lambda x, g: g / np.sqrt(x * x + 1.0))
elementwise(np.arccosh, lambda x, g: g / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0)))
elementwise(np.arctanh, lambda x, g: g / (1.0 - x * x))
elementwise(
    np.arctan2,
    lambda x, y, g: g * y / (x * x + y * y),
    lambda x, y, g: -g * x / (x * x + y * y),
)
elementwise(np.sinc, lambda x, g: g * sinc_derivative(x, 1))
elementwise(
    sinc_derivative, lambda x, order, g: g * sinc_derivative(x, order + 1), signature="x, order"
)

elementwise(np.sqrt, lambda out, g: 0.5 * g / out)
elementwise(np.cbrt, lambda out, g: g / (3.0 * out * out))
elementwise(np.square, lambda x, g: 2.0 * x * g)
elementwise(np.reciprocal, lambda out, g: -g * out * out)
elementwise(np.hypot, lambda x, out, g: g * x / out, lambda y, out, g: g * y / out)
elementwise(np.fabs, lambda x, g: g * np.sign(x))
elementwise(np.copysign, lambda x, out, g: g * np.sign(x) * np.sign(out), None)
elementwise(np.deg2rad, lambda g: g * (math.pi / 180.0))
elementwise(np.radians, lambda g: g * (math.pi / 180.0))
elementwise(np.rad2deg, lambda g: g * (180.0 / math.pi))
elementwise(np.degrees, lambda g: g * (180.0 / math.pi))
elementwise(np.ldexp, lambda y, g: np.ldexp(g, y), None)
elementwise(np.heaviside, None, lambda x, g: g * (x == 0), signature="x, y")

elementwise(
    np.logaddexp, lambda x, out, g: g * np.exp(x - out), lambda y, out, g: g * np.exp(y - out)
)
elementwise(
    np.logaddexp2, lambda x, out, g: g * np.exp2(x - out), lambda y, out, g: g * np.exp2(y - out)
)

elementwise(np.maximum, lambda x, y, g: g * exceeds(x, y), lambda x, y, g: g * exceeds(y, x))
elementwise(np.minimum, lambda x, y, g: g * exceeds(y, x), lambda x, y, g: g * exceeds(x, y))
elementwise(
    np.fmax,
    lambda x, y, g: g * exceeds_or_alone(x, y),
    lambda x, y, g: g * exceeds_or_alone(y, x),
)
elementwise(
    np.fmin,
    lambda x, y, g: g * exceeds_or_alone(-x, -y),
    lambda x, y, g: g * exceeds_or_alone(-y, -x),
)
constant(exceeds, exceeds_or_alone, signature="x, y")


def clip_action(a: Any, a_min: Any, a_max: Any, g: Any) -> Any:
    """np.clip(a, a_min, a_max) is np.minimum(np.maximum(a, a_min), a_max)."""
    if is_none(a_min):
        return g * exceeds(a_max, a)
    if is_none(a_max):
        return g * exceeds(a, a_min)
    return g * (exceeds(a, a_min) * exceeds(a_max, a))


def clip_min_action(a: Any, a_min: Any, a_max: Any, g: Any) -> Any:
    if is_none(a_max):
        return g * exceeds(a_min, a)
    return g * (exceeds(a_min, a) * exceeds(a_max, a_min))


def clip_max_action(a: Any, a_min: Any, a_max: Any, g: Any) -> Any:
    if is_none(a_min):
        return g * exceeds(a, a_max)
    return g * exceeds(np.maximum(a, a_min), a_max)


elementwise(
    np.clip,
    clip_action,
    clip_min_action,
    clip_max_action,
    signature="a, a_min=None, a_max=None, out=None",
)
elementwise(
    np.where,
    None,
    lambda condition, g: np.where(condition, g, 0.0),
    lambda condition, g: np.where(condition, 0.0, g),
    signature="condition, x=None, y=None",
)
elementwise(
    zero_wins,
    lambda slope, g: zero_wins(g, slope),
    lambda x, g: zero_wins(x, g),
    signature="x, slope",
)
elementwise(
    np.nan_to_num,
    lambda x, g: g * np.isfinite(x),
    signature="x, copy=True, nan=0.0, posinf=None, neginf=None",
)
fixes(np.nan_to_num, ["nan", "posinf", "neginf"])
views(np.nan_to_num, "view", only_if=lambda given: given.get("copy", True) is not True)

constant(np.floor, np.ceil, np.rint, np.trunc, np.fix, np.signbit, signature="x")
constant(np.isnan, np.isfinite, np.isinf, np.isposinf, np.isneginf, signature="x")
constant(np.iscomplex, np.isreal, np.iscomplexobj, np.isrealobj, np.spacing, signature="x")
constant(np.isclose, np.allclose, np.array_equal, np.array_equiv)


@tangent(np.absolute, "x", wrt="x")
def absolute_dot(x: Any, x_dot: Any) -> Any:
    """d|z| = Re(conj(z)/|z| dz)."""
    if is_real(x):
        return x_dot * np.sign(x)
    return np.real(x_dot * np.conj(np.sign(x)))


@adjoint(np.absolute)
def absolute_bar(x: Any, out_bar: Any) -> Any:
    if is_real(x):
        return out_bar * np.sign(x)
    return fit(out_bar * np.conj(np.sign(x)), like=x)


@tangent(np.modf, "x", wrt="x")
def modf_dot(out: Any, x_dot: Any) -> Any:
    """The whole part is constant."""
    return x_dot, zeros_like(out[1])


@adjoint(np.modf)
def modf_bar(out_bar: Any) -> Any:
    return out_bar[0]


@tangent(np.sign, "x", wrt="x")
def sign_dot(x: Any, out: Any, x_dot: Any) -> Any:
    """A complex sign is z/|z|, and turns with z."""
    if is_real(x):
        return zeros_like(x)
    return (x_dot - out * np.real(np.conj(out) * x_dot)) / np.abs(x)


@adjoint(np.sign)
def sign_bar(x: Any, out: Any, out_bar: Any) -> Any:
    if is_real(x):
        return zeros_like(x)
    return (out_bar - np.conj(out) * np.real(out * out_bar)) / np.abs(x)


@flat_if(np.sign)
def sign_is_flat(x: Any) -> bool:
    return is_real(x)


lanewise(np.absolute, np.sign, np.fix, np.isposinf, np.isneginf, np.iscomplex, np.isreal)
lanewise(np.isclose, exceeds, exceeds_or_alone, operands=2)


@batching(np.modf, over="x")
def modf_batched(x: Any) -> Any:
    return np.modf(x)
