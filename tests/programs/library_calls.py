"""Functions of NumPy and of the standard library that take functions, make them, or look up."""

import bisect
import heapq
from operator import attrgetter, itemgetter, methodcaller

import numpy as np

from . import example, normal


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def scaled(self, k, power=1):
        return self.x * k + self.y**power


SECOND = itemgetter(1)


@example(1.3)
def getters_of_operator(x):
    points = [Point(x, 1.0), Point(2.0, x * x)]
    rows = sorted([(2, x), (1, x * x), (3, 1.0)], key=itemgetter(0))
    first, last = itemgetter("a", "b")({"a": x, "b": rows[0][1]})
    called = sum(map(methodcaller("scaled", 2.0, power=2), points))
    return first * last + called * max(points, key=attrgetter("y")).x + sum(map(SECOND, rows))


@example(normal(2, 4), analytic=False)
def pieces_and_rows(v):
    a = np.piecewise(v, [v < 0, v > 0.5], [lambda t: -t, lambda t: t**3, 2.0])
    b = np.piecewise(v[0], [v[0] < 0, v[0] >= 0], [lambda t, k: t * k, lambda t, k: t + k], v[1])
    rows = np.apply_along_axis(lambda r: r * r[0], 1, v.reshape(2, 2))
    return np.sum(a * a) * b + np.sum(rows * np.apply_along_axis(np.sum, 0, v.reshape(2, 2)))


@example(normal(3, 4))
def joined_by_an_index(v):
    design = np.c_[np.ones(4), v, v**2]
    weights = np.r_[v[:2], 1.0, np.r_[v[2] * v[3]]]
    return np.sum(design.T @ weights) + np.sum(np.exp(v[0])[None] * np.r_[design, design])


@example(normal(4, 5), analytic=False)
def edited_arrays(v):
    longer = np.insert(np.delete(v, [0, 2]), 1, v[0] * v[1])
    extremes = np.maximum.accumulate(v) * np.minimum.accumulate(v)
    return np.sum(longer * np.arange(4.0)) + np.sum(extremes) + np.sum(np.multiply.outer(v, v[0]))


@example(1.3, analytic=False)
def dicts_with_a_key_twice(x):
    """The last value of a key counts, wherever the first one stood."""
    p = {"layer": {"w": x, "b": 1.0}, "s": 2.0}
    q = {**p, "layer": {**p["layer"], "w": x * x}}
    n = int(x)
    r = {n: x, 1: x**3, n + 1: 2.0}
    return q["layer"]["w"] * q["s"] + p["layer"]["w"] * r[1] * r[2] * len(r)


@example(normal(5, 6), analytic=False)
def slopes(v):
    windows = np.lib.stride_tricks.sliding_window_view(v, 3)
    given = np.gradient(v, 0.5) * np.gradient(v, np.cumsum(np.exp(v)))
    return np.sum(given) + np.sum(windows[0] * windows[-1])


@example(normal(5, 6), analytic=False)
def smoothed(v):
    return np.sum(np.convolve(v, [0.25, 0.5, 0.25], mode="same") * np.correlate(v, v[:3], "same"))


@example(normal(5, 6), analytic=False)
def summarised(v):
    spread = np.cov(v, v**2)[0, 1] * np.corrcoef(v, np.exp(v))[0, 1]
    return spread * np.percentile(v, 30) + np.sum(np.quantile(v, [0.2, 0.9]) ** 2)


@example(normal(6, 3))
def polynomials(p):
    derivative = np.polyder(p)
    values = np.polyval(p, np.array([0.3, 0.7])) * np.polynomial.polynomial.polyval(0.4, p)
    return np.sum(values) * derivative[0]


@example(1.4, [0.5, 1.0, 4.0, 9.0], analytic=False)
def between_knots(x, values):
    """The interval is found by comparison, and does not move with x."""
    knots = [0.0, 1.0, 2.0, 3.0]
    k = bisect.bisect_right(knots, x) - 1
    weight = (x - knots[k]) / (knots[k + 1] - knots[k])
    return (1.0 - weight) * values[k] + weight * values[k + 1]


@example(np.array([1.0, -2.0, 3.0]))
def arrays_as_lists(v):
    numbers = v.tolist()
    numbers.append(numbers[0] * numbers[2])
    rows = np.outer(v, v).tolist()
    return sum(k * number for k, number in enumerate(numbers)) + rows[0][1] * rows[2][2]


@example(normal(11, 5), normal(12, 4), 0.7, wrt=(0, 1, 2), analytic=False)
def values_beyond_the_knots(x, values, end):
    """Values given for what is outside, and knots that repeat."""
    knots = np.array([-0.6, 0.1, 0.4, 0.9])
    inside = np.interp(x, knots, values, left=end, right=end**2)
    return inside * np.interp(x, knots, values, period=2.5) + np.interp(
        end, knots, values, right=3.0
    )


@example([0.3, 0.5, 0.2])
def heap_of_pairs(xs):
    """Pushed and popped: the places in the list are those of `heapq`."""
    heap = []
    for k, v in enumerate(xs):
        heapq.heappush(heap, (v * v, k))
    total = 0.0
    while heap:
        v, k = heapq.heappop(heap)
        total = total * 0.5 + v * (k + 1)
    return total


@example(np.array([0.3, 0.5, 0.2, 0.7]))
def heap_in_place(x):
    heap = list(x * x)
    heapq.heapify(heap)
    first = heapq.heapreplace(heap, x[0])
    second = heapq.heappushpop(heap, x[1])
    return first * 2.0 + second + heap[0] * heap[1] + heap[3] * heap[2] * 3.0


@example([0.3, 0.5, 0.2])
def largest_and_smallest(xs):
    a, b = heapq.nlargest(2, xs, key=lambda v: 1.0 - v)
    return a * 2.0 + b * b + heapq.nlargest(1, xs)[0] + heapq.nsmallest(1, xs)[0] * a


@example(np.array([[0.0, 0.3, 0.9], [0.3, 0.0, 0.4], [0.9, 0.4, 0.0]]))
def shortest_way(w):
    """Dijkstra's algorithm."""
    n = len(w)
    lengths = [1e3] * n
    lengths[0] = 0.0
    heap = [(0.0, 0)]
    while heap:
        length, i = heapq.heappop(heap)
        if length > lengths[i]:
            continue
        for j in range(n):
            if i != j and length + w[i, j] < lengths[j]:
                lengths[j] = length + w[i, j]
                heapq.heappush(heap, (lengths[j], j))
    return lengths[2] ** 2


@np.vectorize
def ramp(t):
    return t * t if t > 0.0 else -3.0 * t


@example(normal(13, 2, 3), 0.4, wrt=(0, 1), analytic=False)
def functions_of_numbers_for_arrays(x, level):
    """A function called for each entry: made outside, and made here."""
    cut = np.vectorize(lambda t, u: t * u if t > u else t - u)
    return ramp(x) * cut(x, level) + cut(x, x[0]) * ramp(level)


@example(normal(14, 4), normal(15, 3), normal(16, 5), wrt=(0, 1, 2), analytic=False)
def series_of_polynomials(p, q, x):
    """Sums of coefficients, and series of other polynomials than powers."""
    sums = np.polyint(np.polysub(np.polyadd(p, q), q * q[0]))
    values = np.polynomial.chebyshev.chebval(x, p) + np.polynomial.legendre.legval(x, q)
    return np.polyval(sums, x * 0.5) + values * np.polynomial.hermite.hermval(x, q)


@example(normal(17, 3, 4), analytic=False)
def sums_of_exponentials(x):
    """Along an axis, over phases without jumps, of the distinct values."""
    total = np.logaddexp.reduce(x, axis=1) + np.logaddexp.reduce(x[0])
    phases = np.unwrap(3.0 * x, axis=1)
    return total * phases[:, -1] + np.sum(np.unique(x)[2:5] ** 2) + np.diagflat(x[0], 1)[0, 1]
