"""Failures of the compiler itself, told as refusals: in which stage, at which line of the user's.

A crash is a bug of ours. Whoever meets it can go on all the same: nothing was computed, and the
line says what to write otherwise.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from srcxform.errors import Diagnostic, Place, UnsupportedError

OURS = Path(__file__).parent
CRASHES = (AssertionError, AttributeError, LookupError, NameError, RecursionError, SyntaxError)


@contextmanager
def stage(name: str, home: Place | None) -> Iterator[None]:
    """Run a stage of the compiler; `home` is where the function begins that is compiled."""
    try:
        yield
    except CRASHES as error:
        raise UnsupportedError(told(name, error, place_of(error) or home)) from error


def told(name: str, error: BaseException, place: Place | None) -> Diagnostic:
    frame = last_of_ours(error)
    where = f", at {frame[0]}:{frame[1]}" if frame else ""
    return Diagnostic(
        "the compiler fails on this, which is a bug of srcxform", place,
        f"its stage `{name}` ended with {type(error).__name__}: {error}{where}",
        "report it, with the function; meanwhile, write this line in simpler steps",
    )  # fmt: skip


def place_of(error: BaseException) -> Place | None:
    """Give the statement that was looked at last: the stages keep it in what they hand around."""
    found = None
    for frame in frames(error):
        for holder in ("state", "self", "ctx"):
            place = getattr(frame.f_locals.get(holder), "place", None)
            found = place if isinstance(place, Place) else found
        node: Any = frame.f_locals.get("node")
        place = getattr(node, "place", None)
        found = place if isinstance(place, Place) else found
    return found


def last_of_ours(error: BaseException) -> tuple[str, int] | None:
    """Give file and line of the package where an error arose."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(OURS):
            found = path.relative_to(OURS).as_posix(), trace.tb_lineno
        trace = trace.tb_next
    return found


def frames(error: BaseException) -> Iterator[types.FrameType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next
