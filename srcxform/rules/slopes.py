"""np.gradient: slopes along axes from the entries beside, and from two or three at the ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none, literal, rank_is
from srcxform.rules.registry import composite
from srcxform.runtime import refuse


@composite(np.gradient, "f, *varargs, axis=None, edge_order=1")
def gradient_parts(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    if is_none(axis):
        if rank_is(f, 1):
            return slope(f, varargs, 0, 0, edge_order)
        if rank_is(f, 2):
            return slopes(f, varargs, (0, 1), edge_order)
        if rank_is(f, 3):
            return slopes(f, varargs, (0, 1, 2), edge_order)
        return refuse("this form of the call has no derivative rule", "give `axis`, an integer")
    if isinstance(axis, tuple):
        return slopes(f, varargs, axis, edge_order)
    return slope(f, varargs, 0, axis, edge_order)


def slopes(f: Any, spacings: Any, axes: Any, edge_order: Any) -> Any:
    return tuple([slope(f, spacings, k, axis, edge_order) for k, axis in enumerate(axes)])


def slope(f: Any, spacings: Any, k: Any, axis: Any, edge_order: Any) -> Any:
    """The slope along the k-th of the axes that were asked for."""
    values = np.moveaxis(f, axis, 0)
    if len(spacings) == 0:
        return np.moveaxis(evenly_sloped(values, 1.0, edge_order), 0, axis)
    spacing = spacings[0] if len(spacings) == 1 else spacings[k]
    if np.ndim(spacing) == 0:
        return np.moveaxis(evenly_sloped(values, spacing, edge_order), 0, axis)
    places = np.reshape(spacing, (len(values),))
    return np.moveaxis(sloped(values, places, edge_order), 0, axis)


def evenly_sloped(y: Any, h: Any, edge_order: Any) -> Any:
    inner = (y[2:] - y[:-2]) / (2.0 * h)
    if literal(edge_order, 1):
        return np.concatenate(((y[1] - y[:1]) / h, inner, (y[-1:] - y[-2]) / h))
    first = (2.0 * y[1] - 1.5 * y[:1] - 0.5 * y[2]) / h
    last = (1.5 * y[-1:] - 2.0 * y[-2] + 0.5 * y[-3]) / h
    return np.concatenate((first, inner, last))


def sloped(y: Any, x: Any, edge_order: Any) -> Any:
    """The slope of the parabola through each entry and its neighbours."""
    steps = np.diff(x)
    before = np.reshape(steps[:-1], (-1,) + (1,) * (np.ndim(y) - 1))
    behind = np.reshape(steps[1:], (-1,) + (1,) * (np.ndim(y) - 1))
    left = -behind / (before * (before + behind))
    middle = (behind - before) / (before * behind)
    right = before / (behind * (before + behind))
    inner = left * y[:-2] + middle * y[1:-1] + right * y[2:]
    if literal(edge_order, 1):
        return np.concatenate(((y[1] - y[:1]) / steps[0], inner, (y[-1:] - y[-2]) / steps[-1]))
    first = end_slope(y[:1], y[1], y[2], steps[0], steps[1])
    last = -end_slope(y[-1:], y[-2], y[-3], steps[-1], steps[-2])
    return np.concatenate((first, inner, last))


def end_slope(y: Any, beside: Any, next_but_one: Any, near: Any, far: Any) -> Any:
    """The slope, away from an end, of the parabola through it and the two entries beside."""
    both = near + far
    return (
        -(near + both) / (near * both) * y
        + both / (near * far) * beside
        - near / (far * both) * next_but_one
    )
