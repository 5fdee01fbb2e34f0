"""The math and cmath modules: functions of one number, one derivative each."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none
from srcxform.rules.registry import composite, constant, elementwise, linear
from srcxform.runtime import (
    exceeds,
    polygamma,
    power_by_base,
    power_by_exponent,
    spread,
)

elementwise(math.exp, lambda out, g: g * out)
elementwise(math.exp2, lambda out, g: g * out * math.log(2.0))
elementwise(math.expm1, lambda out, g: g * (out + 1.0))
elementwise(math.log2, lambda x, g: g / (x * math.log(2.0)))
elementwise(math.log10, lambda x, g: g / (x * math.log(10.0)))
elementwise(math.log1p, lambda x, g: g / (1.0 + x))
elementwise(math.sin, lambda x, g: g * math.cos(x))
elementwise(math.cos, lambda x, g: -g * math.sin(x))
elementwise(math.tan, lambda out, g: g * (1.0 + out * out))
elementwise(math.asin, lambda x, g: g / math.sqrt(1.0 - x * x))
elementwise(math.acos, lambda x, g: -g / math.sqrt(1.0 - x * x))
elementwise(math.atan, lambda x, g: g / (1.0 + x * x))
elementwise(math.sinh, lambda x, g: g * math.cosh(x))
elementwise(math.cosh, lambda x, g: g * math.sinh(x))
elementwise(math.tanh, lambda out, g: g * (1.0 - out * out))
elementwise(math.asinh, lambda x, g: g / math.sqrt(x * x + 1.0))
elementwise(math.acosh, lambda x, g: g / math.sqrt((x - 1.0) * (x + 1.0)))
elementwise(math.atanh, lambda x, g: g / (1.0 - x * x))
elementwise(math.sqrt, lambda out, g: 0.5 * g / out)
elementwise(math.cbrt, lambda out, g: g / (3.0 * out * out))
elementwise(math.erf, lambda x, g: g * (2.0 / math.sqrt(math.pi)) * math.exp(-x * x))
elementwise(math.erfc, lambda x, g: -g * (2.0 / math.sqrt(math.pi)) * math.exp(-x * x))
elementwise(math.gamma, lambda x, out, g: g * out * polygamma(0, x))
elementwise(math.lgamma, lambda x, g: g * polygamma(0, x))
elementwise(polygamma, None, lambda order, x, g: g * polygamma(order + 1, x), signature="order, x")
elementwise(math.radians, lambda g: g * (math.pi / 180.0))
elementwise(math.degrees, lambda g: g * (180.0 / math.pi))
elementwise(math.fabs, lambda x, g: g * (exceeds(x, 0.0) - exceeds(0.0, x)))
elementwise(
    math.copysign,
    lambda x, y, g: g * (exceeds(x, 0.0) - exceeds(0.0, x)) * math.copysign(1.0, y),
    None,
)
elementwise(
    math.atan2,
    lambda x, y, g: g * y / (x * x + y * y),
    lambda x, y, g: -g * x / (x * x + y * y),
)
elementwise(
    math.hypot,
    lambda x, out, g: g * x / out,
    lambda y, out, g: g * y / out,
    lambda z, out, g: g * z / out,
    signature="x, y=0.0, z=0.0",
)
elementwise(
    math.pow,
    lambda x, y, g: g * power_by_base(x, y),
    lambda x, y, g: g * power_by_exponent(x, y),
)
elementwise(math.fmod, lambda g: g, lambda x, y, g: -g * math.trunc(x / y))
elementwise(math.remainder, lambda g: g, lambda x, y, out, g: -g * round((x - out) / y))
elementwise(math.ldexp, lambda y, g: math.ldexp(g, y), None)


def log_action(x: Any, base: Any, g: Any) -> Any:
    if is_none(base):
        return g / x
    return g / (x * math.log(base))


elementwise(
    math.log,
    log_action,
    lambda base, out, g: -g * out / (base * math.log(base)),
    signature="x, base=None",
)

elementwise(cmath.exp, lambda out, g: g * out)
elementwise(cmath.sin, lambda x, g: g * cmath.cos(x))
elementwise(cmath.cos, lambda x, g: -g * cmath.sin(x))
elementwise(cmath.tan, lambda out, g: g * (1.0 + out * out))
elementwise(cmath.asin, lambda x, g: g / cmath.sqrt(1.0 - x * x))
elementwise(cmath.acos, lambda x, g: -g / cmath.sqrt(1.0 - x * x))
elementwise(cmath.atan, lambda x, g: g / (1.0 + x * x))
elementwise(cmath.sinh, lambda x, g: g * cmath.cosh(x))
elementwise(cmath.cosh, lambda x, g: g * cmath.sinh(x))
elementwise(cmath.tanh, lambda out, g: g * (1.0 - out * out))
elementwise(cmath.asinh, lambda x, g: g / cmath.sqrt(x * x + 1.0))
elementwise(cmath.acosh, lambda x, g: g / (cmath.sqrt(x - 1.0) * cmath.sqrt(x + 1.0)))
elementwise(cmath.atanh, lambda x, g: g / (1.0 - x * x))
elementwise(cmath.sqrt, lambda out, g: 0.5 * g / out)
elementwise(cmath.log, lambda x, g: g / x)
elementwise(cmath.log10, lambda x, g: g / (x * math.log(10.0)))

constant(math.floor, math.ceil, math.trunc, math.isnan, math.isinf, math.isfinite, signature="x")
constant(math.factorial, math.isqrt, signature="n")
constant(math.comb, math.perm, signature="n, k=None")
constant(math.gcd, math.lcm, math.isclose)
constant(cmath.isnan, cmath.isinf, cmath.isfinite, signature="x")
constant(cmath.isclose)


@linear(math.fsum, "seq", wrt="seq")
def fsum_bar(seq: Any, *, out_bar: Any) -> Any:
    return spread(out_bar, like=seq)


@composite(math.prod, "iterable, /, *, start=1")
def prod_parts(iterable: Any, *, start: Any = 1) -> Any:
    return start * np.prod(np.array(iterable))


@composite(math.dist, "p, q")
def dist_parts(p: Any, q: Any) -> Any:
    return np.sqrt(np.sum(np.square(np.array(p) - np.array(q))))


def sumprod_parts(p: Any, q: Any) -> Any:
    return np.array(p) @ np.array(q)


if hasattr(math, "sumprod"):  # Python 3.12
    composite(math.sumprod, "p, q")(sumprod_parts)
