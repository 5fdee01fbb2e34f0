"""Unit vectors of all numbers in a container, and arrays with a row for each of them.

A *row* is one vector of the basis, or what a derivative makes of it. Where several rows are
computed at once they stand along the first axis of each array and number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from srcxform.api.leaves import carries, raw_setting, unfit
from srcxform.pytrees import children, leaves, mapped

__all__ = [
    "Basis",
    "EntryBasis",
    "as_entries",
    "as_rows",
    "axes_of",
    "number_leaves",
    "pairs",
]

Array = np.ndarray[Any, np.dtype[Any]]


def number_leaves(value: Any) -> list[Any]:
    """Give the leaves that carry a derivative."""
    return [leaf for _, leaf in leaves(value) if carries(leaf)]


@dataclass(frozen=True, eq=False)
class Basis:
    """The unit vectors of the numbers in `value`, in the order of its leaves."""

    value: Any

    @cached_property
    def starts(self) -> list[int]:
        """The first row of each leaf, and the number of all rows behind them."""
        sizes = [int(np.size(leaf)) for leaf in number_leaves(self.value)]
        return [0, *np.cumsum(sizes, dtype=int).tolist()]

    @property
    def size(self) -> int:
        return self.starts[-1]

    def rows(self, start: int, stop: int) -> Any:
        """Give the unit vectors from `start` to `stop`, in the structure of the value.

        >>> Basis({"a": np.zeros(2), "b": 1.0, "name": "p"}).rows(1, 3)
        {'a': array([[0., 1.],
               [0., 0.]]), 'b': array([0., 1.]), 'name': None}
        """
        firsts = iter(self.starts)

        def block(leaf: Any) -> Any:
            if not carries(leaf):
                return raw_setting(None, leaf, "")
            whole = np.asarray(leaf)
            unit = np.eye(stop - start, whole.size, start - next(firsts), dtype=whole.dtype)
            return unit.reshape((stop - start, *whole.shape))

        return mapped(block, self.value)

    def row(self, k: int) -> Any:
        """Give one unit vector, in the structure of the value."""
        return mapped(
            lambda leaf, rows: rows[0] if carries(leaf) else rows, self.value, self.rows(k, k + 1)
        )


@dataclass(frozen=True, eq=False)
class EntryBasis:
    """Arrays like `value` that are 1 at the same number of every entry along an axis, else 0."""

    value: Array
    axis: int
    wrapped: bool = False  # as a tuple of one

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The shape of an entry."""
        return np.moveaxis(self.value, self.axis, 0).shape[1:]

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def rows(self, start: int, stop: int) -> Any:
        """Give the arrays for numbers from `start` to `stop`.

        >>> EntryBasis(np.zeros((2, 3)), 0).rows(1, 2).tolist()
        [[[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]]
        """
        count, own = stop - start, self.axis % self.value.ndim
        unit = np.eye(count, self.size, start, dtype=self.value.dtype)
        unit = np.expand_dims(unit.reshape((count, *self.shape)), own + 1)
        rows = np.repeat(unit, self.value.shape[own], axis=own + 1)
        return (rows,) if self.wrapped else rows

    def row(self, k: int) -> Any:
        """Give the array for one number."""
        return mapped(lambda rows: rows[0], self.rows(k, k + 1))


def as_entries(rows: Array, axis: int) -> Array:
    """Bring rows, whose entries stand along `axis`, into the shape (entries, rows, numbers)."""
    own = axis % (rows.ndim - 1) + 1
    moved = np.moveaxis(rows, own, 0)
    return moved.reshape((moved.shape[0], moved.shape[1], math.prod(moved.shape[2:])))


def axes_of(numbers: Any) -> Any:
    """Give the form of the axes of rows; `numbers` has a bool for each leaf: whether it has any.

    >>> axes_of({"a": True, "b": (False, False)})
    (0, None)
    """
    structure = children(numbers)
    if structure is None:
        return 0 if numbers is True else None
    parts = tuple(map(axes_of, structure.parts))
    return None if all(part is None for part in parts) else parts


def pairs(raw: Any, own: Any) -> Iterator[tuple[Any, Any]]:
    """Give what generated code has for each number leaf of `own`, and this leaf."""
    structure = children(own)
    if structure is None:
        if carries(own):
            yield raw, own
        return
    if raw is None:
        parts: tuple[Any, ...] = (None,) * len(structure.parts)
    elif isinstance(raw, dict):
        parts = tuple(raw.get(key) for key in structure.keys)
    else:
        theirs = children(raw)
        if theirs is None or len(theirs.parts) != len(structure.parts):
            raise RuntimeError(unfit(raw, own))
        parts = theirs.parts
    for part, inner in zip(parts, structure.parts, strict=True):
        yield from pairs(part, inner)


def as_rows(raw: Any, own: Any, count: int) -> Array:
    """Give `count` rows that belong to the leaf `own`, in its dtype; None and 0 stand for zeros."""
    found = np.asarray(0.0 if raw is None else raw)
    like = np.asarray(own)
    if found.dtype.kind == "c" and like.dtype.kind == "f":
        found = found.real
    shape = (count, *like.shape)
    if found.shape != shape:
        if found.ndim or found.item() != 0:
            raise RuntimeError(unfit(raw, own))
        return np.zeros(shape, like.dtype)
    return found.astype(like.dtype, copy=not found.flags.writeable)
