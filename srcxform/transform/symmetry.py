"""The adjoint of a gradient taken inside: forward over reverse.

A gradient `value, *bars = (f, df/dx)(x, c)` is one operation in the reverse sweep (`op.Taken`).
Second derivatives are symmetric, so the cotangent u of df/dx pulls back to x and c as the
derivative of the full gradient (df/dx, df/dc) in the direction u of x. The full gradient costs as
much as the one that was asked for, and a forward derivative keeps nothing for a sweep of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

import gast

from srcxform.core import operations as op
from srcxform.kinds.lattice import Kind
from srcxform.specialise.deriving import GENERATORS
from srcxform.specialise.gradients import settled
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step


def pulled_through(sweep: Sweep, name: str, found: op.Taken, node: Node) -> Step:
    """Write the adjoint of a gradient: one derivative of the full gradient."""
    bars, inner = sweep.bars, found.derivation.inner
    weight = bars.value(name, (0,)) if bars.is_present(name, (0,)) else None
    moved = [k for k in range(len(inner.wrt)) if bars.is_present(name, (k + 1,))]
    lines: Block = []
    directions: list[Node] = []
    for k in moved:
        direction = sweep.ctx.names.part(f"{inner.wrt[k]}_dot")
        lines += sweep.ctx.expand([build.assign(direction, bars.value(name, (k + 1,)))], None)
        directions.append(build.load(direction))
    bars.consume(name)
    given = zip(inner.program.parameters, found.args, strict=True)
    active = [(parameter, arg) for parameter, arg in given if sweep.ctx.is_active(arg)]
    program = along(inner, [p for p, _ in active], [inner.wrt[k] for k in moved])
    both = sweep.ctx.names.part(name)
    call = build.call(build.const(op.Derivation(program)), *found.args, *directions)
    lines += sweep.ctx.expand([build.assign(both, call)], None)
    for k, (_, arg) in enumerate(active):
        for path in bars.leaves(sweep.ctx.kind(arg.id)):
            if weight is not None:
                part = reached(sweep, both, (0, k, *path), lines)
                scaled = build.binary(weight, gast.Mult(), part)
                lines += bars.contribute(arg.id, scaled, path)
            if moved:
                lines += bars.contribute(arg.id, reached(sweep, both, (1, k, *path), lines), path)
    return Simple([node], lines)


def reached(sweep: Sweep, name: str, path: Iterable[object], lines: Block) -> Node:
    """Name a part of a container."""
    for key in path:
        part = sweep.ctx.names.part(name)
        lines += sweep.ctx.expand([build.assign(part, build.item(name, build.const(key)))], None)
        name = part
    return build.load(name)


def along(inner: op.Derivation, active: list[str], moved: list[str]) -> object:
    """Write the gradient in the `active` parameters, and its derivative as `moved` ones move."""
    program = inner.program
    sweep = GENERATORS["grad"](program, tuple(active), False)
    bars = build.sequence(sweep.results)
    full = settled(program, (), (), [*sweep.forward, build.returning(bars)])
    if not moved:
        last = build.returning(build.sequence([full.body[-1].value]))
        return settled(full, (), (), [*full.body[:-1], last])
    pushed = GENERATORS["jvp"](full, tuple(moved), False)
    dots = tuple(dot.id for dot in pushed.results)
    kinds: tuple[Kind, ...] = tuple(full.kinds[name] for name in moved)
    return settled(full, dots, kinds, [*pushed.forward, build.returning(pushed.value)])


__all__ = ["pulled_through"]
