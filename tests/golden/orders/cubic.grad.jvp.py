"""Derivative of `cubic_grad`, written by srcxform."""

import numpy as np


def cubic_grad_jvp(x, x_dot):
    """Tangent of `cubic_grad` with respect to `x`."""
    x_bar_1 = 2.0 * x
    x_bar_dot = 2.0 * x_dot * x - x_dot * np.sin(x) + (2.0 * x_dot * x + x_bar_1 * x_dot)
    x_bar = np.cos(x) + x * x + x_bar_1 * x
    return x_bar, x_bar_dot
