"""Products and linear algebra.

Formulas after Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008). A function of a symmetric or Hermitian matrix is
differentiated as a function of the symmetrised matrix. A norm of order 2 at 0 has no derivative:
it is nan there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Items, Kind, Number
from srcxform.kinds.shapes import shape_of
from srcxform.rules.operators import matmul_left_bar, matmul_right_bar
from srcxform.rules.predicates import (
    as_kind,
    as_value,
    class_of,
    is_none,
    is_number,
    is_real,
    literal,
    rank_is,
    ranks_are,
)
from srcxform.rules.registry import (
    adjoint,
    composite,
    ignores,
    linear,
    predicate,
    result_kind,
    same_rule,
    tangent,
)
from srcxform.runtime import (
    arranged,
    as_stack,
    contraction_order,
    einsum_expansion,
    einsum_filling,
    einsum_transpose,
    expand_reduced,
    first_second_last,
    fit,
    free_axes,
    hermitian_bar,
    hermitian_part,
    inverse_axes,
    is_plain,
    kron_left,
    kron_merge,
    kron_right,
    last_first,
    lower_half,
    mT,
    refuse,
    reshape_like,
    share_of_extreme,
    stretched,
    transposed,
    unbroadcast,
    zeros_like,
)

# Products


@predicate
def is_matrix_product(a: Any, b: Any) -> bool:
    """Say whether np.dot(a, b) is `a @ b`: neither a number nor more than two axes."""
    shapes = shape_of(as_kind(a)), shape_of(as_kind(b))
    return all(shape is not None and 1 <= len(shape) <= 2 for shape in shapes)


@tangent(np.dot, "a, b, out=None", wrt="a b")
def dot_dot(a: Any, b: Any, a_dot: Any = None, b_dot: Any = None) -> Any:
    if is_none(b_dot):
        return np.dot(a_dot, b)
    if is_none(a_dot):
        return np.dot(a, b_dot)
    return np.dot(a_dot, b) + np.dot(a, b_dot)


@adjoint(np.dot)
def dot_bar(a: Any, b: Any, out_bar: Any) -> Any:
    return dot_left_bar(a, b, out_bar), dot_right_bar(a, b, out_bar)


def dot_left_bar(a: Any, b: Any, out_bar: Any) -> Any:
    if is_matrix_product(a, b):
        return matmul_left_bar(a, b, out_bar)
    if rank_is(b, 0):
        return fit(out_bar * b, like=a)
    if rank_is(a, 0):
        return fit(np.sum(out_bar * b), like=a)
    return fit(np.tensordot(out_bar, transposed(b), np.ndim(b) - 1), like=a)


def dot_right_bar(a: Any, b: Any, out_bar: Any) -> Any:
    if is_matrix_product(a, b):
        return matmul_right_bar(a, b, out_bar)
    if rank_is(a, 0):
        return fit(a * out_bar, like=b)
    if rank_is(b, 0):
        return fit(np.sum(a * out_bar), like=b)
    b_bar = np.tensordot(last_first(a), out_bar, np.ndim(a) - 1)
    return fit(first_second_last(b_bar), like=b)


@tangent(np.vdot, "a, b", wrt="a b")
def vdot_dot(a: Any, b: Any, a_dot: Any = None, b_dot: Any = None) -> Any:
    if is_none(b_dot):
        return np.vdot(a_dot, b)
    if is_none(a_dot):
        return np.vdot(a, b_dot)
    return np.vdot(a_dot, b) + np.vdot(a, b_dot)


@adjoint(np.vdot)
def vdot_bar(a: Any, b: Any, out_bar: Any) -> Any:
    """The first operand is conjugated; both are flattened."""
    a_bar = reshape_like(fit(conjugated(out_bar * b), like=a), like=a)
    b_bar = reshape_like(fit(conjugated(a) * out_bar, like=b), like=b)
    return a_bar, b_bar


def conjugated(x: Any) -> Any:
    if is_real(x):
        return x
    return np.conj(x)


@tangent(np.outer, "a, b, out=None", wrt="a b")
def outer_dot(a: Any, b: Any, a_dot: Any = None, b_dot: Any = None) -> Any:
    if is_none(b_dot):
        return np.outer(a_dot, b)
    if is_none(a_dot):
        return np.outer(a, b_dot)
    return np.outer(a_dot, b) + np.outer(a, b_dot)


@adjoint(np.outer)
def outer_bar(a: Any, b: Any, out_bar: Any) -> Any:
    return outer_left_bar(a, b, out_bar), outer_right_bar(a, b, out_bar)


def outer_left_bar(a: Any, b: Any, out_bar: Any) -> Any:
    if ranks_are(a, b, 1, 1):
        return fit(out_bar @ b, like=a)
    return reshape_like(fit(out_bar @ np.ravel(b), like=a), like=a)


def outer_right_bar(a: Any, b: Any, out_bar: Any) -> Any:
    if ranks_are(a, b, 1, 1):
        return fit(a @ out_bar, like=b)
    return reshape_like(fit(np.ravel(a) @ out_bar, like=b), like=b)


@composite(np.inner, "a, b")
def inner_parts(a: Any, b: Any) -> Any:
    if is_number(a):
        return a * b
    if is_number(b):
        return a * b
    if ranks_are(a, b, 1, 1):
        return a @ b
    return np.tensordot(a, b, ((-1,), (-1,)))


@tangent(np.tensordot, "a, b, axes=2", wrt="a b")
def tensordot_dot(a: Any, b: Any, axes: Any = 2, a_dot: Any = None, b_dot: Any = None) -> Any:
    if is_none(b_dot):
        return np.tensordot(a_dot, b, axes)
    if is_none(a_dot):
        return np.tensordot(a, b_dot, axes)
    return np.tensordot(a_dot, b, axes) + np.tensordot(a, b_dot, axes)


@adjoint(np.tensordot)
def tensordot_bar(a: Any, b: Any, out_bar: Any, axes: Any = 2) -> Any:
    """With the contracted axes of `a` last and of `b` first this is a product of matrices."""
    return tensordot_left_bar(a, b, out_bar, axes), tensordot_right_bar(a, b, out_bar, axes)


def tensordot_left_bar(a: Any, b: Any, out_bar: Any, axes: Any) -> Any:
    right = arranged(b, contraction_order(b, axes, 1, False))
    a_bar = np.tensordot(out_bar, right, free_axes(b, axes, 1))
    order = contraction_order(a, axes, 0, False)
    # `right` has the contracted axes in the order in which they are listed, as `order` does
    return fit(arranged(a_bar, inverse_axes(order)), like=a)


def tensordot_right_bar(a: Any, b: Any, out_bar: Any, axes: Any) -> Any:
    left = arranged(a, contraction_order(a, axes, 0, True))
    b_bar = np.tensordot(left, out_bar, free_axes(a, axes, 0))
    order = contraction_order(b, axes, 1, True)
    return fit(arranged(b_bar, inverse_axes(order)), like=b)


@tangent(np.cross, "a, b, axisa=-1, axisb=-1, axisc=-1, axis=None", wrt="a b")
def cross_dot(a: Any, b: Any, a_dot: Any = None, b_dot: Any = None) -> Any:
    if is_none(b_dot):
        return np.cross(a_dot, b)
    if is_none(a_dot):
        return np.cross(a, b_dot)
    return np.cross(a_dot, b) + np.cross(a, b_dot)


@adjoint(np.cross)
def cross_bar(a: Any, b: Any, out_bar: Any) -> Any:
    """The triple product g . (a x b) does not change when its factors move round."""
    return unbroadcast(np.cross(b, out_bar), like=a), unbroadcast(np.cross(out_bar, a), like=b)


@composite(np.kron, "a, b")
def kron_parts(a: Any, b: Any) -> Any:
    return kron_merge(kron_left(a, b) * kron_right(a, b))


@linear(kron_left, wrt="a")
def kron_left_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(kron_right, wrt="b")
def kron_right_bar(b: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=b)


@linear(kron_merge, wrt="product")
def kron_merge_bar(product: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=product)


# np.einsum with up to three operands


@predicate
def is_plain_einsum(subscripts: Any, position: Any) -> bool:
    """Say whether every axis of an operand is an axis of another, or of the result."""
    text = as_value(subscripts)
    return isinstance(text, str) and is_plain(text, as_value(position))


EINSUM = "subscripts, x, y=None, z=None, *, out=None, optimize=False"


@tangent(np.einsum, EINSUM, wrt="x y z")
def einsum_dot(
    subscripts: Any,
    x: Any,
    y: Any = None,
    z: Any = None,
    x_dot: Any = None,
    y_dot: Any = None,
    z_dot: Any = None,
) -> Any:
    if is_none(y):
        return np.einsum(subscripts, x_dot)
    if is_none(z):
        return einsum_two_dot(subscripts, x, y, x_dot, y_dot)
    if is_none(z_dot):
        return einsum_first_two_dot(subscripts, x, y, z, x_dot, y_dot)
    if is_none(x_dot):
        if is_none(y_dot):
            return np.einsum(subscripts, x, y, z_dot)
    last = np.einsum(subscripts, x, y, z_dot)
    return einsum_first_two_dot(subscripts, x, y, z, x_dot, y_dot) + last


def einsum_two_dot(subscripts: Any, x: Any, y: Any, x_dot: Any, y_dot: Any) -> Any:
    if is_none(y_dot):
        return np.einsum(subscripts, x_dot, y)
    if is_none(x_dot):
        return np.einsum(subscripts, x, y_dot)
    return np.einsum(subscripts, x_dot, y) + np.einsum(subscripts, x, y_dot)


def einsum_first_two_dot(subscripts: Any, x: Any, y: Any, z: Any, x_dot: Any, y_dot: Any) -> Any:
    if is_none(y_dot):
        return np.einsum(subscripts, x_dot, y, z)
    if is_none(x_dot):
        return np.einsum(subscripts, x, y_dot, z)
    return np.einsum(subscripts, x_dot, y, z) + np.einsum(subscripts, x, y_dot, z)


@adjoint(np.einsum)
def einsum_bar(subscripts: Any, x: Any, out_bar: Any, y: Any = None, z: Any = None) -> Any:
    if is_none(y):
        return einsum_one_bar(subscripts, x, out_bar), None, None
    if is_none(z):
        x_bar = einsum_two_bar(subscripts, 0, x, y, out_bar)
        y_bar = einsum_two_bar(subscripts, 1, y, x, out_bar)
        return x_bar, y_bar, None
    x_bar = einsum_three_bar(subscripts, 0, x, y, z, out_bar)
    y_bar = einsum_three_bar(subscripts, 1, y, x, z, out_bar)
    z_bar = einsum_three_bar(subscripts, 2, z, x, y, out_bar)
    return x_bar, y_bar, z_bar


def einsum_one_bar(subscripts: Any, x: Any, out_bar: Any) -> Any:
    part = np.einsum(einsum_transpose(subscripts, 0), out_bar)
    return einsum_filled(subscripts, 0, x, part)


def einsum_two_bar(subscripts: Any, position: Any, x: Any, other: Any, out_bar: Any) -> Any:
    part = np.einsum(einsum_transpose(subscripts, position), out_bar, other)
    return einsum_filled(subscripts, position, x, part)


def einsum_three_bar(
    subscripts: Any, position: Any, x: Any, other: Any, third: Any, out_bar: Any
) -> Any:
    part = np.einsum(einsum_transpose(subscripts, position), out_bar, other, third)
    return einsum_filled(subscripts, position, x, part)


def einsum_filled(subscripts: Any, position: Any, x: Any, part: Any) -> Any:
    if is_plain_einsum(subscripts, position):
        return unbroadcast(stretched(part, like=x), like=x)
    filling = einsum_filling(subscripts, position, x)
    expanded = np.einsum(einsum_expansion(subscripts, position), part, filling)
    return unbroadcast(stretched(expanded, like=x), like=x)


@linear(stretched, wrt="g")
def stretched_bar(g: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=g)


@result_kind(stretched)
def stretched_kind(g: Kind, like: Kind) -> Kind:
    shape, target = shape_of(g), shape_of(like)
    if not isinstance(g, Array) or shape is None or target is None or len(shape) != len(target):
        return UNKNOWN
    return Array(g.cls, tuple(n if m == 1 else m for m, n in zip(shape, target, strict=True)))


ignores(np.einsum, ["optimize"])


# Inverses


@tangent(np.linalg.inv, "a", wrt="a")
def inv_dot(out: Any, a_dot: Any) -> Any:
    return -out @ a_dot @ out


@adjoint(np.linalg.inv)
def inv_bar(out: Any, out_bar: Any) -> Any:
    return -mT(out) @ out_bar @ mT(out)


@tangent(np.linalg.solve, "a, b", wrt="a b")
def solve_dot(a: Any, b: Any, out: Any, a_dot: Any = None, b_dot: Any = None) -> Any:
    """A X = B, so A dX = dB - dA X."""
    if is_none(a_dot):
        return np.linalg.solve(a, b_dot)
    if ranks_are(a, b, 2, 1):
        return np.linalg.solve(a, right_side_dot(out, a_dot, b_dot))
    if is_none(b_dot):
        return reshape_like(np.linalg.solve(a, -a_dot @ as_stack(out, b)), like=out)
    right = as_stack(b_dot, b) - a_dot @ as_stack(out, b)
    return reshape_like(np.linalg.solve(a, right), like=out)


def right_side_dot(out: Any, a_dot: Any, b_dot: Any) -> Any:
    if is_none(b_dot):
        return -a_dot @ out
    return b_dot - a_dot @ out


@adjoint(np.linalg.solve)
def solve_bar(a: Any, b: Any, out: Any, out_bar: Any) -> Any:
    """B̄ = A⁻ᵀ X̄ and Ā = -B̄ Xᵀ."""
    if ranks_are(a, b, 2, 1):
        vector_bar = np.linalg.solve(a.T, out_bar)
        return fit(-np.outer(vector_bar, out), like=a), fit(vector_bar, like=b)
    columns_bar = np.linalg.solve(mT(a), as_stack(out_bar, b))
    a_bar = unbroadcast(-columns_bar @ mT(as_stack(out, b)), like=a)
    b_bar = reshape_like(unbroadcast(columns_bar, like=as_stack(b, b)), like=b)
    return a_bar, b_bar


@tangent(np.linalg.det, "a", wrt="a")
def det_dot(a: Any, out: Any, a_dot: Any) -> Any:
    """Jacobi's formula, d det A = det A tr(A⁻¹ dA)."""
    return out * np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)


@adjoint(np.linalg.det)
def det_bar(a: Any, out: Any, out_bar: Any) -> Any:
    return np.expand_dims(out_bar * out, (-2, -1)) * mT(np.linalg.inv(a))


@tangent(np.linalg.slogdet, "a", wrt="a")
def slogdet_dot(a: Any, out: Any, a_dot: Any) -> Any:
    rate = np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)
    if is_real(a):
        return zeros_like(out[0]), rate
    return out[0] * (rate - np.real(rate)), np.real(rate)


@adjoint(np.linalg.slogdet)
def slogdet_bar(a: Any, out: Any, out_bar: Any) -> Any:
    if is_real(a):
        return np.expand_dims(out_bar[1], (-2, -1)) * mT(np.linalg.inv(a))
    turn = out_bar[0] * out[0]
    rate_bar = out_bar[1] + (turn - np.real(turn))
    return np.expand_dims(rate_bar, (-2, -1)) * mT(np.linalg.inv(a))


@result_kind(np.linalg.slogdet)
def slogdet_kind(a: Kind) -> Kind:
    shape, cls = shape_of(a), class_of(a)
    if shape is None or cls is None:
        return Items("tuple", (Array(cls or "c"), Array("f")))
    if len(shape) == 2:
        return Items("tuple", (Number("c" if cls == "c" else "f"), Number("f")))
    return Items("tuple", (Array("c" if cls == "c" else "f", shape[:-2]), Array("f", shape[:-2])))


@tangent(np.linalg.cholesky, "a, /, *, upper=False", wrt="a")
def cholesky_dot(a: Any, out: Any, a_dot: Any) -> Any:
    """L⁻¹ dL is the lower half of L⁻¹ dA L⁻ᴴ."""
    symmetric = hermitian_part(a_dot, a)
    inverse = np.linalg.inv(out)
    return out @ lower_half(inverse @ symmetric @ conjugated(mT(inverse)))


@adjoint(np.linalg.cholesky)
def cholesky_bar(a: Any, out: Any, out_bar: Any) -> Any:
    """Ā = L⁻ᵀ P L⁻¹ made symmetric, P the lower half of Lᵀ L̄ (Murray 2016)."""
    inverse = np.linalg.inv(out)
    half = lower_half(mT(out) @ np.tril(out_bar))
    return hermitian_bar(mT(inverse) @ half @ conjugated(inverse), a)


@linear(hermitian_part, "g, like, UPLO='L'", wrt="g")
def hermitian_part_bar(like: Any, UPLO: Any = "L", *, out_bar: Any) -> Any:
    return hermitian_bar(out_bar, like, UPLO)


@linear(hermitian_bar, "g, like, UPLO='L'", wrt="g")
def hermitian_bar_bar(like: Any, UPLO: Any = "L", *, out_bar: Any) -> Any:
    return hermitian_part(out_bar, like, UPLO)


@linear(lower_half, wrt="x")
def lower_half_bar(*, out_bar: Any) -> Any:
    return lower_half(out_bar)


@tangent(np.linalg.pinv, "a", wrt="a")
def pinv_dot(a: Any, out: Any, a_dot: Any) -> Any:
    """Golub and Pereyra (1973), where the rank does not change."""
    adjoint_dot, pinv_adjoint = conjugated(mT(a_dot)), conjugated(mT(out))
    rows = adjoint_dot - (adjoint_dot @ a) @ out
    columns = adjoint_dot - out @ (a @ adjoint_dot)
    return -out @ a_dot @ out + out @ pinv_adjoint @ rows + columns @ pinv_adjoint @ out


@adjoint(np.linalg.pinv)
def pinv_bar(a: Any, out: Any, out_bar: Any) -> Any:
    """The transpose of `pinv_dot`, term by term."""
    first = -mT(out) @ out_bar @ mT(out)
    rows_bar = mT(out @ conjugated(mT(out))) @ out_bar
    columns_bar = out_bar @ mT(conjugated(mT(out)) @ out)
    adjoint_bar = rows_bar - (rows_bar @ mT(out)) @ mT(a)
    adjoint_bar = adjoint_bar + columns_bar - mT(a) @ (mT(out) @ columns_bar)
    return first + conjugated(mT(adjoint_bar))


@composite(np.linalg.matrix_power, "a, n")
def matrix_power_parts(a: Any, n: Any) -> Any:
    if literal(n, 1):
        return np.copy(a)
    if literal(n, 2):
        return a @ a
    if literal(n, 3):
        return a @ a @ a
    if literal(n, 4):
        return square(a @ a)
    if literal(n, -1):
        return np.linalg.inv(a)
    return refuse(
        "np.linalg.matrix_power has a derivative for n written as -1, 1, 2, 3 or 4",
        "multiply with `@` in a loop",
    )


def square(a: Any) -> Any:
    return a @ a


@predicate
def count_is(arrays: Any, count: Any) -> bool:
    """Say whether a list or tuple is known to have this many elements."""
    kind = as_kind(arrays)
    return isinstance(kind, Items) and len(kind.items) == as_value(count)


@composite(np.linalg.multi_dot, "arrays, *, out=None")
def multi_dot_parts(arrays: Any) -> Any:
    if count_is(arrays, 2):
        return arrays[0] @ arrays[1]
    if count_is(arrays, 3):
        return arrays[0] @ arrays[1] @ arrays[2]
    if count_is(arrays, 4):
        return arrays[0] @ arrays[1] @ arrays[2] @ arrays[3]
    return refuse(
        "np.linalg.multi_dot has a derivative for up to four arrays", "write the products with `@`"
    )


# Eigenvalues of symmetric and Hermitian matrices


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
    mixed = inverse_gaps(out[0]) * (mT(out[1]) @ out_bar[1])
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


# Other names, of the array API


@composite(np.linalg.trace, "x, *, offset=0, dtype=None")
def linalg_trace_parts(x: Any, *, offset: Any = 0) -> Any:
    return np.trace(x, offset, -2, -1)


@composite(np.linalg.diagonal, "x, *, offset=0")
def linalg_diagonal_parts(x: Any, *, offset: Any = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


@composite(np.linalg.matrix_transpose, "x")
def linalg_transpose_parts(x: Any) -> Any:
    return mT(x)


@composite(np.linalg.vector_norm, "x, *, axis=None, keepdims=False, ord=2")
def vector_norm_parts(x: Any, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    if is_none(axis):
        if literal(keepdims, False):
            return np.linalg.norm(np.ravel(x), ord)
        return refuse(
            "np.linalg.vector_norm over all axes has no derivative with keepdims",
            "leave `keepdims` out and reshape the result",
        )
    return np.linalg.norm(x, ord, axis, keepdims)


@composite(np.linalg.tensordot, "a, b, *, axes=2")
def linalg_tensordot_parts(a: Any, b: Any, *, axes: Any = 2) -> Any:
    return np.tensordot(a, b, axes)


@composite(np.vecdot, "x, y")
def vecdot_parts(x: Any, y: Any) -> Any:
    return np.sum(conjugated(x) * y, axis=-1)


same_rule(np.linalg.matmul, np.matmul)
same_rule(np.linalg.cross, np.cross)
same_rule(np.linalg.outer, np.outer)


# Norms: the derivative is Re(slope . dx) with the slope conj(x) |x|^(p - 2) / norm^(p - 1).

NORM = "x, ord=None, axis=None, keepdims=False"


@predicate
def is_vector_norm(x: Any, axis: Any) -> bool:
    """Say whether a norm over `axis` is one of vectors."""
    return rank_is(x, 1) or isinstance(as_value(axis), int) or class_of(as_kind(axis)) == "i"


def norm_slope(x: Any, out: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    if is_none(ord):
        return conjugated(x) / expand_reduced(out, axis, keepdims)
    if literal(ord, "fro"):
        return conjugated(x) / expand_reduced(out, axis, keepdims)
    if is_vector_norm(x, axis):
        return vector_norm_slope(x, out, ord, axis, keepdims)
    return refuse(
        "np.linalg.norm of matrices has a derivative for ord None and 'fro' only",
        "write the norm with np.linalg.eigvalsh(a.T @ a), np.abs, np.sum and np.max",
    )


def vector_norm_slope(x: Any, out: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    if literal(ord, 1):
        return conjugated(np.sign(x))
    if literal(ord, 2):
        return conjugated(x) / expand_reduced(out, axis, keepdims)
    if literal(ord, 0):
        return zeros_like(x)
    if is_infinite(ord):
        return conjugated(np.sign(x)) * share_of_extreme(np.abs(x), out, axis, keepdims)
    ratio = np.abs(x) / expand_reduced(out, axis, keepdims)
    return conjugated(np.sign(x)) * ratio ** (ord - 1)


@predicate
def is_infinite(ord: Any) -> bool:
    """Say whether the order of a norm is infinity or minus infinity."""
    return literal(ord, float("inf")) or literal(ord, float("-inf"))


@tangent(np.linalg.norm, NORM, wrt="x")
def norm_dot(
    x: Any, out: Any, x_dot: Any, ord: Any = None, axis: Any = None, keepdims: Any = False
) -> Any:
    slope = norm_slope(x, out, ord, axis, keepdims)
    if is_real(x):
        return np.sum(slope * x_dot, axis=axis, keepdims=keepdims)
    return np.real(np.sum(slope * x_dot, axis=axis, keepdims=keepdims))


@adjoint(np.linalg.norm)
def norm_bar(
    x: Any, out: Any, out_bar: Any, ord: Any = None, axis: Any = None, keepdims: Any = False
) -> Any:
    slope = norm_slope(x, out, ord, axis, keepdims)
    return expand_reduced(out_bar, axis, keepdims) * slope
