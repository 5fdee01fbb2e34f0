"""Derivative of `modulus`, written by srcxform."""

import numpy as np


def modulus_grad(x, y):
    """Gradient of `modulus` (programs.py:231) with respect to `x`, `y`."""
    z = x + 1j * y
    w = z * z + 1.0

    # w = z * z + 1.0
    z_bar = 4.0 * np.absolute(w) * np.conjugate(np.sign(w)) * z
    # z = x + 1j * y
    x_bar = np.real(z_bar)
    y_bar = np.real(1j * z_bar)
    return x_bar, y_bar
