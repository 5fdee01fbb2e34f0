"""Derivative of `softmax`, written by srcxform."""

import numpy as np
from srcxform.runtime import share_of_extreme


def softmax_grad(x):
    """Gradient of `softmax` (programs.py:210) with respect to `x`."""
    shifted_1 = np.max(x, axis=1, keepdims=True)
    shifted = x - shifted_1
    e = np.exp(shifted)
    p_1 = np.sum(e, axis=1, keepdims=True)
    p = e / p_1

    # return np.sum(p[:, 0])
    p_bar = np.zeros_like(p)
    p_bar[:, 0] = 1.0
    # p = e / np.sum(e, axis=1, keepdims=True)
    e_bar = p_bar / p_1
    e_bar = e_bar - np.sum(e_bar * p, axis=1, keepdims=True)
    # e = np.exp(shifted)
    shifted_bar = e_bar * e
    # shifted = x - np.max(x, axis=1, keepdims=True)
    x_bar = (
        shifted_bar
        - np.sum(shifted_bar, axis=1, keepdims=True) * share_of_extreme(x, shifted_1, 1, True)
    )
    return x_bar
