"""Attributes and names that are set on some ways only, and read behind a test that says so."""

import functools

import numpy as np

from . import example, normal


class Bare:
    """Begins without attributes."""


class Lazy:
    """Computes what it is asked for when it is asked for the first time."""

    def __init__(self, size=None, steps=0):
        if size is not None:
            self.size = size
        for k in range(steps):
            self.last = size * (k + 1)

    def squared(self):
        try:
            return self._squared
        except AttributeError:
            self._squared = self.size**2
            return self._squared

    @functools.cached_property
    def cubed(self):
        return self.size**3

    def first_sine(self, x):
        if not hasattr(self, "_sine"):
            self._sine = np.sin(x)
        return self._sine


@example(2.0)
def added_where_it_is_there(x):
    c = Bare()
    for k in range(3):
        try:
            c.n += x * k
        except AttributeError:
            c.n = x * x
    return c.n


@example(2.0)
@example(0.5, name="missing")
def read_or_else(x):
    c = Bare()
    for k in range(3):
        if x * k > 1.5:
            c.z = x * k
            break
    try:
        return c.z**2
    except AttributeError:
        return 7.0 * x * x


@example(2.0)
def asked_in_a_loop(x):
    c = Bare()
    for k in range(3):
        if hasattr(c, "n"):
            c.n += x * k
        else:
            c.n = x * x
    return c.n


@example(2.0)
@example(0.5, name="below")
def asked_by_while(x):
    c = Bare()
    while not hasattr(c, "n") or c.n < 5.0:
        c.n = getattr(c, "n", 0.5) * 2.0 + x
    return c.n * x


@example(2.0)
@example(0.5, name="small")
def kept_when_first_asked(x):
    lazy = Lazy(x)
    total = 0.0
    for k in range(3):
        if k > 0 or x < 1.0:
            total += lazy.squared() * x
        total += lazy.first_sine(x * (k + 1))
    return total + lazy.squared()


@example(2.0)
@example(0.5, name="small")
def computed_on_one_way(x):
    """A cached property that only one branch has asked for."""
    lazy = Lazy(x)
    y = lazy.cubed if x > 1.0 else x
    return y + lazy.cubed


@example(0.9, 2)
@example(0.9, 0, name="none")
def set_in_init(x, steps):
    lazy = Lazy(x, steps)
    return getattr(lazy, "last", x**3) * x


@example(0.9)
def objects_in_a_list(x):
    several = [Bare(), Bare()]
    for k, c in enumerate(several):
        if x * k > 0.6:
            c.q = x * k
    return sum(getattr(c, "q", x * x) for c in several)


@example(normal(901, 3))
def array_that_may_be_there(x):
    c = Bare()
    for k in range(3):
        if hasattr(c, "v"):
            c.v[k] *= x[0]
        elif k > 0:
            c.v = x * x
    return np.sum(c.v * x) if hasattr(c, "v") else np.sum(x)


@example(2.0)
@example(0.5, name="missing")
def guarded_by_and(x):
    """What stands behind `and` is not looked at where nothing is bound."""
    found = False
    for k in range(4):
        if x * k > 3.0:
            best = x * k
            found = True
            break
    if found and best > 2.5:
        return best**2
    return x**3


@example(1.5)
@example(0.5, name="missing")
def guarded_in_a_value(x):
    if x > 1.0:
        n = x * x
    large = x > 1.0 and n > 2.0
    between = x > 1.0 > n * 0.1
    return x**2 * (3.0 if large else 5.0) * (2.0 if between else 7.0)


@example(0.5)
def first_turn_of_while(x):
    first = True
    while first or n < 5.0:  # noqa: F821
        n = (0.5 if first else n) * 2.0 + x  # noqa: F821
        first = False
    return n * x


@example(0.5)
def counted_turn_of_while(x):
    k = 0
    while k < 5 and (k == 0 or n < 1.9):  # noqa: F821
        n = x * (k + 1)
        k += 1
    return n * x


class Node:
    def __init__(self, value):
        self.value = value


@example(2.0)
@example(0.6, name="missing")
def one_of_two_objects(x):
    """A dict stands for each of them, and is asked itself."""
    n = Node(x) if x > 1.0 else Node(2.0 * x)
    if x > 1.5:
        n.extra = x * x
    return n.value * x + (n.extra if hasattr(n, "extra") else 3.0 * x)


@example(0.6)
def objects_that_come_together(x):
    nodes = []
    for k in range(3):
        node = Node(x * k)
        if k > 0:
            node.weight = x
        nodes.append(node)
    return sum(n.value * getattr(n, "weight", 1.0) for n in nodes) * x
