"""Lists and dicts that are filled in a straight line: written out with each thing that goes in.

`d = {}; d["a"] = x; d["b"] = y` is `d = {"a": x, "b": y}` as long as nobody else has the dict. Then
it is known what each place holds, and a cotangent needs no dict of its own. Where another name,
a container or a function may have it, or in a branch or loop of its own, a store stays a store.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from srcxform.kinds.lattice import Const, Items, Kind, Mapping
from srcxform.specialise.displays import dict_display, display
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

FEW = 16  # places


def begin(state: State, variable: str, name: str, value: Node, own: bool) -> None:
    """Note a list or dict that the function has just made, and given its only name.

    It has had its `own` name, if a comprehension made it, and nobody reads that.
    """
    code = state.scope.code
    if state.fixed or code is None or variable in code.shared or variable not in code.local:
        return
    if state.env is not None and (own or is_made(state, value)):
        state.private[name] = state.lines


def handed_over(state: State, value: Node) -> bool:
    """Say whether a value is what a comprehension has just written out."""
    if not getattr(value, "made", False):
        return False
    (name,) = state.scope.residual({value.id})
    return state.private.get(name) is state.lines


def is_made(state: State, value: Node) -> bool:
    """Say whether an expression gives a list or dict that nobody has yet."""
    from srcxform.specialise.expressions import evaluate

    match value:
        case gast.Call(func=gast.Name(id="dict" | "list") as func):
            return evaluate(state, func)[1] in (Const(dict), Const(list))
    return isinstance(value, (gast.List, gast.Dict))


def evaluated_base(state: State, node: Node) -> Evaluated:
    """Evaluate what is read from or stored into: nobody gets hold of it."""
    from srcxform.specialise.expressions import evaluate

    private = dict(state.private)
    found = evaluate(state, node)
    if isinstance(node, gast.Name):
        state.private = private
    return found


def method_base(state: State, func: Node) -> Evaluated:
    """Evaluate what a method is called on: `append` keeps it to itself."""
    from srcxform.specialise.expressions import evaluate

    change = evaluated_base if func.attr == "append" else evaluate
    return change(state, func.value)


def filled(state: State, base: Evaluated, key: Kind, value: Evaluated) -> bool:
    """Write `d[key] = value` as a new display; say False where it has to be a store."""
    name = getattr(base[0], "id", None)
    if name is None or state.private.get(name) is not state.lines:
        return False
    kind = base[1]
    slots = slots_of(kind)
    slot = slot_of(kind, key)
    if slots is None or slot is None or len(slots) >= FEW:
        return False
    if slot not in slots:
        if name in state.walked:
            return False  # Python says that it must not grow
        slots.append(slot)
    write(state, name, kind, slots, slot, value)
    return True


def appended(state: State, base: Evaluated, value: Evaluated) -> bool:
    """Write `xs.append(value)` as a new display; say False where it has to be a call."""
    name = getattr(base[0], "id", None)
    kind = base[1]
    if name is None or state.private.get(name) is not state.lines or not isinstance(kind, Items):
        return False
    if name in state.walked:
        return False  # the loop goes on over what comes in
    slots = list(range(len(kind.items) + 1))
    if len(slots) > FEW:
        return False
    write(state, name, kind, slots, slots[-1], value)
    return True


def slots_of(kind: Kind) -> list[Any] | None:
    """Give the places of a list or dict that is known place by place."""
    match kind:
        case Items(type="list", items=items):
            return list(range(len(items)))
        case Mapping(keys=keys):
            return list(keys)
    return None


def slot_of(kind: Kind, key: Kind) -> Any:
    """Give the place that a key means; None where that is not known, or is none."""
    if not isinstance(key, Const) or type(key.value) not in (str, int):
        return None
    if isinstance(kind, Items):
        count = len(kind.items)
        there = isinstance(key.value, int) and -count <= key.value < count
        return key.value % count if there else None
    return key.value


def write(
    state: State, name: str, kind: Any, slots: list[Any], slot: Any, value: Evaluated
) -> None:
    """Bind the name to a display of what it held, with one place changed."""
    known = dict(zip(slots_of(kind) or (), kind.items, strict=True))
    parts: list[Evaluated] = []
    for one in slots:
        part = value if one == slot else (build.item(name, build.const(one)), known[one])
        if not isinstance(part[0], gast.Constant):
            holder = state.names.part(name)
            state.emit(build.assign(holder, part[0]))
            state.bind(holder, part[1])
            part = build.load(holder), part[1]
        parts.append(part)
    table = dict(zip(slots, parts, strict=True))
    shape = display("list", parts) if isinstance(kind, Items) else dict_display(table)
    state.emit(build.assign(name, shape[0]))
    site = f"{name}.{len(state.lines)}"  # how it changes later says nothing of those before it
    site = site if isinstance(kind, Items) else f"{site}{{}}"
    shown: Any = shape[1]
    state.bind(name, replace(shown, sites=frozenset([site])))
    state.private[name] = state.lines
