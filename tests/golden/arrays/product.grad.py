"""Derivative of `product`, written by srcxform."""


def product_grad(a, b):
    """Gradient of `product` (programs.py:195) with respect to `a`, `b`."""
    c = a @ b

    # return np.sum(c * c)
    c_bar = 2.0 * c
    # c = a @ b
    a_bar = c_bar @ b.T
    b_bar = a.T @ c_bar
    return a_bar, b_bar
