"""Factors of matrices: QR, and singular values and vectors.

QR after Walter and Lehmann, "Algorithmic differentiation of linear algebra functions with
application in optimum experimental design" (2010), and, for matrices with more columns than rows,
Roberts and Roberts, "QR and LQ decomposition matrix backpropagation algorithms for square, wide,
and deep matrices" (2020). Singular values and vectors after Townsend, "Differentiating the
singular value decomposition" (2016): vectors have a derivative where their values are distinct.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Items, Kind, Length
from srcxform.kinds.shapes import shape_of
from srcxform.rules.eigen import inverse_gaps
from srcxform.rules.predicates import class_of, is_real, literal
from srcxform.rules.products import conjugated
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    linear,
    otherwise,
    result_kind,
    tangent,
)
from srcxform.runtime import mirrored_lower, mirrored_upper, mT, refuse, zero_wins

# QR


@tangent(np.linalg.qr, "a, mode='reduced'", wrt="a")
def qr_dot(a: Any, out: Any, a_dot: Any) -> Any:
    """With C = Qᴴ dA R⁻¹, dR R⁻¹ is the upper triangle of C and the lower one, mirrored."""
    size = np.shape(out[1])[-2]
    moved = right_divided(a_dot[..., :size], out[1][..., :size])
    turned = mirrored_lower(conjugated(mT(out[0])) @ moved)
    q_dot = moved - out[0] @ turned
    if np.shape(out[1])[-1] == size:
        return q_dot, turned @ out[1]
    rest_dot = conjugated(mT(q_dot)) @ a[..., size:] + conjugated(mT(out[0])) @ a_dot[..., size:]
    return q_dot, np.concatenate((turned @ out[1][..., :size], rest_dot), axis=-1)


@adjoint(np.linalg.qr)
def qr_bar(a: Any, out: Any, out_bar: Any) -> Any:
    """What a wide R has beside its triangle is Qᴴ times the same columns of A."""
    size = np.shape(out[1])[-2]
    if np.shape(out[1])[-1] == size:
        return tall_bar(out[0], out[1], out_bar[0], out_bar[1])
    rest_bar = out_bar[1][..., size:]
    q_bar = out_bar[0] + conjugated(a[..., size:] @ mT(rest_bar))
    head_bar = tall_bar(out[0], out[1][..., :size], q_bar, out_bar[1][..., :size])
    return np.concatenate((head_bar, conjugated(out[0]) @ rest_bar), axis=-1)


def tall_bar(q: Any, r: Any, q_bar: Any, r_bar: Any) -> Any:
    """Ā = (Q̄ + Q M) R⁻ᵀ, M the upper triangle of R̄ Rᵀ - Qᵀ Q̄, mirrored."""
    inner = mirrored_upper(r_bar @ mT(r) - mT(q) @ q_bar)
    return right_divided(q_bar + conjugated(q) @ inner, mT(r))


def right_divided(x: Any, r: Any) -> Any:
    """Give x r⁻¹."""
    return mT(np.linalg.solve(mT(r), mT(x)))


@linear(mirrored_lower, wrt="x")
def mirrored_lower_bar(*, out_bar: Any) -> Any:
    return mirrored_upper(out_bar)


@linear(mirrored_upper, wrt="x")
def mirrored_upper_bar(*, out_bar: Any) -> Any:
    return mirrored_lower(out_bar)


@otherwise(np.linalg.qr)
def qr_in_mode(a: Any, mode: Any = "reduced") -> Any:
    if literal(mode, "r"):
        return np.linalg.qr(a)[1]
    return refuse(
        "np.linalg.qr has a derivative in the modes reduced and r",
        "use mode='reduced': further columns of Q are not determined by the matrix",
    )


# Singular values and vectors


@composite(np.linalg.svdvals, "x, /")
def svdvals_parts(x: Any) -> Any:
    return np.linalg.svd(x, False, False)


SVD = "a, full_matrices=True, compute_uv=True, hermitian=False"


@tangent(np.linalg.svd, SVD, wrt="a")
def svd_dot(a: Any, out: Any, a_dot: Any, full_matrices: Any = True, compute_uv: Any = True) -> Any:
    if literal(compute_uv, False):
        return singular_values_dot(a, a_dot)
    if is_real(a):
        if literal(full_matrices, False):
            return singular_vectors_dot(out[0], out[1], out[2], a_dot)
        if np.shape(a)[-2] == np.shape(a)[-1]:
            return singular_vectors_dot(out[0], out[1], out[2], a_dot)
        return full_vectors()
    return complex_vectors()


@adjoint(np.linalg.svd)
def svd_bar(
    a: Any, out: Any, out_bar: Any, full_matrices: Any = True, compute_uv: Any = True
) -> Any:
    if literal(compute_uv, False):
        return singular_values_bar(a, out_bar)
    if is_real(a):
        if literal(full_matrices, False):
            return singular_vectors_bar(out[0], out[1], out[2], out_bar)
        if np.shape(a)[-2] == np.shape(a)[-1]:
            return singular_vectors_bar(out[0], out[1], out[2], out_bar)
        return full_vectors()
    return complex_vectors()


def full_vectors() -> Any:
    return refuse(
        "np.linalg.svd has a derivative with full_matrices=True for square matrices only",
        "use full_matrices=False: further singular vectors are not determined by the matrix",
    )


def complex_vectors() -> Any:
    return refuse(
        "np.linalg.svd has no derivative of the singular vectors of complex matrices",
        "use np.linalg.svdvals, or np.linalg.eigh of `np.conj(a).T @ a`",
    )


def singular_values_dot(a: Any, a_dot: Any) -> Any:
    """ds = diag(Uᴴ dA V)."""
    u, _, vh = np.linalg.svd(a, False)
    return np.real(np.sum(conjugated(u) * (a_dot @ conjugated(mT(vh))), axis=-2))


def singular_values_bar(a: Any, out_bar: Any) -> Any:
    u, _, vh = np.linalg.svd(a, False)
    return conjugated((u * np.expand_dims(out_bar, -2)) @ vh)


def singular_vectors_dot(u: Any, s: Any, vt: Any, a_dot: Any) -> Any:
    """With P = Uᵀ dA V, dU = U F∘(P S + S Pᵀ) and dV = V F∘(S P + Pᵀ S), F the inverse gaps of S².

    Where U or V has more rows than columns it moves out of their span, too.
    """
    columns = np.expand_dims(s, -2)
    inner = mT(u) @ a_dot @ mT(vt)
    scaled, mirrored = inner * columns, mT(inner) * columns
    gaps = inverse_gaps(s * s)
    u_dot = u @ (gaps * (scaled + mT(scaled)))
    vt_dot = mT(gaps * (mirrored + mT(mirrored))) @ vt
    s_dot = np.diagonal(inner, 0, -2, -1)
    if np.shape(u)[-2] > np.shape(u)[-1]:
        moved = a_dot @ mT(vt)
        return u_dot + (moved - u @ inner) / columns, s_dot, vt_dot
    if np.shape(vt)[-1] > np.shape(vt)[-2]:
        moved = mT(u) @ a_dot
        return u_dot, s_dot, vt_dot + (moved - inner @ vt) / np.expand_dims(s, -1)
    return u_dot, s_dot, vt_dot


def singular_vectors_bar(u: Any, s: Any, vt: Any, out_bar: Any) -> Any:
    """The transpose of `singular_vectors_dot`, term by term."""
    columns, rows = np.expand_dims(s, -2), np.expand_dims(s, -1)
    # Vectors that nothing depends on may belong to one value, at no gap.
    left, right = mT(u) @ out_bar[0], vt @ mT(out_bar[2])
    gaps = inverse_gaps(s * s)
    of_u, of_v = zero_wins(left, gaps), zero_wins(right, gaps)
    on_diagonal = np.eye(np.shape(s)[-1]) * np.expand_dims(out_bar[1], -1)
    inner_bar = (of_u + mT(of_u)) * columns + rows * (of_v + mT(of_v)) + on_diagonal
    a_bar = u @ inner_bar @ vt
    if np.shape(u)[-2] > np.shape(u)[-1]:
        return a_bar + zero_wins(out_bar[0] - u @ left, 1.0 / columns) @ vt
    if np.shape(vt)[-1] > np.shape(vt)[-2]:
        return a_bar + u @ zero_wins(out_bar[2] - mT(right) @ vt, 1.0 / rows)
    return a_bar


def smaller(left: Length, right: Length) -> Length:
    """Give the smaller one of two lengths, None where it is not known."""
    return left if left == right or left == 1 else 1 if right == 1 else None


@result_kind(np.linalg.qr)
def qr_kind(a: Kind, mode: Kind = UNKNOWN) -> Kind:
    shape, cls = shape_of(a), class_of(a)
    if shape is None or len(shape) < 2 or cls is None or not literal(mode, "reduced"):
        return UNKNOWN
    found = "c" if cls == "c" else "f"
    size = smaller(shape[-2], shape[-1])
    q, r = (*shape[:-1], size), (*shape[:-2], size, shape[-1])
    return Items("tuple", (Array(found, q), Array(found, r)))


@result_kind(np.linalg.svd)
def svd_kind(
    a: Kind, full_matrices: Kind = UNKNOWN, compute_uv: Kind = UNKNOWN, hermitian: Kind = UNKNOWN
) -> Kind:
    shape, cls = shape_of(a), class_of(a)
    if shape is None or len(shape) < 2 or cls is None:
        return UNKNOWN
    size, found = smaller(shape[-2], shape[-1]), "c" if cls == "c" else "f"
    s = Array("f", (*shape[:-2], size))
    if literal(compute_uv, False):
        return s
    if not literal(compute_uv, True):
        return UNKNOWN
    whole = literal(full_matrices, True)
    if not whole and not literal(full_matrices, False):
        return UNKNOWN
    u = (*shape[:-1], shape[-2] if whole else size)
    vh = (*shape[:-2], shape[-1] if whole else size, shape[-1])
    return Items("tuple", (Array(found, u), s, Array(found, vh)))


@batching(np.linalg.qr, over="a")
def qr_batched(a: Any, mode: Any = "reduced") -> Any:
    return np.linalg.qr(a, mode)


@batching(np.linalg.svd, over="a")
def svd_batched(a: Any, full_matrices: Any = True, compute_uv: Any = True) -> Any:
    return np.linalg.svd(a, full_matrices, compute_uv)
