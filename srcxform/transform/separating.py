"""Functions with reverse rules, kept apart from storage that is written in place.

A rule keeps what it is given for the way back, and its cotangents are values, not shadows. So
where something writes into what goes in or comes out, the call gets copies, and gives a copy:

    a_1 = np.copy(a)
    y_1 = f(a_1)
    y = np.copy(y_1)
"""

from __future__ import annotations

import operator

import gast

from srcxform.core import operations as op
from srcxform.kinds.lattice import Array, Const, Items, Kind, Number
from srcxform.rules.custom import CustomJvp
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone, shallow
from srcxform.transform.context import Context
from srcxform.transform.custom import is_written
from srcxform.transform.transposing import rewrite_program


def separate_rules(ctx: Context) -> None:
    """Let calls of functions with reverse rules have arrays of their own."""
    body = separated(ctx, ctx.program.body)
    if body is not ctx.program.body:
        rewrite_program(ctx, body)


def separated(ctx: Context, block: Block) -> Block:
    """Copy a block with copies around calls; it is the same block if none are needed."""
    new: Block = []
    for line in block:
        new += called(ctx, line) or [inside(ctx, line)]
    return block if len(new) == len(block) and all(map(operator.is_, new, block)) else new


def inside(ctx: Context, line: Node) -> Node:
    new = line
    for field in ("body", "orelse", "finalbody"):
        block = getattr(line, field, []) if blocks(line) else []
        inner = separated(ctx, block)
        if inner is not block:
            new = shallow(line) if new is line else new
            setattr(new, field, inner)
    return new


def called(ctx: Context, line: Node) -> Block | None:
    """Give a call with copies beside it; None where it needs none, or cannot have them."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Call() as call):
            found = ctx.operation(call)
        case _:
            return None
    if not isinstance(found, op.Custom) or isinstance(found.function, CustomJvp):
        return None
    if id(found.function) in ctx.program.externals.sharing:
        return None  # the result may be an argument: then a copy is something else
    active = [arg.id for arg in found.passing if ctx.is_active(arg)]
    written = {one for one in active if is_written(ctx, one)}
    result = name if ctx.is_active(build.load(name)) and is_written(ctx, name) else None
    if not written and result is None:
        return None
    if not all(is_plain(ctx.kind(one)) for one in (*written, *([result] if result else []))):
        return None
    lines: Block = []
    new = clone(call)
    for k, arg in enumerate(call.args):
        if isinstance(arg, gast.Name) and arg.id in written:
            new.args[k] = copy_of(ctx, arg.id, ctx.kind(arg.id), lines)
    new.place = getattr(call, "place", None)
    if result is None:
        return build.at(line.place, [*lines, build.assign(name, new)])
    own = ctx.names.part(name)
    lines.append(build.assign(own, new))
    copy = ctx.program.externals.copied(own)
    return build.at(line.place, [*lines, build.assign(name, copy)])


def is_plain(kind: Kind) -> bool:
    """Say whether it is known where the arrays are in a value, and that nothing else is in it."""
    match kind:
        case Items(type="tuple", items=items):
            return all(map(is_plain, items))
    return isinstance(kind, (Array, Number, Const))


def copy_of(ctx: Context, name: str, kind: Kind, lines: Block) -> Node:
    """Name a copy of a value."""
    if isinstance(kind, Array):
        own = ctx.names.part(name)
        lines.append(build.assign(own, ctx.program.externals.copied(name)))
        return build.load(own)
    if not isinstance(kind, Items):
        return build.load(name)
    parts = []
    for k, inner in enumerate(kind.items):
        part = ctx.names.part(name)
        lines.append(build.assign(part, build.item(build.load(name), k)))
        parts.append(copy_of(ctx, part, inner, lines))
    whole = ctx.names.part(name)
    lines.append(build.assign(whole, build.sequence(parts)))
    return build.load(whole)


__all__ = ["separate_rules"]
