"""The table itself: for each node the program or the refusal that shows what becomes of it.

A node is supported if a program of the corpus holds it, since each of these is differentiated and
compared with the truth; refused if a function of the recorded refusals holds it at the very place
that its error names. The rows name one witness each; those of the printed table stay as long as
they are witnesses.
"""

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from golden_errors import rare, stored  # noqa: F401  (add to REFUSED)
from golden_errors.programs import REFUSED, Refused
from programs import corpus

from constructs.grammar import GROUPS, NEWER, PARTS

PAGE = Path(__file__).parents[2] / "srcxform" / "CONSTRUCTS.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| `?([^`|]*)`?.* \|$", re.MULTILINE)

HEAD = """\
# What of Python is differentiated, and what is refused

Every node type of Python's grammar, with a test that shows it. *Supported*: a program of
[tests/programs](../tests/programs) holds it, and its derivatives in both modes and of second order
are compared with truth from outside. *Refused*: a function of
[tests/golden_errors](../tests/golden_errors) holds it, with the text that a user reads where it is
reached. A construct is refused only for values that are differentiated, and only where it is
reached.

This page is written by `pytest tests/constructs --update-golden`, and held to be true by the same
tests. A version of Python that adds a node fails them until it stands here.
"""


@cache
def supported() -> dict[str, tuple[str, ...]]:
    """For each node the programs of the corpus that hold it, or call a function that does."""
    found: dict[str, dict[str, None]] = {}
    for example in corpus():
        for function in reachable(example.function, set()):
            for name in nodes_of(function):
                found.setdefault(name, {}).setdefault(example.name)
    return {name: tuple(examples) for name, examples in found.items()}


def reachable(value: Any, seen: set[int]) -> Iterator[Any]:
    """A function or class and those of the corpus that it names."""
    value = inspect.unwrap(value) if callable(value) else value
    if id(value) in seen or "programs" not in (getattr(value, "__module__", None) or ""):
        return
    if isinstance(value, types.FunctionType | type):
        seen.add(id(value))
        yield value
        for other in named(value):
            yield from reachable(other, seen)


def named(value: Any) -> list[Any]:
    """What the global names of a function, or of a class's methods, stand for."""
    if isinstance(value, type):
        methods = [m for m in vars(value).values() if is_written(m)]
        return [other for method in methods for other in named(method)]
    try:
        names = {n.id for n in ast.walk(tree_of(value)) if isinstance(n, ast.Name)}
    except OSError:  # a named tuple's own methods have no source
        return []
    return [value.__globals__[name] for name in sorted(names) if name in value.__globals__]


def is_written(method: Any) -> bool:
    """Say whether a method has source: `dataclasses` makes some that have none."""
    return isinstance(method, types.FunctionType) and method.__code__.co_filename != "<string>"


@cache
def tree_of(value: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(value)))


def nodes_of(value: Any) -> set[str]:
    """The nodes of a definition, without its decorators."""
    try:
        (definition,) = tree_of(value).body  # type: ignore[attr-defined]
    except (OSError, SyntaxError, ValueError):
        return set()
    if hasattr(definition, "decorator_list"):
        definition.decorator_list = []
    return {type(node).__name__ for node in ast.walk(definition)}


@cache
def refused(derive: Callable[[Refused], Any]) -> dict[str, tuple[str, ...]]:
    """For each node the recorded refusals whose error names its place."""
    found: dict[str, dict[str, None]] = {}
    for way in REFUSED:
        error = derive(way)
        place = getattr(error, "place", None)
        if place is None or not place.text:
            continue
        for name in nodes_at(place):
            found.setdefault(name, {}).setdefault(way.name)
    return {name: tuple(ways) for name, ways in found.items()}


def nodes_at(place: Any) -> set[str]:
    """The nodes that begin where an error points."""
    try:
        whole = ast.parse(Path(place.file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return set()
    return {
        type(node).__name__
        for node in ast.walk(whole)
        if (getattr(node, "lineno", 0), getattr(node, "col_offset", -1))
        == (place.line, place.column)
    }


def page(derive: Callable[[Refused], Any]) -> str:
    """The table as text; rows that still hold keep their witness."""
    before = rows(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    lines = [HEAD]
    for group, names in GROUPS.items():
        lines += [f"## {group}", "", "| node | | shown by |", "| --- | --- | --- |"]
        lines += [row(name, before.get(name), derive) for name in names]
        lines.append("")
    return "\n".join(lines)


def row(name: str, before: tuple[str, str] | None, derive: Callable[[Refused], Any]) -> str:
    """One row; a node that no program and no refusal shows is open."""
    if name in NEWER:
        new = NEWER[name]
        line = new.text.splitlines()[1 if new.status == "refused" else 0].strip()
        return f"| `{name}` | {new.status} | `{line}`, Python {'.'.join(map(str, new.since))} |"
    good, bad = supported().get(name, ()), refused(derive)
    shown = bad.get(name, ()) or bad.get(PARTS.get(name, ""), ())
    status, witnesses = ("supported", good) if good else ("refused", shown)
    if not witnesses:
        return f"| `{name}` | open | |"
    old = before[1] if before and before[1] in witnesses else witnesses[0]
    return f"| `{name}` | {status} | `{old}` |"


def rows(text: str) -> dict[str, tuple[str, str]]:
    """What a printed table says of each node."""
    return {m[1]: (m[2], m[3].strip()) for m in ROW.finditer(text)}
