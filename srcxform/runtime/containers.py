"""Zeros of values of any structure: numbers, arrays, lists, tuples, dicts.

What is no number (None, a string, a function) has the tangent and the cotangent None.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.refusals import refusal


def zeros_like(value: Any) -> Any:
    """Give zeros of the structure of `value`, fresh wherever they can be written into.

    >>> zeros_like([1.0, np.ones(2), "relu"])
    [0.0, array([0., 0.]), None]
    """
    match value:
        case np.ndarray():
            if value.dtype.names is not None:
                unfollowed(value)
            if value.dtype.kind in "biu":
                return np.zeros(value.shape)
            return np.zeros_like(value) if value.dtype.kind in "fc" else None
        case bool() | np.bool_() | str() | None:
            return None
        case np.inexact():
            return type(value)(0)
        case complex():
            return 0j
        case int() | float() | np.integer():
            return 0.0
        case list():
            if is_own(value, list):
                unfollowed(value)
            return [zeros_like(part) for part in value]
        case tuple():
            return rebuilt(value, [zeros_like(part) for part in value])
        case dict():
            if getattr(value, "default_factory", None) is not None or is_own(value, dict):
                unfollowed(value)  # reading it may add to it
            return {key: zeros_like(part) for key, part in value.items()}
    if any(hasattr(type(value), name) for name in ("append", "add", "__setitem__")):
        unfollowed(value)
    return None


def is_own(value: Any, base: type) -> bool:
    """Say whether a list or a dict is of a user's class that does something in its own way.

    That may also be what arrays have, too: `x.T` and `x - y` are written for those.
    """
    kind = type(value)
    if kind is base or kind.__module__ in ("collections", "builtins"):
        return False
    own = {name for cls in kind.__mro__ if cls not in base.__mro__ for name in vars(cls)}
    return bool(own & {*dir(base), "__missing__", *dir(np.ndarray)} - OF_NO_ACCOUNT)


OF_NO_ACCOUNT = frozenset((
    "__init__", "__new__", "__doc__", "__repr__", "__str__", "__module__", "__slots__",
    "__class_getitem__",
))  # fmt: skip


def unfollowed(value: Any) -> None:
    """Refuse a container whose elements no derivative follows (a deque, a defaultdict, records)."""
    raise refusal(
        "NoDerivativeError", f"a `{type(value).__name__}` holds differentiated values", None,
        "no derivative follows its elements", "use a list or a dict",
    )  # fmt: skip


def rebuilt(value: tuple[Any, ...], parts: list[Any]) -> tuple[Any, ...]:
    """Give a tuple of the type of `value`, namedtuples included."""
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
