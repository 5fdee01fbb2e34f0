"""Derivative of `newton`, written by srcxform."""


def newton_grad(a):
    """Gradient of `newton` (programs.py:102) with respect to `a`."""
    x = a
    x_saved = []
    while abs(x * x - a) > 1e-12:
        x_saved.append(x)
        x = 0.5 * (x + a / x)

    # return x
    x_bar = 1.0
    a_bar = 0.0
    while x_saved:
        x = x_saved.pop()
        # x = 0.5 * (x + a / x)
        x_1_bar = 0.5 * x_bar
        out_1 = x_1_bar / x
        a_bar = a_bar + out_1
        x_bar = x_1_bar - out_1 * (a / x)
    # x = a
    a_bar = a_bar + x_bar
    return a_bar
