"""Broadcasting and indexing of every kind, without writes."""

import numpy as np

from . import example, normal, positive


@example(0.7, normal(1, 3, 2), wrt=(0, 1))
def scalar_with_matrix(c, a):
    return np.sum((c * a - c) / (2.0 + np.sin(a)) ** 2) * c


@example(normal(2, 4, 1), positive(3, 1, 3), wrt=(0, 1))
def column_with_row(col, row):
    """An outer product by broadcasting, (4, 1) with (1, 3)."""
    grid = col * row - row / (3.0 + col)
    return np.sum(grid**3)


@example(normal(4, 1), positive(5, 4), wrt=(0, 1))
def one_with_many(u, v):
    """(1,) with (4,)."""
    return np.sum(u * v**2 + u / v)


@example(normal(6, 3), normal(7, 2, 3), wrt=(0, 1))
def vector_with_matrix(b, x):
    """A bias on every row; the result stays an array."""
    return np.tanh(x + b) * b


@example(np.array(0.8), normal(8, 3), wrt=(0, 1))
def zero_dimensional(t, v):
    """An array without axes is a scalar that stays an array."""
    return np.sum(np.exp(-t * v)) * t + t**2


@example(normal(9, 2, 1, 3), normal(10, 4, 1), wrt=(0, 1))
def three_way_broadcast(a, b):
    """(2, 1, 3) with (4, 1)."""
    c = a - b
    return np.sum(c * c * a, axis=(0, 2))


@example(normal(11, 10))
def strided_slices(v):
    """Steps, negative steps and open ends."""
    evens = v[::2]
    odds = v[1::2]
    back = v[::-1]
    tail = v[-3:]
    part = v[8:2:-3]
    return np.sum(evens * odds) + np.dot(back[:5], odds) + tail[0] * part[1]


@example(normal(12, 4, 5))
def matrix_slices(a):
    """Rows, columns, blocks."""
    row, column = a[1], a[:, 2]
    block = a[1:3, ::2]
    return np.sum(block * row[1:4]) + np.dot(column, a[:, -1]) + a[3, 4] * a[-1, 0]


@example(normal(13, 4))
def new_axes(v):
    """Pairwise differences by np.newaxis and None."""
    d = v[:, np.newaxis] - v[None, :]
    return np.sum(np.exp(-d * d) * v[:, None])


@example(normal(14, 2, 3, 2))
def ellipses(a):
    last = a[..., 0]
    first = a[0, ...]
    whole = a[...]
    return np.sum(last**2) * np.sum(first) + np.sum(whole[..., 1, :] ** 3)


@example(normal(15, 6), np.array([4, 0, 0, 2]))
def fancy_index(v, index):
    """An index array that repeats a position."""
    picked = v[index]
    return np.sum(picked**2 * np.arange(1.0, 5.0))


@example(normal(16, 4, 3))
def fancy_index_pairs(a):
    """Pairs of index arrays, lists, and a mixture with a slice."""
    rows = np.array([0, 2, 2])
    cols = np.array([1, 1, 0])
    entries = a[rows, cols]
    table = a[[3, 0, 3]]
    mixed = a[1:, [0, 2]]
    return np.prod(entries + 2.0) + np.sum(table**2 * a[1]) + np.sum(mixed) * a[0, 0]


@example(normal(17, 8))
def boolean_mask(v):
    """Entries that pass a test of the values themselves."""
    positive_part = v[v > 0.0]
    small = np.abs(v) < 0.8
    return np.sum(positive_part**3) + np.sum(v[small]) * np.mean(v[~small])


@example(normal(18, 3, 4), np.array([True, False, True]))
def row_mask(a, keep):
    kept = a[keep]
    return kept * np.sum(kept, axis=0)


@example(normal(19, 3, 3))
def scalar_entries(a):
    """Single entries by pairs, by chained and by negative indices."""
    det = (
        a[0, 0] * (a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1])
        - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
        + a[0, -1] * (a[1, 0] * a[-1, 1] - a[1, 1] * a[-1, 0])
    )
    return det


@example(normal(20, 5), 2)
def index_by_argument(v, k):
    """The position comes as an argument, and as an expression of it."""
    return v[k] * v[k + 1] ** 2 + v[-k] + np.sum(v[k:] * v[: len(v) - k])


@example(normal(21, 3, 4), normal(22, 4), wrt=(0, 1))
def attributes_and_methods(a, v):
    """Shape, size and ndim as numbers; methods in place of functions."""
    n, m = a.shape
    scaled = a / a.size * n
    return (scaled.T.dot(scaled) @ v).sum() * v.ndim + a.mean(axis=0).dot(v) / m


@example(normal(23, 2, 3), 1.4, wrt=(0, 1))
def power_of_arrays(a, p):
    """Constant, active and array exponents."""
    base = a * a + 0.5
    return np.sum(base**p) + np.sum(p**a) + np.sum(base**a) + np.sum(a**3)


@example(normal(24, 4, 3), np.array([0, 1, 1, 2]))
def entry_of_each_row(a, labels):
    """Rows counted up: no entry is named twice, whatever the labels are."""
    rows = np.arange(len(labels))
    squares = a * a
    squares[rows, labels] *= a[0, 0]
    picked = squares[np.arange(a.shape[0]), labels]
    return np.sum(picked**2 * a[rows, 1]) + squares[rows, rows % 2][0]


@example(normal(25, 4, 3), np.array([0, 1, 1, 2]))
def entries_of_one_row(a, labels):
    """One row counted up is taken for every label: entries are named again."""
    squares = a * a
    twice = squares[np.arange(1), labels]
    squares[np.arange(1) + 1, labels] += twice
    return np.sum(twice**2 * a[:, 0]) + np.sum(squares**2)


@example(normal(98, 4), normal(99, 3), wrt=(0, 1))
def powers_in_columns(x, c):
    v = np.vander(x, len(c), increasing=True)
    a = v.T @ v
    a[np.diag_indices_from(a)] += 1.0 + c[0] ** 2
    return np.sum(np.linalg.solve(a, c) ** 2) + np.sum(np.vander(x, 3)[1] * c)


@example(normal(100, 5))
def common_dtype(x):
    """The dtype is asked for; parts of the array are written twice."""
    f = np.ones(4, dtype=np.result_type(x, float))
    f[1:3] = x[0:2]
    f[1:3] = x[2:4] * f[0]
    g = np.empty((2, 3), np.promote_types(x.dtype, int))
    g[:, 1:] = x[:2, None]
    g[:, 0] = f[:2]
    g[1] *= x[3]
    return np.sum(f**2) + np.sum(g**3)


COUNTS = np.array([3, 1, 2])


@example(2.6, np.array([1, 4]), analytic=False)
def whole_parts(x, k):
    """Arrays of integers, made with the dtype of others, keep the whole part of what they hold."""
    kept = np.zeros(3, dtype=COUNTS.dtype)
    kept[0] = x
    kept[1] = kept[0] * x
    cut = (np.array([x, x * x]) * k).astype(k.dtype)
    squares = k**2
    squares[0] = x
    real = np.full(2, x, dtype=np.promote_types(k.dtype, float))
    real[1] = x * x
    return (np.sum(kept) + np.sum(cut) + squares[0]) * x + np.sum(real)


@example(2.6, np.dtype(float))
@example(2.6, np.dtype(int), analytic=False, name="integers")
def dtype_handed_over(x, dtype):
    """What an array does with numbers is told by an argument."""
    out = np.zeros(2, dtype=dtype)
    out[0] = x
    out[1] = out[0] * x
    return out[1] * x
