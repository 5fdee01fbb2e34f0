"""Derivatives taken inside come in: their statements take the places of the calls.

What a gradient taken inside computes, and what its adjoint does, are programs (`op.Derivation`). In
forward mode and for batches their statements come in before anything else is done. In reverse mode
a gradient that has an adjoint stays one operation until the sweeps are planned.
"""

from __future__ import annotations

from dataclasses import replace

import gast

from srcxform.core import operations as op
from srcxform.specialise.gradients import is_plain
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import all_names, blocks, rename, shallow, stores
from srcxform.transform.context import Context, context
from srcxform.transform.cotangents import Cotangents
from srcxform.transform.reverse.shadowed import dynamic_storage


def derivation_of(line: Node) -> op.Derivation | None:
    """Give the derivation that a statement calls."""
    match line:
        case gast.Assign(targets=[gast.Name()], value=gast.Call(func=gast.Constant(value=found))):
            return found if isinstance(found, op.Derivation) else None
    return None


def write_out(ctx: Context, adjoints: bool = False) -> None:
    """Let the statements of derivations come in; with `adjoints`, of those that can have none."""
    while True:
        bars = Cotangents(ctx, dynamic_storage(ctx)) if adjoints else None
        body = come_in(ctx, ctx.program.body, bars)
        if body is ctx.program.body:
            return
        program = replace(ctx.program, body=body, kinds=dict(ctx.kinds))
        new = context(program, ctx.wrt, ctx.requests)
        ctx.program, ctx.active, ctx.storage = new.program, new.active, new.storage
        ctx.kinds = {**ctx.kinds, **new.kinds}


def come_in(ctx: Context, block: Block, bars: Cotangents | None = None) -> Block:
    """Copy a block with statements in place of calls; it is the same block if nothing comes in."""
    return Arrival(ctx, block, bars).block(block)


def come_in_both(ctx: Context, forward: Block, backward: Block) -> tuple[Block, Block]:
    """Let statements come into both sweeps, under different names."""
    arrival = Arrival(ctx, [*forward, *backward], None)
    return arrival.block(forward), arrival.block(backward)


class Arrival:
    """Puts the statements of derivations where these are called, under names not used yet."""

    def __init__(self, ctx: Context, around: Block, bars: Cotangents | None) -> None:
        self.ctx = ctx
        self.bars = bars
        self.used = {name for line in around for name in all_names(line)}

    def block(self, block: Block) -> Block:
        new: Block = []
        for line in block:
            found = derivation_of(line)
            if found is not None and not self.stays(line):
                new += self.statements(line, found)
            else:
                new.append(self.inside(line) if blocks(line) else line)
        same = len(new) == len(block) and all(a is b for a, b in zip(new, block, strict=True))
        return block if same else new

    def inside(self, line: Node) -> Node:
        new, changed = shallow(line), False
        for field in ("body", "orelse", "finalbody"):
            block = getattr(line, field, None) or []
            inner = self.block(block)
            if inner is not block:
                setattr(new, field, inner)
                changed = True
        return new if changed else line

    def stays(self, line: Node) -> bool:
        """Say whether an operation has an adjoint: nothing that it sees is written in place."""
        if self.bars is None:
            return False
        name, args = line.targets[0].id, line.value.args
        active = [arg for arg in args if self.ctx.is_active(arg)]
        if name not in self.ctx.active or not active:
            return True  # it comes in when the sweeps are written
        return not any(map(self.bars.is_shadow, [name, *(arg.id for arg in active)])) and all(
            is_plain(self.ctx.kind(arg.id)) for arg in active
        )

    def statements(self, line: Node, derivation: op.Derivation) -> Block:
        program = derivation.program
        self.ctx.program.functions.update(program.functions)
        bound = stores(program.body)
        names: dict[str, str | Node] = {}
        lines: Block = []
        for name in sorted({*program.parameters, *bound}):
            names[name] = self.fresh(name) if name in self.used else name
        for name, arg in zip(program.parameters, line.value.args, strict=True):
            if isinstance(arg, gast.Name) and name not in bound:
                names[name] = arg.id
            else:
                lines.append(build.at(line.place, [build.assign(str(names[name]), arg)])[0])
        self.used.update(map(str, names.values()))
        for name, new in names.items():
            if name in program.kinds and str(new) not in self.ctx.kinds:
                self.ctx.kinds[str(new)] = program.kinds[name]
        *body, last = rename(program.body, names)
        lines += body
        if not isinstance(last, gast.Return):
            return [*lines, last]
        return [*lines, *build.at(line.place, [build.assign(line.targets[0].id, last.value)])]

    def fresh(self, name: str) -> str:
        return str(self.ctx.names.like(name))
