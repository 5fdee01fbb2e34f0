"""Forward rules transposed: what the reverse sweep makes of functions with a forward rule only.

Before the sweep is written, `y = f(x)` becomes the body of the rule, of `x` without derivative
and a tangent that is one with the derivative of `x`:

    x_1 = still(x)
    x_dot = tangent_of(x)
    y_1, y_dot = f_jvp((x_1,), (x_dot,))
    y = with_tangent(y_1, y_dot)

The reverse sweep then finds plain statements. It passes the part of the rule that is linear in
`x_dot`, backwards; everything else is computed once. A rule that is not linear in its tangents is
refused, where it is not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcxform.analysis.activity import activity, operands
from srcxform.analysis.views import steady
from srcxform.analysis.webs import split_webs
from srcxform.core import operations as op
from srcxform.errors import Diagnostic
from srcxform.rules.custom import CustomJvp
from srcxform.runtime import checked_jvp, still, tangent_of, with_tangent
from srcxform.specialise.probes import without_tries
from srcxform.specialise.program import Program, settle
from srcxform.specialise.scope import Scope
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone, shallow, walk
from srcxform.transform.context import Context, context
from srcxform.transform.custom import fixed, reference, refused, rule_name, tuple_of, zero_for
from srcxform.transform.linearity import BILINEAR, checked_linear
from srcxform.transform.templates import reads

ROUNDS = 16  # functions with rules in functions with rules
LINEAR_IN = {np.linalg.solve: ("b",), np.where: ("x", "y")}


def transpose_rules(ctx: Context) -> None:
    """Let the rules of functions that have a forward rule only come in, ready to be transposed."""
    for depth in range(ROUNDS):
        body = replaced(ctx, ctx.program.body, depth > 0)
        if body is ctx.program.body:
            break
        rewrite_program(ctx, body)
    note_nonlinear(ctx)


def rewrite_program(ctx: Context, body: Block) -> None:
    """Let a program have another body, of which nothing is known yet."""
    program = settled(ctx, body)
    new = context(program, ctx.wrt, ctx.requests)
    kept = {name: kind for name, kind in ctx.kinds.items() if name not in new.kinds}
    ctx.program, ctx.active, ctx.storage = new.program, new.active, new.storage
    ctx.kinds = {**new.kinds, **kept}


def settled(ctx: Context, body: Block) -> Program:
    """Specialise a program whose rules have come in."""
    old = ctx.program
    kinds = [old.kinds[name] for name in old.parameters]

    def again(lines: Block, functions: Any) -> Program:
        return settle(
            old.name, old.parameters, kinds, lines, Scope(None), lambda: old.externals, functions
        )

    first = again(body, old.functions)
    plain = without_tries(old.parameters, first.body, first.kinds, old.externals, first.functions)
    second = again(split_webs(old.parameters, plain, old.externals.names), first.functions)
    return replace(second, read=old.read, beside=old.beside)


def replaced(ctx: Context, block: Block, on_tangents: bool) -> Block:
    """Copy a block with rules in place of calls; it is the same block if there are none.

    A rule that calls such a function `on_tangents` means the function itself, which is linear.
    """
    new: Block = []
    found = False
    for line in block:
        lines = called(ctx, line, on_tangents)
        if lines is None and blocks(line):
            inner = inside(ctx, line, on_tangents)
            lines = None if inner is line else [inner]
        found = found or lines is not None
        new += [line] if lines is None else lines
    return new if found else block


def inside(ctx: Context, line: Node, on_tangents: bool) -> Node:
    new, found = shallow(line), False
    for field in ("body", "orelse", "finalbody"):
        block = getattr(line, field, [])
        inner = replaced(ctx, block, on_tangents)
        if inner is not block:
            setattr(new, field, inner)
            found = True
    return new if found else line


def called(ctx: Context, line: Node, on_tangents: bool) -> Block | None:
    """Give the statements in place of a call through which a derivative passes."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Call() as call):
            found = ctx.operation(call)
        case gast.Expr(value=gast.Call() as call):  # the rule is called though nobody looks
            found, name = ctx.operation(call), ""
        case _:
            return None
    if not isinstance(found, op.Custom) or not any(map(ctx.is_active, found.args)):
        return None
    place = getattr(call, "place", None) or line.place
    told = refused(ctx, name, found, place)
    if not name:
        name = ctx.names.part("out")
        if told or not isinstance(found.function, CustomJvp):
            return build.at(place, [build.assign(name, call)])
    if told or not isinstance(found.function, CustomJvp):
        return None
    if on_tangents:
        itself = build.call(build.const(found.function.fun), *map(clone, found.args))
        itself.place = place
        return build.at(place, [build.assign(name, itself)])
    return build.at(place, with_rule(ctx, name, found))


def with_rule(ctx: Context, name: str, found: op.Custom) -> Block:
    (rule,) = ctx.program.externals.rules[id(found.function)]
    lines: Block = []
    primals: list[Node] = []
    tangents: list[Node] = []
    for arg in found.passing:
        if not ctx.is_active(arg):
            primals.append(clone(arg))
            tangents.append(zero_for(ctx, arg))
            continue
        own, dot = ctx.names.like(arg.id), ctx.names.like(f"{arg.id}_dot")
        lines.append(build.assign(own, build.call(reference(ctx, still), clone(arg))))
        lines.append(build.assign(dot, build.call(reference(ctx, tangent_of), clone(arg))))
        primals.append(build.load(own))
        tangents.append(build.load(dot))
    given = tuple_of(ctx, "primals", primals, lines)
    dots = tuple_of(ctx, "tangents", tangents, lines)
    pair, both, value, out_dot = (ctx.names.part(n) for n in ("pair", "pair", name, f"{name}_dot"))
    lines.append(build.assign(pair, build.call(clone(rule), *fixed(found), given, dots)))
    own_name = build.const(rule_name(rule, found.function.jvp))
    check = build.call(reference(ctx, checked_jvp), build.load(pair), own_name)
    lines.append(build.assign(both, check))
    lines.append(build.assign(value, build.item(build.load(both), 0)))
    lines.append(build.assign(out_dot, build.item(build.load(both), 1)))
    join = build.call(reference(ctx, with_tangent), build.load(value), build.load(out_dot))
    return [*lines, build.assign(name, join)]


# Rules have to be linear in their tangents


def note_nonlinear(ctx: Context) -> None:
    """Note the statements that are not linear in what stands for tangents."""
    seeds = {
        line.targets[0].id
        for statement in ctx.program.body
        for line in walk(statement)
        if isinstance(line, gast.Assign) and isinstance(ctx.operation(line.value), op.Seed)
    }
    moving = moved_by(ctx, seeds) if seeds else set()
    body = checked_linear(ctx, moving)
    if body is not ctx.program.body:
        new = context(replace(ctx.program, body=body), ctx.wrt, ctx.requests)
        ctx.program, ctx.active, ctx.storage = new.program, new.active, new.storage
    for statement in ctx.program.body:
        for line in walk(statement):
            told = nonlinear(ctx, line, moving)
            if told is not None:
                ctx.told[id(line)] = told


def moved_by(ctx: Context, seeds: set[str]) -> set[str]:
    """Name all that depends on what stands for tangents, inside of the rules."""
    body = clone(ctx.program.body)
    for statement in body:
        for line in walk(statement):
            if isinstance(line, gast.Assign):
                found = ctx.operation(line.value)
                if isinstance(found, op.Joined):  # outside of the rule it is a value like others
                    line.value = found.source
                elif isinstance(found, op.Seed):
                    line.value = build.const(None)
    program = ctx.program
    facts = steady(body, program.kinds, program.externals, program.functions)
    return set(activity(body, seeds, facts))


def nonlinear(ctx: Context, line: Node, moving: set[str]) -> Diagnostic | None:
    """Say where a statement is not linear in tangents; None if it is."""
    match line:
        case gast.Assign(value=value):
            place = getattr(value, "place", None) or getattr(line, "place", None)
            bent = is_bent(ctx, value, moving)
        case gast.If(test=test) | gast.While(test=test):
            place = getattr(line, "place", None)
            bent = any(name in moving for name in names_in(test))
        case _:
            return None
    if not bent:
        return None
    return Diagnostic(
        "a derivative rule is not linear in the tangents", place,
        "reverse mode transposes the rule, which only a linear function allows",
        "let the tangent that the rule returns be a sum of multiples of the tangents that it is "
        "given, or give a reverse rule with custom_vjp",
    )  # fmt: skip


def names_in(node: Node) -> list[str]:
    return [n.id for n in gast.walk(node) if isinstance(n, gast.Name)]


def is_bent(ctx: Context, value: Node, moving: set[str]) -> bool:
    if isinstance(value, (gast.Compare, gast.BoolOp)):
        return any(name in moving for name in names_in(value))
    found = ctx.operation(value)
    if not isinstance(found, op.RuleCall):
        return False
    passing = operands(found.rule, found.given)
    through = {id(n) for n in passing if getattr(n, "id", None) in moving}
    if not through:
        return False
    rule = found.rule
    if rule.actions:
        for parameter, action in zip(rule.wrt, rule.actions, strict=True):
            if getattr(found.given.get(parameter), "id", None) not in moving:
                continue
            named = reads(action)
            others = {n for n, v in found.given.items() if getattr(v, "id", None) in moving}
            if "out" in named or named & others:
                return not is_first_power(found)
        return False
    if rule.linear:
        return False
    if rule.primal in BILINEAR:
        return len(through) > 1
    allowed = LINEAR_IN.get(rule.primal, ())
    return any(getattr(v, "id", None) in moving for n, v in found.given.items() if n not in allowed)


def is_first_power(found: op.RuleCall) -> bool:
    exponent = found.given.get("y")
    return found.rule.primal is np.power and getattr(exponent, "value", None) == 1
