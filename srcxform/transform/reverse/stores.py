"""Writes in place in the reverse sweep: what was stored takes over the shadow's element."""

from __future__ import annotations

import operator
from typing import Any

import gast
import numpy as np

from srcxform.core import operations as op
from srcxform.kinds.lattice import Array, Items, Kind, Many, Mapping, Number, Record, Unknown
from srcxform.runtime import (
    check_entry,
    check_read_first,
    entries_that_stay,
    gap_in,
    last_written,
    shadow_like,
    unbroadcast,
    zeros_like,
)
from srcxform.specialise.refusal import written_place
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import parts, text_of
from srcxform.syntax.visit import clone
from srcxform.transform.context import refusing
from srcxform.transform.lost import is_integral
from srcxform.transform.repeats import may_repeat
from srcxform.transform.reverse.structure import elements_of, has_tuple
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step
from srcxform.transform.unruled import unsure_change


def stored(sweep: Sweep, target: Node, value: Node, node: Node) -> Step:
    """`x[i] = v`: v takes over the shadow's element, which is cleared."""
    if isinstance(target, gast.Attribute) and isinstance(sweep.kind_of(target.value), Record):
        return Simple([node])  # the caller's object: its attributes are variables here
    if isinstance(target, gast.Attribute) or not sweep.ctx.is_active(target.value):
        unread = isinstance(target, gast.Subscript) and (
            is_integral(sweep.ctx, target.value) or target.value.id in sweep.ctx.useless
        )
        if sweep.ctx.is_active(target.value) or sweep.ctx.is_active(value) and not unread:
            return sweep.refused(op.Foreign("attribute assignment", ()), node, node)
        return Simple([node])
    base = target.value.id
    if not isinstance(sweep.ctx.kind(base), Array):
        return stored_in_container(sweep, target, value, node)
    index_kind = sweep.kind_of(target.slice)
    shadow = sweep.bars.shadow(base)
    forward: Block = [node]
    backward: Block = []
    if sweep.ctx.is_active(value):
        part = sweep.bars.part(f"{value.id}_bar")
        taken: Node = build.item(shadow, clone(target.slice))
        if may_repeat(sweep.ctx, target.slice, index_kind):
            last = sweep.ctx.names.part("last")
            index = build.index_value(clone(target.slice))
            found = build.call(
                build.const(last_written), index, build.load(value.id), like=build.load(base)
            )
            forward = [*sweep.ctx.expand([build.assign(last, found)], node.place), node]
            holder = sweep.bars.part(f"{value.id}_bar")
            backward += sweep.ctx.expand([build.assign(holder, taken)], None)
            taken = build.call(build.const(entries_that_stay), build.load(holder), build.load(last))
        elif not sweep.is_number_item(base, index_kind):
            taken = sweep.ctx.program.externals.copied(taken)
        backward += sweep.ctx.expand([build.assign(part, taken)], None)
        fitted = build.call(build.const(unbroadcast), build.load(part), like=build.load(value.id))
        clear = build.assign(build.item_store(clone(shadow), clone(target.slice)), build.const(0.0))
        backward += [clear, *sweep.bars.contribute(value.id, fitted)]
        forward = [*read_first(sweep, base, target.slice, value, node.place), *forward]
    else:
        backward.append(
            build.assign(build.item_store(shadow, clone(target.slice)), build.const(0.0))
        )
    return Simple(forward, backward)


def read_first(sweep: Sweep, base: str, index: Node, value: Node, place: Any) -> Block:
    """Where what is stored may be a part of the same array, ask whether NumPy copies it as a whole.

    It does where both are slices of one array with steps alike.
    """
    kind, storage = sweep.ctx.kind(value.id), sweep.ctx.storage
    row = isinstance(kind, Unknown) or isinstance(kind, Array) and kind.rank in (None, 1)
    if not row or storage.storage(value.id) is not storage.storage(base):
        return []
    made = [line.value for line in parts(sweep.ctx.program.body) if is_bound(line, value.id)]
    if made and all(is_slice_like(one, base, index) for one in made):
        return []
    told = [written_place(place)] if place is not None else []
    where = build.index_value(clone(index))
    call = build.call(build.const(check_read_first), build.load(base), where, clone(value), *told)
    return sweep.ctx.expand([build.expression(call)], place)


def is_bound(line: Node, name: str) -> bool:
    return isinstance(line, gast.Assign) and getattr(line.targets[0], "id", None) == name


def is_slice_like(value: Node, base: str, index: Node) -> bool:
    """Say whether a value is a slice of an array with the step of another slice."""
    match value:
        case gast.Subscript(value=gast.Name(id=own), slice=gast.Slice(step=step)):
            other = index.step if isinstance(index, gast.Slice) else None
            alike = text_of(step) == text_of(other) if step and other else step is other
            return own == base and isinstance(index, gast.Slice) and alike
    return False


def stored_in_container(sweep: Sweep, target: Node, value: Node, node: Node) -> Step:
    base, index = target.value.id, target.slice
    checks = checked_entry(sweep, base, index, node.place)
    if isinstance(index, gast.Slice):
        return preceded(checks, stored_slice(sweep, base, index, value, node))
    shadow = sweep.bars.shadow(base)
    old = sweep.bars.part(f"{base}_bar")
    slot = build.item_store(clone(shadow), clone(index))
    forward: Block = []
    undo = build.assign(clone(slot), build.load(old))
    if holds_number(sweep.ctx.kind(base), index):
        undo = build.assign(clone(slot), build.const(0.0))  # as it is throughout the forward sweep
    elif sweep.is_key(base, index) and not is_there(sweep.ctx.kind(base), index):
        fresh = sweep.ctx.names.part("fresh")
        sweep.ctx.kinds[fresh] = Number("b")
        absent = gast.Compare(left=clone(index), ops=[gast.NotIn()], comparators=[clone(shadow)])
        known = build.assign(old, build.item(clone(shadow), clone(index)))
        forward = [
            build.assign(fresh, absent),
            build.assign(old, sweep.shadow_of_part(value)),
            build.branch(gast.UnaryOp(op=gast.Not(), operand=build.load(fresh)), [known]),
            build.assign(slot, sweep.shadow_of_part(value)),
        ]
        drop = build.expression(build.method(clone(shadow), "pop", clone(index)))
        undo = build.branch(build.load(fresh), [drop], [undo])
    else:
        forward = [
            build.assign(old, build.item(clone(shadow), clone(index))),
            build.assign(slot, sweep.shadow_of_part(value)),
        ]
    forward = sweep.ctx.expand(forward, node.place)
    backward: Block = []
    if sweep.ctx.is_active(value) and not sweep.bars.is_shadow(value.id):
        backward += sweep.bars.contribute(value.id, build.item(clone(shadow), clone(index)))
    return Simple([*checks, *forward, node], [*backward, undo])


def preceded(lines: Block, step: Step) -> Step:
    """Let lines come first in the forward part of a step."""
    return Simple([*lines, *step.forward], step.backward) if isinstance(step, Simple) else step


def checked_entry(sweep: Sweep, base: str, index: Node, place: Any) -> Block:
    """Where a container may be an array, make sure that no part of it is written over whole."""
    if not isinstance(sweep.ctx.kind(base), Unknown):
        return []
    where = build.index_value(clone(index))
    told = [written_place(place)] if place is not None else []
    call = build.call(build.const(check_entry), build.load(base), where, *told)
    return sweep.ctx.expand([build.expression(call)], None)


def holds_number(kind: Kind, key: Node) -> bool:
    """Say whether a real number is surely there before a store, and after it."""
    match kind:
        case Items(type="list", items=items):
            known = isinstance(key, gast.Constant) and isinstance(key.value, int)
            parts = [items[key.value]] if known and 0 <= key.value < len(items) else [*items]
        case Mapping(keys=keys, items=items) if is_there(kind, key):
            parts = [items[keys.index(key.value)]]
        case Many(type="list", item=Kind() as item):
            parts = [item]
        case _:
            return False
    return bool(parts) and all(isinstance(part, Number) and part.cls == "f" for part in parts)


def stored_slice(sweep: Sweep, base: str, index: Node, value: Node, node: Node) -> Step:
    """`xs[a:b] = ys`: the shadow takes shadows of what comes in, and back what was there."""
    shared = {sweep.bars.is_shared(base, kind) for kind in elements_of(sweep.ctx.kind(base))}
    if len(shared) > 1:
        what = op.Foreign("slice assignment in a list of numbers and of changing arrays", ())
        return sweep.refused(what, node, node)
    held = sweep.bars.shadow(base)
    active = sweep.ctx.is_active(value)
    maker = shadow_like if has_tuple(sweep.ctx.kind_of_node(value)) else zeros_like
    part: Node = build.call("list", build.call(build.const(maker), clone(value)))
    if active and sweep.bars.is_shadow(value.id):
        theirs = sweep.bars.shadow(value.id)
        part = build.call("list", theirs)
        if shared != {True}:
            part = build.call("list", build.call(build.const(zeros_like), theirs))
    elif active and shared == {True}:
        return sweep.refused(op.Foreign("slice assignment in a list", ()), node, node)
    lines: Block = []
    where = index  # where in the list the new elements stand
    if index.step is None:
        first, last = sweep.ctx.names.part("start"), sweep.ctx.names.part("stop")
        lower = index.lower or build.const(None)
        length, count = build.call("len", build.load(base)), build.call("len", clone(value))
        lines = [
            build.assign(first, build.call(build.const(gap_in), clone(lower), length)),
            build.assign(last, build.binary(build.load(first), gast.Add(), count)),
        ]
        where = gast.Slice(lower=build.load(first), upper=build.load(last), step=None)
    old = sweep.bars.part(f"{base}_bar")
    lines += [
        build.assign(old, build.item(held, clone(index))),
        build.assign(build.item_store(clone(held), clone(index)), part),
    ]
    backward: Block = []
    if active and shared != {True}:
        piece: Node = build.item(clone(held), clone(where))
        if isinstance(sweep.ctx.kind(value.id), Array):
            piece = build.call(build.attribute(sweep.bars.numpy(), "array"), piece)
        backward += sweep.bars.contribute(value.id, piece)
    backward.append(build.assign(build.item_store(clone(held), clone(where)), build.load(old)))
    return Simple([*sweep.ctx.expand(lines, node.place), node], backward)


def is_there(kind: Kind, key: Node) -> bool:
    """Say whether a dict has a key, as far as is known ahead."""
    return isinstance(kind, Mapping) and isinstance(key, gast.Constant) and key.value in kind.keys


def augmented(sweep: Sweep, target: Node, operator: Node, value: Node, node: Node) -> Step:
    """`x[i] += v` and `x += v` on arrays: v gets the shadow's part, which stays."""
    base = target if isinstance(target, gast.Name) else target.value
    if not sweep.ctx.is_active(base):
        return Simple([node])
    kind = sweep.ctx.kind(base.id)
    if not isinstance(operator, (gast.Add, gast.Sub)) or not isinstance(kind, Array):
        return Simple([refusing(sweep.ctx, unsure_change(node.place))])
    if not sweep.ctx.is_active(value):
        return Simple([node])
    shadow: Node = sweep.bars.shadow(base.id)
    is_number = False
    if not isinstance(target, gast.Name):
        is_number = sweep.is_number_item(base.id, sweep.kind_of(target.slice))
        shadow = build.item(shadow, clone(target.slice))
    if not is_number:
        shadow = sweep.ctx.program.externals.copied(shadow)
    if isinstance(operator, gast.Sub):
        shadow = build.negate(shadow)
    part = sweep.bars.part(f"{value.id}_bar")
    lines = sweep.ctx.expand([build.assign(part, shadow)], None)
    fitted = build.call(build.const(unbroadcast), build.load(part), like=build.load(value.id))
    return Simple([node], [*lines, *sweep.bars.contribute(value.id, fitted)])


def added_at(sweep: Sweep, found: op.AddAt, node: Node) -> Step:
    """`np.add.at(x, i, v)`: v gets what the shadow holds at i."""
    if not (sweep.ctx.is_active(found.value) and sweep.ctx.is_active(found.base)):
        return Simple([node])  # what nobody reads of the sum has no shadow
    read = build.call(
        build.const(operator.getitem), sweep.bars.shadow(found.base.id), clone(found.index)
    )
    part = sweep.bars.part(f"{found.value.id}_bar")
    lines = sweep.ctx.expand([build.assign(part, read)], None)
    if found.function.__self__ is np.subtract:
        lines = sweep.ctx.expand([build.assign(part, build.negate(read))], None)
    fitted = build.call(build.const(unbroadcast), build.load(part), like=build.load(found.value.id))
    return Simple([node], [*lines, *sweep.bars.contribute(found.value.id, fitted)])
