"""Remember the branch taken where asking again would give another answer, or cost more.

A test is asked again in the backward sweep where all that it reads stays as it is; else its
outcome is kept under a name (`branch_1`).
"""

from __future__ import annotations

import gast

from srcxform.kinds.lattice import Number
from srcxform.syntax import build
from srcxform.syntax.visit import loads, walk
from srcxform.transform.context import Context
from srcxform.transform.saving import defines
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step, flat


def keep_conditions(ctx: Context, steps: list[Step]) -> list[Step]:
    """Give the steps with the outcomes named that cannot be asked for again."""
    order = list(flat(steps))
    counts: dict[str, int] = {}
    looped: set[str] = set()
    for step in order:
        for name in defines(step):
            counts[name] = counts.get(name, 0) + 1
        if isinstance(step, Loop):
            looped |= {n for inner in flat(step.body) for n in defines(inner)}
    return kept(ctx, steps, counts, looped, frozenset())


def kept(
    ctx: Context,
    steps: list[Step],
    counts: dict[str, int],
    looped: set[str],
    targets: frozenset[str],
) -> list[Step]:
    new: list[Step] = []
    for step in steps:
        match step:
            case Loop(body=body):
                own = frozenset(defines(step))
                step.body = kept(ctx, body, counts, looped, targets | own)
            case Region(body=body, ending=ending):
                step.body = kept(ctx, body, counts, looped, targets)
                step.ending = kept(ctx, ending, counts, looped, targets)
            case Branch(body=body, orelse=orelse):
                step.body = kept(ctx, body, counts, looped, targets)
                step.orelse = kept(ctx, orelse, counts, looped, targets)
                if not stays(ctx, step, counts, looped, targets):
                    name = ctx.names.part("branch")
                    ctx.kinds[name] = Number("b")
                    line = build.assign(name, step.test)
                    line.place = step.place
                    new.append(Simple([line], [], step.place))
                    step.test = build.load(name)
        new.append(step)
    return new


def stays(
    ctx: Context, step: Branch, counts: dict[str, int], looped: set[str], targets: frozenset[str]
) -> bool:
    """Say whether the test gives the same answer at the end, at no cost."""
    if any(isinstance(n, (gast.Call, gast.Subscript)) for n in walk(step.test)):
        return False
    for name in loads(step.test):
        if name in targets:
            continue
        if name in looped or counts.get(name, 0) > 1 or ctx.storage.is_changed(name):
            return False
        if counts.get(name, 0) == 1 and name in ctx.program.parameters:
            return False
    return True
