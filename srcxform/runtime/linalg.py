"""Shapes that `@` and the solvers accept: vectors as one row or one column, stacks transposed."""

from __future__ import annotations

from typing import Any

import numpy as np


def mT(x: Any) -> Any:
    """Transpose the last two axes: a matrix, or a stack of matrices."""
    return np.swapaxes(x, -1, -2)


def as_row(x: Any) -> Any:
    """Give a vector as a matrix of one row; anything else as it is."""
    return np.expand_dims(x, 0) if np.ndim(x) == 1 else x


def as_column(x: Any) -> Any:
    """Give a vector as a matrix of one column; anything else as it is."""
    return np.expand_dims(x, 1) if np.ndim(x) == 1 else x


def restore_product(g: Any, x: Any, y: Any) -> Any:
    """Give `g`, shaped like `x @ y`, the axes that `@` leaves out for operands that are vectors."""
    if np.ndim(y) == 1:
        g = np.expand_dims(g, -1)
    if np.ndim(x) == 1:
        g = np.expand_dims(g, -2)
    return g
