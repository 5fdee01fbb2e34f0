"""Lists, tuples and dicts written out: of values, with the kinds of what they hold."""

from __future__ import annotations

from typing import Any

from srcxform.kinds.lattice import Items, Mapping
from srcxform.specialise.scope import Evaluated
from srcxform.syntax import build


def display(type_name: str, parts: list[Evaluated]) -> Evaluated:
    node = build.sequence([value for value, _ in parts], type_name)
    return node, Items(type_name, tuple(kind for _, kind in parts))


def dict_display(parts: dict[Any, Evaluated]) -> Evaluated:
    keys = tuple(parts)
    node = build.mapping(keys, [value for value, _ in parts.values()])
    return node, Mapping(keys, tuple(kind for _, kind in parts.values()))
