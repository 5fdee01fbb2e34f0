"""`copy` and `deepcopy` of containers: what a copy holds, and what it shares."""

from __future__ import annotations

import copy
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.kinds.lattice import (
    NEVER,
    Array,
    Cell,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Nested,
    Number,
    Record,
    Torn,
    Unknown,
)
from srcxform.specialise.containers import held
from srcxform.specialise.displays import dict_display, display
from srcxform.specialise.forms import container_copy, named, template
from srcxform.specialise.instances import refuse
from srcxform.specialise.objects import class_of
from srcxform.specialise.refusal import written_place
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.sequences import elements
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def copying(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`copy.copy(x)`, `copy.deepcopy(x)`."""
    if len(args) != 1 or keywords:
        return None
    value, deep = args[0], function is copy.deepcopy
    if deep and holds_several(state, value[1]):
        value = named(state, value)
        refuse_shared(state, clone(value[0]))
    found = copied_value(state, node, value, deep)
    if found is None and deep and isinstance(value[1], (Instance, Record, Kept, Torn)):
        refuse(state, "this object is copied with all that it holds",
               "which of its parts are one and the same is not followed",
               "give its class a method that makes the copy, part by part")  # fmt: skip
        return build.const(None), NEVER
    return found


def copied_value(state: State, node: Node, value: Evaluated, deep: bool) -> Evaluated | None:
    """Copy a value; in a deep copy, parts that are storage themselves share none with others."""
    from srcxform.specialise.calls import call_object

    match state.opened(value[1]):
        case Number() | Const():
            return value
        case Array():
            return call_object(state, node, np.copy, [value], {})
        case Items(type="tuple") if not deep:
            return value
        case Items(type="tuple" | "list") | Mapping() | Cell() | Many() as kind:
            if not deep or not storage_in(state, kind):
                place = build.method(clone(value[0]), "copy")
                return container_copy(state, place, value)
            if isinstance(kind, (Items, Mapping)):
                return copied_parts(state, node, value[0], kind)
            inside = held(state, kind)
            if getattr(kind, "type", "") == "list" and not storage_in(state, inside):
                return template(state, node, runtime.copies, [value])
    return None


def copies_apart(
    state: State, node: Node, parts: list[Evaluated], above: frozenset[str]
) -> list[Evaluated] | None:
    """Copy what an object holds; where several parts are storage, they must share none."""
    from srcxform.specialise.object_calls import copied

    storage = [part for part in parts if not isinstance(part[1], (Number, Const))]
    objects = [part for part in storage if class_of(part[1]) is not None]
    if objects and len(storage) > 1:
        return None  # what one object holds may be held by another one
    if not objects and (len(storage) > 1 or any(holds_several(state, k) for _, k in storage)):
        refuse_shared(state, build.sequence([clone(value) for value, _ in storage], "list"))
    made = []
    for part in parts:
        inside = class_of(part[1]) is not None and not isinstance(part[1], Const)
        new = (
            copied(state, node, part, True, above)
            if inside
            else copied_value(state, node, part, True)
        )
        if new is None:
            return None
        made.append(named_or_atom(state, new))
    return made


def refuse_shared(state: State, value: Node) -> None:
    """Ask, when the program runs, whether parts of a value are one and the same."""
    told = [] if state.place is None else [written_place(state.place)]
    source = "from srcxform.runtime import check_apart"
    check = state.externals.root("check_apart", runtime.check_apart, source)
    state.emit(build.expression(build.call(check, value, *told)))


def copied_parts(state: State, node: Node, value: Node, kind: Items | Mapping) -> Evaluated | None:
    """Copy a container part by part."""
    if isinstance(kind, Items):
        parts = elements(state, (value, kind))
    else:
        pairs = zip(kind.keys, kind.items, strict=True)
        parts = [named(state, (build.item(clone(value), key), part)) for key, part in pairs]
    found = [copied_value(state, node, part, True) for part in parts]
    known = [named_or_atom(state, part) for part in found if part is not None]
    if len(known) < len(parts):
        return None
    if isinstance(kind, Mapping):
        return dict_display(dict(zip(kind.keys, known, strict=True)))
    return display(kind.type, known)


def named_or_atom(state: State, value: Evaluated) -> Evaluated:
    return value if isinstance(value[0], gast.Constant) else named(state, value)


def storage_in(state: State, kind: Kind) -> list[Kind]:
    """Give the kinds of what a container holds that can be written to itself."""
    kind = state.opened(kind)
    if isinstance(kind, (Items, Mapping)):
        parts = list(kind.items)
    else:
        parts = [] if isinstance(kind, Array) else [held(state, kind)]
    return [part for part in parts if part != NEVER and not isinstance(part, (Number, Const))]


def holds_several(state: State, kind: Kind) -> bool:
    """Say whether several parts of a container can be written to, which may be one and the same."""
    if isinstance(state.opened(kind), (Unknown, Nested)):
        return True  # it may hold anything, or what holds itself
    parts = storage_in(state, kind)
    inside = any(holds_several(state, part) for part in parts)
    return (
        inside
        or len(parts) > 1
        or bool(parts)
        and not isinstance(state.opened(kind), (Items, Mapping))
    )
