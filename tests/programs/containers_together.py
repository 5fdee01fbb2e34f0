"""Containers in uses that are read in more than one way, and the numbers and names in them."""

import logging
from collections import namedtuple

import numpy as np

from . import example


@example(0.7)
def values_passed_around(x):
    """The names of a turn are read by the next one only."""
    a, b, c = x, x * x, 3.0
    for _ in range(4):
        a, b, c = b, c, a * b
    return a + 2 * b + 3 * c


@example(0.7)
def some_keys_of_zip(x):
    table = {k: v * x for k, v in zip("abcd", range(4), strict=True) if v % 2}
    return table["b"] * table["d"]


@example([[0.3, 0.4], [0.5, 0.6]])
def rows_and_columns(grid):
    columns = [list(column) for column in zip(*grid, strict=True)]
    columns[0][1] *= 2.0
    return sum(sum(v * v for v in column) * (i + 1) for i, column in enumerate(columns))


@example(np.array([[0.3, 0.4], [0.5, 0.6]]))
def columns_of_array(m):
    total = 0.0
    for j, (a, b) in enumerate(zip(*m, strict=True)):
        total += a * b * (j + 1)
    return total


@example(0.7, 3)
def matrices_of_lists(x, n):
    def product(a, b):
        return [[sum(p * q for p, q in zip(r, c)) for c in zip(*b)] for r in a]  # noqa: B905

    a = [[x * (i + j) for j in range(n)] for i in range(n)]
    p = product(a, a)
    return p[0][1] * p[1][0] + p[2][2]


@example([[0.3, 0.4], [0.5], [0.6, 0.7]])
def lists_summed(rows):
    return sum(v * v * (i + 1) for i, v in enumerate(sum(rows, [])))


@example(0.7)
def list_summed_and_read(x):
    return sum([[x], [x * x]], [])[0] * x


@example(0.7, 4)
def growing_tuple(x, n):
    history = (x,)
    for _ in range(n):
        history = history + (history[-1] * x, 1.0)
    return sum(history) * len(history)


@example(0.7)
def entries_by_letter(x):
    table = {letter: x * i for i, letter in enumerate("abc", 1)}
    total = 0.0
    for letter in sorted(table, reverse=True):
        total = total * x + table[letter]
    return total


@example({1: 0.3, 2: 0.5})
def integer_keys(table):
    total = 0.0
    for k in table:
        total += k * table[k]
    for k, v in table.items():
        total += v**k * k
    return total


@example(0.7)
def numbers_as_keys(x):
    """Asked for what is in it, a dict may have differentiated keys."""
    known = {}

    def squared(v):
        if v in known:
            return known[v]
        known[v] = v * v
        return known[v]

    return squared(x) + squared(x) * squared(2.0)


@example([0.3, 0.1])
def set_asked_only(values):
    if len(set(values)) == 2:
        return values[0] * values[1]
    return values[0]


Point = namedtuple("Point", "x y z")


@example(Point(0.3, 0.4, 0.5))
def namedtuple_as_tuple(p):
    moved = p._replace(x=p.y * p.z)
    both = (p + (1.0,))[3] * p.x + (p * 2)[4] * p[-1]
    return sum(moved) * moved.x + both + np.sum(np.array(p) ** 2) + p[1:][0]


@example(0.7, 3)
def namedtuples_collected(x, n):
    points = [Point(x * k, x**k, 1.0) for k in range(n)]
    best = max(points, key=lambda p: p.x + p.y)
    return points[1].x * points[2].y + best.z * best.y + Point._make([x, 2.0, 3.0]).x


@example(0.7)
def changed_in_expressions(x):
    items, other = [], [x, 2.0]
    [items.append(x * k) for k in range(3)]
    nothing = items.append(x * x)
    x > 0 and items.append(x)
    smallest = other.sort() or other[0]
    return sum(items) * smallest if nothing is None else 0.0


@example(0.7, analytic=False)
def reports_on_the_way(x):
    log = logging.getLogger("corpus")
    log.debug("x = %s", x)
    y = x * x
    line = "{:.3e}".format(x) + f"y = {y:.2f}" + "%.2f" % y  # noqa: UP031, UP032
    lines = [line]
    lines.append(str(x))
    log.debug("\n".join(lines))
    if len(line) > 1000 and line.startswith("0"):
        return 0.0
    return y


@example(0.7, 4)
def drawn_by_words(x, n):
    total, names = 0.0, set()
    for word in "a bb ccc".split():
        if word not in names:
            names.add(word)
            total += x * len(word)
    stack = [x]
    for token in "3 x 2".split():
        stack.append(x if token == "x" else float(token))
    return total * stack[1] * stack[2] + len(names)


@example(0.7)
def drawn_from_a_generator(x):
    generator, total = np.random.default_rng(3), 0.0
    for _ in range(3):
        total += x * generator.normal() + generator.uniform(0, 1) * x * x
    return total


@example(np.array([0.7, 0.2, 0.4]), analytic=False)
def weights_counted(x):
    return np.sum(np.bincount([0, 1, 0], weights=x, minlength=3) ** 2)
