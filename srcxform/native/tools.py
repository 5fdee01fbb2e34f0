"""How functions are compiled, and how versions by type are given."""

from __future__ import annotations

import functools
from typing import Any

import numba
from numba.core import errors
from numba.core import types as nb
from numba.extending import overload

from srcxform.native.guards import Careful

__all__ = ["compiling", "constant", "overloading"]

SETTINGS: Any = {"pipeline_class": Careful, "boundscheck": True}
compiling = functools.partial(numba.njit, **SETTINGS)
# Not strict: the versions need no annotations like those of what they stand for.
overloading = functools.partial(overload, jit_options=SETTINGS, strict=False, prefer_literal=True)


def constant(value: Any) -> Any:
    """Give the value of an argument that is known while compiling. Raises TypingError."""
    match value:
        case None | bool() | int() | tuple():
            return value
        case nb.NoneType():
            return None
        case nb.Omitted():
            return value.value
        case nb.Literal():
            return value.literal_value
        case nb.List(initial_value=list() as entries):
            return tuple(entries)
        case nb.BaseTuple():
            parts: Any = value
            return tuple(constant(part) for part in parts)
    raise errors.TypingError("an axis has to be known while compiling")
