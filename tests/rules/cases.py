"""One row, or a few, for each function that has a rule: arguments inside its domain.

A row says nothing of the derivative: `test_rules.py` gets the truth from differences.
"""

import cmath
import math
import operator
import statistics
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special
from scipy._lib import _array_api

from srcxform import runtime as rt


@dataclass(frozen=True)
class Case:
    """A call inside the domain of a function, away from kinks unless that is its point."""

    function: Any
    args: tuple[Any, ...]
    keywords: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shapes = [
            f"{np.asarray(a).dtype}{list(np.shape(a))}" if isinstance(a, np.ndarray) else repr(a)
            for a in self.args
        ]
        words = [f"{k}={v}" for k, v in self.keywords.items()]
        name = getattr(self.function, "__name__", str(self.function))
        return f"{name}({', '.join(shapes + words)})"[:120]


CASES: list[Case] = []


def case(function: Any, *args: Any, **keywords: Any) -> None:
    CASES.append(Case(function, args, keywords))


def numbers(low: float, high: float, *shape: int) -> Any:
    """Distinct numbers between `low` and `high` in no order, the same for the same arguments."""
    size = math.prod(shape)
    fractions = np.modf(0.5 + np.arange(size) * 0.6180339887498949)[0]
    values = low + (high - low) * (0.03 + 0.94 * fractions)
    return values.reshape(shape) if shape else float(values[0])


def real(*shape: int) -> Any:
    return numbers(-2.0, 2.1, *shape)


def positive(*shape: int) -> Any:
    return numbers(0.3, 2.5, *shape)


def single(*shape: int) -> Any:
    return positive(*shape).astype(np.float32)


def complexes(*shape: int) -> Any:
    values = numbers(0.2, 0.9, *shape) + 1j * numbers(-0.8, 0.9, *shape[::-1] or (1,)).reshape(
        shape
    )
    return values if shape else complex(values)


def unary(function: Any, low: float, high: float, holomorphic: bool = True) -> None:
    middle = low + 0.37 * (high - low)
    case(function, middle)
    case(function, np.float64(middle))
    case(function, np.array(middle))
    case(function, numbers(low, high, 3, 2))
    case(function, numbers(low, high, 4).astype(np.float32))
    if holomorphic:
        case(function, complexes(3))


def binary(function: Any, x: Any, y: Any, holomorphic: bool = True) -> None:
    """Rows for two ranges: numbers, arrays, and every way of broadcasting."""
    for shape, other in [((2, 3), (2, 3)), ((2, 3), (3,)), ((1, 3), (2, 1)), ((3,), (2, 1, 3))]:
        case(function, numbers(*x, *shape), numbers(*y, *other))
    case(function, numbers(*x), numbers(*y))
    case(function, numbers(*x, 2, 3), numbers(*y))
    case(function, numbers(*x), numbers(*y, 3))
    case(function, numbers(*x, 3).astype(np.float32), numbers(*y, 3).astype(np.float32))
    case(function, numbers(*x, 3).astype(np.float32), numbers(*y))
    if holomorphic:
        case(function, complexes(2, 3), complexes(3))
        case(function, numbers(*x, 3), complexes(3))
        case(function, complexes(2, 3), numbers(*y, 3))


# Arithmetic
FREE = (-2.0, 2.1)
AWAY = (0.3, 2.5)
for ufunc, operation in [
    (np.add, operator.add),
    (np.subtract, operator.sub),
    (np.multiply, operator.mul),
]:
    binary(ufunc, FREE, FREE)
    binary(operation, FREE, FREE)
for division in (np.divide, operator.truediv):
    binary(division, FREE, AWAY)
for sign in (np.negative, np.positive, operator.neg, operator.pos):
    unary(sign, *FREE)
for power in (np.power, operator.pow):
    binary(power, AWAY, FREE)
    for exponent in (2, 3, 1, 0, -1, -2, 0.5, 2.0, 1.7):
        case(power, positive(3), exponent)
        case(power, 0.7, exponent)
    for exponent in (2, 3, -1):
        case(power, real(3), exponent)
        case(power, complexes(3), exponent)
    case(power, real(3), np.array([2, 0, 3]))
    case(power, np.array([0.0, 0.0, 1.0]), np.array([2, 3, 0]))
binary(np.float_power, AWAY, FREE, holomorphic=False)
binary(pow, AWAY, FREE, holomorphic=False)
case(pow, 0.7, 3)
binary(rt.power_by_base, AWAY, FREE)
case(rt.power_by_base, positive(3), real(3), 2)
case(rt.power_by_base, np.array([0.0, 0.0, 0.5]), np.array([1, 3, 2]), 2)
for order in (0, 1):
    case(rt.falling, real(3), 3, order)
binary(rt.power_by_exponent, AWAY, FREE)
case(rt.power_by_exponent, positive(3), real(3), 2)
for remainder in (np.remainder, operator.mod, np.fmod):
    binary(remainder, (5.2, 5.9), (2.1, 2.4), holomorphic=False)
case(np.remainder, -5.3, 2.2)
case(np.fmod, np.array([-5.3, 5.3]), np.array([2.2, -2.2]))
for both in (np.divmod, divmod):
    case(both, 5.3, 2.2)
    case(both, numbers(5.2, 5.9, 2, 3), numbers(2.1, 2.4, 3))
for product in (np.matmul, operator.matmul, np.dot):
    for shape, other in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4))]:
        case(product, real(*shape), real(*other))
        case(product, complexes(*shape), real(*other))
        case(product, single(*shape), single(*other))
    for shape, other in [((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((5, 2, 3), (5, 3, 4))]:
        case(product, real(*shape), complexes(*other))
case(np.matmul, real(5, 2, 3), real(3, 4))
case(np.matmul, real(2, 3), real(5, 3, 4))
case(np.matmul, real(1, 2, 3), real(5, 3, 4))
case(np.matmul, real(3), real(4, 3, 2))
case(np.matmul, real(4, 2, 3), real(3))
case(np.dot, 2.0, real(3))
case(np.dot, real(2, 3), 0.5)
case(np.dot, 2.0, 0.5)

# Elementwise
for function in (np.exp, np.exp2, np.expm1, np.sin, np.cos, np.sinh, np.cosh, np.tanh, np.arctan):
    unary(function, -1.1, 1.3)
for function in (np.log, np.log2, np.log10, np.log1p, np.sqrt, np.square, np.reciprocal):
    unary(function, 0.3, 2.5)
for function in (np.tan, np.arcsin, np.arccos, np.arcsinh, np.arctanh):
    unary(function, -0.8, 0.9)
unary(np.arccosh, 1.2, 3.0, holomorphic=False)
case(np.arccosh, complexes(3))
unary(np.cbrt, 0.3, 2.5, holomorphic=False)
for function in (np.fabs, np.deg2rad, np.radians, np.rad2deg, np.degrees):
    unary(function, 0.3, 2.5, holomorphic=False)
    case(function, -positive(3))
for function in (np.absolute, abs, operator.abs):
    unary(function, 0.3, 2.5)
    case(function, -positive(3))
    case(function, 0.3 - 0.4j)
    case(function, complexes(2, 3))
unary(np.sinc, -2.0, 2.3, holomorphic=False)
case(np.sinc, np.array([0.0, 1e-3, 1.5, 20.25]))
for order in (1, 2, 3):
    case(rt.sinc_derivative, np.array([0.0, 1e-3, 0.7, -1.9, 20.25]), order)
case(np.sign, complexes(3))
case(np.sign, real(3))
binary(np.arctan2, FREE, AWAY, holomorphic=False)
case(np.arctan2, np.array([0.5, -0.5, 0.5]), np.array([-1.0, -0.3, 0.4]))
binary(np.hypot, FREE, AWAY, holomorphic=False)
binary(np.copysign, AWAY, AWAY, holomorphic=False)
case(np.copysign, np.array([0.5, -0.5]), np.array([-1.0, -2.0]))
binary(np.logaddexp, FREE, FREE, holomorphic=False)
binary(np.logaddexp2, FREE, FREE, holomorphic=False)
for function in (np.maximum, np.minimum, np.fmax, np.fmin):
    binary(function, FREE, (-1.7, 1.9), holomorphic=False)
case(np.ldexp, real(3), np.array([1, -2, 3]))
case(np.heaviside, np.array([-1.0, 2.0]), real(2))
case(np.clip, real(8), -0.7, 0.8)
case(np.clip, real(8), None, 0.8)
case(np.clip, real(8), -0.7, None)
case(np.clip, real(2, 4), numbers(-0.9, -0.5, 4), numbers(0.5, 0.9, 2, 1))
case(np.clip, 0.3, 0.5, 0.8)
case(np.where, real(2, 3) > 0, real(2, 3), real(3))
case(np.where, True, real(2, 3), 1.0)
case(np.where, real(3) > 0, 1.0, complexes(3))
case(np.where, real(3) > 0, single(3), single(3))
case(np.nan_to_num, real(3))
case(np.nan_to_num, real(3), nan=1.0)

# math and cmath
SMOOTH = (math.exp, math.exp2, math.expm1, math.sin, math.cos, math.tan, math.sinh, math.cosh)
for function in (*SMOOTH, math.tanh, math.atan, math.asinh, math.erf, math.erfc, math.radians):
    case(function, 0.37)
    case(function, -0.61)
for function in (math.asin, math.acos, math.atanh, math.degrees, math.fabs, math.lgamma):
    case(function, 0.37)
case(math.fabs, -0.61)
case(math.gamma, -1.3)
case(math.gamma, 4.2)
case(math.lgamma, 25.5)
case(math.acosh, 1.37)
for function in (math.log, math.log2, math.log10, math.log1p, math.sqrt, math.cbrt):
    case(function, 1.37)
case(math.log, 1.37, 2.5)
for order in (0, 1, 2):
    case(rt.polygamma, order, 1.7)
case(math.atan2, 0.5, -1.3)
case(math.copysign, 0.5, -1.3)
case(math.hypot, 0.5, -1.3)
case(math.hypot, 0.5, -1.3, 0.7)
case(math.pow, 1.3, 0.7)
case(math.fmod, -5.3, 2.2)
case(math.remainder, 5.3, 2.2)
case(math.ldexp, 0.7, 3)
case(math.fsum, [0.5, 1.0, -2.0])
case(math.prod, [0.5, 1.0, -2.0])
case(math.prod, [0.5, 1.0, -2.0], start=3.0)
case(math.dist, [0.5, 1.0], [2.0, -1.0])
SPREADS = (statistics.variance, statistics.pvariance, statistics.stdev, statistics.pstdev)
for function in (statistics.mean, *SPREADS):
    case(function, [0.5, 1.0, -2.0])
if hasattr(math, "sumprod"):
    case(math.sumprod, [0.5, 1.0], [2.0, -1.0])
ENTIRE = (cmath.exp, cmath.sin, cmath.cos, cmath.tan, cmath.sinh, cmath.cosh, cmath.tanh)
for function in (*ENTIRE, cmath.asin, cmath.acos, cmath.atan, cmath.asinh, cmath.acosh):
    case(function, 0.4 + 0.3j)
for function in (cmath.atanh, cmath.sqrt, cmath.log, cmath.log10):
    case(function, 0.4 + 0.3j)

# Helpers
case(rt.stretched, real(1, 3), real(2, 1))
case(rt.zero_wins, real(3), real(3))
case(rt.zero_wins, real(2, 3), 0.7)
case(rt.zero_wins, 0.7, 0.3)

case(np.select, [np.array([True, False, True]), np.array([True, True, False])], [real(3), real(3)])
case(np.select, [np.array([True, False, False])], [real(3)], 2.0)
case(np.broadcast_arrays, real(2, 1), real(3))

# What SciPy's functions send their arguments through.
case(_array_api.xp_promote, real(3), xp=np)

# scipy.special
for name in "erf erfc erfcx dawsn ndtr log_ndtr wofz j0 j1 i0 i1 expit log_expit cosm1".split():
    for arg in (0.37, -0.61, real(3)):
        case(getattr(special, name), arg)
for function in (special.i0e, special.i1e):
    for arg in (0.37, -0.61, real(3)):
        case(function, arg)
for name in "gamma rgamma gammaln loggamma psi y0 y1 k0 k1 exp1 expi entr exprel lambertw".split():
    for arg in (1.37, positive(3)):
        case(getattr(special, name), arg)
for name in "erfinv erfcinv ndtri logit ellipk ellipe spence".split():
    for arg in (0.37, numbers(0.2, 0.8, 3)):
        case(getattr(special, name), arg)
for name in "cbrt exp2 exp10 expm1 log1p".split():
    case(getattr(special, name), positive(3))
for name in "jv yv iv ive kv gammainc gammaincc".split():
    case(getattr(special, name), 2, positive(3))
case(special.zeta, 2, positive(3))
for name in "beta betaln rel_entr xlogy xlog1py".split():
    case(getattr(special, name), positive(3), positive(2, 1))
case(special.wofz, complexes(3))
for given in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}):
    case(special.logsumexp, real(2, 3), **given)
case(special.logsumexp, complexes(3))

# Complex numbers
for function in (np.conjugate, np.real, np.imag, np.angle):
    case(function, complexes(2, 3))
    case(function, 0.4 + 0.3j)
    case(function, positive(3))

# Reductions
AXES: list[dict[str, Any]] = [
    {},
    {"axis": 0},
    {"axis": -1, "keepdims": True},
    {"axis": (0, 2)},
    {"keepdims": True},
]
for function in (np.sum, np.mean, np.prod, np.max, np.min, np.amax, np.amin, np.var, np.std):
    for keywords in AXES:
        case(function, real(2, 3, 4), **keywords)
    case(function, single(4))
    case(function, single(3, 4), axis=1)
for function in (np.sum, np.mean, np.prod, np.var, np.std):
    case(function, complexes(3, 2), axis=0)
for function in (np.nansum, np.nanmax, np.nanmin):
    case(function, np.array([[1.0, np.nan], [2.0, -0.5]]), axis=1)
    case(function, real(3, 4))
case(np.nanmean, np.array([[1.0, np.nan], [2.0, -0.5]]), axis=1)
case(np.prod, np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 5.0]]), axis=1)
case(np.var, real(3, 4), axis=1, ddof=1)
case(np.std, real(3, 4), axis=1, ddof=1, keepdims=True)
case(np.ptp, real(3, 4))
case(np.ptp, real(3, 4), axis=1, keepdims=True)
case(np.average, real(3, 4))
case(np.average, real(3, 4), weights=positive(3, 4))
case(np.average, real(3, 4), axis=1, weights=positive(4))
case(np.average, real(3, 3), axis=0, weights=positive(3, 3))
case(np.average, real(3, 4), axis=1, weights=positive(4), keepdims=True)
case(np.average, real(3, 4), axis=0, weights=positive(3), returned=True)
case(np.average, real(3, 4), axis=0, returned=True)
case(np.average, real(2, 3, 4), axis=(0, 2), weights=positive(2, 4))
case(np.average, real(2, 3, 4), axis=(2, 0), weights=positive(4, 2))
case(np.average, real(2, 3), axis=(1, 0), weights=positive(2, 3))
MASK = numbers(-1.0, 1.0, 3, 4) > 0.0
for function in (np.sum, np.nansum, np.mean, np.prod, np.var, np.std):
    case(function, positive(3, 4), axis=1, where=MASK)
    case(function, positive(3, 4), axis=(0, 1), keepdims=True, where=MASK[0])
    case(function, complexes(3, 4), axis=0, where=MASK)
for function in (np.sum, np.nansum, np.prod, np.max, np.min, np.amax, np.amin):
    case(function, real(3, 4), initial=0.7)
    case(function, real(3, 4), axis=1, initial=0.2, where=MASK)
    case(function, real(3, 4), axis=(0, 1), keepdims=True, initial=0.9, where=MASK)
    case(function, single(3), initial=1.2)
for function in (np.max, np.min, np.amax, np.amin):
    case(function, real(3, 0), axis=1, initial=0.3)
for function in (np.var, np.std):
    case(function, real(3, 4), axis=1, correction=1)
    case(function, real(3, 4), axis=1, keepdims=True, mean=real(3, 1), ddof=1)
    case(function, real(3, 4), axis=0, mean=real(1, 4), where=MASK)
for function in (np.sum, np.mean, np.prod):
    case(function, real(3, 4), axis=1, dtype=np.float32)
for function in (np.var, np.std):
    case(function, single(3, 4), axis=1, dtype=np.float64)
for function in (np.cumsum, np.cumprod):
    case(function, positive(3, 4), 1, np.float64)
for function in (np.cumsum, np.cumprod):
    for axis in (None, 0, -1):
        case(function, real(3, 4), axis=axis)
    case(function, single(4))
case(np.cumprod, np.array([2.0, 0.0, 3.0, 0.0, 5.0]))
case(np.diff, real(5))
case(np.diff, real(3, 5), 2, 0)
case(np.diff, real(3, 5), axis=0)
case(np.diff, real(5), prepend=0.3)
case(np.diff, real(3, 5), 2, append=0.3)
case(np.diff, real(3, 5), axis=0, prepend=real(2, 5), append=real(1, 5))
case(np.trapezoid, real(3, 5))
case(np.trapezoid, real(3, 5), axis=0, dx=0.5)
case(np.trapezoid, real(3, 5), np.sort(real(5)))
case(rt.pad_axis, real(2, 3), 1, 2, -1)
case(rt.crop_axis, real(2, 5), 1, 2, 1)
case(rt.recurrence, real(2, 4), real(2, 4))
case(rt.delayed, real(2, 4), 1.0)
case(rt.advanced, real(2, 4))
case(rt.products_before, real(2, 4))
case(rt.products_before, np.array([2.0, 0.0, 3.0, 4.0]))
for axis in (None, 1, (0, 2)):
    case(rt.merge_axes, real(2, 3, 4), axis)
    merged = rt.merge_axes(real(2, 3, 4), axis)
    case(rt.unmerge_axes, merged, axis, np.zeros((2, 3, 4)))

# Indexing
for index in (
    1,
    -1,
    slice(1, None),
    slice(None, None, -2),
    (0, 2),
    (slice(None), None, 1),
    Ellipsis,
    (Ellipsis, 0),
    np.array([0, 2, 0]),
    [2, 2, 1],
    (np.array([0, 1]), np.array([2, 2])),
    real(3, 4) > 0,
    (slice(None), np.array([True, False, True, True])),
):
    case(operator.getitem, real(3, 4), index)
    case(rt.scatter, np.asarray(real(3, 4)[index]), index, real(3, 4))
case(operator.getitem, complexes(3), 1)
case(operator.getitem, single(3), slice(1, 3))
case(operator.getitem, [1.0, real(2), 3.0], 1)
case(operator.getitem, (1.0, (2.0, real(2))), 1)
case(operator.getitem, {"a": 1.0, "b": real(2)}, "b")
case(operator.getitem, [1.0, 2.0, 3.0], slice(0, 2))
case(np.ndarray.item, real(1, 1))
case(np.ndarray.item, real(2, 3), 4)
case(np.ndarray.item, real(2, 3), (1, 2))
for indices in (np.array([0, 2, 2]), 1, np.array([[0, 1], [2, 2]])):
    case(np.take, real(3, 4), indices)
    case(np.take, real(3, 4), indices, mode="clip")
    case(np.take, real(3, 4), indices, 1, mode="wrap")
    for axis in (0, -1):
        case(np.take, real(3, 4), indices, axis)
        case(rt.scatter_take, np.take(real(3, 4), indices, axis), indices, real(3, 4), axis)
case(np.take_along_axis, real(3, 4), np.array([[0, 3], [1, 1], [2, 0]]), 1)
case(np.take_along_axis, real(3, 4), np.array([5, 5, 0]), None)
case(rt.scatter_along, real(3, 2), np.array([[0, 3], [1, 1], [2, 0]]), real(3, 4), 1)
for left_out in (1, -1, [0, 2], slice(0, 2), np.array([True, False, True])):
    case(np.delete, real(3), left_out)
    case(np.delete, real(3, 4), left_out, 0)
case(np.delete, real(2, 3), 4)
case(np.delete, real(2, 5), slice(None, None, 2), 1)
case(np.delete, real(2, 3), [0, 2], axis=1)
for where, values in ((1, 0.7), ([1, 3], np.array([0.2, 0.4])), (slice(0, 2), 0.3), (-1, 0.5)):
    case(np.insert, real(4), where, values)
case(np.insert, real(2, 2), 3, 0.4)
case(np.insert, real(2, 3), 1, real(3), axis=0)
case(np.insert, real(2, 3), 1, real(2), axis=1)
case(np.insert, real(2, 3), [0, 2], 0.5, axis=1)
case(np.insert, real(2, 3), [1], real(2, 1), axis=1)
case(np.insert, real(2, 3), np.array([1]), real(3), axis=0)
case(np.insert, real(2, 3), np.array([False, True, False]), real(2, 1), axis=1)
case(np.resize, real(4), (2, 3))
case(np.resize, real(2, 3), 4)
case(np.ediff1d, real(2, 3))
case(np.ediff1d, real(4), 0.5, real(2))
case(np.lib.stride_tricks.sliding_window_view, real(5), 3)
case(np.choose, np.array([0, 1, 1]), [real(3), positive(3)])
case(np.choose, np.array([0, 2, 1]), (real(3), 0.5, positive(1)))
case(np.gradient, real(5))
case(np.gradient, real(5), 0.3)
case(np.gradient, real(5), 0.3, edge_order=2)
case(np.gradient, real(3, 4))
case(np.gradient, real(2, 3, 4), 0.5)
case(np.gradient, real(3, 4), 0.5, np.array([0.0, 0.5, 0.8, 1.5]), edge_order=2)
case(np.gradient, real(3, 4), 0.5, axis=(1, 0))
case(np.gradient, real(5), np.array([0.0, 0.5, 0.8, 1.5, 1.9]))
case(np.gradient, real(4, 3), axis=0)
case(np.gradient, real(3, 4), np.array([0.0, 0.5, 0.8, 1.5]), axis=1)
case(np.gradient, real(2), 0.3)
case(np.polyval, real(3), 0.7)
case(np.polyval, real(3), real(2, 2))
case(np.polyval, [2.0, 0.3], real(2))
case(np.polynomial.polynomial.polyval, real(3), real(4))
case(np.polyder, real(4))
case(np.polyder, real(4), 2)
for mode in ("full", "same", "valid"):
    for n, m in ((5, 3), (6, 4), (2, 5)):
        case(np.convolve, real(n), positive(m), mode)
        case(np.correlate, real(n), positive(m), mode)
case(np.correlate, complexes(4), complexes(3), "full")
case(np.nanvar, np.array([[0.3, np.nan, 0.9], [1.0, 2.0, 0.4]]), axis=1)
case(np.nanstd, np.array([0.3, np.nan, 0.9, 1.2]), ddof=1)
case(np.cov, real(4))
case(np.cov, real(3, 5))
case(np.cov, real(5, 3), rowvar=False, bias=True)
case(np.cov, real(5), positive(5), ddof=0)
case(np.corrcoef, real(3, 5))
case(np.corrcoef, real(5), positive(5))
for part in (30, 50.0, np.array([10, 95])):
    case(np.percentile, real(6), part)
    case(np.percentile, real(3, 4), part, axis=1)
case(np.quantile, real(3, 4), 0.3)
case(np.quantile, real(3, 4), [0.3, 0.4, 0.6], 0)
case(np.compress, [True, False, True], real(3, 4), 0)
case(np.extract, real(3, 4) > 0, real(3, 4))
case(np.diagonal, real(3, 4))
case(np.diagonal, real(2, 3, 4), 1, 0, 2)
case(rt.place_diagonal, real(3), np.zeros((3, 4)))
case(rt.place_diagonal, real(3, 2), np.zeros((2, 3, 4)), 1, 0, 2)
case(rt.place_diagonal, real(1), np.zeros((3, 4)), -1)
case(np.diag, real(3))
case(np.diag, real(3), -1)
case(np.diag, real(3, 4), 1)
case(rt.diag_transpose, real(4, 4), 1, np.zeros(3))
case(rt.diag_transpose, real(3), 1, np.zeros((3, 4)))
case(np.trace, real(3, 4))
case(np.trace, real(2, 3, 4), 1, 2, 0)
case(np.trace, complexes(3, 3))
case(np.trace, real(3, 3), dtype=np.complex128)

# Shapes
case(np.reshape, real(2, 3), (3, 2))
case(np.reshape, single(2, 3), -1)
case(np.reshape, real(2, 3), (3, -1), "F")
case(np.reshape, real(2, 3, 2), 12, order="F")
case(np.ravel, real(2, 3))
case(np.ravel, real(2, 3, 2), "F")
case(np.ndarray.flatten, real(2, 3))
case(np.ndarray.flatten, real(2, 3), "F")
case(np.transpose, real(2, 3, 4))
case(np.transpose, real(2, 3, 4), (1, 2, 0))
case(np.transpose, real(2, 3, 4), (-1, 0, 1))
case(np.swapaxes, real(2, 3, 4), 0, -1)
case(np.moveaxis, real(2, 3, 4), 0, -1)
case(np.moveaxis, real(2, 3, 4), (0, 2), (1, 0))
case(np.rollaxis, real(2, 3, 4), 2)
case(np.rollaxis, real(2, 3, 4), 0, 3)
case(np.rollaxis, real(2, 3, 4), -1, 1)
case(np.squeeze, real(2, 1, 3, 1))
case(np.squeeze, real(2, 1, 3, 1), 1)
case(np.expand_dims, real(2, 3), 1)
case(np.expand_dims, real(2, 3), (0, -1))
case(np.broadcast_to, real(3, 1), (2, 3, 4))
case(np.broadcast_to, 1.5, (2,))
for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    case(function, 1.5)
    case(function, real(3))
    case(function, real(2, 3))
case(np.flip, real(2, 3))
case(np.flip, real(2, 3), 1)
case(np.fliplr, real(2, 3))
case(np.flipud, real(2, 3))
case(np.roll, real(2, 3), 2)
case(np.roll, real(2, 3), 1, 0)
case(np.roll, real(2, 3), (1, -1), (0, 1))
case(np.roll, real(2, 3), [1, -1], [0, 1])
case(np.rot90, real(2, 3))
case(np.rot90, real(2, 3, 4), 3, (1, 2))
for repeats, axis in [(2, None), (3, 0), ([1, 0, 2], 1)]:
    case(np.repeat, real(2, 3), repeats, axis)
    repeated = np.repeat(real(2, 3), repeats, axis)
    case(rt.unrepeat, real(*repeated.shape), repeats, np.zeros((2, 3)), axis)
for reps in (2, (2, 1), (2, 1, 3)):
    case(np.tile, real(2, 3), reps)
    case(rt.untile, real(*np.tile(real(2, 3), reps).shape), reps, np.zeros((2, 3)))
case(np.tile, 1.5, 3)
for width in (1, ((1, 0), (0, 2))):
    case(np.pad, real(2, 3), width)
    case(rt.unpad, real(*np.pad(real(2, 3), width).shape), width, np.zeros((2, 3)))
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        case(np.pad, real(3, 4), width, mode=mode)
        padded = real(*np.pad(real(3, 4), width, mode=mode).shape)
        case(rt.unpad, padded, width, np.zeros((3, 4)), mode)
case(np.pad, real(3), 1, constant_values=2.0)
for function in (np.tril, np.triu):
    case(function, real(3, 4))
    case(function, real(2, 3, 3), 1)
case(np.meshgrid, real(3), real(2))
case(np.meshgrid, real(3), real(2), indexing="ij")
case(rt.fit, complexes(3), np.zeros(3))
case(rt.fit, complexes(3), np.zeros(3, complex))
case(rt.complex_like, real(3), np.zeros(3, complex))
case(rt.complex_like, complexes(3), np.zeros(3, complex))
case(rt.complex_like, real(3), np.zeros(3))
case(rt.precision_like, real(3), single(3))
case(rt.precision_like, single(3), real(3))
case(rt.precision_like, complexes(3), real(3))
case(rt.precision_like, np.float32(0.5), 1.5)
case(rt.unbroadcast, real(2, 3, 4), np.zeros((3, 1)))
case(rt.unbroadcast, complexes(2, 3), np.zeros(3))
case(rt.unbroadcast, real(2, 3), 1.0)
case(rt.broadcast_like, real(3, 1), np.zeros((2, 3, 4)))
case(rt.broadcast_like, 1.5, np.zeros(3))
case(rt.expand_reduced, real(2, 4), 1, False)
case(rt.expand_reduced, 1.5, None, False)
case(rt.reshape_like, real(2, 3), np.zeros(6))
case(rt.lined_up, real(5, 2), (5, 3, 2))
case(rt.lined_up, real(5, 2), (5, 2))
case(rt.unbroadcast_lanes, real(5, 2, 3), np.zeros((5, 3)))
case(rt.unbroadcast_lanes, real(5, 2, 3), np.zeros((5, 1)))
case(rt.minus, real(3))
case(rt.minus, 1.5)
case(rt.minus, [real(2), 1.5])
case(rt.mT, real(2, 3, 4))
case(rt.in_a_row, real(2, 3))
case(rt.in_a_row, real(3, 2).T)
case(np.matrix_transpose, real(2, 3, 4))
for function in (rt.transposed, rt.first_second_last, rt.second_last_first):
    case(function, real(3))
    case(function, real(2, 3, 4))
case(rt.last_first, real(2, 3, 4))
for function in (rt.as_row, rt.as_column):
    case(function, real(3))
    case(function, real(2, 3))
case(rt.as_stack, real(2, 3), np.zeros(3))
case(rt.as_stack, real(2, 3), np.zeros((2, 3)))
case(rt.restore_product, real(5), np.zeros((5, 3)), np.zeros(3))
case(rt.restore_product, 1.5, np.zeros(3), np.zeros(3))

# Stacking
for container in (list, tuple):
    case(np.concatenate, container([real(2, 3), real(1, 3)]))
    case(np.concatenate, container([real(2, 3), real(2, 1)]), -1)
    case(np.stack, container([real(2, 3), complexes(2, 3)]))
    case(np.stack, container([real(2, 3), real(2, 3)]), axis=-1)
    case(rt.stack_numbers, container([1.5, -0.5]))
case(np.concatenate, [real(2, 3), real(2)], axis=None)
case(np.concatenate, [real(2), real(3)], dtype=np.complex128)
case(np.concatenate, real(2, 3, 4), axis=1)
case(np.vstack, [real(3), real(2, 3)])
case(np.hstack, [real(3), real(2)])
case(np.hstack, [real(2, 3), real(2, 1)])
case(np.hstack, [1.5, real(2)])
case(np.dstack, [real(3), real(3)])
case(np.dstack, [real(2, 3), real(2, 3, 2)])
case(np.column_stack, [real(3), real(3, 2)])
case(np.append, real(3), real(2))
case(np.append, real(2, 3), real(1, 3), axis=0)
case(rt.split_like, real(5), [real(2), real(2), 1.5], 0)
case(rt.join_like, [real(2), real(2), 1.5], real(5), 0)
case(rt.join_like, [real(2, 3), real(2, 1)], real(2, 4), 1)
case(rt.snapshot, [real(2), 1.5])
case(rt.join_like, [real(2, 3), real(1, 3)], real(3, 3), 0)
case(rt.split_like, real(3, 3), [real(2, 3), real(1, 3)], 0)
case(np.split, real(4, 3), 2)
case(np.split, real(2, 5), [1, 3], 1)
case(np.array_split, real(5), 3)
case(np.vsplit, real(4, 3), 2)
case(np.hsplit, real(2, 4), 2)
case(np.hsplit, real(4), 2)
for function in (np.array, np.asarray, np.asanyarray, np.ascontiguousarray):
    case(function, real(2, 3))
    case(function, [[1.0, 2.0], (3.0, 4.0)])
    case(function, [real(3), real(3)])
    case(function, [1, 2.0, 3 + 1j])
    case(function, [0.5, 1.5], dtype=float)
case(np.copy, real(3))
case(rt.unpacked, real(2, 2), [[1.0, 2.0], np.zeros(2)])
case(rt.packed, [1.0, 2.0], np.zeros(2))
case(rt.packed, [1.0, 2.0], [0.0, 0.0])

# Fourier transforms
for function in (np.fft.fft, np.fft.ifft):
    case(function, real(4))
    case(function, complexes(2, 3), norm="ortho")
    case(function, real(3, 2), 5, 0)
    case(function, complexes(4), 2, norm="forward")
for function in (np.fft.rfft, np.fft.irfft):
    case(function, real(4))
    case(function, real(2, 5), norm="ortho")
    case(function, real(3, 2), 5, 0)
    case(function, real(4), 3, norm="forward")
case(np.fft.irfft, complexes(4))
case(np.fft.irfft, complexes(2, 3), 5, norm="forward")
for function in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn):
    case(function, complexes(2, 3))
    case(function, real(2, 2, 3), axes=(0, 2), norm="ortho")
for function in (np.fft.rfft2, np.fft.rfftn):
    case(function, real(3, 4))
    case(function, real(2, 3, 4), axes=(2, 0), norm="ortho")
for function in (np.fft.irfft2, np.fft.irfftn):
    case(function, complexes(3, 4))
    case(function, complexes(2, 3, 4), axes=(2, 0), norm="forward")
    case(function, complexes(3, 4), (3, 5))
case(np.fft.rfft2, real(3, 4), (2, 7))
for function in (np.fft.fft2, np.fft.ifft2):
    case(function, complexes(3, 4), (5, 2), (1, 0), "ortho")
for norm in (None, "forward"):
    case(np.fft.hfft, complexes(4), norm=norm)
    case(np.fft.hfft, complexes(2, 4), 5, 1, norm)
    case(np.fft.ihfft, real(6), norm=norm)
    case(np.fft.ihfft, real(2, 6), 5, -1, norm)
for function in (np.fft.fftshift, np.fft.ifftshift):
    case(function, real(5))
    case(function, real(2, 3), 1)
case(rt.resized, complexes(3), 2)
case(rt.resized, real(2, 3), 4, 0)
case(rt.twice_inside, complexes(3), 4)
case(rt.twice_inside, real(3, 2), 5, 0)

# Constructors
case(np.full, (2, 3), 1.5)
case(np.full, 3, real(3))
case(np.full_like, real(2, 3), 1.5)
case(np.ndarray.astype, real(3), np.float32)
case(np.ndarray.astype, real(3), complex)
case(np.linspace, 0.5, 2.0, 5)
case(np.linspace, 0.5, 2.0, num=4, endpoint=False)
case(np.linspace, real(3), positive(3), 4)
case(np.linspace, 0, 2.0, 4)
case(np.linspace, real(3), positive(3), 4, axis=-1)
case(np.linspace, 0.5, 2.0, 5, retstep=True)
case(np.logspace, 0.5, 2.0, 5)
case(np.logspace, 0.5, 2.0, 5, base=2.0)
case(np.geomspace, 0.5, 2.0, 5)
case(np.arange, 0.5, 3.1, 0.7)
case(np.arange, 0.5, 3.1)
case(np.arange, 3.3)

# Sorting
case(np.bincount, np.array([0, 2, 2]), real(3))
case(np.bincount, np.array([0, 2, 2]), weights=real(3), minlength=5)
for function in (np.sort,):
    case(function, real(5))
    case(function, real(3, 4), 0)
    case(function, real(3, 4), axis=-1)
    case(function, real(3, 4), None)
case(np.partition, real(5), 2)
case(np.partition, real(3, 5), 2, 0)
case(np.median, real(5))
case(np.median, real(4))
case(np.median, real(3, 4), 1)
case(np.median, real(2, 3, 4), (0, 2))
case(np.median, real(2, 3, 4), (0, 2), keepdims=True)
case(np.median, real(3, 4), keepdims=True)
case(np.median, real(3, 4), 0, keepdims=True)

# Products and linear algebra
for function in (np.outer, np.vdot):
    case(function, real(3), real(3))
    case(function, complexes(3), complexes(3))
    case(function, complexes(2, 2), real(4))
case(np.inner, real(3), real(3))
case(np.inner, real(2, 3), real(4, 3))
case(np.inner, 2.0, real(3))
for axes in (1, ([1], [0])):
    case(np.tensordot, real(2, 3), complexes(3, 4), axes)
case(np.tensordot, real(2, 3, 4), real(3, 4, 5))
case(np.tensordot, real(2, 3, 4), real(4, 5, 2), ([0, 2], [2, 0]))
case(np.tensordot, real(2, 3, 4), real(5, 3), (1, -1))
case(np.tensordot, real(2), real(3), 0)
case(np.cross, real(3), real(3))
case(np.cross, real(2, 3), complexes(3))
case(np.cross, real(3, 2), real(3, 2), axis=0)
case(np.cross, real(3, 2), real(2, 3), axisa=0, axisc=0)
for shape, other in [((2,), (2,)), ((2,), (3,)), ((3,), (2,)), ((4, 2), (2,)), ((3,), (4, 2))]:
    case(np.cross, real(*shape), positive(*other))
case(rt.cross_back, real(3), positive(3), real(3))
case(rt.cross_back, real(4, 3), positive(2), real(4, 3))
case(rt.cross_back, real(4, 3), positive(3), real(4, 2))
case(rt.cross_back, real(4), positive(2), complexes(4, 2))
case(np.linalg.cross, real(3, 2), real(3, 2), axis=0)
case(np.ndarray.view, real(2, 3))
case(np.ix_, real(2), real(3))
case(np.ix_, real(2), np.array([True, False, True]), np.array([0, 1]))
case(np.kron, real(2, 3), real(3, 2))
case(np.kron, real(3), real(2, 2))
case(rt.kron_left, real(3), real(2, 2))
case(rt.kron_right, real(2, 2), real(2, 3))
case(rt.kron_merge, real(2, 3, 1, 4))
for subscripts, *shapes in [
    ("ij->ji", (2, 3)),
    ("ij->", (2, 3)),
    ("ij->j", (2, 3)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("iij->j", (3, 3, 2)),
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("i,j->ij", (2,), (3,)),
    ("ij,ik->jk", (2, 3), (2, 4)),
    ("ij,k->k", (2, 3), (4,)),
    ("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    ("...i,...i", (5, 3), (5, 3)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    ("i,ij,j", (2,), (2, 3), (3,)),
    ("ii,ij,k->j", (2, 2), (2, 3), (4,)),
    ("ij...,jk...->ik...", (3, 3), (3, 1, 1)),
    ("ij...,jk...->ik...", (3, 3), (3, 2, 4)),
    ("ij...,jk...->ik...", (3, 2, 1), (2, 3, 4)),
    ("i...j,j...->i...", (3, 2), (2, 4)),
    ("ii...,jk...->ik...", (3, 3), (3, 2, 4)),
    ("i...,i...,...->i...", (3, 1), (3,), (4,)),
    ("ij...,k...,j...->ik...", (3, 2, 1), (2, 2, 4), (2,)),
]:
    case(np.einsum, subscripts, *(real(*shape) for shape in shapes))
case(np.einsum, "ij,jk->ik", complexes(2, 3), real(3, 4))


def regular(*shape: int) -> Any:
    return real(*shape) + 3.0 * np.eye(shape[-1])


def definite(*shape: int) -> Any:
    half = real(*shape)
    return half @ np.swapaxes(half, -1, -2) + np.eye(shape[-1])


for function in (np.linalg.inv, np.linalg.det, np.linalg.slogdet):
    case(function, regular(3, 3))
    case(function, regular(2, 3, 3))
    case(function, complexes(3, 3) + np.eye(3))
case(np.linalg.inv, regular(3, 3).astype(np.float32))
for shape, other in [
    ((3, 3), (3,)),
    ((3, 3), (3, 2)),
    ((2, 3, 3), (3,)),
    ((2, 3, 3), (2, 3, 2)),
    ((3, 3), (2, 3, 1)),
]:
    case(np.linalg.solve, regular(*shape), real(*other))
case(np.linalg.solve, complexes(3, 3) + np.eye(3), real(3))
case(np.linalg.solve, regular(3, 3), complexes(3, 2))
for matrix in (definite(3, 3), np.tril(real(3, 3))):
    for helper in (rt.hermitian_part, rt.hermitian_bar):
        case(helper, real(3, 3), matrix)
        case(helper, real(3, 3), matrix, "U")
case(np.linalg.cholesky, definite(3, 3))
case(np.linalg.cholesky, definite(2, 3, 3))
case(np.linalg.pinv, real(4, 2))
case(np.linalg.pinv, real(2, 4))
case(np.linalg.pinv, complexes(3, 2))
case(np.linalg.pinv, real(4, 2), 1e-9)
case(np.linalg.pinv, real(4, 2), rtol=1e-9)
case(np.linalg.cholesky, definite(3, 3), upper=True)
for shape in ((3, 3), (4, 2), (2, 4), (2, 4, 3), (2, 3, 4)):
    case(np.linalg.qr, real(*shape) + np.eye(*shape[-2:]))
    case(np.linalg.svd, np.sin(3.0 * real(*shape)), False)
    case(np.linalg.svd, np.sin(3.0 * real(*shape)), compute_uv=False)
    case(np.linalg.svdvals, np.sin(3.0 * real(*shape)))
for shape in ((3, 3), (4, 2), (2, 4)):
    case(np.linalg.qr, complexes(*shape) + np.eye(*shape))
    case(np.linalg.svd, complexes(*shape) + np.eye(*shape), compute_uv=False)
case(np.linalg.qr, real(4, 2), "r")
case(np.linalg.svd, regular(3, 3))
case(rt.mirrored_lower, complexes(2, 3, 3))
case(rt.mirrored_upper, complexes(2, 3, 3))
case(rt.mirrored_lower, real(3, 3))
case(rt.mirrored_upper, real(3, 3))
for shape, other in (((5, 2), (5,)), ((5, 2), (5, 3)), ((2, 4), (2,)), ((3, 3), (3, 2))):
    case(np.linalg.lstsq, real(*shape) + np.eye(*shape), real(*other))
    case(rt.least_squares, real(*shape) + np.eye(*shape), real(*other), 1e-12)
case(np.linalg.lstsq, complexes(4, 2), complexes(4), rcond=-1)
case(rt.least_squares, complexes(4, 2), complexes(4), 1e-12)
case(rt.least_squares, complexes(2, 4), real(2, 3), 1e-12)
case(rt.least_squares, real(4, 2), real(4), 1e-12)
case(np.polyfit, real(6), positive(6), 2)
case(np.polyfit, real(6), positive(6, 2), 1, w=positive(6))
case(np.polyfit, real(6), positive(6), 2, rcond=1e-9)
for order in (None, 2, -2, 1, np.inf, "fro"):
    case(np.linalg.cond, regular(3, 3), order)
    case(np.linalg.cond, regular(2, 3, 3), order)
case(np.linalg.tensorsolve, regular(6, 6).reshape(2, 3, 2, 3), real(2, 3))
case(np.linalg.tensorinv, regular(6, 6).reshape(2, 3, 6), 2)
case(np.linalg.tensorinv, regular(6, 6).reshape(6, 3, 2), ind=1)
case(np.linalg.matrix_norm, real(2, 3, 4))
case(np.linalg.matrix_norm, real(3, 4), ord=1, keepdims=True)
case(rt.lower_half, real(3, 3))
for power in (1, 2, 3, 4, -1, 0, 5, -2, 7):
    case(np.linalg.matrix_power, regular(3, 3), power)
case(np.linalg.multi_dot, [real(2, 3), real(3, 4)])
case(np.linalg.multi_dot, [real(2, 3), real(3, 4), real(4, 2)])
case(np.linalg.multi_dot, [real(2, 3), real(3, 4), real(4, 2), real(2)])
case(np.linalg.multi_dot, [real(3), *(real(3, 3) for _ in range(5)), real(3)])
case(np.linalg.norm, real(3))
case(np.linalg.norm, single(3))
case(np.linalg.norm, complexes(2, 3))
case(np.linalg.norm, real(2, 3))
case(np.linalg.norm, real(2, 3), "fro")
for order in (1, -1, np.inf, -np.inf, 2, -2, "nuc"):
    case(np.linalg.norm, real(2, 3), order)
    case(np.linalg.norm, real(3, 2), order)
    case(np.linalg.norm, complexes(3, 2), order)
    case(np.linalg.norm, np.sin(3.0 * real(3, 4, 2)), order, (0, 2), keepdims=True)
case(np.block, [[real(2, 2), real(2, 1)], [real(1, 2), 1.5]])
case(np.block, [real(2), 0.5, real(3)])
case(np.block, [real(2, 3), real(2, 1)])
case(np.array, real(3), ndmin=2)
case(np.array, [real(3), real(3)], ndmin=3)
case(np.linalg.norm, real(2, 3), axis=1)
case(np.linalg.norm, real(2, 3), axis=0, keepdims=True)
for order in (1, 2, 3, 1.5, np.inf, -np.inf):
    case(np.linalg.norm, real(4), order)
    case(np.linalg.norm, real(2, 3), order, 1)
    case(np.linalg.norm, complexes(3), order)

# Python's own
for function in (float, np.float64, np.float32, np.complex128, np.complex64, np.float16):
    case(function, 1.5)
case(float, np.array(1.5))
case(complex, 1.5)
case(complex, 1.5, 0.5)
case(sum, [1.0, 2.0])
case(sum, (real(3), 2.0, real(2, 3)))
case(sum, real(2, 3))
case(sum, [1.0, 2.0], 3.0)
case(rt.spread, real(2, 3), [real(2, 3), 1.5, real(3)])
case(rt.spread, 1.5, real(3))
case(rt.stack_lanes, [real(3), real(3) + 1.0])
case(rt.stack_lanes, [(real(), real(2)), (real() + 1.0, real(2) - 1.0)])
case(rt.unstack_lanes, real(2, 3), [real(3), real(3)])
case(rt.lanes_to, -1, [real(2, 3), real(2, 4, 3)])
case(rt.lanes_from, 1, (real(3, 2), {"a": real(4, 2, 3)}))
case(rt.gather, [real(2, 3), 1.5, real(3)], real(2, 3))
for function in (max, min):
    case(function, 1.0, 2.0)
    case(function, 2.0, 1.0)
    case(function, [1.0, 3.0, 2.0])
    case(function, real(4))
case(sorted, [2.0, 1.0, 3.0])
case(sorted, (2.0, 1.0, 3.0), reverse=True)
for collection in (set, frozenset):
    case(collection, {0.5: 2.0, 1.5: 3.0})
    case(collection, [0.5, 1.5])
case(rt.entries_that_stay, real(2, 3), np.array([[True, False, True], [False, True, True]]))
case(rt.entries_that_stay, real(3), True)
case(rt.permuted, [2.0, 1.0, 3.0], [2, 0, 1])
case(rt.unpermuted, [2.0, 1.0, 3.0], [2, 0, 1], (1.0, 2.0, 3.0))
case(rt.add, 1.5, 2.5)
case(rt.add, [1.5, real(2)], [2.5, real(2)])
case(rt.arranged, real(2, 3, 4), (2, 0, 1))

case(np.linalg.eigh, definite(3, 3))
case(np.linalg.eigh, definite(2, 3, 3))
case(np.linalg.eigvalsh, definite(3, 3))
for function in (np.linalg.eigvalsh, np.linalg.cholesky):
    case(function, np.tril(definite(3, 3)) + np.triu(real(3, 3), 1))
for function in (np.linalg.eigvalsh, np.linalg.eigh):
    case(function, np.triu(definite(3, 3)), "U")
half = complexes(3, 3)
hermitian = half + half.conj().T + np.diag([1.0, 3.0, 6.0])
case(np.linalg.eigvalsh, hermitian)
case(np.linalg.cholesky, hermitian + 3.0 * np.eye(3))
case(np.linalg.trace, real(2, 3, 4), offset=1)
case(np.linalg.diagonal, real(2, 3, 4))
case(np.linalg.matrix_transpose, real(2, 3, 4))
case(np.linalg.vector_norm, real(2, 3))
case(np.linalg.vector_norm, real(2, 3), axis=0, ord=1)
case(np.linalg.vector_norm, real(2, 3), keepdims=True)
case(np.linalg.vector_norm, complexes(2, 3, 2), axis=(0, 2), keepdims=True)
case(np.linalg.vector_norm, real(2, 3, 2), axis=(0, 2))
case(np.vecdot, complexes(2, 3), real(3))
case(np.linalg.matmul, real(2, 3), real(3))
case(np.linalg.cross, real(2, 3), real(3))
case(np.linalg.tensordot, real(2, 3), real(3, 2), axes=1)
case(np.linalg.outer, real(2), real(3))
case(np.astype, real(3), np.float32)
case(np.unstack, real(2, 3), axis=1)
case(np.modf, numbers(0.1, 0.9, 3) + np.array([1.0, -3.0, 0.0]))

# --- interpolation: points inside and outside, one point, points beside equal values

KNOTS = np.array([-1.0, 0.2, 0.9, 2.0])
case(np.interp, np.array([-1.7, -0.3, 0.55, 1.1, 2.6]), KNOTS, real(4))
case(np.interp, 0.55, KNOTS, real(4))
case(np.interp, real(2, 3), KNOTS, positive(4))
case(np.interp, np.array([-1.7, -0.3, 2.6]), KNOTS, real(4), left=0.7)
case(np.interp, np.array([-1.7, -0.3, 2.6]), KNOTS, real(4), 0.7, -0.4)
case(np.interp, 2.6, KNOTS, real(4), right=0.7)
case(np.interp, np.array([-1.7, -0.3, 2.65]), KNOTS, real(4), period=2.5)
case(np.interp, 4.1, np.array([0.3, 1.9, 1.2]), real(3), period=2.5)
case(rt.checked_jvp, (real(2, 3), real(2, 3)), "f_jvp")
case(rt.checked_fwd, (real(2, 3), 1.5), "f_fwd")
case(rt.checked_vjp, (real(2, 3), 1.5), "f_bwd", (np.zeros((2, 3)), 0.0))
case(rt.cotangent, real(2, 3), np.zeros((2, 3)))
case(rt.objects_like, real(2, 3), np.zeros((2, 3)))

# --- polynomials, missing entries, and what else NumPy has

SERIES = np.polynomial
for series in (
    SERIES.polynomial.polyval, SERIES.chebyshev.chebval, SERIES.legendre.legval,
    SERIES.hermite.hermval, SERIES.hermite_e.hermeval, SERIES.laguerre.lagval,
):  # fmt: skip
    case(series, real(2, 3), real(4))
    case(series, 0.7, real(5))
    case(series, real(3), real(2))
    case(series, real(3), real(1))
case(np.polyint, real(4))
case(np.polymul, real(4), real(2))
for both in (np.polyadd, np.polysub):
    case(both, real(4), real(2))
    case(both, real(2), real(3))
case(np.nancumsum, np.array([[1.0, np.nan], [2.0, -0.5]]), 1)
case(np.nancumprod, np.array([[1.0, np.nan], [2.0, -0.5]]))
case(np.nanprod, np.array([[1.0, np.nan], [2.0, -0.5]]), axis=0, keepdims=True)
case(np.diagflat, real(2, 2), 1)
case(np.diagflat, real(3), -1)
case(np.unique, real(2, 3))
case(np.unwrap, 4.0 * real(2, 5))
case(np.unwrap, 4.0 * real(2, 5), axis=0)
case(np.unwrap, real(5), period=0.7)
for method in ("lower", "higher", "nearest", "midpoint"):
    case(np.quantile, real(3, 4), 0.3, 0, method=method)
    case(np.percentile, real(7), np.array([30.0, 55.0]), method=method)
case(np.quantile, real(3, 4), 0.3, 1, keepdims=True)
case(np.quantile, real(3, 4), 0.3, keepdims=True)
case(np.asfortranarray, real(2, 3))
case(np.asfortranarray, single(2, 3))
