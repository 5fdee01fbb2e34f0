"""Functions that programs of other files call; no examples of its own."""

import numpy as np

GRAVITY = 9.81


def square(x):
    return x * x


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def affine(x, scale=2.0, shift=0.5):
    return scale * x + shift


def polar(x, y):
    """Radius and angle."""
    return np.sqrt(x * x + y * y), np.arctan2(y, x)


def clamp(x, low, high):
    if x < low:
        return low
    if x > high:
        return high
    return x


def fall(t):
    """Reads a constant of its own module."""
    return 0.5 * GRAVITY * square(t)


def fill_squares(out, x):
    """Writes into its first argument."""
    for i in range(len(x)):
        out[i] = x[i] * x[i]
    return out


def normalised(v):
    return v / np.sqrt(np.sum(v * v))
