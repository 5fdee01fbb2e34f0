"""Derivative of `loss`, written by srcxform."""

import numpy as np


def loss_grad(w, x, y):
    """Gradient of `loss` (programs.py:65) with respect to `w`."""
    z = x @ w
    p_1 = np.exp(-z)
    p_2 = 1 + p_1
    p = 1 / p_2
    r = p - y

    # return np.sum(r * r)
    p_bar = 2.0 * r
    # p = 1 / (1 + np.exp(-z))
    z_bar = p_bar / p_2 * p * p_1
    # z = x @ w
    w_bar = x.T @ z_bar
    return w_bar
