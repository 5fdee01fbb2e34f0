"""Methods of NumPy's elementwise functions, as the functions of NumPy that they are.

`np.add.reduce(x)` is `np.sum(x, axis=0)`, and so on: what has a rule of its own needs no second.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from srcxform.kinds.lattice import Array, Const, Items, Number
from srcxform.rules.editing import accumulated_extreme
from srcxform.rules.reductions import log_of_sum
from srcxform.specialise.expressions import item
from srcxform.specialise.forms import named
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build

REDUCED: Final = {
    "add": np.sum, "multiply": np.prod, "maximum": np.max, "minimum": np.min,
    "logaddexp": log_of_sum,
}  # fmt: skip
ACCUMULATED: Final = {"add": np.cumsum, "multiply": np.cumprod}


def method_of_ufunc(
    state: State,
    ufunc: np.ufunc,
    method: str,
    args: list[Evaluated],
    keywords: dict[str, Evaluated],
) -> tuple[Any, list[Evaluated], dict[str, Evaluated]] | None:
    """Give the function that a method is, and its arguments; None where there is none."""
    if method == "outer":
        return outer(state, ufunc, args, keywords)
    if method == "accumulate" and ufunc in (np.maximum, np.minimum) and len(args) <= 2:
        axis = keywords.get("axis", args[1] if len(args) == 2 else (build.const(0), Const(0)))
        if set(keywords) <= {"axis"}:
            largest = ufunc is np.maximum
            return accumulated_extreme, [args[0], axis, (build.const(largest), Const(largest))], {}
    tables: dict[str, dict[str, Any]] = {"reduce": REDUCED, "accumulate": ACCUMULATED}
    function = tables.get(method, {}).get(ufunc.__name__)
    if function is None or not 1 <= len(args) <= 2 or "array" in keywords:
        return None
    if function in (np.max, np.min, log_of_sum) and "dtype" in keywords:
        return None
    if len(args) == 1 and "axis" not in keywords:
        keywords = {"axis": (build.const(0), Const(0)), **keywords}
    return function, args, keywords


def outer(
    state: State, ufunc: np.ufunc, args: list[Evaluated], keywords: dict[str, Evaluated]
) -> tuple[Any, list[Evaluated], dict[str, Evaluated]] | None:
    """`np.add.outer(a, b)` is `a[..., None] + b`, with a new axis for each axis of b."""
    match args:
        case [(_, Array()) as left, (_, Array(rank=int(rank))) as right]:
            index = [build.const(...), *(build.const(None) for _ in range(rank))]
            kinds = Items("tuple", tuple(Const(one.value) for one in index))
            spread = item(state, build.item(left[0], build.sequence(index)), left,
                          (build.sequence(index), kinds))  # fmt: skip
            return ufunc, [named(state, spread), right], keywords
        case [(_, Array() | Number()), (_, Number())] | [(_, Number()), (_, Array())]:
            return ufunc, args, keywords
    return None
