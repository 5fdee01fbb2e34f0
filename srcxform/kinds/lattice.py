"""The kinds: what can be known of a value before the program runs.

`Unknown` is above everything and always right: it only means that a run-time helper stays in
the generated code where a known kind would have settled it.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import is_
from typing import Any

import numpy as np

CLASSES = "bifc"  # boolean, integer, real, complex: later ones absorb earlier ones


@dataclass(frozen=True)
class Kind:
    """Base of all kinds."""


@dataclass(frozen=True)
class Unknown(Kind):
    """Nothing is known."""


@dataclass(frozen=True)
class Never(Kind):
    """No value gets here, as far as is known yet; below every other kind."""


@dataclass(frozen=True)
class Dim:
    """A length `name + offset` (never below 0); `big` says that it is known to exceed 1."""

    name: str
    offset: int = 0
    big: bool = field(default=True, compare=False, repr=False)

    def plus(self, offset: int) -> Dim:
        """Give this length moved by a constant."""
        return self if offset == 0 else Dim(self.name, self.offset + offset, False)


Length = Dim | int | None  # None: could be anything


@dataclass(frozen=True)
class Const(Kind):
    """Exactly this object: a literal, None, a string, a function, a module, a class."""

    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Const) or type(self.value) is not type(other.value):
            return False
        if isinstance(self.value, (int, float, complex, str, bytes, type(None))):
            return repr(self.value) == repr(other.value)
        return self.value is other.value

    def __hash__(self) -> int:
        return hash(type(self.value))


@dataclass(frozen=True)
class Number(Kind):
    """A Python or NumPy scalar; `size` names the value of an integer that is a length."""

    cls: str
    size: Length = None


@dataclass(frozen=True)
class Told(Number):
    """What `isinstance` said of the value that a variable holds at this point."""

    name: str = ""
    asked: Any = None


@dataclass(frozen=True)
class Array(Kind):
    """A NumPy array; `dims` is None where not even the rank is known.

    One that is `mixed` counts as an array of reals, but may be one of integers on some way.
    """

    cls: str
    dims: tuple[Length, ...] | None = None
    mixed: bool = field(default=False, repr=False)

    @property
    def rank(self) -> int | None:
        """The number of axes, if known."""
        return None if self.dims is None else len(self.dims)


@dataclass(frozen=True)
class Items(Kind):
    """A tuple or list whose elements are known one by one.

    `sites` names where it was made: a list that turns out to be changed is described by a `Cell`.
    """

    type: str  # "tuple" or "list"
    items: tuple[Kind, ...]
    sites: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True)
class Many(Kind):
    """A tuple, list or dict of unknown length, all elements (or values) of one kind.

    `item` is None while the container is known to be empty. Of a dict that grows, `keys` are those
    that it may have, if these are known, and `items` says what stands at each; `key` is the kind of
    all its keys, where more than nothing is known of that.
    """

    type: str  # "tuple", "list" or "dict"
    item: Kind | None = None
    keys: tuple[Any, ...] = ()
    items: tuple[Kind, ...] = ()
    sites: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    key: Kind | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Cell(Kind):
    """A list or dict that is changed in place; the compiler's table says what is in it."""

    type: str
    site: str


@dataclass(frozen=True)
class Mapping(Kind):
    """A dict whose keys are known."""

    keys: tuple[Any, ...]
    items: tuple[Kind, ...]
    sites: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True)
class Opaque(Kind):
    """An object of this type; nothing that a derivative passes through."""

    type: Any


@dataclass(frozen=True)
class Stream(Kind):
    """An iterator that gives values of one kind, once: `zip`, `enumerate`.

    `site` is the name of the number that says how far it has come, where one is kept.
    """

    item: Kind
    site: str = ""


@dataclass(frozen=True)
class Record(Kind):
    """A namedtuple, dataclass or class instance: its class and the kinds of its fields.

    `origin` says which argument it came with, or where it was made; empty: not known.
    """

    type: Any
    keys: tuple[str, ...]
    items: tuple[Kind, ...]
    origin: frozenset[Any] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True)
class Instance(Kind):
    """An object that is written to: its attributes are variables, named after its site.

    Known while compiling only, like functions: two names of one object have one site.
    """

    type: Any
    site: str
    origin: Any = field(default=None, compare=False, repr=False)  # where it was made


@dataclass(frozen=True)
class Torn(Kind):
    """One of several objects that are known while compiling: which, only the run can tell.

    `origins` says where these were made; None stands for one that was not made inside.
    """

    origins: frozenset[Any] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True)
class Mixed(Torn, Unknown):
    """An object of a user's class on one way, and on another something else.

    `options` are the kinds that it may have; none where they are not told apart.
    """

    options: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Kept(Kind):
    """An object that is written to, and for which a dict of its attributes stands."""

    type: Any
    table: Kind


@dataclass(frozen=True)
class Maybe(Kind):
    """What an attribute holds, if the object has it at all."""

    kind: Kind


@dataclass(frozen=True)
class OrNone(Kind):
    """A number, array or tuple, or None: of a variable that is set in some turn of a loop."""

    item: Kind


@dataclass(frozen=True)
class Nested(Kind):
    """A tuple that holds tuples like itself, at any depth: what a recursion leaves behind."""

    items: tuple[Kind, ...]


@dataclass(frozen=True)
class Inner(Kind):
    """In a `Nested` tuple: one like it again."""


UNKNOWN = Unknown()
NEVER = Never()
NONE = Const(None)
INNER = Inner()


def scalar_class(value: object) -> str | None:
    """Give the class of a Python or NumPy scalar, None for anything else."""
    match value:
        case bool() | np.bool_():
            return "b"
        case int() | np.integer():
            return "i"
        case float() | np.floating():
            return "f"
        case complex() | np.complexfloating():
            return "c"
    return None


def general(kind: Kind) -> Kind:
    """Forget the value of a number; containers keep their shape."""
    match kind:
        case Const(value=value) if (cls := scalar_class(value)) and cls != "b":
            return Number(cls)
        case Items():
            return with_parts(kind, general)
    return kind


def with_parts(kind: Kind, change: Callable[[Kind], Kind]) -> Kind:
    """Change the kinds of what a container holds; it is the very same kind if none changes.

    Environments are joined and compared in every turn over a loop: of what is the same that costs
    nothing.
    """
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            inside = tuple(map(change, items))
            return kind if all(map(is_, inside, items)) else replace(kind, items=inside)
        case Many(item=Kind() as item, items=items):
            inside = tuple(map(change, items))
            new = change(item)
            if new is item and all(map(is_, inside, items)):
                return kind
            return replace(kind, item=new, items=inside)
        case OrNone(item=item) | Stream(item=item):
            new = change(item)
            return kind if new is item else replace(kind, item=new)
    return kind


def widest(*classes: str) -> str:
    """Give the class that absorbs all these."""
    return max(classes, key=CLASSES.index)


def present(kind: Kind) -> Kind:
    """Give the kind of a value of which it is known that it is not None."""
    return unfolded(kind.item) if isinstance(kind, OrNone) else kind


def unfolded(kind: Kind) -> Kind:
    """Give a tuple that holds others like itself by its parts."""
    return replaced(Items("tuple", kind.items), INNER, kind) if isinstance(kind, Nested) else kind


def replaced(kind: Kind, old: Kind, new: Kind) -> Kind:
    """Put another kind wherever `old` stands in a kind; what nests is closed, and stays."""
    if kind == old:
        return new
    match kind:
        case Items() | Mapping() | Record() | Many() | OrNone():
            return with_parts(kind, lambda part: replaced(part, old, new))
    return kind


def loose(kind: Kind) -> Kind:
    """Forget all lengths and numbers: what holds for any element of a long container."""
    match kind:
        case Array(cls=cls, dims=dims):
            return replace(kind, dims=None if dims is None else (None,) * len(dims))
        case Items(type=kind_type, items=items):
            return Items(kind_type, tuple(map(loose, items)))
        case Mapping(keys=keys, items=items):
            return Mapping(keys, tuple(map(loose, items)))
        case Record(type=record, keys=keys, items=items):
            return Record(record, keys, tuple(map(loose, items)), kind.origin)
        case Many(type=kind_type, item=item, key=key):
            return Many(kind_type, item and loose(item), key=key)
        case Kept(table=table):
            return replace(kind, table=loose(table))
        case Number(cls=cls):
            return Number(cls)
        case Nested(items=items):
            return Nested(tuple(map(loose, items)))
        case OrNone(item=item):
            return OrNone(loose(item))
        case Const(value=value) if not isinstance(value, (str, type(None))):
            if callable(value):
                return kind
            return general(kind) if scalar_class(value) else UNKNOWN
    return kind


def is_differentiable(kind: Kind) -> bool:
    """Say whether a value of this kind can carry a derivative."""
    match kind:
        case Unknown() | Mixed():
            return True
        case Number(cls=cls) | Array(cls=cls):
            return cls in "fc"
        case Const(value=value):
            return scalar_class(value) in ("f", "c")
        case Record(type=types.MethodType):
            return False  # what a function holds is carried along as it is
        case Items(items=items) | Mapping(items=items) | Record(items=items) | Nested(items=items):
            return any(map(is_differentiable, items))
        case Many(item=item):
            return item is None or is_differentiable(item)
        case Stream(item=item) | OrNone(item=item) | Kept(table=item):
            return is_differentiable(item)
        case Cell():
            return True
    return False


def holds(kind: Kind, what: type[Kind]) -> bool:
    """Say whether a kind, or that of anything in it, is of this sort."""
    if isinstance(kind, what):
        return True
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(holds(item, what) for item in items)
        case Many(item=Kind() as item) | Stream(item=item) | OrNone(item=item):
            return holds(item, what)
    return False


def holds_kept(kind: Kind) -> bool:
    """Say whether a value is, or holds, an object for which a dict stands."""
    return holds(kind, Kept)


def torn_from(*kinds: Kind) -> Torn:
    """Give the kind of one of several objects, or of what holds them."""
    if any(holds(kind, Mixed) for kind in kinds):
        return Mixed()
    found: frozenset[Any] = frozenset()
    for kind in kinds:
        match kind:
            case Torn(origins=origins):
                found |= origins
            case Instance(origin=origin):
                found |= {origin}
            case Items(items=items) | Mapping(items=items) | Record(items=items):
                found |= torn_from(*items).origins
            case Many(item=Kind() as item) | Stream(item=item) | OrNone(item=item):
                found |= torn_from(item).origins
    return Torn(found)


def torn_inside(kind: Kind) -> Kind:
    """Give what holds one of several objects where this kind holds one that is known."""
    return torn_from(kind) if isinstance(kind, Instance) else with_parts(kind, torn_inside)


def holds_instance(kind: Kind) -> bool:
    """Say whether a value is, or holds, an object that is written to."""
    match kind:
        case Instance() | Torn():
            return True
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(holds_instance, items))
        case Many(item=Kind() as item) | Stream(item=item):
            return holds_instance(item)
    return False


@dataclass(frozen=True)
class Rest(Kind):
    """The last of the arguments given: a tuple that holds all that a parameter `*rest` takes."""

    kind: Kind


@dataclass(frozen=True, eq=False)
class Single(Kind):
    """What was made at one moment of one run: each is like itself only."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True, eq=False)
class Suspended(Single):
    """A generator that nothing was drawn from yet: known while compiling only.

    `code` is the function that was read, `bound` its arguments, `scope` where its names lead.
    """

    function: Any
    code: Any
    bound: Any
    scope: Any
    depth: int  # the loops around the place where it was made
