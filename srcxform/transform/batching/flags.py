"""Which values differ from lane to lane.

A flag says it of a value: False, True (every array and number in it has the lanes along its first
axis), or for a container of known parts a tuple with a flag for each part.

>>> joined(False, (False, True)), joined((True, False), (False, True))
((False, True), (True, True))
"""

from __future__ import annotations

from typing import Any

from srcxform.kinds.lanes import Flag, differs
from srcxform.kinds.lattice import (
    Array,
    Const,
    Items,
    Kind,
    Mapping,
    Number,
    Record,
    scalar_class,
)


class Escalation(Exception):
    """A statement that can be batched only by running more than it lane by lane.

    Where that does not do either, the first argument tells why and the second what to write.
    """


class Apart(Exception):
    """A statement that has to be run lane by lane."""


def joined(left: Flag, right: Flag) -> Flag:
    """Give the flag that covers both."""
    if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
        return tuple(joined(a, b) for a, b in zip(left, right, strict=True))
    for one, other in ((left, right), (right, left)):
        if not differs(one):
            return other
    return True


def settled(flag: Flag, kind: Kind) -> Flag:
    """Give a flag the form that a value of this kind has."""
    if not differs(flag):
        return False
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            parts = flag if isinstance(flag, tuple) and len(flag) == len(items) else None
            if parts is None:
                parts = (True,) * len(items)
            found = tuple(settled(f, k) for f, k in zip(parts, items, strict=True))
            return found if differs(found) else False
        case Const(value=value) if scalar_class(value) is None:
            return False
    return True


def has_lanes(flag: Flag) -> bool:
    """Say whether all that a value holds differs from lane to lane."""
    return all(map(has_lanes, flag)) if isinstance(flag, tuple) else flag is True


def part_of(flag: Flag, kind: Kind, key: Any) -> Flag:
    """Give the flag of a part of a container: of the one at `key`, or of any (None)."""
    match kind:
        case Items() | Mapping() | Record() if isinstance(flag, tuple):
            keys: Any = range(len(flag)) if isinstance(kind, Items) else kind.keys
            found: Flag = False
            if isinstance(kind, Items) and isinstance(key, int) and key < 0:
                key += len(flag)
            for name, part in zip(keys, flag, strict=True):
                if key is None or name == key:
                    found = joined(found, part)
            return found
    return differs(flag)


def parts(kind: Kind) -> tuple[tuple[Any, Kind], ...] | None:
    """Give keys and kinds of what a container of known parts holds; None for anything else."""
    match kind:
        case Items(items=items):
            return tuple(enumerate(items))
        case Mapping(keys=keys, items=items) | Record(keys=keys, items=items):
            return tuple(zip(keys, items, strict=True))
    return None


def is_numeric(kind: Kind) -> bool:
    """Say whether values of this kind are numbers or arrays of known rank."""
    match kind:
        case Number():
            return True
        case Array(dims=dims):
            return dims is not None
        case Const(value=value):
            return scalar_class(value) is not None
    return False


def rank(kind: Kind) -> int | None:
    """Give the number of axes of a number or array, None where it is not known."""
    if isinstance(kind, Array):
        return kind.rank
    return 0 if is_numeric(kind) else None
