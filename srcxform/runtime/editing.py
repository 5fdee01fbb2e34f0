"""Positions in arrays that are edited, and what runs along them."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "entry_below",
    "inserted_count",
    "inserted_order",
    "inserted_shape",
    "kept_positions",
    "running_extreme",
    "window_positions",
]


def inserted_count(obj: Any, length: int, rows: Any, axis: int) -> int:
    """Give how many entries `np.insert` puts in at positions `obj` along an axis.

    >>> inserted_count([1, 3], 4, np.ones(1), 0), inserted_count(1, 4, np.ones(3), 0)
    (2, 3)
    """
    if isinstance(obj, slice):
        return len(range(*obj.indices(length)))
    where = np.asarray(obj)
    if where.dtype == bool:
        where = np.flatnonzero(where)
    return int(np.shape(rows)[axis]) if where.size == 1 else where.size


def inserted_order(obj: Any, length: int, count: int) -> Any:
    """Give the order in which entries stand after `np.insert`, the new ones counted last.

    >>> inserted_order(1, 3, 2)
    array([0, 3, 4, 1, 2])
    """
    return np.insert(np.arange(length), obj, np.arange(length, length + count))


def kept_positions(length: int, obj: Any) -> Any:
    """Give the positions that `np.delete` leaves of so many.

    >>> kept_positions(5, slice(None, None, 2))
    array([1, 3])
    """
    return np.delete(np.arange(length), obj)


def inserted_shape(values: Any, like: Any) -> tuple[int, ...]:
    """Give the shape that `np.insert` gives to values that go into an array.

    >>> inserted_shape(np.ones(3), np.ones((2, 3)))
    (1, 3)
    """
    shape = np.shape(values)
    return (1,) * (np.ndim(like) - len(shape)) + shape


def running_extreme(a: Any, axis: int, largest: bool) -> Any:
    """Give the position of the extreme so far along an axis, the first one where several are.

    >>> running_extreme(np.array([1.0, 3.0, 2.0, 3.0]), 0, True)
    array([0, 1, 1, 1])
    """
    accumulate = np.maximum.accumulate if largest else np.minimum.accumulate
    moved = np.moveaxis(a, axis, -1)
    so_far = accumulate(moved, axis=-1)
    positions = np.arange(moved.shape[-1])
    is_new = np.ones(moved.shape, bool)
    is_new[..., 1:] = so_far[..., 1:] != so_far[..., :-1]
    return np.moveaxis(np.maximum.accumulate(np.where(is_new, positions, 0), axis=-1), -1, axis)


def window_positions(a: Any, window: Any) -> Any:
    """Give the positions of each window of this length in a vector.

    >>> window_positions(np.ones(4), 3)
    array([[0, 1, 2],
           [1, 2, 3]])
    """
    width = int(np.reshape(window, ()))
    if not 0 < width <= np.size(a):
        raise ValueError("the window is empty or longer than the array")
    return np.arange(np.size(a) - width + 1)[:, None] + np.arange(width)


def entry_below(q: Any, length: int) -> Any:
    """Give the position of the entry below each quantile, among so many in order.

    >>> entry_below(np.array([0.0, 0.5, 1.0]), 4)
    array([0, 1, 3])
    """
    if not np.all((np.asarray(q) >= 0.0) & (np.asarray(q) <= 1.0)):
        raise ValueError("Quantiles must be in the range [0, 1]")
    return np.asarray(np.floor(np.asarray(q) * (length - 1)), dtype=int)


def entry_at(q: Any, length: int, method: str) -> Any:
    """Give the position of the entry that a method takes for each quantile.

    >>> entry_at(np.array([0.0, 0.5]), 4, "higher")
    array([0, 2])
    """
    entry_below(q, length)
    rounding: dict[str, Any] = {"lower": np.floor, "higher": np.ceil, "nearest": np.around}
    return np.asarray(rounding[method]((length - 1) * np.asarray(q)), dtype=int)


def first_places(ar: Any) -> Any:
    """Give where each value of an array stands first, in the order of the values.

    >>> first_places(np.array([3.0, 1.0, 3.0]))
    array([1, 0])
    """
    return np.unique(ar, return_index=True)[1]
