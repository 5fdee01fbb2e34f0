"""Derivative of `huber`, written by srcxform."""

import numpy as np


def huber_grad(x, delta):
    """Gradient of `huber` (programs.py:149) with respect to `x`."""
    if abs(x) <= delta:
        # return 0.5 * x * x
        x_bar = x
    else:
        # return delta * (abs(x) - 0.5 * delta)
        x_bar = delta * np.sign(x)
    return x_bar
