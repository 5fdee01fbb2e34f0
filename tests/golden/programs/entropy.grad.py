"""Derivative of `entropy`, written by srcxform."""

import numpy as np


def entropy_grad(scores, labels):
    """Gradient of `entropy` (programs.py:394) with respect to `scores`."""
    log_p_1 = np.exp(scores)
    log_p_2 = np.sum(log_p_1, axis=1, keepdims=True)
    log_p = scores - np.log(log_p_2)
    out_1 = np.arange(len(labels))

    # return -np.mean(log_p[np.arange(len(labels)), labels])
    log_p_bar = np.zeros_like(log_p)
    log_p_bar[out_1, labels] += -1.0 / np.size(out_1)
    # log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    scores_bar = log_p_bar - np.sum(log_p_bar, axis=1, keepdims=True) / log_p_2 * log_p_1
    return scores_bar
