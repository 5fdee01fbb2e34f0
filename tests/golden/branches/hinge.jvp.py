"""Derivative of `hinge`, written by srcxform."""

import numpy as np


def hinge_jvp(x, a, x_dot, a_dot):
    """Tangent of `hinge` (programs.py:140) with respect to `x`, `a`."""
    if x > a:
        y_dot = 2.0 * x_dot * x
        y = x * x
    else:
        y_dot = a_dot * x + a * x_dot
        y = a * x
    return np.sin(y), y_dot * np.cos(y)
