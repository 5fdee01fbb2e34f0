"""Derivative of `newton`, written by srcxform."""


def newton_grad(a):
    """Gradient of `newton` (programs.py:102) with respect to `a`."""
    x = a
    trips_1 = 0
    x_saved = []
    while abs(x * x - a) > 1e-12:
        trips_1 = trips_1 + 1
        x_1 = a / x
        x_2 = x + x_1
        x_saved.append(x)
        x = 0.5 * x_2

    # return x
    x_bar = 1.0
    a_bar = 0.0
    for _ in range(trips_1):
        # x = 0.5 * (x + a / x)
        x_2_bar = 0.5 * x_bar
        x = x_saved.pop()
        x_1 = a / x
        a_bar = a_bar + x_2_bar / x
        x_bar = x_2_bar + -x_2_bar * x_1 / x
    # x = a
    a_bar = a_bar + x_bar
    return a_bar
