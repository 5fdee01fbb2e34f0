"""Which line of the user's each line of generated code comes from.

>>> from srcxform.syntax import build
>>> place = Place("model.py", 7, 4, 7, 9, "f", "    y = x + 1")
>>> body = build.at(place, [build.returning(build.load("x"))])
>>> lines_of([build.function("f_grad", ["x"], body)], "def f_grad(x):\\n    return x\\n")[0][:2]
(2, 2)
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gast

from srcxform.errors import ORIGINS, Place
from srcxform.syntax.comment import Comment

__all__ = ["lines_of", "note_lines", "origin", "packed", "shown_place", "unpacked"]

Lines = tuple[tuple[int, int, Place], ...]  # the first and the last line, and where they come from

NOBODYS = (str(Path(__file__).parent.parent), "<srcxform ")  # rules, and functions in between

_noted: dict[str, Lines] = {}


def lines_of(functions: Sequence[Any], text: str) -> Lines:
    """Pair the statements of generated functions with the lines of the text printed of them."""
    defined = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    found = []
    for node, shown in zip(functions, defined, strict=True):
        ours, theirs = list(statements(node.body)), list(statements(shown.body))
        if len(ours) != len(theirs):
            continue  # a docstring was put in
        for one, other in zip(ours, theirs, strict=True):
            place = place_in(one)
            if place is not None and not place.file.startswith(NOBODYS):
                found.append((other.lineno, header_end(other), place))
    return tuple(found)


def place_in(line: Any) -> Place | None:
    """Give where a statement comes from: of what a function kept apart gives, where it is called.

    A body that came in may end in such a call, which stands in the line that uses its result.
    """
    value = getattr(line, "value", None)
    called = getattr(value, "place", None) if isinstance(value, gast.Call) else None
    place: Place | None = getattr(line, "place", None)
    deeper = called is not None and (place is None or called.function != place.function)
    return called if deeper else place


def statements(block: Sequence[Any]) -> Iterator[Any]:
    """Give the statements of a block, and those in them, in the order of the text."""
    for line in block:
        if isinstance(line, (Comment, ast.Pass, gast.Pass)):
            continue
        yield line
        for name in ("body", "handlers", "orelse", "finalbody"):
            yield from statements(getattr(line, name, []))


def header_end(node: ast.stmt) -> int:
    inner = getattr(node, "body", None)
    return max(node.lineno, inner[0].lineno - 1) if inner else node.end_lineno or node.lineno


def note_lines(path: Path, lines: Lines) -> None:
    """Remember where the lines of a generated module come from."""
    _noted[str(path)] = lines
    ORIGINS[str(path)] = partial(origin, str(path))


def origin(file: str, line: int) -> Place | None:
    """Give the place in the user's code that a line of a generated module comes from, if known."""
    known = _noted.get(file, ())
    exact = [place for first, last, place in known if first <= line <= last]
    near = [place for first, _, place in known if first <= line] or [p for *_, p in known]
    return shown_place((exact or near)[-1]) if near else None


def shown_place(place: Place) -> Place:
    """Give a place as a user knows it, with the calls that led there.

    A line of a generated module stands for the user's line that it comes from; functions that the
    compiler writes in between are no calls.
    """
    found = origin(place.file, place.line) if place.file in _noted else None
    if found is None:
        text = place.text or linecache.getline(place.file, place.line).rstrip("\n")
        found = replace(place, text=text, caller=None)
    call = place.caller
    while call is not None and call.file.startswith(NOBODYS):
        call = call.caller
    return found if call is None else found.within(shown_place(call))


def packed(lines: Lines) -> list[Any]:
    """Give lines as JSON has them: files, functions and places once, and no text."""
    homes: dict[tuple[str, str], int] = {}
    places: dict[tuple[int, ...], int] = {}

    def number(place: Place | None) -> int:
        if place is None:
            return -1
        home = homes.setdefault((place.file, place.function), len(homes))
        row = (home, place.line, place.column, place.end_line, place.end_column)
        caller = number(place.caller)
        return places.setdefault((*row, caller), len(places))

    rows = [[first, last, number(place)] for first, last, place in lines]
    return [list(homes), list(places), rows]


def unpacked(held: Any) -> Lines:
    """Give back what `packed` took."""
    homes, rows, lines = held
    places: list[Place] = []
    for home, line, column, end, end_column, caller in rows:
        file, function = homes[home]
        around = places[caller] if caller >= 0 else None
        places.append(Place(file, line, column, end, end_column, function, "", around))
    return tuple((first, last, places[k]) for first, last, k in lines)
