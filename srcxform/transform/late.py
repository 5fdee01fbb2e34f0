"""Shadows that the forward sweep does not touch are made in the backward sweep."""

from __future__ import annotations

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import all_names, load_list, loads, stores


def late_shadows(forward: Block, backward: Block, shadows: set[str]) -> tuple[Block, Block]:
    """Move `x_bar = np.zeros_like(x)` out of the forward sweep, where nothing but x is needed."""
    kept: Block = []
    for position, line in enumerate(forward):
        name = made(line, shadows)
        rest = [*forward[:position], *forward[position + 1 :]]
        at = None if name is None or name in load_list_of(rest) else first(backward, name, line)
        if at is None or loads(line) & names_bound(forward[position + 1 :]):
            kept.append(line)
        else:
            backward = [*backward[:at], line, *backward[at:]]
    return kept, backward


def made(line: Node, shadows: set[str]) -> str | None:
    """Give the shadow that a line makes of the storage it belongs to."""
    match line:
        case gast.Assign(
            targets=[gast.Name(id=name)],
            value=gast.Call(func=gast.Attribute(attr="zeros_like"), args=[gast.Name()]),
        ) if name in shadows:
            return str(name)
    return None


def first(backward: Block, name: str, line: Node) -> int | None:
    """Find the first statement that names a shadow; None if its array is not the same by then."""
    for position, statement in enumerate(backward):
        if name in all_names(statement):
            return position
        if loads(line) & stores(statement):
            return None
    return None


def load_list_of(block: Block) -> set[str]:
    return {name for line in block for name in load_list(line)}


def names_bound(block: Block) -> set[str]:
    return {name for line in block for name in stores(line)}
