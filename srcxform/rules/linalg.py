"""Linear algebra: inverses, solutions, determinants, factors, powers.

Formulas after Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008). A function of a symmetric or Hermitian matrix is
differentiated as a function of the symmetrised matrix.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Items, Kind, Number
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import (
    as_kind,
    as_value,
    class_of,
    is_none,
    is_real,
    literal,
    ranks_are,
)
from srcxform.rules.products import conjugated
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    ignores,
    linear,
    otherwise,
    predicate,
    result_kind,
    same_rule,
    tangent,
)
from srcxform.runtime import (
    as_stack,
    fit,
    hermitian_bar,
    hermitian_part,
    lane_by_lane,
    lower_half,
    mT,
    reshape_like,
    unbroadcast,
    zeros_like,
)


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


@otherwise(np.linalg.cholesky)
def cholesky_of_upper(a: Any, *, upper: Any = False) -> Any:
    """It reads the upper triangle, too."""
    if upper:
        return conjugated(mT(np.linalg.cholesky(conjugated(mT(a)))))
    return np.linalg.cholesky(a)


@result_kind(np.linalg.cholesky)
def cholesky_kind(a: Kind, **others: Kind) -> Kind:
    """Tell the kind where a probe cannot: its dummies are not positive definite."""
    shape, cls = shape_of(a), class_of(a)
    return UNKNOWN if cls is None else Array("c" if cls == "c" else "f", shape)


@linear(hermitian_part, "g, like, UPLO='L'", wrt="g")
def hermitian_part_bar(like: Any, UPLO: Any = "L", *, out_bar: Any) -> Any:
    return hermitian_bar(out_bar, like, UPLO)


@linear(hermitian_bar, "g, like, UPLO='L'", wrt="g")
def hermitian_bar_bar(like: Any, UPLO: Any = "L", *, out_bar: Any) -> Any:
    return hermitian_part(out_bar, like, UPLO)


@linear(lower_half, wrt="x")
def lower_half_bar(*, out_bar: Any) -> Any:
    return lower_half(out_bar)


@tangent(np.linalg.pinv, "a, rcond=None, hermitian=False, *, rtol=None", wrt="a")
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


ignores(np.linalg.pinv, ["rcond", "rtol"])  # while the rank does not change


@composite(np.linalg.matrix_power, "a, n")
def matrix_power_parts(a: Any, n: Any) -> Any:
    if literal(n, 1):
        return np.asarray(a)
    if literal(n, 2):
        return a @ a
    if literal(n, 3):
        return a @ a @ a
    if literal(n, 4):
        return square(a @ a)
    if literal(n, -1):
        return np.linalg.inv(a)
    if n < 0:
        return power_by_squares(np.linalg.inv(a), -n)
    return power_by_squares(a, n)


def power_by_squares(a: Any, n: Any) -> Any:
    out = np.zeros_like(a) + np.eye(np.shape(a)[-1], dtype=np.result_type(a))
    while n > 0:
        if n % 2 == 1:
            out = out @ a
        n = n // 2
        if n > 0:
            a = a @ a
    return out


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
    return np.linalg.multi_dot([arrays[0] @ arrays[1] @ arrays[2], *arrays[3:]])


# Eigenvalues of symmetric and Hermitian matrices


@composite(np.linalg.trace, "x, *, offset=0, dtype=None")
def linalg_trace_parts(x: Any, *, offset: Any = 0) -> Any:
    return np.trace(x, offset, -2, -1)


@composite(np.linalg.diagonal, "x, *, offset=0")
def linalg_diagonal_parts(x: Any, *, offset: Any = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


@composite(np.linalg.matrix_transpose, "x")
def linalg_transpose_parts(x: Any) -> Any:
    return mT(x)


@composite(np.linalg.tensordot, "a, b, *, axes=2")
def linalg_tensordot_parts(a: Any, b: Any, *, axes: Any = 2) -> Any:
    return np.tensordot(a, b, axes)


@composite(np.vecdot, "x, y")
def vecdot_parts(x: Any, y: Any) -> Any:
    return np.sum(conjugated(x) * y, axis=-1)


@composite(np.linalg.tensorsolve, "a, b, axes=None")
def tensorsolve_parts(a: Any, b: Any) -> Any:
    size = np.size(b)
    solution = np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b))
    return np.reshape(solution, np.shape(a)[np.ndim(b) :])


@composite(np.linalg.tensorinv, "a, ind=2")
def tensorinv_parts(a: Any, ind: Any = 2) -> Any:
    rows = math.prod(np.shape(a)[:ind])
    inverse = np.linalg.inv(np.reshape(a, (rows, rows)))
    return np.reshape(inverse, np.shape(a)[ind:] + np.shape(a)[:ind])


same_rule(np.linalg.matmul, np.matmul)
same_rule(np.linalg.cross, np.cross)
same_rule(np.linalg.outer, np.outer)


# Norms: the derivative is Re(slope . dx) with the slope conj(x) |x|^(p - 2) / norm^(p - 1).

NORM = "x, ord=None, axis=None, keepdims=False"


@batching(np.linalg.inv, np.linalg.pinv, np.linalg.det, np.linalg.slogdet, over="a")
@batching(np.linalg.cholesky, over="a")
def of_stacks_batched(function: Any, a: Any) -> Any:
    """These take stacks of matrices as they are."""
    return function(a)


@batching(np.linalg.matrix_power, over="a")
def matrix_power_batched(a: Any, n: Any) -> Any:
    return np.linalg.matrix_power(a, n)


@batching(np.linalg.eigh, np.linalg.eigvalsh, over="a")
def eigen_batched(function: Any, a: Any, UPLO: Any = "L") -> Any:
    return function(a, UPLO=UPLO)


@batching(np.linalg.solve, over="a b")
def solve_batched(a: Any, b: Any, a_lanes: Any, b_lanes: Any) -> Any:
    if literal(a_lanes, False):
        if ranks_are(a, b, 2, 2):
            return np.transpose(np.linalg.solve(a, np.transpose(b)))
        if ranks_are(a, b, 2, 3):
            return np.linalg.solve(a, b)
        return lane_by_lane()
    if literal(b_lanes, False):
        if ranks_are(a, b, 3, 1):
            return np.linalg.solve(a, b)
        if ranks_are(a, b, 3, 2):
            return np.linalg.solve(a, b)
        return lane_by_lane()
    if ranks_are(a, b, 3, 2):
        return np.linalg.solve(a, b[:, :, None])[:, :, 0]
    if ranks_are(a, b, 3, 3):
        return np.linalg.solve(a, b)
    return lane_by_lane()
