"""Which names may lead to storage that something else leads to as well, or that is written.

A name that is only an operand of arithmetic is not one of them: nobody can tell whether its array
is its own.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.optimise.facts import Facts
from srcxform.optimise.purity import pure_callee
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import CHANGING, mentioned, parts
from srcxform.syntax.scopes import children
from srcxform.syntax.visit import blocks, loads

REDUCING = (np.sum, np.mean, np.prod, np.dot, np.matmul, np.outer, np.tensordot, np.einsum,
            np.where, np.size, np.shape, len, np.zeros_like, np.ones_like, float, int, np.copy,
            np.full_like, np.cumsum, np.stack, np.concatenate, runtime.place_diagonal,
            runtime.exceeds, runtime.exceeds_or_alone)  # fmt: skip


def held(block: Block, facts: Facts) -> set[str]:
    """Give the names whose storage a statement hands on, looks into or writes to."""
    found: set[str] = set()
    for statement in block:
        for inner in blocks(statement):
            found |= held(inner, facts)
        for part in own_parts(statement):
            found |= kept(part, facts) if type(part) in CHANGING else facts.once(kept, part)
        if isinstance(statement, gast.AugAssign) and isinstance(statement.target, gast.Name):
            found.add(statement.target.id)
    return found


def own_parts(statement: Node) -> list[Node]:
    """Give the expressions of a statement itself, not those in its blocks."""
    match statement:
        case gast.If(test=test) | gast.While(test=test):
            return [test]
        case gast.For(iter=iterable, target=target):
            return [iterable, target]
        case gast.Assign(targets=targets, value=value):
            if isinstance(targets[0], (gast.Subscript, gast.Attribute)):
                return [*targets, value]
            return [value]
        case gast.AugAssign(target=target, value=value):
            return [target, gast.UnaryOp(op=gast.UAdd(), operand=value)]  # it is added, not kept
        case gast.Expr(value=value) | gast.Return(value=value):
            return [value] if value is not None else []
    return [statement]


def kept(part: Node, facts: Facts) -> set[str]:
    """Give the names that a part of a statement does more with than compute."""
    return loads(part) - operands(part, facts)


def operands(part: Node, facts: Facts) -> set[str]:
    """Give the names that an expression only computes with, wherever they stand in it."""
    inside: set[str] = set()
    outside: set[str] = set()

    def visit(node: Node, computing: bool) -> None:
        if isinstance(node, gast.Name):
            (inside if computing else outside).add(node.id)
            return
        reads = isinstance(node, (gast.BinOp, gast.UnaryOp, gast.Compare)) or (
            isinstance(node, gast.Call) and makes_new(facts.function(node.func), node.args)
        )
        for child in children(node):
            visit(child, reads)

    visit(part, False)
    return inside - outside


def makes_new(function: Any, args: list[Node]) -> bool:
    """Say whether a function gives a new array, or none, for these arguments."""
    if isinstance(function, np.ufunc):
        return True
    if function is np.einsum and len(args) < 3:
        return False  # `np.einsum("ii->i", a)` looks at the diagonal
    return any(function is one for one in REDUCING)


def has_effect(line: Node, facts: Facts) -> bool:
    """Say whether a statement may change storage that somebody reads; tapes are read by nobody."""
    for part in parts(line):
        known = mentioned(part)
        if known.stored or isinstance(part, gast.AugAssign):
            return True
        for call in known.calls:
            if not pure_callee(call.func, facts.externals) and not uses_tape(call, facts):
                return True
    return False


def uses_tape(node: Node, facts: Facts) -> bool:
    """Say whether a call saves a value for the backward sweep, or takes it back."""
    match node.func:
        case gast.Attribute(value=gast.Name(id=name), attr="append" | "pop"):
            return facts.is_tape(name)
    return False
