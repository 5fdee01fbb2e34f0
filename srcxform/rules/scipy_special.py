"""SciPy's special functions: elementwise, each with its derivative in the same family.

Imported only where scipy.special is. Parameters that are differentiated only by series (orders of
Bessel functions, the first parameter of `gammainc`) are refused.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from srcxform.rules.predicates import is_none, is_real, literal
from srcxform.rules.registry import adjoint, elementwise, ignores, tangent
from srcxform.runtime import expand_reduced, refuse


def by_series(g: Any) -> Any:
    """Stand for a parameter whose derivative is no function of SciPy's."""
    return refuse(
        "the derivative of this special function in this parameter is not known",
        "pass the parameter as a constant, or register a rule with sx.tangent and sx.adjoint",
    )


def scaled_iv_action(v: Any, x: Any, out: Any, g: Any) -> Any:
    """Differentiate `iv(v, x) * exp(-abs(x.real))`, which is holomorphic nowhere."""
    if is_real(x):
        return g * ((special.ive(v - 1.0, x) + special.ive(v + 1.0, x)) / 2.0 - np.sign(x) * out)
    return refuse(
        "scipy.special.ive has a derivative for real x only",
        "write scipy.special.iv(v, x) * np.exp(-np.abs(x.real))",
    )


# Error functions and the normal distribution
elementwise(special.erf, lambda x, g: g * (2.0 / math.sqrt(math.pi) * np.exp(-x * x)))
elementwise(special.erfc, lambda x, g: -g * (2.0 / math.sqrt(math.pi) * np.exp(-x * x)))
elementwise(special.erfcx, lambda x, out, g: g * (2.0 * x * out - 2.0 / math.sqrt(math.pi)))
elementwise(special.erfinv, lambda out, g: g * (0.5 * math.sqrt(math.pi) * np.exp(out * out)))
elementwise(special.erfcinv, lambda out, g: -g * (0.5 * math.sqrt(math.pi) * np.exp(out * out)))
elementwise(special.dawsn, lambda x, out, g: g * (1.0 - 2.0 * x * out))
elementwise(special.wofz, lambda x, out, g: g * (2.0j / math.sqrt(math.pi) - 2.0 * x * out))
elementwise(special.ndtr, lambda x, g: g * np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi))
elementwise(special.ndtri, lambda out, g: g * (math.sqrt(2.0 * math.pi) * np.exp(0.5 * out * out)))
elementwise(
    special.log_ndtr, lambda x, out, g: g * np.exp(-0.5 * x * x - out) / math.sqrt(2.0 * math.pi)
)

# Gamma and beta functions
elementwise(special.gamma, lambda x, out, g: g * out * special.psi(x))
elementwise(special.rgamma, lambda x, out, g: -g * out * special.psi(x))
elementwise(special.gammaln, lambda x, g: g * special.psi(x))
elementwise(special.loggamma, lambda x, g: g * special.psi(x))
elementwise(special.psi, lambda x, g: g * special.zeta(2.0, x))
elementwise(
    special.zeta, by_series, lambda x, q, g: -g * x * special.zeta(x + 1.0, q), signature="x, q"
)
elementwise(
    special.gammainc,
    by_series,
    lambda a, x, g: g * np.exp((a - 1.0) * np.log(x) - x - special.gammaln(a)),
    signature="a, x",
)
elementwise(
    special.gammaincc,
    by_series,
    lambda a, x, g: -g * np.exp((a - 1.0) * np.log(x) - x - special.gammaln(a)),
    signature="a, x",
)
elementwise(
    special.beta,
    lambda a, b, out, g: g * out * (special.psi(a) - special.psi(a + b)),
    lambda a, b, out, g: g * out * (special.psi(b) - special.psi(a + b)),
    signature="a, b",
)
elementwise(
    special.betaln,
    lambda a, b, g: g * (special.psi(a) - special.psi(a + b)),
    lambda a, b, g: g * (special.psi(b) - special.psi(a + b)),
    signature="a, b",
)

# Bessel functions
elementwise(special.j0, lambda x, g: -g * special.j1(x))
elementwise(special.j1, lambda x, g: g * (special.j0(x) - special.jv(2.0, x)) / 2.0)
elementwise(special.y0, lambda x, g: -g * special.y1(x))
elementwise(special.y1, lambda x, g: g * (special.y0(x) - special.yv(2.0, x)) / 2.0)
elementwise(special.i0, lambda x, g: g * special.i1(x))
elementwise(special.i1, lambda x, g: g * (special.i0(x) + special.iv(2.0, x)) / 2.0)
elementwise(special.k0, lambda x, g: -g * special.k1(x))
elementwise(special.k1, lambda x, g: -g * (special.k0(x) + special.kv(2.0, x)) / 2.0)
elementwise(special.i0e, lambda x, out, g: g * (special.i1e(x) - np.sign(x) * out))
elementwise(
    special.i1e,
    lambda x, out, g: g * ((special.i0e(x) + special.ive(2.0, x)) / 2.0 - np.sign(x) * out),
)
elementwise(
    special.jv,
    by_series,
    lambda v, x, g: g * (special.jv(v - 1.0, x) - special.jv(v + 1.0, x)) / 2.0,
    signature="v, x",
)
elementwise(
    special.yv,
    by_series,
    lambda v, x, g: g * (special.yv(v - 1.0, x) - special.yv(v + 1.0, x)) / 2.0,
    signature="v, x",
)
elementwise(
    special.iv,
    by_series,
    lambda v, x, g: g * (special.iv(v - 1.0, x) + special.iv(v + 1.0, x)) / 2.0,
    signature="v, x",
)
elementwise(special.ive, by_series, scaled_iv_action, signature="v, x")
elementwise(
    special.kv,
    by_series,
    lambda v, x, g: -g * (special.kv(v - 1.0, x) + special.kv(v + 1.0, x)) / 2.0,
    signature="v, x",
)

# Integrals
elementwise(
    special.ellipk,
    lambda m, out, g: g * (special.ellipe(m) / (1.0 - m) - out) / (2.0 * m),
    signature="m",
)
elementwise(
    special.ellipe, lambda m, out, g: g * (out - special.ellipk(m)) / (2.0 * m), signature="m"
)
elementwise(special.exp1, lambda x, g: -g * np.exp(-x) / x)
elementwise(special.expi, lambda x, g: g * np.exp(x) / x)
elementwise(special.spence, lambda x, g: -g * np.log(x) / (x - 1.0))

# Logistic functions and entropies
elementwise(special.expit, lambda out, g: g * out * (1.0 - out))
elementwise(special.logit, lambda x, g: g / (x * (1.0 - x)))
elementwise(special.log_expit, lambda x, g: g * special.expit(-x))
elementwise(special.entr, lambda x, g: -g * (np.log(x) + 1.0))
elementwise(special.rel_entr, lambda x, y, g: g * (np.log(x / y) + 1.0), lambda x, y, g: -g * x / y)
elementwise(special.xlogy, lambda y, g: g * np.log(y), lambda x, y, g: g * x / y)
elementwise(special.xlog1py, lambda y, g: g * np.log1p(y), lambda x, y, g: g * x / (1.0 + y))

# Others
elementwise(
    special.lambertw,
    lambda out, g: g * np.exp(-out) / (1.0 + out),
    None,
    None,
    signature="z, k=0, tol=1e-8",
)
ignores(special.lambertw, ["k", "tol"])
elementwise(special.cbrt, lambda out, g: g / (3.0 * out * out))
elementwise(special.exp2, lambda out, g: g * out * math.log(2.0))
elementwise(special.exp10, lambda out, g: g * out * math.log(10.0))
elementwise(special.expm1, lambda out, g: g * (out + 1.0))
elementwise(special.log1p, lambda x, g: g / (1.0 + x))
elementwise(special.cosm1, lambda x, g: -g * np.sin(x))
elementwise(special.exprel, lambda x, out, g: g * (np.exp(x) - out) / x)

LOGSUMEXP = "a, axis=None, b=None, keepdims=False, return_sign=False"


def softmax_of(a: Any, out: Any, axis: Any, b: Any, keepdims: Any, return_sign: Any) -> Any:
    """Give the slope of the logarithm of a sum of exponentials: nowhere too large."""
    if is_none(b) and literal(return_sign, False):
        return np.exp(a - expand_reduced(out, axis, keepdims))
    return refuse(
        "scipy.special.logsumexp has a derivative without weights and signs only",
        "write np.log(np.sum(b * np.exp(a - m))) + m, with m = np.max(a) as a constant",
    )


@tangent(special.logsumexp, LOGSUMEXP, wrt="a b")
def logsumexp_dot(
    a: Any, out: Any, a_dot: Any = None, b_dot: Any = None, axis: Any = None, b: Any = None,
    keepdims: Any = False, return_sign: Any = False,
) -> Any:  # fmt: skip
    slope = softmax_of(a, out, axis, b, keepdims, return_sign)
    return np.sum(slope * a_dot, axis=axis, keepdims=keepdims)


@adjoint(special.logsumexp)
def logsumexp_bar(
    a: Any, out: Any, out_bar: Any, axis: Any = None, b: Any = None, keepdims: Any = False,
    return_sign: Any = False,
) -> Any:  # fmt: skip
    slope = softmax_of(a, out, axis, b, keepdims, return_sign)
    bar = expand_reduced(out_bar, axis, keepdims) * slope
    return bar, bar  # there are no weights where this is reached
