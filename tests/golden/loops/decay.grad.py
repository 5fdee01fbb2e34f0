"""Derivative of `decay`, written by srcxform."""


def decay_grad(x, k, n):
    """Gradient of `decay` (programs.py:86) with respect to `x`, `k`."""
    y = x
    y_saved = []
    for i in range(n):
        y_saved.append(y)
        y = y - k * y * y

    # return y
    y_bar = 1.0
    k_bar = 0.0
    for i in reversed(range(n)):
        y = y_saved.pop()
        # y = y - k * y * y
        y_1_bar = -y_bar * y
        k_bar = k_bar + y_1_bar * y
        y_bar = y_bar - k * y * y_bar + k * y_1_bar
    return y_bar, k_bar
