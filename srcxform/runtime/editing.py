"""Positions in arrays that are edited, and what runs along them."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["inserted_count", "inserted_shape", "running_extreme", "window_positions"]


def inserted_count(obj: Any, length: int, values: Any) -> int:
    """Give how many entries `np.insert` puts in at positions `obj`.

    >>> inserted_count([1, 3], 4, 0.0), inserted_count(slice(1, 3), 4, 0.0)
    (2, 2)
    """
    if isinstance(obj, slice):
        return len(range(*obj.indices(length)))
    where = np.asarray(obj)
    if where.dtype == bool:
        return int(where.sum())
    if where.size == 1:
        return max(1, int(np.size(values)))
    return where.size


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
    return np.arange(np.size(a) - width + 1)[:, None] + np.arange(width)
