"""What a node says of names, found once for each node: which it reads, binds and writes through.

An expression or simple statement does not change once somebody has asked for its names: whoever
wants another one builds another one, and a copy (`visit.shallow`) remembers nothing. What has
blocks of its own does change; it is put together from its parts whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast

from srcxform.syntax import scopes
from srcxform.syntax.scopes import SCOPE_TYPES, captured_by, children, header, rebound_by

Node = Any
AST = gast.AST

MEMORY = "mentioned"  # the attribute of a node
CHANGING = frozenset((
    list, gast.Module, gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.If, gast.For,
    gast.AsyncFor, gast.While, gast.With, gast.AsyncWith, gast.Try, gast.TryStar, gast.Match,
    gast.match_case, gast.ExceptHandler,
))  # fmt: skip
NOT_TREES = frozenset(("ctx", "op", "ops", "id", "attr", "kind", "type_comment", "is_async"))
# Whose names need more than a look at each `Name` inside.
OWN_NAMES = frozenset((gast.Lambda, gast.Import, gast.ImportFrom))
UNUSUAL = frozenset((gast.NamedExpr, gast.Await, gast.Yield, gast.YieldFrom))

_fields: dict[type, tuple[str, ...]] = {}  # of each kind of node, those that may hold nodes


class Mentioned:
    """The names of one node: in sets as its scope has them, in lists as often as they stand.

    `calls` are the calls in it, `stored` what it stores into (`x[i]`, `x.a`), `updated` the names
    of `x += e`; `is_plain` says that neither expression has effects beside calls.
    """

    __slots__ = ("calls", "has_scopes", "is_plain", "load_list", "loads", "names", "size",
                 "store_list", "stored", "stores", "text", "updated")  # fmt: skip

    def __init__(self, node: Node) -> None:
        self.text: str | None = None
        self.size = 0
        loaded: list[str] = []
        bound: list[str] = []
        others: list[str] = []
        updated: list[str] = []
        calls: list[Node] = []
        stored: list[Node] = []
        has_own = self.has_scopes = False
        self.is_plain = True
        stack = [node]
        while stack:  # in the order of `visit.walk`
            top = stack.pop()
            kind = type(top)
            if kind is gast.Name:
                use = type(top.ctx)
                into = loaded if use is gast.Load else bound if use is gast.Store else others
                into.append(top.id)
                if top.annotation is not None:
                    has_own = True
                    stack.append(top.annotation)
                continue
            if kind is gast.Constant:
                continue
            if kind is gast.Call:
                calls.append(top)
            elif kind is gast.Subscript or kind is gast.Attribute:
                if type(top.ctx) is gast.Store:
                    stored.append(top)
            elif kind is gast.AugAssign:
                if type(top.target) is gast.Name:
                    updated.append(top.target.id)
            elif kind in OWN_NAMES:
                has_own = True
                self.has_scopes |= kind is gast.Lambda
            elif kind is gast.comprehension:
                self.has_scopes = True
            elif kind in UNUSUAL:
                self.is_plain = False
            fields = _fields.get(kind)
            if fields is None:
                fields = _fields[kind] = tuple(f for f in kind._fields[::-1] if f not in NOT_TREES)
            held = top.__dict__
            for field in fields:
                value = held.get(field)
                if value is None:
                    continue
                if type(value) is list:
                    stack += [item for item in reversed(value) if isinstance(item, AST)]
                elif isinstance(value, AST):
                    stack.append(value)
        self.names = frozenset((*loaded, *bound, *others))
        self.load_list = (*loaded, *updated)
        self.store_list = tuple(bound)
        self.updated = tuple(updated)
        self.calls = tuple(calls)
        self.stored = tuple(stored)
        if has_own:
            self.loads = frozenset(scopes.names_read(node))
            self.stores = frozenset(scopes.names_bound(node))
        else:
            self.loads, self.stores = frozenset(self.load_list), frozenset(bound)


def mentioned(node: Node) -> Mentioned:
    """Give what an expression or simple statement mentions."""
    known: Mentioned | None = node.__dict__.get(MEMORY)
    if known is None:
        known = node.__dict__[MEMORY] = Mentioned(node)
    return known


def parts(node: Node) -> Iterator[Node]:
    """Give the expressions and simple statements of a block, in their order."""
    return (part for part in pieces(node) if type(part) not in CHANGING)


def pieces(node: Node) -> Iterator[Node]:
    """Give what has blocks, and each time what stands in it: expressions, simple statements."""
    stack = list(reversed(node)) if type(node) is list else [node]
    while stack:
        top = stack.pop()
        yield top
        if type(top) in CHANGING:
            stack.extend(reversed(children(top)))


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
        known = mentioned(part)
        found += known.load_list[: len(known.load_list) - len(known.updated)]
        updated += known.updated
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


def text_of(node: Node) -> str:
    """Give a text that tells a node from every other one, wherever they stand."""
    if type(node) in CHANGING:
        return written_out(node)
    known = mentioned(node)
    if known.text is None:
        known.text = written_out(node)
    return known.text


def written_out(value: Any) -> str:
    """Write out a tree: kinds of nodes and what is in their fields."""
    kind = type(value)
    if kind is gast.Name:
        return f"{value.id} {type(value.ctx).__name__}"
    if isinstance(value, AST):
        inside = [written_out(getattr(value, field, None)) for field in value._fields]
        return f"{kind.__name__}({', '.join(inside)})"
    if kind is list:
        return f"[{', '.join([written_out(item) for item in value])}]"
    return repr(value)


def block_text(block: list[Node]) -> str:
    """Give the text of a block."""
    found = []
    for statement in block:
        if type(statement) not in CHANGING:
            found.append(text_of(statement))
            continue
        found.append(type(statement).__name__)
        for field in statement._fields:
            value = getattr(statement, field, None)
            if isinstance(value, list):
                found.append(f"[{block_text(value)}]")
            else:
                found.append(text_of(value) if isinstance(value, AST) else repr(value))
    return "\n".join(found)


def names_with_parts(node: Node) -> set[str]:
    """Give the names of which an expression or statement takes an item or an attribute."""
    parts = (part for part in gast.walk(node) if isinstance(part, (gast.Subscript, gast.Attribute)))
    return {part.value.id for part in parts if isinstance(part.value, gast.Name)}
