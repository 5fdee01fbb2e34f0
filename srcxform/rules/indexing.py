"""Reading entries: the transpose puts them back among zeros."""

from __future__ import annotations

import operator
from typing import Any

from srcxform.kinds.lattice import Array
from srcxform.rules.registry import linear, result_kind
from srcxform.rules.shapes import shaped_like
from srcxform.runtime import scatter


@linear(operator.getitem, "x, index", wrt="x", view="maybe")
def getitem_bar(x: Any, index: Any, *, out_bar: Any) -> Any:
    return scatter(out_bar, index, like=x)


@linear(scatter, wrt="g")
def scatter_bar(index: Any, *, out_bar: Any) -> Any:
    return out_bar[index]


@result_kind(scatter)
def scatter_kind(g: Any, index: Any, like: Any) -> Any:
    return shaped_like(g, like) if isinstance(like, Array) else like
