"""Sums, means, extrema and cumulative sums, over all axes and some."""

import numpy as np

from . import example, normal, positive


@example(normal(1, 3, 4))
def sums(a):
    """All, along each axis, with kept axes, from the end."""
    rows = np.sum(a, axis=0)
    columns = a.sum(axis=1, keepdims=True)
    return np.sum(a**2) * a + rows * columns + np.sum(a, axis=-1)[:, None] ** 2


@example(normal(2, 2, 3, 4))
def several_axes(a):
    return np.sum(a, axis=(0, 2)) * np.mean(a, (1, 2), keepdims=True)[0, 0] + a.sum((0, 1))[:3]


@example(normal(3, 4, 3))
def means(a):
    centred = a - np.mean(a, axis=0)
    scaled = centred / (1.0 + a.mean() ** 2)
    return np.mean(scaled**3, axis=1, keepdims=True)


@example(normal(4, 4, 3), analytic=False)
def variances(a):
    """Biased, unbiased, along axes, with kept axes."""
    z = (a - np.mean(a, axis=0)) / np.std(a, axis=0)
    return (
        np.var(a) * np.sum(z**3) + np.sum(np.var(a, axis=1, ddof=1)) + a.var(0, keepdims=True)[0, 1]
    )


@example(normal(5, 6), analytic=False)
def standard_deviation(v):
    return np.std(v) * np.sum(v**3) / v.std(ddof=1)


@example(normal(6, 2, 3))
def products(a):
    """Of all entries, of rows; with an exact zero handled apart."""
    return np.prod(a) + np.sum(np.prod(a + 1.0, axis=1) ** 2) + a.prod(axis=0, keepdims=True)[0, 2]


@example(np.array([0.7, 0.0, -1.2, 0.4]), name="one_zero")
@example(np.array([0.7, 0.0, -1.2, 0.0]), name="two_zeros")
def product_with_zeros(v):
    """The derivative of a product with zeros in it is not the product over the entry."""
    return np.prod(v) + np.sum(v**2)


@example(normal(7, 3, 4))
def extrema(a):
    """Largest and smallest, of all and along axes."""
    spread = np.max(a) - np.min(a)
    return spread * np.sum(a.max(axis=0) ** 2) + np.sum(np.min(a, axis=1, keepdims=True) * a)


@example(normal(8, 5))
def cumulative_sums(v):
    c = np.cumsum(v)
    return np.sum(c * c[::-1] * v) + np.cumsum(np.exp(c))[3]


@example(normal(9, 3, 4))
def cumulative_along_axes(a):
    """Along an axis, flattened, and after a reversal."""
    down = np.cumsum(a, axis=0)
    back = np.cumsum(a[:, ::-1], axis=1)[:, ::-1]
    return down * back + a.cumsum().reshape(3, 4) ** 2


@example(normal(10, 6))
def log_sum_exp(v):
    top = np.max(v)
    return top + np.log(np.sum(np.exp(v - top)))


@example(normal(11, 3, 3), np.array([[1.0, 0.0, 2.0]]), wrt=(0, 1))
def weighted_mean(a, w):
    """Weights that broadcast; a sum of products over two axes."""
    total = np.sum(w * a, axis=1) / np.sum(w)
    return total * total.sum()


@example(normal(12, 4))
def scalar_loops_against_sum(v):
    """Python's sum, max and len on an array beside NumPy's."""
    return sum(v) * np.sum(v**2) / len(v) + max(v) * min(v)


@example(positive(13, 4, 3))
def geometric_and_harmonic(a):
    geometric = np.exp(np.mean(np.log(a), axis=0))
    harmonic = a.shape[0] / np.sum(1.0 / a, axis=0)
    return geometric - harmonic**2


@example(normal(81, 2, 3))
def methods_of_elementwise_functions(x):
    down = np.add.reduce(x)
    along = np.multiply.reduce(x, axis=1)
    table = np.multiply.outer(along, np.subtract.outer(down, x))
    highest = np.maximum.reduce(x, axis=None) * np.minimum.reduce(down)
    return np.sum(np.add.accumulate(table, 1) ** 2) + highest * np.multiply.accumulate(down)[-1]


@example(normal(82, 3))
def result_in_a_tuple(x):
    a = np.zeros(3)
    np.multiply(x, x, out=(a,))
    np.sin(a, out=(a,))
    return np.sum(a * x)
