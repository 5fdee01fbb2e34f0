"""`match`: values, sequences, mappings, classes, guards, captures, alternatives."""

from functools import partial
from typing import NamedTuple

import numpy as np

from . import example, normal


class Circle(NamedTuple):
    radius: float


class Box(NamedTuple):
    width: float
    height: float


@example(0.7, "square")
@example(0.7, "cube", name="cube")
@example(0.7, "other", name="other")
def by_option(x, kind):
    """A string option, with alternatives and a wildcard."""
    match kind:
        case "square" | "quadratic":
            return x * x
        case "cube":
            return x**3
        case _:
            return np.sin(x)


@example(1.4)
@example(-0.4, name="guard")
def by_guard(x):
    """A capture with a guard that depends on the value."""
    match x * x:
        case y if y > 1.0:
            return y * x
        case y:
            return y + x


@example((0.5, 1.5))
@example((0.5, 1.5, 2.5, 0.3), name="longer")
@example((0.5,), name="single")
def by_length(values):
    """Sequences of several lengths, with a star."""
    match values:
        case [a]:
            return a * a
        case (a, b):
            return a * b
        case [a, *middle, b]:
            return a * b * sum(middle)
    return 0.0


@example({"kind": "decay", "rate": 0.3, "extra": 2.0}, 1.2, wrt=1)
@example({"kind": "growth", "rate": 0.3}, 1.2, wrt=1, name="growth")
@example({"none": None}, 1.2, wrt=1, name="neither")
def by_mapping(settings, x):
    """Mappings with captures and a rest."""
    match settings:
        case {"kind": "decay", "rate": rate, **rest}:
            return np.exp(-rate * x) * rest["extra"]
        case {"kind": "growth", "rate": rate}:
            return np.exp(rate * x)
        case {"none": None}:
            return x
    return 0.0


@example(Circle(1.3))
@example(Box(1.3, 0.4), name="box")
def by_class(shape):
    """Classes with positional and named fields."""
    match shape:
        case Circle(radius):
            return np.pi * radius**2
        case Box(width=w, height=h) if w > h:
            return w * h * h
        case Box():
            return shape.width


@example(normal(5, 4))
def in_a_loop(v):
    """A `match` in a loop, left by `continue` and `break`; nested patterns."""
    total = 0.0
    for step in (("add", 0), ("scale", (2.0, 1)), None, ("skip",), ("stop",), ("add", 2)):
        match step:
            case None:
                continue
            case ("add", int(k)):
                total = total + v[k] ** 2
            case ("scale", (factor, k)) | ("twice", (factor, k)):
                total = total * factor + v[k]
            case ("stop",):
                break
            case _:
                total = total + 1.0
    return total * v[3]


def area_times(k, shape):
    return k * shape.radius**2 if isinstance(shape, Circle) else 0.0 * k


times_three = partial(area_times, 3.0)


@example(Circle(1.3))
def class_seen_by_a_partial(shape):
    return times_three(shape) * shape.radius
