"""NumPy's functions that write into their first argument, as stores that the compiler knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.refusals import refusal

__all__ = [
    "copied_to",
    "diagonal_filled",
    "filled",
    "placed",
    "put_at",
    "put_where",
    "sorted_along",
]


def cycled(values: Any, count: Any) -> Any:
    """Give the first `count` values, going round if there are fewer.

    >>> cycled(np.array([1.0, 2.0]), 3)
    array([1., 2., 1.])
    """
    return np.take(np.ravel(values), np.arange(count) % np.size(values))


def filled(a: Any, value: Any) -> None:
    """`a.fill(value)`."""
    a[...] = value


def sorted_along(a: Any, axis: int = -1) -> None:
    """`a.sort(axis)`."""
    a[...] = np.sort(a, axis)


def copied_to(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """`np.copyto(dst, src, where=where)`."""
    if where is True:
        dst[...] = src
    else:
        dst[...] = np.where(where, src, dst)


def put_where(a: Any, mask: Any, values: Any) -> None:
    """`np.putmask(a, mask, values)`."""
    if np.ndim(values) == 0:
        a[...] = np.where(mask, values, a)
    else:
        a[...] = np.where(mask, np.reshape(cycled(values, np.size(a)), np.shape(a)), a)


def placed(arr: Any, mask: Any, vals: Any) -> None:
    """`np.place(arr, mask, vals)`."""
    if np.ndim(vals) == 0:
        arr[mask] = vals
    else:
        arr[mask] = cycled(vals, np.count_nonzero(mask))


def put_at(a: Any, ind: Any, v: Any) -> None:
    """`np.put(a, ind, v)`."""
    values = v
    if np.ndim(v) != 0:
        values = cycled(v, np.size(ind))
    if np.ndim(a) == 1:
        a[ind] = values
    else:
        a[np.unravel_index(ind, np.shape(a))] = values


def diagonal_filled(a: Any, val: Any, wrap: bool = False) -> None:
    """`np.fill_diagonal(a, val)` of a matrix."""
    if np.ndim(a) != 2 or wrap:
        raise refusal(
            "NoDerivativeError",
            "`np.fill_diagonal` of more than two axes, or with `wrap`, has no derivative rule",
            None, "only matrices are covered", "write the loop that fills it",
        )  # fmt: skip
    count = min(np.shape(a)[0], np.shape(a)[1])
    values = val
    if np.ndim(val) != 0:
        values = cycled(val, count)
    a[np.arange(count), np.arange(count)] = values
