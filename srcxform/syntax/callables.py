"""Callable objects taken apart: the plain function underneath, and what is bound to it."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Bound", "unwrap"]


@dataclass(frozen=True)
class Bound:
    """A call of `Bound` with `a, k=v` means `function(*args, a, **{**keywords, "k": v})`."""

    function: Callable[..., Any]
    args: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


def unwrap(value: Callable[..., Any]) -> Bound:
    """Follow methods, partials and callable objects down to a function.

    The result's function is a Python function, or something that cannot be taken apart: a builtin,
    a NumPy ufunc, a class. A callable object is a call of its class's `__call__` with itself.
    Decorators' `__wrapped__` is not followed: the wrapper is what runs.
    Raises TypeError if `value` is not callable.

    >>> import functools, operator
    >>> unwrap(functools.partial(operator.mul, 2.0))
    Bound(function=<built-in function mul>, args=(2.0,), keywords={})
    """
    if not callable(value):
        raise TypeError(f"expected a function or another callable, got {type(value).__name__}")
    return _unwrap(value)


def _unwrap(value: Callable[..., Any]) -> Bound:
    match value:
        case types.FunctionType() | type():
            return Bound(value)
        case types.MethodType():
            return _method(value.__func__, value.__self__)
        case staticmethod():
            return _unwrap(value.__func__)
        case functools.partial() if _is_plain(value):
            return _add(_unwrap(value.func), value.args, value.keywords)
    if type(value).__module__.startswith("numba."):
        return Bound(value)  # its Python function is inside, its `__call__` is Numba's own work
    # Python looks for `__call__` in the class only, and binds what it finds there.
    call = inspect.getattr_static(type(value), "__call__", None)
    match call:
        case types.FunctionType():
            return Bound(call, (value,))
        case staticmethod() | classmethod() | functools.partialmethod():
            return _unwrap(call.__get__(value, type(value)))
    return Bound(value)


def _method(function: Callable[..., Any], owner: object) -> Bound:
    # The method made by a partialmethod is a closure that inserts the arguments after `self`.
    for name in ("__partialmethod__", "_partialmethod"):
        partial = getattr(function, name, None)
        if isinstance(partial, functools.partialmethod):
            return _add(_unwrap(partial.func), (owner, *partial.args), partial.keywords)
    return _add(_unwrap(function), (owner,), {})


def _is_plain(value: functools.partial[Any]) -> bool:
    """Not a subclass that calls in its own way, and without holes to be filled by a call."""
    placeholder = getattr(functools, "Placeholder", value)  # new in Python 3.14
    calls_plainly = type(value).__call__ is functools.partial.__call__
    return calls_plainly and not any(arg is placeholder for arg in value.args)


def _add(inner: Bound, args: tuple[Any, ...], keywords: dict[str, Any]) -> Bound:
    return Bound(inner.function, (*inner.args, *args), {**inner.keywords, **keywords})
