"""Containers of known structure: their number leaves, and other containers like them."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.kinds.lattice import (
    NONE,
    Array,
    Const,
    Items,
    Kind,
    Mapping,
    Number,
    Record,
    is_differentiable,
    scalar_class,
)
from srcxform.specialise.instances import built, holds_record
from srcxform.specialise.residual import written
from srcxform.specialise.scope import Args, Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.visit import clone

Path = tuple[Any, ...]
Leaf = tuple[Path, Evaluated]


class Unknown(Exception):
    """A structure that is known only while the program runs."""


def leaves_of(kind: Kind, path: Path = ()) -> list[tuple[Path, Kind]]:
    """Give the number leaves of a container, each with the way to it. Raises Unknown."""
    rows: list[tuple[Any, Kind]]
    match kind:
        case Items(type="tuple" | "list", items=items):
            rows = list(enumerate(items))
        case Mapping(keys=keys, items=items) | Record(keys=keys, items=items):
            rows = list(zip(keys, items, strict=True))
        case Number() | Array() if is_differentiable(kind):
            return [(path, kind)]
        case Const(value=value) if scalar_class(value) in ("f", "c"):
            return [(path, kind)]
        case Number() | Array() | Const():
            return []
        case _:
            raise Unknown
    return [leaf for key, item in rows for leaf in leaves_of(item, (*path, key))]


def structured(
    state: State, like: Evaluated, given: dict[Path, Evaluated], path: Path = (), bar: bool = False
) -> Evaluated:
    """Build a container like another one with the given leaves, and None for all others.

    `bar`: as a cotangent, which is a dict for an object.
    """
    kind = like[1]
    if path in given:
        value, found = given[path]
        return clone(value), found
    if not isinstance(kind, (Items, Mapping, Record)):
        return build.const(None), NONE
    keys: Any = range(len(kind.items)) if isinstance(kind, Items) else kind.keys
    parts = []
    for key, item in zip(keys, kind.items, strict=True):
        own = reach(state, like, (key,)) if holds_record(item) else (build.const(None), item)
        parts.append(as_name(state, structured(state, own, given, (*path, key), bar)))
    nodes, kinds = [clone(value) for value, _ in parts], tuple(found for _, found in parts)
    if isinstance(kind, Items):
        return build.sequence(nodes, kind.type), Items(kind.type, kinds)
    if isinstance(kind, Mapping) or bar:
        return build.mapping(kind.keys, nodes), Mapping(kind.keys, kinds)
    if not all(isinstance(key, str) for key in kind.keys):
        raise Unknown
    name = state.names.part(state.hint)
    state.emit(build.assign(name, build.call("type", clone(like[0]))))
    made = built(state, kind.type, dict(zip(kind.keys, parts, strict=True)), name)
    return made, Record(kind.type, kind.keys, kinds)


def axes_of(kind: Kind, axis: int | None) -> Any:
    """Give in_axes for a container whose number leaves have lanes."""
    match kind:
        case Items(items=items):
            return tuple(axes_of(item, axis) for item in items)
        case Mapping(keys=keys, items=items):
            return {key: axes_of(item, axis) for key, item in zip(keys, items, strict=True)}
        case Record(items=items):
            return tuple(axes_of(item, axis) for item in items)
    return axis if leaves_of(kind) else None


def reach(state: State, value: Evaluated, keys: Path) -> Evaluated:
    """Name a part of a container."""
    for key in keys:
        node, kind = value
        if not isinstance(kind, (Items, Mapping, Record)):
            raise Unknown
        if isinstance(kind, Record):
            part = build.attribute(clone(node), key)
        else:
            part = build.item(clone(node), build.const(key))
        value = as_name(state, written(state, [], part))
    return value


def tupled(parts: Args) -> Evaluated:
    nodes, kinds = [n for n, _ in parts], tuple(k for _, k in parts)
    return build.sequence(list(map(clone, nodes))), Items("tuple", kinds)


def is_one_number(leaves: list[Leaf]) -> bool:
    return len(leaves) == 1 and isinstance(leaves[0][1][1], (Number, Const))


def rank_of(kind: Kind) -> int | None:
    return kind.rank if isinstance(kind, Array) else 0


def class_of(kind: Kind) -> str | None:
    """Say whether a leaf is real ("f") or complex ("c")."""
    return scalar_class(kind.value) if isinstance(kind, Const) else getattr(kind, "cls", None)


def as_name(state: State, value: Evaluated) -> Evaluated:
    """Give a value a name."""
    node, kind = value
    if not isinstance(node, (gast.Name, gast.Constant)):
        name = state.names.part(state.hint)
        state.emit(build.assign(name, node))
        state.bind(name, kind)
        node, kind = build.load(name), state.kind_of(name) or kind
    return node, state.settled(kind)
