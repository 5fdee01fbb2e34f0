"""Nested functions: which names are their own, and which they share with the function around.

>>> import gast
>>> inner = gast.parse("lambda x, *rest: x + y + [z for z in rest][0]").body[0].value
>>> sorted(bound_in(inner)), sorted(captured_by(inner))
(['rest', 'x', 'z'], ['y'])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast

Node = Any
AST = gast.AST
FUNCTIONS = (gast.Lambda, gast.FunctionDef, gast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, gast.ClassDef)
SCOPE_TYPES = frozenset(SCOPES)
BINDING = (gast.Store, gast.Param)


def own_nodes(node: Node | list[Node]) -> Iterator[Node]:
    """Give the nodes that run in the scope of `node`: of a nested function only its header."""
    stack = [node] if isinstance(node, gast.AST) else list(reversed(node))
    while stack:
        top = stack.pop()
        yield top
        kind = type(top)
        if kind is not gast.Name and kind is not gast.Constant:
            stack.extend(reversed(header(top) if kind in SCOPE_TYPES else children(top)))


def children(node: Node) -> list[Node]:
    """Give the nodes right below a node, without the contexts of names.

    Trees are walked so often that this is written for speed.
    """
    kind = type(node)
    if kind is gast.Constant:
        return []
    if kind is gast.Name:
        return [] if node.annotation is None else [node.annotation]
    found = []
    held = node.__dict__
    for field in tree_fields(kind):
        value = held.get(field)
        if value is None:
            continue
        if type(value) is list:
            found += [item for item in value if isinstance(item, AST)]
        elif isinstance(value, AST):
            found.append(value)
    return found


# Fields that hold text, numbers or nothing.
NO_TREES = frozenset(("attr", "id", "is_async", "kind", "module", "level", "type_comment"))
_fields: dict[type, tuple[str, ...]] = {}


def tree_fields(kind: type) -> tuple[str, ...]:
    """Give the fields of a kind of node that may hold nodes."""
    found = _fields.get(kind)
    if found is None:
        names: Any = getattr(kind, "_fields", ())
        found = _fields[kind] = tuple(name for name in names if name not in NO_TREES)
    return found


def header(node: Node) -> list[Node]:
    """Give what runs where a function or class is defined: decorators, defaults, bases."""
    if isinstance(node, gast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    defaults = [d for d in [*node.args.defaults, *node.args.kw_defaults] if d is not None]
    return [*getattr(node, "decorator_list", []), *defaults]


def body_of(node: Node) -> list[Node]:
    """Give the body of a nested function or class as a list."""
    return node.body if isinstance(node.body, list) else [node.body]


def nested_in(node: Node | list[Node]) -> list[Node]:
    """Give the functions and classes defined in a scope (not those inside them)."""
    return [inner for inner in own_nodes(node) if isinstance(inner, SCOPES)]


def parameters(function: Node) -> list[str]:
    """Give the names of a function's parameters in the order of its code object."""
    args = function.args
    names = [a.id for a in [*args.posonlyargs, *args.args]]
    if args.vararg:
        names.append(args.vararg.id)
    names += [a.id for a in args.kwonlyargs]
    if args.kwarg:
        names.append(args.kwarg.id)
    return names


def declared(block: list[Node], statement: Any) -> set[str]:
    """Give the names that a scope declares `nonlocal` or `global`."""
    return {n for inner in own_nodes(block) if isinstance(inner, statement) for n in inner.names}


def names_bound(block: Node | list[Node], through: bool = True) -> set[str]:
    """Give the names that a block binds in its own scope, and `through` nested functions."""
    found = set()
    for inner in own_nodes(block):
        kind = type(inner)
        if kind is gast.Name:
            if type(inner.ctx) in BINDING:
                found.add(inner.id)
        elif kind in SCOPE_TYPES:
            if kind is not gast.Lambda:
                found.add(inner.name)
            if through:
                found |= rebound_by(inner)
        elif kind is gast.Import or kind is gast.ImportFrom:
            found |= {(a.asname or a.name).split(".")[0] for a in inner.names}
    return found


def names_read(block: Node | list[Node]) -> set[str]:
    """Give the names that a block reads from its own scope, through nested functions too."""
    found = set()
    for inner in own_nodes(block):
        kind = type(inner)
        if kind is gast.Name:
            if type(inner.ctx) is gast.Load:
                found.add(inner.id)
        elif kind is gast.AugAssign:
            if type(inner.target) is gast.Name:
                found.add(inner.target.id)
        elif kind in SCOPE_TYPES:
            found |= captured_by(inner)
    return found


def bound_in(function: Node) -> set[str]:
    """Give the names that are a nested function's own."""
    block = body_of(function)
    own = names_bound(block, through=False)
    if isinstance(function, FUNCTIONS):
        own |= set(parameters(function))
    return own - declared(block, gast.Nonlocal) - declared(block, gast.Global)


def captured_by(function: Node) -> set[str]:
    """Give the names that a nested function takes from around it, to read or to rebind."""
    block = body_of(function)
    shared = names_read(block) | declared(block, gast.Nonlocal)
    return shared - bound_in(function) - declared(block, gast.Global)


def rebound_by(function: Node) -> set[str]:
    """Give the names of the function around that a nested function rebinds."""
    block = body_of(function)
    own = bound_in(function)
    inside = set().union(*(rebound_by(inner) for inner in nested_in(block)), set())
    return (declared(block, gast.Nonlocal) | inside) - own
