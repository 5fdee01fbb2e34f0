"""The partial derivatives of `x ** y`, right where the textbook formulas are 0 * inf.

Both are powers times a factor, so each is differentiated by the other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def power_by_base(x: Any, y: Any, times: int = 1) -> Any:
    """Give the derivative of x ** y in x, taken `times` times; 0 where its factor is 0.

    That is y (y - 1) ... (y - times + 1) x ** (y - times).

    >>> power_by_base(0.0, 0.0), power_by_base(3.0, 2.0), power_by_base(0.0, 1, 2)
    (0.0, 6.0, 0.0)
    """
    factor = falling(y, times)
    if not isinstance(y, np.ndarray):
        return factor * x ** (y - times) if factor else 0.0 * x
    return factor * x ** np.where(factor == 0, 1, y - times)


def falling(y: Any, times: int, order: int = 0) -> Any:
    """Give y (y - 1) ... (y - times + 1), differentiated `order` times in y.

    >>> falling(4, 2), falling(4.0, 2, 1)
    (12, 7.0)
    """
    if order == 0:
        return math.prod(y - k for k in range(times))
    total = 0.0 * y
    for coefficient in np.polyder(np.poly(np.arange(times)), order).tolist():
        total = total * y + coefficient
    return total


def power_by_exponent(x: Any, y: Any, times: int = 1) -> Any:
    """Give x ** y * log(x) ** times, and its limit 0 where x is 0 and Re y is positive.

    >>> power_by_exponent(0.0, 2.0)
    np.float64(0.0)
    """
    if times == 0:
        return x**y
    if type(x) is float and x > 0.0 and type(y) in (int, float):
        return x**y * math.log(x) ** times
    vanishing = np.logical_and(np.equal(x, 0), np.greater(np.real(y), 0))
    safe = np.where(vanishing, np.ones_like(x), x)
    return np.power(x, y) * np.log(safe if safe.ndim else safe[()]) ** times
