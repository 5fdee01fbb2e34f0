"""What functions of Hermitian matrices see of a matrix: one of its triangles.

A Hermitian matrix is differentiated as one: a change of an entry changes its mirror image as much,
half of it each. Of any other matrix the one triangle that NumPy reads counts, and nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def hermitian_part(g: Any, like: Any, UPLO: str = "L") -> Any:
    """Give the change of the Hermitian matrix that is read from `like` when that changes by `g`.

    >>> hermitian_part(np.array([[1.0, 2.0], [4.0, 3.0]]), like=np.eye(2))
    array([[1., 3.],
           [3., 3.]])
    >>> hermitian_part(np.array([[1.0, 2.0], [4.0, 3.0]]), like=np.tri(2))
    array([[1., 4.],
           [4., 3.]])
    """
    if is_hermitian(like):
        return 0.5 * (g + mirrored(g))
    half = np.tril(g, -1) if UPLO == "L" else np.triu(g, 1)
    return half + mirrored(half) + diagonal(g)


def hermitian_bar(g: Any, like: Any, UPLO: str = "L") -> Any:
    """Give the transpose of `hermitian_part`."""
    both = g + mirrored(g)
    if is_hermitian(like):
        return 0.5 * both
    return (np.tril(both, -1) if UPLO == "L" else np.triu(both, 1)) + diagonal(g)


def is_hermitian(a: Any) -> bool:
    """Say whether a matrix, or each of a stack, is exactly its own mirror image."""
    return np.array_equal(a, mirrored(a))


def mirrored(a: Any) -> Any:
    return np.conj(np.swapaxes(a, -1, -2))


def diagonal(g: Any) -> Any:
    """Give the real part of a diagonal, among zeros."""
    return np.real(g) * np.eye(np.shape(g)[-1], dtype=np.asarray(g).real.dtype)
