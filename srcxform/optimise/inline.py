"""Return single-use temporaries into the expression that reads them.

Only names that the compiler made up: what the user named, and the tangents and cotangents of
that, stay statements of their own.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.optimise.facts import Facts
from srcxform.optimise.purity import is_pure
from srcxform.optimise.sharing import Walk
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.mentions import mentioned, names_with_parts
from srcxform.syntax.visit import (
    all_names,
    blocks,
    change_blocks,
    clone,
    load_list,
    loads,
    rename,
    size_of,
    spine,
    store_list,
    stores,
)

LIMIT = 30  # nodes in an expression: longer ones stay in pieces
WIDTH = 88  # characters of a line, unless it is a sum: only these are broken where one reads well


def inline(block: Block, facts: Facts) -> Block:
    """Put temporaries that are read once into the statement that reads them."""
    return Inline(block, facts).block(spine(block))


class Inline(Walk):
    """Walks a block, drawing earlier lines into later ones."""

    def __init__(self, block: Block, facts: Facts) -> None:
        super().__init__(block, facts)
        self.uses = Counter(name for s in block for name in load_list(s))
        self.binds = Counter(name for s in block for name in store_list(s))

    def movable(self, name: str) -> bool:
        once = self.uses[name] == 1 and self.binds[name] == 1
        return once and self.facts.is_temporary(name)

    def block(self, block: Block) -> Block:
        new: Block = []
        bound: set[str] = set()  # in this very block
        for statement in block:
            change_blocks(statement, self.block)
            new.append(statement)
            while self.pull(new, bound):
                pass
            match statement:
                case gast.Assign(targets=[gast.Name(id=name)]):
                    bound.add(name)
        return new

    def pull(self, new: Block, bound: set[str]) -> bool:
        """Move one earlier temporary into the last statement; say whether one was moved."""
        last = new[-1]
        wanted = {name for name in direct_loads(last) & bound if self.movable(name)}
        wanted -= written_into(last)
        for position in range(len(new) - 2, -1, -1):
            if not wanted:
                break
            match new[position]:
                case gast.Assign(targets=[gast.Name(id=name)], value=value) if name in wanted:
                    wanted.discard(name)
                    if stays_under_its_line(new, position):
                        continue
                    if isinstance(value, gast.Constant) and name in names_with_parts(last):
                        continue  # it is never reached: numbers have no parts
                    if self.may_move(value, new[position + 1 : -1], last):
                        new[-1] = substituted(last, name, value)
                        del new[position]
                        return True
        return self.merge(new, bound)

    def merge(self, new: Block, bound: set[str]) -> bool:
        """`x = e` and then `x = x + f` in one: nobody sees the value between."""
        last = new[-1]
        match last:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if name in bound:
                pass
            case _:
                return False
        if load_list(value).count(name) != 1:
            return False
        for position in range(len(new) - 2, -1, -1):
            match new[position]:
                case gast.Assign(targets=[gast.Name(id=found)], value=earlier) if found == name:
                    if not self.may_move(earlier, new[position + 1 : -1], last):
                        return False
                    line = substituted(clone(last), name, earlier)
                    line.place = getattr(last, "place", None)
                    new[-1] = line
                    del new[position]
                    return True
            if name in all_names(new[position]):
                return False
        return False

    def may_move(self, value: Node, between: Block, last: Node) -> bool:
        """Say whether an expression has the same value at the end of these lines."""
        if not is_pure(value, self.facts.externals) or size(value) + size(last) > 2 * LIMIT:
            return False
        if is_wide(value, last):
            return False
        read = loads(value)
        looks = not isinstance(value, (gast.Name, gast.Constant))
        for line in between:
            if read & stores(line) or (looks and self.sharing.disturbs(line, read)):
                return False
            if isinstance(line, gast.AugAssign) and getattr(line.target, "id", "") in read:
                return False
        return True


def stays_under_its_line(new: Block, position: int) -> bool:
    """Say whether a call would come under a comment that names another line of the user's.

    Results are handed out together, wherever they come from.
    """
    if isinstance(new[-1], gast.Return) or not mentioned(new[position].value).calls:
        return False
    above = next((line for line in reversed(new[:position]) if isinstance(line, Comment)), None)
    return above is not None and any(
        isinstance(line, Comment) and (line.text, line.place) != (above.text, above.place)
        for line in new[position + 1 : -1]
    )


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


def written_into(statement: Node) -> set[str]:
    """Give the name that a statement stores into: what is written needs a name."""
    match statement:
        case (
            gast.Assign(targets=[gast.Subscript(value=gast.Name(id=name))])
            | gast.AugAssign(target=gast.Subscript(value=gast.Name(id=name)))
        ):
            return {name}
    return set()


def is_wide(value: Node, last: Node) -> bool:
    """Say whether a line gets too long for one, and has to be broken inside of a product."""
    if blocks(last) or size(value) + size(last) < LIMIT // 2:
        return False
    match last:
        case gast.Assign(value=gast.BinOp(op=gast.Mult() | gast.Div() | gast.MatMult())):
            return width(value) + width(last) > WIDTH
    return False


def width(node: Node) -> int:
    """Give about as many characters as an expression or a simple statement has."""
    found = 0
    for part in gast.walk(node):
        match part:
            case gast.Name(id=name) | gast.Attribute(attr=name):
                found += len(name) + 1
            case gast.Constant(value=value):
                found += len(repr(value))
            case gast.BinOp() | gast.Compare() | gast.Assign():
                found += 3
            case gast.Call() | gast.Subscript():
                found += 2
    return found


def size(statement: Node) -> int:
    return 0 if blocks(statement) else size_of(statement)


def substituted(statement: Node, name: str, value: Node) -> Node:
    if blocks(statement):
        if isinstance(statement, gast.With):
            statement.items = [rename(item, {name: value}) for item in statement.items]
            return statement
        field = "test" if isinstance(statement, gast.If) else "iter"
        setattr(statement, field, rename(getattr(statement, field), {name: value}))
        return statement
    return rename(statement, {name: value})
