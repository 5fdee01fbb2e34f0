"""Derivative of `power`, written by srcxform."""


def power_grad(x, n):
    """Gradient of `power` (programs.py:252) with respect to `x`."""
    if n == 0:
        x_bar = 0.0
    else:
        out_1, residuals_1 = power_fwd(x, n - 1)
        # return x * power(x, n - 1)
        x_bar_1 = power_bwd(residuals_1, x)
        x_bar = out_1 + x_bar_1
    return x_bar


def power_fwd(x_1, n_1):
    """Forward sweep of `power` (programs.py:252) with respect to `x`."""
    residuals_1 = None
    out_1 = 0.0
    if n_1 == 0:
        out_2 = 1.0
    else:
        out_1, residuals_1 = power_fwd(x_1, n_1 - 1)
        out_2 = x_1 * out_1
    return out_2, (n_1, residuals_1, x_1, out_1)


def power_bwd(residuals, out_bar_):
    """Backward sweep of `power` (programs.py:252) with respect to `x`."""
    n_1, residuals_1, x_1, out_1 = residuals
    if n_1 == 0:
        x_2_bar = 0.0
    else:
        # return x * power(x, n - 1)
        x_1_bar_1 = power_bwd(residuals_1, x_1 * out_bar_)
        x_2_bar = out_bar_ * out_1 + x_1_bar_1
    return x_2_bar
