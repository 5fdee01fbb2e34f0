"""Options of NumPy's elementwise functions that say how, not what: `dtype`, and `where=True`.

`np.add(x, y, dtype=np.float64)` is the sum of `x` and `y` as arrays of that type.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import NONE, Const, Kind
from srcxform.rules.predicates import class_of, dtype_class
from srcxform.rules.registry import rule_of
from srcxform.specialise.forms import named
from srcxform.specialise.scope import Args, Keywords, State
from srcxform.syntax.build import Node

ORDER = "bifc"  # each of these classes holds those before it


def without_options(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> tuple[Args, Keywords]:
    """Give the arguments of a call without the options that can be said otherwise."""
    if not isinstance(function, np.ufunc) or not keywords:
        return args, keywords
    if keywords.get("where", (None, None))[1] == Const(True):
        keywords = {key: value for key, value in keywords.items() if key != "where"}
    if "dtype" not in keywords:
        return args, keywords
    rest = {key: value for key, value in keywords.items() if key != "dtype"}
    if keywords["dtype"][1] == NONE:
        return args, rest
    if not computes_in(function, [kind for _, kind in args], keywords["dtype"][1]):
        return args, keywords
    return [converted(state, node, arg, keywords["dtype"]) for arg in args], rest


def computes_in(function: Any, kinds: list[Kind], dtype: Kind) -> bool:
    """Say whether a function with actions takes its operands as numbers of this type."""
    rule, target = rule_of(function), dtype_class(dtype)
    if rule is None or not rule.actions or target not in ("f", "c"):
        return False
    classes = [class_of(kind) for kind in kinds]
    return all(cls is not None and ORDER.index(cls) <= ORDER.index(target) for cls in classes)


def converted(state: State, node: Node, arg: Any, dtype: Any) -> Any:
    from srcxform.specialise.calls import call_object

    return named(state, call_object(state, node, np.array, [arg], {"dtype": dtype}))
