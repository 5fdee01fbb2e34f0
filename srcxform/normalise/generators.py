"""Generator expressions: where they are used up, and what their elements read.

One that stands where it is used up, as in `sum(x * x for x in xs)`, is as good as a list. Any other
is an iterator over a list, which gives each element once. Its elements are computed when it is
made, not when they are drawn; what they read must not change in between.
"""

from __future__ import annotations

import builtins
import types
from typing import Any

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import stores, walk

METHODS = ("extend", "join", "update", "fromkeys")  # that use up what they are given


def as_list(node: Node) -> Node:
    """Give a list comprehension for a generator that is used up where it stands."""
    if not isinstance(node, gast.GeneratorExp):
        return node
    new = gast.ListComp(elt=node.elt, generators=node.generators)
    new.place = getattr(node, "place", None)
    return new


def is_one_loop(args: list[Node]) -> bool:
    """Say whether a call is given a generator of one loop alone."""
    match args:
        case [gast.GeneratorExp(generators=[_])]:
            return True
    return False


def uses_up(func: Node, callee: Any) -> bool:
    """Say whether a call takes all elements of a generator it is given, and keeps none."""
    if callee is None:
        return isinstance(func, gast.Attribute) and func.attr in METHODS
    if callee is builtins.next or callee is builtins.iter:
        return False
    home = (getattr(callee, "__module__", None) or "").split(".")[0]
    if isinstance(callee, (types.FunctionType, type)):
        return home in ("builtins", "numpy", "math", "functools")
    return True


def late(body: Block) -> list[Node]:
    """Give the generators bound to names whose elements are drawn after what they read changed."""
    found = []
    nodes = [node for line in body for node in walk(line)]
    for node in nodes:
        if not (isinstance(node, gast.Assign) and isinstance(node.value, gast.GeneratorExp)):
            continue
        drawn = {t.id for t in node.targets if isinstance(t, gast.Name)}
        changes = [order(n) for n in nodes if order(n) > order(node) and changed(n) & read(node)]
        uses = [order(n) for n in nodes if isinstance(n, gast.Name) and n.id in drawn]
        if changes and max(uses) > min(changes):
            found.append(node.value)
    return found


def read(node: Node) -> set[str]:
    """Give the names that the elements of a generator are made of."""
    generator = node.value
    first = {id(n) for n in walk(generator.generators[0].iter)}
    own = {name for g in generator.generators for name in stores(g.target)}
    names = {n.id for n in walk(generator) if isinstance(n, gast.Name) and id(n) not in first}
    return names - own


def changed(node: Node) -> set[str]:
    """Give the names that a statement binds, or whose storage it writes into."""
    if not isinstance(node, (gast.Assign, gast.AugAssign, gast.AnnAssign, gast.For)):
        return set()
    targets = node.targets if isinstance(node, gast.Assign) else [node.target]
    return {n.id for target in targets for n in walk(target) if isinstance(n, gast.Name)}


def order(node: Node) -> tuple[int, int]:
    place = getattr(node, "place", None)
    return (0, 0) if place is None else (place.line, place.column)


__all__ = ["as_list", "late", "uses_up"]
