"""Derivative of `logistic_grad`, written by srcxform."""


def logistic_grad_grad(x, n):
    """Gradient of `logistic_grad` with respect to `x`."""
    x_saved = []
    x_saved_bar = []
    x_saved_ = []
    for step in range(n):
        x_saved_bar.append(0.0)
        x_saved.append(x)
        x_saved_.append(x)
        x = 3.2 * x * (1.0 - x)
    x_bar = 1.0
    x_bar_saved = []
    x_1_saved = []
    for step in reversed(range(n)):
        x_saved_bar.pop()
        x_1 = x_saved.pop()
        x_bar_saved.append(x_bar)
        x_bar = 3.2 * (x_bar * (1.0 - x_1)) - 3.2 * x_1 * x_bar
        x_1_saved.append(x_1)

    # return x_bar
    x_bar_bar = 1.0
    for step in range(n):
        x_1 = x_1_saved.pop()
        x_bar = x_bar_saved.pop()
        # x_bar = 3.2 * (x_bar * (1.0 - x)) - 3.2 * x * x_bar
        x_bar_1_bar = -x_bar_bar * x_bar
        x_bar_2_bar = 3.2 * x_bar_bar
        x_bar_bar = x_bar_2_bar * (1.0 - x_1) - 3.2 * x_1 * x_bar_bar
        x_1_bar = 3.2 * x_bar_1_bar - x_bar * x_bar_2_bar
        # x = x_saved.pop()
        x_saved_bar.append(x_1_bar)
    x_bar_ = 0.0
    for step in reversed(range(n)):
        x = x_saved_.pop()
        # x_saved.append(x)
        x_bar__1 = x_saved_bar.pop()
        x_bar_ = 3.2 * (x_bar_ * (1.0 - x)) - 3.2 * x * x_bar_ + x_bar__1
    return x_bar_
