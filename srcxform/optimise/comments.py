"""Keep one comment above each group of lines that comes of one user statement."""

from __future__ import annotations

from srcxform.syntax.build import Block
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import blocks


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
            if following is None or isinstance(following, Comment) or this == shown:
                continue
            shown = this
        elif blocks(statement):
            for field in ("body", "orelse", "finalbody"):
                if getattr(statement, field, None):
                    setattr(statement, field, thinned(getattr(statement, field)))
            shown = None
        new.append(statement)
    return new
