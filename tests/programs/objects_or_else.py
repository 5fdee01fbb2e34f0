"""Variables that hold an object on one way, and a number, None or another object on another."""

import functools
import math
import operator
from typing import NamedTuple

import numpy as np

from programs import example


class Money:
    """Its operators are not linear: of tangents they would give something else."""

    def __init__(self, amount, rate=1.0):
        self.amount = amount
        self.rate = rate

    def __add__(self, other):
        other = other if isinstance(other, Money) else Money(other)
        return Money(self.amount * self.rate + other.amount * other.rate, self.rate)

    __radd__ = __add__

    def __neg__(self):
        return Money(-self.amount * self.amount, self.rate)

    def __mul__(self, factor):
        return Money(self.amount * factor, self.rate * self.amount)

    def __getitem__(self, k):
        return self.amount**k

    def __abs__(self):
        return self.amount * self.rate

    def __contains__(self, amount):
        return amount > self.amount

    def __gt__(self, other):
        return self.amount * self.rate > other.amount * other.rate

    def __lt__(self, other):
        return self.amount * self.rate < other.amount * other.rate

    def sum(self):
        return self.amount * self.rate

    @property
    def size(self):
        return self.amount**2


@example(0.7, 2.0, wrt=(0, 1))
def total_that_starts_as_a_number(x, y):
    total = 0
    for k in range(3):
        total = total + Money(x * k + y, y)
    return total.amount * total.rate


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def number_or_object(x, y):
    """Each operator asks the class where there is an object."""
    held = 0
    if y > 1.0:
        held = Money(x, y)
    other = held + y
    return abs(held) * held[2] * y + abs(-held) * (held * y).rate + abs(other) * x


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
@example(0.7, 0.5, wrt=(0, 1), name="number", analytic=False)
def sum_with_a_number_or_an_object(x, y):
    held = x
    if y > 1.0:
        held = Money(x, y)
    other = held + y
    return abs(other) * x


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def names_that_arrays_have(x, y):
    """Methods and properties that are called as NumPy's are the class's own."""
    held = 0.0
    if y > 1.0:
        held = Money(x, y)
    return held.sum() * y + held.size * x


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def largest_that_starts_as_a_number(x, y):
    best = 0
    for k in range(3):
        best = Money(x * k, y) if k == 0 else max(best, Money(x * k, y * y))
    return best.amount * best.rate


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return 3.0 * self.radius**2


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


class Cut(Square):
    def area(self):
        return self.side**2 - 0.1 * self.side


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
@example(0.3, 2.0, wrt=(0, 1), name="square", analytic=False)
def shape_of_two_classes(x, y):
    shape = Circle(x) if x > 0.5 else Square(y)
    return shape.area() * y + x * y


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def shape_of_a_derived_class(x, y):
    """Both classes have the same attributes, and one of the methods is the other's."""
    shape = Square(x * y)
    if y > 1.0:
        shape = Cut(x)
    return shape.area() * shape.side * y


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def object_overwritten_on_one_way(x, y):
    """The first object has a cotangent of its own, which is zero."""
    shape = Circle(x)
    first = shape.area()
    if y > 1.0:
        shape = Square(y * x)
    return shape.area() * first


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def told_by_isinstance(x, y):
    shape = x
    if y > 1.0:
        shape = Square(y * x)
    if isinstance(shape, Square):
        return shape.side * x
    return shape * y


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def object_or_none(x, y):
    """The object is asked, not what stands for it."""
    held = None
    if y > 1.0:
        held = Money(x, y)
    found = x * y if y in held else x
    found = found * held[2] if isinstance(held, Money) else found
    return found + abs(-held) * (held + y).amount


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def equal_objects_are_two(x, y):
    first, second = None, None
    if y > 1.0:
        first, second = Circle(x), Circle(x)
    return (x * y if first == second else x * x) * first.area() * y


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def attribute_that_is_new(x, y):
    shape = None
    if y > 1.0:
        shape = Circle(x)
    shape.height = x * y
    return shape.height * shape.radius


class Pair(NamedTuple):
    first: float
    second: float

    def prod(self):
        return self.first * self.second

    def __add__(self, other):
        return Pair(self.first + other.first, self.second * other.second)


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def pairs_added_up(x, y):
    total = None
    for k in range(3):
        pair = Pair(x * (k + 1), y)
        total = pair if total is None else total + pair
    return total.first * total.second + total.prod()


class Length:
    def __init__(self, metres):
        self.metres = metres

    def __add__(self, other):
        if isinstance(other, Length):
            return Length(self.metres * 2.0 + other.metres)
        if isinstance(other, float):
            return Length(self.metres * other)
        return NotImplemented

    def __radd__(self, other):
        if other == 0:
            return self
        return NotImplemented

    def __mul__(self, other):
        return Length(self.metres * other.metres + self.metres)


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def operators_that_may_decline(x, y):
    total = 0
    for k in range(3):
        total = total + Length(x + k * y)
    return (total + x).metres * y


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def sum_of_objects(x, y):
    return sum([Length(x), Length(y), Length(x * y)]).metres * y


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def product_of_objects(x, y):
    return np.prod([x, y]) * product_from([Length(x), Length(y)], Length(x * y)).metres


def product_from(lengths, start):
    return math.prod(lengths, start=start)


class Row:
    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return (value for value in self.values)


@example(0.7, 2.0, wrt=(0, 1))
def objects_spread_into_lists(x, y):
    row = Row([x, y])
    spread = [*row, x * y, *row]
    spread.extend(row)
    spread += row
    return spread[1] * spread[4] * spread[6] * spread[7] + len(spread) * x


class Doubled:
    def __init__(self, value):
        self.value = value

    def __iadd__(self, other):
        return Doubled(self.value * other)

    def __add__(self, other):
        return Doubled(self.value + other)


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def added_in_place_or_not(x, y):
    """What `+=` means the class says."""
    held, other = x, 0.0
    if y > 1.0:
        held = Doubled(x)
        other = Doubled(x * y)
    held += y
    other += x
    return held.value * other.value


class Heat:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Heat(self.value * other.value)

    def __neg__(self):
        return Heat(1.0 / self.value)

    def __gt__(self, other):
        return self.value > other.value

    def __floor__(self):
        return self.value * 2.0


@example(0.7, 2.0, wrt=(0, 1), analytic=False)
def operators_as_functions(x, y):
    heats = [Heat(x), Heat(y), Heat(x + y)]
    total = functools.reduce(operator.add, heats)
    turned = operator.neg(operator.add(heats[0], total))
    factor = x if operator.gt(total, turned) else y
    return total.value * factor + turned.value * math.floor(heats[1])
