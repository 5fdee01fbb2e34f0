"""Which names a block surely binds."""

from __future__ import annotations

import gast

from srcxform.syntax.build import Block
from srcxform.syntax.visit import stores


def surely_bound(block: Block) -> set[str]:
    """Give the names that a block binds on every path to its end."""
    found: set[str] = set()
    for statement in block:
        if isinstance(statement, gast.If):
            paths = [surely_bound(b) for b in (statement.body, statement.orelse) if not raises(b)]
            found |= set.intersection(*paths) if paths else set()
        elif isinstance(statement, gast.With):
            found |= {n for item in statement.items for n in stores(item)}
            found |= surely_bound(statement.body)
        elif isinstance(statement, gast.Try):
            found |= surely_bound([] if statement.handlers else statement.body)
            found |= surely_bound(statement.finalbody)
        elif not isinstance(statement, (gast.For, gast.While, gast.AugAssign)):
            found |= stores(statement)
    return found


def raises(block: Block) -> bool:
    return bool(block) and isinstance(block[-1], gast.Raise)
