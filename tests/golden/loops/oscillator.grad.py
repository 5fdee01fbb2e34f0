"""Derivative of `oscillator`, written by srcxform."""

import numpy as np


def oscillator_grad(q, p, dt, n):
    """Gradient of `oscillator` (programs.py:130) with respect to `q`, `p`."""
    q_saved = []
    for i in range(n):
        q_saved.append(q)
        q_1 = q + dt * p
        p = p - dt * np.sin(q)
        q = q_1

    # return q * q + p * p
    p_bar = 2.0 * p
    q_bar = 2.0 * q
    for i in reversed(range(n)):
        q = q_saved.pop()
        # q, p = q + dt * p, p - dt * np.sin(q)
        q_1_bar = q_bar
        q_bar = q_bar - dt * p_bar * np.cos(q)
        p_bar = p_bar + dt * q_1_bar
    return q_bar, p_bar
