"""Options of transformations called inside a function: they are known while compiling."""

from __future__ import annotations

from typing import Any

import gast

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
                state.externals.guard((key, "option"), capture.fetch, now, capture.path)
                return fixed(now)
    return state.settled(kind)


def is_option(value: Any) -> bool:
    return isinstance(value, (int, str)) or isinstance(value, tuple) and all(map(is_option, value))


def fixed(value: Any) -> Kind:
    return Items("tuple", tuple(map(fixed, value))) if isinstance(value, tuple) else Const(value)


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
