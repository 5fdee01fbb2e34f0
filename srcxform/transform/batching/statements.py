"""Statements of one lane, rewritten for all lanes at once.

Conditions, trip counts and positions that are the same in every lane stay as they are. What is
computed from batched values is computed for all lanes by one call where the function has a
batching rule. Every other statement is run lane by lane, and so is what stands under a condition
that differs from lane to lane.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform.analysis.liveness import Liveness, live_before
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lanes import Flag, batched_kind, differs
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Length,
    Many,
    Mapping,
    Number,
    Record,
)
from srcxform.rules.predicates import class_of
from srcxform.runtime import shadows_with_lanes
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, loads, shallow, stores
from srcxform.transform.batching.calls import called
from srcxform.transform.batching.flags import (
    Apart,
    Escalation,
    has_lanes,
    part_of,
    rank,
)
from srcxform.transform.batching.indexing import lanes_index, stored_rank
from srcxform.transform.batching.lanes import region
from srcxform.transform.batching.sizes import shapes
from srcxform.transform.batching.spreading import aligned, operand, spread
from srcxform.transform.batching.variation import Variation
from srcxform.transform.bound import surely_bound
from srcxform.transform.context import Context

METHODS = ("append", "insert", "extend", "pop", "clear", "reverse", "copy")  # of lists


class Batching:
    """Writes statements for all lanes."""

    def __init__(
        self, ctx: Context, which: Variation, size: Node, length: Length, narrow: bool
    ) -> None:
        self.ctx, self.which = ctx, which
        self.size, self.length, self.narrow = size, length, narrow

    def check_wide(self, kind: Kind) -> None:
        """Escalate for a Python number in each lane that would widen what it meets.

        `np.float32(x) * 0.1` is of single precision, as no array of such numbers is.
        """
        if self.narrow and not isinstance(kind, Array) and class_of(kind) != "b":
            raise Escalation("numbers of Python's beside some of single precision")

    @property
    def names(self) -> Any:
        return self.ctx.names

    def lane_kind(self, name: str) -> Kind:
        """Give the kind that a name has in one lane."""
        return self.ctx.program.kinds.get(name, UNKNOWN)

    def batched(self, kind: Kind, flag: Flag) -> Kind:
        return batched_kind(kind, flag, self.length)

    def expand(self, lines: Block, place: Any = None) -> Block:
        """Inline templates and settle helpers."""
        return self.ctx.expand(lines, place)

    def named_part(self, node: Node, key: Any, kind: Kind, lines: Block) -> Node:
        """Give a part of a container a name; `kind` is what it has there."""
        name = self.names.part(node.id)
        self.ctx.kinds[name] = kind
        if isinstance(self.ctx.kinds.get(node.id), Record):
            lines.append(build.assign(name, build.attribute(clone(node), key)))
        else:
            lines.append(build.assign(name, build.item(clone(node), build.const(key))))
        return build.load(name)

    # Blocks

    def block(self, block: Block, live: set[str], bound: set[str]) -> Block:
        """Rewrite a block; `live` is read behind it, `bound` surely has a value before it."""
        bound, new = set(bound), []
        for position, statement in enumerate(block):
            after = live_before(block[position + 1 :], live)
            place = getattr(statement, "place", None)
            new += build.at(place, self.statement(statement, after, bound))
            bound |= surely_bound([statement])
        return new

    def statement(self, node: Node, live: set[str], bound: set[str]) -> Block:
        try:
            return self.together(node, live, bound)
        except Apart:
            return region(self, [node], live, bound)

    def together(self, node: Node, live: set[str], bound: set[str]) -> Block:
        """Rewrite a statement for all lanes at once. Raises Apart."""
        match node:
            case gast.If(test=test, body=body, orelse=orelse):
                test = self.same(test)
                return [
                    build.branch(test, self.block(body, live, bound),
                                 self.block(orelse, live, bound))
                ]  # fmt: skip
            case gast.While() | gast.For() if self.which.turns_vary(node):
                raise Apart
            case gast.While(test=test, body=body):
                test = self.same(test)
                inside = self.block(body, at_head(node, live), bound)
                return [build.marked(node, build.while_loop(test, inside))]
            case gast.For(target=target, iter=iterable, body=body):
                iterable = self.same(iterable)
                inside = self.block(body, at_head(node, live), bound | stores(target))
                return [build.marked(node, build.for_loop(target, iterable, inside))]
            case gast.With(items=items, body=body):
                if any(map(self.which.varies, items)):
                    raise Apart
                new = shallow(node)
                new.body = self.block(body, live, bound)
                return [new]
            case gast.Try(handlers=[], body=body, finalbody=final):
                new = shallow(node)
                new.body = self.block(body, live | live_before(final, live), bound)
                new.finalbody = self.block(final, live, bound)
                return [new]
            case gast.Try():
                if self.which.varies(node.body) or self.touches(node):
                    raise Apart
                return [node]
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                return self.assigned(name, value, node)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=source):
                return self.unpacked(targets, source, node)
            case gast.Assign(targets=[target], value=value):
                return self.stored(target, value, None)
            case gast.AugAssign(target=gast.Name(id=name), op=operator, value=value):
                return self.augmented(name, operator, value, node)
            case gast.AugAssign(target=target, op=operator, value=value):
                return self.stored(target, value, operator)
            case gast.Expr(value=value):
                return self.effect(value, node)
        if self.touches(node):
            raise Apart
        return [node]

    def touches(self, node: Node) -> bool:
        """Say whether a statement has to do with anything that differs from lane to lane."""
        flags = self.which.flags
        return any(differs(flags.get(n, False)) for n in loads(node) | stores(node))

    def same(self, node: Node) -> Node:
        """Rewrite an expression that is the same in every lane. Raises Apart if it is not."""
        if self.which.varies(node):
            raise Apart
        return shapes(self, node)

    # Assignments

    def assigned(self, name: str, value: Node, node: Node) -> Block:
        """Rewrite `name = value`."""
        want: Flag = self.which.flags.get(name, False)
        have = self.which.of_value(value)
        kind = self.lane_kind(name)
        if not differs(have):
            value = self.same(value)
            if not differs(want):
                new = shallow(node)
                new.value = value
                return self.taken_apart(new)
            if isinstance(self.ctx.operation(value), op.Twins):
                return self.twins(name, value, want)
            like = self.zeros_of(value)
            if like is not None and want is True:
                return self.zeros(name, like)
            own = self.names.part(name)
            self.ctx.kinds[own] = kind
            lines = self.taken_apart(build.assign(own, value))
            return [*lines, *self.spread_to(name, build.load(own), kind, False, want)]
        found = self.ctx.operation(value)
        match found:
            case op.Copy(source=source):
                return self.spread_to(name, source, kind, have, want)
            case op.Item() | op.Field():
                return self.item(name, found, kind, have, want)
            case op.Display(items=items, owner=None):
                return self.displayed(name, found, items, want)
            case op.RuleCall() | op.Constant():
                return called(self, name, found, value, getattr(node, "place", None))
            case op.Twins():
                if not all(has_lanes(self.which.of(part)) for part in value.args):
                    raise Escalation("shadows with and without lanes")
                return [node]  # what shares memory in one lane does so in all
            case op.Listing(source=source):
                if not isinstance(self.which.kind(source), Array) and have == want:
                    return [node]
            case op.Method():
                return [build.assign(name, self.method(found))]
        raise Apart

    def twins(self, name: str, value: Node, want: Flag) -> Block:
        """Copy shadows for each lane; what they share in one lane, they share in all."""
        plain = all(isinstance(self.which.kind(part), Array) for part in value.args)
        if not plain or want != (True,) * len(value.args):
            raise Escalation("shadows that are not all arrays")
        made = build.call(build.const(shadows_with_lanes), clone(self.size), *value.args)
        return self.expand([build.assign(name, made)])

    def zeros_of(self, value: Node) -> Node | None:
        """Give the array that `np.zeros_like` is called with, if that is what a value is."""
        match value:
            case gast.Call(func=func, args=[gast.Name() as like], keywords=[]):
                kind = self.which.kind(like)
                known = isinstance(kind, Array) and kind.rank and kind.cls in "fc"
                if known and known_object(func, self.ctx.program.externals) is np.zeros_like:
                    return like
        return None

    def zeros(self, name: str, like: Node) -> Block:
        """Write `name = ` zeros like an array, for each lane."""
        lines: Block = []
        lengths = [clone(self.size)]
        for k in range(rank(self.which.kind(like)) or 0):
            part = self.names.part("size")
            lines.append(build.assign(part, build.item(build.attribute(like.id, "shape"), k)))
            lengths.append(build.load(part))
        shape, dtype = self.names.part("shape"), self.names.part("dtype")
        lines.append(build.assign(shape, build.sequence(lengths)))
        lines.append(build.assign(dtype, build.attribute(like.id, "dtype")))
        made = build.call(build.const(np.zeros), build.load(shape), build.load(dtype))
        return self.expand([*lines, build.assign(name, made)])

    def taken_apart(self, line: Node) -> Block:
        """Name the parts of a shape that is written out."""
        value = line.value
        if not isinstance(value, gast.Tuple):
            return [line]
        lines: Block = []
        elts = []
        for part in value.elts:
            if not isinstance(part, (gast.Name, gast.Constant)):
                part_name = self.names.part("size")
                self.ctx.kinds[part_name] = Number("i")
                lines.append(build.assign(part_name, part))
                part = build.load(part_name)
            elts.append(part)
        return [*lines, build.assign(line.targets[0], build.sequence(elts))]

    def spread_to(self, name: str, node: Node, kind: Kind, have: Flag, want: Flag) -> Block:
        """Write `name = node`, with the lanes that the name has."""
        lines: Block = []
        value = spread(self, node, kind, have, want, lines)
        return [*lines, *self.expand([build.assign(name, value)])]

    def displayed(self, name: str, found: op.Display, items: Any, want: Flag) -> Block:
        kind = self.lane_kind(name)
        lines: Block = []
        made = []
        for position, item in enumerate(items):
            key = position if found.type != "dict" else found.keys[position].value
            theirs = part_of(want, kind, key) if want is not True else True
            made.append(operand(self, item, theirs, lines))
        if found.type == "dict":
            value: Node = gast.Dict(keys=list(map(clone, found.keys)), values=made)
        else:
            value = build.sequence(made, found.type)
        return [*lines, build.assign(name, value)]

    def item(self, name: str, found: Any, kind: Kind, have: Flag, want: Flag) -> Block:
        """Read an item of an array or container, or a field."""
        base = self.which.kind(found.base)
        if isinstance(found, op.Field) or isinstance(base, (Items, Mapping, Many)):
            if isinstance(found, op.Field):
                value = build.attribute(clone(found.base), found.name)
            else:
                value = build.item(clone(found.base), self.same(found.index))
            if have == want:
                return [build.assign(name, value)]
            own = self.names.part(name)
            self.ctx.kinds[own] = self.batched(kind, have)
            return [
                build.assign(own, value),
                *self.spread_to(name, build.load(own), kind, have, want),
            ]
        lines: Block = []
        index = lanes_index(self, found.base, found.index, lines)
        value = build.item(clone(found.base), index)
        changed = self.ctx.storage.is_changed(found.base.id)
        if changed and not isinstance(kind, Array):
            own = self.names.part(name)
            self.ctx.kinds[own] = self.batched(kind, True)
            lines.append(build.assign(own, value))
            return [*lines, *self.expand([build.assign(name, build.call(
                build.const(np.copy), build.load(own)))])]  # fmt: skip
        if changed and self.which.varies(found.index) and self.ctx.storage.is_changed(name):
            raise Apart
        return [*lines, build.assign(name, value)]

    def unpacked(self, targets: list[Node], source: Node, node: Node) -> Block:
        kind, have = self.which.kind(source), self.which.of(source)
        flags = [(t.id, self.which.flags.get(t.id, False)) for t in targets]
        if not differs(have) and not any(differs(flag) for _, flag in flags):
            return [node]
        if not isinstance(kind, (Items, Many)):
            raise Apart
        if all(part_of(have, kind, k) == flag for k, (_, flag) in enumerate(flags)):
            return [node]
        raise Escalation("a container with and without lanes")

    def augmented(self, name: str, operator: Node, value: Node, node: Node) -> Block:
        """Rewrite `name += value`: numbers are bound anew, arrays written in place."""
        if not differs(self.which.flags.get(name, False)):
            return [node]
        kind = self.lane_kind(name)
        if isinstance(kind, (Number, Const)):
            value = build.binary(build.load(name), operator, value)
            return self.assigned(name, value, node)
        lines: Block = []
        value = aligned(self, value, rank(kind), lines)
        return [*lines, build.augment(name, operator, value)]

    def stored(self, target: Node, value: Node, operator: Node | None) -> Block:
        """Rewrite `base[index] = value` and `base[index] += value`."""
        base = target.value
        flag, kind = self.which.of(base), self.which.kind(base)
        lines: Block = []
        if not differs(flag):
            new = clone(target)
            if isinstance(target, gast.Subscript):
                new.slice = self.same(target.slice)
            value = self.same(value)
        elif isinstance(kind, Array) and isinstance(target, gast.Subscript):
            axes = stored_rank(self, kind, target.slice)
            value = aligned(self, value, axes, lines)
            new = build.item_store(base.id, lanes_index(self, base, target.slice, lines))
        elif isinstance(kind, (Items, Mapping, Many)) and isinstance(target, gast.Subscript):
            if operator is not None or isinstance(target.slice, gast.Slice):
                raise Escalation("a container is written to")
            new = clone(target)
            new.slice = self.same(target.slice)
            key = target.slice.value if isinstance(target.slice, gast.Constant) else None
            want = part_of(flag, kind, key)
            value = operand(self, value, want, lines)
        else:
            raise Escalation("an object is written to")
        if operator is not None:
            return [*lines, build.augment(new, operator, value)]
        return [*lines, build.assign(new, value)]

    def effect(self, value: Node, node: Node) -> Block:
        """Rewrite a call for its effect."""
        if not self.touches(node):
            return [node]
        found = self.ctx.operation(value)
        lines: Block = []
        match found:
            case op.AddAt(base=base, index=index, value=added):
                kind = self.which.kind(base)
                if not isinstance(kind, Array):
                    raise Apart
                added = aligned(self, added, stored_rank(self, kind, index), lines)
                new = shallow(value)
                place = lanes_index(self, base, index, lines)
                new.args = [clone(base), build.index_value(place), added]
                return [*lines, build.expression(new)]
            case op.Method():
                call = self.method(found, lines)
                return [*lines, build.expression(call)]
        raise Apart

    def method(self, found: op.Method, lines: Block | None = None) -> Node:
        """Rewrite a method of a list."""
        flag, kind = self.which.of(found.base), self.which.kind(found.base)
        if not isinstance(kind, (Items, Many)) or kind.type != "list":
            raise Escalation("a method of an object")
        if found.name not in METHODS or (isinstance(kind, Items) and flag is not True):
            raise Escalation("a method of an object")
        args = []
        for position, arg in enumerate(found.args):
            goes_in = (found.name, position) in (("append", 0), ("insert", 1), ("extend", 0))
            if goes_in and lines is not None:
                args.append(operand(self, arg, True, lines))
            else:
                args.append(self.same(arg))
        return build.method(found.base.id, found.name, *args)


def at_head(loop: Node, live: set[str]) -> set[str]:
    """Give what is read behind one turn of a loop."""
    return Liveness().statement(loop, live)
