"""Undoing and redoing what broadcasting and reductions do to shapes.

Nothing here writes into an argument. Results may be views or read-only broadcasts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Axes = int | tuple[int, ...] | None


def fit(g: Any, like: Any) -> Any:
    """Give `g` as a cotangent of `like`: the real part if `like` is real.

    >>> fit(1 + 2j, like=3.0)
    1.0
    """
    if np.iscomplexobj(g) and not np.iscomplexobj(like):
        return g.real
    return g


def complex_like(g: Any, like: Any) -> Any:
    """Give `g` as the gradient of `like`: complex if `like` is. The transpose of `fit`.

    >>> complex_like(3.0, like=1 + 2j)
    (3+0j)
    """
    if np.iscomplexobj(g) or not np.iscomplexobj(like):
        return g
    if isinstance(g, np.ndarray):
        return g.astype(np.result_type(g.dtype, np.complex64))
    return complex(g)


def precision_like(g: Any, like: Any) -> Any:
    """Give `g` in the precision of `like`: what goes back through a conversion.

    >>> precision_like(np.float32(0.5), like=2.0), precision_like(0.5, like=np.float32(2.0))
    (0.5, np.float32(0.5))
    """
    if not isinstance(like, (np.ndarray, np.generic)):
        if isinstance(g, np.ndarray):  # of numbers of Python's, a lane each
            return g.astype(np.result_type(g.dtype, np.float64), copy=False)
        return g.item() if isinstance(g, np.generic) else g
    real = np.real(like).dtype if like.dtype.kind in "fc" else np.dtype(np.float64)
    target = np.result_type(real, np.complex64) if np.iscomplexobj(g) else real
    made = g if isinstance(g, np.ndarray) else np.asarray(g)[()]
    return made.astype(target, copy=False)


def unbroadcast(g: Any, like: Any) -> Any:
    """Sum `g` over the axes along which `like` was broadcast to it; real if `like` is.

    The transpose of `broadcast_like`.

    >>> unbroadcast(np.ones((2, 3)), like=np.zeros((2, 1)))
    array([[3.],
           [3.]])
    """
    g = fit(g, like)
    shape, target = np.shape(g), np.shape(like)
    if shape == target:
        return g
    if len(target) > len(shape):  # what is stored may have leading axes of one entry
        shape = (1,) * (len(target) - len(shape)) + shape
        g = np.reshape(g, shape)
    lead = len(shape) - len(target)
    stretched = tuple(lead + k for k, n in enumerate(target) if n == 1 and shape[lead + k] != 1)
    summed = np.sum(g, axis=(*range(lead), *stretched), keepdims=True)
    return np.reshape(summed, target) if target else summed[(0,) * lead]


def broadcast_like(x: Any, like: Any) -> Any:
    """Broadcast `x` to the shape of `like`; real if `like` is. The transpose of `unbroadcast`.

    A Python number takes the dtype of `like`.

    >>> broadcast_like(1.0, like=np.zeros(2, np.float32)).dtype
    dtype('float32')
    """
    x = fit(x, like)
    shape = np.shape(like)
    if np.shape(x) == shape:
        return x
    if np.ndim(x) > len(shape):  # as where it is stored: leading axes of one entry are left out
        x = np.reshape(x, np.shape(x)[np.ndim(x) - len(shape) :])
    if type(x) in (int, float, complex) and isinstance(like, (np.ndarray, np.generic)):
        x = np.asarray(x, np.result_type(like.dtype, x))
    return np.broadcast_to(x, shape)


def expand_reduced(g: Any, axis: Axes, keepdims: bool) -> Any:
    """Give the result `g` of a reduction over `axis` a shape that broadcasts with its argument.

    >>> expand_reduced(np.ones(3), axis=-1, keepdims=False).shape
    (3, 1)
    """
    if axis is None or keepdims:
        return g
    return np.expand_dims(g, axis)


def reshape_like(x: Any, like: Any) -> Any:
    """Give `x` the shape of `like`, entries in row-major order."""
    shape = np.shape(like)
    return x if np.shape(x) == shape else np.reshape(x, shape)


def inverse_axes(axes: Any) -> tuple[int, ...]:
    """Give the permutation that undoes np.transpose(x, axes).

    >>> inverse_axes((2, 0, -2))
    (1, 2, 0)
    """
    return tuple(int(k) for k in np.argsort([axis % len(axes) for axis in axes]))


def opposite(shift: Any) -> Any:
    """Give the shift that undoes np.roll by `shift`, an integer or several of these."""
    return tuple(-s for s in shift) if isinstance(shift, (tuple, list)) else -shift


def rolled_axis(rank: int, axis: int, start: int) -> int:
    """Give where np.rollaxis puts an axis of an array of this rank.

    >>> rolled_axis(3, 0, 3), rolled_axis(3, 2, 0)
    (2, 0)
    """
    axis, start = axis % rank, start + rank if start < 0 else start
    return start - 1 if axis < start else start


def arranged(x: Any, order: tuple[int, ...]) -> Any:
    """Give np.transpose(x, order)."""
    return np.transpose(x, order)
