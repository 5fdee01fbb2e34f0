"""NumPy's functions that make arrays: of lists of arrays, and of the dtypes `float`, `complex`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types as nb
from numpy.lib.stride_tricks import as_strided

from srcxform.native.tools import constant, overloading
from srcxform.native.versions import Made
from srcxform.syntax.written import written

__all__ = [
    "array", "asanyarray", "asarray", "concatenate", "diag", "diagonal", "empty", "ones", "stack",
    "take", "zeros",
]  # fmt: skip


def stack(arrays: Any, axis: Any = 0) -> Any:
    """Stand for np.stack."""
    return np.stack(arrays, axis=axis)


@overloading(stack)
def _stack(arrays: Any, axis: Any = 0) -> Made:
    where = constant(axis)
    if isinstance(arrays, nb.BaseTuple):
        if where == 0:
            return lambda arrays, axis=0: np.stack(arrays)
        return lambda arrays, axis=0: np.stack(arrays, axis=where)
    if isinstance(arrays, nb.Array):
        if arrays.ndim == 1 or where == 0:
            return lambda arrays, axis=0: arrays.copy()
        return None
    if not isinstance(arrays, nb.List):
        return None
    if isinstance(arrays.dtype, nb.Number):
        return lambda arrays, axis=0: np.array(arrays)
    if not isinstance(arrays.dtype, nb.Array):
        return None
    rank = arrays.dtype.ndim
    where %= rank + 1
    shape = [f"arrays[0].shape[{k}]" for k in range(rank)]
    shape.insert(where, "len(arrays)")
    place = ", ".join("k" if n == where else ":" for n in range(rank + 1))
    lines = [
        "def stack(arrays, axis=0):",
        f"    out = empty(({', '.join(shape)},), arrays[0].dtype)",
        "    for k in range(len(arrays)):",
        "        if arrays[k].shape != arrays[0].shape:",
        "            raise ValueError('all input arrays must have the same shape')",
        f"        out[{place}] = arrays[k]",
        "    return out",
    ]
    return written("stack", lines, {"empty": np.empty})


def concatenate(arrays: Any, axis: Any = 0) -> Any:
    """Stand for np.concatenate."""
    return np.concatenate(arrays, axis=axis)


@overloading(concatenate)
def _concatenate(arrays: Any, axis: Any = 0) -> Made:
    where = constant(axis)
    if isinstance(arrays, nb.BaseTuple):
        if where == 0:
            return lambda arrays, axis=0: np.concatenate(arrays)
        return lambda arrays, axis=0: np.concatenate(arrays, axis=where)
    if not isinstance(arrays, nb.List) or not isinstance(arrays.dtype, nb.Array) or where is None:
        return None
    rank = arrays.dtype.ndim
    where %= rank
    shape = [f"arrays[0].shape[{k}]" if k != where else "total" for k in range(rank)]
    place = ", ".join("start:stop" if k == where else ":" for k in range(rank))
    lines = [
        "def concatenate(arrays, axis=0):",
        "    total = 0",
        "    for k in range(len(arrays)):",
        f"        total += arrays[k].shape[{where}]",
        f"    out = empty(({', '.join(shape)},), arrays[0].dtype)",
        "    start = 0",
        "    for k in range(len(arrays)):",
        f"        stop = start + arrays[k].shape[{where}]",
        f"        out[{place}] = arrays[k]",
        "        start = stop",
        "    return out",
    ]
    return written("concatenate", lines, {"empty": np.empty})


def array(object: Any, dtype: Any = None, copy: Any = True) -> Any:
    """Stand for np.array."""
    return np.array(object, dtype, copy=copy)


@overloading(array)
def _array(object: Any, dtype: Any = None, copy: Any = True) -> Made:
    if not constant(copy):
        return None
    if isinstance(object, nb.Array):
        if is_none(dtype):
            return lambda object, dtype=None, copy=True: object.copy()
        return lambda object, dtype=None, copy=True: object.astype(dtype)
    if not is_none(dtype):
        return lambda object, dtype=None, copy=True: array(object).astype(dtype)
    if isinstance(object, nb.List) and isinstance(object.dtype, nb.Array):
        return lambda object, dtype=None, copy=True: stack(object)
    return lambda object, dtype=None, copy=True: np.array(object)


def is_none(dtype: Any) -> bool:
    return dtype is None or isinstance(dtype, (nb.NoneType, nb.Omitted))


def asarray(a: Any, dtype: Any = None) -> Any:
    """Stand for np.asarray."""
    return np.asarray(a, dtype)


@overloading(asarray)
def _asarray(a: Any, dtype: Any = None) -> Made:
    if isinstance(a, nb.Array):
        if is_none(dtype) or isinstance(dtype, nb.NumberClass) and dtype.dtype == a.dtype:
            return lambda a, dtype=None: a
        return lambda a, dtype=None: a.astype(dtype)
    if is_none(dtype):
        return lambda a, dtype=None: array(a)
    return lambda a, dtype=None: array(a, dtype)


asanyarray = asarray  # there are no subclasses


def diag(v: Any, k: Any = 0) -> Any:
    """Stand for np.diag, which shows the diagonal of a matrix, as it is at any time."""
    return np.diag(v, k)


@overloading(diag)
def _diag(v: Any, k: Any = 0) -> Made:
    if isinstance(v, nb.Array) and v.ndim == 1:
        return lambda v, k=0: np.diag(v, k)
    if not isinstance(v, nb.Array) or v.ndim != 2:
        return None
    return lambda v, k=0: shown(v, k)


def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """Stand for np.diagonal."""
    return np.diagonal(a, offset, axis1, axis2)


@overloading(diagonal)
def _diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Made:
    if not isinstance(a, nb.Array) or a.ndim != 2 or (constant(axis1), constant(axis2)) != (0, 1):
        return None
    return lambda a, offset=0, axis1=0, axis2=1: shown(a, offset)


def shown(v: Any, k: Any) -> Any:
    """Show a diagonal of a matrix."""
    return np.diagonal(v, k)


@overloading(shown)
def _shown(v: Any, k: Any) -> Made:
    def view(v: Any, k: Any) -> Any:
        rows, columns = v.shape[0] + min(k, 0), v.shape[1] - max(k, 0)
        part = v[max(-k, 0) :, max(k, 0) :]
        size = max(min(rows, columns), 0)
        return as_strided(part, (size,), (part.strides[0] + part.strides[1],))

    return view


def take(a: Any, indices: Any, axis: Any = None) -> Any:
    """Stand for np.take, which Numba has wrong for an axis and more than one row of indices."""
    return np.take(a, indices, axis)


@overloading(take)
def _take(a: Any, indices: Any, axis: Any = None) -> Made:
    if constant(axis) is None:
        return lambda a, indices, axis=None: np.take(a, indices)
    if isinstance(indices, nb.Array) and indices.ndim > 1:
        return None
    return lambda a, indices, axis=None: np.take(a, indices, axis)


DTYPES: dict[Any, Any] = {float: np.float64, complex: np.complex128, int: np.int64, bool: np.bool_}


def creation(function: Any) -> Any:
    """Give a function that makes arrays of any of Python's types."""

    def make(shape: Any, dtype: Any = float) -> Any:
        return function(shape, dtype)

    @overloading(make)
    def _make(shape: Any, dtype: Any = float) -> Made:
        if dtype is float or isinstance(dtype, nb.Omitted):
            return lambda shape, dtype=float: function(shape, np.float64)
        made = DTYPES.get(getattr(dtype, "typing_key", None))
        if made is not None:
            return lambda shape, dtype=float: function(shape, made)
        return lambda shape, dtype=float: function(shape, dtype)

    make.__name__ = function.__name__
    return make


zeros, ones, empty = creation(np.zeros), creation(np.ones), creation(np.empty)
