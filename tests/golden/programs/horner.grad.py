"""Derivative of `horner`, written by srcxform."""

import numpy as np


def horner_grad(x, coefficients):
    """Gradient of `horner` (programs.py:371) with respect to `x`, `coefficients`."""
    value = 0.0
    value_saved = []
    for k in range(len(coefficients)):
        c = coefficients[k]
        value_saved.append(value)
        value = value * x + c

    # return value * value
    value_bar = 2.0 * value
    x_bar = 0.0
    coefficients_bar = np.zeros_like(coefficients)
    for k in reversed(range(len(coefficients))):
        value = value_saved.pop()
        # value = value * x + c
        x_bar = x_bar + value * value_bar
        coefficients_bar[k] += value_bar
        value_bar = value_bar * x
    return x_bar, coefficients_bar
