"""Derivative of `jacobi`, written by srcxform."""

import numpy as np


def jacobi_grad(b, n):
    """Gradient of `jacobi` (programs.py:180) with respect to `b`."""
    old = np.zeros_like(b)
    old_bar = np.zeros_like(old)
    new = np.zeros_like(b)
    new_bar = np.zeros_like(new)
    new_bar_saved = []
    value_1_bar_saved = []
    value_2_bar_saved = []
    for i in range(n):
        value_1_bar = old_bar[2:]
        value_2_bar = old_bar[:-2]
        new[1:-1] = 0.5 * (old[2:] + old[:-2] + b[1:-1])
        old_1 = old
        old_1_bar = old_bar
        old = new
        old_bar = new_bar
        new_bar_saved.append(new_bar)
        new = old_1
        new_bar = old_1_bar
        value_1_bar_saved.append(value_1_bar)
        value_2_bar_saved.append(value_2_bar)
    old_2 = old.copy()

    # return np.sum(old * old)
    old_bar += old_2
    old_bar += old_2
    b_bar = np.zeros_like(b)
    for i in reversed(range(n)):
        value_2_bar = value_2_bar_saved.pop()
        value_1_bar = value_1_bar_saved.pop()
        new_bar = new_bar_saved.pop()
        # new[1:-1] = 0.5 * (old[2:] + old[:-2] + b[1:-1])
        value_3_bar = new_bar[1:-1].copy()
        new_bar[1:-1] = 0.0
        value_4_bar = 0.5 * value_3_bar
        b_bar[1:-1] += value_4_bar
        value_1_bar += value_4_bar
        value_2_bar += value_4_bar
    return b_bar
