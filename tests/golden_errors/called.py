"""Refusals inside functions that are called, and what their messages ask for.

The messages list the calls that led there; `test_frames.py` says more of these.
"""

import struct

import srcxform as sx
from golden_errors.programs import refused
from golden_errors.repaired import repaired
from srcxform import errors


def packed(x):
    return struct.unpack("d", struct.pack("d", x))[0]


class Layer:
    """An object whose method calls further functions."""

    def __init__(self, rate):
        self.rate = rate

    def forward(self, x):
        return packed(self.rate * x) + 1.0

    def forward_without_text(self, x):
        return self.rate * x + 1.0


@refused(2.0, error=errors.NoDerivativeError)
def refused_three_calls_deep(x):
    layer = Layer(3.0)
    return sum([layer.forward(x * k) for k in range(3)])


@repaired("refused_three_calls_deep", 2.0)
def followed_three_calls_deep(x):
    layer = Layer(3.0)
    return sum([layer.forward_without_text(x * k) for k in range(3)])


def halved(x, depth):
    if depth == 0:
        return packed(x)
    return halved(0.5 * x, depth - 1)


@refused(2.0, error=errors.NoDerivativeError)
def refused_deep_in_a_recursion(x):
    return halved(x, 30)


def halved_to_the_end(x, depth):
    if depth == 0:
        return x
    return halved_to_the_end(0.5 * x, depth - 1)


@repaired("refused_deep_in_a_recursion", 2.0)
def followed_through_a_recursion(x):
    return halved_to_the_end(x, 3)


def taken_of_itself(x, depth):
    return x**3 if depth == 0 else sx.grad(taken_of_itself)(x, depth - 1)


@refused(2.0)
def gradient_of_a_recursion(x):
    return taken_of_itself(x, 2) * x


@repaired("gradient_of_a_recursion", 2.0)
def gradient_outside_of_recursion(x):
    def cube(x):
        return x**3

    return sx.grad(sx.grad(cube))(x) * x


@refused(2.0)
def recursion_rebinds_in_a_try(x):
    total = 0.0

    def add(n):
        nonlocal total
        total += x * n
        if n > 2:
            raise ValueError
        add(n + 1)

    try:
        add(0)
    except ValueError:
        total = total * 2.0
    return total


@repaired("recursion_rebinds_in_a_try", 2.0)
def recursion_returns_in_a_try(x):
    def added(n):
        if n > 4:
            raise ValueError
        return x * n + (added(n + 1) if n < 3 else 0.0)

    try:
        total = added(0)
    except ValueError:
        total = 1.0
    return total * 2.0
