"""Derivative of `solve`, written by srcxform."""

import numpy as np


def solve_grad(lower, b):
    """Gradient of `solve` (programs.py:386) with respect to `lower`, `b`."""
    x = np.zeros_like(b)
    for i in range(len(b)):
        x[i] = (b[i] - lower[i, :i] @ x[:i]) / lower[i, i]

    # return np.sum(x * x)
    x_bar = 2.0 * x
    lower_bar = np.zeros_like(lower)
    b_bar = np.zeros_like(b)
    for i in reversed(range(len(b))):
        # x[i] = (b[i] - lower[i, :i] @ x[:i]) / lower[i, i]
        value_1_bar = x_bar[i]
        x_bar[i] = 0.0
        value_2_bar = value_1_bar / lower[i, i]
        lower_bar[i, i] -= value_2_bar * x[i]
        x_bar[:i] -= lower[i, :i] * value_2_bar
        lower_bar[i, :i] -= value_2_bar * x[:i]
        b_bar[i] += value_2_bar
    return lower_bar, b_bar
