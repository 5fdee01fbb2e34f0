"""Axes, shapes and subscripts of batched arrays, from those of one lane's.

A batched array has the lanes along its first axis.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.broadcasting import unbroadcast

Axes = int | tuple[int, ...] | None


def behind_lanes(axis: Axes, a: Any = None) -> Any:
    """Give axes of one lane's array as axes of the batched array `a`; None stands for all.

    >>> behind_lanes(0), behind_lanes(-1), behind_lanes((0, 1)), behind_lanes(None, np.eye(3))
    (1, -1, (1, 2), 1)
    """
    if axis is None:
        axes = tuple(range(1, np.ndim(a)))
        return axes[0] if len(axes) == 1 else axes
    if isinstance(axis, (tuple, list)):
        return tuple(k + 1 if k >= 0 else k for k in axis)
    return axis + 1 if axis >= 0 else axis


def order_behind_lanes(axes: Any, a: Any) -> tuple[int, ...]:
    """Give the permutation of a batched array's axes for that of one lane's; None reverses.

    >>> order_behind_lanes(None, np.zeros((5, 2, 3))), order_behind_lanes((1, -2), np.eye(3))
    ((0, 2, 1), (0, 2, 1))
    """
    if axes is None:
        return (0, *range(np.ndim(a) - 1, 0, -1))
    return (0, *(k % len(axes) + 1 for k in axes))


def shape_with_lanes(size: int, shape: Any) -> tuple[int, ...]:
    """Give the shape of a batched array from that of one lane's.

    >>> shape_with_lanes(5, 3), shape_with_lanes(5, (2, -1))
    ((5, 3), (5, 2, -1))
    """
    return (size, *shape) if isinstance(shape, (tuple, list)) else (size, shape)


def lined_up(a: Any, shape: Any) -> Any:
    """Give a batched array axes of length 1 behind its lanes, as many as `shape` has in all.

    >>> lined_up(np.zeros((5, 2)), (5, 3, 2)).shape
    (5, 1, 2)
    """
    missing = len(shape) - np.ndim(a)
    return a if missing <= 0 else np.reshape(a, (len(a), *(1,) * missing, *np.shape(a)[1:]))


def unbroadcast_lanes(g: Any, like: Any) -> Any:
    """Sum each lane of `g` over the axes along which that of `like` was broadcast to it.

    >>> unbroadcast_lanes(np.ones((5, 2, 3)), like=np.zeros((5, 3))).shape
    (5, 3)
    """
    more = np.ndim(g) - np.ndim(like)
    if more > 0:
        g = np.sum(g, axis=tuple(range(1, 1 + more)))
    return unbroadcast(lined_up(g, np.shape(like)), like)


def subscripts_with_lanes(subscripts: str, *lanes: bool) -> str:
    """Give np.einsum's subscripts for operands of which some have lanes.

    Empty where the subscripts have an ellipsis.

    >>> subscripts_with_lanes("ij,j->i", False, True)
    'ij,aj->ai'
    >>> subscripts_with_lanes("ij,jk", True, True)
    'aij,ajk->aik'
    """
    text = subscripts.replace(" ", "")
    if "." in text:
        return ""
    given, arrow, result = text.partition("->")
    letters = given.replace(",", "")
    if not arrow:
        result = "".join(sorted(k for k in set(letters) if letters.count(k) == 1))
    free = next(k for k in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if k not in text)
    operands = zip(given.split(","), lanes, strict=False)
    return ",".join(free + one if has else one for one, has in operands) + "->" + free + result


def lane_by_lane() -> Any:
    """Stand in a batching rule for calls that it leaves to the lanes: no text has it."""
    raise AssertionError("a call that is made lane by lane")


def check_lanes(first: int, other: int) -> None:
    """Raise ValueError if two arguments of a batch have different numbers of lanes."""
    if first != other:
        raise ValueError(f"the numbers of lanes differ: {first} and {other}")


def stack_numbers(lanes: list[Any]) -> Any:
    """Put the numbers of the lanes together; one of Python's does not widen the others.

    >>> stack_numbers([np.float32(0.5), 1.0]).dtype, stack_numbers([0.5, 1.0]).dtype
    (dtype('float32'), dtype('float64'))
    """
    found = {getattr(one, "dtype", type(one)): one for one in lanes}
    return np.array(lanes, np.result_type(*found.values()))


def stack_lanes(lanes: list[Any]) -> Any:
    """Put together what the lanes gave: arrays and numbers are stacked, in containers too.

    >>> stack_lanes([(1.0, "a"), (2.0, "a")])
    (array([1., 2.]), 'a')
    """
    first = lanes[0]
    if isinstance(first, (dict, list, tuple)) and any(
        type(one) is not type(first) for one in lanes
    ):
        raise TypeError("lanes give values of different structure")
    if isinstance(first, dict):
        return {key: stack_lanes([lane[key] for lane in lanes]) for key in first}
    if isinstance(first, (list, tuple)):
        if any(len(lane) != len(first) for lane in lanes):
            raise ValueError(f"lanes give {type(first).__name__}s of different lengths")
        parts = [stack_lanes(list(column)) for column in zip(*lanes, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    if isinstance(first, (bool, int, float, complex, np.generic, np.ndarray)):
        if any(isinstance(one, (dict, list, tuple)) for one in lanes):
            raise TypeError("lanes give values of different structure")
        return np.stack(lanes)
    if first is None or isinstance(first, str) or callable(first):
        return first
    raise TypeError(f"lanes give objects of the class {type(first).__qualname__}")


def unstack_lanes(g: Any, like: list[Any]) -> list[Any]:
    """Take apart what `stack_lanes(like)` put together; its transpose.

    >>> unstack_lanes((np.array([1.0, 2.0]), None), [(0.0, "a"), (0.0, "a")])
    [(np.float64(1.0), None), (np.float64(2.0), None)]
    """
    return [lane_of(g, k, first) for k, first in enumerate(like)]


def lane_of(g: Any, k: int, like: Any) -> Any:
    if g is None:
        return None
    if isinstance(like, dict):
        return {key: lane_of(g[key], k, part) for key, part in like.items()}
    if isinstance(like, (list, tuple)):
        parts = [lane_of(part, k, own) for part, own in zip(g, like, strict=True)]
        return type(like)(*parts) if hasattr(like, "_fields") else type(like)(parts)
    return g[k] if isinstance(g, np.ndarray) else g


def lanes_to(axis: int, value: Any) -> Any:
    """Move the lanes from the first axis to another one, in containers too.

    >>> [part.shape for part in lanes_to(-1, [np.zeros((5, 2)), np.zeros((5, 3, 4))])]
    [(2, 5), (3, 4, 5)]
    """
    return each_moved(value, 0, axis)


def lanes_from(axis: int, value: Any) -> Any:
    """Move the lanes from an axis to the first one, in containers too."""
    return each_moved(value, axis, 0)


def each_moved(value: Any, source: int, destination: int) -> Any:
    if isinstance(value, np.ndarray):
        return np.moveaxis(value, source, destination)
    if isinstance(value, dict):
        return {key: each_moved(part, source, destination) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [each_moved(part, source, destination) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value  # shared by all lanes
