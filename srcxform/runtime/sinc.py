"""Derivatives of np.sinc."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

TERMS = 40


def sinc_derivative(x: Any, order: int) -> Any:
    """Give the derivative of sin(pi x)/(pi x) of this order.

    From u s(u) = sin u follows u s⁽ⁿ⁾ + n s⁽ⁿ⁻¹⁾ = sin(u + n pi/2), which loses digits for
    small u; there the power series is summed.

    >>> abs(float(sinc_derivative(0.0, 2)) + math.pi**2 / 3) < 1e-15
    True
    """
    u = np.asarray(x, np.float64) * math.pi
    small = np.abs(u) < 3.0 + order
    near = np.where(small, u, 0.0)
    far = np.where(small, 1.0, u)
    closed = np.sin(far) / far
    for n in range(1, order + 1):
        closed = (np.sin(far + n * (math.pi / 2)) - n * closed) / far
    result = np.where(small, series(near, order), closed) * math.pi**order
    if isinstance(x, np.ndarray):
        return result.astype(x.dtype) if x.dtype.kind == "f" else result
    return result[()]


def series(u: Any, order: int) -> Any:
    """Sum the power series of the derivative of sin(u)/u of this order, highest power first."""
    total = np.zeros_like(u)
    for k in reversed(range(TERMS)):
        power = 2 * k - order
        if power < 0:
            break
        total = total + (-1) ** k / ((2 * k + 1) * math.factorial(power)) * u**power
    return total
