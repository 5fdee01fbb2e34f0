"""The partial derivatives of `x ** y`, right where the textbook formulas are 0 * inf.

Both are powers times a factor, so each is differentiated by the other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def power_by_base(x: Any, y: Any) -> Any:
    """Give y * x ** (y - 1), and 0 where y is 0.

    >>> power_by_base(0.0, 0.0), power_by_base(3.0, 2.0)
    (0.0, 6.0)
    """
    if not isinstance(y, np.ndarray):
        return y * x ** (y - 1) if y else 0.0 * x
    zero = y == 0
    return y * x ** np.where(zero, 1, y - 1)


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
