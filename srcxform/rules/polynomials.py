"""Polynomials: their values by Horner's and Clenshaw's schemes, and arithmetic of coefficients.

Series of orthogonal polynomials after Clenshaw, "A note on the summation of Chebyshev series"
(1955), in the order of operations that NumPy has.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none, literal, rank_is
from srcxform.rules.registry import composite
from srcxform.runtime import refuse

SERIES = "x, c, tensor=True"


@composite(np.polyval, "p, x")
def polyval_parts(p: Any, x: Any) -> Any:
    y = np.zeros_like(x)[()]  # of a number a number all the way
    for coefficient in p:
        y = y * x + coefficient
    return y


@composite(np.polynomial.polynomial.polyval, "x, c, tensor=True")
def power_series_parts(x: Any, c: Any, tensor: Any = True) -> Any:
    if not rank_is(c, 1):
        return refuse("this form of the call has no derivative rule", "np.array(c), of one axis")
    x = np.asarray(x)
    y = c[-1] + x * 0
    for k in range(2, len(c) + 1):
        y = c[-k] + y * x
    return y


@composite(np.polyder, "p, m=1")
def polyder_parts(p: Any, m: Any = 1) -> Any:
    for _ in range(m):
        p = np.arange(len(p) - 1, 0, -1) * np.asarray(p)[:-1]
    return p


@composite(np.polyint, "p, m=1, k=None")
def polyint_parts(p: Any, m: Any = 1, k: Any = None) -> Any:
    if not is_none(k) or not literal(m, 1):
        return refuse(
            "np.polyint has a derivative for one integral without a constant",
            "integrate step by step, and add the constant to the last coefficient",
        )
    return np.concatenate((np.asarray(p) / np.arange(len(p), 0, -1), np.zeros(1)))


@composite(np.polymul, "a1, a2")
def polymul_parts(a1: Any, a2: Any) -> Any:
    return np.convolve(np.atleast_1d(np.asarray(a1)), np.atleast_1d(np.asarray(a2)))


@composite(np.polyadd, "a1, a2")
def polyadd_parts(a1: Any, a2: Any) -> Any:
    first, second = np.atleast_1d(np.asarray(a1)), np.atleast_1d(np.asarray(a2))
    length = max(len(first), len(second))
    return filled(first, length) + filled(second, length)


@composite(np.polysub, "a1, a2")
def polysub_parts(a1: Any, a2: Any) -> Any:
    first, second = np.atleast_1d(np.asarray(a1)), np.atleast_1d(np.asarray(a2))
    length = max(len(first), len(second))
    return filled(first, length) - filled(second, length)


def filled(p: Any, length: Any) -> Any:
    """Give zeros for the higher powers."""
    return np.pad(p, (length - len(p), 0))


# Series: the last two coefficients go down to the first two, by the recurrence of the functions.


def coefficients(c: Any) -> Any:
    found = np.asarray(c) + 0.0
    if not rank_is(found, 1):
        return refuse("this form of the call has no derivative rule", "np.array(c), of one axis")
    return found


def last_two(c: Any, x: Any) -> Any:
    zero = np.zeros_like(x)[()]
    if len(c) == 1:
        return c[0] + zero, zero
    return c[-2] + zero, c[-1] + zero


@composite(np.polynomial.chebyshev.chebval, SERIES)
def chebval_parts(x: Any, c: Any, tensor: Any = True) -> Any:
    c, x = coefficients(c), np.asarray(x)[()]
    first, second = last_two(c, x)
    for k in range(3, len(c) + 1):
        first, second = c[-k] - second, first + second * (2 * x)
    return first + second * x


@composite(np.polynomial.legendre.legval, SERIES)
def legval_parts(x: Any, c: Any, tensor: Any = True) -> Any:
    c, x = coefficients(c), np.asarray(x)[()]
    first, second = last_two(c, x)
    for k in range(3, len(c) + 1):
        n = len(c) - k + 2
        lower = c[-k] - second * ((n - 1) / n)
        first, second = lower, first + second * x * ((2 * n - 1) / n)
    return first + second * x


@composite(np.polynomial.hermite.hermval, SERIES)
def hermval_parts(x: Any, c: Any, tensor: Any = True) -> Any:
    c, x = coefficients(c), np.asarray(x)[()]
    first, second = last_two(c, x)
    for k in range(3, len(c) + 1):
        lower = c[-k] - second * (2 * (len(c) - k + 1))
        first, second = lower, first + second * (x * 2)
    return first + second * (x * 2)


@composite(np.polynomial.hermite_e.hermeval, SERIES)
def hermeval_parts(x: Any, c: Any, tensor: Any = True) -> Any:
    c, x = coefficients(c), np.asarray(x)[()]
    first, second = last_two(c, x)
    for k in range(3, len(c) + 1):
        first, second = c[-k] - second * (len(c) - k + 1), first + second * x
    return first + second * x


@composite(np.polynomial.laguerre.lagval, SERIES)
def lagval_parts(x: Any, c: Any, tensor: Any = True) -> Any:
    c, x = coefficients(c), np.asarray(x)[()]
    first, second = last_two(c, x)
    for k in range(3, len(c) + 1):
        n = len(c) - k + 2
        lower = c[-k] - (second * (n - 1)) / n
        first, second = lower, first + (second * ((2 * n - 1) - x)) / n
    return first + second * (1 - x)
