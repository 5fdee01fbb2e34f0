"""The parts of a user's statement, as few as there can be before it is differentiated.

`x[i] * x[i]` reads one element, not two, and so has one cotangent; and a value that only waits
for its name is computed under it.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.analysis.aliasing import Aliasing
from srcxform.analysis.liveness import live_before
from srcxform.optimise.common import PLAIN
from srcxform.optimise.facts import Facts
from srcxform.optimise.holding import has_effect
from srcxform.optimise.purity import is_pure
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import (
    blocks,
    change_blocks,
    clone,
    load_list,
    loads,
    rename,
    store_list,
    stores,
)


def fewer_parts(body: Block, storage: Aliasing, facts: Facts) -> Block:
    """Give a program's body with repeated parts of its statements computed once."""
    parts = Parts(body, storage, facts)
    new = parts.block(clone(body))
    return [rename(line, parts.renamed) for line in new] if parts.renamed else new


class Parts:
    """Knows how often each name is read and bound in the whole program."""

    def __init__(self, body: Block, storage: Aliasing, facts: Facts) -> None:
        self.storage = storage
        self.facts = facts
        self.uses = Counter(name for line in body for name in load_list(line))
        self.binds = Counter(name for line in body for name in store_list(line))
        self.given = live_before(body, set())
        self.renamed: dict[str, str | Node] = {}  # a repeated part: the name that has it already

    def is_part(self, name: str) -> bool:
        """Say whether a name was made up for a part of an expression that nobody writes to."""
        once = self.facts.is_temporary(name) and self.binds[name] == 1
        return once and not self.storage.is_changed(name)

    def block(self, block: Block) -> Block:
        new: Block = []
        known: dict[str, str] = {}
        place = None
        for statement in block:
            if blocks(statement):
                change_blocks(statement, self.block)
                new.append(statement)
                place = None
                continue
            if place is None or getattr(statement, "place", None) != place:
                known, place = {}, getattr(statement, "place", None)
            line = rename(statement, self.renamed) if self.renamed else statement
            if (found := self.repeated(line, known)) is not None:
                self.renamed[line.targets[0].id] = found
                self.uses[found] += 1
                continue
            if has_effect(line, self.facts):
                known = {}
            bound = stores(line)
            known = {key: name for key, name in known.items() if not self.depends(key, name, bound)}
            self.note(line, known)
            self.given_name(new, line, known)
        return new

    def depends(self, key: str, name: str, bound: set[str]) -> bool:
        return name in bound or any(f"id='{one}'" in key for one in bound)

    def repeated(self, line: Node, known: dict[str, str]) -> str | None:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if self.is_part(name):
                if self.uses[name] == 1:  # by this very statement
                    return known.get(gast.dump(value))
        return None

    def note(self, line: Node, known: dict[str, str]) -> None:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if (
                self.is_part(name)
                and not isinstance(value, PLAIN)
                and name not in loads(value)
                and is_pure(value, self.facts.externals)
            ):
                known[gast.dump(value)] = name

    def given_name(self, new: Block, line: Node, known: dict[str, str]) -> None:
        """`t = e; y = t` becomes `y = e` where y has no other value."""
        match line, new[-1] if new else None:
            case (
                gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)),
                gast.Assign(targets=[gast.Name(id=made)], value=value),
            ) if made == source and self.facts.is_temporary(source):
                once = self.uses[source] == self.binds[source] == self.binds[name] == 1
                if once and name not in self.given and name not in loads(value):
                    new[-1] = build.assign(name, value)
                    new[-1].place = getattr(line, "place", None)
                    for key in [key for key, held in known.items() if held == source]:
                        del known[key]
                    return
        new.append(line)
