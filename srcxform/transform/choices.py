"""Which values may have been chosen away, so that an infinite slope of theirs must not count.

The cotangent of an alternative that np.where did not choose is zero; so is that of an entry which
a mask left out, or which was overwritten through one. Where the slope of what made it is infinite
or NaN (the root of zero, a division by zero), the chain rule would give 0 * inf. In the statements
found here, `zero_wins` stands for the product.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcxform.core import operations as op
from srcxform.kinds.lattice import Array
from srcxform.rules.registry import Rule
from srcxform.runtime import zero_wins
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, loads, stores
from srcxform.transform.context import Context

CHOICES = (np.where, zero_wins)
STEEP = {
    *(np.divide, np.reciprocal, np.float_power, np.hypot, np.arctan2, math.atan2, math.hypot),
    *(np.log, np.log2, np.log10, np.log1p, math.log, math.log2, math.log10, math.log1p, cmath.log),
    *(np.sqrt, np.cbrt, np.arcsin, np.arccos, np.arccosh, np.arctanh),
    *(math.sqrt, math.cbrt, math.asin, math.acos, math.acosh, math.atanh, cmath.sqrt),
    *(zero_wins, operator.truediv),
}  # fmt: skip
POWERS = (np.power, operator.pow, pow, math.pow)


def chosen_away(ctx: Context) -> frozenset[str]:
    """Give the names that np.where, or what follows it, may leave without an influence."""
    lines = list(simple(ctx.program.body))
    found = {name for line in lines for name in masked(ctx, line)}
    if not found and not any(is_choice(ctx, line) for line in lines):
        return frozenset()
    while True:
        before = len(found)
        for line in lines:
            if is_choice(ctx, line) or not found.isdisjoint(written(line)):
                found |= loads(line.iter if isinstance(line, gast.For) else line) & ctx.active
        if len(found) == before:
            return frozenset(found)


def is_steep(rule: Rule, given: dict[str, Any]) -> bool:
    """Say whether the slope of an elementwise function can be infinite or NaN somewhere."""
    if rule.primal not in POWERS:
        return rule.primal in STEEP
    exponent = given.get("y")
    if not isinstance(exponent, gast.Constant) or not isinstance(exponent.value, (int, float)):
        return True
    return exponent.value < 1


def simple(block: Block) -> Iterator[Node]:
    """Walk over the statements that bind names, the headers of loops among them."""
    for statement in block:
        if not isinstance(statement, (gast.If, gast.While)):
            yield statement
        for inner in blocks(statement):
            yield from simple(inner)


def masked(ctx: Context, line: Node) -> set[str]:
    """Give the array of which a mask or an array of positions reads a part, or writes one."""
    match line:
        case (
            gast.Assign(value=gast.Subscript(value=gast.Name(id=name), slice=index))
            | gast.Assign(targets=[gast.Subscript(value=gast.Name(id=name), slice=index)])
        ) if name in ctx.active and isinstance(ctx.kind_of_node(index), Array):
            return {name}
    return set()


def is_choice(ctx: Context, line: Node) -> bool:
    if not isinstance(line, gast.Assign) or not isinstance(line.value, gast.Call):
        return False
    found = ctx.operation(line.value)
    return isinstance(found, op.RuleCall) and found.rule.primal in CHOICES


def written(line: Node) -> set[str]:
    """Give the names that a statement binds or writes into."""
    if blocks(line):
        return stores(line.target) if isinstance(line, gast.For) else set()
    targets = getattr(line, "targets", [getattr(line, "target", None)])
    bases = {
        t.value.id
        for t in targets
        if isinstance(t, (gast.Subscript, gast.Attribute)) and isinstance(t.value, gast.Name)
    }
    return stores(line) | bases
