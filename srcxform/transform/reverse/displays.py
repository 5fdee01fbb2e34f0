"""Second names and displays in the reverse sweep: cotangents handed on, whole or in parts."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.core import operations as op
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step


def copied(sweep: Sweep, name: str, source: Node, node: Node) -> Step:
    if sweep.bars.is_shadow(name):
        if not sweep.bars.is_shadow(source.id):
            lost = "a name that may be a number or hold an array or container"
            return sweep.refused(op.Foreign(lost, ()), node.value, node)
        return Simple([node, sweep.shadow_line(name, sweep.bars.shadow(source.id))])
    keys = [k for k in sweep.bars.keys(name) if k in sweep.bars.status.present]
    if any(path for _, path in keys) and sweep.bars.is_single(source.id, ()):
        added = sweep.bars.contribute(source.id, sweep.bars.value(name))
        sweep.bars.consume(name)
        return Simple([node], added)
    values = [(path, build.load(sweep.bars.bar((name, path)))) for _, path in keys]
    owned = [sweep.bars.status.present[key] for key in keys]
    sweep.bars.consume(name)
    backward: Block = []
    for (path, value), own in zip(values, owned, strict=True):
        fresh = (source.id, path) not in sweep.bars.status.present
        backward += sweep.bars.contribute(source.id, value, path)
        if fresh and own and (source.id, path) in sweep.bars.status.present:
            sweep.bars.status.present[(source.id, path)] = True  # handed over
    return Simple([node], backward)


def display(sweep: Sweep, name: str, kind_type: str, keys: Any, items: Any, node: Node) -> Step:
    backward: Block = []
    if sweep.bars.is_shadow(name):
        parts = [sweep.shadow_of_part(item) for item in items]
        made = (
            gast.Dict(keys=[clone(k) for k in keys], values=parts)
            if kind_type == "dict"
            else build.sequence(parts, "list")
        )
        for key, item in zip(keys, items, strict=True):
            if sweep.ctx.is_active(item) and not sweep.bars.is_shadow(item.id):
                place = clone(key) if kind_type == "dict" else build.const(key)
                backward += sweep.bars.contribute(
                    item.id, build.item(sweep.bars.shadow(name), place)
                )
        return Simple(
            [node, *sweep.ctx.expand([build.assign(sweep.bars.bar((name, ())), made)], None)],
            backward,
        )
    present = [k for k in sweep.bars.keys(name) if k in sweep.bars.status.present]
    parts = [(key[1], build.load(sweep.bars.bar(key))) for key in present]
    sweep.bars.consume(name)
    for path, value in parts:
        if not path:  # its kind does not tell its elements
            for key, item in zip(keys, items, strict=True):
                if sweep.ctx.is_active(item):
                    if sweep.is_written(item.id):
                        return sweep.refused(op.Foreign("container", ()), node.value, node)
                    place = key.value if kind_type == "dict" else key
                    part = sweep.bars.as_told(value, place, sweep.ctx.kind(item.id))
                    backward += sweep.bars.contribute(item.id, part)
            continue
        where = [k.value for k in keys] if kind_type == "dict" else list(keys)
        item = items[where.index(path[0])]
        if sweep.ctx.is_active(item):
            if sweep.bars.is_shadow(item.id) and len(path) > 1:
                continue
            backward += sweep.bars.contribute(item.id, value, path[1:])
    return Simple([node], backward)
