"""Tuples that hold tuples like themselves: what each call of a recursion adds to the one below.

>>> from srcxform.kinds.lattice import NONE, Number
>>> first = Items("tuple", (Number("f"), NONE))
>>> second = Items("tuple", (Number("f"), OrNone(first)))
>>> found = knotted(first, second)
>>> found
Nested(items=(Number(cls='f', size=None), OrNone(item=Inner())))
>>> folded(unfolded(found)) == found
True
"""

from __future__ import annotations

from dataclasses import replace

from srcxform.kinds.joining import join, knots
from srcxform.kinds.lattice import (
    INNER,
    UNKNOWN,
    Items,
    Kind,
    Many,
    Mapping,
    Nested,
    Number,
    OrNone,
    Record,
    unfolded,
    with_parts,
)


def knotted(before: Kind | None, now: Kind) -> Kind:
    """Tie tuples that have grown since `before` by holding another of as many parts.

    What was found in a run is a part of what the next run finds: so this goes on without an end.
    """
    now = folded(now)
    match before, now:
        case OrNone(item=old), OrNone(item=new):
            return OrNone(knotted(old, new))
        case Items(type="tuple", items=old), Items(type="tuple", items=new) if len(old) == len(new):
            parts = tuple(map(knotted, old, new))
            if parts != new:
                return Items("tuple", parts)
            held: list[Kind] = []
            pairs = zip(new, old, strict=True)
            knot: Kind = Nested(tuple(cut(item, was, len(new), held) for item, was in pairs))
            for inner in held:
                knot = join(knot, inner)
            return knot if held and isinstance(knot, Nested) else now
    return now


def cut(now: Kind, before: Kind | None, length: int, held: list[Kind]) -> Kind:
    """Put `Inner` where a tuple of this length has come up; note these tuples."""
    before = unfolded(before) if isinstance(before, Nested) else before
    match now:
        case Items(type="tuple", items=items) if len(items) == length:
            if isinstance(before, Items) and len(before.items) == length:
                return now
            held.append(now)
            return INNER
        case Items(items=items):
            others: tuple[Kind | None, ...] = (None,) * len(items)
            if isinstance(before, Items) and len(before.items) == len(items):
                others = before.items
            pairs = zip(items, others, strict=True)
            return replace(now, items=tuple(cut(a, b, length, held) for a, b in pairs))
        case Many(type="list" | "tuple", item=Kind() as item):
            other = before.item if isinstance(before, Many) else None
            return replace(now, item=cut(item, other, length, held))
        case OrNone(item=item):
            other = before.item if isinstance(before, OrNone) else None
            return OrNone(cut(item, other, length, held))
    return now


def folded(kind: Kind) -> Kind:
    """Give back what `unfolded` took apart, wherever it stands in a kind."""
    if isinstance(kind, (Items, Mapping, Record, Many, OrNone)):
        kind = with_parts(kind, folded)
    if isinstance(kind, Items):
        for knot in knots(kind):
            if unfolded(knot) == kind:
                return knot
    return kind


def finite(kind: Kind) -> Kind:
    """Forget what nests: the generators hand it on, and look into it at the next call only."""
    match kind:
        case Nested() | OrNone():
            return UNKNOWN
        case Items() | Mapping() | Record() | Many():
            return with_parts(kind, finite)
    return kind


def finite_inside(kind: Kind) -> Kind:
    """Do so for what nobody outside sees: there a number or None has a cotangent of its own."""
    match kind:
        case OrNone(item=Number()):
            return kind
        case Items() | Mapping() | Record() | Many():
            return with_parts(kind, finite_inside)
    return finite(kind)
