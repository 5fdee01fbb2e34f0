"""Functions of the interface as the compiler reads them where they are called inside a function.

Each computes what the function of the same name does, by derivatives that the compiler writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform.api.batched import batched_jacobian
from srcxform.api.forward import jvp
from srcxform.api.linear import linear_transpose, linearize
from srcxform.api.pullback import vjp
from srcxform.runtime import zeros_like
from srcxform.specialise.closures import TEMPLATES

__all__ = ["register"]

Array = np.ndarray[Any, np.dtype[Any]]


def linearized(fun: Callable[..., Any], *primals: Any) -> Any:
    """The pullback is linear: its own pullback is the tangent map, wherever it is taken."""
    out, pullback = vjp(fun, *primals)
    _, push = vjp(pullback, zeros_like(out))
    return out, lambda *tangents: push(tangents)[0]


def transposed(fun: Callable[..., Any], *primals: Any) -> Any:
    _, pullback = vjp(fun, *primals)
    return pullback


def jacobian_of_batch(
    fun: Callable[..., Any], x: Any, *, batch_axis: int = 0, mode: str = "auto"
) -> Array:
    if mode == "forward":
        return by_columns(fun, x, batch_axis)
    out, pullback = vjp(fun, x)
    if mode == "auto" and np.size(x) < np.size(out):
        return by_columns(fun, x, batch_axis)
    rows = []
    for k in range(np.size(out) // np.shape(out)[batch_axis]):
        rows.append(as_entries(pullback(in_every_entry(out, batch_axis, k))[0], batch_axis))
    return np.stack(rows, axis=1)


def by_columns(fun: Callable[..., Any], x: Any, axis: int) -> Array:
    columns = []
    for k in range(np.size(x) // np.shape(x)[axis]):
        columns.append(as_entries(jvp(fun, (x,), (in_every_entry(x, axis, k),))[1], axis))
    return np.stack(columns, axis=2)


def in_every_entry(like: Any, axis: int, k: int) -> Any:
    """Give 1 at number k of every entry, and 0 elsewhere."""
    moved = np.moveaxis(np.zeros_like(like), axis, 0)
    units = np.eye(moved[0].size, dtype=like.dtype)
    return np.moveaxis(moved + np.reshape(units[k], np.shape(moved[0])), 0, axis)


def as_entries(value: Any, axis: int) -> Any:
    """Give an array as (entries, numbers of one)."""
    return np.reshape(np.moveaxis(value, axis, 0), (np.shape(value)[axis], -1))


def register() -> None:
    """Let the compiler read these in place of the functions of the interface."""
    TEMPLATES.update({
        linearize: linearized,
        linear_transpose: transposed,
        batched_jacobian: jacobian_of_batch,
    })  # fmt: skip
