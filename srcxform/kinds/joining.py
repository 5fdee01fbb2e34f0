"""The join of kinds: what is known where two paths meet.

>>> from srcxform.kinds.lattice import Array, Const, Dim, Number
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
from dataclasses import replace
from typing import Any

import numpy as np

from srcxform.kinds.callables import Closure, Partial, in_tuples
from srcxform.kinds.keys import ANY, join_keys, key_kind
from srcxform.kinds.lattice import (
    INNER,
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Dim,
    Inner,
    Instance,
    Items,
    Kept,
    Kind,
    Length,
    Many,
    Mapping,
    Maybe,
    Mixed,
    Nested,
    Number,
    Opaque,
    OrNone,
    Record,
    Stream,
    Suspended,
    Torn,
    general,
    holds_kept,
    present,
    replaced,
    scalar_class,
    torn_from,
    unfolded,
    widest,
)

Meet = Callable[[Kind, Kind], Kind | None]


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


def join(left: Kind | None, right: Kind | None, meet: Meet | None = None) -> Kind:
    """Give the least kind that covers both (None covers nothing).

    `meet` is asked first, here and inside containers, for what joins in a way of its own.
    """
    if left is None or right is None:
        return left or right or UNKNOWN
    if left is right:
        return left
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
    if isinstance(left, (Stream, Suspended)) or isinstance(right, (Stream, Suspended)):
        return join_streams(left, right)
    if isinstance(left, Mixed) or isinstance(right, Mixed) or DECLINED in (left, right):
        return join_mixed(left, right, meet)
    if isinstance(left, (Instance, Torn)) or isinstance(right, (Instance, Torn)):
        return torn_from(left, right)
    if is_or_none(left) or is_or_none(right):
        return join_or_none(left, right, meet)
    if isinstance(left, Nested) or isinstance(right, Nested):
        return join_nested(left, right, meet)
    if is_text(left) and is_text(right):
        return Opaque(str)
    match left, right:
        case Closure(), Closure() if left.is_beside(right):
            pairs = zip(left.defaults, right.defaults, strict=True)
            inside = tuple((None, join(a, b, meet)) for (_, a), (_, b) in pairs)
            return replace(left, defaults=inside)
        case Partial(), Partial() if left.function == right.function:
            return join_partials(left, right, meet)
        case (Number() | Const(), Number() | Const()):
            return join_scalars(left, right)
        case Array(cls=a, dims=p), Array(cls=b, dims=q):
            mixed = a != b or left.mixed or right.mixed
            if p is None or q is None or len(p) != len(q):
                return Array(widest(a, b), None, mixed)
            return Array(widest(a, b), tuple(map(join_lengths, p, q)), mixed)
        case Items(type=t, items=a), Items(type=u, items=b) if t == u and len(a) == len(b):
            return Items(t, both(a, b), left.sites | right.sites)
        case Mapping(keys=k, items=a), Mapping(keys=m, items=b) if k == m:
            return Mapping(k, both(a, b), left.sites | right.sites)
        case Record(type=t, keys=k, items=a), Record(type=u, keys=m, items=b) if t is u and k == m:
            origin = left.origin | right.origin if left.origin and right.origin else frozenset()
            return Record(t, k, both(a, b), origin)
        case Opaque(type=a), Opaque(type=b):
            return left if a is b else Opaque(object)
        case Kept(type=t, table=a), Kept(type=u, table=b) if t is u:
            return Kept(t, join(a, b, meet))
    if (kind_type := container_type(left)) and kind_type == container_type(right):
        return join_containers(kind_type, left, right, meet)
    if is_followed_object(left) or is_followed_object(right):
        found = beside_kept(left, right) if holds_kept(left) or holds_kept(right) else Torn()
        return found if found.origins else join_mixed(left, right, meet)
    if holds_object(left) or holds_object(right):
        return beside_kept(left, right) if holds_kept(left) or holds_kept(right) else Mixed()
    return beside_kept(left, right) if holds_kept(left) or holds_kept(right) else UNKNOWN


def is_followed_object(kind: Kind) -> bool:
    """Say whether a value is an object of which the class says what operators mean."""
    match kind:
        case Record(type=cls):
            return cls is not types.MethodType
        case OrNone(item=item):
            return is_followed_object(item)
    return isinstance(kind, Kept)


def holds_object(kind: Kind) -> bool:
    """Say whether a value is, or holds, such an object: of a tuple in itself that is said once."""
    item = kind.item if isinstance(kind, OrNone) else kind
    parts = list(item.items) if isinstance(item, Nested) else parts_of(item)
    return is_followed_object(kind) or any(map(holds_object, parts))


DECLINED = Const(NotImplemented)  # what a method of an operator gives where it has no answer
OPTIONS = 4  # kinds that one variable may have


def join_mixed(left: Kind, right: Kind, meet: Meet | None) -> Kind:
    """Give the kind of what is an object on one way, and on another something else."""
    if Mixed() in (left, right) or any(isinstance(kind, Instance) for kind in (left, right)):
        return Mixed()
    found: list[Kind] = []
    for option in map(general, (*options_of(left), *options_of(right))):
        if not is_followed_object(option) and not isinstance(option, Number):
            if option != NONE and option != DECLINED:
                return Mixed()
        for k, other in enumerate(found):
            if sort_of(option) == sort_of(other):
                if isinstance(option, Record) and getattr(other, "keys", ()) != option.keys:
                    return Mixed()
                found[k] = join(other, option, meet)
                break
        else:
            found.append(option)
    told = len(found) <= OPTIONS and not any(isinstance(option, Torn) for option in found)
    dicts = sum(isinstance(option, Kept) for option in found)
    return Mixed(options=tuple(found) if told and dicts <= 1 else ())


def options_of(kind: Kind) -> tuple[Kind, ...]:
    match kind:
        case Mixed(options=options):
            return options
        case OrNone(item=item):
            return (NONE, item)
    return (kind,)


def narrowed(kind: Mixed, classes: tuple[type, ...], holds: bool) -> Kind:
    """Give what is left where `isinstance` says that a value is of these classes, or is not."""
    told = [(option, is_of(option, classes)) for option in kind.options]
    if any(answer is None for _, answer in told):
        return kind
    left = [option for option, answer in told if answer is holds]
    found: Kind = NEVER
    for option in left:
        found = join(found, option)
    return found if left else kind


def is_of(option: Kind, classes: tuple[type, ...]) -> bool | None:
    """Say whether a value of a kind is of one of these classes; None where that is not told."""
    match option:
        case Record(type=cls) | Kept(type=cls):
            return issubclass(cls, classes)
        case Const(value=value) if option in (NONE, DECLINED):
            return isinstance(value, classes)
    return None if any(issubclass(one, (int, float, complex, np.generic, np.ndarray))
                       or one.__module__ in ("numbers", "abc", "typing", "builtins")
                       and one is not type(None) for one in classes) else False  # fmt: skip


def sort_of(kind: Kind) -> Any:
    """Say which of the kinds that a value may have this is: by that they are told apart."""
    if isinstance(kind, Const):
        return kind
    return (type(kind), kind.type) if isinstance(kind, (Record, Kept)) else type(kind)


def beside_kept(left: Kind, right: Kind) -> Torn:
    """Give one of several objects, for some of which dicts stand: for all, if they can."""
    found = torn_from(left, right).origins
    for kind in map(present, (left, right)):
        if isinstance(kind, Record):  # None: the caller's
            found |= {one if isinstance(one, tuple) else None for one in kind.origin} or {None}
    return Torn(found)


def join_partials(left: Partial, right: Partial, meet: Meet | None) -> Kind:
    """Give what covers two functions with arguments given, if they were given the same way."""
    one, other = map(in_tuples, (left, right))
    if not isinstance(one, Partial) or not isinstance(other, Partial):
        return torn_from(one, other) if Torn in map(type, (one, other)) else UNKNOWN
    ours, theirs = (
        [(None, *pair) for pair in found.args] + list(found.keywords) for found in (one, other)
    )
    if [(name, atom) for name, atom, _ in ours] != [(name, atom) for name, atom, _ in theirs]:
        return UNKNOWN
    found = [
        (name, atom, join(a, b, meet))
        for (name, atom, a), (_, _, b) in zip(ours, theirs, strict=True)
    ]
    count = len(left.args)
    args = tuple((atom, kind) for _, atom, kind in found[:count])
    return replace(left, args=args, keywords=tuple(found[count:]))


def sites_differ(left: Kind, right: Kind) -> bool:
    """Say whether containers of equal kinds were made at different places."""
    match left, right:
        case ((Items() | Mapping() | Many() | Record()), (Items() | Mapping() | Many() | Record())):
            if getattr(left, "sites", None) != getattr(right, "sites", None):
                return True
            return any(map(sites_differ, parts_of(left), parts_of(right)))
        case Kept(table=a), Kept(table=b):
            return sites_differ(a, b)
        case OrNone(item=a), OrNone(item=b):
            return sites_differ(a, b)
    return False


def parts_of(kind: Kind) -> list[Kind]:
    """Give the kinds of what a container holds."""
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return list(items)
        case Many(item=item):
            return [] if item is None else [item]
    return []


def is_or_none(kind: Kind) -> bool:
    return isinstance(kind, OrNone) or kind == NONE


MAY_BE_NONE = (Number, Array, Kept, Closure, Mapping, Cell, Items, Many, Nested, Inner)


def join_or_none(left: Kind, right: Kind, meet: Meet | None) -> Kind:
    kinds = [kind for kind in (left, right) if kind != NONE]
    items = [general(kind.item if isinstance(kind, OrNone) else kind) for kind in kinds]
    covered = join(items[0], items[-1], meet)
    if isinstance(covered, Mixed) or is_followed_object(covered) and isinstance(covered, Record):
        return join_mixed(covered, NONE, meet)
    if isinstance(covered, Torn):
        return covered
    return OrNone(covered) if isinstance(covered, MAY_BE_NONE) else UNKNOWN


def join_nested(left: Kind, right: Kind, meet: Meet | None) -> Kind:
    """A tuple that nests takes in another of as many parts."""
    if isinstance(left, Nested) and isinstance(right, Nested):
        if len(left.items) == len(right.items):
            pairs = zip(left.items, right.items, strict=True)
            return Nested(tuple(join(a, b, meet) for a, b in pairs))
        return UNKNOWN
    knot, other = (left, right) if isinstance(left, Nested) else (right, left)
    assert isinstance(knot, Nested)
    covered = join(unfolded(knot), other, assuming(knot, other, meet))
    if not isinstance(covered, Items):
        return UNKNOWN
    return tied(covered, knot, meet)


def tied(covered: Items, knot: Nested, meet: Meet | None) -> Kind:
    """Tie a tuple that holds what nests in it: the knot as it was, or as it has grown by now."""
    parts = tuple(replaced(item, knot, INNER) for item in covered.items)
    grown = [one for one in knots(Items("tuple", parts)) if len(one.items) == len(parts)]
    for one in grown:
        parts = tuple(replaced(item, one, INNER) for item in parts)
    if parts == covered.items:
        return covered
    found: Kind = Nested(parts)
    for one in grown:
        found = join(found, one, meet)
    return found


def knots(kind: Kind) -> list[Nested]:
    """Give the tuples that nest in a kind."""
    match kind:
        case Nested():
            return [kind]
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return [knot for item in items for knot in knots(item)]
        case Many(item=Kind() as item) | OrNone(item=item):
            return knots(item)
    return []


def assuming(knot: Kind, other: Kind, meet: Meet | None) -> Meet:
    """Let a tuple that nests cover another where the question comes up inside of itself.

    It does where two functions call each other: each one's tuples hold those of the other one.
    """

    def met(left: Kind, right: Kind) -> Kind | None:
        if knot in (left, right) and other in (left, right):
            return knot
        return meet(left, right) if meet is not None else None

    return met


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
    suspended = any(isinstance(kind, Suspended) for kind in (left, right))
    if not suspended and not any(stream.site for stream in streams):
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
    key = join_keys(key_kind(left), key_kind(right)) if kind_type == "dict" else ANY
    told = None if key in (ANY, NEVER) else key
    return Many(kind_type, item, tuple(table), tuple(table.values()), sites, told)


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
            return Number(cls) if len(dims) == 1 else replace(kind, dims=dims[1:])
    return UNKNOWN
