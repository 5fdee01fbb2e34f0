"""The state of one specialisation: names in scope, kinds, and the block being written."""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Cell, Items, Kind, Many, Mapping, Record, join
from srcxform.syntax.build import Block, Node

Env = dict[str, Kind]
Evaluated = tuple[Node, Kind]
Args = list[Evaluated]
Keywords = dict[str, Evaluated]
SETTLED = 4  # containers in containers beyond this are not looked into
Path = tuple[str, ...] | None


class Restart(Exception):
    """A list or dict was taken as fixed and is changed after all: begin anew."""


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
class Scope:
    """Where the names of the function being read lead."""

    function: types.FunctionType | None
    names: dict[str, Node] = field(default_factory=dict)  # local name: what stands for it
    path: Path = ()
    local: frozenset[str] = frozenset()
    place: Any = None  # for templates: all that comes of them stands at the user's statement
    outer: Scope | None = None  # of the function around a nested one
    frame: object = field(default_factory=object)  # one for each time that a body comes in

    def find(self, name: str) -> Node | None:
        """Give what stands for a name here or in the functions around."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if name in scope.local:
                return None
            scope = scope.outer
        return None

    def owns(self, name: str) -> bool:
        """Say whether a name is a variable of this function or of one around it."""
        return name in self.local or (self.outer is not None and self.outer.owns(name))


@dataclass
class State:
    """What the specialiser carries from statement to statement."""

    externals: Externals
    env: Env | None = field(default_factory=dict)  # None: this point is not reached
    lines: Block = field(default_factory=list)
    scope: Scope = field(default_factory=lambda: Scope(None))
    cells: dict[str, Kind | None] = field(default_factory=dict)
    dynamic: set[str] = field(default_factory=set)
    breaks: list[list[Env]] = field(default_factory=list)
    calling: list[Any] = field(default_factory=list)
    shifting: set[str] = field(default_factory=set)  # names that nested functions rebind
    functions: dict[str, Any] = field(default_factory=dict)  # name: Callee, functions kept apart
    known: Env = field(default_factory=dict)  # name: kind of all that it is ever bound to
    apart: dict[Any, Any] = field(default_factory=dict)  # (function, kinds): Callee
    unsettled: list[Any] = field(default_factory=list)  # callees whose results are being found
    place: Any = None
    hint: str = "out"
    fixed: bool = False  # containers are described already: nothing new goes in

    @property
    def names(self) -> Any:
        """The names taken in the module being written."""
        return self.externals.names

    def emit(self, *lines: Node) -> None:
        """Write statements."""
        for line in lines:
            if getattr(line, "place", None) is None:
                line.place = self.place
            self.lines.append(line)

    def bind(self, name: str, kind: Kind) -> None:
        """Let a name have a kind from here on."""
        if self.env is not None:
            self.env[name] = kind = kind if self.fixed else self.sited(kind, name)
            self.known[name] = self.join(self.known.get(name), kind)

    def kind_of(self, name: str) -> Kind | None:
        """Give the kind of a name, if it is known here."""
        return None if self.env is None else self.env.get(name)

    def sited(self, kind: Kind, name: str) -> Kind:
        """Give lists and dicts that were just made the name of the place that made them."""
        match kind:
            case Items(type="list", items=items, sites=sites):
                sites = sites or frozenset([name])
                if sites & self.dynamic:
                    return self.cell("list", min(sites & self.dynamic), *items)
                return Items("list", items, sites)
            case Mapping(keys=keys, items=items, sites=sites):
                sites = sites or frozenset([name])
                if sites & self.dynamic:
                    return self.cell("dict", min(sites & self.dynamic), *items)
                return Mapping(keys, items, sites)
            case Many(type="list" | "dict" as kind_type, item=item):
                return self.cell(kind_type, name, *([] if item is None else [item]))
        return kind

    def cell(self, kind_type: str, site: str, *items: Kind) -> Cell:
        """Give the kind of a changing container and note what it holds."""
        kind = Cell(kind_type, site)
        self.cells.setdefault(site, None)
        for item in items:
            self.put(kind, item)
        return kind

    def put(self, container: Kind, item: Kind) -> None:
        """Note that an element of this kind goes into a container."""
        if self.fixed:
            return
        match container:
            case Cell(site=site):
                self.cells[site] = self.join(self.cells.get(site), item)
            case Items(sites=sites) | Mapping(sites=sites):
                if sites <= self.dynamic:
                    unknown_origin(self.place)
                self.dynamic |= sites
                raise Restart

    def join(self, left: Kind | None, right: Kind | None) -> Kind:
        """Join two kinds; two changing containers become one."""
        if isinstance(left, Cell) and isinstance(right, Cell) and left.type == right.type:
            if left.site != right.site:
                both = self.cells.get(left.site), self.cells.get(right.site)
                merged = None if both == (None, None) else self.join(*both)
                self.cells[left.site] = self.cells[right.site] = merged
            return left
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Cell) and isinstance(other, (Items, Mapping, Many)):
                items = other.items if isinstance(other, (Items, Mapping)) else (other.item,)
                if (
                    isinstance(other, (Items, Mapping))
                    and not other.sites <= self.dynamic
                    and not self.fixed
                ):
                    self.dynamic |= other.sites
                    raise Restart
                for item in items:
                    if item is not None:
                        self.put(one, item)
                return one
        return join(left, right)

    def element(self, kind: Kind) -> Kind | None:
        """Give what a changing container holds."""
        return self.cells.get(kind.site) if isinstance(kind, Cell) else None

    def settled(self, kind: Kind, depth: int = 0) -> Kind:
        """Give the kind of a changing container by what it holds."""
        if isinstance(kind, Cell):
            item = self.element(kind)
            if item is None or depth > SETTLED:
                return Many(kind.type, item)
            return Many(kind.type, self.settled(item, depth + 1))
        if isinstance(kind, (Items, Mapping, Record)) and depth <= SETTLED:
            return replace(kind, items=tuple(self.settled(item, depth + 1) for item in kind.items))
        if isinstance(kind, Many) and kind.item is not None and depth <= SETTLED:
            return Many(kind.type, self.settled(kind.item, depth + 1))
        return kind

    def join_env(self, left: Env | None, right: Env | None) -> Env | None:
        """Join what is known on two paths that meet."""
        if left is None or right is None:
            return left if right is None else right
        keys = [*left, *(key for key in right if key not in left)]
        return {
            key: self.join(left.get(key), right.get(key))
            if key in left and key in right
            else left.get(key) or right[key]
            for key in keys
        }

    @contextmanager
    def block(self) -> Iterator[Block]:
        """Collect the statements written inside."""
        outer, self.lines = self.lines, []
        inner = self.lines
        try:
            yield inner
        finally:
            self.lines = outer

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Run for the kinds only: what is written inside is dropped, names are given back."""
        names = self.names
        saved = (set(names.taken), dict(names.counts))
        with self.block():
            yield
        names.taken, names.counts = saved
