"""The optimiser: small passes over core, in order, until nothing changes."""

from __future__ import annotations

from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Kind
from srcxform.optimise.comments import comments, thinned
from srcxform.optimise.common import common
from srcxform.optimise.copies import coalesce, copies
from srcxform.optimise.dead import dead
from srcxform.optimise.displays import displays
from srcxform.optimise.facts import Facts
from srcxform.optimise.guards import guards
from srcxform.optimise.identities import identities
from srcxform.optimise.inline import inline
from srcxform.optimise.renumber import renumber
from srcxform.optimise.split import Origins, own_names, rejoin, split
from srcxform.optimise.stores import shorter_stores
from srcxform.optimise.swaps import swaps
from srcxform.optimise.tapes import early_tapes
from srcxform.optimise.updates import updates
from srcxform.optimise.views import views
from srcxform.syntax.build import Block
from srcxform.syntax.mentions import block_text
from srcxform.syntax.visit import clone


def tidy(block: Block, live: set[str], externals: Externals) -> Block:
    """Take displays apart, drop copies and what is dead: cheap, and enough between stages."""
    return dead(copies(clone(displays(block))), live, externals)


def optimise(
    block: Block, kinds: dict[str, Kind], externals: Externals, user_names: frozenset[str]
) -> Block:
    """Run every pass until the text stays the same."""
    facts = Facts(dict(kinds), externals, user_names)
    block, origins = split(block, facts)
    block = early_tapes(block, facts)
    text = ""
    while (new := block_text(block)) != text:
        text = new
        block = displays(block)
        block = coalesce(block, set(user_names))
        block = copies(block, facts)
        block = common(block, facts)
        block = identities(block, facts.kinds, externals)
        block = dead(block, set(), externals)
        block = inline(block, facts)
        block = views(block, facts)
        block = updates(block, facts)
        block = shorter_stores(block)
    return early_tapes(thinned(rejoin(swaps(block, facts), origins)), facts)


def finish(block: Block, user_names: frozenset[str], webs: Origins | None = None) -> Block:
    """Tidy a whole function's comments and names."""
    return finish_together([block], user_names, webs)[0]


def finish_together(
    parts: list[Block], user_names: frozenset[str], webs: Origins | None = None
) -> list[Block]:
    """Do so for functions that hand values to one another: under the same names in each."""
    parts = own_names(parts, webs or {}, user_names)
    whole = renumber([line for part in parts for line in part], user_names)
    new = []
    for part in parts:
        new.append(comments(guards(whole[: len(part)])))
        whole = whole[len(part) :]
    return new
