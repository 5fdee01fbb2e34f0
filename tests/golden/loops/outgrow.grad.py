"""Derivative of `outgrow`, written by srcxform."""


def outgrow_grad(x, rate):
    """Gradient of `outgrow` (programs.py:110) with respect to `x`, `rate`."""
    x_saved = []
    for i in range(100):
        if x > 4.0:
            break
        x_saved.append(x)
        x = x + rate * x * x

    # return x
    x_bar = 1.0
    rate_bar = 0.0
    while x_saved:
        x = x_saved.pop()
        # x = x + rate * x * x
        x_1_bar = x_bar * x
        rate_bar = rate_bar + x_1_bar * x
        x_bar = x_bar + rate * x * x_bar + rate * x_1_bar
    return x_bar, rate_bar
