"""Derivative of `heat`, written by srcxform."""

import numpy as np


def heat_grad(u, c, n):
    """Gradient of `heat` (programs.py:159) with respect to `u`, `c`."""
    u = u.copy()
    value_1_saved = []
    for i in range(n):
        value_1 = u[2:] - 2.0 * u[1:-1] + u[:-2]
        u[1:-1] += c * value_1
        value_1_saved.append(value_1)

    # return np.sum(u * u)
    u_bar = 2.0 * u
    c_bar = 0.0
    for i in reversed(range(n)):
        value_1 = value_1_saved.pop()
        # u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        value_2_bar = u_bar[1:-1]
        c_bar = c_bar + np.sum(value_2_bar * value_1)
        value_1_bar = c * value_2_bar
        u_bar[:-2] += value_1_bar
        u_bar[2:] += value_1_bar
        u_bar[1:-1] -= 2.0 * value_1_bar
    return u_bar, c_bar
