"""Text to gast tree, where every node that has a position also has a `.place`.

Line numbers are those of the file. The standard position attributes stay as `ast` gives them
(columns in UTF-8 bytes); a `Place` counts columns in characters.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

import gast

from srcxform.errors import Place

__all__ = ["parse", "placed", "python_tree", "split_lines"]

SCOPES = (
    ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    | gast.FunctionDef | gast.AsyncFunctionDef | gast.ClassDef | gast.Lambda
)  # fmt: skip


def parse(text: str, file: str = "<text>", *, flags: int = 0) -> gast.Module:
    """Parse a whole module.

    `file` is the name that places carry; `flags` are those of `compile` (`from __future__`).
    Raises SyntaxError as `compile` does.

    >>> module = parse("def f(x):\\n    return x + 1\\n", "model.py")
    >>> place = module.body[0].body[0].value.place
    >>> place.file, place.line, place.column, place.end_column, place.function, place.text
    ('model.py', 2, 11, 16, 'f', '    return x + 1')
    """
    tree = gast.ast_to_gast(python_tree(text, flags))
    return placed(tree, split_lines(text), file, "<module>")


def python_tree(text: str, flags: int = 0) -> ast.Module:
    """Parse to Python's own tree. Warnings about the text were already given at its import."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(text, "<text>", "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)


def split_lines(text: str) -> list[str]:
    """Split where the parser does: `str.splitlines` would also split at form feeds."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def placed(tree: gast.AST, lines: Sequence[str], file: str, function: str) -> gast.AST:
    """Give every node of `tree` that has a position, and every expression, a `.place`.

    Changes and returns `tree`. An expression that gast made up (the name in `except E as name`)
    gets the position of the node around it.
    `lines` are all lines of the file. `function` is the display name of what surrounds `tree`, or
    of `tree` itself if it is a function; functions inside it get dotted names.
    """
    _place(tree, None, lines, file, function)
    return tree


def _place(
    node: gast.AST, around: gast.AST | None, lines: Sequence[str], file: str, function: str
) -> None:
    if isinstance(node, gast.expr) and not _positioned(node) and _positioned(around):
        gast.copy_location(node, around)
    if _positioned(node):
        node.place = _place_of(node, lines, file, function)
    inner = function
    if isinstance(node, SCOPES) and around is not None:
        inner = scope_name(function, node)
    for field, child in _children(node):
        # Defaults, decorators and annotations run in the scope around.
        _place(
            child,
            node if _positioned(node) or around is None else around,
            lines,
            file,
            inner if field == "body" else function,
        )


def _positioned(node: gast.AST | None) -> bool:
    return getattr(node, "lineno", None) is not None


def scope_name(outer: str, node: gast.AST) -> str:
    """The display name of a function or class inside the scope displayed as `outer`."""
    name = getattr(node, "name", "<lambda>")
    return name if outer == "<module>" else f"{outer}.{name}"


def _children(node: gast.AST) -> Iterator[tuple[str, gast.AST]]:
    for field, value in gast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, gast.AST):
                yield field, child


def _place_of(node: gast.AST, lines: Sequence[str], file: str, function: str) -> Place:
    line, end_line = node.lineno, node.end_lineno or node.lineno
    return Place(
        file,
        line,
        _characters(lines, line, node.col_offset),
        end_line,
        _characters(lines, end_line, node.end_col_offset),
        function,
        _line(lines, line),
    )


def _line(lines: Sequence[str], number: int) -> str:
    # Before 3.12 nodes in f-strings may point outside the text.
    return lines[number - 1] if 1 <= number <= len(lines) else ""


def _characters(lines: Sequence[str], number: int, column: int | None) -> int:
    """The column in characters, for one in UTF-8 bytes."""
    line = _line(lines, number)
    if column is None or line.isascii():
        return min(column or 0, len(line))
    return len(line.encode()[:column].decode(errors="ignore"))
