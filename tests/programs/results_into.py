"""Results that go into an array which is there: `out` by name, by position, of the user's."""

import numpy as np
from scipy import special

from . import example, normal


@example(normal(331, 3))
def by_position(x):
    """The array that takes the result is the last of the arguments."""
    product, bounded, chosen = np.zeros(3), np.zeros(3), np.zeros(2)
    np.dot(np.outer(x, x), x, product)
    np.clip(x * 2.0, -0.7, 0.9, bounded)
    np.take(x, [0, 2], 0, chosen)
    return np.sum(product * bounded) + chosen[0] * chosen[1]


@example(normal(332, 3))
def behind_others(x):
    """Reductions and sums that run on take an axis and a type before it."""
    summed, middle, largest = np.zeros(3), np.zeros(3), np.zeros(3)
    table = np.outer(x, np.sin(x))
    np.cumsum(x, None, None, summed)
    np.mean(table, 0, None, middle)
    np.max(table, 1, largest)
    return np.sum(summed * middle) + np.sum(largest)


@example(normal(333, 3))
def of_methods(x):
    bounded, summed, product = np.zeros(3), np.zeros(3), np.zeros(3)
    x.clip(-0.5, 0.8, bounded)
    x.cumsum(0, None, summed)
    np.outer(x, x).dot(x, product)
    return np.sum(bounded * summed * product)


@example(normal(334, 3))
def of_ufuncs(x):
    error, total = np.zeros(3), np.zeros(())
    special.erf(x, error)
    np.multiply(error, x, error)
    np.add.reduce(x**2, out=total)
    return np.sum(error) * total


def added(value, out=None):
    if out is None:
        out = np.zeros(3)
    out += value
    out[0] += 1.0
    return out


def scaled(x, *, out, where=None):
    return x * out if where is None else x


@example(normal(335, 3))
def of_the_users(x):
    """A parameter of the user's that is called `out` is one like any other."""
    first = added(x**2, added(x))
    twice = (lambda v, out: v * out)(x, out=x**2)
    return np.sum(first * added(x, out=np.ones(3))) + np.sum(scaled(x, out=2.0 * x)) + np.sum(twice)


@example(normal(336, 3))
def into_what_is_dropped(x):
    """What is written into a new array that nobody keeps is not written into the old one."""
    (x * 1.0)[0] = 7.0
    (x / 1.0)[1:] -= x[1:]
    np.sin(x + 1.0, out=x * 1.0)
    (x * 1.0).fill(3.0)
    return np.sum(x * x)
