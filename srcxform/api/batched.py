"""Jacobians of functions that treat the entries of a batch independently: `batched_jacobian`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform.api.basis import EntryBasis, as_entries
from srcxform.api.blocks import chunks
from srcxform.api.jacobians import Numbers, checked_chunk
from srcxform.api.leaves import check_carries
from srcxform.api.primals import primals_of
from srcxform.api.sweeps import pull_rows, push_rows
from srcxform.api.targets import target_of
from srcxform.pytrees import shown

__all__ = ["batched_jacobian"]

Array = np.ndarray[Any, np.dtype[Any]]


def batched_jacobian(
    fun: Callable[[Any], Any],
    x: Any,
    *,
    batch_axis: int = 0,
    mode: str = "auto",
    chunk_size: int | None = None,
) -> Array:
    """Compute the Jacobian of each entry of a batch, of a function that does not mix entries.

    One vector serves all entries: as many as one entry has inputs, or outputs, are pushed forward
    or pulled back together.

    Args:
        fun: a function of one array to one array, which have as many entries along `batch_axis`.
            Entry k of the result may depend on entry k of the argument only: for any other
            function the result is of no use.
        x: the argument.
        batch_axis: the axis of the entries, of argument and result.
        mode: "forward", "reverse", or "auto" for that which takes fewer vectors.
        chunk_size: how many vectors are taken at once, which bounds the memory for what is between
            them and the result; None for all of them.

    Returns:
        An array of shape (B, outputs, inputs), B the number of entries, with the numbers of an
        entry's inputs and outputs as one axis each. A result of shape (B,) counts as (B, 1).

    Raises:
        TypeError: `x` or the result is no array of real numbers that can be differentiated.
        ValueError: the result has another number of entries, `batch_axis` is out of range, or
            `chunk_size` is less than 1.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> batched_jacobian(lambda x: x**2, np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
        [[[2.0, 0.0], [0.0, 4.0]], [[6.0, 0.0], [0.0, 8.0]]]
    """
    if mode not in ("auto", "forward", "reverse"):
        raise TypeError(f'mode is "auto", "forward" or "reverse", not {mode!r}')
    if not isinstance(x, np.ndarray):
        raise TypeError(f"batched_jacobian takes an array, got {shown(x)}")
    check_carries(x, "the argument{} of batched_jacobian", None)
    entries = entries_of(x, batch_axis, "the argument")
    numbers, chunk = Numbers(x, False, "batched_jacobian"), checked_chunk(chunk_size)
    numbers.check_arguments("forward")
    target, basis = target_of(fun), EntryBasis(x, batch_axis, wrapped=True)
    if mode != "forward":
        pulled = pull_rows(primals_of(target, 1, "vjp"), (x,), {}, (x,), False)
        out = checked(pulled.value, batch_axis, entries)
        pulled.basis = EntryBasis(out, batch_axis)
        if mode == "reverse" or basis.size >= pulled.basis.size:
            numbers.check_value(out, "reverse")
            made = np.empty((entries, pulled.basis.size, basis.size), x.dtype)
            for start, stop in chunks(pulled.basis.size, chunk):
                made[:, start:stop] = as_entries(pulled.rows(start, stop)[0], batch_axis)
            return made
    pushed = push_rows(primals_of(target, 1, "jvp"), (x,), {}, (0,), False)
    pushed.basis = basis
    if basis.size == 0:
        out = checked(pushed.value(), batch_axis, entries)
        return np.empty((entries, EntryBasis(out, batch_axis).size, 0), out.dtype)
    parts = []
    for start, stop in chunks(basis.size, chunk):
        rows, out = pushed.rows(start, stop, stop == basis.size)
        checked(out, batch_axis, entries)
        parts.append(as_entries(rows[0], batch_axis).transpose(0, 2, 1))
    return np.concatenate(parts, axis=2)


def entries_of(value: Array, axis: int, what: str) -> int:
    """Give the number of entries. Raises ValueError."""
    if not -value.ndim <= axis < value.ndim:
        raise ValueError(f"{what} is {shown(value)}, which has no axis {axis} for entries")
    return value.shape[axis]


def checked(out: Any, axis: int, entries: int) -> Array:
    """Give the result of a function if it is a batch, too. Raises TypeError or ValueError."""
    if not isinstance(out, np.ndarray) or out.dtype.kind not in "fc":
        raise TypeError(
            f"batched_jacobian needs a function to an array of real numbers; the result is "
            f"{shown(out)}"
        )
    found = entries_of(out, axis, "the result")
    if entries != found:
        raise ValueError(
            f"the argument has {entries} entries along the batch axis, but the result has {found}"
        )
    return out
