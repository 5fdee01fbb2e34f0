"""The block that flattening writes, and what may stay whole in it.

An expression is quiet if evaluating it runs no code of the user's and changes nothing: tests and
indices that are quiet need no names for their parts.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform.kinds.instances import is_followed
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.visit import walk

PLAIN_INDEX = (
    gast.Name, gast.Constant, gast.BinOp, gast.UnaryOp, gast.Slice, gast.Tuple,
    gast.operator, gast.unaryop, gast.expr_context,
)  # fmt: skip
Resolve = Callable[[Node], Any]


@dataclass(frozen=True, eq=False)
class Around:
    """What a nested function sees of the functions around it."""

    names: set[str]  # their own
    shifting: frozenset[str]  # names that some nested function rebinds


ALONE = Around(set(), frozenset())


class Lines:
    """Carries the block being written."""

    def __init__(self, names: Names, resolve: Resolve, around: Around) -> None:
        self.names = names
        self.resolve = resolve
        self.around = around
        self.local = around.names
        self.lines: Block = []
        self.hint = "out"

    def emit(self, line: Node) -> None:
        self.lines.append(line)

    def fresh(self, hint: str) -> str:
        name = self.names.part(hint)
        self.local.add(name)
        return name

    def temporary(self, value: Node, hint: str | None = None) -> Node:
        name = self.fresh(hint or self.hint)
        value.once = True  # what is read of it is read by the next statement
        self.emit(build.assign(name, value))
        return build.load(name)

    def handed_on(self, atoms: list[Node], returned: bool = False) -> list[Node]:
        """Give operands that go on to where they may be read more than once.

        Of what is `returned` the call that asks for it says how often.
        """
        names = {atom.id for atom in atoms if isinstance(atom, gast.Name)}
        for line in self.lines:
            if isinstance(line, gast.Assign) and getattr(line.targets[0], "id", None) in names:
                line.value.once, line.value.returned = False, returned
        return atoms

    def is_global(self, node: Node) -> bool:
        """Say whether this is a dotted name that starts outside the function."""
        while isinstance(node, gast.Attribute):
            node = node.value
        return isinstance(node, gast.Name) and node.id not in self.local

    def is_quiet_length(self, node: Node) -> bool:
        """`len(x) - 1`, `np.newaxis`: cheap and never differentiated."""
        for inner in walk(node):
            if isinstance(inner, PLAIN_INDEX) or (
                isinstance(inner, gast.Attribute) and self.is_global(inner)
            ):
                continue
            if isinstance(inner, gast.Call) and getattr(inner.func, "id", "") == "len":
                continue
            return False
        return True

    def is_quiet(self, node: Node) -> bool:
        """Say whether evaluating this can run no code of the user's and changes nothing."""
        for inner in walk(node):
            if isinstance(
                inner,
                (
                    gast.NamedExpr,
                    gast.Lambda,
                    gast.Await,
                    gast.Yield,
                    gast.comprehension,
                    gast.IfExp,
                ),
            ):
                return False
            if isinstance(inner, gast.Call) and not is_library(self.callee(inner.func)):
                return False
            if isinstance(inner, gast.keyword) and inner.arg == "out":
                return False
        return True

    def callee(self, func: Node) -> Any:
        """Give the object that is called, None for one that is bound here.

        Of an object of a user's class its method: comparing the object itself would run user code.
        """
        found = self.resolve(func) if self.is_global(func) else None
        return vars(type(found)).get("__call__") if is_followed(type(found)) else found


def is_truth(node: Node) -> bool:
    """Say whether the value is surely True or False, so that `and` loses no derivative."""
    match node:
        case gast.Compare() | gast.UnaryOp(op=gast.Not()):
            return True
        case gast.Constant(value=bool()):
            return True
        case gast.BoolOp(values=values):
            return all(map(is_truth, values))
        case gast.Call(func=gast.Name(id="isinstance" | "hasattr" | "callable" | "all" | "any")):
            return True
    return False


def is_library(function: Any) -> bool:
    """Say whether a callee is a builtin or NumPy function without effects on its arguments."""
    if isinstance(function, np.ufunc):
        return True
    if isinstance(function, types.BuiltinFunctionType):
        return function not in (builtins.next, builtins.setattr, builtins.delattr, builtins.print)
    if isinstance(function, type):
        return function in (float, int, bool, complex, str, tuple, list, range, type)
    return (getattr(function, "__module__", None) or "").split(".")[0] in ("numpy", "math")


def is_pure(function: Any, call: Node) -> bool:
    """Say whether a call of a library's function surely writes into nothing that it is given."""
    if isinstance(function, np.ufunc):
        return len(call.args) <= function.nin
    home = (getattr(function, "__module__", None) or "").split(".")[0]
    few = home == "numpy" and len(call.args) + len(call.keywords) == 1
    return few or home in ("builtins", "math", "cmath")


def is_number(node: Node) -> bool:
    return isinstance(node, gast.Constant) and type(node.value) in (int, float, complex)
