"""All real and complex numbers of a value as one vector, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform import pytrees
from srcxform.runtime import zeros_like

__all__ = ["built_like", "is_number", "is_result", "raveled"]


def is_number(leaf: Any) -> bool:
    """Say whether a leaf is a number or an array that a derivative may pass."""
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "fc"
    return isinstance(leaf, (int, float, complex, np.number)) and not isinstance(leaf, bool)


def is_result(leaf: Any) -> bool:
    """Say whether a derivative passes a leaf of a result: integers do not change."""
    return is_number(leaf) and np.asarray(leaf).dtype.kind in "fc"


def raveled(value: Any, like: Any = None, counts: Any = is_number) -> Any:
    """Give all numbers of a value in one vector; `like` says which are, if given.

    >>> raveled({"a": 1.0, "b": (2, "tanh", np.ones(2))})
    array([1., 2., 1., 1.])
    """
    parts: list[Any] = [np.zeros(0, np.float32)]

    def note(leaf: Any, own: Any) -> None:
        if counts(leaf):
            parts.append(np.ravel(np.zeros_like(leaf) * 1.0 if own is None else own) * 1.0)

    pytrees.mapped(note, value if like is None else like, value)
    return np.concatenate(parts)


def built_like(like: Any, vector: Any, counts: Any = is_number) -> Any:
    """Give the numbers of a vector the structure of a value.

    >>> built_like((1.0, "tanh", np.ones(2)), np.arange(3.0))
    (np.float64(0.0), None, array([1., 2.]))
    """
    start = 0

    def next_part(leaf: Any) -> Any:
        nonlocal start
        if not counts(leaf):
            return zeros_like(leaf)
        start += np.size(leaf)
        part = np.reshape(vector[start - np.size(leaf) : start], np.shape(leaf))
        own = np.asarray(leaf).dtype
        if own.kind in "fc" and isinstance(leaf, (np.ndarray, np.generic)):
            part = part.astype(np.result_type(own, part.dtype) if part.dtype.kind == "c" else own)
        return part if np.ndim(leaf) else part[()]

    return pytrees.mapped(next_part, like)
