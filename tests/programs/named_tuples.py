"""Namedtuples that functions and classes keep, choose and hand on."""

import functools
import itertools
from collections import namedtuple
from typing import NamedTuple

import numpy as np

from . import example

Point = namedtuple("Point", "x y")


class Vector(NamedTuple):
    x: float
    y: float = 0.0

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


@example(np.array([0.3, 0.7, 1.1]))
def reduced_from_a_point(x):
    found = functools.reduce(lambda p, v: Point(p.x + v, p.y * v), x, Point(0.0, 1.0))
    again = functools.reduce(lambda p, v: p._replace(y=p.y + p.x * v), x, Point(0.5, 0.0))
    return found.x * found.y + again.y


@example(0.7, analytic=False)
def points_chosen(x):
    larger = max(Point(x, x * x), Point(2.0, x), key=lambda p: p.y)
    smaller = min(Point(x, x * x), Point(2.0, x), key=lambda p: p.x)
    return larger.x * x + smaller.y


@example(0.7)
def points_kept(x):
    nested = Point(Point(x, 1.0), Point(x * x, 2.0))
    scaled = functools.partial(lambda p, q: p.x * q.y + p.y, Point(x, x * x))
    total = scaled(Point(1.0, x)) + nested.x.x * nested.y.x + nested[1][0]
    for p in itertools.repeat(Point(x, x * x), 3):
        total += p.x * p.y
    return total


@example(0.7)
def vectors_summed(x):
    whole = sum([Vector(x, x * x), Vector(1.0), Vector(y=x, x=1.5)], Vector(0.0, 0.0))
    return whole.x * whole.y
