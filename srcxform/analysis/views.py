"""Views that cannot be written through: do they go on showing what they showed when made?

`np.diag(a)` looks at `a`. Where nothing writes into `a` any more, the view is as good as a copy of
its own. Where something does, but only after all reads of the view, a copy in its place gives the
same values, and keeps them for the backward sweep. In between the view shows what nobody follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform.analysis.aliasing import Aliasing, Storage, aliasing, parts_of
from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Kind
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import (
    blocks,
    change_blocks,
    load_list,
    loads,
    spine,
    statements_in,
    stores,
)


@dataclass(frozen=True)
class Place:
    """A statement's place: what follows it in its block, and what runs after it further out."""

    rest: Block
    later: Block


def with_steady_views(
    body: Block, kinds: dict[str, Kind], externals: Externals, functions: dict[str, Any]
) -> tuple[Block, Aliasing]:
    """Give a body whose views are steady as far as copies make them so, and its storage classes.

    `kinds` takes up the names that are new.
    """
    facts = steady(body, kinds, externals, functions)
    fleeting = {
        name
        for name, sources in facts.views.items()
        if name not in facts.steady
        and not facts.taking_all
        and is_read_before_writes(body, facts, name, sources)
    }
    if not fleeting:
        return body, facts
    body = with_copies(spine(body), fleeting, kinds, externals)
    return body, steady(body, kinds, externals, functions)


def with_copies(
    block: Block, fleeting: set[str], kinds: dict[str, Kind], externals: Externals
) -> Block:
    new: Block = []
    for line in block:
        if blocks(line):
            change_blocks(line, lambda inner: with_copies(inner, fleeting, kinds, externals))
        elif isinstance(line, gast.Assign) and stores(line) & fleeting:  # no `try`: a probe
            (name,) = stores(line)
            view = externals.names.part(name)
            kinds[view] = kinds[name]
            copy = externals.reference(np.copy)
            lines = [
                build.assign(view, line.value),
                build.assign(name, build.call(copy, build.load(view))),
            ]
            new += build.at(getattr(line, "place", None), lines)
            continue
        new.append(line)
    return new


def steady(
    body: Block, kinds: dict[str, Kind], externals: Externals, functions: dict[str, Any]
) -> Aliasing:
    """Find the storage classes; a view that is not steady shares those of what it looks at."""
    facts = aliasing(body, kinds, externals, functions, taking_all=True)
    taken = frozenset(facts.views)
    while True:
        found = frozenset(name for name in taken if stands(body, facts, name, facts.views[name]))
        if found == taken:
            return facts
        taken = found
        facts = aliasing(body, kinds, externals, functions, taken)


def stands(body: Block, facts: Aliasing, name: str, sources: list[str]) -> bool:
    """Say whether nothing writes into what a view looks at once the view is made."""
    watched = [facts.storage(source).root() for source in sources]
    if name in facts.writable and facts.storage(name).changed:
        return False
    return all(
        is_copied_at_once(name, place.rest, body, facts)
        or not any(writes_into(line, watched, facts) for line in (*place.rest, *place.later))
        for place in places_of(body, name)
    )


def is_copied_at_once(name: str, rest: Block, body: Block, facts: Aliasing) -> bool:
    """Say whether a view is read by the next statement alone, which copies it."""
    match rest[:1]:
        case [gast.Assign(value=gast.Call(func=func, args=[gast.Name(id=read)]))] if read == name:
            once = sum(load_list(line).count(name) for line in body) == 1
            return once and known_object(func, facts.externals) is np.copy
    return False


def is_read_before_writes(body: Block, facts: Aliasing, name: str, sources: list[str]) -> bool:
    """Say whether all that reads a view, or what shares its memory, comes before any write."""
    found = list(places_of(body, name))
    if len(found) != 1:
        return False
    # As if it were a copy: then only what is made from the view shares its storage.
    apart = aliasing(body, facts.kinds, facts.externals, facts.functions, taking_all=True)
    own = apart.storage(name).root()
    if name in apart.writable and own.changed:
        return False
    sharing = {n for n in apart.of_name if any(p is own for p in parts_of(apart.storage(n)))}
    watched = [apart.storage(source).root() for source in sources]
    rest = found[0].rest
    uses, inside = (Counter(n for b in part for n in load_list(b)) for part in (body, rest))
    if any(uses[n] != inside[n] for n in sharing):
        return False
    changed = False
    for line in rest:
        writes = writes_into(line, watched, apart)
        if sharing & loads(line) and (changed or blocks(line) and writes):
            return False
        changed = changed or writes
    return True


def places_of(block: Block, name: str, later: Block | None = None) -> Iterator[Place]:
    """Give the places where a name is bound."""
    for position, line in enumerate(block):
        rest = block[position + 1 :]
        if not blocks(line):
            if name in stores(line):
                yield Place(rest, later or [])
            continue
        behind = [*rest, *(later or [])]
        if isinstance(line, (gast.For, gast.While)):
            behind = [line, *behind]  # the next turn
        for inner in blocks(line):
            yield from places_of(inner, name, behind)


def writes_into(line: Node, watched: list[Storage], facts: Aliasing) -> bool:
    """Say whether a statement, or one inside it, may write into some storage."""
    return any(
        part is one
        for statement in statements_in(line)
        for part in written(statement, facts)
        for one in watched
    )


def written(line: Node, facts: Aliasing) -> Iterator[Storage]:
    """Give what a statement may write into: itself, or through a call with all that it is given."""
    match line:
        case gast.AugAssign(target=gast.Name(id=name)):
            yield facts.storage(name)
        case (
            gast.AugAssign(target=gast.Subscript(value=base) | gast.Attribute(value=base))
            | gast.Assign(targets=[gast.Subscript(value=base) | gast.Attribute(value=base)])
        ):
            yield from map(facts.storage, loads(base))
    value = getattr(line, "value", None)
    if not isinstance(value, gast.Call):
        return
    if isinstance(value.func, gast.Attribute) and isinstance(value.func.value, gast.Name):
        yield facts.storage(value.func.value.id)  # a method changes its own object
    if isinstance(line, gast.Expr) or getattr(value.func, "id", "") in facts.functions:
        for arg in (*value.args, *(k.value for k in value.keywords)):
            for name in loads(arg):
                yield from parts_of(facts.storage(name))
