"""Lists and tuples joined and repeated so often as is known only while the program runs."""

import heapq

import numpy as np

from . import example, normal


@example(normal(361, 3), 2.1)
def zeros_in_front(x, width):
    """A tuple of whole numbers has no derivative; what stands behind it keeps its place."""
    row = (0,) * (int(width) - 1) + (x[0],)
    return row[0] * x[1] + row[1] ** 2


@example(normal(362, 3), 2.1)
def zeros_behind(x, width):
    row = (x[0],) + (0,) * (int(width) - 1)
    row = row + (x[1],)
    listed = [x[2]] + [0.0] * int(width)
    return row[0] * 2.0 + row[2] ** 2 + sum(listed) + listed[2]


@example(normal(363, 3), 2.1)
def grown_and_padded(x, width):
    parts = ()
    for k in range(3):
        parts = parts + (x[k] * 2.0,)
    parts += (1,) * int(width)
    return sum(part**2 * (k + 1) for k, part in enumerate(parts))


def padded(coefficients, n):
    return (0,) * (n - len(coefficients)) + coefficients


@example(np.array([0.7, 1.3, 0.4, 2.1]))
def padded_to_one_length(x):
    above = padded(tuple(v for v in x if v > 1.0), 4)
    return sum(p * q for p, q in zip(padded((x[0], x[1]), 4), above, strict=True)) + above[3] ** 2


class Polynomial:
    def __init__(self, *coefficients):
        self.coefficients = coefficients

    def __call__(self, t):
        total = 0
        for coefficient in self.coefficients:
            total = total * t + coefficient
        return total

    def __add__(self, other):
        n = max(len(self.coefficients), len(other.coefficients))
        pairs = zip(padded(self.coefficients, n), padded(other.coefficients, n), strict=True)
        return Polynomial(*(a + b for a, b in pairs))

    def __mul__(self, other):
        out = [0] * (len(self.coefficients) + len(other.coefficients) - 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                out[i + j] += a * b
        return Polynomial(*out)


@example(np.array([0.7, 1.3, 0.4, 2.1]))
def polynomials(x):
    p, q = Polynomial(x[0], x[1], 1.0), Polynomial(x[2], 2)
    return (p * q + p)(x[3]) + (q * q * q)(1.1)


def doubled(v):
    v *= 2.0
    return v[0]


def raised(d):
    d["a"] = d["a"] ** 2
    return d["b"]


def weighed(a, b, c, d):
    return a + 2.0 * b * c * d


@example(np.array([0.9, 0.7]))
def spread_before_a_change(x):
    """What `*` and `**` give is read where they stand, and what stands behind changes it."""
    v = x * 1.0
    found = [*v, doubled(v), *v]
    d = {"a": x[0], "b": x[1]}
    e = {**d, "c": raised(d)}
    total = found[0] * found[3] * found[4] + e["a"] * e["c"] + d["a"] ** 2
    return total + weighed(*v, doubled(v), 1.0) + weighed(c=x[0], **d, d=raised(d))


class Growing:
    def __init__(self, v):
        self.v = v

    @property
    def step(self):
        self.v *= 2.0
        return self.v[0]


@example(np.array([0.9, 0.7]))
def spread_before_it_is_written(x):
    v = x * 1.0
    found = (*v, np.multiply(v, 3.0, out=v)[0], *v, np.add(v, 1.0, v)[1])
    rest = [x[0], x[1], x[0] * x[1]]
    more = [*rest, rest.pop(), *rest]
    heap = [x[1], x[0], 5.0]
    drawn = [*heap, heapq.heappop(heap), *heap]
    own = Growing(x * 1.0)
    stepped = [*own.v, own.step]
    total = found[0] * found[2] * found[3] + more[2] * more[-1] + len(more) * x[0]
    return total + drawn[0] * drawn[4] * len(drawn) + stepped[0] * stepped[2]
