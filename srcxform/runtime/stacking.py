"""The transposes of joining arrays and of repeating entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.broadcasting import broadcast_like, fit, unbroadcast
from srcxform.runtime.containers import rebuilt


def split_like(g: Any, arrays: Any, axis: int) -> Any:
    """Cut `g` along `axis` into pieces shaped like `arrays`, in their container.

    However np.concatenate, np.stack and their kin arrange an array, its entries stay in order, so
    its number of entries says how long its piece is.

    >>> split_like(np.arange(3.0), [np.zeros(2), 1.0], 0)
    [array([0., 1.]), np.float64(2.0)]
    """
    if isinstance(arrays, np.ndarray):  # joined along its own first axis
        return np.reshape(np.stack(split_like(g, list(arrays), axis)), arrays.shape)
    across = g.size // max(g.shape[axis], 1)
    pieces, start = [], 0
    before = (slice(None),) * (axis % g.ndim)
    for array in arrays:
        stop = start + np.size(array) // max(across, 1)
        piece = np.reshape(g[(*before, slice(start, stop))], np.shape(array))
        pieces.append(
            fit(piece if isinstance(array, np.ndarray) else unpacked(piece, array), array)
        )
        start = stop
    return rebuilt(arrays, pieces) if isinstance(arrays, tuple) else pieces


def join_like(parts: Any, like: Any, axis: int) -> Any:
    """Join `parts` along `axis` into the shape of `like`; the transpose of `split_like`.

    >>> join_like([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])], np.zeros((2, 2)), 0)
    array([[1., 2.],
           [3., 4.]])
    """
    shape = list(np.shape(like))
    across = int(np.prod(shape)) // max(shape[axis], 1)
    arranged = []
    for part in parts:
        shape[axis] = np.size(part) // max(across, 1)
        arranged.append(np.reshape(part, shape))
    return np.concatenate(arranged, axis=axis)


def unpacked(g: Any, like: Any) -> Any:
    """Give the array `g` the structure of `like`, nested lists and tuples of numbers and arrays.

    The transpose of np.array.

    >>> unpacked(np.arange(4.0).reshape(2, 2), [[1.0, 2.0], np.zeros(2)])
    [[np.float64(0.0), np.float64(1.0)], array([2., 3.])]
    """
    match like:
        case list():
            return [unpacked(part, other) for part, other in zip(g, like, strict=True)]
        case tuple():
            pairs = zip(g, like, strict=True)
            return rebuilt(like, [unpacked(part, other) for part, other in pairs])
        case np.ndarray():
            return fit(g, like)
    return fit(g[()] if isinstance(g, np.ndarray) else g, like)


def packed(parts: Any, like: Any) -> Any:
    """Make an array of `parts` if `like` is one; the transpose of list(like).

    >>> packed([1.0, 2.0], np.zeros(2))
    array([1., 2.])
    """
    return np.reshape(np.array(parts), np.shape(like)) if isinstance(like, np.ndarray) else parts


def unrepeat(g: Any, repeats: Any, like: Any, axis: int | None) -> Any:
    """Add up in `g` what np.repeat(like, repeats, axis) made of each entry.

    >>> unrepeat(np.arange(4.0), 2, np.zeros(2), None)
    array([1., 5.])
    """
    shape = np.shape(like)
    if axis is None:
        return np.reshape(unrepeat(g, repeats, np.ravel(like), 0), shape)
    g = np.moveaxis(g, axis, 0)
    result = np.zeros((shape[axis], *g.shape[1:]), g.dtype)
    np.add.at(result, np.repeat(np.arange(shape[axis]), repeats), g)
    return np.moveaxis(result, 0, axis)


def untile(g: Any, reps: Any, like: Any) -> Any:
    """Add up the copies of `like` that np.tile(like, reps) put side by side.

    >>> untile(np.arange(4.0), 2, np.zeros(2))
    array([2., 4.])
    """
    shape = np.shape(like)
    copies = (reps,) if np.ndim(reps) == 0 else tuple(reps)
    rank = max(len(shape), len(copies))
    inner = (1,) * (rank - len(shape)) + shape
    outer = (1,) * (rank - len(copies)) + copies
    pairs = [n for pair in zip(outer, inner, strict=True) for n in pair]
    return np.reshape(np.sum(np.reshape(g, pairs), axis=tuple(range(0, 2 * rank, 2))), shape)


INDEX_MODES = ("edge", "reflect", "symmetric", "wrap")


def unpad(g: Any, pad_width: Any, like: Any, mode: str = "constant") -> Any:
    """Give back to each entry of `like` what np.pad(like, pad_width, mode) made of it.

    >>> unpad(np.arange(4.0), 1, np.zeros(2))
    array([1., 2.])
    """
    shape = np.shape(like)
    positions = np.arange(1, np.size(like) + 1).reshape(shape)
    if mode == "constant":
        positions = np.pad(positions, pad_width)
    else:
        positions = np.pad(positions, pad_width, mode)  # type: ignore[call-overload]
    result = np.zeros(np.size(like) + 1, g.dtype)
    np.add.at(result, positions, g)  # what was filled in has gathered at 0
    return np.reshape(result[1:], shape)


def spread(g: Any, like: Any) -> Any:
    """Give every element of `like` the cotangent `g` of their sum: the transpose of sum()."""
    if isinstance(like, np.ndarray):
        return broadcast_like(g, like=like)
    parts = [unbroadcast(g, like=part) for part in like]
    return rebuilt(like, parts) if isinstance(like, tuple) else parts


def gather(parts: Any, like: Any) -> Any:
    """Add up `parts`, each broadcast to the shape of `like`: the transpose of `spread`."""
    total: Any = 0.0
    for part in parts:
        total = total + broadcast_like(part, like=like)
    return total
