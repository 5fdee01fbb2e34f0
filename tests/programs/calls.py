"""Calls of the user's own functions: helpers, defaults, keywords, recursion."""

import functools
import typing
from typing import cast

import numpy as np

from . import example, helpers, normal, positive
from .helpers import affine, logistic, polar, square

RATE = 0.25
OFFSETS = np.array([0.1, 0.2, 0.3])


def damped(x, rate=RATE):
    return np.exp(-rate * x)


@example(0.8, 1.3, wrt=(0, 1))
def helper_of_other_module(x, y):
    return logistic(x * y) + square(x) * helpers.fall(y)


@example(1.1)
def defaults_and_keywords(x):
    """The same function called in every way its signature allows."""
    a = affine(x)
    b = affine(x, 3.0)
    c = affine(x, shift=x)
    d = affine(shift=a, x=b, scale=0.1)
    return a * b + c * d


@example(0.7, 0.4, wrt=(0, 1))
def own_function_in_loop(x, rate):
    total = 0.0
    for k in range(4):
        total = total + damped(x * k, rate=rate) * damped(x)
    return total


@example(1.9, 0.7, wrt=(0, 1), analytic=False)
def helper_returns_tuple(x, y):
    """Round trip through polar coordinates, with a turn."""
    r, angle = polar(x, y)
    u, v = r * np.cos(angle + 0.3), r * np.sin(angle + 0.3)
    return u * u * v + polar(u, v)[1]


def power(x, n):
    """x to the n by squaring."""
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    if n % 2 == 1:
        return half * half * x
    return half * half


@example(1.2, 6)
@example(1.2, 1, name="one")
def recursive_power(x, n):
    return power(x, n) + power(x * x, 2)


@example(0.7, 6)
def fibonacci_like(x, n):
    """Two recursive calls of the program itself."""
    if n < 2:
        return x + n
    return fibonacci_like(x, n - 1) + x * fibonacci_like(x, n - 2)


@example((0.4, (1.2, None, (0.3, None, None)), (-0.8, (0.5, None, None), None)))
def tree_sum(tree):
    """A binary tree as nested tuples, walked by recursion."""
    if tree is None:
        return 0.0
    value, left, right = tree
    return value * value + 0.5 * tree_sum(left) + np.sin(tree_sum(right))


def even_part(x, n):
    if n == 0:
        return x
    return 0.5 * x * odd_part(x, n - 1)


def odd_part(x, n):
    if n == 0:
        return 1.0
    return x + even_part(x, n - 1)


@example(0.9, 5)
def mutual_recursion(x, n):
    return even_part(x, n) * odd_part(x, n - 1)


@example(positive(1, 3))
def global_constants(v):
    """Module-level constants are read as they are."""
    shifted = v + OFFSETS
    return np.sum(shifted**2) * RATE + damped(v[0])


@example(0.45, name="inside")
@example(2.45, name="outside")
def helper_with_branches(x):
    """The same helper takes different returns at different calls."""
    a = helpers.clamp(x, 0.0, 1.0)
    b = helpers.clamp(x * x, x, 10.0)
    return a * x + b


@example(normal(2, 4))
def helper_writes_into_argument(v):
    """A buffer made here, filled elsewhere."""
    buffer = np.zeros(4)
    same = helpers.fill_squares(buffer, v)
    return np.sum(buffer * v) + same[2]


@example(normal(3, 3), normal(4, 3), wrt=(0, 1))
def nested_calls(u, v):
    return np.dot(helpers.normalised(u + helpers.normalised(v)), helpers.normalised(np.exp(u)))


@example(0.6, 1.4, wrt=(0, 1), analytic=False)
def argument_used_twice(x, y):
    """One value for two parameters, one result for two uses."""
    r = polar(x, x)[0]
    s = affine(y, y, y)
    return r * s + affine(r, s, r)


def step(state, dt):
    position, velocity = state
    return position + dt * velocity, velocity - dt * np.sin(position)


@example((0.5, 0.1), 0.1, wrt=(0, 1))
def state_through_helper(state, dt):
    """A tuple state goes through a helper in a loop."""
    for _ in range(5):
        state = step(state, dt)
    return 0.5 * state[1] ** 2 - np.cos(state[0])


def total_energy(*masses, speed=1.0):
    energy = 0.0
    for m in masses:
        energy = energy + 0.5 * m * speed * speed
    return energy


@example(0.7, 1.8, 0.9, wrt=(0, 1, 2))
def variable_arguments(a, b, speed):
    """Star arguments at the definition and at the call."""
    pair = (a * b, b)
    return total_energy(a, *pair, speed=speed) * total_energy(a)


def ackley_term(x, *, width, **unused):
    return np.exp(-width * x * x) * np.cos(x)


@example(0.8, 0.3, wrt=(0, 1))
def keyword_dict(x, width):
    """Keyword-only parameters, and a dict spread over them."""
    options = {"width": width, "note": 1}
    return ackley_term(x, **options) + ackley_term(x * x, width=0.5)


@example(3.0)
def decorated_by_hand(x):
    """A nested function's name comes to stand for a partial of another that is given it."""

    def doubled(f, y):
        return 2.0 * f(y)

    def scaled(y):
        return y * x

    scaled = functools.partial(doubled, scaled)
    return scaled(x)


def as_vector(values: typing.Any) -> np.ndarray:
    return cast(np.ndarray, values)


@example(normal(31, 3))
def told_to_the_type_checker(v):
    """`cast` gives back what it gets: the same array."""
    w = v.copy()
    as_vector(w)[0] *= w[1]
    return np.sum(as_vector(w) ** 2) + typing.cast("float", v[2]) ** 3
