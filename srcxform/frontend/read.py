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
from srcxform.normalise.lines import ALONE, Around
from srcxform.normalise.loop_else import loop_else
from srcxform.normalise.matching import without_match
from srcxform.normalise.unbound import mark_asking, unbound
from srcxform.normalise.yields import is_yield, with_stops
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.namespace import NameNotFound, lookup
from srcxform.syntax.scopes import (
    captured_by,
    declared,
    names_bound,
    nested_in,
    own_nodes,
    parameters,
)
from srcxform.syntax.source import Source, find
from srcxform.syntax.visit import all_names, walk

MISSING = object()


@dataclass(frozen=True, eq=False)
class Read:
    """A function in core: one operation a statement, structured control flow, one return."""

    name: str
    parameters: tuple[str, ...]
    body: Block
    local: frozenset[str]
    named: frozenset[str]  # by the user; the other names are parts of expressions
    shared: frozenset[str]  # with functions defined inside
    function: types.FunctionType | None
    text: str
    file: str
    line: int
    stopped: str | None = None  # of a generator: the flag that its consumer sets to leave it

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
    if function.__code__.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        refuse_coroutine(find(function))
    source = find(function)
    result = core(source.node, function, source)
    CACHE[function] = function.__code__, replace(result, function=None)
    return result


def read_nested(node: Node, function: types.FunctionType) -> Read:
    """Read a function or lambda defined inside `function` (or inside one defined there)."""
    known = getattr(node, "read", None)
    if known is None:
        body = node.body
        if isinstance(node, gast.Lambda):
            last = gast.Return(value=node.body)
            last.place = node.body.place
            body = [last]
        inner = gast.FunctionDef(name=getattr(node, "name", "<lambda>"), args=node.args, body=body)
        place = node.place
        source = Source(inner.name, inner, function, place.file, place.line, "")
        node.read = known = core(inner, function, source, node.around)
    return replace(known, function=function)


def core(
    node: Node, function: types.FunctionType | None, source: Source, around: Around = ALONE
) -> Read:
    """Normalise a function's tree."""

    def resolve(expression: Node) -> Any:
        return resolve_global(expression, function)

    names = Names(all_names(node.body) | set(parameters(node)) | around.names)
    node = without_match(node, names, resolve)
    names.take(all_names(node.body))
    local = set(parameters(node)) | own_names(node.body)
    shifting = around.shifting | declared_inside(node.body, gast.Nonlocal)
    named = frozenset(local)
    stopped = names.like("stopped") if any(map(is_yield, own_nodes(node.body))) else None
    if stopped is not None:
        local.add(stopped)
        node = with_stops(node, stopped, names)
    mark_asking(node.body)
    body = loop_else(node.body, names)
    body, _ = returns(body, names)
    body = jumps(body, names)
    local |= own_names(body)
    seen = local | around.names
    body = flatten(body, names, resolve, seen, shifting)
    local |= seen - around.names
    shared = {name for inner in nested_in(node.body) for name in captured_by(inner)}
    body, flags = unbound(body, parameters(node), named - shifting, shared, names)
    local |= flags
    return Read(
        source.name, tuple(parameters(node)), body, frozenset(local), named,
        frozenset(shared & local), function, source.text, source.file, source.line, stopped,
    )  # fmt: skip


def own_names(block: Block) -> set[str]:
    """Give the names that a body makes its own: assigned, imported or defined there."""
    own = names_bound(block, through=False)
    return own - declared(block, gast.Nonlocal) - declared(block, gast.Global)


def declared_inside(block: Block, statement: Any) -> set[str]:
    """Give what any function defined inside declares."""
    return {n for inner in walk(block) if isinstance(inner, statement) for n in inner.names}


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


def refuse_coroutine(source: Source) -> None:
    raise UnsupportedError(Diagnostic(
        f"`async def {source.name}` cannot be differentiated", source.node.place,
        "it runs when an event loop says so, and waits in between",
        "write the numerical part as an ordinary function, and await around it",
    ))  # fmt: skip
