"""Which indices of arrays name positions one by one: NumPy copies what stands there.

Integers, slices, None and `...` give a view. A list, an array, a range or a truth value names
positions, and so does a tuple inside a tuple: `x[(0, 2), 1]`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable

from srcxform.kinds.lattice import (
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Number,
    Opaque,
    scalar_class,
)


def names_positions(index: Kind) -> bool | None:
    """Say whether an index names positions one by one; None where that is not known.

    >>> names_positions(Items("tuple", (Number("i"), Number("i"))))
    False
    >>> names_positions(Items("tuple", (Items("tuple", (Const(0), Const(2))), Const(1))))
    True
    """
    match index:
        case Items(type="tuple", items=items):
            return in_any(items)
        case Many(type="tuple", item=item):
            return False if item is None else part_names_positions(item)
    return part_names_positions(index)


def in_any(parts: Iterable[Kind]) -> bool | None:
    """Say whether any part of an index names positions."""
    found = [part_names_positions(part) for part in parts]
    return True if True in found else None if None in found else False


def part_names_positions(part: Kind) -> bool | None:
    """Say whether one part of an index names positions."""
    match part:
        case Items(type="slice") | Opaque(type=builtins.slice):
            return False
        case Array() | Items() | Many() | Cell() | Opaque(type=builtins.range):
            return True
        case Const(value=value):
            if value is None or value is ... or isinstance(value, slice):
                return False
            return scalar_class(value) in ("b", None)
        case Number(cls=cls):
            return cls == "b"
    return None


def may_repeat(index: Kind) -> bool:
    """Say whether an index may name a position twice, as far as is known ahead.

    >>> may_repeat(Items("tuple", (Array("b", (None,)), Const(1))))
    False
    >>> may_repeat(Items("list", (Const(0), Const(0))))
    True
    """
    if isinstance(index, Items) and index.type == "tuple":
        parts = [part for part in index.items if not is_mask(part)]
        return in_any(parts) is not False
    return names_positions(index) is not False and not is_mask(index)


def is_mask(part: Kind) -> bool:
    return isinstance(part, (Array, Number)) and part.cls == "b"
