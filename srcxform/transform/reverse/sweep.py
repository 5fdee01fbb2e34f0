"""What all parts of the reverse sweep work with."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import gast

from srcxform.analysis.aliasing import holds_storage, parts_of
from srcxform.core import operations as op
from srcxform.kinds.lattice import UNKNOWN, Items, Kind, Many, Mapping, Number, Record, Unknown
from srcxform.runtime import check_held, shadow_like, structured, zeros_like
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.refusal import written_place
from srcxform.specialise.scope import Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.choices import chosen_away
from srcxform.transform.context import Context, refusing, zero
from srcxform.transform.cotangents import Cotangents
from srcxform.transform.parting import Parting
from srcxform.transform.reverse.shadowed import dynamic_storage
from srcxform.transform.reverse.structure import has_record, has_tuple
from srcxform.transform.steps import Simple, Step
from srcxform.transform.unruled import no_rule


class Sweep:
    """The program, its cotangents, and what every step is written with."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.bars = Cotangents(ctx, dynamic_storage(ctx))
        self.result: Node | None = None
        self.tapes: list[str] = []  # residuals that a function kept apart uses up
        self.chosen = chosen_away(ctx)

    @cached_property
    def parting(self) -> Parting:
        return Parting(self.ctx)

    def block(self, block: Block) -> list[Step]:
        """Write the steps of a block, the last statement first."""
        raise NotImplementedError

    def refused(self, found: op.Operation, value: Node, node: Node) -> Step:
        place = getattr(value, "place", None) or node.place
        return Simple([refusing(self.ctx, no_rule(self.ctx, found, place))])

    def fresh_shadow(self, name: str) -> Node:
        """Write a shadow of zeros for storage that is made here."""
        return self.shadow_line(name, self.zeros(build.load(name), self.ctx.kind(name)))

    def zeros(self, node: Node, kind: Kind) -> Node:
        """Write zeros in the structure of a value; what belongs to an object is a dict."""
        if not has_record(kind) or isinstance(kind, Many):
            maker = shadow_like if has_tuple(kind) or has_record(kind) else zeros_like
            return self.ctx.settled(build.call(build.const(maker), node))
        parts = zip(places(kind), parts_of_kind(kind), strict=True)
        inside = [self.zeros(at_place(node, kind, key), part) for key, part in parts]
        if isinstance(kind, Items):
            return build.sequence(inside, "list")
        return build.mapping(places(kind), inside)

    def structured(self, node: Node, like: Node, kind: Kind) -> Node:
        """Write a shadow in the structure of its value: lists as tuples where that has tuples."""
        if not has_tuple(kind):
            return node
        if not isinstance(kind, (Items, Mapping, Record)):
            return build.call(build.const(structured), node, like=like)
        if isinstance(kind, Items) and not any(map(has_tuple, kind.items)):
            return build.call("tuple", node)
        parts = zip(places(kind), parts_of_kind(kind), strict=True)
        inside = [
            self.structured(
                build.item(clone(node), build.const(key)), at_place(like, kind, key), part
            )
            for key, part in parts
        ]
        if isinstance(kind, Items):
            return build.sequence(inside, kind.type)
        return build.mapping(places(kind), inside)

    def shadow_line(self, name: str, value: Node) -> Node:
        bar = self.bars.bar((name, ()))
        if isinstance(value, (gast.Dict, gast.List)):
            return build.assign(bar, value)
        return self.ctx.expand([build.assign(bar, value)], None)[-1]

    def shadow_of_part(self, item: Node) -> Node:
        if self.ctx.is_active(item) and self.bars.is_shadow(item.id):
            return self.bars.shadow(item.id)
        kind = self.ctx.kind_of_node(item)
        if isinstance(item, gast.Name) and (has_tuple(kind) or has_record(kind)):
            return self.zeros(item, kind)
        return zero(self.ctx, item)

    def held_checks(self, node: Node) -> Block:
        """Ask whether what a container takes up, of a kind not known, is a number after all."""
        value = getattr(node, "value", None)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
            parts = [value]
        elif isinstance(value, gast.Dict):
            parts = value.values
        elif isinstance(value, (gast.List, gast.Tuple)):
            parts = value.elts
        elif isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute):
            parts = value.args
        else:
            return []
        names = [p.id for p in parts if isinstance(p, gast.Name) and self.ctx.is_active(p)]
        checks = [
            build.expression(build.call(build.const(check_held), self.bars.shadow(name),
                                        written_place(node.place)))
            for name in dict.fromkeys(names)
            if self.ctx.kind(name) == UNKNOWN and self.bars.is_shadow(name)
        ]  # fmt: skip
        return self.ctx.expand(checks, node.place) if checks else []

    def is_written(self, name: str) -> bool:
        """Say whether anything writes into what a name leads to."""
        if not holds_storage(self.ctx.kind(name)):
            return False
        return any(part.changed for part in parts_of(self.ctx.storage.storage(name)))

    def is_dict(self, name: str) -> bool:
        kind = self.ctx.kind(name)
        return isinstance(kind, Mapping) or (isinstance(kind, Many) and kind.type == "dict")

    def is_key(self, name: str, index: Node) -> bool:
        """Say whether an index is the key of a dict: of what is not known, text is."""
        text = isinstance(index, gast.Constant) and isinstance(index.value, str)
        return self.is_dict(name) or text and isinstance(self.ctx.kind(name), Unknown)

    def is_number_item(self, base: str, index_kind: Kind) -> bool:
        return isinstance(self.bars.item_kind(base, index_kind), Number)

    def kind_of(self, node: Node) -> Kind:
        state = State(
            self.ctx.program.externals, env=dict(self.ctx.kinds), scope=Scope(None), fixed=True
        )
        return evaluate(state, node)[1]


def places(kind: Kind) -> tuple[Any, ...]:
    """Give the places of a container of known structure."""
    if isinstance(kind, Items):
        return tuple(range(len(kind.items)))
    assert isinstance(kind, (Mapping, Record))
    return kind.keys


def parts_of_kind(kind: Kind) -> tuple[Kind, ...]:
    assert isinstance(kind, (Items, Mapping, Record))
    return kind.items


def at_place(node: Node, kind: Kind, key: Any) -> Node:
    """Write what a container holds at a place."""
    if isinstance(kind, Record):
        return build.attribute(clone(node), key)
    return build.item(clone(node), build.const(key))
