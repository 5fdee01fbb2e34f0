"""Methods of lists, tuples and dicts: what they give, and what they put in."""

from __future__ import annotations

from typing import Any

import gast

from srcxform import runtime
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
    element,
    is_differentiable,
)
from srcxform.specialise.expressions import placed
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def container_method(
    state: State, node: Node, base: Node, kind: Kind, args: Any, keywords: Any
) -> Evaluated:
    """Specialise a method call of a container."""
    name = node.func.attr
    if name == "get" and isinstance(kind, Mapping) and args and isinstance(args[0][1], Const):
        if args[0][1].value in kind.keys:
            key = args[0][1].value
            return build.item(base, args[0][0]), kind.items[kind.keys.index(key)]
        return args[1] if len(args) > 1 else (build.const(None), NONE)
    if (
        name == "update"
        and isinstance(kind, (Mapping, Cell))
        and spelled_out(state, base, kind, args, keywords)
    ):
        return build.const(None), NONE
    if name == "values" and not args and not state.fixed:
        inside = held(state, kind)
        if inside == NEVER or is_differentiable(inside):
            from srcxform.specialise.inlining import inline

            return inline(state, node, runtime.values_of, [(base, kind)], {})
    func = gast.Attribute(value=base, attr=name, ctx=gast.Load())
    named = [gast.keyword(arg=key, value=value) for key, (value, _) in keywords.items()]
    new = placed(node, gast.Call(func=func, args=[value for value, _ in args], keywords=named))
    kinds = [k for _, k in args]
    return new, method_kind(state, name, kind, kinds)


def spelled_out(state: State, base: Node, kind: Kind, args: Any, keywords: Any) -> bool:
    """Write `d.update(other, key=value)` as stores, where the keys are known."""
    parts: list[tuple[Any, Evaluated]] = []
    for other, found in args:
        if not isinstance(found, Mapping):
            return False
        items = zip(found.keys, found.items, strict=True)
        parts += [(key, (build.item(clone(other), build.const(key)), item)) for key, item in items]
    for key, (value, item) in [*parts, *keywords.items()]:
        holder = state.names.part(state.hint)
        state.emit(build.assign(holder, value))
        state.bind(holder, item)
        state.put(kind, item)
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
        case "pop", _:
            touch(state, kind)
            return held(state, kind)
        case (("reverse" | "clear" | "remove" | "sort"), _):
            touch(state, kind)
            return NONE
        case "update", [other]:
            for item in contents(state, other):
                state.put(kind, item)
            return NONE
        case "setdefault", [_, item]:
            state.put(kind, item)
            return held(state, kind)
        case "copy", []:
            return copied(state, kind)
        case (("index" | "count"), _):
            return Number("i")
        case "get", [key, *default]:
            return got(state, kind, key, default)
        case "keys", []:
            if isinstance(kind, Mapping):
                return Items("tuple", tuple(map(Const, kind.keys)))
            return UNKNOWN
        case "values", []:
            if isinstance(kind, Mapping):
                return Items("tuple", kind.items)
            return Many("tuple", held(state, kind))
        case "items", []:
            if isinstance(kind, Mapping):
                pairs = zip(kind.keys, kind.items, strict=True)
                return Items("tuple", tuple(Items("tuple", (Const(k), v)) for k, v in pairs))
            return Many("tuple", Items("tuple", (UNKNOWN, held(state, kind))))
    return UNKNOWN


def touch(state: State, kind: Kind) -> None:
    """Note that a container is changed, whatever goes in."""
    if isinstance(kind, (Items, Mapping)):
        state.put(kind, NEVER)


def held(state: State, kind: Kind) -> Kind:
    """Give the kind of any element."""
    if isinstance(kind, Cell):
        return state.element(kind) or NEVER
    return element(kind) or NEVER


def contents(state: State, kind: Kind) -> list[Kind]:
    match kind:
        case Items(items=items) | Mapping(items=items):
            return list(items)
        case Cell() | Many() | Array():
            return [held(state, kind)]
    return [UNKNOWN]


def copied(state: State, kind: Kind) -> Kind:
    match kind:
        case Items(type=kind_type, items=items):
            return Items(kind_type, items)
        case Mapping(keys=keys, items=items):
            return Mapping(keys, items)
        case Cell(type=kind_type):
            return Many(kind_type, state.element(kind))
    return kind


def got(state: State, kind: Kind, key: Kind, default: list[Kind]) -> Kind:
    other = default[0] if default else NONE
    if isinstance(kind, Mapping) and isinstance(key, Const):
        return kind.items[kind.keys.index(key.value)] if key.value in kind.keys else other
    return state.join(held(state, kind), other)


def iterated(state: State, kind: Kind) -> Kind:
    """Give the kind of what a loop over a value of this kind yields."""
    match kind:
        case Const(value=str()):
            return UNKNOWN
        case Opaque(type=kind_type) if kind_type is range:
            return Number("i")
        case Mapping(keys=keys):
            return Const(keys[0]) if len(keys) == 1 else Opaque(str)
        case Cell(type="dict") | Many(type="dict"):
            return Opaque(object)  # a key, of whatever type
        case Cell() | Many() | Items() | Array():
            return held(state, kind)
        case Stream(item=item):
            return item
    return NEVER if kind == NEVER else UNKNOWN
