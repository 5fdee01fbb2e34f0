"""Derivative of `jacobi`, written by srcxform."""

import numpy as np


def jacobi_grad(b, n):
    """Gradient of `jacobi` (programs.py:180) with respect to `b`."""
    old = np.zeros_like(b)
    old_bar = np.zeros_like(old)
    new = np.zeros_like(b)
    new_bar = np.zeros_like(new)
    for i in range(n):
        new[1:-1] = 0.5 * (old[2:] + old[:-2] + b[1:-1])
        old, new = new, old
        old_bar, new_bar = new_bar, old_bar

    # return np.sum(old * old)
    old_bar += 2.0 * old
    b_bar = np.zeros_like(b)
    for i in reversed(range(n)):
        new_bar, old_bar = old_bar, new_bar
        # new[1:-1] = 0.5 * (old[2:] + old[:-2] + b[1:-1])
        value_1_bar = 0.5 * new_bar[1:-1]
        new_bar[1:-1] = 0.0
        b_bar[1:-1] += value_1_bar
        old_bar[2:] += value_1_bar
        old_bar[:-2] += value_1_bar
    return b_bar
