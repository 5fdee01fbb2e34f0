"""Functions of `operator` and `math` on objects: what their classes say, not what numbers do."""

import functools
import itertools
import math
import operator

import numpy as np

from . import example


class Mixed:
    """Operators and conversions that are all its own: none is what it is for numbers."""

    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Mixed(self.v * other.v)

    def __mul__(self, other):
        return Mixed(self.v + other.v)

    def __rmul__(self, other):
        return Mixed(self.v * other * other)

    def __neg__(self):
        return Mixed(1 / self.v)

    def __pow__(self, n):
        return self.v * n

    def __float__(self):
        return self.v * self.v

    def __floor__(self):
        return self.v * 2

    def __ceil__(self):
        return self.v * 3

    def __trunc__(self):
        return self.v * 4

    def __iter__(self):
        return iter([self.v, self.v * 2])


class Real:
    """An object with `__float__` alone."""

    def __init__(self, v):
        self.v = v

    def __float__(self):
        return self.v * self.v


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def functions_of_operator(x, y):
    """`operator.add(a, b)` is `a + b`: the classes say what it is."""
    a, b = Mixed(x), Mixed(y)
    b.v = b.v * x
    total = operator.add(a, b).v * operator.mul(a, b).v + operator.neg(a).v
    return total + operator.mul(2.0, b).v + pow(a, y) + operator.add([x], [y])[1] * x


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def operators_handed_on(x, y):
    """`reduce`, `map`, `accumulate` and a dict of functions, over objects."""
    a, b, c = Mixed(x), Mixed(y), Mixed(x + y)
    total = functools.reduce(operator.add, [a, b, c]).v
    total += sum(m.v for m in map(operator.add, [a, b], [c, c]))
    total += y * sum(m.v for m in itertools.accumulate([a, b], operator.mul))
    table = {"+": operator.add, "*": operator.mul}
    for sign in "+*+":
        a = table[sign](a, b)
    return total * a.v


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def own_conversions(x, y):
    """`floor`, `ceil` and `trunc` ask for methods of their own, `fsum` and `prod` for elements."""
    m, n = Mixed(x), Real(y)
    total = math.floor(m) * y + math.ceil(m) + math.trunc(m) * x
    total += math.fsum(m) * y + math.prod(m) * x + math.dist(m, [y, x * y])
    return total + np.float64(n) * x + math.atan2(x, n) + math.floor(n) * x + math.sin(m)
