"""Derivatives met inside functions: the generators' statements, to take the calls' places."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.optimise.passes import tidy
from srcxform.specialise.deriving import Sweep, register
from srcxform.specialise.program import Program
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import clone
from srcxform.transform.assemble import sweeps
from srcxform.transform.batching import batched
from srcxform.transform.context import Context, context
from srcxform.transform.forward import forward
from srcxform.transform.functions import refreshed
from srcxform.transform.requests import Requests


def gradient(program: Program, wrt: tuple[str, ...], has_aux: bool) -> Sweep:
    """Write value and gradient of one real number."""
    ctx = analysed(program, wrt)
    both = sweeps(ctx, build.const(1.0), (0,) if has_aux else ())
    lines, (value, *bars) = kept(
        ctx, [*both.forward, *both.backward], [both.value, *both.cotangents]
    )
    return Sweep(lines, value, results=tuple(bars))


def tangent(program: Program, wrt: tuple[str, ...], has_aux: bool) -> Sweep:
    """Write value and tangent; the results name the tangents of the arguments."""
    ctx = analysed(program, wrt)
    body, dots = forward(ctx)
    lines, (out,) = kept(ctx, body[:-1], [body[-1].value])
    return Sweep(lines, out, results=tuple(build.load(dots[name]) for name in wrt))


def pullback(program: Program, wrt: tuple[str, ...], has_aux: bool) -> Sweep:
    """Write the sweeps apart."""
    ctx = analysed(program, wrt)
    seed = ctx.names.exact("out_bar")
    ctx.kinds[seed] = program.result
    both = sweeps(ctx, build.load(seed))
    held = [*both.lists, *(name for name in both.shadows if name not in both.lists)]
    opening = refreshed(ctx, held, both)
    ahead, opening = in_core(ctx, both.forward), in_core(ctx, opening)
    behind, cotangents = kept(ctx, both.backward, both.cotangents)
    return Sweep(ahead, both.value, behind, tuple(cotangents), seed, opening)


def batch(program: Program, axes: Any, length: Any) -> Sweep:
    """Write all lanes."""
    ctx = analysed(program, ())
    *body, last = batched(ctx, axes, length)
    if not isinstance(last, gast.Return):  # it refuses
        return Sweep([*body, last], build.const(None))
    lines, (out,) = kept(ctx, body, [last.value])
    return Sweep(lines, out)


def analysed(program: Program, wrt: tuple[str, ...]) -> Context:
    return context(program, wrt, Requests(program.externals.names))


def kept(ctx: Context, lines: Block, results: list[Node]) -> tuple[Block, list[Node]]:
    """Keep of core statements what their results need."""
    last = build.returning(build.sequence(results))
    *body, end = tidy([*in_core(ctx, lines), last], set(), ctx.program.externals)
    assert isinstance(end, gast.Return)
    return body, list(end.value.elts)


def in_core(ctx: Context, lines: Block) -> Block:
    """Leave out the comments (every statement knows its place), unpack names, hold names."""
    found: Block = []
    for line in lines:
        if isinstance(line, Comment):
            continue
        if isinstance(line, (gast.If, gast.For, gast.While)):
            line = clone(line)
            line.body, line.orelse = in_core(ctx, line.body), in_core(ctx, line.orelse)
        match line:
            case gast.Assign(targets=[gast.Tuple() as target], value=value) if not isinstance(
                value, gast.Name
            ):
                whole = ctx.names.part("parts")
                new = [build.assign(whole, value), build.assign(target, build.load(whole))]
                found += build.at(getattr(line, "place", None), new)
            case (
                gast.Assign(value=gast.List() | gast.Tuple() | gast.Dict())
                | gast.Expr(value=gast.Call(func=gast.Attribute()))
            ):
                found += build.at(getattr(line, "place", None), holding_names(ctx, clone(line)))
            case _:
                found.append(line)
    return found


def holding_names(ctx: Context, line: Node) -> Block:
    """Name what a new container holds, or a method is given: `xs_bar.append(np.zeros_like(x))`."""
    value = line.value
    field = {gast.Dict: "values", gast.Call: "args"}.get(type(value), "elts")
    named: Block = []
    held: list[Node] = []
    for item in getattr(value, field):
        if isinstance(item, (gast.Call, gast.List, gast.Dict)):
            part = ctx.names.part("part")
            made = build.assign(part, item)
            named += [made] if isinstance(item, gast.Call) else holding_names(ctx, made)
            item = build.load(part)
        held.append(item)
    setattr(value, field, held)
    return [*named, line]


for _name, _generate in (("grad", gradient), ("jvp", tangent), ("vjp", pullback), ("vmap", batch)):
    register(_name, None, _generate)
