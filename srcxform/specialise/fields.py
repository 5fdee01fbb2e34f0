"""`dataclasses.asdict` and `astuple`: the fields of an object as a dict or a tuple.

What a field holds comes in as those say: objects of dataclasses by their fields, lists, tuples and
dicts anew, arrays and all else as copies.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np

from srcxform.kinds.lattice import Array, Cell, Const, Items, Kind, Many, Mapping, Number, Opaque
from srcxform.specialise.displays import dict_display, display
from srcxform.specialise.objects import class_of, lasting, own_attribute
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

DEEP = 8  # objects in objects


def fields_of(
    state: State, node: Node, function: Any, value: Evaluated, depth: int = 0
) -> Evaluated | None:
    """Write the fields of an object out; None where what they hold is not known well enough."""
    cls: Any = class_of(value[1])
    if depth > DEEP or not dataclasses.is_dataclass(cls):
        return None
    parts: dict[str, Evaluated] = {}
    for field in dataclasses.fields(cls):
        own = own_attribute(state, *value, field.name)
        inner = own and inside(state, node, function, lasting(state, own), depth)
        if inner is None:
            return None
        parts[field.name] = lasting(state, inner)
    return (
        dict_display(parts)
        if function is dataclasses.asdict
        else display("tuple", [*parts.values()])
    )


def inside(
    state: State, node: Node, function: Any, value: Evaluated, depth: int
) -> Evaluated | None:
    """Give what stands for a field's value, or for a part of it."""
    from srcxform.specialise.calls import call_object

    part, kind = value
    opened = state.opened(kind)
    if class_of(kind) is not None:
        return fields_of(state, node, function, value, depth + 1)
    match opened:
        case Number() | Const() | Opaque():
            return value
        case Array():
            return call_object(state, node, np.copy, [value], {})
        case Items(type=name, items=items) if isinstance(kind, Items):
            found = parts_inside(state, node, function, part, dict(enumerate(items)), depth)
            return None if found is None else display(name, [*found.values()])
        case Mapping(keys=keys, items=items) if isinstance(kind, Mapping):
            held = dict(zip(keys, items, strict=True))
            found = parts_inside(state, node, function, part, held, depth)
            return None if found is None else dict_display(found)
        case Items() | Mapping() | Many() | Cell():
            plain = isinstance(state.element(kind), (Number, Const, Array))
            return call_object(state, node, copy.deepcopy, [value], {}) if plain else None
    return None


def parts_inside(
    state: State, node: Node, function: Any, base: Node, held: dict[Any, Kind], depth: int
) -> dict[Any, Evaluated] | None:
    """Give what stands for each part of a list, tuple or dict."""
    found: dict[Any, Evaluated] = {}
    for key, kind in held.items():
        own = lasting(state, (build.item(base, build.const(key)), kind))
        inner = inside(state, node, function, own, depth)
        if inner is None:
            return None
        found[key] = lasting(state, inner)
    return found
