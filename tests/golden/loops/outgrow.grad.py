"""Derivative of `outgrow`, written by srcxform."""


def outgrow_grad(x, rate):
    """Gradient of `outgrow` (programs.py:110) with respect to `x`, `rate`."""
    trips_1 = 0
    x_saved = []
    branch_1_saved = []
    for i in range(100):
        trips_1 = trips_1 + 1
        branch_1 = x > 4.0
        if branch_1:
            branch_1_saved.append(branch_1)
            break
        else:
            x_1 = rate * x
            x_2 = x_1 * x
            x_saved.append(x)
            x = x + x_2
            branch_1_saved.append(branch_1)

    # return x
    x_bar = 1.0
    rate_bar = 0.0
    for i in reversed(range(100)[:trips_1]):
        branch_1 = branch_1_saved.pop()
        if not branch_1:
            # x = x + rate * x * x
            x = x_saved.pop()
            x_1 = rate * x
            x_1_bar = x_bar * x
            x_bar = x_bar + x_1 * x_bar
            rate_bar = rate_bar + x_1_bar * x
            x_bar = x_bar + rate * x_1_bar
    return x_bar, rate_bar
