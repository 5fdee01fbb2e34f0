"""Statements that will refuse, found before anything is generated.

A call without a rule gives nobody knows what, and that spreads: `y` is unknown after
`if x > 9: y = unheard_of(x)`. But where an active value reaches the call it never gives anything.
It becomes a `raise` here, and the kinds settle once more without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gast

from srcxform.core import operations as op
from srcxform.kinds.lattice import UNKNOWN, Kind, is_differentiable
from srcxform.normalise.flatten import reads_itself
from srcxform.specialise.program import Program, settle
from srcxform.specialise.scope import Env, Scope
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, shallow
from srcxform.transform.by_value import by_value
from srcxform.transform.context import Context, context, refusing
from srcxform.transform.unruled import no_rule

DISPLAYS = (gast.Tuple, gast.List, gast.Dict)


def without_refused(
    program: Program, wrt: tuple[str, ...], kinds: Sequence[Kind], requests: Any = None
) -> Context:
    """Analyse a program for the parameters `wrt`; calls that refuse are statements that raise."""
    for one in (program, *program.functions.values()):
        check_core(one.body, one.kinds)
    separate = by_value(program)
    if separate is not None:
        program = settled_again(separate, kinds, separate.body)
    while True:
        ctx = context(program, wrt, requests)
        body = replaced(ctx, program.body)
        if body is program.body:
            return ctx
        program = settled_again(program, kinds, body)


def check_core(body: Block, kinds: Env) -> None:
    """Make sure of what the generators rest on.

    What displays hold has names: of anything else no storage is followed. And no statement binds
    what it reads anew, unless it counts: its derivative may read both, and would take the one for
    the other.
    """
    for line in body:
        value = getattr(line, "value", None)
        if reads_itself(line):
            counts = not is_differentiable(kinds.get(line.targets[0].id, UNKNOWN))
            assert counts, "a statement binds what it reads"
        if isinstance(line, gast.Assign) and isinstance(value, DISPLAYS):
            parts = value.values if isinstance(value, gast.Dict) else value.elts
            assert not any(isinstance(part, DISPLAYS) for part in parts), "a display in a display"
        for block in blocks(line):
            check_core(block, kinds)


def settled_again(program: Program, kinds: Sequence[Kind], body: Block) -> Program:
    """Give a program with another body, whose kinds have settled."""
    again = settle(
        program.name, program.parameters, kinds, body, Scope(None),
        lambda: program.externals, program.functions,
    )  # fmt: skip
    return replace(again, read=program.read)


def replaced(ctx: Context, block: Block) -> Block:
    """Copy a block with refusals in place of what refuses; it is the same block if nothing does."""
    new = [refusal(ctx, line) or inside(ctx, line) for line in block]
    return new if any(a is not b for a, b in zip(new, block, strict=True)) else block


def inside(ctx: Context, line: Node) -> Node:
    """Replace what refuses in the blocks of a statement."""
    if not blocks(line):
        return line
    new, found = shallow(line), False
    for field in ("body", "orelse", "finalbody"):
        block = getattr(line, field, [])
        inner = replaced(ctx, block)
        if inner is not block:
            setattr(new, field, inner)
            found = True
    return new if found else line


def refusal(ctx: Context, line: Node) -> Node | None:
    """Give the statement that raises in place of one that refuses, None for every other."""
    if not isinstance(line, (gast.Assign, gast.Expr)):
        return None
    if isinstance(line, gast.Assign) and not isinstance(line.targets[0], gast.Name):
        return None
    found = ctx.operation(line.value)
    if not isinstance(found, op.Foreign) or not any(n in ctx.active for n in found.operands):
        return None
    return refusing(ctx, no_rule(ctx, found, getattr(line.value, "place", None) or line.place))
