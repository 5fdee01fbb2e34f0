"""Which names hold the same value: what one of them loses, another one may still have.

After `t = a; a = b` the old value of a is in t, so that the backward sweep needs no list to get it
back from: it undoes a swap by swapping.
"""

from __future__ import annotations

from itertools import count

import gast

from srcxform.syntax.build import Node
from srcxform.transform.order import defines
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step, flat

Values = dict[str, int]  # name: number of the value that it holds


class Copies:
    """The values of names before each step and at the end of each block."""

    def __init__(self, steps: list[Step]) -> None:
        self.before: dict[int, Values] = {}
        self.at_end: dict[int, Values] = {}
        self.fresh = count()
        self.breaks: dict[int, bool] = {}
        self.block(steps, {})

    def block(self, steps: list[Step], values: Values) -> Values:
        for step in steps:
            self.before[id(step)] = dict(values)
            match step:
                case Simple(forward=forward):
                    for line in forward:
                        self.line(line, values)
                case Branch(body=body, orelse=orelse):
                    self.inside([body, orelse], values)
                case Region(body=body, ending=ending):
                    self.inside([body, ending], values)
                case Loop(body=body):
                    self.forget(step, values)
                    self.block(body, dict(values))
            if not isinstance(step, Simple):
                self.forget(step, values)
        self.at_end[id(steps)] = dict(values)
        self.breaks[id(steps)] = any(map(may_break, flat(steps)))
        return values

    def inside(self, parts: list[list[Step]], values: Values) -> None:
        for part in parts:
            self.block(part, dict(values))

    def forget(self, step: Step, values: Values) -> None:
        for inner in flat([step]):
            for name in defines(inner):
                values.pop(name, None)

    def line(self, line: Node, values: Values) -> None:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)):
                values[name] = values.setdefault(source, next(self.fresh))
            case _:
                for name in defines(Simple([line])):
                    values[name] = next(self.fresh)

    def held_elsewhere(self, name: str, step: Simple, without: set[str]) -> str | None:
        """Give a name that keeps, through a step, the value that `name` loses in it."""
        return other_name(name, self.before[id(step)], defines(step) | without)

    def held_at_end(self, name: str, block: list[Step], local: set[str]) -> str | None:
        """Give a name that outlives a turn and holds at its end what `name` holds."""
        if self.breaks[id(block)]:
            return None
        return other_name(name, self.at_end[id(block)], local)


def other_name(name: str, values: Values, without: set[str]) -> str | None:
    mine = values.get(name)
    others = (one for one, value in values.items() if value == mine and one != name)
    return next((one for one in others if one not in without), None)


def may_break(step: Step) -> bool:
    return isinstance(step, Simple) and any(isinstance(s, gast.Break) for s in step.forward)
