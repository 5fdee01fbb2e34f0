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


def is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == np.bool_


def scatter_parts(g: Any, index: Any, like: Any) -> Any:
    """Do as `scatter` for a list, a tuple or a dict."""
    zeros = zeros_like(like)
    if isinstance(zeros, tuple):
        parts = list(zeros)
        parts[index] = list(g) if isinstance(index, slice) else g
        return rebuilt(zeros, parts)
    zeros[index] = g
    return zeros
