"""Statements that keep a derivative only if a value of unknown kind is none of some types.

The program asks for that when it runs, and refuses otherwise.
"""

from __future__ import annotations

from typing import Any

import gast

from srcxform.kinds.lattice import Array, Kind, Many, Mixed, Unknown
from srcxform.kinds.places import in_any, names_positions, part_names_positions
from srcxform.rules.predicates import class_of
from srcxform.runtime import (
    check_keeps,
    check_no_keys,
    check_no_positions,
    check_no_sequence,
    check_positions,
)
from srcxform.specialise.refusal import written_place
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.transform.context import Context
from srcxform.transform.shown import TAKING


def asked(ctx: Context, node: Node) -> Block:
    """Give the questions to be asked before a statement."""
    match node:
        case (
            gast.Assign(targets=[gast.Subscript(value=gast.Name(id=base))], value=value)
            | gast.AugAssign(target=gast.Subscript(value=gast.Name(id=base)), value=value)
        ):
            kind = ctx.kind(base)
            unsure = isinstance(kind, Unknown) or isinstance(kind, Array) and kind.mixed
            if unsure and base in ctx.active and ctx.is_active(value):
                return check(ctx, check_keeps, base, node)
        case gast.Assign(targets=[gast.Tuple() | gast.List()], value=gast.Name(id=name)):
            return walked(ctx, [name], node)
        case gast.Assign(value=gast.Call(func=gast.Name(id=function), args=args)):
            if function in TAKING and function != "dict":  # of which keys are the keys
                return walked(ctx, [arg.id for arg in args if isinstance(arg, gast.Name)], node)
    return []


def walked(ctx: Context, names: list[str], node: Node) -> Block:
    """Ask for each of what gives its elements whether it is a dict, which gives its keys."""
    unsure = [n for n in names if isinstance(ctx.kind(n), Unknown) and n in ctx.active]
    return [line for name in unsure for line in check(ctx, check_no_keys, name, node)]


def asked_in_reverse(ctx: Context, node: Node) -> Block:
    """Give the questions to be asked before a statement whose operands get cotangents."""
    match node:
        case gast.Assign(
            targets=[gast.Name()],
            value=gast.Subscript(value=gast.Name(id=base), slice=index),
        ) if isinstance(ctx.kind(base), Array):
            if base in ctx.active and ctx.storage.is_changed(base):
                return asked_of_index(ctx, index, node)
        case gast.Assign(value=gast.BinOp(left=left, op=gast.Add() | gast.Mult(), right=right)):
            joins = all(may_be_sequence(ctx, side) for side in (left, right))
            for one, other in ((left, right), (right, left)):
                repeats = isinstance(node.value.op, gast.Mult) and is_count(ctx.kind_of_node(other))
                if may_be_sequence(ctx, one) and one.id in ctx.active and (joins or repeats):
                    call = build.call(build.const(check_no_sequence), build.load(one.id))
                    return ctx.expand([build.expression(call)], node.place)
    return []


def asked_of_index(ctx: Context, index: Node, node: Node) -> Block:
    """Ask whether an index names positions one by one, where that is not known."""
    if isinstance(index, gast.Name):
        kind = ctx.kind(index.id)
        found = names_positions(kind)
        if found is None:
            return check(ctx, check_no_positions, build.load(index.id), node)
        if found and isinstance(kind, Many) and kind.type == "tuple":
            return check(ctx, check_positions, build.load(index.id), node)
    parts = index.elts if isinstance(index, gast.Tuple) else []
    if in_any(ctx.kind_of_node(part) for part in parts if isinstance(part, gast.Name)) is not None:
        return []
    unsure = [
        build.load(part.id)
        for part in parts
        if isinstance(part, gast.Name) and part_names_positions(ctx.kind(part.id)) is None
    ]
    return check(ctx, check_no_positions, build.sequence(unsure), node)


def may_be_sequence(ctx: Context, node: Node) -> bool:
    """Say whether a value may be a list or tuple, as far as is known ahead."""
    if not isinstance(node, gast.Name):
        return False
    kind = ctx.kind(node.id)
    return isinstance(kind, Unknown) and not (isinstance(kind, Mixed) and kind.options)


def is_count(kind: Kind) -> bool:
    return class_of(kind) in ("i", "b")


def check(ctx: Context, function: Any, value: Node | str, node: Node) -> Block:
    value = build.load(value) if isinstance(value, str) else value
    told = [written_place(node.place)] if node.place is not None else []
    call = build.call(build.const(function), value, *told)
    return ctx.expand([build.expression(call)], node.place)
