"""Reductions: a cotangent of the result is spread over what was reduced."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.registry import linear
from srcxform.runtime import broadcast_like, expand_reduced

SUM = "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True"


@linear(np.sum, SUM, wrt="a")
def sum_bar(a: Any, axis: Any = None, keepdims: Any = False, *, out_bar: Any) -> Any:
    return broadcast_like(expand_reduced(out_bar, axis, keepdims), like=a)
