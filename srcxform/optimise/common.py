"""Compute once what is computed twice: `a = x * y; b = x * y` becomes `a = x * y; b = a`.

Stands before names are drawn into expressions. Only what the compiler named is replaced, so the
user's statements keep their form.
"""

from __future__ import annotations

import gast

from srcxform.optimise.facts import Facts
from srcxform.optimise.purity import is_pure
from srcxform.optimise.sharing import Walk
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import mentioned, text_of
from srcxform.syntax.visit import (
    all_names,
    blocks,
    change_blocks,
    load_list,
    loads,
    rename,
    spine,
    statements_in,
    stores,
)

Known = dict[str, tuple[str, Node]]  # an expression's text: the name that holds it, and itself
PLAIN = (
    gast.Name, gast.Constant, gast.Tuple, gast.List, gast.Dict, gast.Lambda, gast.Compare,
)  # fmt: skip


def common(block: Block, facts: Facts) -> Block:
    """Give the block without repeated computations."""
    return Common(block, facts).block(spine(block), {})


class Common(Walk):
    """Walks a block with what has been computed so far."""

    def __init__(self, lines: Block, facts: Facts) -> None:
        super().__init__(lines, facts)
        self.noted: set[str] = set()  # the names in all that has been known at any time

    def block(self, block: Block, known: Known) -> Block:
        new: Block = []
        waiting = list(reversed(block))
        while waiting:
            statement = waiting.pop()
            if blocks(statement):
                self.compound(statement, known)
                new.append(statement)
                continue
            if self.is_known(statement, known):
                continue
            if (earlier := self.named_earlier(statement, new, waiting, known)) is not None:
                new = earlier
                name = statement.targets[0].id
                forget(known, {name, known[self.key(statement.value, statement)][0]})
                self.note(statement, known)
                continue
            line = self.replaced(statement, known)
            self.forget_content(line, known)
            if not self.noted.isdisjoint(bound := stores(line)):
                forget(known, bound)
            self.note(line, known)
            new.append(line)
        return new

    def compound(self, statement: Node, known: Known) -> None:
        is_loop = isinstance(statement, (gast.For, gast.While))
        if is_loop:
            same = self.given_again(statement, known)
            self.forget_changed(statement, known)
            known.update(same)
        change_blocks(statement, lambda inner: self.block(inner, dict(known)))
        if not is_loop:
            self.forget_changed(statement, known)

    def given_again(self, loop: Node, known: Known) -> Known:
        """Give what a loop's body only computes once more, with the same outcome."""
        lines = [s for block in blocks(loop) for top in block for s in statements_in(top)]
        same: Known = {}
        for key, (name, value) in known.items():
            binding = [s for s in lines if not blocks(s) and name in stores(s)]
            if binding and all(
                isinstance(s, gast.Assign)
                and isinstance(s.targets[0], gast.Name)
                and self.key(s.value, s) == key
                for s in binding
            ):
                same[key] = name, value
        changed = stores(loop) - {name for name, _ in same.values()}
        return {
            key: (name, value)
            for key, (name, value) in same.items()
            if not loads(value) & changed and not self.sharing.disturbs(loop, loads(value))
        }

    def forget_changed(self, statement: Node, known: Known) -> None:
        if not known:
            return
        forget(known, stores(statement))
        self.forget_content(statement, known)

    def forget_content(self, line: Node, known: Known) -> None:
        """Something may be written in place."""
        written = self.sharing.written(line) if known else set()
        if not written:
            return
        for key, (name, value) in list(known.items()):
            if self.sharing.reaches(written, {name, *mentioned(value).loads}):
                del known[key]

    def is_known(self, line: Node, known: Known) -> bool:
        """Say whether a name holds already what it is to be given."""
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                again = self.may_share(name, name) or self.is_view(value)
                return again and known.get(self.key(value, line), ("",))[0] == name
        return False

    def is_view(self, value: Node) -> bool:
        """Say whether an expression only looks at a part of an array, or of a dict."""
        if not isinstance(value, gast.Subscript) or not isinstance(value.value, gast.Name):
            return False
        return all(map(self.facts.is_number, loads(value.slice)))

    def replaced(self, line: Node, known: Known) -> Node:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if self.facts.is_temporary(
                name
            ):
                found = known.get(self.key(value, line))
                if found is not None and found[0] != name and self.may_share(name, found[0]):
                    new = build.assign(name, build.load(found[0]))
                    new.place = getattr(line, "place", None)
                    return new
        return line

    def named_earlier(self, line: Node, done: Block, waiting: Block, known: Known) -> Block | None:
        """Give what is done with a part under the name that it gets here, if it has no other use.

        `t = y / x; z = np.sum(t); y_bar = y / x`, where `y_bar` is written to later.
        """
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                part, _ = known.get(self.key(value, line), ("", None))
            case _:
                return None
        if not self.facts.is_temporary(part) or self.may_share(name, part) or part in self.held:
            return None
        start = next((k for k, s in enumerate(done) if not blocks(s) and part in stores(s)), None)
        if start is None or any(name in all_names([s]) for s in done[start:]):
            return None
        if any(part in loads(s) for s in waiting) or reads(done[start:], part) != reads(
            self.lines, part
        ):
            return None
        return [*done[:start], *rename(done[start:], {part: name})]

    def may_share(self, name: str, other: str) -> bool:
        if self.facts.is_number(name) and self.facts.is_number(other):
            return True
        return not {name, other} & self.held

    def note(self, line: Node, known: Known) -> None:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if not isinstance(
                value, PLAIN
            ) and is_pure(value, self.facts.externals):
                if name not in (read := loads(value)):
                    known.setdefault(self.key(value, line), (name, value))
                    self.noted |= {name, *read}

    def key(self, value: Node, line: Node) -> str:
        """Give a text that equal expressions share; sums and products of two commute exactly.

        Reading an element costs next to nothing: it is shared within one statement only, unless
        it has the same name.
        """
        match value:
            case gast.Subscript():
                name, place = line.targets[0].id, getattr(line, "place", None)
                where = f"{place.line} {place.file}" if place is not None else ""
                if not self.facts.is_temporary(name):
                    where = name
                return f"{where} {text_of(value)}"
            case gast.BinOp(left=left, op=gast.Add() | gast.Mult() as operator, right=right) if all(
                map(self.facts.is_numeric, loads(value))
            ):
                first, second = sorted((text_of(left), text_of(right)))
                return f"{type(operator).__name__} {first} {second}"
        return text_of(value)


def reads(block: Block, name: str) -> int:
    return sum(load_list(line).count(name) for line in block)


def forget(known: Known, bound: set[str]) -> None:
    for key, (name, value) in list(known.items()):
        if name in bound or not bound.isdisjoint(mentioned(value).loads):
            del known[key]
