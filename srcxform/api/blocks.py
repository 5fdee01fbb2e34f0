"""Jacobians put together, chunk by chunk, from the rows of a sweep.

A block belongs to one number leaf of the result and one of the arguments: it has the shape of the
one, then of the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.api.basis import number_leaves
from srcxform.api.sweeps import Pulled, Pushed

__all__ = ["Blocks", "by_columns", "by_rows"]

Array = np.ndarray[Any, np.dtype[Any]]
Blocks = list[list[Any]]  # for each leaf of the result, for each leaf of the arguments


def by_rows(sweep: Pulled, chunk: int | None) -> Blocks:
    """Pull `chunk` unit vectors back at a time, all of them if it is None."""
    inputs, starts = number_leaves(sweep.wanted), sweep.basis.starts
    size = starts[-1]
    whole: list[Array] = [np.zeros((0, *np.shape(own)), np.asarray(own).dtype) for own in inputs]
    for start, stop in chunks(size, chunk):
        rows = separate(sweep.rows(start, stop))
        if stop - start == size:
            whole = rows
            break
        if start == 0:
            whole = [np.empty((size, *part.shape[1:]), part.dtype) for part in rows]
        for place, part in zip(whole, rows, strict=True):
            place[start:stop] = part
    return [
        [
            part[first:last].reshape(np.shape(leaf) + np.shape(own))
            for part, own in zip(whole, inputs, strict=True)
        ]
        for leaf, first, last in zip(
            number_leaves(sweep.value), starts[:-1], starts[1:], strict=True
        )
    ]


def by_columns(sweep: Pushed, chunk: int | None) -> tuple[Blocks, Any]:
    """Push `chunk` unit vectors forward at a time; give the result of the function, too."""
    basis = sweep.basis
    inputs, starts = number_leaves(basis.value), basis.starts
    size, whole, out = starts[-1], [], None
    for start, stop in chunks(size, chunk):
        rows, out = sweep.rows(start, stop, stop == size)
        if start == 0:
            whole = [np.empty((*part.shape[1:], size), part.dtype) for part in rows]
        for place, part in zip(whole, rows, strict=True):
            place[..., start:stop] = np.moveaxis(part, 0, -1)
    if size == 0:
        out = sweep.value()
        outputs = number_leaves(out[0] if sweep.has_aux else out)
        whole = [np.zeros((*np.shape(leaf), 0), np.asarray(leaf).dtype) for leaf in outputs]
    return [
        [
            np.ascontiguousarray(part[..., first:last]).reshape(part.shape[:-1] + np.shape(own))
            for own, first, last in zip(inputs, starts[:-1], starts[1:], strict=True)
        ]
        for part in whole
    ], out


def chunks(size: int, chunk: int | None) -> list[tuple[int, int]]:
    """Cut the rows into pieces of at most `chunk`.

    >>> chunks(5, 2), chunks(5, None), chunks(0, None)
    ([(0, 2), (2, 4), (4, 5)], [(0, 5)], [])
    """
    step = chunk or max(size, 1)
    return [(start, min(start + step, size)) for start in range(0, size, step)]


def separate(rows: list[Array]) -> list[Array]:
    """Copy what shares memory with rows before it: a caller may write to the one alone."""
    made: list[Array] = []
    for part in rows:
        shared = any(np.may_share_memory(part, other) for other in made)
        made.append(part.copy() if shared else part)
    return made
