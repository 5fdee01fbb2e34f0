"""Checks that a forward rule adds nothing to multiples of its tangents.

Reverse mode transposes the part of a rule that is linear in the tangents, and would leave out
anything else that it adds. Where that is zero for certain (a sum that starts at 0.0, the tangent
of an argument that is not differentiated) nothing is written; anything else is compared with zero
where it is computed.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lattice import Array, Number, general
from srcxform.runtime import check_linear, zeros_like
from srcxform.specialise.refusal import written_place
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, shallow, walk
from srcxform.transform.context import Context
from srcxform.transform.custom import reference

BILINEAR = (
    np.matmul, np.dot, np.vdot, np.inner, np.outer, np.kron, np.tensordot, np.einsum, np.cross,
    np.convolve, np.linalg.multi_dot,
)  # fmt: skip
ZEROS = (np.zeros, np.zeros_like, zeros_like)
UNSET = (np.empty, np.empty_like)


def checked_linear(ctx: Context, moving: set[str]) -> Block:
    """Write checks beside what is added; it is the same block if there is nothing.

    `moving` are the names that depend on tangents.
    """
    program = ctx.program
    inside = any(
        isinstance(ctx.operation(line.value), op.Joined)
        for statement in program.body
        for line in walk(statement)
        if isinstance(line, gast.Assign)
    )
    if not inside:
        return program.body
    return with_checks(ctx, program.body, moving, zero_names(ctx, program.body))


def zero_names(ctx: Context, body: Block) -> set[str]:
    """Name what is zero whatever the arguments are."""
    bound: dict[str, list[Node]] = {}
    for statement in body:
        for line in walk(statement):
            if isinstance(line, gast.Assign) and isinstance(line.targets[0], gast.Name):
                bound.setdefault(line.targets[0].id, []).append(line.value)
    zeros: set[str] = set()
    while True:
        more = {
            name
            for name, values in bound.items()
            if name not in zeros and all(is_zero(ctx, value, zeros) for value in values)
        }
        if not more:
            return zeros
        zeros |= more


def is_zero(ctx: Context, node: Node, zeros: set[str]) -> bool:
    """Say whether an expression is zero, whatever the arguments are."""
    match node:
        case gast.Constant(value=value):
            return isinstance(value, (int, float, complex)) and value == 0
        case gast.Name(id=name):
            return name in zeros
        case gast.UnaryOp(operand=operand):
            return is_zero(ctx, operand, zeros)
        case gast.BinOp(op=gast.Mult() | gast.MatMult(), left=left, right=right):
            return is_zero(ctx, left, zeros) or is_zero(ctx, right, zeros)
        case gast.BinOp(op=gast.Div(), left=left):
            return is_zero(ctx, left, zeros)
        case gast.BinOp(op=gast.Add() | gast.Sub(), left=left, right=right):
            return is_zero(ctx, left, zeros) and is_zero(ctx, right, zeros)
    if is_call_of(ctx, node, ZEROS):
        return True
    found = ctx.operation(node)
    if not isinstance(found, op.RuleCall):
        return False
    given = [found.given.get(name) for name in found.rule.wrt]
    operands = [is_zero(ctx, one, zeros) for one in given if isinstance(one, gast.AST)]
    if found.rule.primal is np.multiply or found.rule.primal in BILINEAR:
        return any(operands)
    return found.rule.linear and bool(operands) and all(operands)


def is_call_of(ctx: Context, node: Node, functions: tuple[Any, ...]) -> bool:
    if not isinstance(node, gast.Call):
        return False
    called = known_object(node.func, ctx.program.externals)
    return any(called is function for function in functions)


def with_checks(ctx: Context, block: Block, moving: set[str], zeros: set[str]) -> Block:
    new: Block = []
    for line in block:
        inner = line
        for field in ("body", "orelse", "finalbody"):
            part = getattr(line, field, None)
            if part and (found := with_checks(ctx, part, moving, zeros)) is not part:
                inner = shallow(line) if inner is line else inner
                setattr(inner, field, found)
        added, before = addition(ctx, line, moving, zeros)
        check = [] if added is None else [zero_check(ctx, added, getattr(line, "place", None))]
        new += [*check, inner] if before else [inner, *check]
    same = len(new) == len(block) and all(a is b for a, b in zip(new, block, strict=True))
    return block if same else new


def zero_check(ctx: Context, part: Node, place: Any) -> Node:
    told = [] if place is None else [written_place(place)]
    check = build.expression(build.call(reference(ctx, check_linear), clone(part), *told))
    check.place = place
    return check


def addition(
    ctx: Context, line: Node, moving: set[str], zeros: set[str]
) -> tuple[Node | None, bool]:
    """Give what a statement adds to tangents, and whether it is known before the statement."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=value):
            found = ctx.operation(value)
        case _:
            return None, True
    if isinstance(found, op.Seed):
        return None, True
    parts = [found.tangent] if isinstance(found, op.Joined) else summands(value, found)
    if isinstance(found, op.Joined) or any(is_moving(part, moving) for part in parts):
        rest = [p for p in parts if may_add(ctx, p, moving, zeros)]
        return (rest[0] if rest else None), True
    if name not in moving or any(is_moving(part, moving) for part in gast.walk(value)):
        return None, True
    if is_call_of(ctx, value, UNSET):
        return None, True
    own = build.load(name)
    if is_zero(ctx, value, zeros) or not is_number(ctx, own):
        return None, True
    return own, False


def summands(value: Node, found: Any) -> list[Node]:
    match value:
        case gast.BinOp(op=gast.Add() | gast.Sub(), left=left, right=right):
            return [left, right]
        case gast.Call() if isinstance(found, op.RuleCall) and found.rule.primal is np.where:
            return [found.given[name] for name in ("x", "y") if name in found.given]
    return []


def is_moving(node: Node, moving: set[str]) -> bool:
    return isinstance(node, gast.Name) and node.id in moving


def may_add(ctx: Context, node: Node, moving: set[str], zeros: set[str]) -> bool:
    return not is_moving(node, moving) and is_number(ctx, node) and not is_zero(ctx, node, zeros)


def is_number(ctx: Context, node: Node) -> bool:
    """Say whether an operand is a number or an array of them."""
    if isinstance(node, gast.Constant):
        return isinstance(node.value, (int, float, complex)) and not isinstance(node.value, bool)
    kind = general(ctx.kind_of_node(node))
    return isinstance(kind, (Number, Array)) and kind.cls != "b"
