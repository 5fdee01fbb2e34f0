"""Sums of tangents or cotangents of any structure: numbers, arrays, lists, tuples, dicts."""

from __future__ import annotations

from typing import Any

from srcxform.runtime.containers import rebuilt
from srcxform.runtime.snapshots import snapshot


def add(a: Any, b: Any) -> Any:
    """Add two tangents or cotangents of one value; None stands for zero.

    The sum shares no storage with either.

    >>> add((1.0, None), (2.0, None))
    (3.0, None)
    """
    if a is None or b is None:
        return snapshot(b if a is None else a)
    match a:
        case list():
            return [add(x, y) for x, y in zip(a, b, strict=True)]
        case tuple():
            return rebuilt(a, [add(x, y) for x, y in zip(a, b, strict=True)])
        case dict():
            return {key: add(part, b[key]) for key, part in a.items()}
    return a + b


def minus(value: Any) -> Any:
    """Give a tangent or cotangent with the opposite sign.

    >>> minus({"a": 1.0, "b": (2.0, None)})
    {'a': -1.0, 'b': (-2.0, None)}
    """
    match value:
        case None:
            return None
        case list():
            return [minus(part) for part in value]
        case tuple():
            return rebuilt(value, [minus(part) for part in value])
        case dict():
            return {key: minus(part) for key, part in value.items()}
    return -value
