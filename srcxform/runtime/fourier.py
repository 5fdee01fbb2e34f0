"""What the transposes of Fourier transforms are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["other_norm", "resized", "twice_inside"]


def resized(a: Any, length: int, axis: int = -1) -> Any:
    """Cut an array off at a length along an axis, or fill it up with zeros; its own transpose.

    >>> resized(np.ones(3), 2), resized(np.ones(1), 2)
    (array([1., 1.]), array([1., 0.]))
    """
    shape = list(np.shape(a))
    kept = min(length, shape[axis])
    place = (slice(None),) * (axis % len(shape)) + (slice(kept),)
    shape[axis] = length
    out = np.zeros(shape, a.dtype)
    out[place] = a[place]
    return out


def twice_inside(a: Any, length: int, axis: int = -1) -> Any:
    """Double what stands for two frequencies of a real signal of this length, k and -k.

    >>> twice_inside(np.ones(3), 4), twice_inside(np.ones(3), 5)
    (array([1., 2., 1.]), array([1., 2., 2.]))
    """
    position = np.arange(np.shape(a)[axis])
    weights = np.where((position > 0) & (2 * position < length), 2.0, 1.0)
    shape = [1] * np.ndim(a)
    shape[axis] = -1
    return a * np.reshape(weights, shape)


def other_norm(norm: str | None) -> Any:
    """Give the norm by which a transform is scaled as its inverse is by `norm`.

    >>> other_norm(None), other_norm("forward")
    ('forward', 'backward')
    """
    return {"forward": "backward", "ortho": "ortho"}.get(norm or "", "forward")
