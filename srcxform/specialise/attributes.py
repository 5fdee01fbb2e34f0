"""`self.x += y`, where the class or the attribute may say what that means."""

from __future__ import annotations

import gast

from srcxform.kinds.lattice import UNKNOWN
from srcxform.specialise.instances import write
from srcxform.specialise.object_operators import augmented_of_objects, is_object
from srcxform.specialise.objects import attribute_of_object
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node


def augment_attribute(state: State, node: Node, base: Evaluated, value: Evaluated) -> None:
    """`self.x += y`, of what stood there before the right side was evaluated."""
    from srcxform.specialise.statements import augment_name, give, written

    early = getattr(node, "early", None)
    if early is not None:
        first = build.load(written(state, early))
        read: Evaluated | None = first, state.kind_of(first.id) or UNKNOWN
    else:
        read = attribute_of_object(state, *base, node.target.attr)
    if read is None:
        state.emit(gast.Expr(value=gast.Attribute(base[0], node.target.attr, gast.Load())))
        state.env = None
        return
    name = state.names.like(node.target.attr)
    give(state, name, *read)
    result: Evaluated | None = None
    if is_object(read[1]) or is_object(value[1]):
        sides = (build.load(name), read[1]), value
        result = augmented_of_objects(state, node, *sides)
    if result is None:
        augment_name(state, name, node.op, *value)
        result = build.load(name), state.kind_of(name) or UNKNOWN
    write(state, node, base, node.target.attr, result)
