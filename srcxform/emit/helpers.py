"""The sources of run-time helpers, to be copied into another module.

Guarantees that what is copied is complete (each helper with all that it uses of its own package),
in an order in which it can run, and that no copied name meets one of the module it comes to:
where they would meet, the copy gets another name.
"""

import ast
import builtins
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from srcxform import errors
from srcxform.errors import Diagnostic, UnsupportedError

RUNTIME: Final = "srcxform.runtime"
ERRORS: Final = "srcxform.errors"

_DIAGNOSTIC: Final = '''\
def {name}(what, place=None, why="", instead="", frames=()):
    """Return the text of an error."""
    parts = (what, *frames, place, why and f"why: {{why}}", instead and f"instead: {{instead}}")
    return "\\n".join(part for part in parts if part)'''
_PLACE: Final = '''\
def {name}(file, line, column, end_line, end_column, function, text, caller=None):
    """Return the text of a place in the source, below those of the calls that led there."""
    return (f"{{caller}}\\n" if caller else "") + f"  {{file}}:{{line}}, in {{function}}"'''
_TEXTS: Final = {"Diagnostic": _DIAGNOSTIC, "Place": _PLACE}


@dataclass(frozen=True)
class Symbol:
    """A name that a module of the package defines."""

    module: str
    name: str


@dataclass(frozen=True)
class Import:
    """A name that a module imports: all of `module` if `name` is None."""

    module: str
    name: str | None

    def line(self, alias: str) -> str:
        if self.name is None:
            return f"import {self.module}" + ("" if alias == self.module else f" as {alias}")
        shown = self.name if alias == self.name else f"{self.name} as {alias}"
        return f"from {self.module} import {shown}"


@dataclass
class Copied:
    """What to write: import lines, and the sources in their order."""

    imports: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def bound_imports(statements: Iterable[ast.stmt], module: str = "") -> dict[str, Import]:
    """Return what the import statements among `statements` (of `module`) bind, by name."""
    found: dict[str, Import] = {}
    for statement in statements:
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    # `import a.b` binds `a`.
                    bound = alias.name if alias.asname else alias.name.partition(".")[0]
                    found[alias.asname or bound] = Import(bound, None)
            case ast.ImportFrom(module=origin, names=names, level=level):
                base = ".".join(module.split(".")[:-level]) if level else ""
                full = ".".join(part for part in (base, origin) if part)
                for alias in names:
                    found[alias.asname or alias.name] = Import(full, alias.name)
    return found


@dataclass(frozen=True)
class _Source:
    """A module's file."""

    name: str
    text: str

    @cached_property
    def statements(self) -> list[ast.stmt]:
        return ast.parse(self.text).body

    @cached_property
    def lines(self) -> list[bytes]:
        return self.text.encode().splitlines(keepends=True)

    @cached_property
    def imports(self) -> dict[str, Import]:
        return bound_imports(self.statements, self.name)

    @cached_property
    def definitions(self) -> dict[str, list[int]]:
        """For each name the numbers of the statements that define or extend it."""
        found: dict[str, list[int]] = {}
        for number, statement in enumerate(self.statements):
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                for name in _defined(statement):
                    found.setdefault(name, []).append(number)
        return found


class Helpers:
    """The modules of a run-time package, read from its folder."""

    def __init__(self, folder: Path, package: str = RUNTIME) -> None:
        self.folder = folder
        self.package = package
        self._sources: dict[str, _Source] = {}

    def source(self, module: str) -> _Source:
        if module not in self._sources:
            tail = module.removeprefix(self.package).lstrip(".")
            path = self.folder / (f"{tail}.py" if tail else "__init__.py")
            name = module if tail else f"{module}.__init__"
            self._sources[module] = _Source(name, path.read_text(encoding="utf-8"))
        return self._sources[module]

    def owns(self, module: str) -> bool:
        return module == self.package or module.startswith(self.package + ".")

    def resolve(self, module: str, name: str) -> Symbol | Import | None:
        """Return what `name` is in `module` of the package: defined, imported, or not there."""
        source = self.source(module)
        if name in source.definitions:
            return Symbol(module, name)
        found = source.imports.get(name)
        if found is not None and found.name is not None and self.owns(found.module):
            return self.resolve(found.module, found.name) or found
        return found

    def copy(
        self, wanted: dict[str, Symbol], taken: Iterable[str], present: dict[str, Import]
    ) -> Copied:
        """Return all that the wanted helpers need.

        Args:
            wanted: for each name under which a helper is used, the helper.
            taken: further names that the copies must leave alone.
            present: what the module they come to imports anyway, by name.
        """
        copier = _Copier(self, wanted, set(taken))
        copier.imported = {found: name for name, found in present.items()}
        return copier.run()


class _Copier:
    def __init__(self, helpers: Helpers, wanted: dict[str, Symbol], taken: set[str]) -> None:
        self.helpers = helpers
        self.wanted = wanted
        self.taken = taken | set(wanted)
        self.result = Copied()
        self.symbols: dict[Symbol, str] = {}
        self.imported: dict[Import, str] = {}
        self.visited: set[Symbol] = set()
        self.done: set[tuple[str, int]] = set()
        self.alike: dict[str, str] = {}
        self.texts: dict[str, str] = {}

    def run(self) -> Copied:
        aliases = []
        for alias, symbol in self.wanted.items():
            if symbol in self.symbols:
                aliases.append(f"{alias} = {self.symbols[symbol]}")
            self.symbols.setdefault(symbol, alias)
        for symbol in self.wanted.values():
            self.visit(symbol)
        self.result.sources += aliases
        return self.result

    def visit(self, symbol: Symbol) -> None:
        """Append the statements of a symbol after all that they use."""
        if symbol in self.visited:
            return
        self.visited.add(symbol)
        source = self.helpers.source(symbol.module)
        for number in source.definitions[symbol.name]:
            if (symbol.module, number) in self.done:
                continue
            self.done.add((symbol.module, number))
            statement = source.statements[number]
            self.check(statement, symbol)
            names = {name.id for name in global_names(statement)} | set(_defined(statement))
            new = {name: self.name(source, symbol, name) for name in sorted(names)}
            self.result.sources.append(_renamed(source, statement, new))

    def name(self, source: _Source, user: Symbol, name: str) -> str:
        """Return what a global name of the package is called in the copy; make sure it is there."""
        found = self.helpers.resolve(user.module, name)
        if found is None:
            return self.builtin(name)
        if isinstance(found, Symbol):
            if found not in self.symbols:
                shared = self.shared(found)
                if shared is not None:
                    return shared
                self.symbols[found] = self.free(name)
            self.visit(found)
            return self.symbols[found]
        if found.module == ERRORS and found.name is not None:
            return self.error(found.name, user)
        if found.module.partition(".")[0] == "srcxform":
            raise _not_alone(user.name)
        if found not in self.imported:
            self.imported[found] = self.new_import(found, name)
        return self.imported[found]

    def shared(self, symbol: Symbol) -> str | None:
        """Return the copy's name of a definition in the same words that uses nothing of its own."""
        source = self.helpers.source(symbol.module)
        numbers = source.definitions[symbol.name]
        statements = [source.statements[number] for number in numbers]
        used = {name.id for statement in statements for name in global_names(statement)}
        if used & set(source.definitions) - {symbol.name} or used & set(source.imports):
            return None
        text = "\n".join(ast.dump(statement) for statement in statements)
        if text in self.alike:
            return self.alike[text]
        if symbol.name not in self.taken:
            self.alike[text] = symbol.name
        return None

    def free(self, name: str) -> str:
        number, candidate = 1, name
        while candidate in self.taken:
            number += 1
            candidate = f"{name}_{number}"
        self.taken.add(candidate)
        return candidate

    def new_import(self, found: Import, name: str) -> str:
        alias = self.free(name)
        self.result.imports.append(found.line(alias))
        return alias

    def builtin(self, name: str) -> str:
        if name not in self.taken or not hasattr(builtins, name):
            return name
        found = Import("builtins", None)
        if found not in self.imported:
            self.imported[found] = self.new_import(found, "builtins")
        return f"{self.imported[found]}.{name}"

    def error(self, name: str, user: Symbol) -> str:
        """Return what stands for a name of `srcxform.errors`."""
        value = getattr(errors, name)
        if name in _TEXTS:
            if name not in self.texts:
                self.texts[name] = self.free(name)
                self.result.sources.append(_TEXTS[name].format(name=self.texts[name]))
            return self.texts[name]
        if isinstance(value, type) and issubclass(value, BaseException):
            plain = [base for base in value.__mro__ if base.__module__ == "builtins"]
            return self.builtin(plain[0].__name__)
        raise _not_alone(user.name)

    def check(self, statement: ast.stmt, symbol: Symbol) -> None:
        """Refuse what would not be the same in a copy."""
        for node in ast.walk(statement):
            match node:
                case ast.Global():
                    raise _not_alone(symbol.name)
                case ast.Import(names=names):
                    modules = [alias.name for alias in names]
                case ast.ImportFrom(module=module, level=level):
                    modules = ["srcxform" if level else module or ""]
                case _:
                    continue
            if any(module.partition(".")[0] == "srcxform" for module in modules):
                raise _not_alone(symbol.name)


def _not_alone(helper: str) -> UnsupportedError:
    return UnsupportedError(
        Diagnostic(
            "this derivative cannot be written as a standalone module",
            None,
            f"it calls `{helper}`, which needs the compiler at run time",
            "call functions that are known when the derivative is written, or install srcxform "
            "where it runs",
        )
    )


# Names


def global_names(node: ast.AST) -> Iterator[ast.Name]:
    """Yield the names in a module's statement that mean the module's own scope."""
    return _outer(node, frozenset())


def _outer(node: ast.AST, bound: frozenset[str]) -> Iterator[ast.Name]:
    match node:
        case ast.Name():
            if node.id not in bound:
                yield node
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _all_outer([*node.decorator_list, node.args, node.returns], bound)
            yield from _all_outer(node.body, bound | _parameters(node.args) | _local(node.body))
        case ast.Lambda():
            yield from _outer(node.args, bound)
            yield from _outer(node.body, bound | _parameters(node.args) | _local([node.body]))
        case ast.ClassDef():
            yield from _all_outer([*node.decorator_list, *node.bases, *node.keywords], bound)
            for statement in node.body:
                # A class's own names are not seen by the functions in it.
                is_function = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
                yield from _outer(statement, bound if is_function else bound | _local(node.body))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            first = node.generators[0]
            yield from _outer(first.iter, bound)
            inner = bound | _local([generator.target for generator in node.generators])
            rest = [child for child in ast.iter_child_nodes(node) if child is not first]
            yield from _all_outer([first.target, *first.ifs, *rest], inner)
        case _:
            yield from _all_outer(ast.iter_child_nodes(node), bound)


def _all_outer(nodes: Iterable[ast.AST | None], bound: frozenset[str]) -> Iterator[ast.Name]:
    for node in nodes:
        if node is not None:
            yield from _outer(node, bound)


def _parameters(node: ast.arguments) -> frozenset[str]:
    found = [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg]
    return frozenset(arg.arg for arg in found if arg is not None)


def _local(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(name for node in nodes for name in _defined(node))


def _defined(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds in its own scope, or writes into (`table[key] = ...`)."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
            return
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
            base: ast.expr = node
            while isinstance(base, ast.Subscript | ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name):
                yield base.id
        case ast.Lambda():
            return
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for inner in ast.walk(node):
                if isinstance(inner, ast.NamedExpr):
                    yield inner.target.id
            return
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
    for child in ast.iter_child_nodes(node):
        yield from _defined(child)


def _renamed(source: _Source, statement: ast.stmt, new: dict[str, str]) -> str:
    """Return a statement's source with the comment above it and its global names replaced."""
    edits: list[tuple[int, int, bytes, bytes]] = []
    for name in global_names(statement):
        old, replacement = name.id.encode(), new[name.id].encode()
        edits.append((name.lineno, name.col_offset, old, replacement))
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        old = statement.name.encode()
        line = source.lines[statement.lineno - 1]
        column = line.index(old, line.index(b"class" if line.startswith(b"class") else b"def") + 3)
        edits.append((statement.lineno, column, old, new[statement.name].encode()))
    lines = list(source.lines)
    for number, column, old, replacement in sorted(set(edits), reverse=True):
        line = lines[number - 1]
        if line[column : column + len(old)] == old:
            lines[number - 1] = line[:column] + replacement + line[column + len(old) :]
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(node.lineno for node in decorators)])
    while first > 1 and lines[first - 2].startswith(b"#"):
        first -= 1
    assert statement.end_lineno is not None
    return b"".join(lines[first - 1 : statement.end_lineno]).decode().rstrip()


def runtime_folder() -> Path:
    """Return the folder of the run-time package."""
    return Path(inspect.getfile(errors)).parent / "runtime"
