"""Derivative of `selected`, written by srcxform."""

import numpy as np
from srcxform.runtime import exceeds


def selected_grad(x, low):
    """Gradient of `selected` (programs.py:224) with respect to `x`, `low`."""
    y = np.clip(x, -0.5, 0.8)
    z_1 = x > 0.0
    z = np.where(z_1, y * y, 3.0 * y)

    # return np.sum(np.maximum(z, low))
    z_bar = exceeds(z, low)
    low_bar = np.sum(exceeds(low, z))
    # z = np.where(x > 0.0, y * y, 3.0 * y)
    y_bar = 3.0 * np.where(z_1, 0.0, z_bar) + 2.0 * np.where(z_1, z_bar, 0.0) * y
    # y = np.clip(x, -0.5, 0.8)
    x_bar = y_bar * (exceeds(x, -0.5) * exceeds(0.8, x))
    return x_bar, low_bar
