"""Derivative of `pairs`, written by srcxform."""


def pairs_jvp(x, x_dot):
    """Tangent of `pairs` (programs.py:94) with respect to `x`."""
    total_dot = 0.0
    total = 0.0
    for i in range(len(x) - 1):
        total_1 = x[i]
        total_2 = x[i + 1]
        total_dot = total_dot + (x_dot[i] * total_2 + total_1 * x_dot[i + 1])
        total = total + total_1 * total_2
    return total, total_dot
