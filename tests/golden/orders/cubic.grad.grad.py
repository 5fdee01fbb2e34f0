"""Derivative of `cubic_grad`, written by srcxform."""

import numpy as np


def cubic_grad_grad(x):
    """Gradient of `cubic_grad` with respect to `x`."""
    # return grad(cubic)(x)
    return 2.0 * x - np.sin(x) + 4.0 * x
