"""The optimiser: small passes over core, in order, until nothing changes."""

from __future__ import annotations

import re
from collections.abc import Callable

import gast

from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Kind
from srcxform.optimise.comments import comments
from srcxform.optimise.copies import coalesce, copies
from srcxform.optimise.dead import dead
from srcxform.optimise.displays import displays
from srcxform.optimise.identities import identities
from srcxform.optimise.inline import inline
from srcxform.optimise.renumber import renumber
from srcxform.optimise.stores import shorter_stores
from srcxform.syntax.build import Block

SUFFIX = re.compile(r"(_dot|_bar|_saved)+_*$")


def tidy(block: Block, live: set[str], externals: Externals) -> Block:
    """Take displays apart, drop copies and what is dead: cheap, and enough between stages."""
    return dead(copies(displays(block)), live, externals)


def optimise(
    block: Block, kinds: dict[str, Kind], externals: Externals, user_names: frozenset[str]
) -> Block:
    """Run every pass until the text stays the same."""
    text = ""
    while (new := dump(block)) != text:
        text = new
        block = displays(block)
        block = coalesce(block, set(user_names))
        block = copies(block)
        block = identities(block, kinds, externals)
        block = dead(block, set(), externals)
        block = inline(block, temporary(user_names), externals)
        block = shorter_stores(block)
    return block


def finish(block: Block, user_names: frozenset[str]) -> Block:
    """Tidy a whole function's comments and the numbers in its names."""
    return comments(renumber(block, user_names))


def dump(block: Block) -> str:
    return "\n".join(gast.dump(statement) for statement in block)


def temporary(user_names: frozenset[str]) -> Callable[[str], bool]:
    """Say of a name whether the compiler made it up for a part of an expression."""

    def check(name: str) -> bool:
        base = SUFFIX.sub("", name)
        return base not in user_names

    return check
