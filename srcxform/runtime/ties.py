"""Who is responsible for a maximum: equal values share equally.

All of these are constant almost everywhere, so no derivative passes through them.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def exceeds(x: Any, y: Any) -> Any:
    """Give 1 where `x` exceeds `y`, 1/2 where they are equal, 0 elsewhere.

    >>> exceeds(np.array([0.0, 1.0, 2.0]), 1.0)
    array([0. , 0.5, 1. ])
    """
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        dtype = real_dtype(x, y)
        return np.multiply(0.5, np.add(x > y, x >= y, dtype=dtype), dtype=dtype)
    return 1.0 if x > y else 0.5 if x == y else 0.0


def exceeds_or_alone(x: Any, y: Any) -> Any:
    """Do as `exceeds`, but anything exceeds NaN: who is responsible for np.fmax(x, y).

    >>> exceeds_or_alone(1.0, np.nan)
    1.0
    """
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        alone = np.isnan(y) & ~np.isnan(x)
        return np.where(alone, real_dtype(x, y).type(1), exceeds(x, y))
    return 1.0 if y != y and x == x else exceeds(x, y)


def real_dtype(*operands: Any) -> np.dtype[Any]:
    """Give the floating-point dtype of the real parts of the operands taken together."""
    kind = np.result_type(*operands)
    return np.empty(0, kind).real.dtype if kind.kind in "fc" else np.dtype(np.float64)


def share_of_extreme(a: Any, out: Any, axis: Any, keepdims: bool) -> Any:
    """Give each entry's share in `out`, the maximum or minimum of `a` over `axis`.

    >>> share_of_extreme(np.array([3.0, 1.0, 3.0]), 3.0, None, False)
    array([0.5, 0. , 0.5])
    """
    if not (axis is None or keepdims):
        out = np.expand_dims(out, axis)
    hits = np.equal(a, out).astype(real_dtype(a))
    return hits / np.sum(hits, axis=axis, keepdims=True)
