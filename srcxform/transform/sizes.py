"""Backward lines that ask only for the size of a value ask it of one that is at hand.

`np.size(r**2)` is `np.size(r)`: the square need not be kept, nor computed, to be counted.
"""

from __future__ import annotations

import gast
import numpy as np

from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lattice import Array
from srcxform.kinds.shapes import same_shape, shape_of
from srcxform.rules.registry import Rule
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import rewrite, walk
from srcxform.transform.again import value_of
from srcxform.transform.context import Context
from srcxform.transform.order import Order, defines
from srcxform.transform.steps import Simple, Step

ASKING = (np.size, np.shape, np.ndim, len)


def sizes_at_hand(ctx: Context, order: Order) -> None:
    """Rewrite the backward lines of all steps."""
    sizes = Sizes(ctx, order)
    for step in order.steps:
        if isinstance(step, Simple):
            step.backward = [sizes.rewritten(line, step) for line in step.backward]


def is_elementwise(rule: Rule) -> bool:
    primal = rule.primal
    return bool(rule.actions) or (isinstance(primal, np.ufunc) and primal.signature is None)


class Sizes:
    """Knows where each name is bound, and which contents the backward sweep reads anyway."""

    def __init__(self, ctx: Context, order: Order) -> None:
        self.ctx = ctx
        self.order = order
        self.made: dict[str, list[Step]] = {}
        self.read: set[str] = set()
        captures = ctx.program.externals.captures.values()
        self.given = {*ctx.program.parameters, *(capture.name for capture in captures)}
        for step in order.steps:
            for name in defines(step):
                self.made.setdefault(name, []).append(step)
            for line in step.backward if isinstance(step, Simple) else []:
                self.read |= self.contents(line)

    def contents(self, line: Node) -> set[str]:
        asked = {id(n.args[0]) for n in walk(line) if self.asks(n)}
        asked |= {
            id(k.value) for k in walk(line) if isinstance(k, gast.keyword) and k.arg == "like"
        }
        return {
            n.id
            for n in walk(line)
            if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load) and id(n) not in asked
        }

    def asks(self, node: Node) -> bool:
        """Say whether a node asks for the size of a name."""
        if not isinstance(node, gast.Call) or not node.args or node.keywords:
            return False
        function = known_object(node.func, self.ctx.program.externals)
        return isinstance(node.args[0], gast.Name) and any(function is one for one in ASKING)

    def rewritten(self, line: Node, step: Step) -> Node:
        def change(node: Node) -> Node | None:
            if self.asks(node):
                array, *others = node.args
                return build.call(node.func, build.load(self.at_hand(array.id, step)), *others)
            return None

        return rewrite(line, change)

    def at_hand(self, name: str, step: Step) -> str:
        """Give a name of the same shape that is read anyway, or one that the user gave."""
        chain = [name]
        while (found := self.same_size(chain[-1], step)) is not None:
            chain.append(found)
        read = [one for one in chain if one in self.read]
        return read[0] if read else chain[-1]

    def same_size(self, name: str, step: Step) -> str | None:
        """Give an operand from which a value has its shape."""
        if len(self.made.get(name, [])) != 1 or name in self.given:
            return None
        at = self.made[name][0]
        value = value_of(at, name)
        found = self.ctx.operation(value) if value is not None else None
        if not isinstance(found, op.RuleCall) or not is_elementwise(found.rule):
            return None
        shape = shape_of(self.ctx.kind(name))
        for operand in found.given.values():
            if not isinstance(operand, gast.Name) or not self.is_steady(operand.id, at, step):
                continue
            kind = self.ctx.kind(operand.id)
            if isinstance(kind, Array) and same_shape(shape_of(kind), shape):
                return str(operand.id)
        return None

    def is_steady(self, name: str, at: Step, step: Step) -> bool:
        """Say whether a name means the same value at two steps."""
        made = self.made.get(name, [])
        if name in self.ctx.program.parameters:
            return not made
        loops = [self.order.loops(one) for one in (*made[:1], at, step)]
        return len(made) == 1 and all(
            len(outer) <= len(inner) and all(a is b for a, b in zip(outer, inner, strict=False))
            for outer, inner in zip(loops, loops[1:], strict=False)
        )
