"""A generated module that runs where srcxform is not installed.

Guarantees that the text imports nothing of srcxform, defines every name that the module used from
it, and leaves the module's own functions as they were, to the letter.
"""

import ast
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from srcxform.emit.constants import constant
from srcxform.emit.helpers import RUNTIME, Helpers, Symbol, bound_imports, runtime_folder
from srcxform.emit.module import import_sections
from srcxform.emit.wrapping import WIDTH, wrap
from srcxform.errors import Diagnostic, UnsupportedError


def standalone(text: str, constants: Mapping[str, object], folder: Path | None = None) -> str:
    """Return a module's text with all that it uses of srcxform copied in.

    Errors that helpers raise become the built-in exceptions that they derive from.

    Args:
        text: a generated module; of srcxform it imports `from srcxform.runtime import ...` only.
        constants: values that the text uses but does not define, by name; written as literals.
        folder: the run-time package's folder; srcxform's own if not given.

    Returns:
        The text: imports, constants, helpers, then what the module itself defines.

    Raises:
        UnsupportedError: for a constant without a literal, or a helper that needs the compiler.

    Example:
        >>> print(standalone("def f(x):\\n    return RATE * x\\n", {"RATE": 0.5}), end="")
        RATE = 0.5
        <BLANKLINE>
        <BLANKLINE>
        def f(x):
            return RATE * x
    """
    tree = ast.parse(text)
    header, imports, body = _parts(text, tree)
    helpers = Helpers(folder or runtime_folder())
    kept, wanted = _sorted_imports(imports, helpers)
    _check_inner_imports(tree, imports)
    names = _identifiers(tree) | set(constants)
    if _needs_numpy(constants.values()):
        numpy = _numpy_name(kept, names)
        kept.append(f"import numpy as {numpy}" if numpy != "numpy" else "import numpy")
    else:
        numpy = "np"
    lines = _constant_lines(constants, numpy)
    present = bound_imports(ast.parse("\n".join(kept)).body)
    copied = helpers.copy(wanted, names - set(wanted), present)
    if wanted:
        kept.append("from __future__ import annotations")
    sections = import_sections([*kept, *copied.imports])
    blocks = [header, *("\n".join(section) for section in sections), "\n".join(lines)]
    top = "\n\n".join(block for block in blocks if block)
    whole = [block for block in [top, *copied.sources, body] if block]
    return _joined(whole) + "\n"


def _parts(text: str, tree: ast.Module) -> tuple[str, list[ast.Import | ast.ImportFrom], str]:
    """Return what stands above the imports, the imports, and what remains."""
    lines = [line.rstrip("\n") for line in text.splitlines(keepends=True)]
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    end = 0
    match tree.body:
        case [ast.Expr(value=ast.Constant(value=str())) as doc, *_]:
            end = doc.end_lineno or 0
        case [ast.Import() | ast.ImportFrom() as first, *_]:
            end = first.lineno - 1
    removed = {n for node in imports for n in range(node.lineno - 1, node.end_lineno or 0)}
    body = [line for number, line in enumerate(lines) if number >= end and number not in removed]
    return "\n".join(lines[:end]).strip("\n"), imports, "\n".join(body).strip("\n")


def _sorted_imports(
    imports: list[ast.Import | ast.ImportFrom], helpers: Helpers
) -> tuple[list[str], dict[str, Symbol]]:
    """Return the import lines to keep, and the helpers by the names they are used under."""
    kept: list[str] = []
    wanted: dict[str, Symbol] = {}
    for node in imports:
        if not _is_ours(node):
            kept.append(ast.unparse(node))
            continue
        if not isinstance(node, ast.ImportFrom) or not helpers.owns(node.module or ""):
            raise _unexpected(ast.unparse(node))
        for alias in node.names:
            found = helpers.resolve(node.module or "", alias.name)
            if not isinstance(found, Symbol):
                raise _unexpected(ast.unparse(node))
            wanted[alias.asname or alias.name] = found
    return kept, wanted


def _is_ours(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] == "srcxform"
    return any(alias.name.partition(".")[0] == "srcxform" for alias in node.names)


def _check_inner_imports(tree: ast.Module, top: list[ast.Import | ast.ImportFrom]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in top and _is_ours(node):
            raise _unexpected(ast.unparse(node))


def _unexpected(line: str) -> UnsupportedError:
    return UnsupportedError(
        Diagnostic(
            "this derivative cannot be written as a standalone module",
            None,
            f"it needs `{line}`, and only helpers of {RUNTIME} can be copied",
            "install srcxform where the derivative runs",
        )
    )


def _identifiers(tree: ast.Module) -> set[str]:
    """Return every name that the text may mean, so that a copied helper hides none of them."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update(alias.asname or alias.name.partition(".")[0] for alias in names)
    return found


def _needs_numpy(values: Iterable[object]) -> bool:
    waiting, seen = list(values), set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, np.ndarray | np.generic):
            return True
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple | set):
            waiting += value
    return False


def _numpy_name(kept: list[str], names: set[str]) -> str:
    for line in kept:
        match ast.parse(line).body:
            case [ast.Import(names=aliases)]:
                for alias in aliases:
                    if alias.name == "numpy":
                        return alias.asname or "numpy"
    return next(name for name in _candidates() if name not in names)


def _candidates() -> Iterator[str]:
    yield from ("np", "numpy")
    number = 1
    while True:
        number += 1
        yield f"np_{number}"


def _constant_lines(constants: Mapping[str, object], numpy: str) -> list[str]:
    """Return the assignments; what is one object under two names stays one."""
    lines: list[str] = []
    written: dict[int, str] = {}
    for name, value in constants.items():
        if id(value) in written and isinstance(value, np.ndarray | list | dict | set):
            lines.append(f"{name} = {written[id(value)]}")
            continue
        line = f"{name} = {constant(value, name, numpy)}"
        lines += _filled(line) if _is_numeric_array(value) else wrap(line)
        written[id(value)] = name
    return lines


def _is_numeric_array(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind != "U"


def _filled(line: str) -> list[str]:
    """Break an assignment of many numbers between them, as many a line as fit."""
    return textwrap.wrap(
        line, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _joined(blocks: list[str]) -> str:
    """Join blocks with two blank lines, or one line break between simple statements."""
    text = blocks[0]
    for before, block in zip(blocks, blocks[1:], strict=False):
        simple = all(_is_assignment(part) for part in (before, block))
        text += ("\n" if simple else "\n\n\n") + block
    return text


def _is_assignment(block: str) -> bool:
    return all(isinstance(node, ast.Assign | ast.AnnAssign) for node in ast.parse(block).body)
