"""What tells one call's arguments from another's, as fast as that can be told.

Values with one key have one kind, so that a derivative found by key is the right one. Keys are
finer than kinds (exact shapes and dtypes), and far cheaper to make and to compare.

>>> key_of((1.5, np.zeros(3))) == key_of((2.5, np.ones(3)))
True
>>> key_of((1.5,)) == key_of((1,))
False
"""

from __future__ import annotations

import types
from collections.abc import Hashable
from typing import Any

import numpy as np

from srcxform.kinds.instances import attributes, is_followed, is_tree
from srcxform.kinds.lattice import Const
from srcxform.kinds.values import LONG, kind_of
from srcxform.pytrees import finite

__all__ = ["key_of", "part_key"]

Key = Hashable

SCALARS: tuple[Any, ...] = (int, float, complex, *np.sctypeDict.values())
NUMBERS: dict[Any, Any] = {
    kind: kind for kind in SCALARS if issubclass(kind, (int, float, complex, np.number))
}
# These stand for themselves: they are equal only if they are the same.
OURSELVES = {
    type(None), str, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, np.ufunc,
}  # fmt: skip


def key_of(values: tuple[Any, ...]) -> Key:
    """Give the key of a tuple of arguments."""
    key: list[Any] = []
    for value in values:
        kind = type(value)
        if kind is np.ndarray:
            key.append((value.dtype, value.shape))
        elif kind in NUMBERS:
            key.append(kind)
        else:
            try:
                key.append(part_key(value))
            except RecursionError:
                with finite(value):
                    raise
    return tuple(key)


def part_key(value: Any) -> Key:
    """Give the key of any one value."""
    kind: Any = type(value)
    if kind is np.ndarray:
        return value.dtype, value.shape
    if kind in NUMBERS:
        return kind
    if kind in OURSELVES:
        return value
    if kind is bool or kind is np.bool_:
        return bool, bool(value)
    if kind is list or kind is tuple:
        return sequence_key(kind, value)
    if kind is dict:
        return (
            dict,
            tuple([part_key(k) if type(k) is bool else k for k in value]),
            tuple([part_key(part) for part in value.values()]),
        )
    if isinstance(value, type):
        return Const(value)
    names = getattr(kind, "_fields", None) if isinstance(value, tuple) else None
    if names is not None:
        return kind, tuple([part_key(part) for part in value])
    if is_followed(kind) and is_tree(value):
        held = attributes(value)
        return kind, tuple(held), tuple([part_key(part) for part in held.values()])
    fields = getattr(kind, "__dataclass_fields__", None)
    if fields is not None and not is_followed(kind):
        return kind, tuple([part_key(getattr(value, name, None)) for name in fields])
    return kind_of(value)


def sequence_key(kind: type, value: Any) -> Key:
    # Long lists of plain numbers are common, and looked at in C.
    inner = set(map(type, value))
    if len(inner) == 1 and inner <= NUMBERS.keys():
        return kind, inner.pop(), len(value) if len(value) <= LONG else -1
    return kind, tuple([part_key(part) for part in value])
