"""Index arrays in which a place occurs more than once: reads add up, the last write wins."""

import numpy as np

from . import exhibit


@exhibit(
    "pytorch/pytorch#473",
    at=(np.zeros(3), np.array([1.0, 2.0, 3.0])),
    gradient=lambda x, y: (np.array([0.0, 2 * x[1], 2 * x[2]]), np.array([0.0, 0.0, 2 * y[2]])),
)
def rows_copied_to_one_place(x, y):
    """Three writes to one place: only the last one is seen."""
    z = x.copy()
    z[np.array([0, 0, 0])] = y
    return np.sum(z**2)


@exhibit("pytorch/pytorch#1528", at=(np.ones(1),), gradient=lambda y: 3 * y**2)
def first_of_two_copies(y):
    """A place read twice: the cotangent of either copy comes back."""
    twice = y[np.array([0, 0])]
    return twice[0] ** 3


@exhibit("pytorch/pytorch#1631", at=(np.array([0.1]),), gradient=lambda x: np.array([0.5]))
def gathered_twice(x):
    """Both copies count."""
    return np.dot(x[np.array([0, 0])], np.array([0.2, 0.3]))


@exhibit(
    "pytorch/pytorch#57006",
    at=(np.array([1.0, 2.0, 3.0]), 0.7),
    gradient=lambda t, v: (np.array([2 * t[0], 2 * t[1], 0.0]), 2 * v),
)
def filled_twice(t, v):
    """A number written to one place twice is there once."""
    out = t.copy()
    out[np.array([2, 2])] = v
    return np.sum(out**2)


@exhibit(
    "tensorflow/tensorflow#56961",
    at=(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.6, 0.7, 0.8])),
    gradient=lambda t, u: (
        np.array([0.0, 3 * t[1] ** 2, 0.0]), np.array([0.0, 0.0, 3 * u[2] ** 2, 3 * u[3] ** 2]),
    ),
)  # fmt: skip
def updates_with_repeats(t, u):
    """Of the updates of one place only the last one counts."""
    out = t * 1.0
    out[[0, 2, 2, 0]] = u
    return np.sum(out**3)


@exhibit(
    "pytorch/pytorch#146299",
    at=(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.6, 0.7])),
    gradient=lambda x, v: (2 * x + 2 * np.array([v[0] + v[2], v[1], 0.0]),
                           2 * np.array([x[0] + v[0] + v[2], x[1] + v[1], x[0] + v[0] + v[2]])),
)  # fmt: skip
def added_at_repeats(x, v):
    """np.add.at adds for each occurrence."""
    out = x.copy()
    np.add.at(out, np.array([0, 1, 0]), v)
    return np.sum(out**2)


@exhibit(
    "pytorch/pytorch#146299",
    at=(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.6, 0.7])),
    gradient=lambda x, v: (
        2 * (x + np.array([v[2], v[1], 0.0])),
        2 * np.array([0.0, x[1] + v[1], x[0] + v[2]]),
    ),
)
def augmented_at_repeats(x, v):
    """out[i] += v reads and writes each place once: the last of the repeats counts."""
    out = x.copy()
    out[np.array([0, 1, 0])] += v
    return np.sum(out**2)
