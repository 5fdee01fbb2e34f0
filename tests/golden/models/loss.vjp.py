"""Derivative of `loss`, written by srcxform."""

import numpy as np


def loss_fwd(w, x, y):
    """Forward sweep of `loss` (programs.py:65) with respect to `w`, `x`, `y`."""
    z = x @ w
    p_1 = np.exp(-z)
    p_2 = 1 + p_1
    p = 1 / p_2
    r = p - y
    return np.sum(r * r), (r, p_2, p, p_1, w, x)


def loss_bwd(residuals, out_bar):
    """Backward sweep of `loss` (programs.py:65) with respect to `w`, `x`, `y`."""
    r, p_2, p, p_1, w, x = residuals

    # return np.sum(r * r)
    r_bar = 2.0 * out_bar * r
    # r = p - y
    y_bar = -r_bar
    # p = 1 / (1 + np.exp(-z))
    z_bar = r_bar / p_2 * p * p_1
    # z = x @ w
    x_bar = np.outer(z_bar, w)
    w_bar = x.T @ z_bar
    return w_bar, x_bar, y_bar
