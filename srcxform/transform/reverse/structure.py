"""What the kinds of containers say about their cotangents."""

from __future__ import annotations

from srcxform.kinds.joining import element
from srcxform.kinds.lattice import (
    UNKNOWN,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Record,
    Unknown,
    is_differentiable,
)


def elements_of(kind: Kind) -> list[Kind]:
    """Give the kinds of what a container holds and a derivative may pass."""
    items = kind.items if isinstance(kind, (Items, Mapping)) else [element_kind(kind)]
    return [item for item in items if is_differentiable(item)]


def element_kind(kind: Kind) -> Kind:
    return element(kind) or UNKNOWN


def is_slice(index: Kind) -> bool:
    return isinstance(index, Items) and index.type == "slice"


def holds_many(kind: Kind) -> bool:
    """Say whether a container of unknown length is inside a container of known parts."""
    if isinstance(kind, (Items, Mapping, Record)):
        return any(isinstance(item, Many) or holds_many(item) for item in kind.items)
    return False


def has_record(kind: Kind) -> bool:
    """Say whether a container of known structure holds an object, or is one."""
    match kind:
        case Record():
            return True
        case Items(items=items) | Mapping(items=items):
            return any(map(has_record, items))
        case Many(item=Kind() as item):
            return has_record(item)
    return False


def has_tuple(kind: Kind) -> bool:
    """Say whether a container holds a tuple, or is one."""
    match kind:
        case Record(type=cls, items=items):
            return issubclass(cls, tuple) or any(map(has_tuple, items))
        case Items(type=kind_type, items=items):
            return kind_type == "tuple" or any(map(has_tuple, items))
        case Mapping(items=items):
            return any(map(has_tuple, items))
        case Many(type=kind_type, item=item):
            return kind_type == "tuple" or (item is not None and has_tuple(item))
        case Unknown():
            return True
    return False


def holds_numbers(kind: Kind) -> bool:
    """Say whether a container holds numbers: these are copies, whatever stands beside."""
    match kind:
        case Items(items=items) | Mapping(items=items):
            return any(isinstance(item, (Number, Const)) or holds_numbers(item) for item in items)
        case Many(item=item):
            return isinstance(item, (Number, Const)) or (item is not None and holds_numbers(item))
    return False


def general_int() -> Kind:
    return Number("i")
