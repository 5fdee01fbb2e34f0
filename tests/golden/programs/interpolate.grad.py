"""Derivative of `interpolate`, written by srcxform."""

import numpy as np


def interpolate_grad(x, knots, values):
    """Gradient of `interpolate` (programs.py:324) with respect to `x`, `values`."""
    k = 0
    while k < len(knots) - 2 and knots[k + 1] < x:
        k = k + 1
    t_1 = knots[k]
    t_2 = knots[k + 1] - t_1
    t = (x - t_1) / t_2

    # return (1.0 - t) * values[k] + t * values[k + 1]
    values_bar = np.zeros_like(values)
    values_bar[k + 1] += t
    values_bar[k] += 1.0 - t
    t_bar = values[k + 1] - values[k]
    # t = (x - knots[k]) / (knots[k + 1] - knots[k])
    x_bar = t_bar / t_2
    return x_bar, values_bar
