"""Which names a node reads and binds, found once for each node.

An expression or simple statement does not change once somebody has asked for its names: whoever
wants another one builds another one, and a copy (`visit.shallow`) remembers nothing. What has
blocks of its own does change; it is put together from its parts whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gast

from srcxform.syntax.scopes import SCOPE_TYPES, captured_by, children, header, names_bound
from srcxform.syntax.scopes import names_read as read_anew
from srcxform.syntax.scopes import rebound_by

Node = Any
AST = gast.AST

MEMORY = "mentioned"  # the attribute of a node
NOT_TREES = frozenset(("ctx", "op", "ops", "id", "attr", "kind", "type_comment", "is_async"))
CHANGING = frozenset((
    list, gast.Module, gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.If, gast.For,
    gast.AsyncFor, gast.While, gast.With, gast.AsyncWith, gast.Try, gast.TryStar, gast.Match,
    gast.match_case, gast.ExceptHandler,
))  # fmt: skip
# Whose names need more than a look at each `Name` inside.
SPECIAL = frozenset((gast.Lambda, gast.Import, gast.ImportFrom))

_fields: dict[type, tuple[str, ...]] = {}  # of each kind of node, those that may hold nodes


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The names of one node: in sets as its scope has them, in lists as often as they stand."""

    loads: frozenset[str]
    stores: frozenset[str]
    names: frozenset[str]
    load_list: tuple[str, ...]
    store_list: tuple[str, ...]


def mentioned(node: Node) -> Mentioned:
    """Give the names of an expression or simple statement."""
    known: Mentioned | None = node.__dict__.get(MEMORY)
    if known is None:
        known = node.__dict__[MEMORY] = look(node)
    return known


def look(node: Node) -> Mentioned:
    """Walk over a node; the lists are in the order of `visit.walk`, updated names come last."""
    loaded: list[str] = []
    stored: list[str] = []
    others: list[str] = []
    updated: list[str] = []
    plain = True
    stack = [node]
    while stack:
        top = stack.pop()
        kind = type(top)
        if kind is gast.Name:
            context = type(top.ctx)
            into = loaded if context is gast.Load else stored if context is gast.Store else others
            into.append(top.id)
            if top.annotation is not None:
                plain = False
                stack.append(top.annotation)
            continue
        if kind is gast.Constant:
            continue
        if kind in SPECIAL:
            plain = False
        elif kind is gast.AugAssign and type(top.target) is gast.Name:
            updated.append(top.target.id)
        fields = _fields.get(kind)
        if fields is None:
            fields = _fields[kind] = tuple(f for f in kind._fields if f not in NOT_TREES)
        for field in reversed(fields):
            value = getattr(top, field, None)
            if type(value) is list:
                stack += [item for item in reversed(value) if isinstance(item, AST)]
            elif isinstance(value, AST):
                stack.append(value)
    loaded += updated
    names = frozenset((*loaded, *stored, *others))
    if plain:
        reads, binds = frozenset(loaded), frozenset(stored)
    else:
        reads, binds = frozenset(read_anew(node)), frozenset(names_bound(node))
    return Mentioned(reads, binds, names, tuple(loaded), tuple(stored))


def parts(node: Node) -> Iterator[Node]:
    """Give the expressions and simple statements of a block, in their order."""
    stack = list(reversed(node)) if type(node) is list else [node]
    while stack:
        top = stack.pop()
        if type(top) in CHANGING:
            stack.extend(reversed(children(top)))
        else:
            yield top


def loads(node: Node) -> set[str]:
    """Give the names that a node or block reads; a write into `x[i]` or `x.a` reads `x`."""
    if type(node) not in CHANGING:
        return set(mentioned(node).loads)
    found: set[str] = set()
    for part in own_parts(node):
        found |= captured_by(part) if type(part) in SCOPE_TYPES else mentioned(part).loads
    return found


def stores(node: Node) -> set[str]:
    """Give the names that a node or block binds."""
    if type(node) not in CHANGING:
        return set(mentioned(node).stores)
    found: set[str] = set()
    for part in own_parts(node):
        if type(part) in SCOPE_TYPES:
            found |= {part.name, *rebound_by(part)}
        else:
            found |= mentioned(part).stores
    return found


def own_parts(node: Node) -> Iterator[Node]:
    """Give the parts that run in the scope of a block, and the functions and classes in it."""
    stack = list(node) if type(node) is list else [node]
    while stack:
        top = stack.pop()
        kind = type(top)
        if kind not in CHANGING:
            yield top
        elif kind in SCOPE_TYPES:
            yield top
            stack.extend(header(top))
        else:
            stack.extend(children(top))


def load_list(node: Node) -> list[str]:
    """Give the names a node reads, in order, repeated as often as they stand there."""
    if type(node) not in CHANGING:
        return list(mentioned(node).load_list)
    found: list[str] = []
    updated: list[str] = []
    for part in parts(node):
        names = mentioned(part).load_list
        if type(part) is gast.AugAssign and type(part.target) is gast.Name:
            updated.append(names[-1])
            names = names[:-1]
        found += names
    return found + updated


def store_list(node: Node) -> list[str]:
    """Give the names that a node or block binds, repeated as often as they stand there."""
    if type(node) not in CHANGING:
        return list(mentioned(node).store_list)
    return [name for part in parts(node) for name in mentioned(part).store_list]


def all_names(node: Node) -> set[str]:
    """Give every name that occurs."""
    if type(node) not in CHANGING:
        return set(mentioned(node).names)
    return {name for part in parts(node) for name in mentioned(part).names}
