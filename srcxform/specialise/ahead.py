"""Lists that stand for generators: what their elements are made of must not change too early.

The elements of `(x * k for x in xs)` and of `map(f, xs)` are computed when they are drawn. Here
they are in a list, computed when it is made. That is the same as long as nothing writes into what
was read for them, nor gives a name in it another value, before the last of them is drawn; nor reads
what computing them changes: how far an iterator is that others draw from too, a list that `f`
appends to. Where something does, the list is refused where it is made.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcxform.analysis.aliasing import Aliasing, Storage, aliasing, parts_of
from srcxform.analysis.views import Place, places_of, writes_into
from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import Kind
from srcxform.specialise.probes import opened
from srcxform.specialise.refusal import diagnostic, raise_statement
from srcxform.specialise.scope import Args, Evaluated, State
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import (
    blocks,
    change_blocks,
    load_list,
    loads,
    spine,
    statements_in,
    store_list,
    stores,
    walk,
)


@dataclass(frozen=True)
class Ahead:
    """A list computed ahead: its name, what it read, and what of that is a name of its own."""

    name: str
    read: frozenset[str]
    given: frozenset[str]  # what it runs over: the names of these may go elsewhere
    told: Diagnostic
    lines: tuple[Node, ...]  # what computes its elements


def is_lazy(function: Any) -> bool:
    """Say whether a function gives an iterator, for which a list is computed here."""
    return function is builtins.map or function is builtins.filter


def note_ahead(state: State, found: Evaluated, start: int, args: Args) -> None:
    """Note the list that stands for what a lazy function gives."""
    if isinstance(found[0], gast.Name) and state.env is not None:
        note(state, found[0].id, start, {n for arg, _ in args for n in load_list(arg)})


def note(state: State, name: str, start: int, given: set[str]) -> None:
    """Note a list that the lines from `start` on have made."""
    lines = state.lines[start:]
    copies = {line.targets[0].id: line.value.id for line in lines if is_copy(line)}
    while name in copies:
        name = copies[name]
    made = {n for line in lines for n in stores(line)}
    read = {n for line in lines for n in loads(line)} - made
    told = replace(diagnostic(gast.GeneratorExp()), place=state.called(state.place))
    found = Ahead(name, frozenset(read), frozenset(given), told, tuple(lines))
    state.ahead.append(found)


def is_copy(line: Node) -> bool:
    match line:
        case gast.Assign(targets=[gast.Name()], value=gast.Name()):
            return True
    return False


def without_stale(state: State, lines: Block, kinds: dict[str, Kind]) -> Block:
    """Refuse the lists whose elements would be others by the time they are drawn."""
    if not state.ahead:
        return lines
    shown = opened(lines)
    facts = aliasing(shown, dict(kinds), state.externals, state.functions, taking_all=True)
    stale = {one.name: one for one in state.ahead if is_stale(one, state.ahead, shown, facts)}
    return refusing(state, spine(lines), stale) if stale else lines


def is_stale(one: Ahead, others: list[Ahead], body: Block, facts: Aliasing) -> bool:
    """Say whether elements of a list may be drawn after what they are made of has changed."""
    if one.name not in facts.of_name:
        return False
    own = facts.storage(one.name).root()
    sharing = {n for n in facts.of_name if any(p is own for p in parts_of(facts.storage(n)))}
    read, given = through_others(one, others, facts)
    watched = [facts.storage(n).root() for n in sorted(read) if n in facts.of_name]
    changes = Changes(watched, frozenset(read - given), effects(one, body, facts) - sharing, facts)
    everywhere = Counter(n for line in body for n in load_list(line))
    return any(is_late(place, sharing, changes, everywhere) for place in places_of(body, one.name))


def through_others(one: Ahead, others: list[Ahead], facts: Aliasing) -> tuple[set[str], set[str]]:
    """Give what a list was made of, and what lists like it among that were made of themselves."""
    read, given = set(one.read), set(one.given)
    waiting = [other for other in others if other.name != one.name and other.name in facts.of_name]
    while True:
        roots = [facts.storage(n).root() for n in sorted(read) if n in facts.of_name]
        found = [o for o in waiting if any(facts.storage(o.name).root() is r for r in roots)]
        if not found:
            return read, given
        for other in found:
            read |= other.read
            given |= other.given
            waiting.remove(other)


@dataclass(frozen=True)
class Changes:
    """What would change the elements of a list, were they computed again."""

    watched: list[Storage]
    names: frozenset[str]
    effects: frozenset[str]  # what computing them changes
    facts: Aliasing

    def by(self, line: Node) -> bool:
        """Say whether a statement, or one inside it, may change them, or sees them made."""
        return (
            not self.names.isdisjoint(stores(line))
            or not self.effects.isdisjoint(loads(line))
            or writes_into(line, self.watched, self.facts)
        )


def effects(one: Ahead, body: Block, facts: Aliasing) -> frozenset[str]:
    """Give the names of the function's that computing the elements of a list changes."""
    made = Counter(n for line in one.lines for n in store_list(line))
    everywhere = Counter(n for line in body for n in store_list(line))
    found = {n for n in made if everywhere[n] > made[n]}
    changed = [facts.storage(n).root() for line in one.lines for n in changed_by(line)]
    for name in set(facts.of_name) - set(made):
        if any(facts.storage(name).root() is root for root in changed):
            found.add(name)
    return frozenset(found)


def changed_by(line: Node) -> Iterator[str]:
    """Give the names of what a statement, or one inside it, changes in place."""
    for inner in statements_in(line):
        match inner:
            case (
                gast.AugAssign(target=gast.Subscript(value=base) | gast.Attribute(value=base))
                | gast.Assign(targets=[gast.Subscript(value=base) | gast.Attribute(value=base)])
                | gast.Expr(value=gast.Call(func=gast.Attribute(value=base)))
            ):
                yield from loads(base)
            case gast.AugAssign(target=gast.Name(id=name)):
                yield name
            case gast.Expr(value=gast.Call() as call):
                yield from loads(call)


def is_late(place: Place, sharing: set[str], changes: Changes, everywhere: Counter[str]) -> bool:
    """Say whether elements may be drawn after what they are made of has changed."""
    made = next((k for k, line in enumerate(place.rest) if fills(line, sharing)), -1)
    rest = place.rest[made + 1 :]
    here = Counter(n for line in place.rest for n in load_list(line))
    if any(everywhere[n] != here[n] for n in sharing):
        return any(map(changes.by, (*rest, *place.later)))
    changed = False
    for line in rest:
        by_line = changes.by(line)
        if not sharing.isdisjoint(loads(line)) and (changed or blocks(line) and by_line):
            return True
        changed = changed or by_line
    return False


def fills(line: Node, lists: set[str]) -> bool:
    """Say whether a loop appends to one of these."""
    return bool(blocks(line)) and any(
        isinstance(node, gast.Attribute)
        and node.attr == "append"
        and getattr(node.value, "id", None) in lists
        for node in walk(line)
    )


def refusing(state: State, block: Block, stale: dict[str, Ahead]) -> Block:
    """Write a `raise` where one of these lists would be made."""
    new: Block = []
    for line in block:
        found = next((stale[n] for n in sorted(stores(line)) if n in stale), None)
        if blocks(line):
            change_blocks(line, lambda inner: refusing(state, inner, stale))
        elif found is not None:
            new.append(raise_statement(state.externals, found.told, "UnsupportedError"))
            break
        new.append(line)
    return new
