"""Give the outcome of each test a name: the backward sweep asks it again, or keeps it."""

from __future__ import annotations

import gast

from srcxform.kinds.lattice import Const, Number
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.transform.context import Context
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step

ANSWERS = ("all", "any", "bool", "callable", "hasattr", "isinstance", "issubclass", "len")


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
                line = build.assign(name, outcome(ctx, step.test))
                line.place = step.place
                new.append(Simple([line], [], step.place))
                step.test = build.load(name)
                found.add(name)
        new.append(step)
    return new


def outcome(ctx: Context, test: Node) -> Node:
    """Write a test so that its outcome stays what it was: the truth of a list changes with it."""
    return test if is_lasting(ctx, test) else build.call("bool", test)


def is_lasting(ctx: Context, test: Node) -> bool:
    match test:
        case gast.BoolOp(values=parts):
            return all(is_lasting(ctx, part) for part in parts)
        case gast.Name() | gast.Attribute() | gast.Subscript():
            return isinstance(ctx.kind_of_node(test), (Number, Const))
        case gast.Call(func=gast.Name(id=name)):
            return name in ANSWERS and name not in ctx.kinds
    return isinstance(test, (gast.Constant, gast.Compare, gast.UnaryOp))
