"""Derivative of `mlp`, written by srcxform."""

import numpy as np


def mlp_grad(params, x, y):
    """Gradient of `mlp` (programs.py:76) with respect to `params`."""
    h = np.tanh(x @ params["w1"] + params["b1"])
    out = h @ params["w2"] + params["b2"]
    out_1 = out - y

    # return np.mean((out - y) ** 2)
    out_bar = 2.0 * out_1 * (1.0 / np.size(out_1))
    # out = h @ params["w2"] + params["b2"]
    h_bar = np.outer(out_bar, params["w2"])
    # h = np.tanh(x @ params["w1"] + params["b1"])
    h_1_bar = h_bar * (1.0 - h * h)
    return {
        "w1": x.T @ h_1_bar,
        "b1": np.sum(h_1_bar, axis=0),
        "w2": h.T @ out_bar,
        "b2": np.sum(out_bar),
    }
