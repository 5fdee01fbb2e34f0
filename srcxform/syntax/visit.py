"""Reading and copying trees: which names a node loads or stores, and rewriting without mutation."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gast

from srcxform.syntax.mentions import (
    CHANGING,
    MEMORY,
    all_names,
    load_list,
    loads,
    mentioned,
    store_list,
    stores,
)
from srcxform.syntax.scopes import FUNCTIONS, bound_in, children, parameters, tree_fields

Node = Any
Block = list[Any]

COPIED = (gast.AST, list)
# Nodes without anything in them, which nobody changes.
EMPTY = (gast.expr_context, gast.operator, gast.unaryop, gast.boolop, gast.cmpop)
SHARED = frozenset(
    kind for kind in vars(gast).values() if isinstance(kind, type) and issubclass(kind, EMPTY)
)

LEAVES = SHARED | {gast.Name, gast.Constant}


def clone(node: Node) -> Node:
    """Copy a node or a list of nodes; places are shared."""
    if type(node) is list:
        return [clone(item) for item in node]
    if not isinstance(node, gast.AST) or type(node) in SHARED:
        return node
    new = shallow(node)
    held = new.__dict__
    for field in tree_fields(type(node)):
        value = held.get(field)
        if isinstance(value, COPIED) and type(value) not in SHARED:
            held[field] = clone(value)
    return new


def spine(block: Block) -> Block:
    """Copy a block so that the blocks in it may be changed; what has no blocks is shared."""
    new = []
    for statement in block:
        if blocks(statement):
            statement = shallow(statement)
            change_blocks(statement, spine)
        new.append(statement)
    return new


def shallow(node: Node) -> Node:
    """Copy a node, but nothing in it; the copy may be changed."""
    kind: Any = type(node)
    new: Node = kind.__new__(kind)
    new.__dict__.update(node.__dict__)
    new.__dict__.pop(MEMORY, None)
    return new


def rewrite(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """Rewrite a tree bottom-up: `change` gives what stands for a node, None keeps it.

    What is kept whole is shared with the old tree, with all that is remembered of it; `change` must
    not write into what it is given.
    """
    if isinstance(node, list):
        items = [rewrite(item, change) for item in node]
        return items if any(map(operator.is_not, items, node)) else node
    if not isinstance(node, gast.AST) or type(node) in SHARED:
        return node
    new, held = node, node.__dict__
    for field in tree_fields(type(node)):
        value = held.get(field)
        if not isinstance(value, COPIED) or type(value) in SHARED:
            continue
        if (part := rewrite(value, change)) is not value:
            new = shallow(node) if new is node else new
            setattr(new, field, part)
    changed = change(new)
    return new if changed is None else changed


def rename(node: Node, names: Mapping[str, str | Node]) -> Node:
    """Copy a tree with names replaced, by names or (where loaded) by expressions.

    Inside a nested function only what it captures is replaced.
    """
    if isinstance(node, list):
        return [rename(item, names) for item in node]
    if not isinstance(node, gast.AST) or type(node) in SHARED:
        return node
    if isinstance(node, gast.Name):
        if node.id not in names or isinstance(node.ctx, gast.Param):
            return shallow(node)
        new = names[node.id]
        if not isinstance(new, str):
            return clone(new) if isinstance(node.ctx, gast.Load) else shallow(node)
        copy = shallow(node)
        copy.id = new
        return copy
    inside = names
    if isinstance(node, FUNCTIONS):
        own = bound_in(node)
        inside = {name: new for name, new in names.items() if name not in own}
    copy = shallow(node)
    held = copy.__dict__
    for field in tree_fields(type(node)):
        value = held.get(field)
        if isinstance(value, COPIED) and type(value) not in SHARED:
            held[field] = rename(value, inside if field == "body" else names)
    return copy


def walk(node: Node) -> Iterator[Node]:
    """Give every node of a tree or block."""
    stack = [node] if isinstance(node, gast.AST) else list(reversed(node))
    while stack:
        top = stack.pop()
        yield top
        if type(top) not in LEAVES:
            stack.extend(children(top)[::-1])
        elif type(top) is gast.Name and top.annotation is not None:
            stack.append(top.annotation)


def size_of(node: Node) -> int:
    """Count the nodes of a tree."""
    if type(node) in CHANGING:
        return sum(1 for _ in walk(node))
    known = mentioned(node)
    known.size = known.size or sum(1 for _ in walk(node))
    return known.size


def statements_in(node: Node) -> Iterator[Node]:
    """Give a statement and all statements in its blocks."""
    yield node
    for block in blocks(node):
        for inner in block:
            yield from statements_in(inner)


COMPOUND = frozenset((gast.If, gast.For, gast.While, gast.With, gast.Try))


def blocks(statement: Node) -> list[Block]:
    """Give the blocks inside a compound statement."""
    kind = type(statement)
    if kind not in COMPOUND:
        return []  # mostly so
    if kind is gast.If or kind is gast.For or kind is gast.While:
        found = [statement.body, statement.orelse]
    elif kind is gast.With:
        found = [statement.body]
    elif kind is gast.Try and not statement.handlers:
        found = [statement.body, statement.finalbody]
    else:
        return []  # a `try` with handlers is one statement, in the form that probes have
    return [block for block in found if block]


def change_blocks(statement: Node, change: Callable[[Block], Block]) -> None:
    """Replace each block inside a compound statement, in place."""
    if blocks(statement):
        for field in ("body", "orelse", "finalbody"):
            if getattr(statement, field, None):
                setattr(statement, field, change(getattr(statement, field)))


__all__ = ["all_names", "load_list", "loads", "parameters", "store_list", "stores"]
