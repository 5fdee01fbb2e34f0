"""Objects beside everything else: lists, closures, `try`, `with`, recursion, sorting, views."""

import copy
from dataclasses import dataclass

import numpy as np

from . import example, normal


class Weight:
    """Never written to, once it is made."""

    def __init__(self, x):
        self.x = x


class Variable:
    def __init__(self, x):
        self.x = x

    def add(self, d):
        self.x = self.x + d


class Box:
    def __init__(self):
        self.items = []
        self.array = np.zeros(3)

    def view(self):
        return self.array


@example(1.3)
def objects_appended(x):
    weights = []
    for k in range(3):
        weights.append(Weight(x * k))
    return sum(w.x * w.x for w in weights)


@example(1.3)
def list_and_view_inside(x):
    """Second names of a list and an array that an object holds."""
    box = Box()
    items = box.items
    items.append(x)
    box.items.append(x * x)
    view = box.view()
    view[0] = x * 3
    box.array[1] = view[0] * x
    return sum(items) * box.array[1] + view[1]


@example(Box(), 1.3, wrt=1)
def box_of_the_caller(box, x):
    box.array[0] = x
    box.view()[1] += x * x
    return np.sum(box.array) * box.array[0]


class Link:
    def __init__(self, value, rest=None):
        self.value, self.rest = value, rest

    def total(self):
        return self.value + (self.rest.total() if self.rest is not None else 0.0)


@example(1.3)
def linked_list(x):
    """A method that calls itself on the object inside."""
    return Link(x, Link(x * x, Link(3.0))).total() * x


@example(Link(1.0, Link(2.0, Link(3.0))))
def linked_list_given(links):
    return links.total() * links.value


@example(1.3)
def shallow_copy_of_an_object(x):
    v = Variable(x)
    w = copy.copy(v)
    w.add(1.0)
    return v.x * w.x


@example(1.3)
def closure_over_an_object(x):
    v = Variable(x)

    def grown(d):
        v.add(d)
        return v.x

    return grown(x) * grown(x * x)


@example(1.3)
def methods_in_a_list(x):
    v = Variable(x)
    for change in [v.add, lambda d: v.add(2.0 * d)]:
        change(x)
    return v.x


@example(1.3)
def written_in_a_try(x):
    v = Variable(x)
    try:
        v.add(x)
        y = v.x / x
    except ZeroDivisionError:
        y = 0.0
    return y * v.x


@example(1.3)
def attribute_in_a_while(x):
    v = Variable(x)
    while v.x < 5.0:
        v.add(x)
    return v.x


class Amount:
    def __init__(self, x):
        self.x = x

    def __lt__(self, limit):
        return self.x < limit

    def double(self):
        self.x = self.x * 2


@example(1.3)
def operator_in_a_while(x):
    """The loop's test is a method, asked anew in each turn."""
    amount = Amount(x)
    while amount < 5.0:
        amount.double()
    return amount.x


@example(1.3)
def dict_of_objects(x):
    table = {"a": Variable(x), "b": Variable(x * x)}
    for _, v in table.items():
        v.add(x)
    table["a"].add(1.0)
    return table["a"].x * table["b"].x


@example(1.3)
def one_object_in_two_places(x):
    a, b = Variable(x), Variable(x * x)
    pair = (a, b)
    pair[0].add(x)
    three = [a, b, a]
    three[2].add(1.0)
    return a.x * b.x


@example(1.3)
def largest_by_key(x):
    return max([Weight(x), Weight(x * x)], key=lambda w: w.x).x * x


def shrunk(n, w):
    if n == 0:
        return w.x
    return shrunk(n - 1, Weight(w.x * 1.1))


@example(1.3)
def objects_in_a_recursion(x):
    return shrunk(3, Weight(x))


class Meter:
    """A context manager that counts."""

    def __init__(self):
        self.level = 0.0

    def __enter__(self):
        self.level = self.level + 1.0
        return self

    def __exit__(self, *problem):
        self.level = self.level * 2.0


@example(1.3)
def manager_with_state(x):
    meter = Meter()
    with meter as same:
        y = x * same.level
    return y * meter.level


@example(1.3)
def right_side_writes_too(x):
    """`v.x += f()` reads `v.x` before `f` writes to it."""
    v = Variable(x)

    def changed():
        v.add(x * x)
        return v.x

    v.x += changed()
    return v.x * x


@dataclass(order=True)
class Candidate:
    cost: float
    at: float


@example(1.3)
def best_candidates(x):
    """Objects with an order, compared as wholes."""
    found = [Candidate(x * x, x), Candidate(3.0 * x, 2.0 * x), Candidate(x, -x)]
    worse = max(found[0], found[1])
    return min(found).at * worse.at + sorted(found)[1].cost


class Quantity:
    """A number with units and their powers."""

    def __init__(self, value, units):
        self.value = value
        self.units = dict(units)

    def __mul__(self, other):
        units = dict(self.units)
        for unit, power in other.units.items():
            units[unit] = units.get(unit, 0) + power
            if units[unit] == 0:
                del units[unit]
        return Quantity(self.value * other.value, units)


@example(0.7, 1.2, wrt=(0, 1))
def numbers_with_units(a, b):
    """Where a key may be missing, a copy of the dict is one of its keys and values."""
    length, rate = Quantity(a, {"m": 1}), Quantity(b, {"s": -1})
    speed = length * rate
    path = speed * Quantity(a, {"s": 1})
    return path.value * (3.0 if "s" in path.units else 2.0) * speed.value


@dataclass
class Layer:
    weights: np.ndarray
    bias: float = 0.5


class Machine:
    """Holds an object, which holds an array."""

    def __init__(self, x):
        self.layer = Layer(x * x, x[0])
        self.scale = 2.0

    def twin(self):
        return copy.deepcopy(self)


@example(normal(41, 3))
def objects_copied_with_all_they_hold(x):
    """What is written to a deep copy is not written to what it was made of."""
    layer = Layer(x * 2.0, x[0])
    other = copy.deepcopy(layer)
    other.weights *= x[1]
    other.bias += x[2]
    machine = Machine(x)
    twin = machine.twin()
    twin.layer.weights[0] = x[1] * x[2]
    twin.scale = twin.scale * x[0]
    return (
        layer.weights @ other.weights * layer.bias
        + other.bias**2
        + np.sum(machine.layer.weights) * twin.layer.weights[0]
        + machine.scale * twin.scale
    )
