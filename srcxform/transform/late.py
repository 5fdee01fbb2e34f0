"""Shadows that the forward sweep does not touch are made in the backward sweep.

`x_bar = np.zeros_like(x); x_bar += 2.0 * x` is `x_bar = 2.0 * x`, which is an array of its own.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform.core import operations as op
from srcxform.kinds.lattice import Array
from srcxform.kinds.shapes import same_shape
from srcxform.runtime import place_diagonal
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import all_names, load_list, loads, stores
from srcxform.transform.context import Context

NEW = (np.dot, np.outer, np.tensordot, np.where, place_diagonal)


def late_shadows(
    ctx: Context, forward: Block, backward: Block, shadows: set[str]
) -> tuple[Block, Block]:
    """Move `x_bar = np.zeros_like(x)` out of the forward sweep, where nothing but x is needed."""
    kept: Block = []
    for position, line in enumerate(forward):
        name = made(line, shadows)
        rest = [*forward[:position], *forward[position + 1 :]]
        at = None if name is None or name in load_list_of(rest) else first(backward, name, line)
        if at is None or loads(line) & names_bound(forward[position + 1 :]):
            kept.append(line)
        elif (begun := begins(ctx, backward, at, line)) is not None:
            backward = [*backward[:at], begun, *backward[at + 1 :]]
        else:
            backward = [*backward[:at], line, *backward[at:]]
    return kept, backward


def begins(ctx: Context, backward: Block, at: int, line: Node) -> Node | None:
    """Give the line that makes a shadow of what is first added to it: a new array of its shape."""
    like = line.value.args[0].id
    match backward[at]:
        case gast.AugAssign(target=gast.Name(id=name), op=gast.Add(), value=gast.Name(id=part)) if (
            name in stores(line)
        ):
            pass
        case _:
            return None
    ours, theirs = ctx.kind(like), ctx.kind(part)
    if not (isinstance(ours, Array) and isinstance(theirs, Array)):
        return None
    if ours.cls != theirs.cls or not same_shape(ours.dims, theirs.dims) or not ours.dims:
        return None
    made = [s for s in backward[:at] if part in stores(s)]
    read = sum(load_list(s).count(part) for s in backward)
    if len(made) != 1 or read != 1 or not is_made(ctx, made[0]):
        return None
    return build.at(getattr(backward[at], "place", None), [build.assign(name, build.load(part))])[0]


def is_new(function: Any) -> bool:
    """Say whether a function always allocates its result; helpers may give back an argument."""
    return isinstance(function, np.ufunc) or function in NEW


def is_made(ctx: Context, line: Node) -> bool:
    """Say whether a line gives a name to an array that nothing else leads to."""
    match line:
        case gast.Assign(targets=[gast.Name()], value=value):
            if isinstance(value, (gast.BinOp, gast.UnaryOp)):
                return True
            found = ctx.operation(value)
            return isinstance(found, op.RuleCall) and is_new(found.rule.primal)
    return False


def made(line: Node, shadows: set[str]) -> str | None:
    """Give the shadow that a line makes of the storage it belongs to."""
    match line:
        case gast.Assign(
            targets=[gast.Name(id=name)],
            value=gast.Call(func=gast.Attribute(attr="zeros_like"), args=[gast.Name()]),
        ) if name in shadows:
            return str(name)
    return None


def first(backward: Block, name: str, line: Node) -> int | None:
    """Find the first statement that names a shadow; None if its array is not the same by then."""
    for position, statement in enumerate(backward):
        if name in all_names(statement):
            return position
        if loads(line) & stores(statement):
            return None
    return None


def load_list_of(block: Block) -> set[str]:
    return {name for line in block for name in load_list(line)}


def names_bound(block: Block) -> set[str]:
    return {name for line in block for name in stores(line)}
