"""The kinds and their join.

`Unknown` is above everything and always right: it only means that a run-time helper stays in
the generated code where a known kind would have settled it.

>>> join(Number("i"), Number("f"))
Number(cls='f', size=None)
>>> join(Const(2), Const(3))
Number(cls='i', size=None)
>>> join(Array("f", (Dim("n"),)), Array("f", (Dim("n"),)))
Array(cls='f', dims=(Dim(name='n', offset=0),))
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
class Array(Kind):
    """A NumPy array; `dims` is None where not even the rank is known."""

    cls: str
    dims: tuple[Length, ...] | None = None

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
    that it may have, if these are known, and `items` says what stands at each.
    """

    type: str  # "tuple", "list" or "dict"
    item: Kind | None = None
    keys: tuple[Any, ...] = ()
    items: tuple[Kind, ...] = ()
    sites: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


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


@dataclass(frozen=True, eq=False)
class Closure(Kind):
    """A function defined inside the one that is read: its tree, and the scope it was defined in.

    Known while compiling only: no value of the program stands for it. Two are the same function
    if they come from one place in one scope, unless they hold values of their own (`defaults`).
    """

    node: Any
    scope: Any
    defaults: tuple[Any, ...] = ()  # an atom and its kind for each default, in their order

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Closure)
            and self.node is other.node
            and self.scope.frame is other.scope.frame
            and not (self.defaults or other.defaults or self.node.fleeting)
        )

    def __hash__(self) -> int:
        return id(self.node)


@dataclass(frozen=True, eq=False)
class Partial(Kind):
    """A function with some arguments given, or a bound method: known while compiling only."""

    function: Kind
    args: tuple[Any, ...]  # atoms and their kinds
    keywords: tuple[Any, ...] = ()  # names, atoms and their kinds

    def __eq__(self, other: object) -> bool:
        return self is other or isinstance(other, Partial) and self.content() == other.content()

    def __hash__(self) -> int:
        return hash(self.function)

    def content(self) -> Any:
        """Give what two partials have to share to be the same."""
        args = [(getattr(atom, "id", atom), kind) for atom, kind in self.args]
        named = [(name, getattr(atom, "id", atom), kind) for name, atom, kind in self.keywords]
        return self.function, args, named


@dataclass(frozen=True)
class Instance(Kind):
    """An object that is written to: its attributes are variables, named after its site.

    Known while compiling only, like functions: two names of one object have one site.
    """

    type: Any
    site: str


@dataclass(frozen=True)
class Torn(Kind):
    """One of several objects that are known while compiling: which, only the run can tell."""


@dataclass(frozen=True)
class Maybe(Kind):
    """What an attribute holds, if the object has it at all."""

    kind: Kind


@dataclass(frozen=True)
class Super(Kind):
    """`super()`: the object (or class) with this name, looked at behind this class."""

    type: Any
    owner: str


@dataclass(frozen=True)
class OrNone(Kind):
    """A number or array, or None: what a variable holds that is set in some turn of a loop."""

    item: Kind


@dataclass(frozen=True)
class Choice(Kind):
    """One of several functions; a variable of this kind holds the number of the one it is."""

    options: tuple[Kind, ...]


@dataclass(frozen=True, eq=False)
class Derived(Kind):
    """A derivative of a function, made inside the function that is read."""

    transform: str
    function: Kind
    options: tuple[Any, ...] = ()  # names and values


@dataclass(frozen=True, eq=False)
class Leafwise(Kind):
    """A function of one number or array among its arguments, to one among its results."""

    function: Kind
    args: tuple[Any, ...]  # atoms and their kinds
    keywords: tuple[Any, ...]
    leaf: tuple[Any, ...]  # the argument's position, then keys
    result: tuple[Any, ...]  # keys


@dataclass(frozen=True, eq=False)
class Pullback(Kind):
    """What `vjp` gives, made inside: the backward sweep, to come in where it is called."""

    sweep: Any


UNKNOWN = Unknown()
NEVER = Never()
NONE = Const(None)


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
        case Items(items=items):
            return replace(kind, items=tuple(general(item) for item in items))
    return kind


def widest(*classes: str) -> str:
    """Give the class that absorbs all these."""
    return max(classes, key=CLASSES.index)


def join_lengths(left: Length, right: Length) -> Length:
    """Give a length that covers both."""
    if left == right:
        return left
    if is_big(left) and is_big(right):
        return None  # both exceed 1, but they may differ: no name covers them
    return None


def is_big(length: Length) -> bool:
    """Say whether a length is known to exceed 1."""
    if isinstance(length, Dim):
        return length.big and length.offset == 0
    return isinstance(length, int) and length > 1


Meet = Callable[[Kind, Kind], Kind | None]


def join(left: Kind | None, right: Kind | None, meet: Meet | None = None) -> Kind:
    """Give the least kind that covers both (None covers nothing).

    `meet` is asked first, here and inside containers, for what joins in a way of its own.
    """
    if left is None or right is None:
        return left or right or UNKNOWN
    if right == NEVER:
        return left
    if left == NEVER:
        return right
    if left == right and not sites_differ(left, right):
        return left
    met = meet(left, right) if meet is not None else None
    if met is not None:
        return met

    def both(ours: tuple[Kind, ...], theirs: tuple[Kind, ...]) -> tuple[Kind, ...]:
        return tuple(join(a, b, meet) for a, b in zip(ours, theirs, strict=True))

    if isinstance(left, Maybe) or isinstance(right, Maybe):
        one, other = (k.kind if isinstance(k, Maybe) else k for k in (left, right))
        return Maybe(join(one, other, meet))
    if isinstance(left, Stream) or isinstance(right, Stream):
        return join_streams(left, right)
    if isinstance(left, (Instance, Torn)) or isinstance(right, (Instance, Torn)):
        return Torn()
    if is_or_none(left) or is_or_none(right):
        return join_or_none(left, right)
    if is_text(left) and is_text(right):
        return Opaque(str)
    match left, right:
        case (Number() | Const(), Number() | Const()):
            return join_scalars(left, right)
        case Array(cls=a, dims=p), Array(cls=b, dims=q):
            if p is None or q is None or len(p) != len(q):
                return Array(widest(a, b))
            return Array(widest(a, b), tuple(map(join_lengths, p, q)))
        case Items(type=t, items=a), Items(type=u, items=b) if t == u and len(a) == len(b):
            return Items(t, both(a, b), left.sites | right.sites)
        case Mapping(keys=k, items=a), Mapping(keys=m, items=b) if k == m:
            return Mapping(k, both(a, b), left.sites | right.sites)
        case Record(type=t, keys=k, items=a), Record(type=u, keys=m, items=b) if t is u and k == m:
            origin = left.origin | right.origin if left.origin and right.origin else frozenset()
            return Record(t, k, both(a, b), origin)
        case Opaque(type=a), Opaque(type=b) if a is b:
            return left
    if (kind_type := container_type(left)) and kind_type == container_type(right):
        return join_containers(kind_type, left, right, meet)
    return UNKNOWN


def sites_differ(left: Kind, right: Kind) -> bool:
    """Say whether containers of equal kinds were made at different places."""
    match left, right:
        case ((Items() | Mapping() | Many() | Record()), (Items() | Mapping() | Many() | Record())):
            if getattr(left, "sites", None) != getattr(right, "sites", None):
                return True
            return any(map(sites_differ, parts_of(left), parts_of(right)))
    return False


def parts_of(kind: Kind) -> list[Kind]:
    """Give the kinds of what a container holds."""
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return list(items)
        case Many(item=item):
            return [] if item is None else [item]
    return []


def present(kind: Kind) -> Kind:
    """Give the kind of a value of which it is known that it is not None."""
    return kind.item if isinstance(kind, OrNone) else kind


def is_or_none(kind: Kind) -> bool:
    return isinstance(kind, OrNone) or kind == NONE


def join_or_none(left: Kind, right: Kind) -> Kind:
    items = [general(present(kind)) for kind in (left, right) if kind != NONE]
    covered = join(items[0], items[-1])
    return OrNone(covered) if isinstance(covered, (Number, Array)) else UNKNOWN


def is_text(kind: Kind) -> bool:
    """Say whether a value of this kind is a string."""
    match kind:
        case Const(value=value):
            return isinstance(value, str)
        case Opaque(type=found):
            return found is str
    return False


def join_streams(left: Kind, right: Kind) -> Kind:
    """An iterator or something else: which of them it is nobody can tell."""
    streams = [kind for kind in (left, right) if isinstance(kind, Stream)]
    if not any(stream.site for stream in streams):
        return Stream(join(streams[0].item, streams[1].item)) if len(streams) == 2 else UNKNOWN
    return Stream(UNKNOWN, "*")


def join_scalars(left: Kind, right: Kind) -> Kind:
    classes = [scalar_class(k.value) if isinstance(k, Const) else k.cls for k in (left, right)]  # type: ignore[attr-defined]
    if None in classes:
        return UNKNOWN
    return Number(widest(*classes))  # type: ignore[arg-type]


def container_type(kind: Kind) -> str | None:
    """Say which built-in container a kind stands for, if any."""
    match kind:
        case Items(type=kind_type) | Many(type=kind_type) | Cell(type=kind_type):
            return kind_type
        case Mapping():
            return "dict"
    return None


def join_containers(kind_type: str, left: Kind, right: Kind, meet: Meet | None) -> Kind:
    sites = getattr(left, "sites", frozenset()) | getattr(right, "sites", frozenset())
    ours, theirs = table_of(left), table_of(right)
    table: dict[Any, Kind] = {}
    if ours is not None and theirs is not None:
        for key in [*ours, *(k for k in theirs if k not in ours)]:
            table[key] = join(ours.get(key), theirs.get(key), meet)
    parts = [element(kind) for kind in (left, right)]
    known = [part for part in parts if part is not None]
    item = join(known[0], known[1], meet) if len(known) == 2 else known[0] if known else None
    return Many(kind_type, item, tuple(table), tuple(table.values()), sites)


def table_of(kind: Kind) -> dict[Any, Kind] | None:
    """Give the kinds of a dict by its keys, if these are known."""
    match kind:
        case Mapping(keys=keys, items=items):
            return dict(zip(keys, items, strict=True))
        case Many(type="dict", item=item, keys=keys, items=items) if keys or item is None:
            return dict(zip(keys, items, strict=True))
    return None


def element(kind: Kind) -> Kind | None:
    """Give the kind that covers every element of a container; None if it has none."""
    match kind:
        case Many(item=item):
            return item
        case Items(items=items) | Mapping(items=items):
            covered: Kind | None = None
            for item in items:
                covered = general(item) if covered is None else join(covered, general(item))
            return covered
        case Array(cls=cls, dims=dims):
            if dims is None:
                return UNKNOWN
            return Number(cls) if len(dims) == 1 else Array(cls, dims[1:])
    return UNKNOWN


def loose(kind: Kind) -> Kind:
    """Forget all lengths and numbers: what holds for any element of a long container."""
    match kind:
        case Array(cls=cls, dims=dims):
            return Array(cls, None if dims is None else (None,) * len(dims))
        case Items(type=kind_type, items=items):
            return Items(kind_type, tuple(map(loose, items)))
        case Mapping(keys=keys, items=items):
            return Mapping(keys, tuple(map(loose, items)))
        case Record(type=record, keys=keys, items=items):
            return Record(record, keys, tuple(map(loose, items)), kind.origin)
        case Many(type=kind_type, item=item):
            return Many(kind_type, item and loose(item))
        case Number(cls=cls):
            return Number(cls)
        case Const(value=value) if not isinstance(value, (str, type(None))):
            if callable(value):
                return kind
            return general(kind) if scalar_class(value) else UNKNOWN
    return kind


def is_differentiable(kind: Kind) -> bool:
    """Say whether a value of this kind can carry a derivative."""
    match kind:
        case Unknown():
            return True
        case Number(cls=cls) | Array(cls=cls):
            return cls in "fc"
        case Const(value=value):
            return scalar_class(value) in ("f", "c")
        case Record(type=types.MethodType):
            return False  # what a function holds is carried along as it is
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(is_differentiable, items))
        case Many(item=item):
            return item is None or is_differentiable(item)
        case Stream(item=item) | OrNone(item=item):
            return is_differentiable(item)
        case Cell():
            return True
    return False


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


@dataclass(frozen=True, eq=False)
class Suspended(Kind):
    """A generator that nothing was drawn from yet: known while compiling only.

    `code` is the function that was read, `bound` its arguments, `scope` where its names lead.
    """

    function: Any
    code: Any
    bound: Any
    scope: Any
    depth: int  # the loops around the place where it was made


def is_virtual(kind: Kind) -> bool:
    """Say whether a value of this kind, or one inside it, is known while compiling only."""
    match kind:
        case (
            Closure()
            | Partial()
            | Derived()
            | Pullback()
            | Super()
            | Leafwise()
            | Choice()
            | Suspended()
        ):
            return True
        case Instance() | Torn():
            return True
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(is_virtual, items))
        case Many(item=Kind() as item) | Stream(item=item):
            return is_virtual(item)
    return False


def is_callee(kind: Kind) -> bool:
    """Say whether a call of a value of this kind is a call of one known function."""
    match kind:
        case Closure() | Partial() | Derived() | Pullback() | Leafwise() | Choice():
            return True
        case Const(value=value):
            return callable(value)
    return False


def is_function(kind: Kind) -> bool:
    """Say whether the kind is a known function, class or module."""
    return isinstance(kind, Const) and isinstance(
        kind.value,
        (types.FunctionType, types.BuiltinFunctionType, type, types.ModuleType, np.ufunc),
    )
