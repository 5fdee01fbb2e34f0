"""Which places an index names: one place or many, a view of what stands there or a copy.

A tuple, a range or a truth value inside an index names places one by one, as a list does: what is
read there is a copy, and what is added there may be added twice.
"""

import numpy as np

from . import example, normal


@example(normal(1, 3, 4), 0.7, wrt=(0, 1))
def tuple_inside_an_index(a, c):
    """`b[(0, 2), 1:3]` copies two rows."""
    b = a.copy()
    kept = b[(0, 2), 1:3]
    b[(0, 2), 1:3] = b[(0, 2), 1:3] * c
    b[(1, 1), (0, 3)] += 1.0
    b[0] = b[1] * c
    b[(2, 0), (0, 0)] *= b[(0, 2), (1, 1)]
    return np.sum(b**2) + np.sum(kept**3)


@example(normal(2, 3, 4), normal(3, 2), wrt=(0, 1))
def places_that_come_twice(a, v):
    """Of two values stored in one place the last one stays; what is read twice counts twice."""
    b = a.copy()
    twice = ((0, 0), (1, 1))
    b[twice] += v
    b[(2, 2), 1] = v * b[twice]
    return np.sum(b**2) + np.sum(a[twice] * v) + np.sum(a[(1, 1), :2] ** 2)


@example(normal(4, 3, 4))
def places_zipped(a):
    """Places collected as pairs, turned into one tuple for each axis."""
    b = a.copy()
    places = tuple(zip(*[(0, 3), (1, 2), (2, 1)]))
    b[places] = b[places] ** 2
    b[places] -= 0.5
    b[places] *= 1.5
    return np.sum(b**2) + np.sum(a[places])


@example(normal(5, 4, 3), 2)
def ranges_as_places(a, n):
    b = a.copy()
    rows = b[range(n)]
    corner = b[range(n), range(1, n + 1)]
    b[range(1, 3), 0] *= b[0, range(1, 3)]
    b[0] = 2.0 * b[3]
    corner *= 3.0
    return np.sum(rows**2) + np.sum(corner**2) + np.sum(b**2)


@example(normal(6, 3, 4), 0.4, wrt=(0, 1))
def truth_inside_an_index(a, c):
    """A truth value is a mask without an axis: what it reads is a copy."""
    b = a.copy()
    whole = b[c > 0.0]
    row = b[c > 0.0, 1]
    b[c > 0.0] *= c
    b[0] = b[1]
    b[(True, False, True), 2] += c
    return np.sum(whole**2) + np.sum(row**3) + np.sum(b**2)


@example(normal(7, 3, 4))
def rows_of_places(a):
    """A list of lists of places gives as many axes as it has levels."""
    b = a.copy()
    square = b[[[0, 1], [1, 0]], 1]
    square *= square[0]
    deep = b[((0, 2), (1, 1)), 1:]
    b[[[0, 1], [2, 2]], (0, 3)] *= 0.5
    return np.sum(square**2) + np.sum(deep**2) + np.sum(b**3)
