"""Which containers have a shadow: those that are reached by places known only at run time."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.core import operations as op
from srcxform.kinds.lattice import Items, Many, Mapping, Record
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks
from srcxform.transform.context import Context
from srcxform.transform.reverse.structure import holds_many


def dynamic_storage(ctx: Context) -> set[int]:
    """Give the containers whose elements are reached by positions known only at run time."""
    found: set[int] = set()
    copies: list[tuple[Node, Node]] = []

    def note(node: Node) -> None:
        if isinstance(node, gast.Name) and isinstance(ctx.kind(node.id), (Items, Mapping, Record)):
            found.add(id(ctx.storage.storage(node.id)))

    def visit(block: Block) -> None:
        for statement in block:
            match statement:
                case gast.Assign(targets=[target], value=value):
                    match ctx.operation(value):
                        case op.Item(base=base, index=index):
                            if is_part(ctx, base, index):
                                note(target)  # a part of a list with a shadow has one
                            if not (
                                isinstance(index, gast.Constant)
                                and isinstance(index.value, (int, str))
                            ) or (isinstance(index.value, int) and index.value < 0):
                                note(base)
                        case op.Method(base=base, name=method):
                            note(base)
                            if method == "copy":
                                note(target)
                        case op.Listing(source=gast.Name() as source):
                            copies.append((target, source))
                        case op.Foreign(operands=names):
                            for name in names:
                                note(build.load(name))
                case gast.For(iter=iterable):
                    for node in gast.walk(iterable):
                        if isinstance(node, gast.Name) and not isinstance(iterable, gast.Call):
                            note(node)
            for inner in blocks(statement):
                visit(inner)

    visit(ctx.program.body)
    found = with_holders(ctx, found)
    while True:  # a copy of a list with a shadow has one
        count = len(found)
        for target, source in copies:
            storage = ctx.storage.storage(source.id)
            if storage.changed or id(storage) in found:
                note(target)
        found = with_holders(ctx, found)
        if len(found) == count:
            return found


def is_part(ctx: Context, base: Node, index: Node) -> bool:
    """Say whether an item of a list is a part of it, not an element."""
    if not isinstance(base, gast.Name) or not isinstance(ctx.kind(base.id), (Items, Many)):
        return False
    kind = ctx.kind_of_node(index)
    return isinstance(index, gast.Slice) or (isinstance(kind, Items) and kind.type == "slice")


def with_holders(ctx: Context, found: set[int]) -> set[int]:
    """Add the containers of storage that has a shadow: their shadows hold that shadow."""

    def has_shadow(storage: Any, seen: set[int]) -> bool:
        storage = storage.root()
        if storage.changed or id(storage) in found:
            return True
        if id(storage) in seen:
            return False
        seen.add(id(storage))
        return any(has_shadow(part, seen) for part in storage.fields.values())

    for name in list(ctx.storage.of_name):
        if isinstance(ctx.kind(name), (Items, Mapping, Record)):
            storage = ctx.storage.storage(name)
            many = not isinstance(ctx.kind(name), Record) and holds_many(ctx.kind(name))
            if many or any(has_shadow(part, set()) for part in storage.fields.values()):
                found.add(id(storage))
    return found
