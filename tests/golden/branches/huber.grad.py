"""Derivative of `huber`, written by srcxform."""

import numpy as np


def huber_grad(x, delta):
    """Gradient of `huber` (programs.py:149) with respect to `x`."""
    branch_1 = abs(x) <= delta
    if branch_1:
        out_1 = 0.5 * x

    # return delta * (abs(x) - 0.5 * delta)
    if branch_1:
        # return 0.5 * x * x
        x_bar = out_1 + 0.5 * x
    else:
        # return delta * (abs(x) - 0.5 * delta)
        x_bar = delta * np.sign(x)
    return x_bar
