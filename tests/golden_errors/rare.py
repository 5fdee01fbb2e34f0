"""More ways of being refused, each rarer than those of `programs`: rules, checks at run time, views.

Importing this file adds them to `programs.REFUSED`. Functions are added at the end, since goldens
name lines.
"""

import contextlib
import itertools
from functools import partial

import numpy as np
import scipy.special

from srcxform import errors
from srcxform import grad as gradient
from srcxform import jvp as tangent
from srcxform import value_and_grad as both

from .programs import REVERSE, refused

# --- arguments that no rule covers


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def seventh_power(a):
    return np.sum(np.linalg.matrix_power(a, 7))


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def five_factors(a):
    return np.sum(np.linalg.multi_dot([a, a, a, a, a]))


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def nuclear_norm(a):
    return np.linalg.norm(a, "nuc")


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def norm_with_dimensions_kept(a):
    return np.sum(np.linalg.vector_norm(a, keepdims=True))


@refused(np.ones(3), error=errors.NoDerivativeError)
def padded_with_the_mean(x):
    return np.sum(np.pad(x, 1, mode="mean") ** 2)


@refused(0.7, error=errors.NoDerivativeError)
def order_of_a_bessel_function(order):
    return scipy.special.jv(order, 1.5)


# --- containers and iterators


@refused([1.0, 2.0])
def iterator_in_a_loop(items):
    walk = iter(items)
    total = 0.0
    for k in range(2):
        total = total + next(walk) * k
    return total


@refused(2.0)
def iterator_handed_on(x):
    pairs = itertools.combinations([x, x * x, x + 1.0], 2)
    return sum(a * b for a, b in pairs)


# --- views and recursion


@refused(np.eye(2) + 0.1, error=errors.MutationError, by=REVERSE)
def written_behind_a_view(a):
    entries = np.diagonal(a)
    a[0, 0] = a[1, 1] * 2.0
    return np.sum(entries * a[0])


def halves(x, n):
    if n == 0:
        return x
    return halves(0.5 * x, n - 1)


@refused(np.ones(3), error=errors.NoDerivativeError, by=REVERSE)
def written_before_recursion(x):
    y = x * x
    y[0] = 2.0
    z = halves(y, 2)
    return np.sum(z)


# --- context managers and derivatives inside


@contextlib.contextmanager
def scaled(factor):
    yield factor


@refused(2.0, error=errors.NoDerivativeError)
def managed_value(x):
    with scaled(x):
        y = x * x
    return y


@refused(2.0)
def gradient_of_an_array(x):
    return gradient(lambda t: np.array([t, t]) * x)(x)


@refused(2.0)
def option_known_late(x):
    position = int(x > 1.0)
    return gradient(lambda s, t: s * t, argnums=position)(x, x)


@refused(2.0)
def tangents_in_a_list(x):
    return tangent(np.sin, [x], [1.0])[1]


@refused(2.0)
def gradient_of_an_integer(x):
    return x * both(lambda n: n * x)(3)[0]


@refused(2.0)
def gradient_that_rebinds(x):
    count = 0.0

    def inner(t):
        nonlocal count
        count = t
        return t * x

    return gradient(inner)(x) + count


@refused(2.0)
def partial_of_the_unknown(x):
    return partial(np.vectorize(abs), x)()
