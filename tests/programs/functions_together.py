"""Functions with values of their own, collected in loops; functions of functions in themselves."""

import math
from collections import deque
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from . import example


@example(0.7, 3)
def lambdas_with_defaults(x, n):
    powers = []
    for k in range(n):
        powers.append(lambda t, k=k: x * t**k)
    return sum(f(x) for f in powers) + powers[1](2.0)


@example(0.7, 3)
def lambdas_in_a_dict(x, n):
    lines = {}
    for k in range(n):
        lines[k] = lambda t, a=x * k, *, b=1.0: a * t + b
    return sum(lines[k](x) for k in lines) + lines[1](2.0, b=x)


@example(0.7, 4)
def lambda_of_an_earlier_turn(x, n):
    before, total = None, 0.0
    for k in range(n):
        line = lambda t, a=x * k: a * t * t  # noqa: E731
        if before is not None:
            total += before(x)
        before = line
    return total


def weighted(k, t, w=1.0):
    return k * t * t + k * w


@example(0.7)
def partials_collected(x):
    found = []
    for k in range(3):
        found.append(partial(weighted, x * k, w=x + k))
    return sum(f(x) for f in found) * found[1](2.0)


@example(0.7, 3)
def partial_of_an_earlier_turn(x, n):
    f = partial(weighted, x)
    total = 0.0
    for _ in range(n):
        total += f(total)
        f = partial(weighted, total * 0.1)
    return total + f(x)


class Scale:
    def __init__(self, by):
        self.by = by

    def grown(self, t):
        self.by = self.by + t
        return self.by


@example(0.7, 3)
def methods_of_earlier_turns(x, n):
    found = []
    for k in range(n):
        scale = Scale(x * k)
        found.append(scale.grown)
    return sum(f(x) for f in found) + found[0](1.0)


@dataclass
class Queue:
    waiting: deque = field(default_factory=deque)
    done: int = 0


@example(0.7)
def queue_of_functions(x):
    queue = Queue()
    for k in range(3):
        queue.waiting.append(lambda t, k=k: t * x + k)
    y = x
    while queue.waiting:
        try:
            step = queue.waiting.popleft()
            y = step(y)
        finally:
            queue.done += 1
    return y * queue.done


@example(0.7)
def functions_by_name_in_a_loop(x):
    steps = {"square": lambda t: t * t, "sine": np.sin, "line": lambda t, a=2.0: a * t + x}
    for name in ["square", "line", "sine"]:
        x = steps[name](x)
    return x


@example(0.7)
def functions_exchanged(x):
    f, g = math.sin, math.cos
    total = 0.0
    for k in range(4):
        total += f(x * k)
        f, g = g, f
    return total


def simpson(f, a, b, n=4):
    h = (b - a) / n
    total = f(a) + f(b)
    for i in range(1, n):
        total += (4 if i % 2 else 2) * f(a + i * h)
    return total * h / 3


@example(0.7)
def integral_of_integrals(a):
    return simpson(lambda u: simpson(lambda v: u * v * a + math.sin(v * a), 0.0, u), 0.0, 1.0)


@example(0.7)
def rebound_two_levels_in(x):
    total = 0.0

    def outer(v):
        def inner(w):
            nonlocal total
            total += w * x

        inner(v)
        inner(v * v)

    outer(1.0)
    outer(x)
    return total


FACTOR = 2.5


@example(0.7)
def global_that_is_read(x):
    global FACTOR
    return FACTOR * x * x


OPERATORS = {"+": lambda a, b: a + b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}


class Operands:
    """A stack of numbers."""

    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)

    def pop(self):
        return self.items.pop()


@example(0.3, 0.8, "a b + a * 2 /", wrt=(0, 1))
@example(0.3, 0.8, "a b * a b + /", wrt=(0, 1), name="the other")
def calculator(a, b, text):
    """The function is chosen by a word, and what it is called with comes from a stack."""
    stack = Operands()
    names = {"a": a, "b": b}
    for word in text.split():
        if word in OPERATORS:
            right = stack.pop()
            left = stack.pop()
            stack.push(OPERATORS[word](left, right))
        elif word in names:
            stack.push(names[word])
        else:
            stack.push(float(word))
    return stack.pop()


@example(0.7)
@example(1.7, name="other")
def functions_of_one_and_of_two(x):
    known = [lambda a: a * a, lambda a, b: a * b + a]
    which = 0 if x < 1 else 1
    chosen = known[which]
    if which == 0:
        return chosen(x) * x
    return chosen(x, x * x)
