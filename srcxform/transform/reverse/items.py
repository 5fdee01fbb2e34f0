"""Reads of elements in the reverse sweep: where their cotangents are added."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.core import operations as op
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Mapping,
    Number,
    OrNone,
    Record,
    Unknown,
    is_differentiable,
)
from srcxform.kinds.places import names_positions
from srcxform.runtime import (
    accumulate_at,
    add,
    held_by_value,
    packed,
    scatter,
    shadow_like,
    zeros_like,
)
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.repeats import may_repeat
from srcxform.transform.reverse.structure import (
    element_kind,
    elements_of,
    general_int,
    has_tuple,
    is_slice,
)
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step


def item(sweep: Sweep, name: str, base: str, index: Node, node: Node) -> Step:
    """`name = base[index]`."""
    index_kind = sweep.kind_of(index)
    base_kind = sweep.ctx.kind(base)
    if sweep.bars.is_shadow(base):
        return shadow_item(sweep, name, base, index, index_kind, node)
    if sweep.bars.is_static(base):
        key = key_in_shadow(base_kind, index).value
        if is_beyond(base_kind, key):
            sweep.bars.consume(name)
            return Simple([node])  # it raises
        return part_of(sweep, name, base, key, node)
    g = sweep.bars.value(name)
    sweep.bars.consume(name)
    if isinstance(base_kind, Array) and base_kind.dims != ():  # else it may be NumPy's number
        return Simple([node], sweep.bars.into_item(base, index, index_kind, g))
    if isinstance(base_kind, Number) and op.takes_all(index):
        return Simple([node], sweep.bars.contribute(base, g))
    spread = build.call(
        build.const(scatter), g, build.index_value(clone(index)), like=build.load(base)
    )
    return Simple([node], sweep.bars.contribute(base, spread))


def shadow_item(
    sweep: Sweep, name: str, base: str, index: Node, index_kind: Kind, node: Node
) -> Step:
    base_bar = sweep.bars.shadow(base)
    index = key_in_shadow(sweep.ctx.kind(base), index)
    if sweep.bars.is_shadow(name):
        if isinstance(sweep.ctx.kind(base), Array) and names_positions(index_kind):
            added = add_at(sweep, base_bar, index, index_kind, sweep.bars.shadow(name))
            return Simple([node, sweep.fresh_shadow(name)], added)
        if not isinstance(sweep.ctx.kind(base), Array) and is_slice(index_kind):
            return shallow_copy(sweep, name, base, index, node)
        return Simple([node, sweep.shadow_line(name, build.item(base_bar, clone(index)))])
    g = sweep.bars.value(name)
    sweep.bars.consume(name)
    if isinstance(sweep.ctx.kind(base), Array):
        return Simple([node], add_at(sweep, base_bar, index, index_kind, g))
    return Simple([node], add_to_element(sweep, name, base_bar, index, g))


def is_beyond(base: Kind, key: Any) -> bool:
    """Say whether a list or tuple has no such place, as far as it is known by now."""
    if not isinstance(base, Items) or not isinstance(key, int):
        return False
    return not -len(base.items) <= key < len(base.items)


def key_in_shadow(base: Kind, index: Node) -> Node:
    """Give the place in a cotangent: that of a namedtuple is a dict."""
    if isinstance(base, Record) and isinstance(index, gast.Constant):
        return build.const(base.keys[index.value]) if isinstance(index.value, int) else index
    return index


def shallow_copy(sweep: Sweep, name: str, base: str, index: Node | None, node: Node) -> Step:
    """A list or dict (or a part of a list) copied: storage that it holds is shared.

    What has a shadow of its own is the same in both shadows; the cotangents of all else in
    the copy are added back, one by one.
    """
    elements = elements_of(sweep.ctx.kind(name))
    shared = {sweep.bars.is_shared(name, kind) for kind in elements}
    held, copy = sweep.bars.shadow(base), sweep.bars.shadow(name)
    if index is not None:
        made = build.item(held, clone(index))
    elif sweep.is_dict(base) or isinstance(sweep.ctx.kind(base), Items):
        made = build.method(held, "copy")
    else:
        made = build.call("list", held)
    forward = [node, sweep.shadow_line(name, made)]
    if shared == {True} and UNKNOWN not in elements:
        return Simple(forward)
    numbers = numbers_at(sweep.ctx.kind(base), index) if True in shared else None
    if numbers is not None:
        return Simple(forward, numbers_back(sweep, name, base, numbers))
    if True not in shared:  # arrays in the shadow are added to in place: the copy needs its own
        maker = shadow_like if has_tuple(sweep.ctx.kind(name)) else zeros_like
        forward = [node, sweep.shadow_line(name, build.call(build.const(maker), made))]
    place = sweep.ctx.names.like("k" if not sweep.is_dict(base) else "key")
    sweep.ctx.kinds[place] = general_int() if not sweep.is_dict(base) else UNKNOWN
    start, source = build.load(place), build.load(place)
    header: Node = clone(copy)
    target: Node = build.store(place)
    if index is not None:
        origin = sweep.ctx.names.like("k")
        sweep.ctx.kinds[origin] = general_int()
        source = build.load(origin)
        positions = build.item(build.call("range", build.call("len", clone(held))), clone(index))
        header = build.call("enumerate", positions)
        target = build.sequence([build.store(place), build.store(origin)], ctx=gast.Store())
    elif not sweep.is_dict(base):
        header = build.call("range", build.call("len", clone(copy)))
    element = sweep.ctx.names.part(f"{name}_bar")
    sweep.ctx.kinds[element] = UNKNOWN if True in shared else element_kind(sweep.ctx.kind(name))
    added = add_to_element(sweep, element, held, source, build.load(element))
    if True in shared:
        test = build.call(build.const(held_by_value), build.load(element))
        added = sweep.ctx.expand([build.branch(test, added)], None)
    lines = [build.assign(element, build.item(clone(copy), start)), *added]
    return Simple(forward, [build.for_loop(target, header, lines)])


def numbers_at(kind: Kind, index: Node | None) -> dict[Any, Any] | None:
    """Give for each place of a copy that holds a number the place it is from, if that is told."""
    if not isinstance(kind, (Items, Mapping)):
        return None
    if any(isinstance(item, (Unknown, OrNone)) for item in kind.items):
        return None
    keys: Any = kind.keys if isinstance(kind, Mapping) else range(len(kind.items))
    numbers = {
        key
        for key, item in zip(keys, kind.items, strict=True)
        if isinstance(item, Number) and is_differentiable(item)
    }
    if isinstance(kind, Mapping):
        return {key: key for key in keys if key in numbers}
    if index is not None:
        ends = [index.lower, index.upper, index.step]
        if not all(end is None or isinstance(end, gast.Constant) for end in ends):
            return None
        keys = keys[slice(*(end and end.value for end in ends))]
    return {place: key for place, key in enumerate(keys) if key in numbers}


def numbers_back(sweep: Sweep, name: str, base: str, places: dict[Any, Any]) -> Block:
    """Add the cotangents of the numbers in a copy to those in what it is a copy of."""
    held, copy = sweep.bars.shadow(base), sweep.bars.shadow(name)
    lines: Block = []
    for place, origin in places.items():
        element = sweep.ctx.names.part(f"{name}_bar")
        sweep.ctx.kinds[element] = Number("f")
        lines.append(build.assign(element, build.item(clone(copy), place)))
        lines += add_to_element(sweep, element, held, build.const(origin), build.load(element))
    return lines


def add_to_element(sweep: Sweep, name: str, base_bar: Node, index: Node, g: Node) -> Block:
    """Add to an element of a shadow list or dict: arrays in place, numbers by a new value."""
    kind = sweep.ctx.kind(name)
    element = build.item(base_bar, clone(index))
    slot = build.item_store(clone(base_bar), clone(index))
    if isinstance(kind, Number) and holds_unsure(sweep.ctx.kind_of_node(base_bar)):
        total = build.binary(element, gast.Add(), g)  # here a number, elsewhere perhaps None
        return sweep.ctx.expand([build.assign(slot, total)], None)
    if isinstance(kind, (Number, Array)):
        return sweep.ctx.expand([build.augment(slot, gast.Add(), g)], None)
    if isinstance(kind, Items) and is_row(kind):
        return sweep.ctx.expand(add_to_row(sweep, name, element, slot, g, len(kind.items)), None)
    if isinstance(kind, Unknown):
        call = build.call(build.const(accumulate_at), clone(base_bar), clone(index), g)
        return sweep.ctx.expand([build.expression(call)], None)
    total = build.call(build.const(add), element, g)
    return sweep.ctx.expand([build.assign(slot, total)], None)


def holds_unsure(kind: Kind) -> bool:
    """Say whether a list or dict has places of which it is not told what they hold."""
    return not isinstance(kind, Unknown) and UNKNOWN in elements_of(kind)


def is_row(kind: Items) -> bool:
    """Say whether a tuple holds numbers that are all differentiated."""
    return kind.type == "tuple" and all(
        isinstance(item, (Number, Const)) and is_differentiable(item) for item in kind.items
    )


def add_to_row(sweep: Sweep, name: str, row: Node, slot: Node, g: Node, length: int) -> Block:
    """Put the sums in the place of a tuple's shadow, which is a list."""
    old = sweep.bars.part(f"{name}_bar")
    lines: Block = [build.assign(old, row)]
    sums = []
    for k in range(length):
        before, part, total = (sweep.bars.part(f"{name}_bar") for _ in range(3))
        given = clone(g.elts[k]) if isinstance(g, gast.Tuple) else build.item(clone(g), k)
        lines += [
            build.assign(before, build.item(old, k)),
            build.assign(part, given),
            build.assign(total, build.binary(build.load(before), gast.Add(), build.load(part))),
        ]
        sums.append(build.load(total))
    return [*lines, build.assign(slot, build.sequence(sums, "list"))]


def add_at(sweep: Sweep, base_bar: Node, index: Node, index_kind: Kind, g: Node) -> Block:
    if may_repeat(sweep.ctx, index, index_kind):
        at = build.attribute(build.attribute(sweep.bars.numpy(), "add"), "at")
        return sweep.ctx.expand(
            [build.expression(build.call(at, base_bar, build.index_value(clone(index)), g))],
            None,
        )
    return sweep.ctx.expand(
        [build.augment(build.item_store(base_bar, clone(index)), gast.Add(), g)], None
    )


def field(sweep: Sweep, name: str, base: str, attr: str, node: Node) -> Step:
    """`name = base.attr`, of an object that nobody changes; what it holds may be changed."""
    if sweep.bars.is_shadow(base):
        return shadow_item(sweep, name, base, build.const(attr), Const(attr), node)
    return part_of(sweep, name, base, attr, node)


def part_of(sweep: Sweep, name: str, base: str, key: Any, node: Node) -> Simple:
    """A part of a container that nobody changes: its cotangents are the container's."""
    if sweep.bars.is_shadow(name):  # a list that only gathers
        added = sweep.bars.contribute(base, sweep.bars.shadow(name), (key,))
        return Simple([node, sweep.fresh_shadow(name)], added)
    keys = [k for k in sweep.bars.keys(name) if k in sweep.bars.status.present]
    if keys and sweep.bars.is_single(base, (key,)):  # the part alone tells what is in it
        added = sweep.bars.contribute(base, sweep.bars.value(name), (key,))
        sweep.bars.consume(name)
        return Simple([node], added)
    parts = [(path, build.load(sweep.bars.bar((name, path)))) for _, path in keys]
    sweep.bars.consume(name)
    backward: Block = []
    for path, value in parts:
        backward += sweep.bars.contribute(base, value, (key, *path))
    return Simple([node], backward)


def listed(sweep: Sweep, name: str, source: Node, node: Node) -> Step:
    """`name = list(source)`: a container of its own, added back element by element."""
    held = sweep.bars.shadow(name)
    kind = sweep.ctx.kind(source.id)
    if isinstance(kind, Array) and kind.rank != 1 and sweep.bars.is_shadow(source.id):
        rows = build.call("list", sweep.bars.shadow(source.id))
        return Simple([node, sweep.shadow_line(name, rows)])
    if isinstance(kind, Array):
        made = build.call(build.attribute(sweep.bars.numpy(), "array"), held)
        return Simple([node, sweep.fresh_shadow(name)], sweep.bars.contribute(source.id, made))
    if sweep.bars.is_shadow(source.id):
        return shallow_copy(sweep, name, source.id, None, node)
    if not isinstance(kind, Unknown):
        return Simple([node, sweep.fresh_shadow(name)], sweep.bars.contribute(source.id, held))
    whole = sweep.ctx.names.part(sweep.bars.bar((name, ())))
    made = build.assign(whole, build.call(build.const(packed), held, clone(source)))
    backward = [
        *sweep.ctx.expand([made], None),
        *sweep.bars.contribute(source.id, build.load(whole)),
    ]
    return Simple([node, sweep.fresh_shadow(name)], backward)


def constants(sweep: Sweep, names: list[str], node: Node) -> Step:
    """Unpack what carries no derivative: cotangents of values that go on from here end here."""
    forward = [node]
    for name in names:
        if name in sweep.ctx.active:
            if sweep.bars.is_shadow(name):
                forward.append(sweep.fresh_shadow(name))
            sweep.bars.consume(name)
    return Simple(forward)


def unpacked(sweep: Sweep, names: list[str], source: Node, node: Node) -> Step:
    if not sweep.ctx.is_active(source):
        return constants(sweep, names, node)
    if sweep.bars.is_shadow(source.id):
        steps = [
            shadow_item(sweep, name, source.id, build.const(k), Const(k), node)
            for k, name in enumerate(names) if name in sweep.ctx.active
        ]  # fmt: skip
        forward = [line for step in steps for line in step.forward if line is not node]  # type: ignore[union-attr]
        backward = [line for step in steps for line in step.backward]  # type: ignore[union-attr]
        return Simple([node, *forward], backward)
    forward, backward = [node], []
    for k, name in enumerate(names):
        if name not in sweep.ctx.active:
            continue
        if sweep.bars.is_static(source.id):
            place = key_in_shadow(sweep.ctx.kind(source.id), build.const(k)).value
            step = part_of(sweep, name, source.id, place, node)
            forward += step.forward[1:]
            backward += step.backward
        elif sweep.bars.is_present(name):
            g = sweep.bars.value(name)
            sweep.bars.consume(name)
            if isinstance(sweep.ctx.kind(source.id), Array):
                backward += sweep.bars.into_item(source.id, build.const(k), Const(k), g)
            else:
                spread = build.call(build.const(scatter), g, build.const(k), like=source)
                backward += sweep.bars.contribute(source.id, spread)
    return Simple(forward, backward)
