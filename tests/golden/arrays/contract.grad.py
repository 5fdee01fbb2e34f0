"""Derivative of `contract`, written by srcxform."""

import numpy as np


def contract_grad(a, b):
    """Gradient of `contract` (programs.py:201) with respect to `a`, `b`."""
    c = np.einsum("nij,njk->ik", a, b)

    # return np.sum(c * c)
    c_bar = 2.0 * c
    # c = np.einsum("nij,njk->ik", a, b)
    a_bar = np.einsum("ik,njk->nij", c_bar, b)
    b_bar = np.einsum("ik,nij->njk", c_bar, a)
    return a_bar, b_bar
