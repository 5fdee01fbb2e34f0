"""Methods of lists and dicts in the reverse sweep: the shadow changes in step, and back again."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.core import operations as op
from srcxform.runtime import accumulate, add, gap_in, position_in, shadow_like, zeros_like
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.reverse.items import shallow_copy
from srcxform.transform.reverse.structure import has_tuple
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step


def method_step(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    """Give the step of `name = base.method(...)` for an active base."""
    handler = HANDLERS.get(found.name)
    if handler is None or not sweep.bars.is_shadow(found.base.id):
        return sweep.refused(found, found.node, node)
    if len(found.args) < LEAST.get(found.name, 0):  # a method of something else, as of a queue
        return sweep.refused(found, found.node, node)
    return handler(sweep, name, found, node)


def shadow(sweep: Sweep, found: op.Method) -> Node:
    return sweep.bars.shadow(found.base.id)


def is_dense(sweep: Sweep, value: Node) -> bool:
    return bool(sweep.ctx.is_active(value)) and not sweep.bars.is_shadow(value.id)


def counted(sweep: Sweep, found: op.Method, place: Node, count: Any) -> tuple[Block, Node]:
    """Count a position from the front, which is where the backward sweep finds it, too."""
    if isinstance(place, gast.Constant) and place.value == 0:
        return [], place
    if isinstance(place, gast.Constant) and count is position_in and place.value > 0:
        return [], place
    name = sweep.ctx.names.part("place")
    length = build.call("len", build.load(found.base.id))
    return [build.assign(name, build.call(build.const(count), place, length))], build.load(name)


def append(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    """`xs.append(v)`: the shadow grows by a zero, which v's cotangent is taken from."""
    value = found.args[0]
    grow = build.expression(
        build.method(shadow(sweep, found), "append", sweep.shadow_of_part(value))
    )
    forward = [*sweep.ctx.expand([grow], node.place), node]
    popped = build.method(shadow(sweep, found), "pop")
    if is_dense(sweep, value):
        return Simple(forward, sweep.bars.contribute(value.id, popped))
    return Simple(forward, [build.expression(popped)])


def insert(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    position, value = found.args
    lines, place = counted(sweep, found, position, gap_in)
    grow = build.expression(
        build.method(shadow(sweep, found), "insert", clone(place), sweep.shadow_of_part(value))
    )
    forward = [*sweep.ctx.expand([*lines, grow], node.place), node]
    popped = build.method(shadow(sweep, found), "pop", clone(place))
    if is_dense(sweep, value):
        return Simple(forward, sweep.bars.contribute(value.id, popped))
    return Simple(forward, [build.expression(popped)])


def pop(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    """`v = xs.pop()`: backward, v's cotangent goes back into the shadow."""
    held = shadow(sweep, found)
    arguments = [clone(arg) for arg in found.args]
    lines: Block = []
    by_key = bool(arguments) and sweep.is_key(found.base.id, found.args[0])
    if arguments and not by_key:
        lines, place = counted(sweep, found, found.args[0], position_in)
        arguments = [place]
    taken = sweep.bars.part(f"{found.base.id}_bar")
    lines.append(build.assign(taken, build.method(held, "pop", *map(clone, arguments))))
    forward: Block = [*sweep.ctx.expand(lines, node.place), node]
    back: Node = build.load(taken)
    backward: Block = []
    if name is not None and name in sweep.ctx.active:
        if sweep.bars.is_shadow(name):
            forward.append(build.assign(sweep.bars.bar((name, ())), build.load(taken)))
        elif sweep.bars.is_present(name):
            back = sweep.bars.value(name)
            sweep.bars.consume(name)
    if by_key:
        where = build.item_store(clone(held), clone(found.args[0]))
        backward.append(build.assign(where, back))
    elif found.args:
        backward.append(
            build.expression(build.method(clone(held), "insert", *map(clone, arguments), back))
        )
    else:
        backward.append(build.expression(build.method(clone(held), "append", back)))
    return Simple(forward, backward)


def extend(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    """`xs.extend(ys)`: the tail of the shadow is ys's."""
    value = found.args[0]
    maker = shadow_like if has_tuple(sweep.ctx.kind_of_node(value)) else zeros_like
    part: Node = build.call(build.const(maker), clone(value))
    if sweep.ctx.is_active(value) and sweep.bars.is_shadow(value.id):
        held = sweep.bars.shadow(value.id)
        part = build.call("list", build.call(build.const(zeros_like), held))
    grow = build.expression(build.method(shadow(sweep, found), "extend", part))
    before = sweep.ctx.names.part("length")
    forward = sweep.ctx.expand([
        build.assign(before, build.call("len", build.load(found.base.id))), grow,
    ], node.place)  # fmt: skip
    tail = gast.Slice(lower=build.load(before), upper=None, step=None)
    piece = build.item(shadow(sweep, found), tail)
    backward: Block = []
    if sweep.ctx.is_active(value):
        if sweep.bars.is_shadow(value.id):
            call = build.call(build.const(accumulate), sweep.bars.shadow(value.id), piece)
            backward += sweep.ctx.expand([build.expression(call)], None)
        else:
            backward += sweep.bars.contribute(value.id, piece)
    drop = build.expression(build.method(shadow(sweep, found), "pop"))
    count = build.call("len", clone(value))
    backward.append(build.for_loop(sweep.ctx.names.part("_"), build.call("range", count), [drop]))
    return Simple([*forward, node], backward)


def reverse_order(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    call = build.expression(build.method(shadow(sweep, found), "reverse"))
    return Simple([node, call], [build.expression(build.method(shadow(sweep, found), "reverse"))])


def copied(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    """`ys = xs.copy()`: a list of its own, whose shadow is added back element by element."""
    if name is None:
        return Simple([node])
    return shallow_copy(sweep, name, found.base.id, None, node)


def got(sweep: Sweep, name: str | None, found: op.Method, node: Node) -> Step:
    """`d.get(key, default)` is a read where the key is there, the default where not."""
    if name is None:
        return Simple([node])
    if sweep.bars.is_shadow(name) or not sweep.bars.is_present(name):
        return sweep.refused(found, found.node, node)
    g = sweep.bars.value(name)
    sweep.bars.consume(name)
    key = found.args[0]
    held = shadow(sweep, found)
    total = build.call(build.const(add), build.item(held, clone(key)), g)
    inside = gast.Compare(left=clone(key), ops=[gast.In()], comparators=[clone(held)])
    line = build.branch(
        inside,
        sweep.ctx.expand([build.assign(build.item_store(clone(held), clone(key)), total)], None),
    )
    if len(found.args) > 1 and sweep.ctx.is_active(found.args[1]):
        return sweep.refused(found, found.node, node)
    return Simple([node], [line])


HANDLERS = {
    "append": append, "insert": insert, "pop": pop, "extend": extend, "reverse": reverse_order,
    "copy": copied, "get": got,
}  # fmt: skip

LEAST = {"append": 1, "insert": 2, "extend": 1, "get": 1}  # arguments that they cannot do without
