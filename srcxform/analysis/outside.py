"""What the outside is told of active values, and what of it may come back.

Files, the environment, other processes, logs: a program hands them text or keeps a handle to them.
What something opaque gives after that may show an active value, and counts as text that does:

    file.write(str(x))
    y = open(path).read()       # y is text that shows x

What is only said (printed, logged, warned of) is heard again by reading streams alone, so that
a message takes nothing from the calls behind it.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

import gast
import numpy as np

from srcxform.analysis.aliasing import Aliasing
from srcxform.core import operations as op
from srcxform.kinds.lattice import UNKNOWN, Const, Kind, Opaque, Unknown
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, load_list, stores, walk

# What gives nothing back of what a file or another process was told.
DEAF = ("math", "cmath", "time", "random", "datetime", "itertools", "functools", "operator",
        "numpy.random", "logging", "warnings", "contextlib", "types")  # fmt: skip
READING = ("read", "getv")  # how methods begin that read a stream


def overheard(body: Block, active: set[str], facts: Aliasing) -> None:
    """Add the names to the texts that may show what was told before."""
    Outside(active, facts).block(body)


class Outside:
    """Goes through a program in its order, and through loops twice."""

    def __init__(self, active: set[str], facts: Aliasing, within: bool = False) -> None:
        self.active, self.facts = active, facts
        self.within = within  # a function kept apart, of which only the shape is looked at
        self.told = self.said = False
        self.deaf: set[str] = set()  # names of generators of random numbers, clocks and the like

    def block(self, block: Block) -> None:
        for statement in block:
            self.hear(statement)
            self.tell(statement)
            before = self.told, self.said
            for inner in blocks(statement):
                self.block(inner)
            if isinstance(statement, (gast.For, gast.While)) and before != (self.told, self.said):
                for inner in blocks(statement):
                    self.block(inner)

    # --- what goes out

    def tell(self, statement: Node) -> None:
        match statement:
            case gast.Assign(targets=[gast.Subscript(value=base)], value=value):
                if self.is_text(value) and self.is_outside(base):
                    self.told = True
            case gast.Assign(value=value) | gast.Expr(value=value):
                self.hand(value)
            case gast.With(items=items):
                for item in items:
                    self.hand(item.context_expr)

    def hand(self, call: Node) -> None:
        """Note what a call tells."""
        if not isinstance(call, gast.Call) or self.told:
            return
        found = self.operation(call)
        if isinstance(found, op.Apart):
            self.told |= self.shows(call) and not self.within and tells_apart(self.facts)
        elif self.shows(call):
            if op.is_said(call, self.facts.externals, self.facts.kinds):
                self.said = True
                self.told |= any(keyword.arg == "file" for keyword in call.keywords)
            elif isinstance(found, op.Method):
                self.told |= self.is_outside(found.base) and any(map(self.is_text, call.args))
            else:
                self.told |= isinstance(found, op.Foreign) and self.is_text(call)

    def is_text(self, node: Node) -> bool:
        """Say whether an operand is text that shows something active: the rest is followed."""
        if self.within:
            return any(op.is_text(self.facts.kinds.get(n, UNKNOWN)) for n in load_list(node))
        return any(name in self.facts.texts for name in load_list(node))

    def shows(self, node: Node) -> bool:
        if self.within:
            return bool(load_list(node))
        return any(name in self.active or name in self.facts.texts for name in load_list(node))

    # --- what comes back

    def hear(self, statement: Node) -> None:
        match statement:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                found = self.operation(value)
                self.deaf.discard(name)
                if isinstance(found, op.Foreign) and home(found.function).startswith(DEAF):
                    self.deaf.add(name)
                if (self.told and self.hears(value)) or (self.said and self.reads(value)):
                    self.heard([name])
            case gast.For(target=target, iter=gast.Name() as iterable):
                if (self.told or self.said) and self.is_outside(iterable):
                    self.heard(stores(target))

    def heard(self, names: Iterable[str]) -> None:
        self.facts.texts.update(names)
        self.facts.heard.update(names)

    def hears(self, value: Node) -> bool:
        """Say whether something opaque, that has a way to what was told, gives this value."""
        found = self.operation(value)
        match found:
            case op.Item(base=base) | op.Method(base=base):
                return self.is_outside(base)
            case op.Foreign(function=function, operands=names):
                if function is open or home(function).startswith(DEAF):
                    return False
                handles = [n for n in gast.walk(value) if isinstance(n, (gast.Name, gast.Constant))]
                return not names or any(self.leads_outside(n) for n in handles[1:])
            case op.Apart():
                return not self.within and hears_apart(self.facts)
        return False

    def reads(self, value: Node) -> bool:
        """Say whether a method reads a stream."""
        found = self.operation(value)
        return (
            isinstance(found, op.Method)
            and found.name.startswith(READING)
            and self.is_outside(found.base)
        )

    def leads_outside(self, node: Node) -> bool:
        """Say whether an argument may be the name of what was told, or a handle to it."""
        if isinstance(node, gast.Constant):
            return isinstance(node.value, (str, bytes))
        return op.is_text(self.kind(node)) or self.is_outside(node)

    def is_outside(self, node: Node) -> bool:
        """Say whether nothing is known of a value, or that it is an object of a foreign kind."""
        if not isinstance(node, gast.Name):
            return True
        if node.id in self.deaf:
            return False
        kind = self.kind(node)
        if isinstance(kind, Opaque):
            return not home(kind.type).startswith(DEAF) and kind.type is not np.ndarray
        if isinstance(kind, Const):
            return (
                not callable(kind.value)
                and not isinstance(
                    kind.value,
                    (str, bytes, bool, int, float, complex, type(None), types.ModuleType),
                )
                and not home(type(kind.value)).startswith(DEAF)
            )
        return isinstance(kind, Unknown)

    def kind(self, node: Node) -> Kind:
        return op.kind_of_operand(node, self.facts.kinds)

    def operation(self, node: Node) -> op.Operation:
        return op.operation(node, self.facts.externals, self.facts.functions, self.facts.kinds)


def tells_apart(facts: Aliasing) -> bool:
    """Say whether a function kept apart may tell the outside what goes into it."""
    for one in facts.functions.values():
        there = Outside(set(), Aliasing(one.kinds, facts.externals, facts.functions), within=True)
        for statement in walk(one.body):
            there.tell(statement)
        if there.told:
            return True
    return False


def hears_apart(facts: Aliasing) -> bool:
    """Say whether what a function kept apart gives may come from the outside."""
    for one in facts.functions.values():
        there = Outside(set(), Aliasing(one.kinds, facts.externals, facts.functions), within=True)
        for statement in walk(one.body):
            if isinstance(statement, gast.Assign) and there.hears(statement.value):
                return True
    return False


def home(function: Any) -> str:
    """Give the module where something is defined."""
    owner = getattr(function, "__self__", None)
    found = getattr(function, "__module__", None) or getattr(type(owner), "__module__", None)
    return found if isinstance(found, str) else ""
