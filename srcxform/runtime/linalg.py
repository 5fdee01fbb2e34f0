"""Shapes that `@` and the solvers accept: vectors as one row or one column, stacks transposed."""

from __future__ import annotations

from typing import Any

import numpy as np


def mT(x: Any) -> Any:
    """Transpose the last two axes: a matrix, or a stack of matrices."""
    return np.swapaxes(x, -1, -2)


def in_a_row(x: Any) -> Any:
    """Give `x.flat` as an array: a view, or a copy that cannot be written to.

    >>> in_a_row(np.ones((2, 3)).T).flags.writeable
    False
    """
    flat = np.ravel(x)
    if flat.size and not np.may_share_memory(flat, x):
        flat.flags.writeable = False
    return flat


def as_row(x: Any) -> Any:
    """Give a vector as a matrix of one row; anything else as it is."""
    return np.expand_dims(x, 0) if np.ndim(x) == 1 else x


def as_column(x: Any) -> Any:
    """Give a vector as a matrix of one column; anything else as it is."""
    return np.expand_dims(x, 1) if np.ndim(x) == 1 else x


def restore_product(g: Any, x: Any, y: Any) -> Any:
    """Give `g`, shaped like `x @ y`, the axes that `@` leaves out for operands that are vectors."""
    if np.ndim(y) == 1:
        g = np.expand_dims(g, -1)
    if np.ndim(x) == 1:
        g = np.expand_dims(g, -2)
    return g


def transposed(x: Any) -> Any:
    """Swap the last two axes of an array; a vector stays as it is."""
    return np.swapaxes(x, -1, -2) if np.ndim(x) > 1 else x


def last_first(x: Any) -> Any:
    """Move the last axis to the front."""
    return np.moveaxis(x, -1, 0)


def first_second_last(x: Any) -> Any:
    """Move the first axis to the last place but one; a vector stays as it is."""
    return np.moveaxis(x, 0, -2) if np.ndim(x) > 1 else x


def second_last_first(x: Any) -> Any:
    """Move the last axis but one to the front; a vector stays as it is."""
    return np.moveaxis(x, -2, 0) if np.ndim(x) > 1 else x


def as_stack(x: Any, b: Any) -> Any:
    """Give `x`, a right-hand side or result of np.linalg.solve(a, b), as a stack of matrices.

    As in NumPy 2, there are vectors exactly if `b` is of rank 1, even where `a` is a stack.
    """
    return np.expand_dims(x, -1) if np.ndim(b) == 1 else x


def cross_back(g: Any, v: Any, like: Any) -> Any:
    """Give the vector product g x v, for the cotangent `g` of a product of `v` and `like`.

    What `like` has no room for is left out. Of two vectors in the plane the product is a number,
    and `g` stands upright.

    >>> cross_back(2.0, np.array([3.0, 5.0]), like=np.zeros(2))
    array([-10.,   6.])
    """
    if np.shape(v)[-1] == 2 and np.shape(like)[-1] == 2:
        return np.expand_dims(g, -1) * np.stack([-v[..., 1], v[..., 0]], axis=-1)
    return np.cross(g, v)[..., : np.shape(like)[-1]]


def lower_half(x: Any) -> Any:
    """Give the lower triangle of a matrix, its diagonal halved."""
    return np.tril(x) - 0.5 * np.eye(np.shape(x)[-1], dtype=np.asarray(x).real.dtype) * x


def least_squares(a: Any, b: Any, rcond: Any) -> Any:
    """Give the solution of np.linalg.lstsq alone.

    >>> least_squares(np.array([[1.0], [1.0]]), np.array([1.0, 3.0]), 1e-15)
    array([2.])
    """
    return np.linalg.lstsq(a, b, rcond)[0]


def least_singular(a: Any, rcond: Any = None, size: int | None = None) -> Any:
    """Give the fraction of the largest singular value below which one counts as zero.

    As np.linalg.lstsq has it, where it is not given.
    """
    precision = np.finfo(np.result_type(a, np.float32).type(0).real.dtype).eps
    if rcond is None:
        return precision * (max(np.shape(a)) if size is None else size)
    return precision if rcond == -1 else rcond


def rank_above(s: Any, cutoff: Any) -> Any:
    """Give how many singular values are more than this fraction of the largest.

    >>> int(rank_above(np.array([3.0, 2.0, 0.0]), 1e-15))
    2
    """
    return np.int32(np.sum(s > cutoff * s[0])) if len(s) else np.int32(0)


def residual_count(a: Any, b: Any, rank: int) -> int:
    """Give for how many right-hand sides np.linalg.lstsq tells the sum of squares that is left."""
    rows, columns = np.shape(a)
    if rank != columns or rows <= columns:
        return 0
    return 1 if np.ndim(b) == 1 else np.shape(b)[1]


def mirrored_lower(x: Any) -> Any:
    """Give the upper triangle, with the lower one mirrored (as by Hermite) added, as a triangle.

    >>> mirrored_lower(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[1., 5.],
           [0., 4.]])
    """
    return np.triu(x, 1) + on_diagonal(x) + np.conj(mT(np.tril(x, -1)))


def mirrored_upper(x: Any) -> Any:
    """Give the upper triangle, and that mirrored below: the transpose of `mirrored_lower`.

    >>> mirrored_upper(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[1., 2.],
           [2., 4.]])
    """
    upper = np.triu(x, 1)
    return upper + on_diagonal(x) + np.conj(mT(upper))


def on_diagonal(x: Any) -> Any:
    """Keep the real part of the diagonal of a matrix only."""
    return np.eye(np.shape(x)[-1], dtype=np.asarray(x).real.dtype) * np.real(x)


def contraction_axes(x: Any, axes: Any, side: int) -> list[int]:
    """Give the axes of the left (0) or right (1) operand that np.tensordot contracts."""
    if isinstance(axes, (int, np.integer)):
        return list(range(np.ndim(x) - axes, np.ndim(x)) if side == 0 else range(axes))
    mine = axes[side]
    listed = [mine] if isinstance(mine, (int, np.integer)) else list(mine)
    return [int(k) % np.ndim(x) for k in listed]


def contraction_order(x: Any, axes: Any, side: int, contracted_first: bool) -> tuple[int, ...]:
    """Give the permutation that brings the contracted axes of an operand of np.tensordot together.

    >>> contraction_order(np.zeros((2, 3, 4)), ([1], [0]), 0, False)
    (0, 2, 1)
    """
    contracted = contraction_axes(x, axes, side)
    free = [k for k in range(np.ndim(x)) if k not in contracted]
    return (*contracted, *free) if contracted_first else (*free, *contracted)


def free_axes(x: Any, axes: Any, side: int) -> int:
    """Give how many axes of an operand np.tensordot keeps."""
    return np.ndim(x) - len(contraction_axes(x, axes, side))


def kron_left(a: Any, b: Any) -> Any:
    """Give `a` axes of length 1 so that the product with `kron_right` is that of np.kron."""
    rank = max(np.ndim(a), np.ndim(b))
    shape = (1,) * (rank - np.ndim(a)) + np.shape(a)
    return np.reshape(a, [n for length in shape for n in (length, 1)])


def kron_right(a: Any, b: Any) -> Any:
    """Give `b` axes of length 1 so that the product with `kron_left` is that of np.kron."""
    rank = max(np.ndim(a), np.ndim(b))
    shape = (1,) * (rank - np.ndim(b)) + np.shape(b)
    return np.reshape(b, [n for length in shape for n in (1, length)])


def kron_merge(product: Any) -> Any:
    """Make one axis of each pair of axes."""
    shape = np.shape(product)
    return np.reshape(product, [m * n for m, n in zip(shape[::2], shape[1::2], strict=True)])
