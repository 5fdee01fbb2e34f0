"""`with`: managers written as generators and as classes."""

import contextlib

import numpy as np

from . import example, positive


@contextlib.contextmanager
def scaled(x, factor):
    """What is given depends on the arguments."""
    steps = []
    try:
        yield x * factor
    finally:
        steps.append(factor)


@contextlib.contextmanager
def counted(log):
    log.append(1.0)
    yield
    log.append(2.0)


class Trace:
    """Counts how often it was entered and left."""

    def __init__(self):
        self.depth = 0
        self.total = 0.0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, kind, value, traceback):
        self.depth -= 1
        return False

    def add(self, x):
        self.total = self.total + x * self.depth
        return self.total


@example(0.7, 1.3, wrt=(0, 1))
def generator_manager(x, factor):
    with scaled(x, factor) as y:
        z = y * y
    return z * x


@example(positive(1, 3))
def manager_in_a_loop(v):
    log = []
    total = 0.0
    for x in v:
        with counted(log):
            if x < 0.8:
                continue
            total += x * len(log)
    return total * sum(log)


@example(0.7)
def returns_out_of_with(x):
    with scaled(x, 2.0) as y, np.errstate(over="ignore"):
        if y > 1.0:
            return np.exp(y)
    return y


@example(0.4)
def class_manager(x):
    trace = Trace()
    with trace as t:
        t.add(x * x)
        with t:
            y = t.add(np.sin(x))
    return y + trace.total * x
