"""Derivative of `scaled`, written by srcxform."""

import numpy as np


def scaled_grad(x, scale):
    """Gradient of `scaled` (programs.py:259) with respect to `x`."""
    # return np.sum(np.sin(scale * x))
    x_bar = scale * np.cos(scale * x)
    return x_bar
