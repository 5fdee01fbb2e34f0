"""Functions of `operator`: the operators that they are, where they get more than numbers.

What `a + b` is of two objects, their class says, and of two lists, their kinds. `operator.add` is
the same in another notation: its rule is for numbers and arrays alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast

from srcxform.kinds.lattice import Cell, Items, Many, Mapping, Torn, present
from srcxform.specialise.expressions import evaluate, placed
from srcxform.specialise.objects import class_of, named
from srcxform.specialise.scope import Args, Evaluated, State
from srcxform.syntax.build import Node

BINARY = {
    operator.add: gast.Add, operator.sub: gast.Sub, operator.mul: gast.Mult,
    operator.truediv: gast.Div, operator.floordiv: gast.FloorDiv, operator.mod: gast.Mod,
    operator.pow: gast.Pow, pow: gast.Pow, operator.matmul: gast.MatMult,
    operator.and_: gast.BitAnd, operator.or_: gast.BitOr, operator.xor: gast.BitXor,
    operator.lshift: gast.LShift, operator.rshift: gast.RShift,
}  # fmt: skip
UNARY = {
    operator.neg: gast.USub, operator.pos: gast.UAdd, operator.invert: gast.Invert,
    operator.not_: gast.Not,
}  # fmt: skip
COMPARED = {
    operator.eq: gast.Eq, operator.ne: gast.NotEq, operator.lt: gast.Lt, operator.le: gast.LtE,
    operator.gt: gast.Gt, operator.ge: gast.GtE, operator.is_: gast.Is,
    operator.is_not: gast.IsNot,
}  # fmt: skip


def as_operator(state: State, node: Node, function: Any, args: Args) -> Evaluated | None:
    """Write `operator.add(a, b)` as `a + b`; None for numbers and for all other functions."""
    write = notation(function, len(args))
    if write is None or state.scope.function is None or not any(map(says_itself, args)):
        return None
    operands = [state.scope.alias(named(state, "value", arg)[0]) for arg in args]
    return evaluate(state, placed(state, node, write(operands)))


def notation(function: Any, count: int) -> Callable[[list[Node]], Node] | None:
    """Give what writes an operator for its operands; None if a function is none."""
    if count == 2 and function in BINARY:
        op = BINARY[function]()
        return lambda sides: gast.BinOp(left=sides[0], op=op, right=sides[1])
    if count == 1 and function in UNARY:
        op = UNARY[function]()
        return lambda sides: gast.UnaryOp(op=op, operand=sides[0])
    if count == 2 and function in COMPARED:
        op = COMPARED[function]()
        return lambda sides: gast.Compare(left=sides[0], ops=[op], comparators=sides[1:])
    if count == 2 and function is operator.contains:
        op = gast.In()
        return lambda sides: gast.Compare(left=sides[1], ops=[op], comparators=sides[:1])
    return None


def says_itself(arg: Evaluated) -> bool:
    """Say whether a value is no number: what an operator does with it is told by what it is."""
    kind = present(arg[1])
    return class_of(kind) is not None or isinstance(kind, (Cell, Items, Many, Mapping, Torn))
