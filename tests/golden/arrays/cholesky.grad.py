"""Derivative of `cholesky`, written by srcxform."""

import numpy as np


def cholesky_grad(a):
    """Gradient of `cholesky` (programs.py:170) with respect to `a`."""
    n = len(a)
    chol = np.zeros_like(a)
    value_1_saved = []
    value_2_saved = []
    for j in range(n):
        s = a[j:, j] - chol[j:, :j] @ chol[j, :j]
        value_1 = np.sqrt(s[0])
        value_2 = s / value_1
        chol[j:, j] = value_2
        value_1_saved.append(value_1)
        value_2_saved.append(value_2)

    # return np.sum(chol)
    chol_bar = np.ones_like(a)
    a_bar = np.zeros_like(a)
    for j in reversed(range(n)):
        value_2 = value_2_saved.pop()
        value_1 = value_1_saved.pop()
        # chol[j:, j] = s / np.sqrt(s[0])
        s_bar = chol_bar[j:, j] / value_1
        chol_bar[j:, j] = 0.0
        s_bar[0] -= 0.5 * np.sum(s_bar * value_2) / value_1
        # s = a[j:, j] - chol[j:, :j] @ chol[j, :j]
        chol_bar[j:, :j] -= np.outer(s_bar, chol[j, :j])
        chol_bar[j, :j] -= chol[j:, :j].T @ s_bar
        a_bar[j:, j] += s_bar
    return a_bar
