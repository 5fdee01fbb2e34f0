"""Reading and copying trees: which names a node loads or stores, and rewriting without mutation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gast

Node = Any
Block = list[Any]
SCOPES = (gast.Lambda, gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)


def clone(node: Node) -> Node:
    """Copy a node or a list of nodes; places are shared."""
    if isinstance(node, list):
        return [clone(item) for item in node]
    if not isinstance(node, gast.AST):
        return node
    new = shallow(node)
    for field in node._fields:
        setattr(new, field, clone(getattr(node, field, None)))
    return new


def shallow(node: Node) -> Node:
    kind: Any = type(node)
    new: Node = kind.__new__(kind)
    new.__dict__.update(node.__dict__)
    return new


def rewrite(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """Copy a tree bottom-up; `change` gives what stands for a (copied) node, None keeps it."""
    if isinstance(node, list):
        return [rewrite(item, change) for item in node]
    if not isinstance(node, gast.AST):
        return node
    new = shallow(node)
    for field in node._fields:
        setattr(new, field, rewrite(getattr(node, field, None), change))
    changed = change(new)
    return new if changed is None else changed


def rename(node: Node, names: Mapping[str, str | Node]) -> Node:
    """Copy a tree with names replaced, by names or (where loaded) by expressions."""

    def change(inner: Node) -> Node | None:
        if not isinstance(inner, gast.Name) or inner.id not in names:
            return None
        new = names[inner.id]
        if isinstance(new, str):
            inner.id = new
            return inner
        return clone(new) if isinstance(inner.ctx, gast.Load) else None

    return rewrite(node, change)


def walk(node: Node) -> Iterator[Node]:
    """Give every node of a tree or block."""
    stack = [node] if isinstance(node, gast.AST) else list(reversed(node))
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(gast.iter_child_nodes(top))))


def loads(node: Node) -> set[str]:
    """Give the names that a node or block reads; a write into `x[i]` or `x.a` reads `x`."""
    found = set()
    for inner in walk(node):
        if isinstance(inner, gast.Name) and isinstance(inner.ctx, gast.Load):
            found.add(inner.id)
        elif isinstance(inner, gast.AugAssign) and isinstance(inner.target, gast.Name):
            found.add(inner.target.id)
    return found


def load_list(node: Node) -> list[str]:
    """Give the names a node reads, in order, repeated as often as they stand there."""
    found = [n.id for n in walk(node) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)]
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        found.append(node.target.id)
    for block in blocks(node):
        for inner in block:
            for part in statements_in(inner):
                if isinstance(part, gast.AugAssign) and isinstance(part.target, gast.Name):
                    found.append(part.target.id)
    return found


def statements_in(node: Node) -> Iterator[Node]:
    """Give a statement and all statements in its blocks."""
    yield node
    for block in blocks(node):
        for inner in block:
            yield from statements_in(inner)


def stores(node: Node) -> set[str]:
    """Give the names that a node or block binds."""
    return {
        inner.id
        for inner in walk(node)
        if isinstance(inner, gast.Name) and isinstance(inner.ctx, (gast.Store, gast.Param))
    }


def all_names(node: Node) -> set[str]:
    """Give every name that occurs."""
    return {inner.id for inner in walk(node) if isinstance(inner, gast.Name)}


def blocks(statement: Node) -> list[Block]:
    """Give the blocks inside a compound statement."""
    return [
        block
        for field in ("body", "orelse")
        if isinstance(statement, (gast.If, gast.For, gast.While))
        and (block := getattr(statement, field))
    ]


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
