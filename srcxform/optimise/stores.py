"""Writes into storage, as a person writes them.

`v = x[i]; v += e` becomes `x[i] += e` where v is read nowhere else; `x[i] = 0.0; x[i] += e` becomes
`x[i] = e`; `v = np.zeros_like(x); v += 1.0` becomes `v = np.ones_like(x)`; and `v[0] += 1.0`
behind zeros `v[0] = 1.0`. `t = np.zeros_like(x); t[i] += e; x_bar = x_bar + t` becomes
`x_bar[i] += e` where nothing else leads to the array x_bar: a turn of a loop that reads one element
must not take as long as all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property

import gast
import numpy as np

from srcxform.kinds.lattice import Array
from srcxform.optimise.facts import SUFFIX, Facts
from srcxform.optimise.holding import has_effect
from srcxform.optimise.sharing import lone_shadows
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.mentions import mentioned, text_of
from srcxform.syntax.visit import (
    all_names,
    blocks,
    load_list,
    loads,
    spine,
    statements_in,
    store_list,
    stores,
)


def shorter_stores(block: Block, facts: Facts) -> Block:
    """Apply the rewrites."""
    block = spine(block)
    uses = Counter(name for s in block for name in load_list(s))
    binds = Counter(name for s in block for name in store_list(s))
    sums = Sums(block, uses, facts)

    def run(block: Block) -> Block:
        new: Block = []
        for statement in block:
            for field in ("body", "orelse", "finalbody"):
                if blocks(statement) and getattr(statement, field, None):
                    setattr(statement, field, run(getattr(statement, field)))
            new.append(added_in_place(statement))
            into_view(new, uses, binds, facts)
            sums.into_sum(new)
            first_of_zero(new)
            first_of_zeros(new)
            first_entry(new, facts)
        return new

    return run(block)


class Sums:
    """Adds an element to a sum of arrays, where all other elements of a term are zeros."""

    def __init__(self, block: Block, uses: Counter[str], facts: Facts) -> None:
        self.block = block
        self.uses = uses
        self.facts = facts

    @cached_property
    def is_lone(self) -> Callable[[str], bool]:
        return lone_shadows(self.block, self.facts)

    def into_sum(self, new: Block) -> None:
        match new[-1]:
            case gast.Assign(targets=[gast.Name(id=total)], value=value):
                terms = terms_of(value, total)
            case _:
                return
        for place, (op, term) in enumerate(terms):
            if isinstance(term, gast.Name) and self.is_added(new, term.id, op, total):
                rest = [*terms[:place], *terms[place + 1 :]]
                line, new[-1:] = new[-1], []
                if rest:
                    new.append(build.assign(total, summed(total, rest)))
                    new[-1].place = getattr(line, "place", None)
                    self.into_sum(new)
                return

    def is_added(self, new: Block, term: str, op: Node, total: str) -> bool:
        """Add the entries of a term to the sum, if it is nothing but these; say whether it was."""
        start, entries = self.made_of_entries(new, term, total)
        if start is None or not self.is_lone(total):
            return False
        if not self.is_sum(total, self.text(new[start].value.args[0])):
            return False
        for k in entries:
            target, value = entry_of(new[k], term) or (None, None)
            assert isinstance(target, gast.Subscript) and value is not None
            line = build.augment(build.item_store(total, target.slice), op, value)
            line.place = getattr(new[k], "place", None)
            new[k] = line
        del new[start]
        return True

    def made_of_entries(self, new: Block, term: str, total: str) -> tuple[int | None, list[int]]:
        """Find where a term begins as zeros, and the lines that then add its entries."""
        entries: list[int] = []
        for k in range(len(new) - 2, -1, -1):
            line = new[k]
            if self.is_zeros(line, term):
                added = all(isinstance(new[at], gast.AugAssign) for at in entries[:-1])
                return (k if added and self.uses[term] == len(entries) + 1 > 1 else None), entries
            if entry_of(line, term) is not None:
                entries.append(k)
            if term in stores(line) or (
                total in all_names(line) and not only_adds_entry(line, total)
            ):
                break
        return None, []

    def is_zeros(self, line: Node, name: str) -> bool:
        match line:
            case gast.Assign(
                targets=[gast.Name(id=found)], value=gast.Call(func=func, args=[_], keywords=[])
            ) if found == name:
                return self.facts.function(func) is np.zeros_like
        return False

    def is_sum(self, name: str, like: str) -> bool:
        """Say whether an array begins with zeros like these, and only ever grows by terms."""
        for line in self.lines:
            match line:
                case gast.Assign(targets=[gast.Name(id=found)], value=value) if found == name:
                    if terms_of(value, name):
                        continue
            bound = stores(line.target) if isinstance(line, gast.For) else stores(line)
            if name not in bound or blocks(line) and not isinstance(line, gast.For):
                continue
            if not self.is_zeros(line, name) or self.text(line.value.args[0]) != like:
                return False
        return True

    @cached_property
    def lines(self) -> list[Node]:
        return [line for top in self.block for line in statements_in(top)]

    def text(self, node: Node) -> str:
        """Give the text of what an array is like: a name bound once is what it was bound to."""
        if isinstance(node, gast.Name):
            made = [line for line in self.lines if not blocks(line) and node.id in stores(line)]
            match made:
                case [gast.Assign(targets=[gast.Name()], value=gast.Attribute() as value)]:
                    return text_of(value)
        return text_of(node)


def terms_of(value: Node, total: str) -> list[tuple[Node, Node]]:
    """Give the terms in `total + a - b`, with what is done with each; none for other values."""
    match value:
        case gast.BinOp(left=gast.Name(id=name), op=gast.Add() | gast.Sub() as op, right=right):
            return [(op, right)] if name == total and total not in loads(right) else []
        case gast.BinOp(left=gast.BinOp() as left, op=gast.Add() | gast.Sub() as op, right=right):
            before = terms_of(left, total)
            return [*before, (op, right)] if before and total not in loads(right) else []
    return []


def summed(total: str, terms: list[tuple[Node, Node]]) -> Node:
    value: Node = build.load(total)
    for op, term in terms:
        value = build.binary(value, op, term)
    return value


def only_adds_entry(line: Node, name: str) -> bool:
    """Say whether a statement adds to one entry of an array, and reads nothing else of it."""
    found = entry_of(line, name) if isinstance(line, gast.AugAssign) else None
    return found is not None and name not in loads(found[1]) | loads(found[0].slice)


def entry_of(line: Node, name: str) -> tuple[Node, Node] | None:
    """Give place and value of `name[...] += value`, or of `name[...] = value`."""
    match line:
        case (
            gast.AugAssign(
                target=gast.Subscript(value=gast.Name(id=found)) as target,
                op=gast.Add(),
                value=value,
            )
            | gast.Assign(
                targets=[gast.Subscript(value=gast.Name(id=found)) as target], value=value
            )
        ) if found == name:
            return target, value
    return None


def added_in_place(line: Node) -> Node:
    """`x_bar[i, j] = x_bar[i, j] + e` is `x_bar[i, j] += e`, also where i and j are arrays."""
    match line:
        case gast.Assign(
            targets=[gast.Subscript(value=gast.Name(id=name)) as target],
            value=gast.BinOp(
                left=gast.Subscript(value=gast.Name(id=found), slice=index),
                op=gast.Add() as op,
                right=value,
            ),
        ) if SUFFIX.search(name) and isinstance(target.slice, gast.Tuple):
            if found == name and text_of(target.slice) == text_of(index):
                added = build.augment(target, op, value)
                added.place = getattr(line, "place", None)
                return added
    return line


def into_view(new: Block, uses: Counter[str], binds: Counter[str], facts: Facts) -> None:
    """Add into `x[i]` itself where a name was only made for that.

    What stands at a place of a list or dict may be another value by then.
    """
    last = new[-1]
    match last:
        case gast.AugAssign(target=gast.Name(id=name)) if uses[name] == 1 and binds[name] == 2:
            pass
        case _:
            return
    for position in range(len(new) - 2, -1, -1):
        line = new[position]
        match line:
            case gast.Assign(
                targets=[gast.Name(id=found)], value=gast.Subscript(value=gast.Name(), slice=index)
            ):
                if found != name:
                    continue
                between = new[position + 1 : -1]
                read = loads(line.value)
                if any(read & stores(s) for s in between) or mentioned(index).calls:
                    return
                held = not isinstance(facts.kinds.get(line.value.value.id), Array)
                if held and any(may_store(s, line.value.value.id, facts) for s in between):
                    return
                target = build.item_store(line.value.value.id, index)
                added = build.augment(target, last.op, last.value)
                added.place = getattr(last, "place", None)
                new[-1] = added
                del new[position]
                return
        if name in stores(line):
            return


def may_store(line: Node, holder: str, facts: Facts) -> bool:
    """Say whether a statement may put another value into a list or dict, under whatever name."""
    if blocks(line):
        return True
    match line:
        case gast.AugAssign(target=gast.Name()):
            return False  # what is at the place changes, and is what it was
        case (
            gast.AugAssign(target=gast.Subscript(value=gast.Name(id=name)))
            | gast.Assign(targets=[gast.Subscript(value=gast.Name(id=name))])
        ) if isinstance(facts.kinds.get(name), Array):
            return False
    return has_effect(line, facts) or any(
        isinstance(call.func, gast.Attribute) and holder in loads(call.func)
        for call in mentioned(line).calls
    )


def first_of_zero(new: Block) -> None:
    """Assign where zeros would be added to."""
    if len(new) < 2:
        return
    match new[-2], new[-1]:
        case (
            gast.Assign(
                targets=[gast.Subscript(value=gast.Name(id=base)) as cleared],
                value=gast.Constant(value=0.0),
            ),
            gast.AugAssign(target=gast.Subscript() as target, op=gast.Add(), value=value),
        ):
            if text_of(cleared) == text_of(target) and base not in loads(value):
                line: Node = build.assign(target, value)
                line.place = getattr(new[-1], "place", None)
                new[-2:] = [line]


def first_of_zeros(new: Block) -> None:
    """Fill an array with what would be added to its zeros, where that has its shape and type."""
    code = [position for position, line in enumerate(new) if not isinstance(line, Comment)]
    if len(code) < 2:
        return
    match new[code[-2]], new[code[-1]]:
        case (
            gast.Assign(
                targets=[gast.Name(id=name)],
                value=gast.Call(
                    func=gast.Attribute(value=module, attr="zeros_like"),
                    args=[gast.Name(id=like) as array],
                ),
            ),
            gast.AugAssign(target=gast.Name(id=target), op=gast.Add(), value=value),
        ) if name == target:
            if isinstance(value, gast.Constant) and value.value == 1.0:
                filled: Node = build.call(build.attribute(module, "ones_like"), array)
            elif not loads(value) and is_arithmetic_of(like, value):
                filled = build.call(build.attribute(module, "full_like"), array, value)
            elif isinstance(value, gast.BinOp) and is_arithmetic_of(like, value):
                filled = value
            else:
                return
            line = build.assign(name, filled)
            line.place = getattr(new[code[-1]], "place", None)
            new[code[-1]] = line
            del new[code[-2]]


def first_entry(new: Block, facts: Facts) -> None:
    """Store a number into zeros where it would be added to one of them."""
    code = [line for line in new if not isinstance(line, Comment)]
    match code[-2:]:
        case [
            gast.Assign(
                targets=[gast.Name(id=name)],
                value=gast.Call(func=gast.Attribute(attr="zeros_like"), args=[_]),
            ),
            gast.AugAssign(
                target=gast.Subscript(value=gast.Name(id=target), slice=index) as entry,
                op=gast.Add(),
                value=gast.Constant(value=float(value)),
            ),
        ] if name == target and value > 0.0 and is_plain(index, facts):
            line = build.assign(entry, build.const(value))
            line.place = getattr(new[-1], "place", None)
            new[-1] = line


def is_plain(index: Node, facts: Facts) -> bool:
    """Say whether an index names each entry once: it is made of integers and slices."""
    if isinstance(index, (gast.Tuple, gast.Slice, gast.UnaryOp, gast.BinOp, gast.Constant)):
        return all(facts.is_number(name) for name in loads(index)) and not mentioned(index).calls
    return isinstance(index, gast.Name) and facts.is_number(index.id)


def is_arithmetic_of(name: str, node: Node) -> bool:
    """Say whether an expression is made of one array and numbers written out."""
    match node:
        case gast.Name(id=found):
            return bool(found == name)
        case gast.Constant(value=value):
            return isinstance(value, (int, float))
        case gast.UnaryOp(op=gast.USub(), operand=operand):
            return is_arithmetic_of(name, operand)
        case gast.BinOp(
            left=left, op=gast.Add() | gast.Sub() | gast.Mult() | gast.Div(), right=right
        ):
            return is_arithmetic_of(name, left) and is_arithmetic_of(name, right)
    return False
