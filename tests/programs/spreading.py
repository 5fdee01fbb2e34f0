"""Calls `f(*p)` in which only the run tells how many values p holds."""

import functools
from typing import NamedTuple

import numpy as np

from programs import example

T = np.linspace(0.0, 1.0, 5)


def saturation(t, top, rate):
    return top * (1.0 - np.exp(-rate * t))


def with_offset(t, top, rate, offset=0.25):
    return top * np.exp(-rate * t) + offset


def polynomial(t, *coefficients):
    return sum(c * t**k for k, c in enumerate(coefficients))


@example(np.array([1.3, 0.7]))
@example([1.3, 0.7], name="list")
def model_of_a_fit(p):
    return np.sum((saturation(T, *p) - T) ** 2)


@example(np.array([1.3, 0.7]))
@example(np.array([1.3, 0.7, 0.1]), name="filled")
def defaults_left_or_filled(p):
    return np.sum((with_offset(T, *p) - T) ** 2)


@example(np.array([0.3, 1.2, -0.4]))
def any_number_of_coefficients(p):
    return np.sum((polynomial(T, *p) - T) ** 2) + polynomial(0.5, *p[1:])


@example(np.array([0.3, 1.2, -0.4]))
def parameters_before_the_rest(p):
    def weighted(first, *rest, scale=1.0):
        return first * scale + sum(v * k for k, v in enumerate(rest))

    return weighted(*p, scale=p[0]) + functools.partial(weighted, 2.0)(*p) + weighted(1.0, p[2], *p)


class Pair(NamedTuple):
    x: float
    y: float

    def __add__(self, other):
        return Pair(*(a + b for a, b in zip(self, other, strict=True)))

    def scaled(self, by):
        return Pair(*map(lambda c: c * by, self))

    def length(self):
        return np.hypot(*self)


@example(0.7, analytic=False)
def fields_of_a_tuple_made_one_by_one(x):
    total = Pair(0.1, 0.2)
    for k in range(3):
        total = total + Pair(x, k * x).scaled(x)
    return total.length()


class Layers:
    def __init__(self, *weights):
        self.weights = weights

    def __call__(self, x, slope, shift):
        for w in self.weights:
            x = np.tanh(slope * w * x + shift)
        return x


@example(np.array([0.5, 1.5, -0.3]))
def objects_made_and_called(p):
    return Layers(*p)(0.4, *p[:2]) * max(0.1, *p)


@example([0.5, 1.5, -0.3])
def listed_as_it_grows(p):
    found = []
    for v in p:
        found.append(v * v)
    return saturation(T, *found[:2]).sum() * Layers(*found)(0.3, 1.0, 0.1)


@example(0.7)
def partial_of_an_earlier_turn(x):
    def line(slope, at, offset=x):
        return slope * at + offset

    total = 0.0
    f = functools.partial(line, x)
    for k in range(3):
        f = functools.partial(line, x * k)
        total += f(1.0)
    return total * x


def with_names_of_parts(p, p_1, p_2, out_1, items_1):
    """Parameters are called as what is spread could be."""
    total = saturation(0.5, *p) * p_1 + with_offset(0.5, *p) * p_2 + max(p_1, *p)
    for item in items_1:
        total += polynomial(out_1, p_2, *p) * item
    return total


@example(np.array([1.3, 0.7]))
def parameters_named_like_parts(p):
    return with_names_of_parts(p, p[1] ** 2, p[0] ** 3, p[0] * 5.0, [p[1], 2.0])
