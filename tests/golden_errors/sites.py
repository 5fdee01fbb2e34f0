"""Where the package refuses: every text that it can begin a refusal with, found in its source.

A refusal begins with what is refused. That text is the first one given to `Diagnostic` or to one of
the functions that make one; what is filled in while the program runs stands for anything.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "srcxform"
MAKERS = {"Diagnostic", "refusal", "refuse", "_refuse", "refused"}
TABLES = {"REASONS"}  # by node: what, why, instead


@dataclass(frozen=True)
class Site:
    """A text as a regular expression, and where it stands."""

    pattern: str
    where: str

    def begins(self, golden: str) -> bool:
        """Whether a recorded refusal begins with this text."""
        told = golden.split(": ", 1)[1].splitlines()[0]
        return re.fullmatch(self.pattern, told) is not None


def sites() -> list[Site]:
    """All of them, in order of file and line."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, text in texts(tree):
            found.append(Site(text, f"{path.relative_to(PACKAGE.parent)}:{line}"))
    return found


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in MAKERS:
                told = first_text(node.args)
                if told is not None:
                    yield node.lineno, told
            case (
                ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name))
            ) if name in TABLES and isinstance(node.value, ast.Dict):
                for value in node.value.values:
                    if isinstance(value, ast.Tuple):
                        yield value.lineno, pattern(value.elts[0]) or ""


def first_text(args: list[ast.expr]) -> str | None:
    """What the first text among arguments can be; None where a caller gives it."""
    for arg in args:
        if isinstance(arg, ast.Name) and arg.id == "what":
            return None
        told = pattern(arg)
        if told is not None and not is_error(told):
            return told
    return None


def is_error(text: str) -> bool:
    return re.fullmatch(r"\w+Error", text) is not None


def pattern(node: ast.AST) -> str | None:
    """A regular expression for what a string expression can be; None for any other expression."""
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=values):
            return "".join(pattern(v) or ".*" for v in values)
        case ast.IfExp(body=body, orelse=orelse):
            return f"(?:{pattern(body)}|{pattern(orelse)})"
    return None
