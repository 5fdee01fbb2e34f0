"""The kind of a dict's keys: whole numbers, text, and tuples of these; all else is `ANY`.

A key carries no derivative, and nothing of these kinds could.

>>> from srcxform.kinds.lattice import Const, Items
>>> as_key(Items("tuple", (Const("a"), Const(2))))
Items(type='tuple', items=(Opaque(type=<class 'str'>), Number(cls='i', size=None)))
>>> as_key(Const(0.5)) == ANY
True
"""

from __future__ import annotations

from collections.abc import Iterable

from srcxform.kinds.lattice import NEVER, Const, Items, Kind, Many, Mapping, Number, Opaque

ANY = Opaque(object)


def as_key(kind: Kind) -> Kind:
    """Give the kind of a key, without its value."""
    match kind:
        case Number(cls="i"):
            return Number("i")
        case Const(value=value) if type(value) is int:
            return Number("i")
        case Const(value=str()):
            return Opaque(str)
        case Items(type="tuple", items=items):
            return Items("tuple", tuple(map(as_key, items)))
    return kind if kind in (NEVER, Opaque(str)) else ANY


def join_keys(left: Kind, right: Kind) -> Kind:
    """Give the kind that covers keys of two kinds."""
    match left, right:
        case (one, other) if one == other or other == NEVER:
            return one
        case (one, other) if one == NEVER:
            return other
        case Items(items=a), Items(items=b) if len(a) == len(b):
            return Items("tuple", tuple(map(join_keys, a, b)))
    return ANY


def of_values(keys: Iterable[object]) -> Kind:
    """Give the kind that covers keys that are known."""
    found: Kind = NEVER
    for key in keys:
        found = join_keys(found, as_key(constant(key)))
    return found


def constant(key: object) -> Kind:
    return Items("tuple", tuple(map(constant, key))) if isinstance(key, tuple) else Const(key)


def key_kind(kind: Kind) -> Kind:
    """Give the kind of the keys of a dict that is not changing."""
    match kind:
        case Mapping(keys=keys):
            return of_values(keys)
        case Many(type="dict", item=None):
            return NEVER
        case Many(type="dict", keys=keys, key=key):
            return key or (of_values(keys) if keys else ANY)
    return ANY
