"""Methods of lists, tuples and dicts: what they give, and what they put in."""

from __future__ import annotations

import builtins
from typing import Any

import gast

from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Stream,
)
from srcxform.specialise.expressions import placed
from srcxform.specialise.filling import appended
from srcxform.specialise.instances import check_values
from srcxform.specialise.scope import Evaluated, State
from srcxform.specialise.slices import indices
from srcxform.specialise.subscripts import is_slice, subscript_kind
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def container_method(
    state: State, node: Node, base: Node, kind: Kind, args: Any, keywords: Any
) -> Evaluated:
    """Specialise a method call of a container."""
    name = node.func.attr
    opened = state.opened(kind)
    if name in ("index", "count", "remove"):  # they ask whether two are equal
        check_values(state, node, *(kind for _, kind in args))
    if name == "get" and isinstance(opened, Mapping) and args and isinstance(args[0][1], Const):
        if args[0][1].value in opened.keys:
            key = args[0][1].value
            return build.item(base, args[0][0]), opened.items[opened.keys.index(key)]
        return args[1] if len(args) > 1 else (build.const(None), NONE)
    from srcxform.specialise.forms import method_form
    from srcxform.specialise.object_calls import updated_attributes

    if name == "indices" and is_slice(kind):
        given = indices(node, (base, kind), args)
        if given is not None:
            return given
    if name == "update":
        updated = updated_attributes(state, node, kind, args, keywords)
        if updated is not None:
            return updated
    found = method_form(state, node, (base, kind), args, keywords)
    if found is not None:
        return found
    if name == "append" and len(args) == 1 and appended(state, (base, kind), args[0]):
        return build.const(None), NONE
    func = gast.Attribute(value=base, attr=name, ctx=gast.Load())
    named = [gast.keyword(arg=key, value=value) for key, (value, _) in keywords.items()]
    new = placed(
        state, node, gast.Call(func=func, args=[value for value, _ in args], keywords=named)
    )
    kinds = [k for _, k in args]
    found_kind = method_kind(state, name, kind, kinds)
    if name in CHANGING:  # a statement of its own, wherever the call stands
        state.emit(build.expression(new))
        return build.const(None), NONE
    return new, found_kind


CHANGING = ("append", "extend", "insert", "remove", "reverse", "clear", "sort", "update")


def spelled_out(state: State, base: Node, kind: Kind, args: Any, keywords: Any) -> bool:
    """Write `d.update(other, key=value)` as stores, where the keys are known."""
    parts: list[tuple[Any, Evaluated]] = []
    for other, given in args:
        found = state.opened(given)
        if not isinstance(found, Mapping):
            return False
        items = zip(found.keys, found.items, strict=True)
        parts += [(key, (build.item(clone(other), build.const(key)), item)) for key, item in items]
    for key, (value, item) in [*parts, *keywords.items()]:
        holder = state.names.part(state.hint)
        state.emit(build.assign(holder, value))
        state.bind(holder, item)
        state.put_at(kind, Const(key), item)
        state.emit(
            build.assign(build.item_store(clone(base), build.const(key)), build.load(holder))
        )
    return True


def method_kind(state: State, name: str, kind: Kind, args: list[Kind]) -> Kind:
    match name, args:
        case "append", [item]:
            state.put(kind, item)
            return NONE
        case "extend", [other]:
            for item in contents(state, other):
                state.put(kind, item)
            return NONE
        case "insert", [_, item]:
            state.put(kind, item)
            return NONE
        case "pop", [key, *default] if is_dict(kind):
            state.drop(kind, key)
            found = part_of(state, kind, key)
            return state.join(found, default[0]) if default else found
        case "pop", _:
            touch(state, kind)
            return held(state, kind)
        case "update", [other]:
            for item in contents(state, other):
                state.put(kind, item)
            return NONE
        case "setdefault", [key, item]:
            state.put_at(kind, key, item)
            return part_of(state, kind, key)
        case "copy", []:
            return copied(state, kind)
        case (("reverse" | "clear" | "remove" | "sort"), _):
            touch(state, kind)
            return NONE
        case (("index" | "count"), _):
            return Number("i")
        case "get", [key, *default]:
            return got(state, kind, key, default)
        case (("keys" | "values" | "items"), []):
            return view_kind(state, name, kind)
    return UNKNOWN


def view_kind(state: State, name: str, kind: Kind) -> Kind:
    """Give the kind of what `d.keys()`, `d.values()` and `d.items()` give."""
    opened = state.opened(kind)
    if isinstance(opened, Mapping) and (name == "keys" or not isinstance(kind, Cell)):
        keys = tuple(map(Const, opened.keys))
        pairs = zip(keys, opened.items, strict=True)
        return Items("tuple", {
            "keys": keys, "values": opened.items,
            "items": tuple(Items("tuple", pair) for pair in pairs),
        }[name])  # fmt: skip
    if name == "keys":
        return Many("tuple", state.cells.key(kind))
    inside = held(state, kind)
    pair = Items("tuple", (state.cells.key(kind), inside))
    return Many("tuple", inside if name == "values" else pair)


def is_dict(kind: Kind) -> bool:
    """Say whether a container is a dict."""
    return isinstance(kind, Mapping) or getattr(kind, "type", None) == "dict"


def touch(state: State, kind: Kind) -> None:
    """Note that a container is changed, whatever goes in."""
    if isinstance(kind, (Cell, Items, Mapping, Many)):
        state.put(kind, NEVER)


def held(state: State, kind: Kind) -> Kind:
    """Give the kind of any element."""
    return state.element(kind) or NEVER


def part_of(state: State, kind: Kind, index: Kind) -> Kind:
    """Give the kind of what a container holds at an index."""
    if isinstance(kind, Cell):
        return state.cells.part(kind, index)
    named = isinstance(index, (Const, Items)) or index == Opaque(slice)
    if isinstance(kind, (Items, Mapping)) and not named:
        return held(state, kind)
    return subscript_kind(kind, index)


def contents(state: State, kind: Kind) -> list[Kind]:
    match state.opened(kind):
        case Items(items=items) | Mapping(items=items):
            return list(items)
        case Cell() | Many() | Array():
            return [held(state, kind)]
    return [NEVER if kind == NEVER else UNKNOWN]


def copied(state: State, kind: Kind) -> Kind:
    """Give the kind of a shallow copy: a container of its own that holds the same."""
    match state.opened(kind):
        case Items(type=kind_type, items=items):
            return Items(kind_type, items)
        case Mapping(keys=keys, items=items):
            return Mapping(keys, items)
        case Cell(type=kind_type) as cell:
            return state.cells.unchanged(cell)
        case Many(type=kind_type, item=item, keys=keys, items=items, key=key):
            return Many(kind_type, item, keys, items, key=key)
    return kind


def got(state: State, kind: Kind, key: Kind, default: list[Kind]) -> Kind:
    return state.join(part_of(state, kind, key), default[0] if default else NONE)


def iterated(state: State, kind: Kind) -> Kind:
    """Give the kind of what a loop over a value of this kind yields."""
    match state.opened(kind):
        case Const(value=str()) | Opaque(type=builtins.str):
            return Opaque(str)
        case Opaque(type=kind_type) if kind_type is range:
            return Number("i")
        case Mapping(keys=keys) if len(keys) == 1:
            return Const(keys[0])
        case Mapping(keys=[key]):
            return Const(key)
        case Mapping() | Cell(type="dict") | Many(type="dict"):
            return state.cells.key(kind)
        case Cell() | Many() | Items() | Array():
            return held(state, kind)
        case Stream(item=item):
            return item
    return NEVER if kind == NEVER else UNKNOWN
