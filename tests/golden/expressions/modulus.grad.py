"""Derivative of `modulus`, written by srcxform."""

import numpy as np


def modulus_grad(x, y):
    """Gradient of `modulus` (programs.py:231) with respect to `x`, `y`."""
    z = x + 1j * y
    w = z * z + 1.0

    # return np.abs(w) ** 2
    w_1_bar = 2.0 * np.absolute(w) * np.conjugate(np.sign(w))
    # w = z * z + 1.0
    z_bar = 2.0 * w_1_bar * z
    # z = x + 1j * y
    x_bar = np.real(z_bar)
    y_bar = np.real(1j * z_bar)
    return x_bar, y_bar
