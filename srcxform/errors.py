"""The errors of srcxform: each says what is wrong, where in the user's code, why, and what to do.

One frozen `Diagnostic` holds all of it and is the only thing that renders it, so every error reads
the same way. Each exception also is the built-in one that a caller would expect to catch.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "CacheError",
    "Diagnostic",
    "MutationError",
    "NoDerivativeError",
    "Place",
    "SourceNotFoundError",
    "SrcxformError",
    "UnsupportedError",
]


@dataclass(frozen=True)
class Place:
    """A stretch of the user's code.

    Lines count from 1 as in the file; columns count characters from 0, the end is exclusive.
    `function` is the name shown for the function around it; `text` is the source line `line`,
    empty if it is not known.

    >>> Place("model.py", 31, 8, 34, 20, "simulate", "        try:").function
    'simulate'
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str
    text: str


@dataclass(frozen=True)
class Diagnostic:
    """What an error says; `str()` renders it.

    `place` is where the cause is written. `frames` are the calls in the user's code that led
    there, nearest caller first. An empty `why` or `instead` is left out.

    >>> place = Place("model.py", 31, 8, 34, 20, "simulate", "        try:")
    >>> print(Diagnostic("`try` cannot be differentiated", place, "too hard", "move it out"))
    `try` cannot be differentiated
    <BLANKLINE>
      model.py:31, in simulate
       31 |         try:
          |         ^^^^
    why: too hard
    instead: move it out
    """

    what: str
    place: Place | None
    why: str
    instead: str
    frames: tuple[Place, ...] = ()

    def __str__(self) -> str:
        return "\n".join(_lines(self))


class SrcxformError(Exception):
    """Base of all errors that srcxform raises on purpose; `str()` is the rendered diagnostic."""

    diagnostic: Diagnostic

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)  # the only argument, so that pickling needs nothing else
        self.diagnostic = diagnostic

    def __str__(self) -> str:
        return str(self.diagnostic)

    @property
    def what(self) -> str:
        return self.diagnostic.what

    @property
    def place(self) -> Place | None:
        return self.diagnostic.place

    @property
    def why(self) -> str:
        return self.diagnostic.why

    @property
    def instead(self) -> str:
        return self.diagnostic.instead

    @property
    def frames(self) -> tuple[Place, ...]:
        return self.diagnostic.frames


class UnsupportedError(SrcxformError, NotImplementedError):
    """Syntax or a construct that cannot be transformed."""


class NoDerivativeError(SrcxformError, TypeError):
    """A called function that has neither a derivative rule nor source to differentiate."""


class MutationError(SrcxformError, ValueError):
    """An in-place write that cannot be differentiated correctly."""


class SourceNotFoundError(SrcxformError, OSError):
    """A function whose source cannot be read, or does not belong to it."""


class CacheError(SrcxformError, OSError):
    """The folder of generated modules cannot be used."""


def _lines(diagnostic: Diagnostic) -> Iterator[str]:
    yield diagnostic.what
    places = [] if diagnostic.place is None else [diagnostic.place]
    places.extend(diagnostic.frames)
    if places or diagnostic.why or diagnostic.instead:
        yield ""
    for index, place in enumerate(places):
        called = "called from " if index or diagnostic.place is None else ""
        yield f"  {called}{place.file}:{place.line}, in {place.function}"
        if place.text.strip():
            yield from _excerpt(place)
    if diagnostic.why:
        yield f"why: {diagnostic.why}"
    if diagnostic.instead:
        yield f"instead: {diagnostic.instead}"


def _excerpt(place: Place) -> Iterator[str]:
    """The source line, and below it the underline."""
    text = place.text.splitlines()[0].rstrip()
    # Of a node that spans several lines the rest of its first line is underlined.
    end = place.end_column if place.end_line == place.line else len(text)
    marked = text[place.column : end]
    margin = "".join("\t" if char == "\t" else " " * _width(char) for char in text[: place.column])
    carets = "^" * max(1, sum(map(_width, marked)))
    yield f"{place.line:5} | {text}"
    yield f"{'':5} | {margin}{carets}"


def _width(char: str) -> int:
    """Columns that a terminal gives to a character."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
