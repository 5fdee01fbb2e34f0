"""Values given the lanes, or the axes, that they need beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast
import numpy as np

from srcxform.kinds.lanes import Flag, differs
from srcxform.kinds.lattice import Array, Const, Items, Kind, Many, Mapping
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.batching.flags import Apart, Escalation, is_numeric, part_of, parts, rank
from srcxform.transform.batching.lanes import display

if TYPE_CHECKING:
    from srcxform.transform.batching.statements import Batching


def spread(gen: Batching, node: Node, kind: Kind, have: Flag, want: Flag, lines: Block) -> Node:
    """Give a value with lanes where it has none yet."""
    if have == want or not differs(want):
        return clone(node)
    if is_numeric(kind):
        if have is True:
            return clone(node)
        if isinstance(kind, Array):
            first = build.call(build.const(np.expand_dims), clone(node), build.const(0))
            part = gen.names.part("row")
            lines += gen.expand([build.assign(part, first)])
            return build.call(
                build.const(np.repeat), build.load(part), clone(gen.size), axis=build.const(0)
            )
        gen.check_wide(kind)
        return build.call(build.const(np.full), clone(gen.size), clone(node))
    held = parts(kind)
    if held is None or not isinstance(kind, (Items, Mapping)):
        if isinstance(kind, Many) and kind.item is None or have == want:
            return clone(node)
        if isinstance(node, (gast.List, gast.Tuple)) and not node.elts:
            return clone(node)
        raise Escalation("a container without lanes is used with lanes")
    if not held:
        return clone(node)
    if not isinstance(node, gast.Name):
        raise Escalation("a container without lanes is used with lanes")
    if gen.ctx.storage.is_changed(node.id):
        raise Escalation("a container without lanes is used with lanes")
    made = []
    for key, inner in held:
        ours, theirs = part_of(have, kind, key), part_of(want, kind, key)
        part = gen.named_part(node, key, gen.batched(inner, ours), lines)
        value = spread(gen, part, inner, ours, theirs, lines)
        if not isinstance(value, (gast.Name, gast.Constant)):
            own = gen.names.part(node.id)
            lines += gen.expand([build.assign(own, value)])
            value = build.load(own)
        made.append(value)
    return display(kind, made)


def operand(gen: Batching, node: Node, want: Flag, lines: Block) -> Node:
    """Give an operand, with lanes if it shall have some."""
    kind, have = gen.which.kind(node), gen.which.of(node)
    if not differs(want) or have == want:
        return clone(node)
    if isinstance(kind, Const) and not is_numeric(kind):
        return clone(node)
    value = spread(gen, node, kind, have, want, lines)
    if isinstance(value, (gast.Name, gast.Constant)):
        return value
    part = gen.names.part(node.id if isinstance(node, gast.Name) else "value")
    gen.ctx.kinds[part] = gen.batched(kind, want)
    lines += gen.expand([build.assign(part, value)])
    return build.load(part)


def aligned(gen: Batching, node: Node, axes: int | None, lines: Block) -> Node:
    """Give an operand with its axes behind the lanes lined up with those of a lane.

    `axes` is the rank of one lane's result. Raises Apart where ranks are not known.
    """
    kind = gen.which.kind(node)
    own = rank(kind)
    if own is None or axes is None or own > axes:
        raise Apart
    if not differs(gen.which.of(node)) or own == axes:
        return clone(node)
    gaps = [build.const(None) for _ in range(axes - own)]
    part = gen.names.part(node.id)
    index = build.sequence([gast.Slice(lower=None, upper=None, step=None), *gaps])
    lines += gen.expand([build.assign(part, build.item(clone(node), index))])
    return build.load(part)
