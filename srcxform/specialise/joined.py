"""Arrays joined by an index: `np.r_[x, y]` and `np.c_[x, y]`."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform.kinds.lattice import (
    Array,
    Const,
    Items,
    Kind,
    Number,
    is_differentiable,
    scalar_class,
)
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node


def joined_by_index(state: State, node: Node, maker: Any) -> Evaluated | None:
    """`np.r_[x, y]` as `np.concatenate((x, y))`, `np.c_[x, y]` as `np.column_stack((x, y))`.

    None for slices, for text, and for what it is not known of how many axes it has.
    """
    from srcxform.specialise.calls import call_object
    from srcxform.specialise.forms import named

    elements = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    if any(isinstance(part, (gast.Slice, gast.Starred)) for part in elements):
        return None
    with state.rehearsal():
        kinds = [evaluate(state, part)[1] for part in elements]
    ranks = [rank_of(kind) for kind in kinds]
    known = all(rank is not None and rank <= (1 if maker is np.r_ else 2) for rank in ranks)
    if not known and not (maker is np.r_ and None not in ranks and len(set(ranks)) == 1):
        return None
    if not any(map(is_differentiable, kinds)):
        return None
    parts = [named(state, evaluate(state, part)) for part in elements]
    grown = [
        named(state, call_object(state, node, np.atleast_1d, [part], {})) if rank == 0 else part
        for part, rank in zip(parts, ranks, strict=True)
    ]
    whole = build.sequence([value for value, _ in grown])
    joined = named(state, (whole, Items("tuple", tuple(kind for _, kind in grown))))
    function = np.concatenate if maker is np.r_ else np.column_stack
    return call_object(state, node, function, [joined], {})


def rank_of(kind: Kind) -> int | None:
    """Give the number of axes of a number or an array, None where it is not known."""
    if isinstance(kind, Array):
        return kind.rank
    is_number = isinstance(kind, Number) or isinstance(kind, Const) and scalar_class(kind.value)
    return 0 if is_number else None
