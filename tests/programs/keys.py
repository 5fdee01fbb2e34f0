"""Dicts with keys that are whole numbers or tuples: they weigh, and carry no derivative."""

import numpy as np

from . import example, normal


@example(normal(301, 2))
def widths_in_tuples(x):
    """The numbers inside of keys are exponents."""
    table = {("a", 2): x[0] ** 2, ("b", 3): x[1] ** 2 + 0.3}
    total = 0.0
    for (_, width), value in table.items():
        total += value**width * width
    return total


@example(normal(302, 2))
def read_by_keys(x):
    table = {("a", 2): x[0] ** 2, ("b", 3): x[1] ** 2 + 0.3}
    total = 0.0
    for key in table:
        total += table[key] ** key[1] * key[1]
    return total


@example(normal(303, 2))
def pairs_unpacked(x):
    table = {("a", 2): x[0], ("b", 3): x[1]}
    (_, first), (key, second) = table.items()
    return first * key[1] * second**2


@example(normal(304, 2))
def key_told_late(x):
    table = {1 + len(x): x[0]}
    total = 0.0
    for width, value in table.items():
        total += value**2 * width
    return total * x[1]


@example(normal(305, 2))
def pairs_taken_out(x):
    table = {("a", 2): x[0], ("b", 3): x[1]}
    total = 0.0
    while table:
        (_, power), value = table.popitem()
        total += value**power * power
    return total


@example(normal(306, 4))
def sums_by_place(x):
    table = {}
    for k, value in enumerate(x):
        place = (k % 2, k // 2)
        table[place] = table.get(place, 0.0) + value**2
    return sum((row + 1) * value**column for (row, column), value in table.items())


@example(normal(307, 2))
def first_key_and_others(x):
    """Of a dict, unpacking with a star gives the keys."""
    first, *others = {3: x[0], 2: x[1]}
    return first * x[0] * others[0] + x[1] ** 2


@example(normal(308, 3))
def star_over_iterators(x):
    first, *rest = map(np.sin, x)
    (a, b), *pairs = zip(x, 2.0 * x, strict=True)
    *before, last = reversed(x)
    *counted, (k, v) = enumerate(x)
    return first * sum(rest) + a * b * pairs[0][1] + before[0] * last + k * v * counted[1][1]


class Readings:
    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter([self.values[0], self.values[1] * 2.0, self.values[2]])


@example(normal(309, 3))
def star_over_an_object(x):
    first, *rest = Readings(x)
    _, *none = {3}
    return first * rest[0] ** 2 + rest[1] * (1 + len(none))


@example(normal(310, 4))
def values_scaled_by_keys(x):
    """Keys of a changing dict are positions in an array."""
    table = dict.fromkeys(range(3), 0.0)
    for k in range(8):
        table[k % 3] += x[k % 4] * 0.5
    for key in table:
        table[key] = table[key] * x[key] + key
    return sum(value**2 for value in table.values())
