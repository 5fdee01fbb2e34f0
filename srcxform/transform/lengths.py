"""Lengths that a loop's variable decides, for values that live within one turn.

Inside a turn `a[j:, j]` and `chol[j:, j]` are equally long, whatever j is. That holds for names
bound once, in front of all that reads them in the same turn; a value kept for the next turn has
another length by then.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Array, Dim, Kind, Number
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.scope import Scope, State
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, load_list, store_list, stores


def lengths_in_turns(body: Block, kinds: dict[str, Kind], externals: Externals) -> dict[str, Kind]:
    """Give the kinds with such lengths named."""
    lengths = Lengths(body, dict(kinds), externals)
    lengths.block(body, False)
    return lengths.kinds


class Lengths:
    """Walks the program with the kinds found so far."""

    def __init__(self, body: Block, kinds: dict[str, Kind], externals: Externals) -> None:
        self.kinds = kinds
        self.externals = externals
        self.uses = Counter(name for line in body for name in load_list(line))
        self.binds = Counter(name for line in body for name in store_list(line))

    def block(self, block: Block, inside: bool) -> None:
        for position, statement in enumerate(block):
            if isinstance(statement, gast.For):
                self.name_turn(statement)
            for inner in blocks(statement):
                self.block(inner, inside or isinstance(statement, (gast.For, gast.While)))
            match statement:
                case gast.Assign(targets=[gast.Name(id=name)], value=value) if inside:
                    if self.is_vague(name) and self.is_local(name, block[position + 1 :]):
                        self.refine(name, value)

    def name_turn(self, loop: Node) -> None:
        """Let the variable of a loop over positions name its own value."""
        target = loop.target
        if not isinstance(target, gast.Name) or not is_range(loop.iter):
            return
        kind = self.kinds.get(target.id)
        within = {name for line in loop.body for name in stores(line)}
        if isinstance(kind, Number) and kind.cls == "i" and kind.size is None:
            if target.id not in within:
                self.kinds[target.id] = Number("i", Dim(target.id, 0, False))

    def is_vague(self, name: str) -> bool:
        kind = self.kinds.get(name)
        return isinstance(kind, Array) and kind.dims is not None and None in kind.dims

    def is_local(self, name: str, rest: Block) -> bool:
        read = sum(load_list(line).count(name) for line in rest)
        return self.binds[name] == 1 and read == self.uses[name]

    def refine(self, name: str, value: Node) -> None:
        state = State(self.externals, env=dict(self.kinds), scope=Scope(None), fixed=True)
        found = evaluate(state, value)[1]
        old = self.kinds[name]
        if isinstance(found, Array) and isinstance(old, Array) and found.rank == old.rank:
            if found.cls == old.cls:
                self.kinds[name] = found


def is_range(header: Node) -> bool:
    """Say whether a loop runs over positions, in whatever order."""
    match header:
        case gast.Call(func=gast.Name(id="range")):
            return True
        case gast.Call(func=gast.Name(id="reversed"), args=[inner]):
            return is_range(inner)
    return False
