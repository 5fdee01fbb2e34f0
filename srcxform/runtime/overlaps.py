"""Stores between parts of one array that overlap: does NumPy read every entry before it writes it?

Of rows with one distance between their entries NumPy starts at the right end, and of anything with
more dimensions it makes a copy first. Else it copies entry by entry, and may read what it has just
written: `a[::2] = a[:4]`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from srcxform.runtime.refusals import refusal


def check_read_first(base: Any, index: Any, value: Any, place: Any = None) -> None:
    """Raise a MutationError if `base[index] = value` reads entries that it has written itself.

    >>> a = np.arange(8.0)
    >>> check_read_first(a, slice(None, 4), a[::2])
    """
    row = base[index]
    if not all(isinstance(part, np.ndarray) and part.ndim == 1 for part in (row, value)):
        return
    if row.strides == value.strides or row.shape != value.shape:
        return
    if np.may_share_memory(row, value) and not reads_first(row, value):
        raise refusal(
            "MutationError",
            "parts of one array that overlap are copied entry by entry",
            place,
            "NumPy reads entries here that it has written itself, so the result is no copy",
            "copy what is stored: `a[i] = np.copy(a[j])`",
        )


def reads_first(row: np.ndarray, value: np.ndarray) -> bool:
    """Try the same store on positions in place of numbers."""
    starts = [part.__array_interface__["data"][0] for part in (row, value)]
    ends = [
        start + (len(part) - 1) * part.strides[0]
        for start, part in zip(starts, (row, value), strict=True)
    ]
    low = min(*starts, *ends)
    count = (max(*starts, *ends) - low) // row.itemsize + 1
    positions = np.arange(count).astype(row.dtype)
    target, source = (
        as_strided(positions[(start - low) // row.itemsize :], part.shape, part.strides)
        for start, part in zip(starts, (row, value), strict=True)
    )
    wanted = source.copy()
    target[...] = source
    return bool(np.array_equal(target, wanted))
