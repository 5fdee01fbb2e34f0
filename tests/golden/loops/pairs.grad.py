"""Derivative of `pairs`, written by srcxform."""

import numpy as np


def pairs_grad(x):
    """Gradient of `pairs` (programs.py:94) with respect to `x`."""
    # return total
    x_bar = np.zeros_like(x)
    for i in reversed(range(len(x) - 1)):
        # total = total + x[i] * x[i + 1]
        x_bar[i + 1] += x[i]
        x_bar[i] += x[i + 1]
    return x_bar
