"""What a program does with its parameters: which are written to, which integers must stay such.

An int among the arguments counts as a real number where arithmetic is done with it. A program that
also uses it as a count, a length or a position runs only with the integer itself; where that is
its only use, no derivative exists.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform.analysis.activity import activity, is_active, operands
from srcxform.analysis.aliasing import Aliasing, parts_of
from srcxform.analysis.views import steady
from srcxform.core import operations as op
from srcxform.core.callees import is_enum, known_object
from srcxform.kinds.lattice import Cell, Const, Items, Kind, Many
from srcxform.specialise.program import Program

INTEGRAL = (
    range, chr, bin, hex, oct, math.factorial, math.isqrt, math.comb, math.perm, math.gcd,
    math.lcm, np.gcd, np.lcm, np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.arange,
    np.indices, np.unravel_index, np.ravel_multi_index, np.tril_indices, np.triu_indices,
    np.diag_indices, np.broadcast_shapes, np.random.default_rng, np.random.RandomState,
)  # fmt: skip
BITS = (gast.BitAnd, gast.BitOr, gast.BitXor, gast.LShift, gast.RShift)


@dataclass(frozen=True)
class Uses:
    """What a program does with some of its parameters, by position."""

    counted: tuple[int, ...] = ()  # integers that are differentiated, used where only these can be
    unmoved: tuple[int, ...] = ()  # of these, the ones through which no derivative passes
    written: tuple[int, ...] = ()  # anything in them may be written to


def uses_of(program: Program, storage: Aliasing, integers: tuple[int, ...]) -> Uses:
    """Say how a program uses its parameters, and the integers in the parameters `integers`."""
    names = program.parameters
    counted = tuple(k for k in integers if is_counted(program, names[k]))
    unmoved = tuple(k for k in counted if not is_followed(program, names[k]))
    written = tuple(k for k, name in enumerate(names) if is_written(storage, name))
    return Uses(counted, unmoved, written)


def is_written(storage: Aliasing, name: str) -> bool:
    """Say whether anything that a name leads to is written in place."""
    if name not in storage.of_name:
        return False
    return any(part.changed for part in parts_of(storage.storage(name)))


def is_counted(program: Program, parameter: str) -> bool:
    """Say whether a parameter, or what is computed from it, is used where only integers can be."""
    search = Search(program, parameter)
    return any(search.counts(node) for line in program.body for node in gast.walk(line))


def is_followed(program: Program, parameter: str) -> bool:
    """Say whether a derivative passes from a parameter to the result."""
    active = Search(program, parameter).active
    return any(
        isinstance(node, gast.Return) and is_active(node.value, active)
        for line in program.body
        for node in gast.walk(line)
    )


class Search:
    """What depends on one parameter, and where it is used."""

    def __init__(self, program: Program, parameter: str) -> None:
        self.program = program
        # Activity marks storage: these facts are for this parameter only.
        facts = steady(program.body, program.kinds, program.externals, program.functions)
        self.active = activity(program.body, {parameter}, facts)

    def counts(self, node: Any) -> bool:
        """Say whether a node uses what depends on the parameter as an integer."""
        match node:
            case gast.Subscript(slice=index):
                return self.reaches(index)
            case gast.BinOp(left=left, op=operator, right=right):
                if isinstance(operator, BITS):
                    return self.reaches(node)
                is_repeated = any(map(self.is_sequence, (left, right)))
                return isinstance(operator, gast.Mult) and is_repeated and self.reaches(node)
            case gast.UnaryOp(op=gast.Invert()):
                return self.reaches(node)
            case gast.Call():
                return self.reaches(node) and self.takes_integers(node)
        return False

    def takes_integers(self, call: Any) -> bool:
        found = op.operation(
            call, self.program.externals, self.program.functions, self.program.kinds
        )
        match found:
            case op.RuleCall(rule=rule, given=given) if rule.primal not in INTEGRAL:
                passing = {id(node) for node in operands(rule, given)}
                return any(self.reaches(node) for node in given.values() if id(node) not in passing)
            case op.Apart() | op.Custom() | op.Taken() | op.RuleCall():
                return True
            case op.Method(args=args):
                return any(map(self.reaches, args))
        function = known_object(call.func, self.program.externals)
        return is_enum(function) or any(function is one for one in INTEGRAL)

    def reaches(self, node: Any) -> bool:
        parts = node if isinstance(node, tuple) else (node,)
        return any(is_active(part, self.active) for part in parts)

    def is_sequence(self, node: Any) -> bool:
        kind: Kind | None = None
        if isinstance(node, gast.Name):
            kind = self.program.kinds.get(node.id)
        elif isinstance(node, gast.Constant):
            kind = Const(node.value)
        is_text = isinstance(kind, Const) and isinstance(kind.value, (str, bytes))
        return is_text or isinstance(kind, (Items, Many, Cell))
