"""Recurrences and dynamic programming, smooth versions of the classical tables."""

import numpy as np

from . import example, normal, positive


def softmin3(a, b, c):
    """A smooth minimum of three."""
    return -np.log(np.exp(-a) + np.exp(-b) + np.exp(-c))


@example(normal(1, 4), normal(2, 3), wrt=(0, 1))
def soft_edit_distance(a, b):
    """Soft dynamic time warping: a table filled row by row."""
    n, m = len(a), len(b)
    table = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        table[i, 0] = table[i - 1, 0] + 1.0
    for j in range(1, m + 1):
        table[0, j] = table[0, j - 1] + 1.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1]) ** 2
            table[i, j] = cost + softmin3(table[i - 1, j], table[i, j - 1], table[i - 1, j - 1])
    return table[n, m]


@example(normal(3, 3, 3), normal(4, 5, 3), wrt=(0, 1))
def soft_viterbi(transitions, emissions):
    """The forward algorithm in log space."""
    score = emissions[0]
    for t in range(1, len(emissions)):
        paths = score[:, None] + transitions
        top = np.max(paths, axis=0)
        score = emissions[t] + top + np.log(np.sum(np.exp(paths - top), axis=0))
    return np.log(np.sum(np.exp(score)))


@example(normal(5, 3, 3), normal(6, 4, 3), wrt=(0, 1))
def hard_viterbi(transitions, emissions):
    """The best path's score and, by back pointers, its emissions again."""
    score = emissions[0]
    pointers = []
    for t in range(1, 4):
        candidates = score[:, None] + transitions
        pointers.append(np.argmax(candidates, axis=0))
        score = np.max(candidates, axis=0) + emissions[t]
    state = np.argmax(score)
    path_energy = emissions[3, state] ** 2
    for t in range(2, -1, -1):
        state = pointers[t][state]
        path_energy += emissions[t, state] ** 2
    return np.max(score) + 0.1 * path_energy


@example(positive(7, 6), 0.6, wrt=(0, 1))
def exponential_smoothing(v, alpha):
    """A recurrence whose whole course is the result."""
    smooth = np.empty(6)
    smooth[0] = v[0]
    for t in range(1, 6):
        smooth[t] = alpha * v[t] + (1.0 - alpha) * smooth[t - 1]
    return smooth


@example(positive(8, 5))
def soft_matrix_chain(dims):
    """Matrix chain order with a soft minimum over splits."""
    n = len(dims) - 1
    cost = np.zeros((n, n))
    for span in range(1, n):
        for i in range(n - span):
            j = i + span
            total = 0.0
            for k in range(i, j):
                c = cost[i, k] + cost[k + 1, j] + dims[i] * dims[k + 1] * dims[j + 1]
                total += np.exp(-c)
            cost[i, j] = -np.log(total)
    return cost[0, n - 1]


@example(normal(9, 5), 0.7, wrt=(0, 1))
def horner_with_derivative(coefficients, x):
    """A polynomial and its slope in one pass."""
    value = 0.0
    slope = 0.0
    for c in coefficients[::-1]:
        slope = slope * x + value
        value = value * x + c
    return value * slope


@example(positive(10, 6))
def continued_fraction(a):
    value = a[-1]
    for x in a[-2::-1]:
        value = x + 1.0 / value
    return value


@example(0.4, 5)
def pascal_bernstein(t, n):
    """Pascal's triangle in one row, in place from behind; then Bernstein's polynomials."""
    row = [1.0] + [0.0] * n
    for i in range(1, n + 1):
        for k in range(i, 0, -1):
            row[k] = row[k] + row[k - 1] * (1.0 + 0.1 * t)
    total = 0.0
    for k in range(n + 1):
        total += row[k] * t**k * (1.0 - t) ** (n - k) * np.cos(k)
    return total


@example(0.3, 6)
def legendre(x, n):
    """Three-term recurrence."""
    p_prev, p = 1.0, x
    for k in range(1, n):
        p_prev, p = p, ((2 * k + 1) * x * p - k * p_prev) / (k + 1)
    return p


@example(positive(11, 4), np.array([3, 1, 2, 2]))
def soft_knapsack(values, weights):
    """Counts of packings weighted by value, capacities from above."""
    capacity = 5
    table = np.zeros(capacity + 1)
    table[0] = 1.0
    for value, weight in zip(values, weights):
        for c in range(capacity, weight - 1, -1):
            table[c] += table[c - weight] * np.exp(value)
    return np.log(np.sum(table))


@example(normal(12, 8))
def online_moments(v):
    """Welford's update of mean and variance."""
    mean = 0.0
    m2 = 0.0
    for n, x in enumerate(v, start=1):
        delta = x - mean
        mean += delta / n
        m2 += delta * (x - mean)
    return m2 / (len(v) - 1) * np.exp(mean)


@example(normal(13, 4, 4))
def grid_paths(costs):
    """Soft shortest path through a grid, row after row in one buffer."""
    best = np.cumsum(costs[0])
    for i in range(1, 4):
        best[0] = best[0] + costs[i, 0]
        for j in range(1, 4):
            best[j] = costs[i, j] - np.log(np.exp(-best[j]) + np.exp(-best[j - 1]))
    return best[3]


# --- None until a value is there


@example(0.7)
def last_value_or_none(x):
    last = None
    total = 0.0
    for k in range(4):
        value = x * k + 1.0
        if last is not None:
            total += (value - last) ** 2 * x
        last = value
    return total + last


@example(0.7, analytic=False)
def best_so_far(x):
    best = None
    for a in (0.3, 1.0, 2.0):
        value = (a - x) ** 2 * x
        if best is None or value < best:
            best = value
    return best


@example(0.7)
def array_or_none(x):
    product = None
    for k in range(3):
        factor = np.array([x, x * k])
        product = factor if product is None else product + factor * product
    return product.sum() + product[0]


@example(0.7, analytic=False)
def positive_predecessors(x):
    previous = None
    found = []
    for k in range(4):
        current = np.sin(x * k)
        if previous is not None and previous > 0.0:
            found.append(current * previous)
        previous = current
    return sum(found)
