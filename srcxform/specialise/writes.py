"""Functions and methods that write into an array, by stores into it."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform import runtime
from srcxform.kinds.lattice import Array, is_differentiable
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax.build import Node

FUNCTIONS: dict[Any, Any] = {
    np.fill_diagonal: runtime.diagonal_filled, np.put: runtime.put_at,
    np.copyto: runtime.copied_to, np.place: runtime.placed, np.putmask: runtime.put_where,
}  # fmt: skip
METHODS: dict[str, Any] = {
    "fill": runtime.filled, "sort": runtime.sorted_along, "put": runtime.put_at,
}  # fmt: skip


def write_form(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Write a call that changes its first argument by stores; None for all other calls."""
    template = next((FUNCTIONS[known] for known in FUNCTIONS if function is known), None)
    return None if template is None else written(state, node, template, args, keywords)


def write_method(
    state: State, node: Node, name: str, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Write a method that changes its array by stores; None for all other methods."""
    return written(state, node, METHODS[name], args, keywords) if name in METHODS else None


def written(
    state: State, node: Node, template: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    from srcxform.specialise.inlining import inline

    if state.fixed or not args or not isinstance(args[0][1], Array):
        return None
    if not is_differentiable(args[0][1]):
        return None
    known = template.__annotations__
    if not all(name in known for name in keywords):
        return None
    return inline(state, node, template, args, keywords)
