"""Derivative of `leaky`, written by srcxform."""

import numpy as np


def leaky_grad(x, slope):
    """Gradient of `leaky` (programs.py:119) with respect to `x`."""
    i_1 = len(x)
    branch_1_saved = []
    for i in range(i_1):
        branch_1 = x[i] > 0.0
        branch_1_saved.append(branch_1)

    # return total
    x_bar = np.zeros_like(x)
    for i in reversed(range(i_1)):
        branch_1 = branch_1_saved.pop()
        if branch_1:
            # total = total + x[i] * x[i]
            total_1_bar = x[i]
            x_bar[i] += x[i]
            x_bar[i] += total_1_bar
        else:
            # total = total + slope * x[i]
            x_bar[i] += slope
    return x_bar
