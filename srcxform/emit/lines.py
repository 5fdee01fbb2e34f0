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
from pathlib import Path
from typing import Any

import gast

from srcxform.errors import Place
from srcxform.syntax.comment import Comment

__all__ = ["lines_of", "note_lines", "origin", "packed", "unpacked"]

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
            place = getattr(one, "place", None)
            if place is not None and not place.file.startswith(NOBODYS):
                found.append((other.lineno, header_end(other), place))
    return tuple(found)


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


def origin(file: str, line: int) -> Place | None:
    """Give the place in the user's code that a line of a generated module comes from, if known."""
    while True:
        known = _noted.get(file, ())
        exact = [place for first, last, place in known if first <= line <= last]
        near = [place for first, _, place in known if first <= line] or [p for *_, p in known]
        if not near:
            return None
        place = (exact or near)[-1]
        if place.file not in _noted:
            text = place.text or linecache.getline(place.file, place.line).rstrip("\n")
            return replace(place, text=text)
        file, line = place.file, place.line


def packed(lines: Lines) -> list[Any]:
    """Give lines as JSON has them: files and functions once, and no text."""
    homes = list(dict.fromkeys((place.file, place.function) for *_, place in lines))
    rows = [
        [first, last, homes.index((place.file, place.function)),
         place.line, place.column, place.end_line, place.end_column]
        for first, last, place in lines
    ]  # fmt: skip
    return [homes, rows]


def unpacked(held: Any) -> Lines:
    """Give back what `packed` took."""
    homes, rows = held
    return tuple((row[0], row[1], place_of(*homes[row[2]], *row[3:])) for row in rows)


def place_of(file: str, function: str, line: int, column: int, end: int, end_column: int) -> Place:
    return Place(file, line, column, end, end_column, function, "")
