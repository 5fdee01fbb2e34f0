"""Augmented assignments: `x += y`, `xs[i] *= y`, `p.a -= y`.

A new value for numbers, a write in place for arrays and lists; what an object does, its class says.
"""

from __future__ import annotations

import gast

from srcxform.kinds.lattice import (
    NEVER,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Record,
    Torn,
    Unknown,
    present,
)
from srcxform.kinds.places import may_repeat
from srcxform.specialise.alone import alone, is_mixed
from srcxform.specialise.expressions import (
    again,
    check_answered,
    evaluate,
    evaluate_index,
    operation,
)
from srcxform.specialise.filling import evaluated_base, filled
from srcxform.specialise.instances import check_values, unvalued, write
from srcxform.specialise.mixed import by_option, is_told
from srcxform.specialise.object_operators import (
    augmented_of_objects,
    is_object,
    item_of_object,
    store_of_object,
)
from srcxform.specialise.objects import attribute_of_object
from srcxform.specialise.operators import OPERATORS, operation_kind
from srcxform.specialise.order import undisturbed
from srcxform.specialise.private import is_private
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node


def augmented(state: State, node: Node) -> None:
    """`x += y`: a new value for numbers, a write in place for arrays and lists."""
    from srcxform.specialise.statements import check_local, give, written

    if isinstance(node.target, gast.Name):
        value, value_kind = evaluate(state, node.value)
        name = written(state, node.target.id)
        kind = state.kind_of(name) or UNKNOWN
        if is_object(kind) or is_object(value_kind):
            sides = (build.load(name), kind), (value, value_kind)
            found = augmented_of_objects(state, node, *sides)
            if found is not None:
                give(state, name, *found)
                return
            check_answered(state, node, *sides)
            check_values(state, node, kind, value_kind)
        if isinstance(kind, Torn) or isinstance(value_kind, Torn):
            augment_name(state, name, node.op, value, value_kind)
            return
        if isinstance(kind, Unknown) and own_value(state, node.target.id):
            new_value(state, name, node.op, (value, value_kind))
            return
        augment_name(state, name, node.op, value, value_kind)
        return
    value, value_kind = evaluate(state, node.value)
    base, base_kind = evaluated_base(state, node.target.value)
    base_kind = present(base_kind)
    if isinstance(base, gast.Name) and is_mixed(state, base.id, base_kind):
        base = build.load(alone(state, base.id, base_kind))
    if isinstance(node.target, gast.Attribute) and is_object(base_kind):
        augment_attribute(state, node, (base, base_kind), (value, value_kind))
        return
    if isinstance(node.target, gast.Attribute):
        early = early_read(state, node)
        check_local(state, node.target, base_kind)
        old = gast.Attribute(value=base, attr=node.target.attr, ctx=gast.Load())
        new = gast.Attribute(value=base, attr=node.target.attr, ctx=gast.Store())
        spelled_out(state, old, new, node.op, value, value_kind, base_kind, early)
        return
    index, index_kind = evaluate_index(state, node.target.slice, base_kind)
    if is_object(base_kind):
        augment_item(state, node, (base, base_kind), (index, index_kind), (value, value_kind))
        return
    early = early_read(state, node)
    check_values(state, node.target, base_kind, index_kind)
    new = gast.Subscript(value=base, slice=index, ctx=gast.Store())
    additive = isinstance(node.op, (gast.Add, gast.Sub))
    if early is None and isinstance(base_kind, Array) and additive and not may_repeat(index_kind):
        state.emit(build.augment(new, node.op, value))
        return
    old = gast.Subscript(value=base, slice=index, ctx=gast.Load())
    spelled_out(state, old, new, node.op, value, value_kind, base_kind, early, index_kind)


def own_value(state: State, name: str) -> bool:
    """Say whether nobody else can see what a variable of the function that is read holds."""
    code = state.scope.code
    if code is None or name in code.shared or name not in code.local:
        return False
    return is_private(code.body, name, frozenset(code.parameters))


def new_value(state: State, name: str, op: Node, value: Evaluated) -> None:
    """`x += y` as `x = x + y`."""
    fresh = state.names.part(name)
    state.emit(build.assign(fresh, gast.BinOp(left=build.load(name), op=op, right=value[0])))
    result = operation_kind(OPERATORS[type(op)], state.kind_of(name) or UNKNOWN, value[1])
    state.bind(fresh, result)
    state.emit(build.assign(name, build.load(fresh)))
    state.bind(name, result)


def augment_item(
    state: State, node: Node, owner: Evaluated, index: Evaluated, value: Evaluated
) -> None:
    """`x[i] += y` of an object: its class reads and stores."""
    from srcxform.specialise.statements import give, written

    early = getattr(node, "early", None)
    if early is not None:
        first = build.load(written(state, early))
        old: Evaluated | None = first, state.kind_of(first.id) or UNKNOWN
    else:
        old = item_of_object(state, node.target, owner, index)
    if old is None:
        raise unvalued(node.target, state, owner[1])
    holder = state.names.part(state.hint)
    give(state, holder, *old)
    if is_object(old[1]) or is_object(value[1]):
        found = augmented_of_objects(state, node, (build.load(holder), old[1]), value)
        if found is None:
            raise unvalued(node.target, state, old[1] if is_object(old[1]) else value[1])
        give(state, holder, *found)
    else:
        augment_name(state, holder, node.op, *value)
    new = build.load(holder), state.kind_of(holder) or UNKNOWN
    if not store_of_object(state, node, owner, index, new):
        raise unvalued(node.target, state, owner[1])


def early_read(state: State, node: Node) -> str | None:
    """Give the name of what was read first, where it may have changed since."""
    from srcxform.specialise.statements import written

    name = getattr(node, "early", None)
    if name is None:
        return None
    early = written(state, name)
    return None if undisturbed(state, early) else early


def spelled_out(
    state: State, old: Node, new: Node, op: Node, value: Node, value_kind: Kind, base_kind: Kind,
    early: str | None, index_kind: Kind = NEVER,
) -> None:  # fmt: skip
    """`p[i] *= y` as a read, an operation and a write; an array in a list changes in place."""
    from srcxform.specialise.statements import evaluate_residual, note_store

    if early is None:
        name = state.names.part(state.hint)
        read, kind = evaluate_residual(state, old)
        state.emit(build.assign(name, read))
        state.bind(name, kind)
    else:
        name, kind = early, (state.env or {})[early]
    if isinstance(base_kind, Array) and (isinstance(kind, Array) or type(kind) is Unknown):
        if does_not_fit(kind if isinstance(kind, Array) else base_kind, op, value_kind):
            state.emit(build.augment(new, op, value))
            return
        result = state.names.part(state.hint)
        state.emit(build.assign(result, gast.BinOp(left=build.load(name), op=op, right=value)))
        kind = operation_kind(OPERATORS[type(op)], kind, value_kind)
        state.bind(result, kind)
        name = result
    else:
        kind = augment_name(state, name, op, value, value_kind)
        if isinstance(kind, (Array, Cell)) and is_changeable(base_kind):
            return  # changed in place: what the container holds is the same object
    if isinstance(new, gast.Subscript) and filled(
        state, (new.value, base_kind), index_kind, (build.load(name), kind)
    ):
        return
    state.emit(build.assign(new, build.load(name)))
    if isinstance(new, gast.Subscript) and not isinstance(kind, (Array, Cell)):
        note_store(state, base_kind, index_kind, kind)


def is_changeable(kind: Kind) -> bool:
    """Say whether a value is a list or dict."""
    return isinstance(kind, Mapping) or getattr(kind, "type", None) in ("list", "dict")


def augment_name(state: State, name: str, op: Node, value: Node, value_kind: Kind) -> Kind:
    if state.env is None:  # what would be updated is refused
        return NEVER
    kind = present(state.env.get(name, UNKNOWN))
    if isinstance(kind, Torn) or isinstance(value_kind, Torn):
        updated = by_kind(state, op, (build.load(name), kind), (value, value_kind))
        state.emit(build.assign(name, updated[0]))
        state.bind(name, updated[1])
        return updated[1]
    if is_mixed(state, name, kind):
        own = alone(state, name, kind)
        augment_name(state, own, op, value, value_kind)
        state.emit(build.assign(name, build.load(own)))
        state.bind(name, kind)
        return kind
    if getattr(kind, "type", "") == "tuple":
        from srcxform.specialise.sequences import combined

        joined = build.binary(build.load(name), op, value)
        found = combined(state, joined, (build.load(name), kind), (value, value_kind))
        if found is not None:
            state.emit(build.assign(name, found[0]))
            state.bind(name, found[1])
            return found[1]
    if isinstance(kind, (Number, Const)) or getattr(kind, "type", "") == "tuple":
        fresh = state.names.part(name)
        state.emit(build.assign(fresh, gast.BinOp(left=build.load(name), op=op, right=value)))
        result = operation_kind(OPERATORS[type(op)], kind, value_kind)
        state.bind(fresh, result)
        state.emit(build.assign(name, build.load(fresh)))
        state.bind(name, result)
        return result
    if isinstance(kind, (Cell, Items, Many, Mapping)):
        from srcxform.specialise.forms import augment

        if augment(state, name, kind, op, (value, value_kind)):
            return kind
    if isinstance(kind, Array) and not isinstance(op, (gast.Add, gast.Sub)):
        if does_not_fit(kind, op, value_kind):
            state.emit(build.augment(name, op, value))
            return kind
        fresh = state.names.part(name)
        state.emit(build.assign(fresh, gast.BinOp(left=build.load(name), op=op, right=value)))
        state.bind(fresh, operation_kind(OPERATORS[type(op)], kind, value_kind))
        everything = build.item_store(name, build.const(...))
        state.emit(build.assign(everything, build.load(fresh)))
        return kind
    state.emit(build.augment(name, op, value))
    return kind


def by_kind(state: State, op: Node, left: Evaluated, right: Evaluated) -> Evaluated:
    """Write `x += y` where one of them may be an object: by what it is in each branch."""
    node = build.binary(left[0], op, right[0])
    node.place = state.place

    def done(one: Evaluated, other: Evaluated) -> Evaluated:
        found = augmented_of_objects(state, node, one, other) if is_object(one[1]) else None
        return operation(state, node, one, other) if found is None else found

    if is_told(state, left[1]):
        return by_option(state, left, lambda found: done(found, again(right)))
    if is_told(state, right[1]) and isinstance(left[1], (Number, Const, Record)):
        return by_option(state, right, lambda found: done(again(left), found))
    check_values(state, node, left[1], right[1])
    raise unvalued(node, state, Torn())


def does_not_fit(kind: Array, op: Node, value: Kind) -> bool:
    """Say whether NumPy refuses an operation in place: a store would cut what it gives."""
    result = operation_kind(OPERATORS[type(op)], kind, value)
    order = "bifc"
    found = getattr(result, "cls", kind.cls)
    return not kind.mixed and kind.cls in "bif" and order.index(found) > order.index(kind.cls)


def augment_attribute(state: State, node: Node, base: Evaluated, value: Evaluated) -> None:
    """`self.x += y`, of what stood there before the right side was evaluated."""
    from srcxform.specialise.statements import give, written

    early = getattr(node, "early", None)
    if early is not None:
        first = build.load(written(state, early))
        read: Evaluated | None = first, state.kind_of(first.id) or UNKNOWN
    else:
        read = attribute_of_object(state, *base, node.target.attr)
    if read is None:
        state.emit(gast.Expr(value=gast.Attribute(base[0], node.target.attr, gast.Load())))
        state.env = None
        return
    name = state.names.like(node.target.attr)
    give(state, name, *read)
    result: Evaluated | None = None
    if is_object(read[1]) or is_object(value[1]):
        sides = (build.load(name), read[1]), value
        result = augmented_of_objects(state, node, *sides)
    if result is None:
        check_answered(state, node, (build.load(name), read[1]), value)
        augment_name(state, name, node.op, *value)
        result = build.load(name), state.kind_of(name) or UNKNOWN
    write(state, node, base, node.target.attr, result)
