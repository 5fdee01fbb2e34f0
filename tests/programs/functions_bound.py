"""Functions bound to functions, collected in loops: each keeps what it was bound to."""

from functools import partial

import numpy as np

from srcxform import grad

from . import example


def shifted(k, y):
    return np.sin(y) * (y + k)


def scaled(function, c, y):
    return function(y) * c


@example(0.7)
def bound_to_bound(x):
    found = [partial(scaled, partial(shifted, k * x), k + 1.0) for k in range(3)]
    total = 0.0
    for function in found:
        total = total + function(x)
    return total


@example(0.7, analytic=False)
def derivatives_of_bound(x):
    found = []
    for k in range(3):
        found.append(grad(partial(shifted, k)))
    total = 0.0
    for function in found:
        total = total + function(x)
    return total


@example(0.7)
def bound_by_default(x):
    found = []
    for k in range(3):
        found.append((lambda y, q=partial(shifted, k * x): q(y), k))
    total = 0.0
    for function, k in found:
        total = total + k * function(x)
    return total


@example(0.7)
def bound_to_the_one_before(x):
    function = np.sin
    for k in range(3):
        function = partial(lambda r, c, y: r(y) * c + y, function, k + 1.0)
    return function(x)


def powers(x, n):
    """Functions that share `x`, collected in a function that is called."""
    return [lambda y, k=k: x * y**k for k in range(1, n)]


@example(0.7, 4)
def collected_in_a_call(x, n):
    total = 0.0
    for power in powers(x * x, n):
        total = total + power(x)
    for power in powers(2.0 * x, n):
        total = total * power(x)
    return total
