"""Derivative of `leaky`, written by srcxform."""

import numpy as np


def leaky_grad(x, slope):
    """Gradient of `leaky` (programs.py:119) with respect to `x`."""
    # return total
    x_bar = np.zeros_like(x)
    for i in reversed(range(len(x))):
        if x[i] > 0.0:
            # total = total + x[i] * x[i]
            x_bar[i] += 2.0 * x[i]
        else:
            # total = total + slope * x[i]
            x_bar[i] += slope
    return x_bar
