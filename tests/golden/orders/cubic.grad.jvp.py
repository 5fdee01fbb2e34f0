"""Derivative of `cubic_grad`, written by srcxform."""

import numpy as np


def cubic_grad_jvp(x, x_dot):
    """Tangent of `cubic_grad` with respect to `x`."""
    x_bar_dot = -x_dot * np.sin(x) + 2.0 * x_dot * x + 2.0 * x_dot * x + 2.0 * x_dot * x
    x_bar = np.cos(x) + x * x + x * x + x * x
    return x_bar, x_bar_dot
