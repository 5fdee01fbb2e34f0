"""Who is responsible for a maximum, and which piece of a joined array belongs to whom, by type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types as nb

from srcxform.native.reductions import REDUCTIONS
from srcxform.native.tools import constant, overloading
from srcxform.native.versions import Made, is_complex
from srcxform.runtime import exceeds, fit, share_of_extreme, split_like
from srcxform.syntax.written import written

__all__ = ["VERSIONS"]


@overloading(exceeds)
def _exceeds(x: Any, y: Any) -> Made:
    if is_complex(x) or is_complex(y):
        return None
    if isinstance(x, nb.Array) or isinstance(y, nb.Array):
        return lambda x, y: 0.5 * ((x > y) * 1.0 + (x >= y) * 1.0)
    return lambda x, y: 1.0 if x > y else 0.5 if x == y else 0.0


@overloading(share_of_extreme)
def _share_of_extreme(a: Any, out: Any, axis: Any, keepdims: Any) -> Made:
    if is_complex(a):
        return None
    if not isinstance(a, nb.Array):
        return lambda a, out, axis, keepdims: 1.0
    over, keep = constant(axis), bool(constant(keepdims))
    if not (over is None or keep or isinstance(over, int)):
        return None
    whole = "out" if over is None or keep else f"expand_dims(out, {over})"
    lines = [
        "def shares(a, out, axis, keepdims):",
        f"    hits = (a == {whole}) * 1.0",
        "    return hits / total(hits)" if over is None else
        f"    return hits / total(hits, {over}, True)",
    ]  # fmt: skip
    bindings = {"expand_dims": np.expand_dims, "total": REDUCTIONS["sum"]}
    return written("shares", lines, bindings)


@overloading(split_like)
def _split_like(g: Any, arrays: Any, axis: Any) -> Made:
    if not isinstance(g, nb.Array):
        return None
    where = constant(axis) % g.ndim
    part = f"g[{':, ' * where}start:stop]"
    if isinstance(arrays, nb.List) and isinstance(arrays.dtype, nb.Number):
        return lambda g, arrays, axis: [fit(g[k], arrays[k]) for k in range(len(arrays))]
    if isinstance(arrays, nb.List) and isinstance(arrays.dtype, nb.Array):
        lines = [
            "def split(g, arrays, axis):",
            f"    across = max(g.size // max(g.shape[{where}], 1), 1)",
            "    pieces, start = [], 0",
            "    for k in range(len(arrays)):",
            "        stop = start + arrays[k].size // across",
            f"        pieces.append(fit({part}.copy().reshape(arrays[k].shape), arrays[k]))",
            "        start = stop",
            "    return pieces",
        ]
        return written("split", lines, {"fit": fit})
    parts: Any = arrays
    if not isinstance(arrays, nb.BaseTuple) or not all(isinstance(p, nb.Array) for p in parts):
        return None
    lines = [
        "def split(g, arrays, axis):",
        f"    across = max(g.size // max(g.shape[{where}], 1), 1)",
        "    stop = 0",
    ]
    for k in range(len(parts)):
        lines += [
            "    start = stop",
            f"    stop = start + arrays[{k}].size // across",
            f"    piece_{k} = fit({part}.copy().reshape(arrays[{k}].shape), arrays[{k}])",
        ]
    lines.append(f"    return ({''.join(f'piece_{k}, ' for k in range(len(parts)))})")
    return written("split", lines, {"fit": fit})


VERSIONS = {exceeds, share_of_extreme, split_like}
