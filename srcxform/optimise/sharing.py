"""Which names may lead to the same storage, in the text that is being tidied.

`y_bar = np.zeros_like(y); y_bar[i] += x[i]` does not change what `x[i + 1]` reads: the array is
new, and nothing else leads to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cached_property

import gast

from srcxform.analysis.liveness import live_before
from srcxform.kinds.lattice import Array
from srcxform.optimise.facts import SUFFIX, Facts
from srcxform.optimise.holding import held, makes_new, uses_tape
from srcxform.optimise.purity import pure_callee
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import mentioned, parts
from srcxform.syntax.visit import blocks, loads, statements_in, stores


class Walk:
    """A walk over the lines of a block, which asks for what they share when it has to."""

    def __init__(self, lines: Block, facts: Facts) -> None:
        self.lines = lines
        self.facts = facts

    @cached_property
    def held(self) -> set[str]:
        return held(self.lines, self.facts)

    @cached_property
    def sharing(self) -> Sharing:
        return Sharing(self.lines, self.facts)


def lone_shadows(block: Block, facts: Facts) -> Callable[[str], bool]:
    """Give what says of a shadow whether its array is made here, and nothing else leads to it."""
    sharing = cache(lambda: Sharing(block, facts))
    outside = cache(lambda: live_before(block, set()))

    def is_lone(name: str) -> bool:
        if SUFFIX.search(name) is None or not isinstance(facts.kinds.get(name), Array):
            return False
        return name not in outside() and sharing().is_alone(name)

    return is_lone


def last_written(block: Block, facts: Facts) -> Callable[[str, set[str]], bool]:
    """Give what says whether nobody can read an array made here, with these names live.

    Only of what the compiler named: shadows, and parts of expressions that are new arrays.
    """
    sharing = cache(lambda: Sharing(block, facts))
    outside = cache(lambda: live_before(block, set()))
    old = cache(lambda: looking(block, sharing()))

    def is_left(name: str, live: set[str]) -> bool:
        if not isinstance(facts.kinds.get(name), Array):
            return False
        if SUFFIX.search(name) is None and (not facts.is_temporary(name) or name in old()):
            return False
        return not sharing().names_with(name) & (live | outside())

    return is_left


def looking(block: Block, sharing: Sharing) -> set[str]:
    """Give the names that may look at an array that was there before."""
    found: set[str] = set()
    for top in block:
        for line in statements_in(top):
            match line:
                case gast.Assign(targets=[gast.Name()], value=value) if sharing.is_new(value):
                    continue
                case gast.For(target=target):
                    found |= stores(target)
            found |= stores(line) if not blocks(line) else set()
    return found


class Sharing:
    """Classes of names that may share storage; what comes from outside is one class."""

    def __init__(self, block: Block, facts: Facts) -> None:
        self.facts = facts
        self.parent: dict[str, str] = {}
        self.unite(live_before(block, set()))
        self.block(block)

    def find(self, name: str) -> str:
        while (above := self.parent.get(name, name)) != name:
            name = above
        return name

    def is_alone(self, name: str) -> bool:
        """Say whether no other name leads to the storage of this one."""
        return self.find(name) == name and all(self.find(n) != name for n in self.parent)

    def names_with(self, name: str) -> set[str]:
        """Give the names that may lead to the storage of this one."""
        root = self.find(name)
        return {root} | {n for n in self.parent if self.find(n) == root}

    def unite(self, names: set[str]) -> None:
        first: str | None = None
        for name in sorted(names):
            if self.facts.is_number(name) or name in self.facts.externals.objects:
                continue
            root = self.find(name)
            if first is not None and root != first:
                self.parent[root] = first
            first = self.find(first) if first is not None else root

    def block(self, block: Block) -> None:
        for statement in block:
            for inner in blocks(statement):
                self.block(inner)
            match statement:
                case gast.Assign(targets=[target], value=value):
                    self.assigned(target, value)
                case gast.AugAssign(target=gast.Name(id=name), value=value):
                    if not self.facts.is_numeric(name):
                        self.unite({name} | loads(value))
                case gast.For(target=target, iter=iterable):
                    self.unite(stores(target) | loads(iterable))
                case gast.Expr(value=value):
                    self.unite(loads(value))
                case gast.With(items=items):
                    self.unite({n for item in items for n in loads(item) | stores(item)})
                case gast.Try(handlers=[_, *_]):
                    self.unite(loads(statement) | stores(statement))

    def assigned(self, target: Node, value: Node) -> None:
        if isinstance(target, gast.Subscript) and isinstance(target.value, gast.Name):
            if self.facts.is_numeric(target.value.id):
                return  # elements are copied
        if not self.is_new(value):
            self.unite(stores(target) | loads(target) | loads(value))

    def is_new(self, value: Node) -> bool:
        """Say whether an expression makes storage of its own."""
        if isinstance(value, (gast.BinOp, gast.UnaryOp)):
            return all(
                self.facts.is_numeric(n) or n in self.facts.externals.objects for n in loads(value)
            )
        if not isinstance(value, gast.Call):
            return isinstance(value, (gast.Constant, gast.Compare))
        if makes_new(self.facts.function(value.func), value.args):
            return True
        if isinstance(value.func, gast.Attribute) and value.func.attr == "copy":
            base = value.func.value
            base = base.value if isinstance(base, gast.Subscript) else base
            return isinstance(base, gast.Name) and self.facts.is_numeric(base.id)
        return False

    def disturbs(self, line: Node, read: Iterable[str]) -> bool:
        """Say whether a statement may change the content of what these names lead to."""
        return self.reaches(self.written(line), read)

    def written(self, line: Node) -> set[str]:
        """Give what stands for the storage that a statement writes into, for `reaches`."""
        found: set[str] = set()
        for part in parts(line):
            known = mentioned(part)
            found.update(known.updated)
            for place in known.stored:
                found |= mentioned(place.value).loads
            for call in known.calls:
                if not pure_callee(call.func, self.facts.externals):
                    if not uses_tape(call, self.facts):
                        found |= mentioned(call).loads
        return {self.find(name) for name in found}

    def reaches(self, written: set[str], read: Iterable[str]) -> bool:
        """Say whether some of these names lead to such storage."""
        return bool(written) and any(
            self.find(name) in written for name in read if not self.facts.is_number(name)
        )
