"""The state of one specialisation: names in scope, kinds, and the block being written."""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from srcxform import runtime
from srcxform.frontend.externals import Externals
from srcxform.kinds import joining
from srcxform.kinds.callables import is_callee, is_of_one_turn
from srcxform.kinds.lattice import NEVER, UNKNOWN, Kind, Maybe, Number, Stream, Told, unfolded
from srcxform.specialise.cells import Cells
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import load_list, text_of
from srcxform.syntax.scopes import captured_by
from srcxform.syntax.visit import walk

Env = dict[str, Kind]
Evaluated = tuple[Node, Kind]
Args = list[Evaluated]
Keywords = dict[str, Evaluated]
Path = tuple[str, ...] | None


class Surely(Exception):
    """What is being specialised surely raises, and a handler stands ready."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def is_one_variable(pair: tuple[Node | None, Node | None]) -> bool:
    """Say whether two residual nodes are one variable or constant; placeholders are not told."""
    left, right = pair
    if left is None or right is None:
        return left is right
    text = text_of(left)
    return text == text_of(right) and not text.startswith(runtime.followed.__name__)


@dataclass
class Scope:
    """Where the names of the function being read lead."""

    function: types.FunctionType | None
    names: dict[str, Node] = field(default_factory=dict)  # local name: what stands for it
    path: Path = ()
    local: frozenset[str] = frozenset()
    place: Any = None  # for templates: all that comes of them stands at the user's statement
    outer: Scope | None = None  # of the function around a nested one
    code: Any = None  # what was read of the function
    frame: object = field(default_factory=object)  # one for each time that a body comes in
    caller: Any = field(default=None, compare=False)  # the place of the call that it comes in for
    once: bool = field(default=False, compare=False)  # what that call gives is read once, at once

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

    def is_one_with(self, other: Scope, tree: Node) -> bool:
        """Say whether a function defined in this scope and another captures the same variables.

        Of a body that came in again when all was run over again, these have to be the same names.
        """
        if self.frame is other.frame:
            return True
        if self.frame != other.frame:
            return False
        pairs = [(self.find(name), other.find(name)) for name in captured_by(tree)]
        return self.function is other.function and all(map(is_one_variable, pairs))

    def alias(self, value: Node) -> Node:
        """Give a residual variable a name here that no name of the user's can be."""
        key = f"*{value.id}"
        self.names[key] = value
        return build.load(key)

    def variables(self) -> set[str]:
        """Give the residual names of the variables here and in the functions around."""
        own = {node.id for node in self.names.values() if isinstance(node, gast.Name)}
        return own if self.outer is None else own | self.outer.variables()

    def residual(self, names: set[str]) -> set[str]:
        """Give what variables of the user's are called in the program."""
        found = {name: self.names.get(name) for name in names}
        return {n.id if isinstance(n, gast.Name) else name for name, n in found.items()}

    def owns(self, name: str) -> bool:
        """Say whether a name is a variable of this function or of one around it."""
        return name in self.local or (self.outer is not None and self.outer.owns(name))


@dataclass(frozen=True)
class Mark:
    """How things stood before something was tried."""

    env: Env | None
    names: tuple[set[str], dict[str, int]]  # those taken, and how far they were counted
    came_in: Counter[Any]
    ahead: int
    private: dict[str, Block]


@dataclass
class State:
    """What the specialiser carries from statement to statement."""

    externals: Externals
    env: Env | None = field(default_factory=dict)  # None: this point is not reached
    lines: Block = field(default_factory=list)
    scope: Scope = field(default_factory=lambda: Scope(None))
    cells: Cells = field(default_factory=Cells)
    breaks: list[list[Env]] = field(default_factory=list)
    calling: list[Any] = field(default_factory=list)
    shifting: set[str] = field(default_factory=set)  # names that nested functions rebind
    functions: dict[str, Any] = field(default_factory=dict)  # name: Callee, functions kept apart
    known: Env = field(default_factory=dict)  # name: kind of all that it is ever bound to
    apart: dict[Any, Any] = field(default_factory=dict)  # (function, kinds): Callee
    unsettled: list[Any] = field(default_factory=list)  # callees whose results are being found
    slots: dict[tuple[str, str], str] = field(default_factory=dict)  # (site, attribute): variable
    labels: dict[str, str] = field(default_factory=dict)  # site: what its variables are named after
    owners: dict[str, Evaluated] = field(default_factory=dict)  # whose attributes a dict shows
    displayed: set[str] = field(default_factory=set)  # objects of which such a dict has a name
    real: dict[str, str] = field(default_factory=dict)  # site: name of the caller's object
    escaped: set[str] = field(default_factory=set)  # sites of objects handed to the caller
    classes: dict[type, Node] = field(default_factory=dict)  # how the program writes them
    consumers: list[Any] = field(default_factory=list)  # of the generators that are running
    drawn: dict[int, Any] = field(default_factory=dict)  # generators, and where each was used up
    watches: list[Any] = field(default_factory=list)  # `try` statements around, innermost last
    raised: list[Any] = field(default_factory=list)  # what the handlers around have caught
    streams: dict[str, Any] = field(default_factory=dict)  # site: Walk, of named iterators
    ahead: list[Any] = field(default_factory=list)  # lists that stand for generators
    running: list[str] = field(default_factory=list)  # sites that loops run over at this point
    walked: list[str] = field(default_factory=list)  # lists, dicts that loops run over, by name
    results: dict[Any, Kind] = field(default_factory=dict)  # of functions with own rules
    asking: set[Any] = field(default_factory=set)  # those of which it is being found out
    consulted: set[Any] = field(default_factory=set)  # those that ask for their own meanwhile
    writing: set[Any] = field(default_factory=set)  # those that write into their arguments
    telling: bool = False  # whether flags tell of which class the values of variables are
    tuples: bool = False  # whether tuples stand for functions defined inside
    loops: int = 0  # in so many, here and in the functions that call this one
    derivatives: int = 0  # inside the functions of so many
    came_in: Counter[Any] = field(default_factory=Counter)  # how often a body did, outside loops
    lost: int = 0  # how often it was not known which function, object or option is meant
    compared: list[Any] = field(default_factory=list)  # those of which the rule is being asked
    snapshots: int | None = None  # states that the loop of the next body to come in may keep
    private: dict[str, Block] = field(default_factory=dict)  # lists, dicts of one name: made where
    place: Any = None
    hint: str = "out"
    fixed: bool = False  # containers are described already: nothing new goes in

    @contextmanager
    def turning(self) -> Iterator[None]:
        """Specialise a loop."""
        self.loops += 1
        try:
            yield
        finally:
            self.loops -= 1

    @contextmanager
    def deriving(self) -> Iterator[None]:
        """Specialise a function of which a derivative is taken."""
        self.derivatives += 1
        try:
            yield
        finally:
            self.derivatives -= 1

    def frame_for(self, node: Node) -> object:
        """Give what tells the variables of a body that comes in from those of any other.

        In a loop each time that it comes in it has other ones. Elsewhere it has the same when the
        whole function is run over again.
        """
        place = getattr(node, "place", None)
        if self.loops or place is None:
            return object()
        key = (self.scope.frame, place)
        self.came_in[key] += 1
        return (*key, self.came_in[key])

    @property
    def names(self) -> Any:
        """The names taken in the module being written."""
        return self.externals.names

    def is_once(self, node: Node) -> bool:
        """Say whether what a call gives is read by the next step alone, here or by the caller."""
        if getattr(node, "returned", False):
            return self.scope.once
        return bool(getattr(node, "once", False))

    def at(self, node: Node) -> Any:
        """Give the place of what is being read, with the calls that led there."""
        return self.scope.place or self.called(getattr(node, "place", None))

    def called(self, place: Any) -> Any:
        """Give a place in the function being read, with the calls that led there."""
        scope = self.scope
        if place is None or place.caller is not None or scope.caller is None or scope.place:
            return place  # what stands at the user's statement has its callers
        return replace(place, caller=scope.caller)

    def emit(self, *lines: Node) -> None:
        """Write statements, where they can be reached."""
        if self.env is None:
            return
        for line in lines:
            if getattr(line, "place", None) is None:
                line.place = self.place
            for name in handed_on(line) if self.private else ():
                self.private.pop(name, None)
            if self.streams and self.refuses(line):
                return
            self.lines.append(line)

    def refuses(self, line: Node) -> bool:
        """Refuse a statement that hands on an iterator which is not there at run time."""
        from srcxform.specialise.streams import escaping, refuse_iterator

        name = escaping(self, line)
        if name is not None:
            refuse_iterator(self, name)
        return name is not None

    def bind(self, name: str, kind: Kind) -> None:
        """Let a name have a kind from here on."""
        if self.env is not None:
            kind = unfolded(kind)
            self.private.pop(name, None)
            self.env[name] = kind = kind if self.fixed else self.cells.sited(kind, name)
            if isinstance(kind, Told):
                self.telling = True
            elif self.telling:
                self.forget(name)
            self.known[name] = self.covering(self.known.get(name), kind)
            for watch in self.watches:
                watch.bound[name] = self.join(watch.bound.get(name), kind)

    def forget(self, name: str) -> None:
        """Forget what flags say of a variable that is bound anew."""
        assert self.env is not None
        for flag, kind in self.env.items():
            if isinstance(kind, Told) and kind.name == name:
                self.env[flag] = Number("b")

    def covering(self, before: Kind | None, kind: Kind) -> Kind:
        """Join kinds of what one name is bound to, at whatever places.

        As long as names are the user's, that says nothing of containers: they are not the same.
        """
        if before is None or before == kind or self.scope.function is None:
            return self.cells.covering(before, kind)
        return joining.join(self.settled(before), self.settled(kind))

    def kind_of(self, name: str) -> Kind | None:
        """Give the kind of a name, if it is known here."""
        return None if self.env is None else self.env.get(name)

    def put(self, container: Kind, item: Kind) -> None:
        """Note that an element of this kind goes into a container."""
        self.lost += self.is_lost_in(container, item)
        if not self.fixed:
            with self.noting():
                self.cells.put(container, item)

    def put_at(self, container: Kind, key: Kind, item: Kind) -> None:
        """Note that an element of this kind is stored at a place of a container."""
        self.lost += self.is_lost_in(container, item)
        if not self.fixed:
            with self.noting():
                self.cells.put_at(container, key, item)

    def is_lost_in(self, container: Kind, item: Kind) -> bool:
        """Say whether a function that goes into a container is not known any more there."""
        if is_of_one_turn(item):
            return True
        held = self.element(container) if is_callee(item) else None
        if held is None or held in (NEVER, UNKNOWN):
            return False
        return self.join(held, item) == UNKNOWN

    def drop(self, container: Kind, key: Kind) -> None:
        """Note that a dict may lose a key."""
        if not self.fixed:
            with self.noting():
                self.cells.drop(container, key)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Let all names know at once of a container that turns out to be changed."""
        self.cells.place, before = self.place, self.cells.raises
        yield
        if self.cells.raises > before and self.env is not None:
            self.env = {name: self.cells.sited(kind, name) for name, kind in self.env.items()}

    def join(self, left: Kind | None, right: Kind | None) -> Kind:
        """Join two kinds; two changing containers become one."""
        return self.cells.join(left, right)

    def element(self, kind: Kind) -> Kind | None:
        """Give the kind that covers all that a container holds."""
        return self.cells.element(kind)

    def opened(self, kind: Kind) -> Kind:
        """Give a changing container whose places are known by their kinds."""
        return self.cells.opened(kind)

    def settled(self, kind: Kind) -> Kind:
        """Give the kind of a changing container by what it holds."""
        return self.cells.settled(kind)

    def join_env(self, left: Env | None, right: Env | None) -> Env | None:
        """Join what is known on two paths that meet."""
        if left is None or right is None:
            return left if right is None else right
        joined: Env = {}
        for key, kind in left.items():
            other = right.get(key)
            if other is kind:  # mostly so: one branch binds few names
                joined[key] = kind
            elif other is None:
                joined[key] = self.on_one_way(key, kind)
            else:
                joined[key] = self.join(kind, other)
        for key in right:
            if key not in left:
                joined[key] = self.on_one_way(key, right[key])
        return joined

    def on_one_way(self, name: str, kind: Kind) -> Kind:
        """Give the kind of what is bound on one of two ways that meet."""
        if not self.slots or isinstance(kind, Maybe) or name not in self.slots.values():
            return kind
        return Maybe(kind)

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
        mark = self.mark()
        with self.block():
            yield
        self.env = self.known_since(mark)
        self.rewind(mark)

    def mark(self) -> Mark:
        """Note how things stand before something is tried."""
        env = None if self.env is None else dict(self.env)
        names = set(self.names.taken), dict(self.names.counts)
        return Mark(env, names, self.came_in.copy(), len(self.ahead), dict(self.private))

    def known_since(self, mark: Mark) -> Env | None:
        """Give what is known after something was tried that will be run for good later."""
        if self.env is None:
            return mark.env  # what is refused is so when it is run for good
        if not self.streams or mark.env is None:
            return self.env
        undrawn = {n: kind for n, kind in mark.env.items() if isinstance(kind, Stream)}
        return {**self.env, **undrawn}

    def rewind(self, mark: Mark) -> None:
        """Give names back, and forget what came in, since it was tried only."""
        self.came_in = mark.came_in
        self.private = mark.private
        del self.ahead[mark.ahead :]
        taken, self.names.counts = mark.names
        self.names.taken = taken | self.lasting_names()
        self.names.take(self.slots.values())

    def depths(self) -> tuple[int, ...]:
        """Say how deep this point is in loops, calls and handlers."""
        return tuple(map(len, self.stacks()))

    def back_to(self, depths: tuple[int, ...]) -> None:
        """Forget what was begun beyond this depth: a refusal left it."""
        for stack, depth in zip(self.stacks(), depths, strict=True):
            del stack[depth:]

    def stacks(self) -> list[list[Any]]:
        return [self.breaks, self.calling, self.watches, self.raised, self.running, self.walked]

    def lasting_names(self) -> set[str]:
        """Give the names that stay taken whatever becomes of what is being written."""
        captured = {capture.name for capture in self.externals.captures.values()}
        return {*self.functions, *self.externals.objects, *self.externals.lifted, *captured}


def handed_on(line: Node) -> set[str]:
    """Give the names whose values a statement hands on; `x[i]` reads from x, or stores into it."""
    read = Counter(load_list(line))
    for node in walk(line):
        match node:
            case (
                gast.Subscript(value=gast.Name(id=name))
                | gast.Call(func=gast.Name(id="len"), args=[gast.Name(id=name)])
            ):
                read[name] -= 1
    return {name for name, count in read.items() if count > 0}
