"""Derivative of `logistic_grad`, written by srcxform."""


def logistic_grad_grad(x, n):
    """Gradient of `logistic_grad` with respect to `x`."""
    # return grad(logistic)(x, n)
    x_1_dot = 1.0
    x_1 = x
    x_1_saved_dot = []
    x_1_saved = []
    for step_1 in range(n):
        x_1_saved_dot.append(x_1_dot)
        x_1_saved.append(x_1)
        x_2 = 3.2 * x_1
        x_3 = 1.0 - x_1
        x_1_dot = 3.2 * x_1_dot * x_3 - x_2 * x_1_dot
        x_1 = x_2 * x_3
    x_1_bar_dot = 0.0
    x_1_bar = 1.0
    for step_1 in reversed(range(n)):
        x_1_dot = x_1_saved_dot.pop()
        x_4 = x_1_saved.pop()
        x_5 = 3.2 * x_4
        x_6 = 1.0 - x_4
        x_1_bar_dot = (
            3.2 * (x_1_bar_dot * x_6 - x_1_bar * x_1_dot)
            - (3.2 * x_1_dot * x_1_bar + x_5 * x_1_bar_dot)
        )
        x_1_bar = 3.2 * (x_1_bar * x_6) - x_5 * x_1_bar
    return x_1_bar_dot
