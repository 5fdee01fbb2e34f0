"""Derivative of `hinge`, written by srcxform."""

import numpy as np


def hinge_grad(x, a):
    """Gradient of `hinge` (programs.py:140) with respect to `x`, `a`."""
    if x > a:
        y = x * x
    else:
        y = a * x

    # return np.sin(y)
    y_bar = np.cos(y)
    if x > a:
        # y = x * x
        x_bar = 2.0 * y_bar * x
        a_bar = 0.0
    else:
        # y = a * x
        a_bar = y_bar * x
        x_bar = a * y_bar
    return x_bar, a_bar
