"""Copies of storage that is written later, for backward lines that read what it held."""

from __future__ import annotations

import gast

from srcxform.kinds.lattice import Array, Const, Items, Kind, Many, Mapping, Number
from srcxform.runtime import snapshot
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import rename, walk
from srcxform.transform.context import Context
from srcxform.transform.order import defines
from srcxform.transform.overwriting import Overwriting
from srcxform.transform.steps import Simple


def snapshots(ctx: Context, overwriting: Overwriting) -> None:
    """Let backward lines that read the content of changing storage read a copy of it."""
    changed = {name for name in ctx.storage.of_name if ctx.storage.is_changed(name)}
    for step in overwriting.order.steps:
        if not isinstance(step, Simple) or not step.backward:
            continue
        wanted = sorted(content_reads(ctx, step.backward) & changed)
        for name in wanted:
            if name not in ctx.program.kinds or not overwriting.is_overwritten(name, step):
                continue
            copy = ctx.names.part(name)
            ctx.kinds[copy] = ctx.kind(name)
            step.backward = [replaced(line, name, copy) for line in step.backward]
            line = build.assign(copy, copied(ctx, name))
            line.place = step.place
            if name in defines(step):
                step.forward = [*step.forward, line]
            else:
                step.forward = [line, *step.forward]


def copied(ctx: Context, name: str) -> Node:
    if isinstance(ctx.kind(name), Array):
        return ctx.program.externals.copied(name)
    if holds_numbers(ctx.kind(name)):
        return build.method(name, "copy")
    function = ctx.program.externals.reference(snapshot)
    return build.call(function, build.load(name))


def holds_numbers(kind: Kind) -> bool:
    """Say whether a list or dict holds numbers alone: a copy of it shares nothing that changes."""
    match kind:
        case Items(type="list", items=items) | Mapping(items=items):
            return all(isinstance(item, (Number, Const)) for item in items)
        case Many(type="list" | "dict", item=item):
            return isinstance(item, (Number, Const))
    return False


def content_reads(ctx: Context, block: Block) -> set[str]:
    """Give the names whose content is read: not only the shape of an array, which stays."""
    found: set[str] = set()
    for line in block:
        shapes = {
            id(n) for call in walk(line) for n in shape_arguments(call)
            if isinstance(n, gast.Name) and isinstance(ctx.kind(n.id), Array)
        }  # fmt: skip
        found |= {
            n.id for n in walk(line)
            if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load) and id(n) not in shapes
        }  # fmt: skip
    return found


def shape_arguments(node: Node) -> list[Node]:
    if not isinstance(node, gast.Call):
        return []
    name = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "")
    found = [k.value for k in node.keywords if k.arg == "like"]
    if name in ("zeros_like", "ones_like", "empty_like", "shape", "len", "ndim", "size"):
        found += node.args[:1]
    return [n for part in found for n in walk(part)]


def replaced(line: Node, name: str, copy: str) -> Node:
    """Rename the reads of a name's content in one line."""
    new = rename(line, {name: copy})
    new.place = getattr(line, "place", None)
    return new
