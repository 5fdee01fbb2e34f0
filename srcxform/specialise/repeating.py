"""Which statements may run twice, under other names, without anyone noticing."""

from __future__ import annotations

import builtins
from typing import Any

import gast
import numpy as np

from srcxform.analysis.aliasing import Aliasing, Storage, writes_of
from srcxform.core.callees import QUIET, TEXTS, is_exception, is_one_of
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Array, Items, Many, Mapping, Number
from srcxform.rules.registry import rule_of
from srcxform.specialise.risks import Risks
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import stores, walk

PURE_BUILTINS = (
    builtins.abs, builtins.min, builtins.max, builtins.sum, builtins.float, builtins.int,
    builtins.bool, builtins.complex, builtins.range, builtins.list, builtins.tuple, builtins.dict,
    builtins.reversed, builtins.enumerate, builtins.zip, builtins.round, builtins.pow,
    builtins.divmod, builtins.sorted, builtins.getattr, builtins.any, builtins.all, builtins.set,
    builtins.frozenset, builtins.slice, builtins.ord, builtins.chr, builtins.iter,
)  # fmt: skip
READING = ("copy", "get", "keys", "values", "items", "index", "count", "startswith", "endswith",
           "lower", "upper", "strip", "split", "join", "format", "replace", "isdigit",
           "tolist", "item")  # fmt: skip
CHANGING = ("append", "extend", "insert", "pop", "update", "setdefault", "clear", "remove", "sort",
            "reverse", "add", "popitem")  # fmt: skip
ODD = (gast.NamedExpr, gast.Await, gast.Yield, gast.YieldFrom, gast.Lambda)


class Repeating:
    """Knows what shares memory: a write into what the repeated part itself made is repeatable."""

    def __init__(
        self, facts: Aliasing, risks: Risks, externals: Externals, functions: dict[str, Any]
    ) -> None:
        self.facts = facts
        self.risks = risks
        self.externals = externals
        self.functions = functions

    def block(self, block: Block, own: set[str]) -> bool:
        return all(self.statement(statement, own) for statement in block)

    def statement(self, node: Node, own: set[str]) -> bool:
        """Say whether a statement may run twice; `own` are the names that are bound anew."""
        for inner in walk(node):
            match inner:
                case gast.Import() | gast.ImportFrom() | gast.Delete() | gast.Global():
                    return False
                case gast.With():
                    if not all(self.is_calm(item.context_expr) for item in inner.items):
                        return False
                case gast.Subscript(value=base, ctx=gast.Store()):
                    if not self.is_fresh(base, own):
                        return False
                case gast.Attribute(ctx=gast.Store()):
                    return False
                case gast.AugAssign(target=gast.Name() as target):
                    if not isinstance(self.risks.kind(target), Number):
                        if not self.is_fresh(target, own):
                            return False
                case gast.Call(func=func):
                    if not self.call(inner, func, own):
                        return False
            if isinstance(inner, ODD):
                return False
        return True

    def writes(self, callee: Any) -> bool:
        """Say whether a function kept apart writes into its arguments, as far as it is read."""
        found = writes_of(callee, self.externals, self.functions)
        for one in self.functions.values():
            one.writes = None  # their bodies may grow yet
        return bool(found)

    def is_calm(self, manager: Node) -> bool:
        """Say whether a context manager changes nothing that stays changed."""
        return True

    def call(self, node: Node, func: Node, own: set[str]) -> bool:
        if isinstance(func, gast.Name) and func.id in self.functions:
            return not self.writes(self.functions[func.id])
        function = self.risks.object(func)
        if function is None:
            if not isinstance(func, gast.Attribute):
                return False
            if func.attr in READING:
                return True
            kind = self.risks.kind(func.value)
            held = isinstance(kind, (Items, Many, Mapping, Array))
            return held and func.attr in CHANGING and self.is_fresh(func.value, own)
        if function is builtins.print:
            return False
        if is_one_of(function, (*PURE_BUILTINS, *QUIET, *TEXTS)) or is_exception(function):
            return True
        if any(k.arg == "out" for k in node.keywords):
            return False
        if isinstance(function, np.ufunc) or rule_of(function) is not None:
            return True
        home = (getattr(function, "__module__", None) or "").split(".")[0]
        return home == "math" or (getattr(function, "__module__", "") or "").startswith(
            "srcxform.runtime"
        )

    def calls_users(self, block: Block) -> bool:
        """Say whether a block calls what may refuse on its own."""
        for inner in walk(block):
            if isinstance(inner, gast.Call):
                if isinstance(inner.func, gast.Name) and inner.func.id in self.functions:
                    return True
                if self.risks.object(inner.func) is None:
                    if not isinstance(inner.func, gast.Attribute):
                        return True
        return False

    def is_fresh(self, base: Node, own: set[str]) -> bool:
        """Say whether storage is reached by names alone that are bound anew."""
        if not isinstance(base, gast.Name) or base.id not in own:
            return False
        root = self.facts.storage(base.id)
        return all(
            name in own
            for name in list(self.facts.of_name)
            if holds(self.facts.storage(name), root)
        )

    def writes_outside(self, node: Node) -> bool:
        """Say whether a statement changes what it did not make itself."""
        return not self.statement(node, stores(node))


def holds(storage: Storage, part: Storage) -> bool:
    """Say whether a class of storage is another one, or leads to it."""
    waiting = [storage.root()]
    seen: list[Storage] = []
    while waiting:
        one = waiting.pop().root()
        if one is part.root():
            return True
        if not any(one is other for other in seen):
            seen.append(one)
            waiting += one.fields.values()
    return False
