"""The keys of dicts that are written out: which of them may be equal, and what counts then."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.kinds.lattice import NEVER, Const, Items
from srcxform.specialise.operators import SIMPLE
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build


def are_distinct(keys: list[Any]) -> bool:
    """Say whether no two keys can be equal: constants, and tuples of these."""
    found: list[Any] = []
    for _, kind in keys:
        parts: Any = kind.items if isinstance(kind, Items) else (kind,)
        if not all(isinstance(part, Const) and isinstance(part.value, SIMPLE) for part in parts):
            return False
        values = tuple(part.value for part in parts)
        found.append(values if isinstance(kind, Items) else values[0])
    return len(set(found)) == len(found)


def filled(state: State, keys: list[Any], values: list[Evaluated]) -> Evaluated:
    """`{k: a, j: b}` as a dict that grows: only when it runs, it is known whether k is j."""
    from srcxform.specialise.streams import written

    name = state.names.part(state.hint)
    written(state, [build.assign(name, gast.Dict(keys=[], values=[]))])
    for key, (value, _) in zip(keys, values, strict=True):
        if key is None:
            line = build.expression(build.method(name, "update", value))
        else:
            line = build.assign(build.item_store(build.load(name), key[0]), value)
        written(state, [line])
    return build.load(name), state.kind_of(name) or NEVER


def once(keys: list[Any], values: list[Evaluated]) -> tuple[list[Any], list[Evaluated]]:
    """Of a key that is there twice, the first place and the last value count."""
    found: dict[Any, tuple[Any, Evaluated]] = {}
    for key, value in zip(keys, values, strict=True):
        first, _ = found.get(key[1].value, (key, value))
        found[key[1].value] = first, value
    return [key for key, _ in found.values()], [value for _, value in found.values()]
