"""Comprehensions over a few known elements: lists and dicts written out, element by element.

`[np.asarray(v) for v in (x, y)]` then is `[np.asarray(x), np.asarray(y)]`, and of every element it
is known what it is. What would take many lines, and what runs over numbers, stays a loop.
"""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import Any

import gast

from srcxform.kinds.lattice import Const, Kind
from srcxform.specialise.displays import dict_display, display
from srcxform.specialise.scope import Evaluated, State
from srcxform.specialise.unrolling import Parts, bind_target, each
from srcxform.syntax import build
from srcxform.syntax.build import Node

FEW = 8  # elements
SHORT = 24  # lines that all elements may take together


def gathered(state: State, node: Node, over: Node) -> bool:
    """Write out what a comprehension gathers; say False, and write nothing, where it is a loop."""
    name = getattr(node, "gathers", None)
    if name is None or state.fixed or state.scope.function is None or counts(state, over):
        return False
    with state.rehearsal():
        parts = each(state, over)
        if parts is None or len(parts) > FEW:
            return False
        if not short(state, node, parts):
            return False
    place = state.place
    found: list[tuple[Evaluated | None, Evaluated]] = []
    for part in each(state, over) or []:
        element = turn(state, node, part)
        if element is None:  # it raises
            return True
        found.append(element)
    state.place = place
    bind(state, name, found, isinstance(node.body[-1], gast.Assign))
    return True


def counts(state: State, over: Node) -> bool:
    """Say whether a loop runs over numbers: it is as clear as what it stands for."""
    from srcxform.specialise.expressions import evaluate

    if not isinstance(over, gast.Call) or not isinstance(over.func, gast.Name):
        return False
    with state.rehearsal():
        return evaluate(state, over.func)[1] == Const(builtins.range)


def short(state: State, node: Node, parts: Parts) -> bool:
    """Say whether few lines come of it, and every element has a place known by now."""
    before = dict(state.env or {})
    with state.block() as lines:
        elements = [turn(state, node, part) for part in parts if state.env is not None]
    state.env = before
    keys = [key for key, _ in filter(None, elements) if key is not None]
    return all(is_key(kind) for _, kind in keys) and len(lines) <= SHORT


def is_key(kind: Kind) -> bool:
    return isinstance(kind, Const) and type(kind.value) in (str, int)


def turn(state: State, node: Node, part: Any) -> tuple[Evaluated | None, Evaluated] | None:
    """Write one turn; give what it gathers, and for a dict the key; None where it raises."""
    from srcxform.specialise.expressions import evaluate
    from srcxform.specialise.statements import block, give

    *before, last = node.body
    with state.turning():
        bind_target(state, node.target, part)
        block(state, before)
        if state.env is None:
            return None
        key = None
        if isinstance(last, gast.Assign):
            key = evaluate(state, last.targets[0].slice)
            value = evaluate(state, last.value)
        else:
            value = evaluate(state, last.value.args[0])
        holder = state.names.like("item")  # the names of a turn have other values in the next
        give(state, holder, *value)
    return key, (build.load(holder), value[1])


def bind(
    state: State, name: str, found: list[tuple[Evaluated | None, Evaluated]], is_dict: bool
) -> None:
    """Bind the name of the list or dict to what was gathered, in place of an empty one."""
    from srcxform.specialise.statements import give, written

    own = written(state, name)
    state.lines[:] = [line for line in state.lines if not makes(line, own)]
    site = f"{own}.{len(state.lines)}{'{}' if is_dict else ''}"  # the empty one was another
    if is_dict:  # of equal keys the last one counts
        table = {key[1].value: value for key, value in found if key is not None}  # type: ignore[attr-defined]
        node, kind = dict_display(table)
    else:
        node, kind = display("list", [value for _, value in found])
    shown: Any = kind
    give(state, own, node, replace(shown, sites=frozenset([site])))
    state.private[own] = state.lines


def makes(line: Node, name: str) -> bool:
    """Say whether a line makes the empty list or dict that a comprehension would fill."""
    match line:
        case gast.Assign(
            targets=[gast.Name(id=own)], value=gast.List(elts=[]) | gast.Dict(keys=[])
        ):
            return own == name
    return False
