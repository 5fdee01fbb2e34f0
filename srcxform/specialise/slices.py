"""Slices as values: what methods of users' classes get for `a[i:j]`, and may ask of it."""

from __future__ import annotations

import gast

from srcxform.kinds.lattice import Const, Items, Number
from srcxform.specialise.scope import Args, Evaluated
from srcxform.syntax import build
from srcxform.syntax.build import Node

BOUNDS = ("start", "stop", "step")


def as_value(index: Evaluated) -> Evaluated:
    """Give an index as what a function gets: `slice(1, None)` for `1:`."""
    node, kind = index
    return build.index_value(node), kind


def bound_of(node: Node, kind: Items) -> Evaluated:
    """Give `s.start`, `s.stop` or `s.step`."""
    inner = kind.items[BOUNDS.index(node.attr)]
    return (build.const(inner.value) if isinstance(inner, Const) else node), inner


def indices(node: Node, base: Evaluated, args: Args) -> Evaluated | None:
    """Give `s.indices(length)`: three whole numbers, whatever they are."""
    value, kind = base
    if len(args) != 1 or not isinstance(kind, Items):
        return None
    known = [*kind.items, args[0][1]]
    if all(isinstance(part, Const) for part in known):
        *bounds, length = [part.value for part in known if isinstance(part, Const)]
        found = slice(*bounds).indices(length)
        return build.sequence(map(build.const, found)), Items("tuple", tuple(map(Const, found)))
    func = gast.Attribute(value=value, attr="indices", ctx=gast.Load())
    new = gast.Call(func=func, args=[args[0][0]], keywords=[])
    return new, Items("tuple", (Number("i"),) * 3)
