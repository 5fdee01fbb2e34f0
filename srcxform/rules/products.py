"""Products of arrays: dot, vdot, outer, inner, tensordot, kron."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcxform.kinds.lattice import Kind
from srcxform.kinds.shapes import shape_of
from srcxform.rules.operators import matmul_kind, matmul_left_bar, matmul_right_bar
from srcxform.rules.predicates import (
    as_kind,
    is_none,
    is_number,
    is_real,
    literal,
    rank_is,
    ranks_are,
)
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    linear,
    predicate,
    result_kind,
    tangent,
)
from srcxform.runtime import (
    arranged,
    contraction_order,
    first_second_last,
    fit,
    free_axes,
    inverse_axes,
    kron_left,
    kron_merge,
    kron_right,
    lane_by_lane,
    last_first,
    reshape_like,
    transposed,
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


@result_kind(np.dot)
def dot_kind(a: Kind, b: Kind) -> Kind:
    """A product of vectors and matrices is `a @ b`, whatever their lengths."""
    return matmul_kind(a, b)


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
    if rank_is(a, 1) and rank_is(b, 1):
        return fit(conjugated(out_bar * b), like=a), fit(conjugated(a) * out_bar, like=b)
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


# Batching: matrix products of one lane's vectors and matrices, as one product of stacks.


@batching(np.matmul, operator.matmul, np.linalg.matmul, over="x y")
def matmul_batched(x: Any, y: Any, x_lanes: Any, y_lanes: Any) -> Any:
    if literal(y_lanes, False):
        if rank_is(y, 1):
            return x @ y
        if rank_is(y, 2):
            return x @ y
        return lane_by_lane()
    if literal(x_lanes, False):
        if ranks_are(x, y, 1, 2):
            return y @ x
        if ranks_are(x, y, 2, 2):
            return y @ np.transpose(x)
        if ranks_are(x, y, 1, 3):
            return x @ y
        if ranks_are(x, y, 2, 3):
            return x @ y
        return lane_by_lane()
    if ranks_are(x, y, 2, 2):
        return np.sum(x * y, axis=1)
    if ranks_are(x, y, 3, 2):
        return (x @ y[:, :, None])[:, :, 0]
    if ranks_are(x, y, 2, 3):
        return (x[:, None] @ y)[:, 0]
    if ranks_are(x, y, 3, 3):
        return x @ y
    return lane_by_lane()


@batching(np.dot, over="a b")
def dot_batched(a: Any, b: Any, a_lanes: Any, b_lanes: Any) -> Any:
    if literal(a_lanes, False):
        if ranks_are(a, b, 1, 2):
            return b @ a
        if ranks_are(a, b, 2, 2):
            return b @ np.transpose(a)
        if ranks_are(a, b, 1, 3):
            return a @ b
        if ranks_are(a, b, 2, 3):
            return a @ b
        return lane_by_lane()
    if literal(b_lanes, False):
        if rank_is(a, 1):
            return lane_by_lane()
        if rank_is(b, 1):
            return a @ b
        if rank_is(b, 2):
            return a @ b
        return lane_by_lane()
    if ranks_are(a, b, 2, 2):
        return np.sum(a * b, axis=1)
    if ranks_are(a, b, 3, 2):
        return (a @ b[:, :, None])[:, :, 0]
    if ranks_are(a, b, 2, 3):
        return (a[:, None] @ b)[:, 0]
    if ranks_are(a, b, 3, 3):
        return a @ b
    return lane_by_lane()


@batching(np.inner, over="a b")
def inner_batched(a: Any, b: Any, a_lanes: Any, b_lanes: Any) -> Any:
    if literal(a_lanes, False):
        if ranks_are(a, b, 1, 2):
            return b @ a
        return lane_by_lane()
    if literal(b_lanes, False):
        if ranks_are(a, b, 2, 1):
            return a @ b
        return lane_by_lane()
    if ranks_are(a, b, 2, 2):
        return np.sum(a * b, axis=1)
    return lane_by_lane()


@batching(np.outer, np.linalg.outer, over="a b")
def outer_batched(a: Any, b: Any, a_lanes: Any, b_lanes: Any) -> Any:
    if literal(a_lanes, False):
        if ranks_are(a, b, 1, 2):
            return a[:, None] * b[:, None]
        return lane_by_lane()
    if literal(b_lanes, False):
        if ranks_are(a, b, 2, 1):
            return a[:, :, None] * b
        return lane_by_lane()
    if ranks_are(a, b, 2, 2):
        return a[:, :, None] * b[:, None]
    return lane_by_lane()
