"""Derivative of `logsumexp`, written by srcxform."""

import numpy as np
from srcxform.runtime import share_of_extreme


def logsumexp_grad(x):
    """Gradient of `logsumexp` (programs.py:218) with respect to `x`."""
    top = np.max(x)
    out_1 = np.exp(x - top)

    # return top + np.log(np.sum(np.exp(x - top)))
    out_2_bar = 1.0 / np.sum(out_1) * out_1
    top_bar = 1.0 - np.sum(out_2_bar)
    # top = np.max(x)
    x_bar = out_2_bar + top_bar * share_of_extreme(x, top, None, False)
    return x_bar
