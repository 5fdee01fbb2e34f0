"""Syntax trees as Python text.

Guarantees that parsing the text gives the tree back, and that the text is the same on every
Python: `ast.dump(ast.parse(show(tree))) == ast.dump(gast.gast_to_ast(tree))` for every tree
without comments. Laid out as a formatter would: double quotes, two blank lines between
top-level functions, lines longer than 100 columns broken at their brackets.

The only file that knows astor: its source generator writes the statements. Expressions are our
own (`expressions`), since astor's are not exact.

>>> import gast
>>> print(show(gast.parse("def f( x ):\\n  return (x*x) ** 2, 'a'")))
def f(x):
    return (x * x) ** 2, "a"
"""

import ast
import warnings
from collections.abc import Callable, Sequence
from typing import Any, final

import gast
from gast.ast3 import GAstToAst3

from srcxform.emit import literals
from srcxform.emit.expressions import (
    BINARY,
    Level,
    call_arguments,
    condition,
    expression,
    parameters,
    targets,
)
from srcxform.emit.wrapping import wrap

with warnings.catch_warnings():
    # astor looks up node classes that Python 3.12 deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    from astor.code_gen import SourceGenerator

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def show(node: gast.AST | Sequence[gast.AST]) -> str:
    """Return the Python text of a gast tree, without a line break at the end.

    Args:
        node: a module, a statement, an expression, or a sequence of statements.

    Returns:
        The text; a `Comment` statement becomes a comment line. A suite of nothing but comments
        gets a `pass`.

    Raises:
        ValueError: for an f-string that this Python's syntax cannot hold.
        TypeError: for a constant that has no literal.

    Example:
        >>> import gast
        >>> show(gast.parse("a[ 1 :n ]*( b )").body)
        'a[1:n] * b'
    """
    if isinstance(node, Sequence):
        node = gast.Module(body=list(node), type_ignores=[])
    tree = _ToAst().visit(node)
    if isinstance(tree, ast.Expression):
        tree = tree.body
    if isinstance(tree, ast.expr):
        return expression(tree, Level.ANY)
    if isinstance(tree, ast.stmt):
        tree = ast.Module(body=[tree], type_ignores=[])
    generator = _Generator()
    generator.visit(tree)
    return "\n".join(_lines(generator.result))


def _lines(fragments: Sequence[str]) -> list[str]:
    """Return the lines that the generator's fragments make, those too long broken."""
    lines: list[str] = []
    current = ""
    for fragment in [*fragments, "\n"]:
        if fragment.startswith("\n"):
            lines += [current] if "\n" in current else wrap(current)
            lines += [""] * (len(fragment) - 1)
            current = ""
        else:
            current += fragment
    while lines and not lines[0]:
        del lines[0]
    return lines


@final
class _ToAst(GAstToAst3):
    """gast to ast, where a comment stays what it is."""

    def visit_Comment(self, node: gast.AST) -> gast.AST:
        return node


@final
class _Generator(SourceGenerator):
    """Writes statements; every expression is handed to `expressions` with its place."""

    write: Callable[..., None]

    def __init__(self) -> None:
        super().__init__(indent_with="    ")

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            self.write(expression(node))
        else:
            super().visit(node)

    # Suites

    def visit_Module(self, node: ast.Module) -> None:
        self.suite(node.body, has_docstring=True)

    def body(self, statements: Sequence[ast.stmt], has_docstring: bool = False) -> None:
        self.indentation += 1
        self.suite(statements, has_docstring)
        if all(_is_comment(statement) for statement in statements):
            self.statement(None, "pass")
        self.indentation -= 1

    def suite(self, statements: Sequence[ast.stmt], has_docstring: bool = False) -> None:
        doc = next((s for s in statements if not _is_comment(s)), None) if has_docstring else None
        for index, statement in enumerate(statements):
            if index:
                self.new_lines = 1 + self.blank_lines(statements, index)
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text), kind=kind)) if statement is doc:
                    self.statement(None, kind or "", literals.docstring(text))
                case _:
                    self.visit(statement)

    def blank_lines(self, statements: Sequence[ast.stmt], index: int) -> int:
        """Return how many blank lines stand between a statement and the one before."""
        before, after = statements[index - 1], statements[index]
        around = 1 if self.indentation else 2
        if isinstance(before, _Definition):
            return around
        if _is_comment(before):
            # Comments belong to what they stand above.
            return int(_is_comment(after) and getattr(after, "blank", False))
        below = next((s for s in statements[index:] if not _is_comment(s)), None)
        if isinstance(below, _Definition):
            return around
        if _is_comment(after) and getattr(after, "blank", False):
            return 1
        imports = _is_import(before) and not _is_import(after)
        doc = index == 1 and _is_text(before)
        return int(not self.indentation and (imports or doc))

    def newline(self, node: ast.AST | None = None, extra: int = 0) -> None:
        self.new_lines = max(self.new_lines, 1)

    def visit_Comment(self, node: Any) -> None:
        for line in node.text.splitlines() or [""]:
            visible = "".join(c if c == "\\" else literals.escaped(c) for c in line)
            self.statement(None, f"# {visible}".rstrip())

    # Definitions

    def visit_FunctionDef(self, node: ast.FunctionDef, is_async: bool = False) -> None:
        self.decorate(node)
        word = "async def" if is_async else "def"
        header = f"{word} {node.name}{_type_parameters(node)}({parameters(node.args)})"
        returns = f" -> {expression(node.returns)}" if node.returns else ""
        self.statement(node, header, returns, ":")
        self.body(node.body, has_docstring=True)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.decorate(node)
        inside = call_arguments(node.bases, node.keywords)
        bases = f"({inside})" if inside else ""
        self.statement(node, f"class {node.name}{_type_parameters(node)}", bases, ":")
        self.body(node.body, has_docstring=True)

    def decorate(self, node: _Definition) -> None:
        for decorator in node.decorator_list:
            self.statement(decorator, "@", expression(decorator))

    def visit_TypeAlias(self, node: Any) -> None:
        name = expression(node.name) + _type_parameters(node)
        self.statement(node, f"type {name} = {expression(node.value)}")

    # Simple statements

    def visit_Expr(self, node: ast.Expr) -> None:
        self.statement(node, _value(node.value))

    def visit_Assign(self, node: ast.Assign) -> None:
        names = "".join(f"{targets(target)} = " for target in node.targets)
        self.statement(node, names, _value(node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        symbol = BINARY[type(node.op)][0]
        self.statement(node, f"{expression(node.target)} {symbol}= ", _value(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        target = expression(node.target)
        if isinstance(node.target, ast.Name) and not node.simple:
            target = f"({target})"
        self.statement(node, f"{target}: {expression(node.annotation)}")
        if node.value is not None:
            self.write(" = ", _value(node.value))

    def visit_Return(self, node: ast.Return) -> None:
        self.statement(node, "return")
        if node.value is not None:
            self.write(" ", targets(node.value))

    def visit_Raise(self, node: ast.Raise) -> None:
        self.statement(node, "raise")
        if node.exc is not None:
            self.write(" ", node.exc)
        if node.cause is not None:
            self.write(" from ", node.cause)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        names = ", ".join(a.name + (f" as {a.asname}" if a.asname else "") for a in node.names)
        self.statement(node, f"from {'.' * (node.level or 0)}{node.module or ''} import {names}")

    # Compound statements

    def visit_If(self, node: ast.If, word: str = "if") -> None:
        self.statement(node, f"{word} {condition(node.test)}:")
        self.body(node.body)
        match node.orelse:
            case [ast.If() as below]:
                self.visit_If(below, word="elif")
            case _:
                self.else_body(node.orelse)

    def visit_While(self, node: ast.While) -> None:
        self.statement(node, "while ", condition(node.test), ":")
        self.body_or_else(node)

    def visit_For(self, node: ast.For, is_async: bool = False) -> None:
        word = "async for" if is_async else "for"
        self.statement(node, f"{word} {targets(node.target)} in {expression(node.iter)}:")
        self.body_or_else(node)

    def visit_With(self, node: ast.With, is_async: bool = False) -> None:
        items = ", ".join(map(_with_item, node.items))
        match node.items:
            case [ast.withitem(context_expr=ast.Tuple(), optional_vars=None)]:
                items = f"({items})"  # else its elements would be the items
        self.statement(node, f"{'async with' if is_async else 'with'} {items}:")
        self.body(node.body)

    def visit_ExceptHandler(self, node: ast.ExceptHandler, star: str = "") -> None:
        kind = f" {expression(node.type)}" if node.type else ""
        self.statement(node, f"except{star}{kind}{f' as {node.name}' if node.name else ''}:")
        self.body(node.body)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        self.statement(node, "try:")
        self.body(node.body)
        for handler in node.handlers:
            self.visit_ExceptHandler(handler, star="*")
        self.else_body(node.orelse)
        if node.finalbody:
            self.statement(node, "finally:")
            self.body(node.finalbody)

    def visit_Match(self, node: ast.Match) -> None:
        self.statement(node, f"match {condition(node.subject)}:")
        self.indentation += 1
        for case in node.cases:
            guard = f" if {condition(case.guard)}" if case.guard else ""
            self.statement(case, f"case {_pattern(case.pattern)}{guard}:")
            self.body(case.body)
        self.indentation -= 1


def _is_comment(node: ast.AST) -> bool:
    return type(node).__name__ == "Comment"


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_text(node: ast.AST | None) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def _value(node: ast.expr) -> str:
    """Return the text of what stands alone or right of `=`: there `yield` needs no parentheses."""
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return expression(node, Level.ANY)
    return targets(node)


def _with_item(node: ast.withitem) -> str:
    name = f" as {expression(node.optional_vars)}" if node.optional_vars else ""
    return expression(node.context_expr) + name


def _type_parameters(node: Any) -> str:
    """Return `[T]` of a generic definition; only Python 3.12 and later have them."""
    found = getattr(node, "type_params", None)
    return f"[{', '.join(map(ast.unparse, found))}]" if found else ""


def _pattern(node: ast.pattern, inner: bool = False) -> str:
    """Return the text of a pattern; `inner` is one that stands among `|` or before `as`."""
    match node:
        case ast.MatchValue(value=value):
            return expression(value).replace('float("inf")', "1e999")  # a pattern calls nothing
        case ast.MatchSingleton(value=value):
            return repr(value)
        case ast.MatchSequence(patterns=patterns):
            return f"[{', '.join(map(_pattern, patterns))}]"
        case ast.MatchStar(name=name):
            return f"*{name or '_'}"
        case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
            pairs = zip(keys, patterns, strict=True)
            items = [f"{expression(key)}: {_pattern(pattern)}" for key, pattern in pairs]
            return f"{{{', '.join(items + ([f'**{rest}'] if rest else []))}}}"
        case ast.MatchClass(cls=cls, patterns=patterns, kwd_attrs=names, kwd_patterns=named):
            fields = [f"{n}={_pattern(p)}" for n, p in zip(names, named, strict=True)]
            return f"{expression(cls)}({', '.join([*map(_pattern, patterns), *fields])})"
        case ast.MatchAs(pattern=None, name=name):
            return name or "_"
        case ast.MatchAs(pattern=ast.pattern() as pattern, name=name):
            text = f"{_pattern(pattern, inner=not isinstance(pattern, ast.MatchOr))} as {name}"
        case ast.MatchOr(patterns=patterns):
            text = " | ".join(_pattern(pattern, inner=True) for pattern in patterns)
        case _:
            raise TypeError(f"no pattern: {type(node).__name__}")
    return f"({text})" if inner else text
