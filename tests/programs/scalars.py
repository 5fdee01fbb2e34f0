"""Python numbers: the math module and the builtins."""

import math
from math import exp, log, pi

import numpy as np

from . import example, normal, positive


@example(0.7)
def math_functions(x):
    return math.sin(x) * math.exp(-x) + math.log(1.0 + x) * math.sqrt(x) + math.cos(x) ** 2


@example(0.4, analytic=False)
def math_imported_names(x):
    """Names imported from math, a constant of its among them."""
    return exp(-0.5 * x * x) / (2.0 * pi) ** 0.5 + log(x + 1.0)


@example(0.6)
def math_hyperbolic(x):
    return (
        math.sinh(x)
        + math.cosh(x) * math.tanh(x)
        + math.tan(x) * math.asin(x)
        + math.atan(x) / math.acos(x)
    )


@example(0.8, 1.5, wrt=(0, 1), analytic=False)
def math_two_arguments(x, y):
    """Functions of two arguments, each active."""
    return math.hypot(x, y) * math.atan2(y, x) + math.pow(x, y)


@example(0.3, analytic=False)
def math_special(x):
    """The normal distribution's law by erf, and others without complex versions."""
    cdf = 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))
    return cdf * math.erfc(x) + math.expm1(x) * math.log1p(x) + math.fabs(x - 1.0)


@example(2.6, analytic=False)
def logarithms(x):
    """Bases two, ten and given."""
    return math.log2(x) * math.log10(x) + math.log(x, 3.0)


@example(1.2, -0.7, wrt=(0, 1), analytic=False)
def builtin_abs(x, y):
    return abs(x) * y + abs(y) * x + abs(x * y) ** 1.5


@example(0.4, 1.3, -0.2, wrt=(0, 1, 2))
def builtin_extrema(x, y, z):
    """min and max of several, of a list, with constants."""
    top = max(x, y, z)
    bottom = min([x * y, y * z, 0.9])
    return top * top * bottom + max(z, 0.0) + min(x, 5.0) * max(0.1, x * y)


@example(0.4, 1.3, -0.2, wrt=(0, 1, 2))
def builtin_sum(x, y, z):
    """sum of a list, with a start."""
    return sum([x * y, y, z], 2.0 * x) * sum((x, z))


@example(0.8, 2.3, wrt=(0, 1))
def builtin_pow(x, y):
    """pow and ** with active base, exponent, both."""
    return pow(x, y) + x**3 - y**-2 + 2.0**x + pow(y, 2) * x**0.5


@example(2.37, analytic=False)
def rounding(x):
    """Piecewise constant parts carry no derivative."""
    whole = math.floor(x)
    near = round(x)
    return (x - whole) ** 2 * near + int(x) * x + math.ceil(x) / x


@example(7.3, 2.1, wrt=(0, 1), analytic=False)
def division_with_remainder(x, y):
    """divmod, // and %: quotients are locally constant."""
    q, r = divmod(x, y)
    return q * r * x + (x // y) * y + (x % y) ** 2


@example(3, 1.5, wrt=(0, 1), analytic=False)
def casts(n, x):
    """An int argument counts as a real number; float() and a list's length."""
    total = float(n) * x + n * n
    return total / len([n, x]) + float(x) ** 2


@example(0.9)
def integer_arithmetic(x):
    """Integers beside floats: literal bookkeeping stays exact."""
    n = 7
    k = n // 2 + n % 3
    sign = -1 if k % 2 else 1
    bits = (1 << k) | 1
    return sign * x**k / bits + x * (n - k) - (-x) ** 3 + +x


@example(np.float64(0.7), positive(1, 3), wrt=(0, 1))
def numpy_scalars(x, v):
    """NumPy scalars as arguments, results of reductions, entries of arrays."""
    y = np.sin(x) * v[0]
    z = np.sqrt(np.sum(v)) + x**2
    return y * z + math.exp(v[1]) * x


@example(normal(2, 4), analytic=False)
def numpy_elementwise_real(v):
    """Elementwise functions with kinks or without complex versions."""
    return (
        np.abs(v) ** 1.5
        + np.sign(v) * v**2
        + np.arctan2(v, 1.5)
        + np.hypot(v, 0.5)
        + np.floor(v) * v
    )


@example(positive(3, 4) * 0.6)
def numpy_elementwise(v):
    """One of each family."""
    a = np.arcsin(v) * np.arccos(v) + np.arctan(v)
    b = np.sinh(v) + np.cosh(v) * np.tanh(v) + np.tan(v)
    c = np.log1p(v) * np.expm1(v) + np.log2(v + 1.0) + np.log10(v) + np.exp2(v)
    d = np.square(v) + np.reciprocal(v) - np.negative(v) ** 3 + np.power(v, 2.5)
    return a * b + c / d + np.arcsinh(v) + np.arctanh(v * 0.5) + np.true_divide(v, 1.0 + v)


@example(np.array([-0.7, 1.3, -0.4]))
def exponents_among_values(v):
    """A negative number to a power that stands beside what is differentiated."""
    steps = [("scale", 2.0), ("power", 2), ("shift", v[0]), ("power", 3)]
    y = v
    for what, k in steps:
        if what == "scale":
            y = y * k
        elif what == "shift":
            y = y + k
        else:
            y = y**k
    return np.sum(y * v)
