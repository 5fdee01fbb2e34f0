"""Derivatives inside of objects that are called, which change what they hold meanwhile."""

import numpy as np

from srcxform import grad, jvp, value_and_grad, vjp

from . import example


class Counting:
    """A function that leaves behind what depends on where it was called."""

    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        self.n = self.n * x * 1.5
        return x * x * self.n


class Scaled:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return np.sum(np.sin(self.w * x))


class Remembering:
    """It has an attribute only after a call."""

    def __call__(self, x):
        self.seen = 3.0 * x
        return x**3


class Sometimes:
    def __init__(self):
        self.n = 1.0

    def __call__(self, x):
        if x > 0.5:
            self.n = self.n * x
        return x * x * self.n


@example(0.7, analytic=False)
def attribute_after_a_gradient(x):
    f = Counting(1.0)
    return grad(f)(x) * f.n


@example(0.7, analytic=False)
def attribute_after_a_tangent(x):
    f = Counting(x)
    _, slope = jvp(f, (x,), (2.0 * x,))
    return slope * f.n


@example(0.7, analytic=False)
def attribute_after_a_pullback(x):
    f = Counting(1.0)
    value, pull = vjp(f, x)
    return f.n * value * pull(x)[0]


@example(0.7, analytic=False)
def attribute_after_value_and_gradient(x):
    f = Counting(x)
    value, slope = value_and_grad(f)(x)
    return value * slope + f(x)


@example(0.7, analytic=False)
def attribute_through_two_gradients(x):
    f = Counting(1.0)
    return grad(f)(x) * f(x) + jvp(f, (x,), (x,))[1]


@example(0.7, analytic=False)
def attribute_made_by_a_gradient(x):
    f = Remembering()
    return grad(f)(x) * f.seen


@example(0.7, analytic=False)
@example(0.3, analytic=False, name="not written")
def attribute_written_in_a_branch(x):
    f = Sometimes()
    return grad(f)(x) * f.n + f(x)


@example(np.array([0.3, -0.8]), 0.7, wrt=(0, 1), analytic=False)
def gradient_of_an_object_in_a_loop(w, x):
    f = Scaled(w)
    for _ in range(3):
        x = x - 0.1 * grad(f)(x)
    return f(x)


@example(0.7, analytic=False)
def object_written_in_a_loop(x):
    f = Counting(1.0)
    total = 0.0
    for _ in range(3):
        total = total + 0.1 * grad(f)(x)
    return total * f.n
