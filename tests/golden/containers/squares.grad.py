"""Derivative of `squares`, written by srcxform."""

import numpy as np


def squares_grad(x):
    """Gradient of `squares` (programs.py:241) with respect to `x`."""
    parts = []
    parts_bar = []
    for k in range(len(x)):
        value = x[k]
        parts_bar.append(0.0)
        parts.append(value * value)

    # return sum(parts) * parts[0]
    out_1_bar = parts[0]
    parts_bar[0] = parts_bar[0] + sum(parts)
    for k_1 in range(len(parts_bar)):
        parts_bar[k_1] = parts_bar[k_1] + out_1_bar
    x_bar = np.zeros_like(x)
    for k in reversed(range(len(x))):
        # parts.append(value * value)
        out_2_bar = parts_bar.pop()
        value = x[k]
        value_bar = 2.0 * out_2_bar * value
        # for value in x:
        x_bar[k] += value_bar
    return x_bar
