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


@example(normal(9, 3, 4), np.arange(1.0, 13.0).reshape(3, 4), analytic=False)
def averages_over_axes(a, weights):
    total, weight = np.average(a, axis=1, weights=weights[0], returned=True)
    both = np.average(a.reshape(3, 2, 2), axis=(2, 0), weights=weights[:2, :3])
    return np.sum(total**2 * weight) + np.sum(both**3) + np.median(a.reshape(2, 2, 3), (0, 2))


@example(normal(10, 3, 4))
def slopes_along_axes(a):
    down, across = np.gradient(a, 0.5, np.array([0.0, 0.4, 1.0, 1.7]))
    return np.sum(down * across) + np.sum(np.gradient(a, axis=1, edge_order=2) ** 2)


@example(normal(11, 4), normal(12, 4), wrt=(0, 1), analytic=False)
def covariance_of_two(x, y):
    """A matrix, though both are vectors."""
    return np.sum(np.sin(np.cov(x, y)) * np.array([[1.0, 2.0], [3.0, 4.0]]))


@example(normal(13, 3), positive(14, 2), wrt=(0, 1))
def open_grid(x, y):
    """np.ix_ of numbers arranges them for broadcasting."""
    a, b = np.ix_(x, y)
    return np.exp(a * b)


@example(normal(15, 3, 4))
def truth_as_an_index(a):
    """True adds an axis; a list of them is a mask."""
    return (
        a[True] * a[None]
        + np.sum(a[[True, False, True]] ** 3)
        + a[:, [True, False, True, True]].sum()
    )


@example(normal(16, 4))
def edited_along_slices(v):
    a = np.outer(v, v**2)
    kept = np.delete(a, np.s_[::2], axis=1)
    turned = np.roll(a, [1, 2], axis=(0, -1))
    return np.sum(kept**2) + np.sum(turned[:, 1:3] * a.compress([True, False, True], 1))


@example(normal(17, 4), analytic=False)
def view_written_to(v):
    z = v * 1.0
    w = z.view()
    w[1] = v[0] ** 2
    return z * v[1].astype(float)


@example(positive(18, 3, 3), analytic=False)
def matrix_norms(a):
    sums = np.linalg.norm(a, 1) * np.linalg.norm(a, -np.inf)
    slow = np.linalg.norm(a @ a, 2) + np.linalg.norm(a, "nuc") ** 2
    return sums * slow + np.sum(np.linalg.matrix_power(a, 5)) / 100.0


@example(positive(19, 3), 0.4, wrt=(0, 1))
def blocks_and_defaults(v, least):
    a = np.outer(v, v**2)
    made = np.block([[a, v[:, None]], [v[None] ** 2, np.ones((1, 1))]])
    smallest = min([x for x in v if x > 9.0], default=least)
    return np.sum(made**2 @ made) * smallest + np.sum(np.array(v, ndmin=2).T * a) + a.item(1, 2)


@example(normal(20, 3, 3) + 3.0 * np.eye(3), analytic=False)
def named_results(a):
    return np.linalg.slogdet(a).logabsdet * np.linalg.slogdet(a @ a).sign * a
