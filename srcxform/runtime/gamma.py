"""The polygamma functions of real numbers, for the derivatives of math.gamma and math.lgamma."""

from __future__ import annotations

import math

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def polygamma(order: int, x: float) -> float:
    """Give the derivative of this order of the digamma function.

    The recurrence moves `x` up to where the asymptotic series holds (Abramowitz and Stegun
    6.4.6 and 6.4.11).

    >>> abs(polygamma(0, 1.0) + 0.5772156649015329) < 1e-14
    True
    """
    total = 0.0
    while x < 16.0 + order:
        if order == 0:
            total -= 1.0 / x
        else:
            total -= (-1.0) ** order * math.factorial(order) / x ** (order + 1)
        x += 1.0
    if order == 0:
        total += math.log(x) - 0.5 / x
        for k, b in enumerate(BERNOULLI, 1):
            total -= b / (2 * k * x ** (2 * k))
        return total
    series = math.factorial(order - 1) / x**order + math.factorial(order) / (2.0 * x ** (order + 1))
    for k, b in enumerate(BERNOULLI, 1):
        factor = math.factorial(2 * k + order - 1) / math.factorial(2 * k)
        series += b * factor / x ** (2 * k + order)
    return total - (-1.0) ** order * series
