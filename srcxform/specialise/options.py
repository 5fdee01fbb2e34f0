"""Options of transformations called inside a function: they are known while compiling."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gast

from srcxform.frontend.paths import Path
from srcxform.kinds.lattice import Const, Items, Kind, Mapping
from srcxform.specialise.scope import Evaluated, State

OPTIONS = (
    "argnums", "has_aux", "holomorphic", "allow_int", "in_axes", "out_axes", "axis_size", "mode",
    "chunk_size", "batch_axis",
)  # fmt: skip
BEHIND = {  # what may stand behind the function
    "vmap": ("in_axes", "out_axes"),
    **dict.fromkeys(
        ("grad", "value_and_grad", "jacfwd", "jacrev", "jacobian", "hessian"), ("argnums",)
    ),
}


def option(state: State, value: Evaluated) -> Kind:
    """Give the kind of an option; the source holds while what is captured stays as it is."""
    node, kind = value
    for key, capture in state.externals.captures.items():
        if isinstance(node, gast.Name) and node.id == capture.name and not is_constant(kind):
            now = capture.fetch()
            if is_option(now):
                hold(state, (key, "option"), capture.fetch, now, capture.path)
                return fixed(now)
    return state.settled(kind)


def is_option(value: Any) -> bool:
    if type(value) in (tuple, list):
        return all(map(is_option, value))
    if type(value) is dict:
        return all(isinstance(key, str) and is_option(part) for key, part in value.items())
    return value is None or isinstance(value, (int, str))


def hold(state: State, key: Any, fetch: Callable[[], Any], now: Any, path: Path | None) -> None:
    """Let the source hold while an option, with all that is in it, stays what it is now."""
    state.externals.guard(key, fetch, now, path)
    if not isinstance(now, (tuple, list, dict)):
        return
    for at, part in now.items() if isinstance(now, dict) else enumerate(now):
        inner = None if path is None else (*path, f"item:{at!r}")
        hold(state, (*key, at), partial(item_of, fetch, at), part, inner)


def item_of(fetch: Callable[[], Any], at: Any) -> Any:
    return fetch()[at]


def fixed(value: Any) -> Kind:
    if isinstance(value, dict):
        return Mapping(tuple(value), tuple(map(fixed, value.values())))
    if isinstance(value, (tuple, list)):
        return Items("list" if isinstance(value, list) else "tuple", tuple(map(fixed, value)))
    return Const(value)


def is_constant(kind: Kind) -> bool:
    """Say whether a value is known, with all that is in it."""
    if isinstance(kind, (Items, Mapping)):
        return all(map(is_constant, kind.items))
    return isinstance(kind, Const)


def constant(kind: Kind) -> Any:
    if isinstance(kind, Items):
        return tuple(constant(item) for item in kind.items)
    if isinstance(kind, Mapping):
        return {key: constant(item) for key, item in zip(kind.keys, kind.items, strict=True)}
    return kind.value if isinstance(kind, Const) else None
