"""The line where a function is defined: for errors that know of no other line."""

from __future__ import annotations

import linecache
import types
from typing import Any

from srcxform.emit.lines import shown_place
from srcxform.errors import Place

__all__ = ["home_of"]


def home_of(fun: Any) -> Place | None:
    """Give the first line of a function, or of what it wraps; None for what has no source."""
    while not isinstance(fun, types.FunctionType) and hasattr(fun, "__wrapped__"):
        fun = fun.__wrapped__
    if not isinstance(fun, types.FunctionType) or fun.__code__.co_filename.startswith("<srcxform"):
        return None
    file, line = fun.__code__.co_filename, fun.__code__.co_firstlineno
    text = linecache.getline(file, line).rstrip()
    while text.lstrip().startswith("@"):  # decorators, each in a line
        line += 1
        text = linecache.getline(file, line).rstrip()
    start, end = len(text) - len(text.lstrip()), len(text)
    return shown_place(Place(file, line, start, line, end, fun.__name__, text))
