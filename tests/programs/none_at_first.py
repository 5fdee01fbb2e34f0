"""Variables that hold None until there is an array, which is then written in place."""

import numpy as np

from . import example, normal


@example(normal(321, 3))
def sum_that_begins_as_none(x):
    total = None
    for k in range(3):
        term = np.sin(x * k + 1.0)
        if total is None:
            total = term
        else:
            total += term
    return np.sum(total**2)


@example(normal(322, 3))
def places_filled(x):
    total = None
    for k in range(3):
        term = np.sin(x * k + 1.0)
        if total is None:
            total = np.zeros(3)
        total[k] += term[k] * x[0]
    return np.sum(total**2)


@example(normal(323, 3))
def second_name(x):
    """What is changed is seen through the other name, too."""
    total, other = None, np.zeros(3)
    for k in range(3):
        if total is None:
            total = other
        else:
            total += x * k
        total[k] *= 2.0
    return np.sum(total**2) + np.sum(other * x)


@example(normal(324, 3))
def none_again(x):
    total, result = None, 0.0
    for k in range(5):
        value = np.sin(x * (k + 1))
        if total is None:
            total = value.copy()
        else:
            total *= value
        if k % 2:
            result = result + np.sum(total**2)
            total = None
    return result + (np.sum(total) if total is not None else 0.0)


@example(normal(325, 3))
def best_of_a_buffer(x):
    buffer, best = x * 1.0, None
    for k in range(3):
        if best is None:
            best = buffer
        best[k] = x[k] ** 2
        if k == 1:
            best = None
    if best is not None:
        best -= x
    return np.sum(buffer**2)


class Mean:
    def __init__(self):
        self.total, self.count = None, 0

    def add(self, value):
        if self.total is None:
            self.total = np.zeros_like(value)
        self.total += value
        self.count += 1


@example(normal(326, 3))
def running_mean(x):
    mean = Mean()
    for k in range(3):
        mean.add(x * x[k])
    return np.sum((mean.total / mean.count) ** 2)


def added(value, out=None):
    if out is None:
        out = np.zeros(3)
    out += value
    out[0] += 1.0
    return out


@example(normal(327, 3))
def buffer_by_default(x):
    first = added(x**2, added(x))
    return np.sum(first * added(x, out=np.ones(3)))


@example(normal(328, 3))
def row_before(x):
    above, grid = None, np.outer(x, x)
    for k in range(3):
        row = grid[k]
        if above is not None:
            above += row
            row[1] = above[0] * 2.0
        above = row
    return np.sum(grid**2)


@example(normal(329, 3))
def table_made_late(x):
    table = None
    for k in range(3):
        if table is None:
            table = {"number": 0.0, "array": np.zeros(3)}
        table["number"] += x[k] ** 2
        table["array"] += x
        table["array"][k] = 0.0
    return table["number"] * np.sum(table["array"] ** 2)
