"""Assignments with one target each; unpacking takes apart what stands as a display."""

from __future__ import annotations

import gast

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.normalise.comprehensions import Comprehensions
from srcxform.normalise.generators import as_list
from srcxform.normalise.loop_else import keep
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import loads, shallow


class Assignments(Comprehensions):
    """Binds names and stores into places."""

    def on_Assign(self, node: Node) -> None:
        first = node.targets[0]
        if isinstance(first, gast.Name):
            self.hint = first.id
        elif isinstance(first, gast.Subscript) and isinstance(first.value, gast.Name):
            self.hint = "value"
        if len(node.targets) == 1:
            self.assign(first, node.value)
            return
        shared = self.atom(node.value)
        if isinstance(shared, gast.Name):
            shared = self.temporary(shared)
        for target in node.targets:
            self.assign(target, shared)

    def on_AnnAssign(self, node: Node) -> None:
        if node.value is not None:
            self.hint = getattr(node.target, "id", "value")
            self.assign(node.target, node.value)

    def assign(self, target: Node, value: Node) -> None:
        match target:
            case gast.Name(id=name):
                self.bind(name, value)
            case gast.Tuple(elts=targets) | gast.List(elts=targets):
                self.unpack(targets, value)
            case gast.Subscript() | gast.Attribute():
                stored = self.lasting(value)
                self.emit(build.assign(self.place_of_store(target), stored))
            case _:
                refuse(target, "this assignment target cannot be differentiated")

    def bind(self, name: str, value: Node) -> None:
        operation = self.operation(value)
        if name in loads(operation) and not isinstance(operation, gast.Name):
            operation = self.temporary(operation, name)
        if not (isinstance(operation, gast.Name) and operation.id == name):
            self.emit(build.assign(name, operation))

    def unpack(self, targets: list[Node], value: Node) -> None:
        starred = [k for k, t in enumerate(targets) if isinstance(t, gast.Starred)]
        displayed = isinstance(value, (gast.Tuple, gast.List)) and not starred
        if displayed and len(value.elts) == len(targets):
            self.unpack_display(targets, value.elts)
            return
        whole = self.atom(as_list(value))
        if starred:
            self.unpack_starred(targets, starred[0], whole)
            return
        plain = [t.id if isinstance(t, gast.Name) else self.fresh(self.hint) for t in targets]
        if isinstance(whole, gast.Name) and whole.id in plain:
            whole = self.temporary(whole)
        self.emit(build.assign(build.sequence(map(build.store, plain), ctx=gast.Store()), whole))
        for target, name in zip(targets, plain, strict=True):
            if not isinstance(target, gast.Name):
                self.assign(target, build.load(name))

    def unpack_display(self, targets: list[Node], values: list[Node]) -> None:
        """`a, b = b, a + b`: all values first, then all targets."""
        bound = {t.id for t in targets if isinstance(t, gast.Name)}
        held = []
        for position, (target, value) in enumerate(zip(targets, values, strict=True)):
            self.hint = getattr(target, "id", "value")
            atom = self.atom(value)
            written_before = {t.id for t in targets[:position] if isinstance(t, gast.Name)}
            later = bound and not all(isinstance(t, gast.Name) for t in targets)
            if isinstance(atom, gast.Name) and (atom.id in written_before or later):
                atom = self.temporary(atom, atom.id)
            held.append(atom)
        for target, atom in zip(targets, held, strict=True):
            self.assign(target, atom)

    def unpack_starred(self, targets: list[Node], star: int, whole: Node) -> None:
        after = len(targets) - star - 1
        base = self.temporary(whole)
        self.lines[-1].unpacked = star  # of a generator this takes all values
        for position, target in enumerate(targets):
            if position < star:
                self.assign(target, build.item(base, position))
            elif position > star:
                self.assign(target, build.item(base, build.const(position - len(targets))))
            else:
                upper = build.const(-after) if after else None
                middle = gast.Slice(lower=build.const(star), upper=upper, step=None)
                self.assign(target.value, build.call(build.const(list), build.item(base, middle)))

    def on_AugAssign(self, node: Node) -> None:
        target = node.target
        self.hint = getattr(target, "id", "value")
        if isinstance(target, gast.Name) and target.id in self.rebinds(node.value):
            old = self.temporary(build.load(target.id), target.id)
            self.on_AugAssign(keep(node, build.augment(old.id, node.op, node.value)))
            self.emit(build.assign(target.id, old))
            return
        if isinstance(target, gast.Name) or (
            self.is_quiet(node.value) and self.is_quiet(place_parts(target))
        ):
            value = self.atom(node.value)
            if not isinstance(target, gast.Name):
                target = self.place_of_store(target)
            self.emit(gast.AugAssign(target=target, op=node.op, value=value))
            return
        place = self.place_of_store(target)
        early = self.temporary(with_context(place, gast.Load())).id
        line = gast.AugAssign(target=place, op=node.op, value=self.atom(node.value))
        line.early = early  # what stood there before the right side was evaluated
        self.emit(line)

    def place_of_store(self, target: Node) -> Node:
        base = self.atom(target.value)
        if isinstance(target, gast.Attribute):
            return gast.Attribute(value=base, attr=target.attr, ctx=gast.Store())
        return gast.Subscript(value=base, slice=self.index(target.slice), ctx=gast.Store())


def place_parts(target: Node) -> Node:
    """Give what is evaluated to find the place that a target names, before the right side is."""
    parts = [target.value, *([target.slice] if isinstance(target, gast.Subscript) else [])]
    return build.sequence(parts)


def with_context(node: Node, ctx: Node) -> Node:
    new = shallow(node)
    new.ctx = ctx
    return new


def refuse(node: Node, what: str) -> None:
    raise UnsupportedError(Diagnostic(
        what, getattr(node, "place", None), "no derivative rule covers it",
        "write it with plain names, subscripts and attributes",
    ))  # fmt: skip
