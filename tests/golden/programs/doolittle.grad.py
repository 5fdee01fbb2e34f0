"""Derivative of `doolittle`, written by srcxform."""

import numpy as np
from srcxform.runtime import place_diagonal


def doolittle_grad(a):
    """Gradient of `doolittle` (programs.py:313) with respect to `a`."""
    n = len(a)
    upper = a.copy()
    factor_1_saved = []
    for k in range(n - 1):
        for i in range(k + 1, n):
            factor_1 = upper[i, k]
            factor = factor_1 / upper[k, k]
            upper[i, k:] -= factor * upper[k, k:]
            factor_1_saved.append(factor_1)
    out_1 = np.diag(upper)

    # return np.sum(np.log(np.diag(upper) ** 2))
    upper_bar = place_diagonal(2.0 * out_1 * (1.0 / out_1**2), upper, 0)
    for k in reversed(range(n - 1)):
        for i in reversed(range(k + 1, n)):
            factor_1 = factor_1_saved.pop()
            # upper[i, k:] -= factor * upper[k, k:]
            value_1_bar = -upper_bar[i, k:]
            factor_2 = upper[k, k]
            factor = factor_1 / factor_2
            factor_bar = np.sum(value_1_bar * upper[k, k:])
            upper_bar[k, k:] += factor * value_1_bar
            # factor = upper[i, k] / upper[k, k]
            factor_1_bar = factor_bar / factor_2
            upper_bar[k, k] -= factor_1_bar * factor
            upper_bar[i, k] += factor_1_bar
    return upper_bar
