"""Unit vectors, and Jacobians put together from rows: written so that the compiler looks in."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "block_of_columns",
    "block_of_rows",
    "check_entries",
    "entry_units",
    "flat_entries",
    "in_chunks",
    "joined_rows",
    "smaller_jacobian",
    "unit_rows",
    "unit_tangents",
]

Array = np.ndarray[Any, np.dtype[Any]]


def unit_tangents(x: Any) -> Array:
    """Give the unit vectors of the space of `x`, in an array of shape (x.size,) + x.shape.

    >>> unit_tangents(np.zeros((1, 2))).tolist()
    [[[1.0, 0.0]], [[0.0, 1.0]]]
    """
    like = np.asarray(x)
    return unit_rows(0, like.size, like)[0]


def unit_rows(start: int, stop: int, *parts: Any) -> tuple[Array, ...]:
    """Give the unit vectors from `start` to `stop` of the space of all parts together.

    >>> [rows.tolist() for rows in unit_rows(1, 3, np.zeros(2), 0.5)]
    [[[0.0, 1.0], [0.0, 0.0]], [0.0, 1.0]]
    """
    made, first = [], 0
    for part in parts:
        like = np.asarray(part)
        dtype = like.dtype if like.dtype.kind in "fc" else np.dtype(float)
        rows = np.eye(stop - start, like.size, start - first, dtype=dtype)
        made.append(rows.reshape((stop - start, *like.shape)))
        first += like.size
    return tuple(made)


def entry_units(
    like: Array, axis: int, entries: int, start: int = 0, stop: int | None = None
) -> Array:
    """Give arrays like `like` that are 1 at the same number of every entry along `axis`, else 0.

    `start` and `stop` bound the numbers. Raises ValueError if there are not so many entries.

    >>> entry_units(np.zeros((2, 3)), 0, 2, 1, 2).tolist()
    [[[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]]
    """
    check_entries(like, axis, entries)
    own = axis % like.ndim
    shape = np.moveaxis(like, own, 0).shape[1:]
    size = math.prod(shape)
    count = (size if stop is None else stop) - start
    unit = np.eye(count, size, start, dtype=like.dtype).reshape((count, *shape))
    return np.repeat(np.expand_dims(unit, own + 1), entries, axis=own + 1)


def check_entries(out: Array, axis: int, entries: int) -> None:
    """Raise ValueError unless `out` has so many entries along `axis`."""
    if not -out.ndim <= axis < out.ndim:
        raise ValueError(f"an array of shape {out.shape} has no axis {axis} for entries")
    if out.shape[axis] != entries:
        raise ValueError(
            f"the argument has {entries} entries along the batch axis, but the result has "
            f"{out.shape[axis]}"
        )


def flat_entries(rows: Array) -> Array:
    """Give an array of shape (entries, rows, ...) one axis for all others."""
    size = np.size(rows) // max(np.shape(rows)[0] * np.shape(rows)[1], 1)
    return np.reshape(rows, (np.shape(rows)[0], np.shape(rows)[1], size))


def block_of_rows(rows: Array, out: Any) -> Array:
    """Give the Jacobian whose rows belong to the elements of `out`."""
    return np.reshape(rows, np.shape(out) + np.shape(rows)[1:])


def block_of_columns(columns: Array, x: Any) -> Array:
    """Give the Jacobian whose columns, along the first axis here, belong to those of `x`."""
    return np.reshape(np.moveaxis(columns, 0, -1), np.shape(columns)[1:] + np.shape(x))


def in_chunks(sweep: Callable[..., Any], count: int, size: int) -> list[Any]:
    """Let `sweep(start, stop)` compute at most `size` of `count` rows at a time."""
    parts = []
    for start in range(0, max(count, 1), size):
        parts.append(sweep(start, min(start + size, count)))
    return parts


def joined_rows(parts: list[Any], k: int) -> Array:
    """Put together the rows at place `k` of each chunk."""
    return np.concatenate([part[k] for part in parts])


def smaller_jacobian(
    size: Callable[[], int], by_rows: Callable[[], Any], by_columns: Callable[[], Any], count: int
) -> Any:
    """Take the Jacobian by columns if the result is larger than the `count` numbers it is of."""
    if size() > count:
        return by_columns()
    return by_rows()
