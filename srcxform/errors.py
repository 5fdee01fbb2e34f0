"""The errors of srcxform: each says what is wrong, where in the user's code, why, and what to do.

One frozen `Diagnostic` holds all of it and is the only thing that renders it, so every error reads
the same way. Each exception also is the built-in one that a caller would expect to catch.
"""

from __future__ import annotations

import linecache
import sys
import types
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

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

SHOWN = 5  # calls listed at either end of a long recursion
OURS = str(Path(__file__).parent)

# The file of a generated module: what gives the place in the user's code of one of its lines.
ORIGINS: dict[str, Callable[[int], Place | None]] = {}


@dataclass(frozen=True)
class Place:
    """A stretch of the user's code.

    Lines count from 1 as in the file; columns count characters from 0, the end is exclusive.
    `function` is the name shown for the function around it; `text` is the source line `line`,
    empty if it is not known. `caller` is the call in the user's code for which that function runs,
    None for a function that nobody of the user's called. Places are compared without it: a line is
    the same line whoever called it.

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
    caller: Place | None = field(default=None, compare=False)

    def callers(self) -> tuple[Place, ...]:
        """Give the calls that led here, outermost first."""
        found: list[Place] = []
        call = self.caller
        while call is not None:
            found.append(call)
            call = call.caller
        return tuple(reversed(found))

    def within(self, caller: Place | None) -> Place:
        """Give this place where its outermost function was called from `caller`."""
        if caller is None:
            return self
        chain = [self, *reversed(self.callers())]
        for place in reversed(chain):
            caller = replace(place, caller=caller)
        return caller


@dataclass(frozen=True)
class Diagnostic:
    """What an error says; `str()` renders it.

    `place` is where the cause is written. `frames` are the calls in the user's code that led
    there, outermost first; those that `place` tells of come by themselves. An empty `why` or
    `instead` is left out.

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

    def __post_init__(self) -> None:
        known = () if self.place is None else self.place.callers()
        if known and self.frames[-len(known) :] != known:
            object.__setattr__(self, "frames", (*self.frames, *known))

    def __str__(self) -> str:
        return "\n".join(_lines(self))


class SrcxformError(Exception):
    """Base of all errors that srcxform raises on purpose; `str()` is the rendered diagnostic."""

    diagnostic: Diagnostic

    def __init__(self, diagnostic: Diagnostic) -> None:
        around, here = running()
        if around:
            diagnostic = replace(diagnostic, frames=(*around, *diagnostic.frames))
        if diagnostic.place is None and here is not None:
            diagnostic = replace(diagnostic, place=here)
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


def running() -> tuple[tuple[Place, ...], Place | None]:
    """Give the calls in the user's code for which generated functions are running, outermost first.

    The innermost of them is apart where it raises by itself, since an error may know its place
    better; it is None where a function of the user's raises.
    """
    found: list[Place] = []
    since: list[Place] = []  # what the user's own functions called since
    frame: types.FrameType | None = sys._getframe(1)
    told, here = False, None
    while frame is not None:
        file, line = frame.f_code.co_filename, frame.f_lineno
        if file in ORIGINS:
            place = ORIGINS[file](line)
            if not told:
                here, place = None if place is None else _whole_line(place), None
            found += since if place is None else [*since, place, *reversed(place.callers())]
            since, told = [], True
        elif not file.startswith(OURS):
            text = linecache.getline(file, line).rstrip("\n")
            since.append(Place(file, line, 0, line, 0, frame.f_code.co_name, text))
            told = True
        frame = frame.f_back
    return tuple(reversed(found)), here


def _whole_line(place: Place) -> Place:
    """Give the line that a place begins in: no more is known of what a generated line does."""
    text = place.text.rstrip()
    start = len(text) - len(text.lstrip())
    return replace(place, column=start, end_line=place.line, end_column=len(text))


def _lines(diagnostic: Diagnostic) -> Iterator[str]:
    yield diagnostic.what
    if diagnostic.frames or diagnostic.place or diagnostic.why or diagnostic.instead:
        yield ""
    yield from _calls(diagnostic.frames)
    if diagnostic.place is not None:
        yield from _excerpt(diagnostic.place)
    if diagnostic.why:
        yield f"why: {diagnostic.why}"
    if diagnostic.instead:
        yield f"instead: {diagnostic.instead}"


def _calls(frames: tuple[Place, ...]) -> Iterator[str]:
    """The calls that led to the cause, as a traceback lists them."""
    left_out = len(frames) - 2 * SHOWN
    for number, call in enumerate(frames):
        if left_out > 0 and SHOWN <= number < SHOWN + left_out:
            if number == SHOWN:
                yield f"  ... {left_out} more call{'s' if left_out > 1 else ''} ..."
            continue
        yield f"  {call.file}:{call.line}, in {call.function}"
        if call.text.strip():
            yield f"{call.line:5} | {call.text.splitlines()[0].rstrip()}"


def _excerpt(place: Place) -> Iterator[str]:
    """The place, the source line, and below it the underline."""
    yield f"  {place.file}:{place.line}, in {place.function}"
    if not place.text.strip():
        return
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
