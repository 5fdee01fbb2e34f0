"""The transposes of reading entries of arrays and containers."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.containers import rebuilt, zeros_like


def is_basic(index: Any) -> bool:
    """Say whether an index picks no entry twice: integers, slices, None and Ellipsis."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None
        or part is Ellipsis
        or isinstance(part, (slice, int, np.integer))
        and not isinstance(part, bool)
        for part in parts
    )


def scatter(g: Any, index: Any, like: Any) -> Any:
    """Give zeros of the structure of `like` with `g` at `index`; repeated positions add up.

    The transpose of `like[index]`.

    >>> scatter(np.array([1.0, 2.0, 3.0]), np.array([0, 2, 0]), like=np.zeros(3))
    array([4., 0., 2.])
    """
    if not isinstance(like, np.ndarray):
        return scatter_parts(g, index, like)
    dtype = like.dtype if like.dtype.kind in "fc" else np.float64
    result = np.zeros(like.shape, dtype)
    if np.iscomplexobj(g) and result.dtype.kind != "c":
        g = g.real
    if is_basic(index) or is_mask(index):
        result[index] = g
    else:
        np.add.at(result, index, g)
    return result


def last_written(index: Any, value: Any, like: Any) -> Any:
    """Say which entries stay when `like[index] = value` writes some positions more than once.

    Which of them is written last is NumPy's affair (it depends on how arrays lie in memory), so
    NumPy is asked. True stands for all.

    >>> last_written(np.array([0, 2, 0]), np.ones(3), like=np.zeros(3))
    array([False,  True,  True])
    """
    if is_basic(index) or is_mask(index) or not isinstance(like, np.ndarray):
        return True
    positions = np.arange(like.size).reshape(like.shape)[index]
    if np.unique(positions).size == positions.size:
        return True
    value = np.asarray(value)
    names = np.empty_like(value, dtype=np.intp)  # lies in memory as `value` does
    names[...] = np.arange(value.size).reshape(value.shape)
    written = np.empty(like.shape, np.intp)
    written[index] = names
    names = names.reshape(names.shape[max(0, names.ndim - positions.ndim) :])
    stays = np.flatnonzero(written[index] == np.broadcast_to(names, positions.shape))
    _, first = np.unique(positions.ravel()[stays], return_index=True)
    found = np.zeros(positions.size, np.bool_)
    found[stays[first]] = True
    return found.reshape(positions.shape)


def entries_that_stay(g: Any, stay: Any) -> Any:
    """Give a copy of `g` with zeros for the entries that are overwritten; see `last_written`.

    >>> entries_that_stay(np.array([1.0, 2.0, 3.0]), np.array([False, True, True]))
    array([0., 2., 3.])
    """
    return np.array(g) if stay is True else np.where(stay, g, np.zeros_like(g))


def is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == np.bool_


def scatter_parts(g: Any, index: Any, like: Any) -> Any:
    """Do as `scatter` for a list, a tuple or a dict."""
    zeros = zeros_like(like)
    if isinstance(zeros, (float, complex, np.inexact)):
        return np.sum(g)  # `x[None]` of a NumPy scalar
    if isinstance(zeros, tuple):
        parts = list(zeros)
        parts[index] = list(g) if isinstance(index, slice) else g
        return rebuilt(zeros, parts)
    zeros[index] = g
    return zeros


def scatter_take(g: Any, indices: Any, like: Any, axis: int | None) -> Any:
    """Give zeros like `like` with `g` added where np.take(like, indices, axis) reads.

    >>> scatter_take(np.array([1.0, 2.0]), [1, 1], np.zeros(3), 0)
    array([0., 3., 0.])
    """
    shape = np.shape(like)
    indices = np.asarray(indices)
    if axis is None:
        return np.reshape(scatter(g, indices, np.ravel(like)), shape)
    return scatter(g, (slice(None),) * (axis % len(shape)) + (indices,), like)


def scatter_along(g: Any, indices: Any, like: Any, axis: int | None) -> Any:
    """Give zeros like `like` with `g` added where np.take_along_axis reads."""
    shape = np.shape(like)
    if axis is None:
        return np.reshape(scatter(g, indices, np.ravel(like)), shape)
    grids = list(np.ogrid[tuple(slice(n) for n in np.shape(indices))])
    grids[axis] = indices
    return scatter(g, tuple(grids), like)


def place_diagonal(g: Any, like: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Give zeros like `like` with `g` on a diagonal: the transpose of np.diagonal.

    >>> place_diagonal(np.ones(2), np.zeros((2, 3)), 1)
    array([[0., 1., 0.],
           [0., 0., 1.]])
    """
    result = zeros_like(np.asarray(like))
    rows, columns = np.shape(like)[axis1], np.shape(like)[axis2]
    first = max(-offset, 0)
    length = max(min(rows - first, columns - max(offset, 0)), 0)
    k = np.arange(length)
    if np.iscomplexobj(g) and result.dtype.kind != "c":
        g = g.real
    view = np.moveaxis(result, (axis1, axis2), (0, 1))
    view[k + first, k + max(offset, 0)] = np.moveaxis(
        np.broadcast_to(g, (*view.shape[2:], length)), -1, 0
    )
    return result


def first_position(x: Any, largest: bool) -> int:
    """Give the position of the element that max(x) or min(x) returns."""
    best = 0
    for k in range(1, len(x)):
        if x[k] > x[best] if largest else x[k] < x[best]:
            best = k
    return best


def sorted_order(x: Any, reverse: bool = False) -> list[int]:
    """Give the positions in which sorted(x) visits the elements."""
    return sorted(range(len(x)), key=lambda k: x[k], reverse=reverse)


def order_by_class(x: Any, reverse: bool = False) -> list[int]:
    """Do as `sorted_order` with nothing but comparisons of two elements.

    >>> order_by_class([3.0, 1.0, 2.0, 1.0], True)
    [0, 2, 1, 3]
    """
    order: list[int] = []
    for k in range(len(x)):
        place = len(order)
        while place > 0 and (x[order[place - 1]] < x[k] if reverse else x[k] < x[order[place - 1]]):
            place -= 1
        order.insert(place, k)
    return order


def permuted(parts: Any, order: list[int]) -> list[Any]:
    """Give the list of `parts` in the order of these positions."""
    return [parts[k] for k in order]


def unpermuted(parts: Any, order: list[int], like: Any) -> Any:
    """Put `parts` back to where `permuted` read them, in a container like `like`."""
    result: list[Any] = [None] * len(order)
    for part, k in zip(parts, order, strict=True):
        result[k] = part
    if isinstance(like, np.ndarray):
        return np.array(result)
    return rebuilt(like, result) if isinstance(like, tuple) else result


def diag_transpose(g: Any, k: int, like: Any) -> Any:
    """Give the cotangent of `like` for np.diag(like, k), be it a vector or a matrix."""
    return np.diagonal(g, k) if np.ndim(like) == 1 else place_diagonal(g, like, k)
