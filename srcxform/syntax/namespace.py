"""What a free name of a function stands for at this moment."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Literal

__all__ = ["NameNotFound", "lookup"]

Scope = Literal["cell", "global", "builtin"]


class NameNotFound(KeyError):
    """A name that is bound nowhere, or a captured variable that has no value yet."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would show the message's repr


def lookup(function: FunctionType, name: str) -> tuple[Scope, Any]:
    """Find the value of a name that `function` reads but does not bind.

    Returns ("cell", value) for a variable captured from the function around, ("global", value) or
    ("builtin", value), as Python would look it up. `name` must not be a local of `function`:
    that is for the caller to know. Raises NameNotFound.

    >>> lookup(lookup, "tuple")
    ('builtin', <class 'tuple'>)
    """
    captured = function.__code__.co_freevars
    if name in captured:
        cell = (function.__closure__ or ())[captured.index(name)]
        try:
            return "cell", cell.cell_contents
        except ValueError:
            raise NameNotFound(f"`{name}` is captured, but has no value yet") from None
    if name in function.__globals__:
        return "global", function.__globals__[name]
    whole: Any = function  # the type stubs may or may not know the attribute
    builtins: dict[str, Any] = whole.__builtins__
    if name in builtins:
        return "builtin", builtins[name]
    raise NameNotFound(f"`{name}` is neither a global nor a builtin name")
