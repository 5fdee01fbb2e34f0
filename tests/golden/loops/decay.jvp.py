"""Derivative of `decay`, written by srcxform."""


def decay_jvp(x, k, n, x_dot, k_dot):
    """Tangent of `decay` (programs.py:86) with respect to `x`, `k`."""
    y_dot = x_dot
    y = x
    for i in range(n):
        y_1 = k * y
        y_dot = y_dot - ((k_dot * y + k * y_dot) * y + y_1 * y_dot)
        y = y - y_1 * y
    return y, y_dot
