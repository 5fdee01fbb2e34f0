"""A function object, read: its body in core and the names it binds.

The only stage that looks at a function's source. Every later stage works on what it gives.
"""

from __future__ import annotations

import inspect
import types
import weakref
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.normalise.exits import jumps, returns
from srcxform.normalise.flatten import flatten
from srcxform.normalise.loop_else import loop_else
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.namespace import NameNotFound, lookup
from srcxform.syntax.source import Source, find
from srcxform.syntax.visit import all_names, parameters, stores

MISSING = object()


@dataclass(frozen=True, eq=False)
class Read:
    """A function in core: one operation a statement, structured control flow, one return."""

    name: str
    parameters: tuple[str, ...]
    body: Block
    local: frozenset[str]
    named: frozenset[str]  # by the user; the other names are parts of expressions
    function: types.FunctionType | None
    text: str
    file: str
    line: int

    @property
    def size(self) -> int:
        """The number of statements."""
        return sum(isinstance(node, gast.stmt) for s in self.body for node in gast.walk(s))


# By function, and with its code: reloading in a notebook exchanges that. What is remembered of a
# function must not keep it alive.
CACHE: weakref.WeakKeyDictionary[types.FunctionType, tuple[types.CodeType, Read]] = (
    weakref.WeakKeyDictionary()
)


def read(function: types.FunctionType) -> Read:
    """Read a function: find its source, refuse what no stage can handle, bring it into core."""
    code, known = CACHE.get(function, (None, None))
    if known is not None and code is function.__code__:
        return replace(known, function=function)
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        refuse_generator(find(function))
    source = find(function)
    result = core(source.node, function, source)
    CACHE[function] = function.__code__, replace(result, function=None)
    return result


def core(node: Node, function: types.FunctionType | None, source: Source) -> Read:
    """Normalise a function's tree."""
    names = Names(all_names(node.body) | set(parameters(node)))
    local = set(parameters(node)) | bound_names(node.body)

    def resolve(expression: Node) -> Any:
        return resolve_global(expression, function)

    named = frozenset(local)
    body = loop_else(node.body, names)
    body, _ = returns(body, names)
    body = jumps(body, names)
    local |= bound_names(body)
    body = flatten(body, names, resolve, local)
    return Read(
        source.name, tuple(parameters(node)), body, frozenset(local), named, function,
        source.text, source.file, source.line,
    )  # fmt: skip


def bound_names(block: Block) -> set[str]:
    """Give the names that a body makes its own: assigned, imported or defined there."""
    bound = set()
    for statement in block:
        bound |= stores(statement)
        for node in gast.walk(statement):
            if isinstance(node, (gast.FunctionDef, gast.ClassDef)):
                bound.add(node.name)
            elif isinstance(node, (gast.Import, gast.ImportFrom)):
                bound |= {(a.asname or a.name).split(".")[0] for a in node.names}
    return bound


def resolve_global(expression: Node, function: types.FunctionType | None) -> Any:
    """Give the object behind a dotted global name, None where there is none."""
    if isinstance(expression, gast.Attribute):
        base = resolve_global(expression.value, function)
        return None if base is None else getattr(base, expression.attr, None)
    if isinstance(expression, gast.Name) and function is not None:
        try:
            return lookup(function, expression.id)[1]
        except NameNotFound:
            return None
    return None


def refuse_generator(source: Source) -> None:
    raise UnsupportedError(Diagnostic(
        f"the generator `{source.name}` cannot be differentiated",
        source.node.body[0].place if source.node.body else None,
        "its values come one by one, between statements of its caller",
        "return a list of the values",
    ))  # fmt: skip
