"""Methods of lists and dicts in the reverse sweep: the shadow changes in step, and back again."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.core import operations as op
from srcxform.kinds.lattice import Const
from srcxform.runtime import accumulate, add, zeros_like
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.steps import Simple, Step


def method_step(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    """Give the step of `name = base.method(...)` for an active base."""
    handler = HANDLERS.get(found.name)
    if handler is None or not reverse.bars.is_shadow(found.base.id):
        return reverse.refused(found, found.node, node)
    return handler(reverse, name, found, node)


def shadow(reverse: Any, found: op.Method) -> Node:
    return reverse.bars.shadow(found.base.id)


def is_dense(reverse: Any, value: Node) -> bool:
    return bool(reverse.ctx.is_active(value)) and not reverse.bars.is_shadow(value.id)


def append(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    """`xs.append(v)`: the shadow grows by a zero, which v's cotangent is taken from."""
    value = found.args[0]
    grow = build.expression(
        build.method(shadow(reverse, found), "append", reverse.shadow_of_part(value))
    )
    forward = [*reverse.ctx.expand([grow], node.place), node]
    popped = build.method(shadow(reverse, found), "pop")
    if is_dense(reverse, value):
        return Simple(forward, reverse.bars.contribute(value.id, popped))
    return Simple(forward, [build.expression(popped)])


def insert(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    position, value = found.args
    grow = build.expression(
        build.method(
            shadow(reverse, found), "insert", clone(position), reverse.shadow_of_part(value)
        )
    )
    forward = [*reverse.ctx.expand([grow], node.place), node]
    popped = build.method(shadow(reverse, found), "pop", clone(position))
    if is_dense(reverse, value):
        return Simple(forward, reverse.bars.contribute(value.id, popped))
    return Simple(forward, [build.expression(popped)])


def pop(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    """`v = xs.pop()`: backward, v's cotangent goes back into the shadow."""
    held = shadow(reverse, found)
    arguments = [clone(arg) for arg in found.args]
    taken = reverse.bars.part(f"{found.base.id}_bar")
    forward: Block = [build.assign(taken, build.method(held, "pop", *arguments)), node]
    back: Node = build.load(taken)
    backward: Block = []
    if name is not None and name in reverse.ctx.active:
        if reverse.bars.is_shadow(name):
            forward.append(build.assign(reverse.bars.bar((name, ())), build.load(taken)))
        elif reverse.bars.is_present(name):
            back = reverse.bars.value(name)
            reverse.bars.consume(name)
    if reverse.is_dict(found.base.id):
        where = build.item_store(clone(held), clone(found.args[0]))
        backward.append(build.assign(where, back))
    elif found.args:
        backward.append(
            build.expression(build.method(clone(held), "insert", *map(clone, arguments), back))
        )
    else:
        backward.append(build.expression(build.method(clone(held), "append", back)))
    return Simple(forward, backward)


def extend(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    """`xs.extend(ys)`: the tail of the shadow is ys's."""
    value = found.args[0]
    part: Node = build.call(build.const(zeros_like), clone(value))
    if reverse.ctx.is_active(value) and reverse.bars.is_shadow(value.id):
        held = reverse.bars.shadow(value.id)
        part = build.call("list", build.call(build.const(zeros_like), held))
    grow = build.expression(build.method(shadow(reverse, found), "extend", part))
    before = reverse.ctx.names.part("length")
    forward = reverse.ctx.expand([
        build.assign(before, build.call("len", build.load(found.base.id))), grow,
    ], node.place)  # fmt: skip
    tail = gast.Slice(lower=build.load(before), upper=None, step=None)
    piece = build.item(shadow(reverse, found), tail)
    backward: Block = []
    if reverse.ctx.is_active(value):
        if reverse.bars.is_shadow(value.id):
            call = build.call(build.const(accumulate), reverse.bars.shadow(value.id), piece)
            backward += reverse.ctx.expand([build.expression(call)], None)
        else:
            backward += reverse.bars.contribute(value.id, piece)
    drop = build.expression(build.method(shadow(reverse, found), "pop"))
    count = build.call("len", clone(value))
    backward.append(build.for_loop(reverse.ctx.names.part("_"), build.call("range", count), [drop]))
    return Simple([*forward, node], backward)


def reverse_order(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    call = build.expression(build.method(shadow(reverse, found), "reverse"))
    return Simple([node, call], [build.expression(build.method(shadow(reverse, found), "reverse"))])


def copied(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    """`ys = xs.copy()`: a list of its own, whose shadow is added back element by element."""
    if name is None:
        return Simple([node])
    return reverse.shallow_copy(name, found.base.id, None, node)


def got(reverse: Any, name: str | None, found: op.Method, node: Node) -> Step:
    """`d.get(key, default)` is a read where the key is there, the default where not."""
    if name is None:
        return Simple([node])
    if reverse.bars.is_shadow(name) or not reverse.bars.is_present(name):
        return reverse.refused(found, found.node, node)
    g = reverse.bars.value(name)
    reverse.bars.consume(name)
    key = found.args[0]
    held = shadow(reverse, found)
    total = build.call(build.const(add), build.item(held, clone(key)), g)
    inside = gast.Compare(left=clone(key), ops=[gast.In()], comparators=[clone(held)])
    line = build.branch(
        inside,
        reverse.ctx.expand([build.assign(build.item_store(clone(held), clone(key)), total)], None),
    )
    if len(found.args) > 1 and reverse.ctx.is_active(found.args[1]):
        return reverse.refused(found, found.node, node)
    return Simple([node], [line])


HANDLERS = {
    "append": append, "insert": insert, "pop": pop, "extend": extend, "reverse": reverse_order,
    "copy": copied, "get": got,
}  # fmt: skip

__all__ = ["Const", "method_step"]
