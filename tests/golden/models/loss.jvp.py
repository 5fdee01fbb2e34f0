"""Derivative of `loss`, written by srcxform."""

import numpy as np


def loss_jvp(w, x, y, w_dot, x_dot, y_dot):
    """Tangent of `loss` (programs.py:65) with respect to `w`, `x`, `y`."""
    z_dot = x_dot @ w + x @ w_dot
    z = x @ w
    p_1 = np.exp(-z)
    p_2 = 1 + p_1
    p = 1 / p_2
    r_dot = z_dot * p_1 / p_2 * p - y_dot
    r = p - y
    return np.sum(r * r), np.sum(2.0 * r_dot * r)
