"""Values that stand for what is not there on some way: saved, handed on, and not computed with."""

from __future__ import annotations

import numpy as np

from srcxform.kinds.lattice import Array, Const, Items, Kind, Many, Mapping, Number, scalar_class
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.transform.context import Context

ZEROS = {"b": False, "i": 0, "f": 0.0, "c": 0j}


def stand_in(ctx: Context, name: str, kind: Kind, lines: Block, shadow: bool = False) -> Node:
    """Write any value of a kind, None where there is none; `lines` take what goes before.

    Its kind is known, wherever what is written here is differentiated again, and it has the shapes
    that a backward sweep may ask for, on a way that does not matter. A shadow has lists for tuples.
    """

    def inner(part: Kind) -> Node:
        return stand_in(ctx, name, part, lines, shadow)

    match kind:
        case Number(cls=cls):
            return build.const(ZEROS[cls])
        case Const(value=value) if (cls := scalar_class(value) or "") in ZEROS:
            return build.const(ZEROS[cls])
        case Array(cls=cls, dims=dims) if dims:
            part = ctx.names.part(name)
            types = [] if cls == "f" else [build.load(type(ZEROS[cls]).__name__)]
            made = build.call(build.const(np.zeros), build.const((0,) * len(dims)), *types)
            lines += ctx.expand([build.assign(part, made)], None)
            return build.load(part)
        case Items(type="tuple" | "list" as held, items=items):
            return build.sequence(map(inner, items), "list" if shadow else held)
        case Mapping(keys=keys, items=items):
            return build.mapping(keys, list(map(inner, items)))
        case Many(type="dict"):
            return build.mapping((), [])
        case Many(type=held):
            return build.sequence([], "list" if shadow else held)
    return build.const(None)
