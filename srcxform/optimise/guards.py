"""What follows a way out needs no `else`.

`if t: break` with `else: ...` becomes `if t: break` and then the rest, as users write it.
"""

from __future__ import annotations

import gast

from srcxform.syntax.build import Block
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import change_blocks, clone

LEAVING = (gast.Break, gast.Raise, gast.Return, gast.Continue)


def guards(block: Block) -> Block:
    """Take what stands under `else` out of it, where the other branch does not come back.

    >>> from srcxform.emit.printing import show
    >>> print(show(guards(gast.parse("while a:\\n if b: break\\n else: a = c").body)))
    while a:
        if b:
            break
        a = c
    """
    return run(clone(block))


def run(block: Block) -> Block:
    new: Block = []
    for statement in block:
        change_blocks(statement, run)
        new.append(statement)
        if isinstance(statement, gast.If) and statement.orelse and leaves(statement.body):
            new += statement.orelse
            statement.orelse = []
    return new


def leaves(block: Block) -> bool:
    code = [s for s in block if not isinstance(s, Comment)]
    return bool(code) and isinstance(code[-1], LEAVING)
