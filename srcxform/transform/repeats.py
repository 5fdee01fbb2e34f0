"""Which indices may name a position twice: what is added there has to add up."""

from __future__ import annotations

import gast
import numpy as np

from srcxform.core.callees import known_object
from srcxform.kinds import places
from srcxform.kinds.joining import is_big
from srcxform.kinds.lattice import Array, Kind, Number
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, store_list
from srcxform.transform.context import Context


def may_repeat(ctx: Context, index: Node, kind: Kind) -> bool:
    """Say whether an index of a program may name a position twice.

    `x[np.arange(n), labels]` does not: each position has a row of its own.
    """
    return places.may_repeat(kind) and not has_own_rows(ctx, index)


def has_own_rows(ctx: Context, index: Node) -> bool:
    """Say whether one part of an index counts up, over as many positions as there are."""
    parts = index.elts if isinstance(index, gast.Tuple) else [index]
    kinds = [ctx.kind(part.id) for part in parts if isinstance(part, gast.Name)]
    if any(not isinstance(kind, (Array, Number)) for kind in kinds):
        return False
    if any(isinstance(kind, Array) and kind.rank != 1 for kind in kinds):
        return False
    return any(isinstance(part, gast.Name) and counts_up(ctx, part.id) for part in parts)


def counts_up(ctx: Context, name: str) -> bool:
    """Say whether a name holds `np.arange(n)`, with more than one element."""
    kind = ctx.kind(name)
    if not isinstance(kind, Array) or kind.cls != "i" or not kind.dims or not is_big(kind.dims[0]):
        return False
    if ctx.storage.is_changed(name) or store_list(ctx.program.body).count(name) != 1:
        return False
    made = definition(ctx.program.body, name)
    if not isinstance(made, gast.Call) or len(made.args) != 1 or made.keywords:
        return False  # from a negative start on, positions come twice
    return known_object(made.func, ctx.program.externals) is np.arange


def definition(block: Block, name: str) -> Node | None:
    """Give the expression that a name is bound to."""
    for line in block:
        match line:
            case gast.Assign(targets=[gast.Name(id=found)], value=value) if found == name:
                return value
        for inner in blocks(line):
            if (value := definition(inner, name)) is not None:
                return value
    return None
