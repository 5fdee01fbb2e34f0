"""What shape arguments say of lengths."""

from __future__ import annotations

from srcxform.kinds.lattice import UNKNOWN, Array, Const, Items, Kind, Length, Number
from srcxform.rules.predicates import class_of


def length_of(kind: Kind) -> Length:
    """Give the length that an integer stands for."""
    match kind:
        case Const(value=int() as value):
            return value if value >= 0 else None
        case Number(size=size):
            return size
    return None


def dims_of(shape: Kind) -> tuple[Length, ...] | None:
    """Give the dimensions that an argument `shape` stands for."""
    match shape:
        case Items(items=items):
            return tuple(map(length_of, items))
        case Const(value=tuple() as value):
            return tuple(n if n >= 0 else None for n in value)
        case Const() | Number() if class_of(shape) == "i":
            return (length_of(shape),)
        case Number(cls="f"):  # an integer that counts as a real; of a real there is no array
            return (None,)
    return None


def array_of(cls: str | None, dims: tuple[Length, ...] | None) -> Kind:
    return UNKNOWN if cls is None else Array(cls, dims)
