"""Reductions of chosen entries and from a start, and other arguments that calls seldom have."""

import numpy as np

from . import example, normal, positive


@example(normal(1, 3, 4), 0.7, wrt=(0, 1))
def sums_from_a_start(a, start):
    """The start is added once to each sum, and has a derivative of its own."""
    rows = np.sum(a * a, axis=1, initial=2.0)
    columns = a.sum(0, keepdims=True, initial=start)
    return np.sum(np.sin(rows)) + np.sum(columns**2) + np.add.reduce(a, initial=start**2)[1]


@example(normal(2, 3, 4), np.arange(12).reshape(3, 4) % 3 > 0)
def masked_reductions(a, chosen):
    """Over the entries that a mask leaves, where the others may be anything."""
    means = np.mean(a**2, axis=1, where=chosen)
    total = np.sum(a, axis=0, where=chosen, initial=1.0)
    product = np.prod(a + 2.0, axis=(0, 1), where=chosen)
    return np.sum(means**2) + np.sum(total**3) + np.log(product)


@example(normal(3, 4, 3), np.arange(12).reshape(4, 3) % 4 > 0, analytic=False)
def masked_spreads(a, chosen):
    spread = np.var(a, axis=0, where=chosen) + np.std(a, axis=0, correction=1)
    about = np.var(a, axis=0, mean=np.mean(a, axis=0, keepdims=True), ddof=1)
    return np.sum(spread**2) * np.sum(about)


@example(normal(4, 3, 4), 0.6, wrt=(0, 1), analytic=False)
def extremes_with_a_bound(a, bound):
    """No entry may exceed what `initial` gives; rows without entries have it alone."""
    largest = np.max(a, axis=1, initial=bound)
    least = np.min(a, initial=-bound, where=a > -1.0, keepdims=True)
    nothing = np.max(a[:, :0], axis=1, initial=bound**2)
    return np.sum(largest**2) + np.sum(least * nothing)


@example(normal(5, 6), 0.4, wrt=(0, 1))
def differences_joined(v, edge):
    padded = np.diff(v, prepend=edge, append=v[:2])
    return np.sum(padded**3) + np.sum(np.diff(v**2, 2, prepend=[0.0, 1.0]) * v)


@example(normal(6, 2, 6))
def column_order(a):
    """As Fortran and MATLAB arrange entries."""
    b = np.reshape(a, (4, 3), order="F")
    c = a.reshape(3, -1, order="F")
    return b.T @ b + np.sum(np.sin(a.ravel("F")[:5])) * (c[:, :3] ** 2) + a.flatten("F")[3]


@example(normal(7, 5))
def positions_in_range(v):
    around = np.take(v, [4, 5, 6, -9], mode="wrap")
    within = np.take(np.outer(v, v), [3, 9, -2], 1, mode="clip")
    return np.sum(around**3) + np.sum(np.sin(within))


@example(positive(8, 3, 3), analytic=False)
def wider_sums(a):
    """`dtype` says how sums are kept, and nothing of the derivative."""
    running = np.cumsum(a, axis=1, dtype=np.float64) * np.cumprod(a, 1, dtype=float)
    mean = np.mean(a**2, axis=0, dtype=np.float64)
    return running @ mean + np.trace(a @ a, dtype=np.float64) + np.prod(a, dtype=float)
