"""Reductions along axes, as loops over what is kept: out[i, k] = reduce(a[i, :, k])."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types as nb

from srcxform.native.tools import constant, overloading
from srcxform.syntax.written import written

__all__ = ["REDUCTIONS"]


def reduction(function: Any) -> Any:
    """Make the function that reduces along any axes, known while compiling."""

    def along(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
        return function(a, axis=axis, keepdims=keepdims)

    @overloading(along)
    def _along(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
        if not isinstance(a, nb.Array):
            if constant(axis) is not None:
                return None
            return lambda a, axis=None, keepdims=False: function(a)
        axes, keep = constant(axis), bool(constant(keepdims))
        if axes is None and not keep:
            return lambda a, axis=None, keepdims=False: function(a)
        every = range(a.ndim) if axes is None else axes if isinstance(axes, tuple) else (axes,)
        return loops(function, a.ndim, frozenset(k % a.ndim for k in every), keep)

    return along


def loops(function: Any, ndim: int, over: frozenset[int], keep: bool) -> Callable[..., Any]:
    """Write the loops of a reduction."""
    kept = [k for k in range(ndim) if k not in over]
    if not kept and not keep:
        return lambda a, axis=None, keepdims=False: function(a)
    shape = [f"a.shape[{k}]" if k in kept else "1" for k in range(ndim) if keep or k in kept]
    part = ", ".join(f"i_{k}" if k in kept else ":" for k in range(ndim))
    place = ", ".join(f"i_{k}" if k in kept else "0" for k in range(ndim) if keep or k in kept)
    lines = ["def along(a, axis=None, keepdims=False):"]
    lines.append(f"    out = empty(({', '.join(shape)},), kind(a))")
    for depth, k in enumerate(kept):
        lines.append(f"{'    ' * (depth + 1)}for i_{k} in range(a.shape[{k}]):")
    lines.append(f"{'    ' * (len(kept) + 1)}out[{place}] = reduce(a[{part}])")
    lines.append("    return out")
    bindings = {"reduce": function, "empty": np.empty, "kind": kind_maker(function)}
    return written("along", lines, bindings)


@functools.cache
def kind_maker(function: Any) -> Any:
    """Give the function that gives the dtype of a reduction's result."""

    def kind(a: Any) -> Any:
        return function(np.ones((1,) * a.ndim, a.dtype)).dtype

    @overloading(kind)
    def _kind(a: Any) -> Any:
        tiny = np.ones((1,) * a.ndim, str(a.dtype) if a.dtype != nb.boolean else "bool")
        dtype = np.asarray(function(tiny)).dtype.type
        if dtype is np.bool_:
            return lambda a: np.bool_
        if dtype is np.int64:
            return lambda a: np.int64
        if dtype is np.complex128:
            return lambda a: np.complex128
        return lambda a: np.float64

    return kind


NAMES = (("sum",), ("mean",), ("prod",), ("max", "amax"), ("min", "amin"),
         ("std",), ("var",), ("any",), ("all",))  # fmt: skip

REDUCTIONS = {name: made for names in NAMES
              for made in [reduction(getattr(np, names[0]))] for name in names}  # fmt: skip
