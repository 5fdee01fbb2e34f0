"""What methods of NumPy's numbers do, written out."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["number_as"]


def number_as(x: Any, dtype: Any) -> Any:
    """`x.astype(dtype)`, of a number.

    >>> number_as(np.float64(0.5), np.float32)
    np.float32(0.5)
    """
    return np.asarray(x).astype(dtype)[()]
