"""The product for which zero is stronger than infinity and NaN."""

from __future__ import annotations

from typing import Any

import numpy as np


def zero_wins(g: Any, slope: Any) -> Any:
    """Give g * slope, and 0 wherever `g` is 0, even if the slope is infinite or NaN there.

    >>> zero_wins(np.array([0.0, 2.0]), np.array([np.inf, 3.0]))
    array([0., 6.])
    """
    if not isinstance(g, np.ndarray) and not isinstance(slope, np.ndarray):
        return g * slope if g else 0.0 * g
    with np.errstate(invalid="ignore"):
        product = np.multiply(g, slope)
    return np.where(np.equal(g, 0), np.zeros((), product.dtype), product)
