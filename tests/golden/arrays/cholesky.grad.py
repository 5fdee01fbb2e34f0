"""Derivative of `cholesky`, written by srcxform."""

import numpy as np
from srcxform.runtime import unbroadcast


def cholesky_grad(a):
    """Gradient of `cholesky` (programs.py:170) with respect to `a`."""
    n = len(a)
    chol = np.zeros_like(a)
    chol_bar = np.zeros_like(chol)
    s_saved = []
    s_1_saved = []
    s_2_saved = []
    s_3_saved = []
    value_1_saved = []
    value_2_saved = []
    for j in range(n):
        s_4 = a[j:, j]
        s_5 = chol[j:, :j]
        s_6 = chol[j, :j]
        s_3 = s_6.copy()
        s_2 = s_5.copy()
        s_1 = s_5 @ s_6
        s = s_4 - s_1
        value_1 = np.sqrt(s[0])
        value_2 = s / value_1
        chol[j:, j] = value_2
        s_saved.append(s)
        s_1_saved.append(s_1)
        s_2_saved.append(s_2)
        s_3_saved.append(s_3)
        value_1_saved.append(value_1)
        value_2_saved.append(value_2)

    # return np.sum(chol)
    chol_bar += np.ones_like(chol)
    a_bar = np.zeros_like(a)
    for j in reversed(range(n)):
        value_2 = value_2_saved.pop()
        value_1 = value_1_saved.pop()
        s_3 = s_3_saved.pop()
        s_2 = s_2_saved.pop()
        s_1 = s_1_saved.pop()
        s = s_saved.pop()
        # chol[j:, j] = s / np.sqrt(s[0])
        value_3_bar_1 = chol_bar[j:, j].copy()
        chol_bar[j:, j] = 0.0
        value_2_bar = unbroadcast(value_3_bar_1, like=value_2)
        s_bar = unbroadcast(value_2_bar / value_1, like=s).copy()
        s_bar[0] += 0.5 * np.sum(-value_2_bar * value_2 / value_1) / value_1
        # s = a[j:, j] - chol[j:, :j] @ chol[j, :j]
        s_4 = a[j:, j]
        s_4_bar = unbroadcast(s_bar, like=s_4)
        s_1_bar = unbroadcast(-s_bar, like=s_1)
        out_1 = s_2.T @ s_1_bar
        chol_bar[j:, :j] += np.outer(s_1_bar, s_3)
        chol_bar[j, :j] += out_1
        a_bar[j:, j] += s_4_bar
    return a_bar
