"""Values that replace what they are made of: `x = x + y` becomes `x_1 = x + y; x = x_1`.

So `x, y = y` becomes `y_1 = y; x, y = y_1`: what is taken apart is asked for again going back.

User code stands in this form already, generated code that has come in may not. The backward sweep
of an array that is written in place needs it: it takes the new value's shadow, and then adds to
that of the old one.
"""

from __future__ import annotations

import gast

from srcxform.analysis.aliasing import holds_storage
from srcxform.kinds.lattice import UNKNOWN, Kind
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.visit import blocks, change_blocks, load_list, store_list


def replaced_apart(block: Block, kinds: dict[str, Kind], names: Names) -> Block:
    """Give the block with a name for each such value; `kinds` learns its kind."""
    new: Block = []
    for line in block:
        if blocks(line):
            change_blocks(line, lambda inner: replaced_apart(inner, kinds, names))
        new += in_two(line, kinds, names)
    return new


def in_two(line: Node, kinds: dict[str, Kind], names: Names) -> Block:
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=value) if name in load_list(value):
            kind = kinds.get(name, UNKNOWN)
            if holds_storage(kind) and not isinstance(value, gast.Name):
                own = names.part(name)
                kinds[own] = kind
                return build.at(
                    getattr(line, "place", None),
                    [build.assign(own, value), build.assign(name, build.load(own))],
                )
        case gast.Assign(
            targets=[gast.Tuple() | gast.List() as target], value=gast.Name(id=name)
        ) if name in store_list(target):
            held = names.part(name)
            kinds[held] = kinds.get(name, UNKNOWN)
            return build.at(
                getattr(line, "place", None),
                [build.assign(held, build.load(name)), build.assign(target, build.load(held))],
            )
    return [line]
