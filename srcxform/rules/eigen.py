"""Eigenvalues and eigenvectors of Hermitian matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Items, Kind
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import (
    class_of,
)
from srcxform.rules.products import conjugated
from srcxform.rules.registry import (
    adjoint,
    result_kind,
    tangent,
)
from srcxform.runtime import (
    hermitian_bar,
    hermitian_part,
    mT,
    zero_wins,
)


def inverse_gaps(w: Any) -> Any:
    """1 / (w[j] - w[i]), and 0 on the diagonal."""
    eye = np.eye(np.shape(w)[-1])
    return 1.0 / (np.expand_dims(w, -2) - np.expand_dims(w, -1) + eye) - eye


def in_eigenbasis(v: Any, a_dot: Any) -> Any:
    """Vᴴ dA V for a Hermitian dA."""
    return conjugated(mT(v)) @ a_dot @ v


def from_eigenbasis(v: Any, inner: Any) -> Any:
    """The transpose of `in_eigenbasis`."""
    return conjugated(v) @ inner @ mT(v)


@tangent(np.linalg.eigh, "a, UPLO='L'", wrt="a")
def eigh_dot(a: Any, out: Any, a_dot: Any, UPLO: Any = "L") -> Any:
    """dw = diag(Vᴴ dA V), dV = V (F * Vᴴ dA V) with F the inverse gaps."""
    inner = in_eigenbasis(out[1], hermitian_part(a_dot, a, UPLO))
    w_dot = np.real(np.diagonal(inner, 0, -2, -1))
    return w_dot, out[1] @ (inverse_gaps(out[0]) * inner)


@adjoint(np.linalg.eigh)
def eigh_bar(a: Any, out: Any, out_bar: Any, UPLO: Any = "L") -> Any:
    # Eigenvectors that nothing depends on may belong to one eigenvalue, at no gap.
    mixed = zero_wins(mT(out[1]) @ out_bar[1], inverse_gaps(out[0]))
    on_diagonal = np.eye(np.shape(out[0])[-1]) * np.expand_dims(out_bar[0], -1)
    return hermitian_bar(from_eigenbasis(out[1], mixed + on_diagonal), a, UPLO)


@tangent(np.linalg.eigvalsh, "a, UPLO='L'", wrt="a")
def eigvalsh_dot(a: Any, a_dot: Any, UPLO: Any = "L") -> Any:
    v = np.linalg.eigh(a, UPLO)[1]
    inner = in_eigenbasis(v, hermitian_part(a_dot, a, UPLO))
    return np.real(np.diagonal(inner, 0, -2, -1))


@adjoint(np.linalg.eigvalsh)
def eigvalsh_bar(a: Any, out_bar: Any, UPLO: Any = "L") -> Any:
    on_diagonal = np.eye(np.shape(out_bar)[-1]) * np.expand_dims(out_bar, -1)
    v = np.linalg.eigh(a, UPLO)[1]
    return hermitian_bar(from_eigenbasis(v, on_diagonal), a, UPLO)


@result_kind(np.linalg.eigh)
def eigh_kind(a: Kind, UPLO: Kind = UNKNOWN) -> Kind:
    shape, cls = shape_of(a), class_of(a)
    if shape is None or cls is None:
        return UNKNOWN
    return Items("tuple", (Array("f", shape[:-1]), Array("c" if cls == "c" else "f", shape)))
