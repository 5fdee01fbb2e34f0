"""What containers hold, by their kinds, down to the leaves: what is a value for a machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srcxform.kinds.lattice import Const, Items, Kind, Mapping, Record

__all__ = ["Leaf", "flattened", "held", "is_leaf"]

Leaf = tuple[Any, ...]  # the keys, positions and attributes that lead to it


def is_leaf(kind: Kind) -> bool:
    """Say whether a value is passed on whole: a number, an array, a list of many of these."""
    return not isinstance(kind, (Const, Items, Mapping, Record))


def held(kind: Kind) -> list[tuple[Any, Kind]]:
    """Give what is known to be in a container, with its keys, positions or attributes."""
    match kind:
        case Items(items=items):
            return list(enumerate(items))
        case Mapping(keys=keys, items=items) | Record(keys=keys, items=items):
            return list(zip(keys, items, strict=True))
    return []


def flattened(kind: Kind, path: Leaf = ()) -> Iterator[tuple[Leaf, Kind]]:
    """Give the way to each leaf, in their order.

    >>> from srcxform.kinds.values import kind_of
    >>> [path for path, _ in flattened(kind_of({"w": 1.0, "act": "relu", "b": (2.0, 3.0)}))]
    [('w',), ('b', 0), ('b', 1)]
    """
    if is_leaf(kind):
        yield path, kind
    for key, item in held(kind):
        yield from flattened(item, (*path, key))
