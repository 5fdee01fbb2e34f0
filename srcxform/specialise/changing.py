"""Loops whose body changes what they run over: as Python does it, turn by turn.

An iterator holds its list, whatever becomes of the list's name, and asks before each turn whether
there is a further element:

    for v in queue:              k_next = 0
        queue.append(2 * v)      while k_next < len(queue):
                                     v = queue[k_next]
                                     k_next = k_next + 1
                                     queue.append(2 * v)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from srcxform.kinds.lattice import UNKNOWN, Cell, Number
from srcxform.specialise.scope import State
from srcxform.specialise.walks import Walk
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import parts
from srcxform.syntax.visit import clone, loads, stores, walk

RESIZING = ("append", "insert", "pop", "remove", "clear", "extend")


def walked(
    state: State, over: Walk, position: str, header: Node, lines: Block, first: int
) -> Block:
    """Write a loop by positions; the `first` lines of its body give the targets their elements."""
    held = rebound_inside(state, over, lines)
    before = [build.assign(other, build.load(name)) for name, other in held.items()]
    lines = [*reading(lines[:first], held), *lines[first:]]
    over = replace(over, lengths=tuple(reading(length, held) for length in over.lengths))
    if changing_lengths(state, over, lines):
        return [*before, *while_there_are(state, over, position, lines)]
    return [*before, build.for_loop(build.store(position), reading(header, held), lines)]


def rebound_inside(state: State, over: Walk, lines: Block) -> dict[str, str]:
    """Name otherwise what a loop runs over where its body gives the names to other values."""
    bound = {name for line in lines for name in stores(line)}
    read = {name for length in over.lengths for name in loads(length)}
    held = {name: state.names.part("items") for name in sorted(read & bound)}
    for name, other in held.items():
        state.bind(other, state.kind_of(name) or UNKNOWN)
    return held


def reading(node: Any, new: dict[str, str]) -> Any:
    """Give an expression or block that reads other names."""
    if not new:
        return node
    node = clone(node)
    for top in node if isinstance(node, list) else [node]:
        for inner in walk(top):
            if isinstance(inner, gast.Name) and isinstance(inner.ctx, gast.Load):
                inner.id = new.get(inner.id, inner.id)
    return node


def changing_lengths(state: State, over: Walk, lines: Block) -> bool:
    """Say whether a loop's body lets a list that the loop runs over grow or shrink."""
    if over.keys is not None or over.backwards:
        return False
    read = {state.kind_of(name) for length in over.lengths for name in loads(length)}
    lists = {kind for kind in read if isinstance(kind, Cell)}
    return bool(lists) and any(state.known.get(name) in lists for name in resized(lines))


def resized(lines: Block) -> set[str]:
    """Give the names of lists that get longer or shorter."""
    return {name for line in parts(lines) for name in [lengthened(line)] if name is not None}


def lengthened(line: Node) -> str | None:
    """Give the name of the list that a statement makes longer or shorter, if it does."""
    match line:
        case (
            gast.Expr(value=gast.Call(func=gast.Attribute(value=gast.Name(id=name), attr=attr)))
            | gast.Assign(value=gast.Call(func=gast.Attribute(value=gast.Name(id=name), attr=attr)))
        ) if attr in RESIZING:
            return str(name)
        case (
            gast.Delete(targets=[gast.Subscript(value=gast.Name(id=name))])
            | gast.Assign(targets=[gast.Subscript(value=gast.Name(id=name), slice=gast.Slice())])
        ):
            return str(name)
    return None


def while_there_are(state: State, over: Walk, position: str, lines: Block) -> Block:
    """Write a loop that asks anew before each turn whether there is a further element."""
    at = over.since or state.names.like(f"{position}_next")
    begin = [] if over.since else [build.assign(at, build.const(0))]
    state.bind(at, Number("i"))
    further = build.binary(build.load(at), gast.Add(), build.const(1))
    step = [] if over.since else [build.assign(at, further)]
    body = [build.assign(position, build.load(at)), *step, *lines]
    first, *others = [
        gast.Compare(left=build.load(at), ops=[gast.Lt()], comparators=[length])
        for length in over.lengths
    ]
    for test in others:
        body = [build.branch(test, body, [gast.Break()])]
    return [*begin, build.while_loop(first, body)]
