"""Derivative of `growth`, written by srcxform."""

import numpy as np


def growth_grad(x):
    """Gradient of `growth` (programs.py:400) with respect to `x`."""
    if x < 0.5:
        # return x**2
        x_bar = 2.0 * x
    else:
        y_1 = x * x
        y = y_1 * x
        if y > 0.9:
            # return y
            y_bar = 1.0
        else:
            # return y * np.cos(y)
            y_bar = np.cos(y) - y * np.sin(y)
        # y = x * x * x
        x_bar = y_1 * y_bar + 2.0 * y_bar * x * x
    return x_bar
