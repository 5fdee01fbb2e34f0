"""Jacobians of functions that treat the entries of a batch independently: `batched_jacobian`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform.api.forward import jvp
from srcxform.api.leaves import check_carries
from srcxform.api.pullback import vjp
from srcxform.pytrees import shown

__all__ = ["batched_jacobian"]

Array = np.ndarray[Any, np.dtype[Any]]


def batched_jacobian(
    fun: Callable[[Any], Any], x: Any, *, batch_axis: int = 0, mode: str = "auto"
) -> Array:
    """Compute the Jacobian of each entry of a batch, of a function that does not mix entries.

    One sweep serves all entries: as many sweeps as one entry has inputs, or outputs.

    Args:
        fun: a function of one array to one array, which have as many entries along `batch_axis`.
            Entry k of the result may depend on entry k of the argument only: for any other
            function the result is of no use.
        x: the argument.
        batch_axis: the axis of the entries, of argument and result.
        mode: "forward", "reverse", or "auto" for that which takes fewer sweeps.

    Returns:
        An array of shape (B, outputs, inputs), B the number of entries, with the numbers of an
        entry's inputs and outputs as one axis each. A result of shape (B,) counts as (B, 1).

    Raises:
        TypeError: `x` or the result is no array that can be differentiated.
        ValueError: the result has another number of entries, or `batch_axis` is out of range.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> batched_jacobian(lambda x: x**2, np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
        [[[2.0, 0.0], [0.0, 4.0]], [[6.0, 0.0], [0.0, 8.0]]]
    """
    if mode not in ("auto", "forward", "reverse"):
        raise TypeError(f'mode is "auto", "forward" or "reverse", not {mode!r}')
    if not isinstance(x, np.ndarray):
        raise TypeError(f"batched_jacobian takes an array, got {shown(x)}")
    check_carries(x, "the argument{} of batched_jacobian", False)
    entries, inputs = entry_sizes(x, batch_axis, "the argument")
    if mode == "forward":
        return by_columns(fun, x, batch_axis, entries, inputs)
    out, pullback = vjp(fun, x)
    if not isinstance(out, np.ndarray):
        raise TypeError(
            f"batched_jacobian needs a function to an array; the result is {shown(out)}"
        )
    found, outputs = entry_sizes(out, batch_axis, "the result")
    check_entries(entries, found)
    if mode == "auto" and inputs < outputs:
        return by_columns(fun, x, batch_axis, entries, inputs)
    rows = [
        as_entries(pullback(in_every_entry(out, batch_axis, k))[0], batch_axis)
        for k in range(outputs)
    ]
    return np.stack(rows, axis=1) if rows else np.zeros((entries, 0, inputs), x.dtype)


def by_columns(fun: Callable[[Any], Any], x: Array, axis: int, entries: int, inputs: int) -> Array:
    """Push one tangent for each input of an entry, in all entries at once."""
    push, columns = jvp(fun), []
    for k in range(inputs):
        out, dot = push((x,), (in_every_entry(x, axis, k),))
        check_entries(entries, entry_sizes(out, axis, "the result")[0])
        columns.append(as_entries(dot, axis))
    if columns:
        return np.stack(columns, axis=-1)
    return np.zeros((entries, as_entries(fun(x), axis).shape[1], 0), x.dtype)


def entry_sizes(value: Any, axis: int, what: str) -> tuple[int, int]:
    """Give the number of entries, and how many numbers one has. Raises ValueError."""
    shape = np.shape(value)
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"{what} is {shown(value)}, which has no axis {axis} for entries")
    rest = list(shape)
    return rest.pop(axis), math.prod(rest)


def check_entries(given: int, found: int) -> None:
    if given != found:
        raise ValueError(
            f"the argument has {given} entries along the batch axis, but the result has {found}"
        )


def in_every_entry(like: Array, axis: int, k: int) -> Array:
    """Give a tangent or cotangent that is 1 at number k of every entry, and 0 elsewhere."""
    unit = np.zeros_like(like)
    moved = np.moveaxis(unit, axis, 0)
    place: tuple[Any, ...] = np.unravel_index(k, moved.shape[1:])
    moved[(slice(None), *place)] = 1.0
    return unit


def as_entries(value: Any, axis: int) -> Array:
    """Give an array as (entries, numbers of one)."""
    moved = np.moveaxis(value, axis, 0)
    return np.reshape(moved, (len(moved), math.prod(moved.shape[1:])))
