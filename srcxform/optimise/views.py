"""Look at a part of an array instead of copying it, where it is not written before it is read.

`v = np.copy(x[1:]); y = 2.0 * v; x[0] += 1.0` becomes `v = x[1:]; y = 2.0 * v; x[0] += 1.0`. What
is set to zero behind the copy is set to zero when it has been read. What is new needs no copy.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property

import gast
import numpy as np

from srcxform.analysis.liveness import live_before
from srcxform.kinds.lattice import UNKNOWN
from srcxform.kinds.shapes import in_line, shape_of
from srcxform.optimise.facts import Facts
from srcxform.optimise.sharing import Walk
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import text_of
from srcxform.syntax.visit import blocks, change_blocks, load_list, loads, spine, store_list, stores


def views(block: Block, facts: Facts) -> Block:
    """Give the block without such copies."""
    return Views(block, facts).block(spine(block))


class Views(Walk):
    """Knows how often names are read, and which of them lead to the same storage."""

    @cached_property
    def uses(self) -> Counter[str]:
        return Counter(name for s in self.lines for name in load_list(s))

    @cached_property
    def binds(self) -> Counter[str]:
        return Counter(name for s in self.lines for name in store_list(s))

    def block(self, block: Block) -> Block:
        rest = list(block)
        new: Block = []
        while rest:
            statement = rest.pop(0)
            change_blocks(statement, self.block)
            if self.copies_own(statement):
                continue
            match statement:
                case gast.Assign(targets=[gast.Name(id=name)], value=value) if (
                    (part := self.copied(name, value)) is not None
                    and name not in self.held
                    and self.binds[name] == 1
                ):
                    if self.clears(rest, part) and (last := self.last_read(name, part, rest[1:])):
                        if not any(self.touches(s, part) for s in rest[1 : last + 1]):
                            rest[: last + 1] = [*rest[1 : last + 1], rest[0]]
                    if self.last_read(name, part, rest):
                        line = build.assign(name, part)
                        line.place = getattr(statement, "place", None)
                        statement = line
            new.append(statement)
        return new

    @cached_property
    def given(self) -> set[str]:
        """What the lines read that others made."""
        return live_before(self.lines, set())

    def copies_own(self, line: Node) -> bool:
        """Say whether a line copies an array for the name that it has, and has alone."""
        match line:
            case gast.Assign(
                targets=[gast.Name(id=name)],
                value=gast.Call(args=[gast.Name(id=copied)])
                | gast.Call(
                    func=gast.Attribute(value=gast.Name(id=copied), attr="copy"), args=[]
                ) as value,
            ) if name == copied:
                kind = self.facts.kinds.get(name, UNKNOWN)
                by_function = self.facts.function(value.func) is np.copy and not value.keywords
                if in_line(kind) if not value.args else by_function and shape_of(kind):
                    return name not in self.given and self.sharing.is_alone(name)
        return False

    def copied(self, name: str, value: Node) -> Node | None:
        """Give the part of an array that is copied, if the copy lies in memory as the part does."""
        match value:
            case gast.Call(func=func, args=[gast.Subscript() as part], keywords=[]):
                return part if self.facts.function(func) is np.copy else None
            case gast.Call(
                func=gast.Attribute(value=gast.Subscript() as part, attr="copy"),
                args=[],
                keywords=[],
            ):
                return part if in_line(self.facts.kinds.get(name, UNKNOWN)) else None
        return None

    def clears(self, rest: Block, part: Node) -> bool:
        """Say whether the next statement sets to zero what was copied."""
        match rest[:1]:
            case [gast.Assign(targets=[gast.Subscript() as target], value=gast.Constant())]:
                return text_of(target.value) == text_of(part.value) and text_of(
                    target.slice
                ) == text_of(part.slice)
        return False

    def touches(self, statement: Node, part: Node) -> bool:
        """Say whether a statement reads or writes the storage that a part belongs to."""
        roots = {self.sharing.find(name) for name in loads(part.value)}
        names = loads(statement) | stores(statement)
        return any(self.sharing.find(name) in roots for name in names)

    def last_read(self, name: str, part: Node, rest: Block) -> int:
        """Count the statements up to the last that reads a copy; 0 if the part changes before."""
        left = self.uses[name]
        for position, statement in enumerate(rest):
            if blocks(statement) or loads(part.slice) & stores(statement):
                return 0
            left -= load_list(statement).count(name)
            if left == 0:
                return position + 1
            if self.sharing.disturbs(statement, loads(part.value)):
                return 0
        return 0
