"""The kinds of what random-number generators draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import NONE, Array, Const, Items, Kind, Number, Opaque, scalar_class
from srcxform.specialise.scope import Keywords

SIZE_AT = {"random": 0, "standard_normal": 0, "normal": 2, "uniform": 2, "exponential": 1}


def drawn_kind(owner: Kind, name: str, args: Any, keywords: Keywords) -> Kind | None:
    """Give the kind of what a random-number generator draws, where its arguments tell."""
    if not isinstance(owner, Opaque) or owner.type not in (
        np.random.Generator,
        np.random.RandomState,
    ):
        return None
    at = SIZE_AT.get(name)
    if at is None or args is None or not set(keywords) <= {"size", "loc", "scale", "low", "high"}:
        return None
    size = keywords["size"][1] if "size" in keywords else args[at][1] if len(args) > at else NONE
    rest = [kind for _, kind in args[:at]] + [k for n, (_, k) in keywords.items() if n != "size"]
    if not all(
        isinstance(kind, Number) or scalar_class(getattr(kind, "value", None)) for kind in rest
    ):
        return None
    match size:
        case Const(value=None):
            return Number("f")
        case Number(cls="i") | Const(value=int()):
            return Array("f", (None,))
        case Items(items=items):
            return Array("f", (None,) * len(items))
    return None
