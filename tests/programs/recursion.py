"""Functions that call themselves, and what they are given and give back."""

import numpy as np

from . import example, normal


def descend(x, depth):
    if depth <= 0:
        return {"value": x, "path": [x]}
    below = descend(x * x, depth - 1)
    return {"value": below["value"] + x, "path": below["path"] + [x]}


@example(0.7, order2=False)
def dict_of_number_and_list(x):
    found = descend(x, 3)
    return found["value"] * found["path"][1] + len(found["path"]) * x


def powers(x, n):
    if n == 0:
        return [x]
    rest = powers(x, n - 1)
    return [x * rest[0], *rest]


@example(0.6, 3, order2=False)
def list_with_a_rest(x, n):
    """A rest of unknown length in a list written out."""
    found = powers(x, n)
    return sum(found) * found[1]


def spread(x, n):
    if isinstance(x, list):
        return x[0] * x[1] + n if n == 0 else spread(x, n - 1)
    return spread([x, x * x], n - 1)


@example(0.8)
def number_becomes_a_list(x):
    return spread(x, 3)


@example(normal(1, 4), 3)
def rest_in_the_middle(x, n):
    values = [x[0] * k for k in range(n)]
    more = (1.0, *values, x[1], *x[2:])
    places = [*range(n), 0]
    total = 0.0
    for k in places:
        total = total + more[k + 1] * x[k]
    return total * len(more) + np.sum(np.array([*values, x[3]]) ** 2)
