"""Give the outcome of each test a name: the backward sweep asks it again, or keeps it."""

from __future__ import annotations

from srcxform.kinds.lattice import Number
from srcxform.syntax import build
from srcxform.transform.context import Context
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step


def named_conditions(ctx: Context, steps: list[Step]) -> tuple[list[Step], set[str]]:
    """Give the steps with every condition under a name, and these names."""
    found: set[str] = set()
    return named(ctx, steps, found), found


def named(ctx: Context, steps: list[Step], found: set[str]) -> list[Step]:
    new: list[Step] = []
    for step in steps:
        match step:
            case Loop(body=body):
                step.body = named(ctx, body, found)
            case Region(body=body, ending=ending):
                step.body = named(ctx, body, found)
                step.ending = named(ctx, ending, found)
            case Branch(body=body, orelse=orelse):
                step.body = named(ctx, body, found)
                step.orelse = named(ctx, orelse, found)
                name = ctx.names.part("branch")
                ctx.kinds[name] = Number("b")
                line = build.assign(name, step.test)
                line.place = step.place
                new.append(Simple([line], [], step.place))
                step.test = build.load(name)
                found.add(name)
        new.append(step)
    return new
