"""Lists, dicts and records that are changed in place: the kinds of what each may hold.

What a container holds is told by its own kind until it turns out to be changed. From then on its
kind is a `Cell`, which names the place that made it (its site), and this table says what is in it,
for the whole run of the program. Three levels, each wider than the one before:

- STORED: written to at places that are there from the start: one kind for each place.
- GROWING: a dict or record that gets new known keys, too: one kind for each key it may have.
- MIXED: anything else: one kind for all elements.

A level only rises, and then what was found before in this run does not hold: the run goes on, to
find what else changes, and is done anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds import joining
from srcxform.kinds.callables import in_tuples
from srcxform.kinds.keys import ANY, as_key, join_keys, key_kind
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Cell,
    Const,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    OrNone,
    Record,
    general,
    is_differentiable,
    torn_inside,
    with_parts,
)
from srcxform.kinds.nesting import knotted
from srcxform.syntax.build import Block
from srcxform.syntax.mentions import mentioned, parts

STORED, GROWING, MIXED = 1, 2, 3
SETTLED = 5  # containers in containers beyond this are not looked into
ABSENT: Any = object()
Parts = Items | Mapping | Record


class Restart(Exception):
    """An object was taken as fixed and is changed after all: begin anew."""


def grown(block: Block) -> set[str]:
    """Give the names of lists that a block makes, and then appends to or pops from."""
    made: set[str] = set()
    changed: set[str] = set()
    for part in parts(block):
        match part:
            case gast.Assign(
                targets=[gast.Name(id=name)],
                value=gast.List() | gast.Call(func=gast.Attribute(attr="copy")),
            ):
                made.add(name)
        for call in mentioned(part).calls:
            match call:
                case gast.Call(
                    func=gast.Attribute(value=gast.Name(id=name), attr="append"), args=[_]
                ):
                    changed.add(name)
                case gast.Call(func=gast.Attribute(value=gast.Name(id=name), attr="pop"), args=[]):
                    changed.add(name)
    return made & changed


def unknown_origin(place: Any) -> None:
    """Refuse a list or dict that changes though nothing tells where it was made."""
    raise UnsupportedError(
        Diagnostic(
            "this list or dict is changed, but it is not known where it was made",
            place,
            "what it holds cannot be told ahead",
            "build it in the function that changes it",
        )
    )


@dataclass
class Cells:
    """What changing containers hold, by site."""

    levels: dict[str, int] = field(default_factory=dict)
    held: dict[str, Kind | None] = field(default_factory=dict)
    keyed: dict[str, Kind] = field(default_factory=dict)  # of dicts: the kind of all keys
    place: Any = None  # the statement being looked at, for refusals
    written: set[Any] = field(default_factory=set)  # origins of objects that are written to
    kept: set[Any] = field(default_factory=set)  # origins of those that come together somewhere
    preset: set[Any] = field(default_factory=set)  # attributes that begin as their class has them
    flagged: set[Any] = field(default_factory=set)  # attributes of which flags say if they are set
    begun: dict[Any, frozenset[str]] = field(
        default_factory=dict
    )  # what all kept objects begin with
    runs: list[str] = field(default_factory=list)  # recursive functions looked through so far
    raises: int = 0  # levels that rose in this run: if any did, it is done anew
    merging: set[frozenset[str]] = field(default_factory=set)  # pairs that are being made one
    stage: str = ""  # in front of names of places: of statements that come in as a program had them

    def again(self) -> Cells:
        """Give the table to begin another run with."""
        return Cells(
            self.levels, dict(self.held), dict(self.keyed), written=self.written, kept=self.kept,
            preset=self.preset, flagged=self.flagged, begun=self.begun, runs=self.runs,
        )  # fmt: skip

    def holds_what(self, other: Cells) -> bool:
        """Say whether the same was found in two runs."""
        return self.held == other.held and self.keyed == other.keyed

    def emptied(self) -> Cells:
        """Give the table to begin anew with: only the levels stay."""
        return Cells(
            self.levels, written=self.written, kept=self.kept, preset=self.preset,
            flagged=self.flagged, begun=self.begun, runs=self.runs,
        )  # fmt: skip

    # -- sites

    def sited(self, kind: Kind, name: str) -> Kind:
        """Give lists and dicts that were just made the name of the place that made them."""
        match kind:
            case Items(type="list") | Mapping() | Many(type="list" | "dict"):
                own = self.stage + name
                own = own if joining.container_type(kind) == "list" else f"{own}{{}}"
                sites = kind.sites or frozenset([own])  # a name may lead elsewhere in another run
                named = self.inside(kind, name)
                named = named if named.sites == sites else replace(named, sites=sites)
                raised = {site: self.levels[site] for site in sites if site in self.levels}
                return self.cell(named, raised) if raised else named
            case Items() | Many() | Record():
                return self.inside(kind, name)
            case Kept(table=table):
                return replace(kind, table=self.sited(table, name))
            case OrNone():
                return with_parts(kind, lambda item: self.sited(item, name))
        return kind

    def inside(self, kind: Any, name: str) -> Any:
        """Name what a container holds after the container."""
        match kind:
            case Many(item=item):
                now = item and self.sited(item, f"{name}[]")
                return kind if now is item else replace(kind, item=now)
            case Items(items=items):
                keys: Iterator[Any] = iter(range(len(items)))
            case Mapping(keys=own) | Record(keys=own):
                keys = iter(own)
        return with_parts(kind, lambda part: self.sited(part, f"{name}[{next(keys)!r}]"))

    def cell(self, kind: Any, raised: dict[str, int]) -> Cell:
        """Give the kind of a changing container, and note what it holds."""
        level = max(raised.values())
        self.raise_level(kind.sites, level)
        site = min(raised)
        cell = Cell(joining.container_type(kind) or "", site)
        self.held.setdefault(site, None)
        self.absorb(cell, kind)
        return cell

    def raise_level(self, sites: frozenset[str], level: int) -> None:
        """Note how containers are changed."""
        for site in [site for site in sites if self.levels.get(site, 0) < level]:
            self.levels[site] = level
            self.raises += 1
            if level == MIXED and (parts := self.held.get(site)) is not None:
                self.held[site] = joining.element(parts)

    def back_to(self, levels: dict[str, int], raises: int) -> None:
        """Forget how containers were changed in what is written in another way."""
        self.levels.clear()
        self.levels.update(levels)
        self.raises = raises

    def expect(self, block: Block) -> None:
        """Note which lists a block makes and changes; their names are those of their sites.

        Nothing has been found of these yet, so that nothing begins anew for them.
        """
        for name in grown(block):
            self.levels[self.stage + name] = MIXED

    def stored(self, name: str) -> None:
        """Note of a dict about to be made that it is written to: it may hold itself, too."""
        self.levels.setdefault(f"{self.stage}{name}{{}}", STORED)

    def level(self, cell: Cell) -> int:
        return self.levels.get(cell.site, MIXED)

    # -- what goes in

    def put(self, container: Kind, item: Kind, key: Kind = ANY) -> None:
        """Note that an element of this kind goes into a container, wherever."""
        item = in_tuples(torn_inside(item))  # which object it was is not told
        match container:
            case Cell(site=site):
                self.raise_level(frozenset([site]), MIXED)
                before = self.held.get(site)
                self.held[site] = knotted(before, self.join(before, item))
                self.note_key(container, key)
            case Items(sites=sites) | Mapping(sites=sites) | Many(sites=sites):
                self.changed(sites, MIXED)
                self.put(self.sited(container, ""), item, key)

    def note_key(self, container: Kind, key: Kind) -> None:
        if isinstance(container, Cell) and container.type == "dict":
            before = self.keyed.get(container.site, NEVER)
            self.keyed[container.site] = join_keys(before, as_key(key))

    def put_at(self, container: Kind, key: Kind, item: Kind) -> None:
        """Note that an element of this kind is stored at a place."""
        item = in_tuples(torn_inside(item))
        parts = self.held.get(container.site) if isinstance(container, Cell) else container
        place = place_of(parts, key)
        if place is ABSENT:
            self.put(container, item, key)
            return
        there = place in keys_of(parts) and not isinstance(parts, Many)
        level = STORED if there else MIXED if isinstance(parts, Items) else GROWING
        match container:
            case Cell(site=site):
                if self.level(container) == MIXED or level == MIXED:
                    self.put(container, item, key)
                    return
                self.note_key(container, key)
                self.raise_level(frozenset([site]), level)
                self.held[site] = self.with_part(parts, place, item)
            case Items(sites=sites) | Mapping(sites=sites) | Many(sites=sites):
                self.changed(sites, level)
                self.put_at(self.sited(container, ""), key, item)

    def drop(self, container: Kind, key: Kind) -> None:
        """Note that a dict may lose a key: the others still hold what they hold."""
        parts = self.held.get(container.site) if isinstance(container, Cell) else container
        if place_of(parts, key) is ABSENT:
            self.put(container, NEVER, NEVER)
        elif not isinstance(container, Cell):
            self.changed(container.sites, GROWING)  # type: ignore[attr-defined]
        elif self.level(container) < GROWING:
            self.raise_level(frozenset([container.site]), GROWING)

    def changed(self, sites: frozenset[str], level: int) -> None:
        if not sites or not self.raises and self.are_raised(sites, level):
            unknown_origin(self.place)
        self.raise_level(sites, level)

    def are_raised(self, sites: frozenset[str], level: int) -> bool:
        return all(self.levels.get(site, 0) >= level for site in sites)

    def changes(self, kind: Kind) -> Kind:
        """Give what changes in a value: `Many` for each container that does, else its parts."""
        match kind:
            case Cell(type=kind_type, site=site):
                found = None if self.level(kind) == MIXED else self.held.get(site)
                item = self.element(kind)
                parts = Many(kind_type, NEVER if item is None else self.settled(item))
                if not isinstance(found, Mapping):
                    return parts
                return replace(parts, keys=found.keys, items=tuple(map(self.settled, found.items)))
            case Items(items=items) | Mapping(items=items) | Record(items=items):
                return replace(kind, items=tuple(map(self.changes, items)))
        return NEVER

    def put_in(self, container: Kind, changes: Kind) -> None:
        """Note the changes that a function makes in what it is given."""
        match changes:
            case Many(keys=keys, items=items) if keys:
                for key, item in zip(keys, items, strict=True):
                    self.put_at(container, Const(key), item)
            case Many(item=item):
                self.put(container, item or NEVER)
            case Items() | Mapping() | Record():
                opened = self.opened(container)
                if keys_of(opened) == keys_of(changes):
                    items = getattr(opened, "items", ())
                    for inside, inner in zip(items, changes.items, strict=True):
                        self.put_in(inside, inner)

    def with_part(self, parts: Any, place: Any, item: Kind) -> Kind:
        """Join a kind into the part at a place; a new place is put at the end."""
        keys = keys_of(parts)
        if place not in keys:
            return replace(parts, keys=(*keys, place), items=(*parts.items, item))
        at = keys.index(place)
        joined = knotted(parts.items[at], self.join(parts.items[at], item))
        return replace(parts, items=(*parts.items[:at], joined, *parts.items[at + 1 :]))

    def absorb(self, cell: Cell, kind: Kind) -> None:
        """Note that a container of this kind is (or may be) the one that a cell stands for."""
        site, level = cell.site, self.level(cell)
        self.note_key(cell, self.keys(kind))
        if level == MIXED:
            for item in joining.parts_of(kind):
                self.held[site] = self.join(self.held.get(site), item)
            return
        before = self.held.get(site)
        if isinstance(kind, Many) and kind.keys and level == GROWING:
            kind = Mapping(kind.keys, kind.items)
        if not isinstance(kind, (Items, Mapping, Record)):
            self.raise_level(frozenset([site]), MIXED)
        elif before is None:
            self.held[site] = bare(kind)
        elif keys_of(before) == keys_of(kind):
            self.held[site] = bare(self.join(bare(before), bare(kind)))
        elif isinstance(kind, Items):
            self.raise_level(frozenset([site]), MIXED)
        else:
            self.raise_level(frozenset([site]), GROWING)
            for key, item in zip(kind.keys, kind.items, strict=True):
                before = self.with_part(before, key, item)
            self.held[site] = before

    # -- joins

    def join(self, left: Kind | None, right: Kind | None) -> Kind:
        """Join two kinds; two changing containers become one."""
        return joining.join(left, right, self.meet)

    def covering(self, left: Kind | None, right: Kind) -> Kind:
        """Give a kind that covers all that a name is bound to, one after the other."""
        return joining.join(left, right, self.meet_anywhere)

    def meet(self, left: Kind, right: Kind) -> Kind | None:
        """Join two containers of which one is changing; None for all else."""
        if isinstance(left, Record) or isinstance(right, Record):
            self.keep_apart(left, right)
            return None
        return self.meet_anywhere(left, right)

    def meet_anywhere(self, left: Kind, right: Kind) -> Kind | None:
        """Join two containers of which one is changing, wherever a name has them."""
        if isinstance(left, Cell) and isinstance(right, Cell):
            return self.together(left, right) if left.type == right.type else None
        for cell, other in ((left, right), (right, left)):
            if isinstance(cell, Cell) and joining.container_type(other) == cell.type:
                sites: frozenset[str] = getattr(other, "sites", frozenset())
                self.raise_level(sites, self.level(cell))
                self.absorb(cell, other)
                return cell
        return None

    def keep_apart(self, left: Kind, right: Kind) -> None:
        """Let dicts stand for objects of one class that have no kind in common, or may be None."""
        records = [kind for kind in (left, right) if isinstance(kind, Record)]
        first, last = records[0], records[-1]
        if not all(kind in (NONE, first, last) for kind in (left, right)):
            return
        if first.type is not last.type or not any(map(is_differentiable, records)):
            return
        origins = first.origin | last.origin
        made_here = records[0].origin and last.origin and all(is_place(one) for one in origins)
        if not made_here or origins <= self.kept:
            return
        if (
            NONE in (left, right)
            or joining.join(first, last) == UNKNOWN
            or any(part == UNKNOWN for part in joining.parts_of(joining.join(first, last)))
        ):
            self.kept |= origins
            raise Restart

    def together(self, left: Cell, right: Cell) -> Cell:
        """Make two changing containers one; each may lead to the other, as links of a chain do."""
        pair = frozenset([left.site, right.site])
        if len(pair) == 2 and pair not in self.merging:
            self.merging.add(pair)
            level = max(self.level(left), self.level(right))
            self.raise_level(pair, level)
            ours, theirs = self.held.get(left.site), self.held.get(right.site)
            self.note_key(left, self.keys(right))
            self.note_key(right, self.keys(left))
            if ours != theirs:
                if level == MIXED:
                    merged = self.join(ours, theirs)
                    self.held[left.site] = self.held[right.site] = merged
                else:
                    if theirs is not None:
                        self.absorb(left, theirs)
                    self.held[right.site] = self.held[left.site]
            self.merging.discard(pair)
        return left

    # -- what is in a container

    def keys(self, kind: Kind) -> Kind:
        """Give the kind that covers all keys of a dict; NEVER if it has none by now."""
        return self.keyed.get(kind.site, NEVER) if isinstance(kind, Cell) else key_kind(kind)

    def key(self, kind: Kind) -> Kind:
        """Give the kind of a key that is read."""
        found = self.keys(self.opened(kind))
        return ANY if found == NEVER else found

    def known_keys(self, cell: Cell) -> Kind | None:
        """Give what is to be told of the keys where a changing dict is given as it is."""
        found = self.keys(cell) if cell.type == "dict" else ANY
        return None if found in (ANY, NEVER) else found

    def element(self, kind: Kind) -> Kind | None:
        """Give the kind that covers all that a container holds; None if it is empty."""
        match kind:
            case Cell(site=site) if self.level(kind) == MIXED:
                return self.held.get(site)
            case Cell(site=site):
                found = self.held.get(site)
                return None if found is None else self.element(found)
            case Items(items=items) | Mapping(items=items) | Record(items=items):
                covered: Kind | None = None
                for item in map(general, items):
                    covered = item if covered is None else self.join(covered, item)
                return covered
        return joining.element(kind)

    def opened(self, kind: Kind) -> Kind:
        """Give a container whose places are known by their kinds; all else as it is."""
        if isinstance(kind, Cell) and self.level(kind) == STORED:
            return self.held.get(kind.site) or kind
        return kind

    def unchanged(self, cell: Cell) -> Kind:
        """Give the kind of a copy of a changing container, by what it holds now."""
        found = self.held.get(cell.site)
        if self.level(cell) == MIXED or found is None:
            return Many(cell.type, self.element(cell), key=self.known_keys(cell))
        if isinstance(found, Mapping) and self.level(cell) == GROWING:
            key = self.known_keys(cell)
            return Many("dict", self.element(cell), found.keys, found.items, key=key)
        return found

    def part(self, kind: Cell, key: Kind) -> Kind:
        """Give the kind of what a changing container holds at a place."""
        if self.level(kind) == MIXED:
            return self.element(kind) or NEVER
        parts = self.held.get(kind.site)
        place = place_of(parts, key)
        if place is not ABSENT and place in keys_of(parts):
            return parts.items[keys_of(parts).index(place)]  # type: ignore[union-attr]
        if place is ABSENT:
            return self.element(kind) or NEVER
        return NEVER

    def settled(self, kind: Kind, depth: int = 0) -> Kind:
        """Give the kind of a changing container by what it holds."""
        if depth > SETTLED and isinstance(kind, (Cell, Items, Mapping, Record, Many)):
            return UNKNOWN
        match kind:
            case Cell(type=kind_type, site=site):
                found = self.held.get(site)
                key = self.known_keys(kind)
                if found is None or self.level(kind) == MIXED:
                    return Many(kind_type, found and self.settled(found, depth + 1), key=key)
                parts: Any = self.settled(found, depth)
                if self.level(kind) == STORED or isinstance(parts, Record):
                    return parts
                return Many(kind_type, joining.element(parts), parts.keys, parts.items, key=key)
            case Items() | Mapping() | Record():
                return bare(with_parts(kind, lambda item: self.settled(item, depth + 1)))
            case Kept(table=table):
                return self.settled(table, depth)
            case OrNone(item=item):
                held = self.settled(item, depth)
                return UNKNOWN if held == UNKNOWN else OrNone(held)
            case Many(item=Kind() as item):
                return bare(replace(kind, item=self.settled(item, depth + 1)))
        return kind


def is_place(origin: Any) -> bool:
    """Say whether an origin of objects is a place in the source where they are made."""
    return isinstance(origin, tuple) and len(origin) == 2 and isinstance(origin[1], tuple)


def keys_of(parts: Kind | None) -> tuple[Any, ...]:
    """Give the places of a container whose places are known."""
    match parts:
        case Items(items=items):
            return tuple(range(len(items)))
        case Mapping(keys=keys) | Record(keys=keys) | Many(keys=keys):
            return keys
    return ()


def place_of(parts: Kind | None, key: Kind) -> Any:
    """Give the place that a key means, ABSENT where that is not known."""
    if not isinstance(key, Const) or type(key.value) not in (str, int):
        return ABSENT
    match parts:
        case Items(type=kind_type, items=items) if kind_type != "slice":
            if isinstance(key.value, int) and -len(items) <= key.value < len(items):
                return key.value % len(items)
        case Mapping() | Record():
            return key.value
        case Many(keys=keys) if keys:
            return key.value
    return ABSENT


def bare(kind: Any) -> Any:
    """Forget where a container was made."""
    return replace(kind, sites=frozenset()) if getattr(kind, "sites", None) else kind
