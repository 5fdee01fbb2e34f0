"""Derivative of `squares`, written by srcxform."""

import numpy as np
from srcxform.runtime import accumulate, spread


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
    accumulate(parts_bar, spread(out_1_bar, like=parts))
    x_bar = np.zeros_like(x)
    for k in reversed(range(len(x))):
        # parts.append(value * value)
        out_2_bar = parts_bar.pop()
        value = x[k]
        value_bar = 2.0 * out_2_bar * value
        x_bar[k] += value_bar
    return x_bar
