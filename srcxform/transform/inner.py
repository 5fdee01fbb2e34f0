"""Derivatives met inside functions: the generators' statements, to take the calls' places."""

from __future__ import annotations

import builtins
from functools import partial
from typing import Any

import gast

from srcxform.analysis.aliasing import holds_storage
from srcxform.analysis.liveness import live_before
from srcxform.core.callees import known_object
from srcxform.kinds.callables import is_virtual
from srcxform.kinds.lattice import Kind
from srcxform.normalise.flatten import Flattener, reads_itself
from srcxform.normalise.lines import Around
from srcxform.optimise.passes import tidy
from srcxform.runtime import snapshot
from srcxform.specialise.deriving import PREPARING, Sweep, register
from srcxform.specialise.program import Program
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import all_names, clone, rename
from srcxform.transform.asked import Inside, leave_to_specialiser
from srcxform.transform.assemble import sweeps
from srcxform.transform.batching import batched
from srcxform.transform.bound import surely_bound
from srcxform.transform.by_value import by_value_inside
from srcxform.transform.context import Context, context, take_beside
from srcxform.transform.counting import is_counted
from srcxform.transform.forward import forward
from srcxform.transform.functions import refreshed
from srcxform.transform.stand_ins import stand_in


def gradient(program: Program, wrt: tuple[str, ...], has_aux: bool) -> Sweep:
    """Write value and gradient of one real number."""
    ctx = analysed(program, wrt)
    both = sweeps(ctx, build.const(1.0), (0,) if has_aux else ())
    count = len(both.left)
    lines, (value, *rest) = kept(
        ctx, [*both.forward, *both.backward], [both.value, *both.left, *both.cotangents]
    )
    results, left = tuple(rest[count:]), tuple(rest[:count])
    return Sweep(lines, value, results=results, left=left, counts=partial(is_counted, program))


def tangent(program: Program, wrt: tuple[str, ...], has_aux: bool) -> Sweep:
    """Write value and tangent; the results name the tangents of the arguments."""
    ctx = analysed(program, wrt)
    left = take_beside(ctx)
    body, dots = forward(ctx)
    results = tuple(build.load(dots[name]) for name in wrt)
    if not isinstance(body[-1], gast.Return):  # it refuses
        nothing = build.const(None)
        return Sweep(body, build.sequence([nothing] * 2) if has_aux else nothing, results=results)
    lines, (out, *after) = kept(ctx, body[:-1], [body[-1].value, *map(clone, left)])
    return Sweep(
        lines, out, results=results, left=tuple(after), counts=partial(is_counted, program)
    )


def pullback(program: Program, wrt: tuple[str, ...], has_aux: bool) -> Sweep:
    """Write the sweeps apart."""
    ctx = analysed(program, wrt)
    seed = ctx.names.exact("out_bar")
    ctx.kinds[seed] = program.result.items[0] if program.beside else program.result  # type: ignore
    both = sweeps(ctx, build.load(seed))
    handed = live_before(both.backward, set())
    shadows = [name for name in both.shadows if name in handed and name not in both.lists]
    held = [*both.lists, *shadows]
    opening = refreshed(ctx, held, both)
    ahead, opening = in_core(ctx, both.forward), in_core(ctx, opening)
    behind, cotangents = kept(ctx, both.backward, both.cotangents)
    ahead, own = held_onto(ctx, ahead, [*opening, *behind], set(held))
    opening, behind = rename(opening, own), rename(behind, own)
    cotangents = [rename(node, own) for node in cotangents]
    left = tuple(both.left)
    return Sweep(
        ahead,
        both.value,
        behind,
        tuple(cotangents),
        seed,
        opening,
        left,
        partial(is_counted, program),
    )


def held_onto(
    ctx: Context, ahead: Block, backward: Block, own: set[str]
) -> tuple[Block, dict[str, str]]:
    """Let copies be made of the storage that a way back reads: its caller may write into that.

    Those that nobody could tell from the storage itself go again (`needless.py`). For names that a
    way forward does not bind, and the way back from there does not read, something stands.
    """
    read = (live_before(backward, set()) - own) & ctx.kinds.keys()
    held = sorted(n for n in read if n in ctx.storage.of_name and is_storage(ctx.kind(n)))
    names = {name: ctx.names.like(name) for name in held}
    ctx.kinds.update({new: ctx.kind(name) for name, new in names.items()})
    lines = [
        build.assign(new, build.call(build.const(snapshot), build.load(name)))
        for name, new in names.items()
    ]
    first: Block = []
    captured = {c.name for c in ctx.program.externals.captures.values()}
    known = surely_bound(ahead) | captured | set(ctx.program.parameters)
    for name in (n for n in sorted(read) if n not in known):
        value = stand_in(ctx, name, ctx.kind(name), first)
        first.append(build.assign(name, value))
    copies = in_core(ctx, ctx.expand(lines, None))
    return [*in_core(ctx, ctx.expand(first, None)), *ahead, *copies], names


def is_storage(kind: Kind) -> bool:
    return holds_storage(kind) and not is_virtual(kind)


def batch(program: Program, axes: Any, length: Any) -> Sweep:
    """Write all lanes."""
    ctx = analysed(program, ())
    (*body, last), _ = batched(ctx, axes, length)
    if not isinstance(last, gast.Return):  # it refuses
        return Sweep([*body, last], build.const(None))
    lines, (out,) = kept(ctx, body, [last.value])
    return Sweep(lines, out)


def analysed(program: Program, wrt: tuple[str, ...]) -> Context:
    return context(program, wrt, Inside(program.externals.names, program.externals.asked))


def kept(ctx: Context, lines: Block, results: list[Node]) -> tuple[Block, list[Node]]:
    """Keep of core statements what their results need."""
    leave_to_specialiser(ctx, in_core)
    last = build.returning(build.sequence(results))
    *body, end = tidy([*in_core(ctx, lines), last], set(), ctx.program.externals)
    assert isinstance(end, gast.Return)
    return body, list(end.value.elts)


def in_core(ctx: Context, lines: Block) -> Block:
    """Give statements of one operation each, without comments: every statement knows its place."""
    externals = ctx.program.externals
    own = {name for line in lines for name in all_names(line)} - {
        *externals.objects,
        *dir(builtins),
    }
    around = Around(own, frozenset())
    return Cores(ctx.names, lambda node: known_object(node, externals), around).core(lines)


class Cores(Flattener):
    """Names the operands of generated statements that are operations themselves."""

    def core(self, lines: Block) -> Block:
        outer, self.lines = self.lines, []
        for line in lines:
            if not isinstance(line, Comment):
                start = len(self.lines)
                self.line(clone(line))
                build.at(getattr(line, "place", None), self.lines[start:])
        found, self.lines = self.lines, outer
        return found

    def line(self, line: Node) -> None:
        for field in ("body", "orelse", "finalbody"):
            if getattr(line, field, None):
                setattr(line, field, self.core(getattr(line, field)))
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                line.value = self.operation(value)
                if reads_itself(line):
                    line.value = self.temporary(line.value, name)
            case gast.Assign(value=value) | gast.AugAssign(value=value):
                line.value = self.atom(value)
            case gast.Expr(value=gast.Call() as value):
                line.value = self.call(value)
            case gast.Return(value=gast.expr() as value):
                line.value = self.atom(value)
        self.emit(line)


for _name, _generate in (("grad", gradient), ("jvp", tangent), ("vjp", pullback), ("vmap", batch)):
    register(_name, None, _generate)
PREPARING.append(by_value_inside)
