"""Return single-use temporaries into the expression that reads them.

Only names that the compiler made up: what the user named, and the tangents and cotangents of
that, stay statements of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import gast

from srcxform.frontend.externals import Externals
from srcxform.optimise.purity import is_pure
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import all_names, blocks, clone, load_list, loads, rename, stores, walk

LIMIT = 30  # nodes in an expression: longer ones stay in pieces


def inline(block: Block, is_temporary: Callable[[str], bool], externals: Externals) -> Block:
    """Put temporaries that are read once into the statement that reads them."""
    block = clone(block)
    uses = Counter(name for s in block for name in load_list(s))
    binds = Counter(n.id for s in block for n in walk(s)
                    if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store))  # fmt: skip

    def movable(name: str) -> bool:
        return is_temporary(name) and uses[name] == 1 and binds[name] == 1

    return run(block, movable, externals)


def run(block: Block, movable: Callable[[str], bool], externals: Externals) -> Block:
    new: Block = []
    for statement in block:
        for field in ("body", "orelse", "finalbody"):
            if blocks(statement) and getattr(statement, field, None):
                setattr(statement, field, run(getattr(statement, field), movable, externals))
        new.append(statement)
        while pull(new, movable, externals):
            pass
    return new


def pull(new: Block, movable: Callable[[str], bool], externals: Externals) -> bool:
    """Move one earlier temporary into the last statement; say whether one was moved."""
    last = new[-1]
    wanted = direct_loads(last)
    for position in range(len(new) - 2, -1, -1):
        match new[position]:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if (
                name in wanted and movable(name)
            ):
                between = new[position + 1 : -1]
                if may_move(value, between, last, externals):
                    new[-1] = substituted(last, name, value)
                    del new[position]
                    return True
    return merge(new, externals)


def merge(new: Block, externals: Externals) -> bool:
    """`x = e` and then `x = x + f` in one: nobody sees the value between."""
    last = new[-1]
    match last:
        case gast.Assign(targets=[gast.Name(id=name)], value=value):
            pass
        case _:
            return False
    if load_list(value).count(name) != 1:
        return False
    for position in range(len(new) - 2, -1, -1):
        match new[position]:
            case gast.Assign(targets=[gast.Name(id=found)], value=earlier) if found == name:
                between = new[position + 1 : -1]
                if name in loads(earlier) and between:
                    return False
                if not may_move(earlier, between, last, externals):
                    return False
                line = substituted(clone(last), name, earlier)
                line.place = getattr(last, "place", None)
                new[-1] = line
                del new[position]
                return True
        if name in all_names(new[position]):
            return False
    return False


def direct_loads(statement: Node) -> set[str]:
    """Give the names that a statement reads itself, once: not in blocks, not in a `while` test."""
    match statement:
        case gast.If(test=test):
            return loads(test)
        case gast.For(iter=iterable):
            return loads(iterable)
        case gast.With(items=items):
            return {name for item in items for name in loads(item)}
        case gast.While() | gast.Try() | Comment():
            return set()
        case gast.AugAssign(target=gast.Name(id=name)):
            return loads(statement) - {name}
    return loads(statement)


def may_move(value: Node, between: Block, last: Node, externals: Externals) -> bool:
    if not is_pure(value, externals) or sum(1 for _ in walk(value)) + size(last) > 2 * LIMIT:
        return False
    read = loads(value)
    plain = all(isinstance(n, (gast.Name, gast.Constant, gast.expr_context)) for n in walk(value))
    for line in between:
        if read & stores(line) or (not plain and has_effect(line, externals)):
            return False
        if (
            isinstance(line, gast.AugAssign)
            and isinstance(line.target, gast.Name)
            and line.target.id in read
        ):
            return False
    return True


def size(statement: Node) -> int:
    return 0 if blocks(statement) else sum(1 for _ in walk(statement))


def has_effect(line: Node, externals: Externals) -> bool:
    """Say whether a statement may change storage that somebody reads."""
    for inner in walk(line):
        if isinstance(inner, gast.AugAssign):
            return True
        if isinstance(inner, (gast.Subscript, gast.Attribute)) and isinstance(
            inner.ctx, gast.Store
        ):
            return True
        if isinstance(inner, gast.Call) and not is_pure(inner, externals):
            return True
    return False


def substituted(statement: Node, name: str, value: Node) -> Node:
    if blocks(statement):
        if isinstance(statement, gast.With):
            statement.items = [rename(item, {name: value}) for item in statement.items]
            return statement
        field = "test" if isinstance(statement, gast.If) else "iter"
        setattr(statement, field, rename(getattr(statement, field), {name: value}))
        return statement
    return rename(statement, {name: value})
