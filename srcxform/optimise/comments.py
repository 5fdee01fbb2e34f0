"""Keep one comment above each group of lines that comes of one user statement."""

from __future__ import annotations

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import blocks, statements_in

COMPUTING = (gast.BinOp, gast.UnaryOp, gast.Call, gast.Compare, gast.IfExp)


def comments(block: Block) -> Block:
    """Drop comments that head nothing, and repetitions; set the first one off by a blank line."""
    new = thinned(block)
    for position, statement in enumerate(new):
        if isinstance(statement, Comment):
            statement.blank = position > 0
            break
    return new


def thinned(block: Block) -> Block:
    new: Block = []
    shown: tuple[str, int] | None = None
    for position, statement in enumerate(block):
        if isinstance(statement, Comment):
            following = block[position + 1] if position + 1 < len(block) else None
            this = (statement.text, statement.place.line)
            if this == shown or not heads(following):
                continue
            shown = this
        elif blocks(statement):
            for field in ("body", "orelse", "finalbody"):
                if getattr(statement, field, None):
                    setattr(statement, field, thinned(getattr(statement, field)))
            shown = None
        new.append(statement)
    return new


def heads(statement: Node | None) -> bool:
    """Say whether a comment above a statement tells where it comes from.

    It does not above what has comments of its own, nor where a function only hands out results.
    """
    if statement is None or isinstance(statement, Comment):
        return False
    if isinstance(statement, gast.Return):
        return any(isinstance(node, COMPUTING) for node in gast.walk(statement))
    return not any(isinstance(inner, Comment) for inner in statements_in(statement))
