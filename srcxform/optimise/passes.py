"""The optimiser: small passes over core, in order, until nothing changes."""

from __future__ import annotations

from collections.abc import Callable

from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Kind
from srcxform.optimise.branches import branches
from srcxform.optimise.comments import comments, thinned
from srcxform.optimise.common import common
from srcxform.optimise.copies import coalesce, copies
from srcxform.optimise.counts import counts
from srcxform.optimise.dead import dead
from srcxform.optimise.displays import displays
from srcxform.optimise.facts import Facts
from srcxform.optimise.guards import guards
from srcxform.optimise.identities import identities
from srcxform.optimise.inline import inline
from srcxform.optimise.renumber import renumber
from srcxform.optimise.sharing import last_written
from srcxform.optimise.split import Origins, own_names, rejoin, split
from srcxform.optimise.stores import shorter_stores
from srcxform.optimise.swaps import swaps
from srcxform.optimise.tapes import early_tapes
from srcxform.optimise.unread import unread_dicts, unread_tapes
from srcxform.optimise.updates import updates
from srcxform.optimise.views import views
from srcxform.syntax.build import Block
from srcxform.syntax.mentions import block_text
from srcxform.syntax.visit import blocks, clone


def tidy(block: Block, live: set[str], externals: Externals) -> Block:
    """Take displays apart, drop copies and what is dead: cheap, and enough between stages."""
    left = dead(copies(clone(displays(block))), live, externals)
    new = unread_dicts(left)
    return left if new is left else dead(new, live, externals)


def optimise(
    block: Block, kinds: dict[str, Kind], externals: Externals, user_names: frozenset[str]
) -> Block:
    """Run every pass until the text stays the same."""
    facts = Facts(dict(kinds), externals, user_names)
    block, origins = split(block, facts)
    block = settled(early_tapes(joined_early(block, facts), facts), facts)
    block = counts(swaps(block, facts), facts)
    return early_tapes(thinned(rejoin(block, origins)), facts)


def joined_early(block: Block, facts: Facts) -> Block:
    """Join branches before their lines are drawn into one another: what both compute is shared."""
    block = copies(coalesce(displays(block), set(facts.user_names)), facts)
    return branches(dead(block, set(), facts.externals), facts)


def settled(block: Block, facts: Facts) -> Block:
    """Run the passes in turn until none of them changes anything, or a text comes back."""
    rounds: tuple[Callable[[Block], Block], ...] = (
        lambda block: displays(block),
        lambda block: branches(block, facts),
        lambda block: coalesce(block, set(facts.user_names)),
        lambda block: copies(block, facts),
        lambda block: common(block, facts),
        lambda block: identities(block, facts),
        lambda block: dead(block, set(), facts.externals, last_written(block, facts)),
        lambda block: unread_dicts(unread_tapes(block, facts)),
        lambda block: inline(block, facts),
        lambda block: views(block, facts),
        lambda block: updates(block, facts),
        lambda block: shorter_stores(block, facts),
    )
    seen: set[str] = set()
    quiet = 0
    while (text := block_text(block)) not in seen:
        seen.add(text)
        for run in rounds:
            before, block = block, run(block)
            quiet = quiet + 1 if is_same(before, block) else 0
            if quiet == len(rounds):
                return block
    return block


def is_same(before: Block, after: Block) -> bool:
    """Say whether a pass left a block as it was: of the very same statements."""
    if len(before) != len(after):
        return False
    for old, new in zip(before, after, strict=True):
        if old is new:
            continue
        if type(old) is not type(new) or not blocks(old):
            return False
        for field in old._fields:
            a, b = getattr(old, field, None), getattr(new, field, None)
            if isinstance(a, list) and isinstance(b, list):
                if not is_same(a, b):
                    return False
            elif a is not b:
                return False
    return True


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
