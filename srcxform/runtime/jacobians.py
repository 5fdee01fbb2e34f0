"""Jacobians of functions of one number or array, column by column or row by row.

Written so that the compiler can look into them: `push` and `pull` are derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["jacobian_cheaper", "jacobian_columns", "jacobian_rows", "unit_tangents"]

Array = np.ndarray[Any, np.dtype[Any]]


def unit_tangents(x: Any) -> Array:
    """Give the unit vectors of the space of `x`, in an array of shape (x.size,) + x.shape.

    >>> unit_tangents(np.zeros((1, 2))).tolist()
    [[[1.0, 0.0]], [[0.0, 1.0]]]
    """
    like = np.asarray(x)
    dtype = like.dtype if like.dtype.kind in "fc" else np.dtype(float)
    return np.eye(like.size, dtype=dtype).reshape((like.size, *like.shape))


def jacobian_columns(push: Callable[..., Any], x: Any) -> Array:
    """Give the Jacobian at `x` by one tangent for each of its elements.

    `push(primals, tangents)` gives value and tangent. The result has the shape of the value,
    then that of `x`.
    """
    units = unit_tangents(x)
    columns = []
    for k in range(len(units)):
        columns.append(push((x,), (units[k],))[1])
    return np.reshape(np.stack(columns, axis=-1), np.shape(columns[0]) + np.shape(x))


def jacobian_rows(pull: Callable[..., Any], x: Any) -> Array:
    """Give the Jacobian at `x` by one cotangent for each element of the value.

    `pull(x)` gives the value and its pullback.
    """
    out, pullback = pull(x)
    units = unit_tangents(out)
    rows = []
    for k in range(len(units)):
        rows.append(pullback(units[k])[0])
    return np.reshape(np.stack(rows), np.shape(out) + np.shape(x))


def jacobian_cheaper(push: Callable[..., Any], pull: Callable[..., Any], x: Any) -> Array:
    """Give the Jacobian at `x` by columns or by rows, whichever are fewer."""
    out, pullback = pull(x)
    if np.size(x) < np.size(out):
        return jacobian_columns(push, x)
    units = unit_tangents(out)
    rows = []
    for k in range(len(units)):
        rows.append(pullback(units[k])[0])
    return np.reshape(np.stack(rows), np.shape(out) + np.shape(x))
