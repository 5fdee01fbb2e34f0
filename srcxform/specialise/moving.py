"""What carries a derivative, by its kind: what may be differentiated, and what a gradient needs."""

from __future__ import annotations

from srcxform.kinds.callables import is_callee
from srcxform.kinds.lattice import (
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Mapping,
    Number,
    Opaque,
    Record,
    scalar_class,
)
from srcxform.specialise.scope import State


def can_move(state: State, kind: Kind) -> bool:
    match state.settled(kind):
        case Number(cls=cls) | Array(cls=cls):
            return cls in "fc"
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            moving = [can_move(state, item) for item in items]
            rest = [item for item, moves in zip(items, moving, strict=True) if not moves]
            return any(moving) and all(is_setting(state, item) for item in rest)
        case Const(value=value):
            return scalar_class(value) in ("f", "c")
        case Cell():
            return False
    return hasattr(kind, "item") and kind.item is not None and can_move(state, kind.item)


def is_setting(state: State, kind: Kind) -> bool:
    """Say whether what a container holds is carried along: no number, and nothing with numbers."""
    kind = state.settled(kind)
    return (
        is_callee(kind)
        or isinstance(kind, Const)
        and isinstance(kind.value, (str, bool, type(None)))
        or kind == Opaque(slice)
        or isinstance(kind, Items)
        and kind.type == "slice"
    )


def stands_still(state: State, kind: Kind) -> bool:
    """Say whether this is an array of integers or booleans: its tangent is zero."""
    kind = state.settled(kind)
    return isinstance(kind, Array) and kind.cls in ("i", "b")


def is_one_number(kind: Kind, holomorphic: bool) -> bool:
    """Say whether a value is one real number, or one complex number if `holomorphic`."""
    match kind:
        case Number(cls=cls) | Array(cls=cls, dims=()):
            return cls == ("c" if holomorphic else "f")
        case Const(value=value):
            return scalar_class(value) in (("c",) if holomorphic else ("i", "f"))
    return False


def holds_complex(kind: Kind) -> bool:
    """Say whether a complex number is surely among the leaves of a value."""
    match kind:
        case Number(cls=cls) | Array(cls=cls):
            return cls == "c"
        case Const(value=value):
            return scalar_class(value) == "c"
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(holds_complex, items))
    return False


def holds_real(kind: Kind) -> bool:
    """Say whether a real number is surely among the leaves of a value."""
    match kind:
        case Number(cls=cls) | Array(cls=cls):
            return cls == "f"
        case Const(value=value):
            return scalar_class(value) in ("i", "f")
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(holds_real, items))
    return False


def described(kind: Kind) -> str:
    match kind:
        case Array():
            return "an array"
        case Items(type=name):
            return f"a {name}"
        case Mapping():
            return "a dict"
        case Number(cls="c"):
            return "complex"
    return "not known here"
