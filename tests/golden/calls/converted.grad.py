"""Derivative of `converted`, written by srcxform."""

import numpy as np


def converted_grad(x, y):
    """Gradient of `converted` (programs.py:418) with respect to `x`, `y`."""
    x = np.asarray(x, dtype=float)
    y = np.asarray(y, dtype=float)

    # return np.sum(x**2 * y)
    y_bar = np.sum(x**2)
    x_bar = 2.0 * x * y
    return x_bar, y_bar
