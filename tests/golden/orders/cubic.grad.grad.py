"""Derivative of `cubic_grad`, written by srcxform."""

import numpy as np


def cubic_grad_grad(x):
    """Gradient of `cubic_grad` with respect to `x`."""
    # x_bar = np.cos(x) + x * x + 2.0 * x * x
    x_bar_ = 4.0 * x + 2.0 * x - np.sin(x)
    return x_bar_
