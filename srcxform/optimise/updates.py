"""Let what replaces a value come after all that still reads the old one.

`t = v; v = f(v); w = g(t)` becomes `w = g(v); v = f(v)`. A single line comes up past the comment
that it stood below.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import gast

from srcxform.optimise.facts import Facts
from srcxform.optimise.purity import is_pure
from srcxform.optimise.sharing import Sharing
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import all_names, blocks, change_blocks, load_list, loads, spine, stores


def updates(block: Block, facts: Facts) -> Block:
    """Give the block with such updates moved down."""
    uses = Counter(name for s in block for name in load_list(s))
    sharing = cache(lambda: Sharing(block, facts))

    def run(block: Block) -> Block:
        for statement in block:
            change_blocks(statement, run)
        for position in range(len(block) - 1, -1, -1):
            moved(block, position)
        return block

    def moved(block: Block, position: int) -> None:
        match block[position]:
            case gast.Assign(targets=[gast.Name(id=copy)], value=gast.Name(id=name)):
                pass
            case _:
                return
        at = next((k for k in range(position + 1, len(block)) if name in stores(block[k])), None)
        if at is None or not is_update(block[at], name):
            return
        left = uses[copy] - sum(load_list(s).count(copy) for s in block[position + 1 : at + 1])
        last = at
        while left > 0 and last + 1 < len(block):
            last += 1
            if not may_pass(block[at], block[last]):
                return
            left -= load_list(block[last]).count(copy)
        if left == 0 and last > at and copy not in stores_of(block[at : last + 1]):
            passed = block[at + 1 : last + 1]
            headings = [line for line in passed if isinstance(line, Comment)]
            lines = [line for line in passed if not isinstance(line, Comment)]
            if not headings or len(lines) == 1:
                block[at : last + 1] = [*lines, block[at], *headings]

    def is_update(line: Node, name: str) -> bool:
        return isinstance(line, gast.Assign) and is_pure(line.value, facts.externals)

    def may_pass(update: Node, line: Node) -> bool:
        """Say whether an update may come after a line instead of before it."""
        if isinstance(line, Comment):
            return True
        if blocks(line) or stores(update) & set(all_names(line)):
            return False
        read = loads(update.value)
        return not read & stores(line) and not sharing().disturbs(line, read)

    return run(spine(block))


def stores_of(block: Block) -> set[str]:
    return {name for line in block for name in stores(line)}
