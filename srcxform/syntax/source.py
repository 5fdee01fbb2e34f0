"""The syntax tree of a function object: of the very function given, or an error, never another.

The tree found compiles to the function's own byte code. That holds for lambdas that share a line,
for functions redefined in one file, and for files that changed since they were imported.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import linecache
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType
from typing import NoReturn

import gast

from srcxform.errors import Diagnostic, Place, SourceNotFoundError
from srcxform.syntax.bytecode import Definition, definition, first_line
from srcxform.syntax.mangling import mangle
from srcxform.syntax.parse import SCOPES, placed, python_tree, scope_name, split_lines
from srcxform.syntax.rewriting import rewrite_asserts, rewrites_asserts

__all__ = ["Source", "find"]


@dataclass(frozen=True)
class Source:
    """A function and its syntax tree.

    `node` is a tree of its own in each `Source`, free to be changed: no decorators, no docstring,
    private names of a class written out, every positioned node with a `.place`. A lambda has
    become a function with one `return`. (The node of an `async def` is a gast.AsyncFunctionDef.)
    Defaults and annotations are in `node` as written; their values are those of `function`.
    `line` is the line of `def` or `lambda`, `text` the source from there, without decorators.
    """

    name: str
    node: gast.FunctionDef
    function: FunctionType
    file: str
    line: int
    text: str


def find(function: FunctionType) -> Source:
    """Find the source of `function`.

    The function is known by its code: decorators, `__wrapped__` and `__name__` play no part.
    Raises SourceNotFoundError if it is not a Python function, if its text is not to be had, or
    if nothing in the text compiles to its byte code.

    >>> from fractions import Fraction
    >>> source = find(Fraction.limit_denominator)
    >>> source.name, [arg.id for arg in source.node.args.args]
    ('limit_denominator', ['self', 'max_denominator'])
    """
    if not isinstance(function, FunctionType):
        _refuse_foreign(function)
    for text in _texts(function):
        found = _search(function, text)
        if found is not None:
            return _source(function, text, *found)
    if _read(function) and function.__code__.co_filename != "<string>":  # the text of `python -c`
        _refuse_changed(function.__code__)
    _refuse_unread(function.__code__)


def _texts(function: FunctionType) -> Iterator[str]:
    """Texts of the function's file: the one read before, then the one on disk, if it is new."""
    code = function.__code__
    before = _read(function)
    if before:
        yield before
    linecache.checkcache(code.co_filename)
    now = _read(function)
    if now and now != before:
        yield now


def _read(function: FunctionType) -> str:
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:  # newer interactive sessions keep the text of each input by its code
        by_code = getattr(linecache, "_getlines_from_code", None)
        lines = by_code(code) if by_code is not None else []
    return "".join(lines)


def _search(function: FunctionType, text: str) -> tuple[ast.Module, Definition] | None:
    """The definition of `function` in `text`, and the statements of the module around it."""
    code = function.__code__
    flags = code.co_flags & FUTURE
    try:
        tree = _around(text, flags, code.co_firstlineno)
        for compiled in _compilations(function, tree, text, flags):
            node = definition(code, compiled, tree)
            if node is not None:
                return tree, node
    except (SyntaxError, ValueError):
        pass  # the text is no longer Python
    return None


# The bits of co_flags that come from `from __future__`, which are also flags of `compile`.
FUTURE = sum(
    {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
    - {inspect.CO_NESTED}  # once a future feature, now a mark of inner functions
)


def _around(text: str, flags: int, line: int) -> ast.Module:
    """The top-level statements that contain `line`."""
    body = [
        statement
        for statement in _module(text, flags).body
        if first_line(statement) <= line <= (statement.end_lineno or 0)
    ]
    return ast.Module(body, [])


def _compilations(
    function: FunctionType, tree: ast.Module, text: str, flags: int
) -> Iterator[CodeType]:
    """The ways in which `function` may have been compiled, cheapest first.

    What a function compiles to depends on what its module imports. Interactive sessions compile
    statement by statement.
    """
    yield _compile(tree, flags)
    yield _whole(text, flags)
    file, loader = function.__code__.co_filename, function.__globals__.get("__loader__")
    if rewrites_asserts(loader):
        rewritten = _rewritten(text, flags, file, loader)
        if rewritten is not None:
            yield rewritten


# A program looks up many functions of few files.
@lru_cache(maxsize=32)
def _module(text: str, flags: int) -> ast.Module:
    return python_tree(text, flags)


@lru_cache(maxsize=32)
def _whole(text: str, flags: int) -> CodeType:
    return _compile(_module(text, flags), flags)


@lru_cache(maxsize=32)
def _rewritten(text: str, flags: int, file: str, loader: object) -> CodeType | None:
    tree = python_tree(text, flags)
    return _compile(tree, flags) if rewrite_asserts(tree, text, file, loader) else None


def _compile(tree: ast.Module, flags: int) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they were given when the module was imported
        return compile(tree, "<text>", "exec", flags, dont_inherit=True)


def _source(function: FunctionType, text: str, tree: ast.Module, found: Definition) -> Source:
    file, lines = function.__code__.co_filename, split_lines(text)
    scopes = _scopes(tree, found)
    node = gast.ast_to_gast(found)
    placed(node, lines, file, _display_name((*scopes, found)))
    if isinstance(found, ast.Lambda):
        node = _named(node)
        text = ast.get_source_segment(text, found) or ""
    else:
        text = "\n".join(lines[found.lineno - 1 : found.end_lineno])
        node.decorator_list = []
        _drop_docstring(node)
    owners = [scope.name for scope in scopes if isinstance(scope, ast.ClassDef)]
    if owners:
        mangle(node, owners[-1])
    return Source(node.name, node, function, file, found.lineno, text)


def _scopes(tree: ast.AST, target: ast.AST) -> tuple[ast.AST, ...]:
    """The functions and classes whose bodies contain `target`, outermost first."""

    def search(node: ast.AST, around: tuple[ast.AST, ...]) -> tuple[ast.AST, ...] | None:
        if node is target:
            return around
        for field, value in ast.iter_fields(node):
            within = (*around, node) if field == "body" and isinstance(node, SCOPES) else around
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    found = search(child, within)
                    if found is not None:
                        return found
        return None

    return search(tree, ()) or ()


def _display_name(scopes: tuple[ast.AST, ...]) -> str:
    name = "<module>"
    for scope in scopes:
        name = scope_name(name, scope)
    return name


def _named(node: gast.Lambda) -> gast.FunctionDef:
    """A lambda as a function that returns its body."""
    body = gast.Return(value=node.body)
    gast.copy_location(body, node.body)
    body.place = node.body.place
    function = gast.FunctionDef(
        name=f"lambda_{node.lineno}",
        args=node.args,
        body=[body],
        decorator_list=[],
        returns=None,
        type_comment=None,
        type_params=[],
    )
    gast.copy_location(function, node)
    function.place = node.place
    return function


def _drop_docstring(node: gast.FunctionDef) -> None:
    if gast.get_docstring(node, clean=False) is None:
        return
    first = node.body.pop(0)
    if not node.body:
        empty = gast.Pass()
        gast.copy_location(empty, first)
        empty.place = first.place
        node.body.append(empty)


def _refuse_foreign(value: object) -> NoReturn:
    name = getattr(value, "__name__", None) or repr(value)
    kind = type(value).__name__
    _refuse(
        f"`{name}` has no Python source",
        None,
        f"it is no Python function but an object of type `{kind}`",
        "give it a derivative rule with sx.tangent and sx.adjoint",
    )


def _refuse_unread(code: CodeType) -> NoReturn:
    _refuse(
        f"the source of `{code.co_name}` cannot be read",
        code,
        f"there is no text for `{code.co_filename}`; code from `exec`, `eval` and `python -c` "
        "leaves none behind",
        "define the function in a file, a notebook or a session of Python 3.13, "
        "or put the text into linecache.cache",
    )


def _refuse_changed(code: CodeType) -> NoReturn:
    _refuse(
        f"the source of `{code.co_name}` does not belong to the running function",
        code,
        "the text does not compile to the function's byte code: it changed after it was imported, "
        "or something rewrote the function on import",
        "import the file anew, or define the function where nothing rewrites it",
    )


def _refuse(what: str, code: CodeType | None, why: str, instead: str) -> NoReturn:
    place = None
    if code is not None:
        line = code.co_firstlineno
        name = code.co_qualname.replace(".<locals>", "")
        place = Place(code.co_filename, line, 0, line, 0, name, "")
    raise SourceNotFoundError(Diagnostic(what, place, why, instead))
