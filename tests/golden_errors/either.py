"""Refusals of what depends on whether a variable holds an object, and what to write instead.

Functions are added at the end, since goldens name lines.
"""

import numpy as np

from golden_errors.programs import REVERSE, refused
from golden_errors.repaired import repaired
from srcxform import errors


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __eq__(self, other):
        return isinstance(other, Point) and self.x == other.x

    def __hash__(self):
        return hash(self.x)

    def __rmul__(self, factor):
        return self.x**2 * factor + self.y


class Halved:
    """It gives what it is given by half, and is its own iterator."""

    def __init__(self, values):
        self.values = values
        self.k = 0

    def __iter__(self):
        self.k = 0
        return self

    def __next__(self):
        if self.k == len(self.values):
            raise StopIteration
        self.k += 1
        return self.values[self.k - 1] * 0.5


@refused(2.0)
def object_or_list(x):
    held = [x, x]
    if x > 1.0:
        held = Point(x, x)
    return held.x * x


@repaired("object_or_list", 2.0)
def object_on_every_way(x):
    held = Point(1.0, x)
    if x > 1.0:
        held = Point(x, x)
    return held.x * x


@refused(2.0)
def equal_where_it_may_be_none(x):
    first, second = None, Point(x, x)
    if x > 1.0:
        first = Point(x, 1.0)
        first.y = x * x
    return x * first.y if first == second else x


@repaired("equal_where_it_may_be_none", 2.0)
def equal_where_it_is_none_no_more(x):
    first, second = None, Point(x, x)
    if x > 1.0:
        first = Point(x, 1.0)
        first.y = x * x
    if first is not None and first.x == second.x:
        return x * first.y
    return x


@refused(2.0)
def array_times_object(x):
    return np.sum(np.array([1.0, x]) * Point(x, x))


@repaired("array_times_object", 2.0)
def array_times_attribute(x):
    point = Point(x, x)
    return np.sum(point.x**2 * np.array([1.0, x]) + point.y)


@refused(2.0)
def objects_in_a_set(x):
    points = []
    for k in range(3):
        points.append(Point(x * k, x))
        points[k].y = x * x
    return len(set(points)) * points[0].y


@repaired("objects_in_a_set", 2.0)
def numbers_in_a_set(x):
    points = []
    for k in range(3):
        points.append(Point(x * k, x))
        points[k].y = x * x
    found = []
    for point in points:
        if point.x not in found:
            found.append(point.x)
    return len(found) * points[0].y


@refused(2.0)
def drawn_from_by_three_at_a_time(x):
    halved = Halved([x, x * x, x])
    return sum(a * b * c for a, b, c in zip(halved, halved, halved, strict=True))


@repaired("drawn_from_by_three_at_a_time", 2.0)
def list_of_what_it_gives(x):
    first, *rest = list(Halved([x, x * x, x]))
    return first * rest[0] * rest[1]


@refused(2.0, error=errors.NoDerivativeError, by=REVERSE)
def number_or_list_repeated(x):
    values = 0.0
    if x > 1.0:
        values = [x, x * x]
    twice = values * 2
    return twice[0] * twice[3]


@repaired("number_or_list_repeated", 2.0)
def list_on_every_way(x):
    values = [0.0, 0.0]
    if x > 1.0:
        values = [x, x * x]
    twice = values * 2
    return twice[0] * twice[3]
