"""Lists and tuples joined, repeated and copied: written out where short, as loops where not."""

from __future__ import annotations

from typing import Any

import gast

from srcxform import runtime
from srcxform.kinds.lattice import (
    NEVER,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    is_differentiable,
    present,
)
from srcxform.specialise.displays import display
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.objects import class_of
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

SHORT = 16
VIEWS = ("keys", "values", "items")


def combined(state: State, node: Node, left: Evaluated, right: Evaluated) -> Evaluated | None:
    """`a + b` of sequences, `a * n` of a sequence and a number."""
    if isinstance(node.op, gast.Mult):
        if isinstance(right[1], (Items, Cell, Many)):
            left, right = right, left
        return repeated(state, node, left, right)
    left, right = (left[0], state.opened(left[1])), (right[0], state.opened(right[1]))
    parts = [items_of(left[1]), items_of(right[1])]
    if None not in parts and kind_type(left[1]) == kind_type(right[1]):
        total = [part for part in parts if part is not None]
        if sum(map(len, total)) <= SHORT:
            nodes = [elements(state, side) for side in (left, right)]
            return display(kind_type(left[1]), [*nodes[0], *nodes[1]])
    if kind_type(left[1]) == kind_type(right[1]) == "tuple":
        return fixed(state, helper(state, node, runtime.joined, [left, right]))
    if kind_type(left[1]) != "list":
        return None
    return helper(state, node, runtime.joined, [left, right])


def fixed(state: State, value: Evaluated | None) -> Evaluated | None:
    """Make a tuple of a list that was joined."""
    from srcxform.specialise.streams import written

    if value is None or state.env is None:
        return value
    name = state.names.part(state.hint)
    written(state, [build.assign(name, build.call("tuple", value[0]))])
    return build.load(name), state.kind_of(name) or NEVER


def repeated(state: State, node: Node, left: Evaluated, right: Evaluated) -> Evaluated | None:
    left = (left[0], state.opened(left[1]))
    items = items_of(left[1])
    if items is not None and isinstance(right[1], Const) and isinstance(right[1].value, int):
        if len(items) * right[1].value <= SHORT:
            return display(kind_type(left[1]), elements(state, left) * right[1].value)
    if isinstance(right[1], Array) or kind_type(left[1]) not in ("list", "tuple"):
        return None  # NumPy makes an array of the sequence
    made = helper(state, node, runtime.repeated, [left, right])
    return made if kind_type(left[1]) == "list" else fixed(state, made)


def copied_sequence(state: State, node: Node, function: Any, arg: Evaluated) -> Evaluated | None:
    """`list(a)` and `tuple(a)`: written out where the elements are known."""
    arg = (arg[0], state.opened(arg[1]))
    items = items_of(arg[1])
    if items is not None and len(items) <= SHORT:
        return display(function.__name__, elements(state, arg))
    return None


def items_of(kind: Kind) -> tuple[Kind, ...] | None:
    return kind.items if isinstance(kind, Items) and kind.type in ("tuple", "list") else None


def kind_type(kind: Kind) -> str:
    return str(getattr(kind, "type", ""))


def elements(state: State, side: Evaluated) -> list[Evaluated]:
    """Name the elements of a sequence."""
    value, kind = side
    assert isinstance(kind, Items)
    if isinstance(value, (gast.Tuple, gast.List)):
        return list(zip(value.elts, kind.items, strict=True))
    if not isinstance(value, gast.Name):
        holder = state.names.part(state.hint)
        if isinstance(value, gast.Call) and getattr(value.func, "attr", "") in VIEWS:
            value = build.call("tuple", value)  # a view of a dict has no positions
        state.emit(build.assign(holder, value))
        state.bind(holder, kind)
        value = build.load(holder)
    found: list[Evaluated] = []
    for position, item in enumerate(kind.items):
        if isinstance(item, Const) and isinstance(item.value, (int, float, str, type(None))):
            found.append((build.const(item.value), item))
            continue
        name = state.names.part(state.hint)
        state.emit(build.assign(name, build.item(value, position)))
        state.bind(name, item)
        found.append((build.load(name), item))
    return found


def gathered(state: State, node: Node) -> Evaluated:
    """`[a, *rest, b]` with a rest of unknown length: a list that grows."""
    from srcxform.specialise.streams import written

    name = state.names.part(state.hint)
    written(state, [build.assign(name, build.sequence([], "list"))])
    for part in node.elts:
        starred = isinstance(part, gast.Starred)
        value, kind = evaluate(state, part.value if starred else part)
        if starred and class_of(present(kind)) is not None:
            from srcxform.specialise.spreading import counted

            value, kind = counted(state, part)
        if starred and not (isinstance(kind, (Cell, Many, Items)) and kind.type != "dict"):
            listed = state.names.part(state.hint)
            written(state, [build.assign(listed, build.call("list", value))])
            value = build.load(listed)
        grow = build.method(name, "extend" if starred else "append", value)
        written(state, [build.expression(grow)])
    if isinstance(node, gast.List):
        return build.load(name), state.kind_of(name) or NEVER
    fixed = state.names.part(state.hint)
    written(state, [build.assign(fixed, build.call("tuple", build.load(name)))])
    return build.load(fixed), state.kind_of(fixed) or NEVER


def helper(state: State, node: Node, function: Any, args: list[Evaluated]) -> Evaluated | None:
    """Join or repeat by a loop, where a derivative may pass the elements."""
    from srcxform.specialise.inlining import inline

    inside = [state.element(kind) for _, kind in args if kind_type(kind) in ("list", "tuple")]
    if state.fixed or not any(k is None or is_differentiable(k) for k in inside):
        return None
    return inline(state, node, function, args, {})


def without_stars(state: State, node: Node) -> Node:
    """`{**d, "z": z}` with the keys of d written out, where they are known."""
    keys: list[Node | None] = []
    values: list[Node] = []
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            keys.append(key)
            values.append(value)
            continue
        base, kind = evaluate(state, value)
        kind = state.opened(kind)
        if not isinstance(kind, Mapping):
            return node
        for name, item in zip(kind.keys, kind.items, strict=True):
            holder = state.names.part(state.hint)
            state.emit(build.assign(holder, build.item(base, build.const(name))))
            state.bind(holder, item)
            keys.append(build.const(name))
            values.append(state.scope.alias(build.load(holder)))
    return gast.Dict(keys=keys, values=values)
