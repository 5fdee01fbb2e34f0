"""Which names hold values that are needed at the same time.

Two names that never are may become one.
"""

from __future__ import annotations

from collections import defaultdict

import gast

from srcxform.analysis.liveness import Liveness
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import stores

Edges = dict[str, set[str]]


def interference(block: Block) -> Edges:
    """Give for each name the names that are live where it is bound; `a = b` keeps none apart."""
    solver = Interference()
    entry = solver.block(block, set())
    solver.meet(entry, entry, None)  # what comes from outside is bound before, all at once
    return dict(solver.edges)


class Interference(Liveness):
    """Notes what is live wherever a name is bound."""

    def __init__(self) -> None:
        super().__init__()
        self.edges: defaultdict[str, set[str]] = defaultdict(set)

    def meet(self, bound: set[str], live: set[str], copied: str | None) -> None:
        for name in bound:
            for other in (live | bound) - {name, copied}:
                self.edges[name].add(other)
                self.edges[other].add(name)

    def statement(self, node: Node, live: set[str]) -> set[str]:
        match node:
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)):
                self.meet({name}, live, source)
            case gast.Assign() | gast.AugAssign():
                self.meet(stores(node), live, None)
            case gast.With(items=items):
                inside = self.block(node.body, live)
                self.meet({n for item in items for n in stores(item)}, inside, None)
            case gast.For(target=target, body=body):
                before = super().statement(node, live)
                self.at_break.append(live)
                self.meet(stores(target), self.block(body, before | live), None)
                self.at_break.pop()
                return before
        return super().statement(node, live)
