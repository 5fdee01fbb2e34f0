"""Writes into storage, as a person writes them.

`v = x[i]; v += e` becomes `x[i] += e` where v is read nowhere else; `x[i] = 0.0; x[i] += e` becomes
`x[i] = e`; `v = np.zeros_like(x); v += 1.0` becomes `v = np.ones_like(x)`; and `v[0] += 1.0`
behind zeros `v[0] = 1.0`.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.kinds.lattice import Array
from srcxform.optimise.facts import SUFFIX, Facts
from srcxform.optimise.holding import has_effect
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.mentions import mentioned, text_of
from srcxform.syntax.visit import blocks, load_list, loads, spine, store_list, stores


def shorter_stores(block: Block, facts: Facts) -> Block:
    """Apply the rewrites."""
    block = spine(block)
    uses = Counter(name for s in block for name in load_list(s))
    binds = Counter(name for s in block for name in store_list(s))
    return run(block, uses, binds, facts)


def run(block: Block, uses: Counter[str], binds: Counter[str], facts: Facts) -> Block:
    new: Block = []
    for statement in block:
        for field in ("body", "orelse", "finalbody"):
            if blocks(statement) and getattr(statement, field, None):
                setattr(statement, field, run(getattr(statement, field), uses, binds, facts))
        new.append(added_in_place(statement))
        into_view(new, uses, binds, facts)
        first_of_zero(new)
        first_of_zeros(new)
        first_entry(new, facts)
    return new


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
            gast.Assign(targets=[gast.Subscript() as cleared], value=gast.Constant(value=0.0)),
            gast.AugAssign(target=gast.Subscript() as target, op=gast.Add(), value=value),
        ):
            base = cleared.value.id
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
