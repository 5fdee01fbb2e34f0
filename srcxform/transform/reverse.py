"""Reverse mode: for each statement, what it contributes to the cotangents of what it read.

The steps come out in the order of the program; see `steps`. What a value looked like when its
statement ran is not this file's concern: backward lines name primal values freely, and `saving`
makes them available.
"""

from __future__ import annotations

import operator
from typing import Any

import gast
import numpy as np

from srcxform.analysis.activity import passes
from srcxform.analysis.aliasing import READ_ONLY, holds_storage, parts_of
from srcxform.core import operations as op
from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Record,
    Unknown,
    element,
    is_differentiable,
)
from srcxform.optimise.passes import tidy
from srcxform.runtime import (
    check_distinct,
    check_view,
    shadow_like,
    structured,
    unbroadcast,
    zeros_like,
)
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.scope import Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone, stores
from srcxform.transform.context import (
    Context,
    lost,
    missing,
    no_rule,
    refusing,
    template_call,
    with_defaults,
    written_beside,
)
from srcxform.transform.cotangents import Cotangents, Status, is_fresh, may_repeat
from srcxform.transform.forward import rule_operands, unknown_argument
from srcxform.transform.steps import Branch, Loop, Simple, Step


def dynamic_storage(ctx: Context) -> set[int]:
    """Give the containers whose elements are reached by positions known only at run time."""
    found: set[int] = set()

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
                        case op.Method(base=base):
                            note(base)
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
    return with_holders(ctx, found)


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
            if any(has_shadow(part, set()) for part in storage.fields.values()):
                found.add(id(storage))
    return found


class Reverse:
    """Writes steps; `bars` follows what the backward sweep has contributed so far."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.bars = Cotangents(ctx, dynamic_storage(ctx))
        self.result: Node | None = None

    # -- blocks

    def block(self, block: Block) -> list[Step]:
        steps: list[Step] = []
        for statement in reversed(block):
            step = self.statement(statement)
            step.place = getattr(statement, "place", None)
            if isinstance(step, Simple):
                build.at(step.place, step.forward)
                build.at(step.place, step.backward)
                live = set(self.bars.bars.values())
                step.backward = tidy(step.backward, live, self.ctx.program.externals)
            steps.append(step)
        return steps[::-1]

    def statement(self, node: Node) -> Step:
        told = lost(self.ctx, node)
        if told is not None:
            return Simple([refusing(self.ctx, told)])
        match node:
            case gast.If():
                return self.branch(node)
            case gast.For() | gast.While():
                return self.loop(node)
            case gast.Return(value=value):
                self.result = value
                return Simple([])
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                return self.assigned(name, value, node)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=source):
                return self.unpacked([t.id for t in targets], source, node)
            case gast.Assign(targets=[target], value=value):
                return self.stored(target, value, node)
            case gast.AugAssign(target=target, op=operator, value=value):
                return self.augmented(target, operator, value, node)
            case gast.Expr(value=value):
                return self.effect(value, node)
        return Simple([node])

    def branch(self, node: Node) -> Branch:
        """Both branches leave the same cotangents present: what one lacks it sets to zero."""
        before = self.bars.status.copy()
        body = spread_groups(self.block(node.body))
        after_body, self.bars.status = self.bars.status, before.copy()
        orelse = spread_groups(self.block(node.orelse))
        after_orelse = self.bars.status
        merged = Status()
        for key in [
            *after_body.present,
            *(k for k in after_orelse.present if k not in after_body.present),
        ]:
            owned = True
            for status, steps in ((after_body, body), (after_orelse, orelse)):
                if key in status.present:
                    owned = owned and status.present[key]
                    continue
                zero = self.ctx.expand(
                    [build.assign(self.bars.bar(key), self.bars.zero(key))], node.place
                )
                steps.insert(0, Simple([], zero))
            merged.present[key] = owned
        self.bars.status = merged
        return Branch(node.test, body, orelse, node.place)

    def loop(self, node: Node) -> Step:
        """Cotangents that live through the loop exist before it and after each turn."""
        start = self.bars.status.copy()
        carried = dict(start.present)
        outer_needs, self.bars.needs_own = self.bars.needs_own, set()
        while True:
            self.bars.status = Status(dict(carried))
            saved = set(self.ctx.names.taken), dict(self.ctx.names.counts)
            body = spread_groups(self.block(node.body))
            end = self.bars.status.present
            new = {}
            for key in [*carried, *(k for k in end if k not in carried)]:
                owned = carried.get(key, True) and end.get(key, True)
                new[key] = True if key in self.bars.needs_own else owned
            if new == carried:
                break
            carried = new
            self.ctx.names.taken, self.ctx.names.counts = saved
            self.ctx.names.take(self.bars.bars.values())
        closing: Block = []
        for key in carried:
            if key not in end:
                closing += self.ctx.expand(
                    [build.assign(self.bars.bar(key), self.bars.zero(key))], node.place
                )
            elif carried[key] and not end[key]:
                bar = self.bars.bar(key)
                closing.append(build.assign(bar, build.method(bar, "copy")))
        body.insert(0, Simple([], build.at(node.place, closing)))
        opening: Block = []
        for key, owned in carried.items():
            bar = self.bars.bar(key)
            if key not in start.present:
                opening += self.ctx.expand([build.assign(bar, self.bars.zero(key))], node.place)
            elif owned and not start.present[key]:
                opening.append(build.assign(bar, build.method(bar, "copy")))
        self.bars.needs_own |= outer_needs
        self.bars.status = Status(dict(carried))
        return self.looped(node, body, build.at(node.place, opening))

    def looped(self, node: Node, body: list[Step], opening: Block) -> Step:
        """Put a loop together with what sets its cotangents up and what counts its turns."""
        steps: list[Step] = []
        is_for = isinstance(node, gast.For)
        target = node.target if is_for else build.store(self.ctx.names.like("_"))
        header = node.iter if is_for else None
        counted = not is_for or leaves_early(node.body)
        if is_for and self.changes(header, node):
            holder = self.ctx.names.part("steps")
            held = header if is_range(header) else build.call("list", header)
            steps.append(Simple([build.assign(holder, held)], [], node.place))
            self.note(holder, held)
            node = with_header(node, build.load(holder))
            header = build.load(holder)
        if counted:
            trips = self.ctx.names.part("trips")
            self.ctx.kinds[trips] = self.ctx.kinds[f"{trips}_"] = general_int()
            steps.append(Simple([build.assign(trips, build.const(0))], [], node.place))
            count = build.assign(trips, build.binary(build.load(trips), gast.Add(), build.const(1)))
            body = [Simple(build.at(node.place, [count]), [], node.place), *body]
        if not is_for:
            backward: Node = build.call("range", build.load(trips))
        else:
            backward = reversed_header(header, build.load(trips) if counted else None)
        loop = Loop(node, body, backward, target, node.place)
        return Group([*steps, loop, Simple([], opening)])

    def note(self, name: str, value: Node) -> None:
        self.ctx.kinds[name] = self.kind_of(value)

    def changes(self, header: Node, loop: Node) -> bool:
        """Say whether the loop changes what its header reads."""
        read = {n.id for n in gast.walk(header) if isinstance(n, gast.Name)}
        bound = {n for s in loop.body for n in stores(s)}
        if read & bound:
            return True
        return any(self.ctx.storage.is_changed(name) for name in read)

    # -- statements

    def assigned(self, name: str, value: Node, node: Node) -> Step:
        found = self.ctx.operation(value)
        if name not in self.ctx.active:
            if isinstance(found, op.Foreign) and any(n in self.ctx.active for n in found.operands):
                return self.refused(found, value, node)
            if isinstance(found, op.Method) and self.ctx.is_active(found.base):
                return self.method(name, found, node)
            return Simple([node])
        shadowed = self.bars.is_shadow(name)
        if (
            not shadowed
            and not self.bars.is_present(name)
            and not isinstance(found, (op.Foreign, op.Method, op.Field))
        ):
            self.bars.consume(name)
            return Simple([node])
        forward: Block = [node]
        backward: Block = []
        match found:
            case op.Foreign(operands=names) if any(n in self.ctx.active for n in names):
                return self.refused(found, value, node)
            case op.Method(base=base) if self.ctx.is_active(base):
                return self.method(name, found, node)
            case op.Copy(source=source) if self.ctx.is_active(source):
                return self.copied(name, source, node)
            case op.Item(base=base, index=index) if self.ctx.is_active(base):
                return self.item(name, base.id, index, node)
            case op.Field(base=base, name=attr) if self.bars.is_static(getattr(base, "id", "")):
                return self.field(name, base.id, attr, node)
            case op.Display(items=items, keys=keys, type=kind_type):
                return self.display(name, kind_type, keys, items, node)
            case op.RuleCall() if any(map(self.ctx.is_active, rule_operands(found))):
                return self.ruled(name, found, node)
            case op.Listing(source=source) if self.ctx.is_active(source):
                return self.listed(name, source, node)
            case op.Apart(args=args) if any(map(self.ctx.is_active, args)):
                return self.apart(name, found, node)
        if passes(value, self.ctx.active, self.ctx.storage):
            return self.refused(found, value, node)
        if shadowed:
            forward.append(self.fresh_shadow(name))
        self.bars.consume(name)
        return Simple(forward, backward)

    def refused(self, found: op.Operation, value: Node, node: Node) -> Step:
        place = getattr(value, "place", None) or node.place
        return Simple([refusing(self.ctx, no_rule(self.ctx, found, place))])

    def fresh_shadow(self, name: str) -> Node:
        """Write a shadow of zeros for storage that is made here."""
        maker = shadow_like if has_tuple(self.ctx.kind(name)) else zeros_like
        return self.shadow_line(name, build.call(build.const(maker), build.load(name)))

    def shadow_line(self, name: str, value: Node) -> Node:
        bar = self.bars.bar((name, ()))
        return self.ctx.expand([build.assign(bar, value)], None)[-1]

    def copied(self, name: str, source: Node, node: Node) -> Step:
        if self.bars.is_shadow(name):
            return Simple([node, self.shadow_line(name, self.bars.shadow(source.id))])
        keys = [k for k in self.bars.keys(name) if k in self.bars.status.present]
        values = [(path, build.load(self.bars.bar((name, path)))) for _, path in keys]
        owned = [self.bars.status.present[key] for key in keys]
        self.bars.consume(name)
        backward: Block = []
        for (path, value), own in zip(values, owned, strict=True):
            fresh = (source.id, path) not in self.bars.status.present
            backward += self.bars.contribute(source.id, value, path)
            if fresh and own and (source.id, path) in self.bars.status.present:
                self.bars.status.present[(source.id, path)] = True  # handed over
        return Simple([node], backward)

    def item(self, name: str, base: str, index: Node, node: Node) -> Step:
        """`name = base[index]`."""
        index_kind = self.kind_of(index)
        base_kind = self.ctx.kind(base)
        if self.bars.is_shadow(base):
            return self.shadow_item(name, base, index, index_kind, node)
        if self.bars.is_static(base):
            path = (index.value,)
            keys = [k for k in self.bars.keys(name) if k in self.bars.status.present]
            parts = [(key[1], build.load(self.bars.bar(key))) for key in keys]
            self.bars.consume(name)
            backward: Block = []
            for inner, value in parts:
                backward += self.bars.contribute(base, value, (*path, *inner))
            return Simple([node], backward)
        g = self.bars.value(name)
        self.bars.consume(name)
        if isinstance(base_kind, Array):
            return Simple([node], self.bars.into_item(base, index, index_kind, g))
        from srcxform.runtime import scatter

        spread = build.call(
            build.const(scatter), g, build.index_value(clone(index)), like=build.load(base)
        )
        return Simple([node], self.bars.contribute(base, spread))

    def shadow_item(self, name: str, base: str, index: Node, index_kind: Kind, node: Node) -> Step:
        base_bar = self.bars.shadow(base)
        if self.bars.is_shadow(name):
            if isinstance(self.ctx.kind(base), Array) and is_advanced(index_kind):
                added = self.add_at(base_bar, index, index_kind, self.bars.shadow(name))
                return Simple([node, self.fresh_shadow(name)], added)
            if not isinstance(self.ctx.kind(base), Array) and is_slice(index_kind):
                return self.shallow_copy(name, base, index, node)
            return Simple([node, self.shadow_line(name, build.item(base_bar, clone(index)))])
        g = self.bars.value(name)
        self.bars.consume(name)
        if isinstance(self.ctx.kind(base), Array):
            return Simple([node], self.add_at(base_bar, index, index_kind, g))
        return Simple([node], self.add_to_element(name, base_bar, index, g))

    def shallow_copy(self, name: str, base: str, index: Node | None, node: Node) -> Step:
        """A list or dict (or a part of a list) copied: storage that it holds is shared.

        What has a shadow of its own is the same in both shadows; the cotangents of all else in
        the copy are added back, one by one.
        """
        shared = {self.bars.is_shared(name, kind) for kind in elements_of(self.ctx.kind(name))}
        if len(shared) > 1:
            return self.refused(
                op.Foreign("copying a list of numbers and of changing arrays", ()), node.value, node
            )
        held, copy = self.bars.shadow(base), self.bars.shadow(name)
        if index is not None:
            made = build.item(held, clone(index))
        elif self.is_dict(base):
            made = build.method(held, "copy")
        else:
            made = build.call("list", held)
        forward = [node, self.shadow_line(name, made)]
        if shared != {False}:
            return Simple(forward)
        place = self.ctx.names.like("k" if not self.is_dict(base) else "key")
        self.ctx.kinds[place] = general_int() if not self.is_dict(base) else UNKNOWN
        start, source = build.load(place), build.load(place)
        header: Node = clone(copy)
        target: Node = build.store(place)
        if index is not None:
            origin = self.ctx.names.like("k")
            self.ctx.kinds[origin] = general_int()
            source = build.load(origin)
            positions = build.item(
                build.call("range", build.call("len", clone(held))), clone(index)
            )
            header = build.call("enumerate", positions)
            target = build.sequence([build.store(place), build.store(origin)], ctx=gast.Store())
        elif not self.is_dict(base):
            header = build.call("range", build.call("len", clone(copy)))
        element = self.ctx.names.part(f"{name}_bar")
        self.ctx.kinds[element] = element_kind(self.ctx.kind(name))
        lines = [
            build.assign(element, build.item(clone(copy), start)),
            *self.add_to_element(element, held, source, build.load(element)),
        ]
        return Simple(forward, [build.for_loop(target, header, lines)])

    def add_to_element(self, name: str, base_bar: Node, index: Node, g: Node) -> Block:
        """Add to an element of a shadow list or dict: arrays in place, numbers by a new value."""
        kind = self.ctx.kind(name)
        if isinstance(kind, (Number, Array)):
            return self.ctx.expand(
                [build.augment(build.item_store(base_bar, clone(index)), gast.Add(), g)], None
            )
        from srcxform.runtime import add

        element = build.item(base_bar, clone(index))
        total = build.call(build.const(add), element, g)
        return self.ctx.expand(
            [build.assign(build.item_store(clone(base_bar), clone(index)), total)], None
        )

    def add_at(self, base_bar: Node, index: Node, index_kind: Kind, g: Node) -> Block:
        if may_repeat(index_kind):
            at = build.attribute(build.attribute(self.bars.numpy(), "add"), "at")
            return self.ctx.expand(
                [build.expression(build.call(at, base_bar, build.index_value(clone(index)), g))],
                None,
            )
        return self.ctx.expand(
            [build.augment(build.item_store(base_bar, clone(index)), gast.Add(), g)], None
        )

    def field(self, name: str, base: str, attr: str, node: Node) -> Step:
        """`name = base.attr`, of a namedtuple or dataclass that nobody changes."""
        present = [key for key in self.bars.keys(name) if key in self.bars.status.present]
        parts = [(path, build.load(self.bars.bar((name, path)))) for _, path in present]
        self.bars.consume(name)
        backward: Block = []
        for path, value in parts:
            backward += self.bars.contribute(base, value, (attr, *path))
        return Simple([node], backward)

    def listed(self, name: str, source: Node, node: Node) -> Step:
        """`name = list(source)`: a container of its own, added back element by element."""
        held = self.bars.shadow(name)
        kind = self.ctx.kind(source.id)
        if isinstance(kind, Array):
            made = build.call(build.attribute(self.bars.numpy(), "array"), held)
            return Simple([node, self.fresh_shadow(name)], self.bars.contribute(source.id, made))
        if self.bars.is_shadow(source.id):
            return self.shallow_copy(name, source.id, None, node)
        return Simple([node, self.fresh_shadow(name)], self.bars.contribute(source.id, held))

    def apart(self, name: str, found: op.Apart, node: Node) -> Step:
        """A function kept apart: its forward sweep here, its backward sweep there."""
        active = [arg for arg in found.args if self.ctx.is_active(arg)]
        if self.bars.is_static(name) and holds_many(self.ctx.kind(name)):
            return self.refused(op.Foreign(found.callee.function, ()), node.value, node)
        if any(self.is_written(one) for one in (name, *(arg.id for arg in active))):
            return Simple([refusing(self.ctx, written_beside(found, node.place))])
        mask = tuple(map(self.ctx.is_active, found.args))
        residuals = self.ctx.names.part("residuals")
        self.ctx.kinds[residuals] = UNKNOWN
        function = self.ctx.requests.ask(found.callee, "vjp", mask)
        targets = build.sequence([build.store(name), build.store(residuals)], ctx=gast.Store())
        forward = [build.assign(targets, build.call(function, *map(clone, found.args)))]
        if self.bars.is_shadow(name):  # nobody writes to it: it only gathers
            forward.append(self.fresh_shadow(name))
        g = self.bars.value(name)
        if self.bars.is_shadow(name) and has_tuple(self.ctx.kind(name)):
            g = build.call(build.const(structured), g, like=build.load(name))
        lines: Block = []
        if not isinstance(g, (gast.Name, gast.Constant)):
            holder = self.bars.part(f"{name}_bar")
            lines = self.ctx.expand([build.assign(holder, g)], None)
            g = build.load(holder)
        self.bars.consume(name)
        back = build.call(
            self.ctx.requests.backward_name(found.callee, mask), build.load(residuals), g
        )
        names = [self.bars.part(f"{arg.id}_bar") for arg in active]
        for arg, bar in zip(active, names, strict=True):
            self.ctx.kinds[bar] = self.ctx.kind(arg.id)
        if len(names) == 1:
            lines.append(build.assign(names[0], back))
        else:
            lines.append(
                build.assign(build.sequence(map(build.store, names), ctx=gast.Store()), back)
            )
        for arg, bar in zip(active, names, strict=True):
            lines += self.bars.contribute(arg.id, build.load(bar))
        return Simple(forward, lines)

    def is_written(self, name: str) -> bool:
        """Say whether anything writes into what a name leads to."""
        if not holds_storage(self.ctx.kind(name)):
            return False
        return any(part.changed for part in parts_of(self.ctx.storage.storage(name)))

    def display(self, name: str, kind_type: str, keys: Any, items: Any, node: Node) -> Step:
        backward: Block = []
        if self.bars.is_shadow(name):
            parts = [self.shadow_of_part(item) for item in items]
            made = (
                gast.Dict(keys=[clone(k) for k in keys], values=parts)
                if kind_type == "dict"
                else build.sequence(parts, "list")
            )
            for key, item in zip(keys, items, strict=True):
                if self.ctx.is_active(item) and not self.bars.is_shadow(item.id):
                    place = clone(key) if kind_type == "dict" else build.const(key)
                    backward += self.bars.contribute(
                        item.id, build.item(self.bars.shadow(name), place)
                    )
            return Simple(
                [node, *self.ctx.expand([build.assign(self.bars.bar((name, ())), made)], None)],
                backward,
            )
        present = [k for k in self.bars.keys(name) if k in self.bars.status.present]
        parts = [(key[1], build.load(self.bars.bar(key))) for key in present]
        self.bars.consume(name)
        for path, value in parts:
            if not path:  # its kind does not tell its elements
                for key, item in zip(keys, items, strict=True):
                    if self.ctx.is_active(item):
                        if self.is_written(item.id):
                            return self.refused(op.Foreign("container", ()), node.value, node)
                        place = clone(key) if kind_type == "dict" else build.const(key)
                        backward += self.bars.contribute(item.id, build.item(clone(value), place))
                continue
            where = [k.value for k in keys] if kind_type == "dict" else list(keys)
            item = items[where.index(path[0])]
            if self.ctx.is_active(item):
                if self.bars.is_shadow(item.id) and len(path) > 1:
                    continue
                backward += self.bars.contribute(item.id, value, path[1:])
        return Simple([node], backward)

    def shadow_of_part(self, item: Node) -> Node:
        if self.ctx.is_active(item) and self.bars.is_shadow(item.id):
            return self.bars.shadow(item.id)
        from srcxform.transform.context import zero

        return zero(self.ctx, item)

    def ruled(self, name: str, found: op.RuleCall, node: Node) -> Step:
        """A function with a rule: its template, on the result's cotangent."""
        rule, given = found.rule, found.given
        place = getattr(found.node, "place", None) or node.place
        templates = list(rule.actions) or [t for t in (rule.adjoint,) if t]
        unknown = missing(rule, templates, given)
        if not templates or unknown:
            told = no_rule(self.ctx, op.Foreign(rule.primal, ()), place)
            return Simple(
                [refusing(self.ctx, unknown_argument(rule, unknown, place) if unknown else told)]
            )
        forward: Block = [node]
        if self.bars.is_shadow(name):
            shadow = self.viewed(name, found)
            if shadow is not None:
                if rule.primal in READ_ONLY:
                    told = changed_behind_view(rule, place)
                    return Simple([refusing(self.ctx, told, "MutationError")])
                return Simple([node, *self.checked_view(name, found), shadow])
            forward.append(self.fresh_shadow(name))
        g = self.bars.value(name)
        g_lines: Block = []
        if not isinstance(g, (gast.Name, gast.Constant)):
            holder = self.bars.part(f"{name}_bar")
            g_lines = self.ctx.expand([build.assign(holder, g)], place)
            g = build.load(holder)
        self.bars.consume(name)
        if rule.actions:
            backward = self.elementwise(rule, given, {**given, "out": build.load(name), "g": g})
        else:  # a helper's own first parameter may be called g
            backward = self.adjoint(rule, given, {**given, "out": build.load(name), "out_bar": g})
        return Simple(forward, [*g_lines, *backward])

    def viewed(self, name: str, found: op.RuleCall) -> Node | None:
        """The shadow of a view is the same view of the shadow."""
        rule = found.rule
        if not rule.view or holds_numbers(self.ctx.kind(name)):
            return None
        source = found.given.get(rule.wrt[0])
        if not isinstance(source, gast.Name) or not self.bars.is_shadow(source.id):
            return None
        from srcxform.transform.forward import Forward

        swap = Forward(self.ctx)
        swap.dots = {source.id: self.bars.bar((source.id, ()))}
        return self.shadow_line(name, swap.linear(found))

    def checked_view(self, name: str, found: op.RuleCall) -> Block:
        """Where NumPy may copy or not, make sure at run time that it gave a view."""
        if found.rule.view != "maybe":
            return []
        source = found.given[found.rule.wrt[0]]
        call = build.call(build.const(check_view), build.load(name), clone(source))
        return self.ctx.expand([build.expression(call)], None)

    def elementwise(self, rule: Any, given: Any, available: dict[str, Node]) -> Block:
        lines: Block = []
        for parameter, action in zip(rule.wrt, rule.actions, strict=True):
            value = given.get(parameter)
            if not self.ctx.is_active(value):
                continue
            term = template_call(action, with_defaults(rule, action, available))
            if len(rule.signature.parameters) > 1:
                part = self.bars.part(f"{value.id}_bar")
                lines += self.ctx.expand([build.assign(part, term)], None)
                term = build.call(
                    build.const(unbroadcast), build.load(part), like=build.load(value.id)
                )
            lines += self.bars.contribute(value.id, term)
        return lines

    def adjoint(self, rule: Any, given: Any, available: dict[str, Node]) -> Block:
        call = template_call(rule.adjoint, with_defaults(rule, rule.adjoint, available))
        targets = [given.get(parameter) for parameter in rule.wrt]
        if len(targets) == 1 and isinstance(targets[0], gast.Name):
            return self.bars.contribute(targets[0].id, call)
        if len(targets) == 1 and isinstance(targets[0], tuple):
            targets = list(targets[0])
        names = [self.bars.part(f"{getattr(t, 'id', 'other')}_bar") for t in targets]
        holder = self.bars.part("out_bar")
        unpack = build.assign(
            build.sequence(map(build.store, names), ctx=gast.Store()), build.load(holder)
        )
        lines = self.ctx.expand([build.assign(holder, call), unpack], None)
        for target, name in zip(targets, names, strict=True):
            if self.ctx.is_active(target):
                lines += self.bars.contribute(target.id, build.load(name))
        return lines

    def unpacked(self, names: list[str], source: Node, node: Node) -> Step:
        if not self.ctx.is_active(source):
            return Simple([node])
        if self.bars.is_shadow(source.id):
            steps = [
                self.shadow_item(name, source.id, build.const(k), Const(k), node)
                for k, name in enumerate(names) if name in self.ctx.active
            ]  # fmt: skip
            forward = [line for step in steps for line in step.forward if line is not node]  # type: ignore[union-attr]
            backward = [line for step in steps for line in step.backward]  # type: ignore[union-attr]
            return Simple([node, *forward], backward)
        backward = []
        for k, name in enumerate(names):
            if name not in self.ctx.active:
                continue
            if self.bars.is_static(source.id):
                keys = [key for key in self.bars.keys(name) if key in self.bars.status.present]
                parts = [(key[1], build.load(self.bars.bar(key))) for key in keys]
                self.bars.consume(name)
                for inner, value in parts:
                    backward += self.bars.contribute(source.id, value, (k, *inner))
            elif self.bars.is_present(name):
                g = self.bars.value(name)
                self.bars.consume(name)
                if isinstance(self.ctx.kind(source.id), Array):
                    backward += self.bars.into_item(source.id, build.const(k), Const(k), g)
                else:
                    from srcxform.runtime import scatter

                    spread = build.call(build.const(scatter), g, build.const(k), like=source)
                    backward += self.bars.contribute(source.id, spread)
        return Simple([node], backward)

    def stored(self, target: Node, value: Node, node: Node) -> Step:
        """`x[i] = v`: v takes over the shadow's element, which is cleared."""
        if isinstance(target, gast.Attribute) or not self.ctx.is_active(target.value):
            if self.ctx.is_active(target.value) or self.ctx.is_active(value):
                return self.refused(op.Foreign("attribute assignment", ()), node, node)
            return Simple([node])
        base = target.value.id
        if not isinstance(self.ctx.kind(base), Array):
            return self.stored_in_container(target, value, node)
        index_kind = self.kind_of(target.slice)
        shadow = self.bars.shadow(base)
        forward: Block = [node]
        if may_repeat(index_kind):
            check = build.call(
                build.const(check_distinct),
                build.index_value(clone(target.slice)),
                like=build.load(base),
            )
            forward = [*self.ctx.expand([build.expression(check)], node.place), node]
        backward: Block = []
        if self.ctx.is_active(value):
            part = self.bars.part(f"{value.id}_bar")
            taken: Node = build.item(shadow, clone(target.slice))
            if not self.is_number_item(base, index_kind):
                taken = build.method(taken, "copy")
            backward += self.ctx.expand([build.assign(part, taken)], None)
            fitted = build.call(
                build.const(unbroadcast), build.load(part), like=build.load(value.id)
            )
            clear = build.assign(
                build.item_store(clone(shadow), clone(target.slice)), build.const(0.0)
            )
            backward += [clear, *self.bars.contribute(value.id, fitted)]
        else:
            backward.append(
                build.assign(build.item_store(shadow, clone(target.slice)), build.const(0.0))
            )
        return Simple(forward, backward)

    def is_number_item(self, base: str, index_kind: Kind) -> bool:
        return isinstance(self.bars.item_kind(base, index_kind), Number)

    def stored_in_container(self, target: Node, value: Node, node: Node) -> Step:
        base, index = target.value.id, target.slice
        if isinstance(index, gast.Slice):
            return self.refused(op.Foreign("slice assignment in a list", ()), node, node)
        shadow = self.bars.shadow(base)
        old = self.bars.part(f"{base}_bar")
        slot = build.item_store(clone(shadow), clone(index))
        forward: Block = []
        undo = build.assign(clone(slot), build.load(old))
        if self.is_dict(base):
            fresh = self.ctx.names.part("fresh")
            self.ctx.kinds[fresh] = Number("b")
            absent = gast.Compare(
                left=clone(index), ops=[gast.NotIn()], comparators=[clone(shadow)]
            )
            known = build.assign(old, build.item(clone(shadow), clone(index)))
            forward = [
                build.assign(fresh, absent),
                build.assign(old, self.shadow_of_part(value)),
                build.branch(gast.UnaryOp(op=gast.Not(), operand=build.load(fresh)), [known]),
                build.assign(slot, self.shadow_of_part(value)),
            ]
            drop = build.expression(build.method(clone(shadow), "pop", clone(index)))
            undo = build.branch(build.load(fresh), [drop], [undo])
        else:
            forward = [
                build.assign(old, build.item(clone(shadow), clone(index))),
                build.assign(slot, self.shadow_of_part(value)),
            ]
        forward = self.ctx.expand(forward, node.place)
        backward: Block = []
        if self.ctx.is_active(value) and not self.bars.is_shadow(value.id):
            backward += self.bars.contribute(value.id, build.item(clone(shadow), clone(index)))
        return Simple([*forward, node], [*backward, undo])

    def is_dict(self, name: str) -> bool:
        kind = self.ctx.kind(name)
        return isinstance(kind, Mapping) or (isinstance(kind, Many) and kind.type == "dict")

    def augmented(self, target: Node, operator: Node, value: Node, node: Node) -> Step:
        """`x[i] += v` and `x += v` on arrays: v gets the shadow's part, which stays."""
        base = target if isinstance(target, gast.Name) else target.value
        if not self.ctx.is_active(base):
            return Simple([node])
        kind = self.ctx.kind(base.id)
        if not isinstance(operator, (gast.Add, gast.Sub)) or not isinstance(kind, Array):
            return self.refused(op.Foreign("augmented assignment", ()), node, node)
        if not self.ctx.is_active(value):
            return Simple([node])
        shadow: Node = self.bars.shadow(base.id)
        is_number = False
        if not isinstance(target, gast.Name):
            is_number = self.is_number_item(base.id, self.kind_of(target.slice))
            shadow = build.item(shadow, clone(target.slice))
        if not is_number:
            shadow = build.method(shadow, "copy")
        if isinstance(operator, gast.Sub):
            shadow = build.negate(shadow)
        part = self.bars.part(f"{value.id}_bar")
        lines = self.ctx.expand([build.assign(part, shadow)], None)
        fitted = build.call(build.const(unbroadcast), build.load(part), like=build.load(value.id))
        return Simple([node], [*lines, *self.bars.contribute(value.id, fitted)])

    def added_at(self, found: op.AddAt, node: Node) -> Step:
        """`np.add.at(x, i, v)`: v gets what the shadow holds at i."""
        if not self.ctx.is_active(found.value):
            return Simple([node])
        read = build.call(
            build.const(operator.getitem), self.bars.shadow(found.base.id), clone(found.index)
        )
        part = self.bars.part(f"{found.value.id}_bar")
        lines = self.ctx.expand([build.assign(part, read)], None)
        if found.function.__self__ is np.subtract:
            lines = self.ctx.expand([build.assign(part, build.negate(read))], None)
        fitted = build.call(
            build.const(unbroadcast), build.load(part), like=build.load(found.value.id)
        )
        return Simple([node], [*lines, *self.bars.contribute(found.value.id, fitted)])

    def effect(self, value: Node, node: Node) -> Step:
        found = self.ctx.operation(value)
        if isinstance(found, op.AddAt):
            return self.added_at(found, node)
        if isinstance(found, op.Foreign) and any(n in self.ctx.active for n in found.operands):
            return self.refused(found, value, node)
        if isinstance(found, op.Method) and self.ctx.is_active(found.base):
            return self.method(None, found, node)
        return Simple([node])

    def method(self, name: str | None, found: op.Method, node: Node) -> Step:
        from srcxform.transform.container_methods import method_step

        return method_step(self, name, found, node)

    def kind_of(self, node: Node) -> Kind:
        state = State(
            self.ctx.program.externals, env=dict(self.ctx.kinds), scope=Scope(None), fixed=True
        )
        return evaluate(state, node)[1]


class Group(Simple):
    """Several steps for one statement; taken apart before anything looks at it."""

    def __init__(self, steps: list[Step]) -> None:
        super().__init__([])
        self.steps = steps


def spread_groups(steps: list[Step]) -> list[Step]:
    """Put the steps of groups in their place."""
    new: list[Step] = []
    for step in steps:
        if isinstance(step, Group):
            new += spread_groups(step.steps)
            continue
        if isinstance(step, Branch):
            step.body, step.orelse = spread_groups(step.body), spread_groups(step.orelse)
        elif isinstance(step, Loop):
            step.body = spread_groups(step.body)
        new.append(step)
    return new


def elements_of(kind: Kind) -> list[Kind]:
    """Give the kinds of what a container holds and a derivative may pass."""
    items = kind.items if isinstance(kind, (Items, Mapping)) else [element_kind(kind)]
    return [item for item in items if is_differentiable(item)]


def element_kind(kind: Kind) -> Kind:
    return element(kind) or UNKNOWN


def is_slice(index: Kind) -> bool:
    return isinstance(index, Items) and index.type == "slice"


def holds_many(kind: Kind) -> bool:
    """Say whether a container of unknown length is inside a container of known parts."""
    if isinstance(kind, (Items, Mapping, Record)):
        return any(isinstance(item, Many) or holds_many(item) for item in kind.items)
    return False


def has_tuple(kind: Kind) -> bool:
    """Say whether a container holds a tuple, or is one."""
    match kind:
        case Items(type=kind_type, items=items):
            return kind_type == "tuple" or any(map(has_tuple, items))
        case Mapping(items=items):
            return any(map(has_tuple, items))
        case Many(type=kind_type, item=item):
            return kind_type == "tuple" or (item is not None and has_tuple(item))
        case Unknown():
            return True
    return False


def changed_behind_view(rule: Any, place: Any) -> Diagnostic:
    """Say that storage is written while a read-only view of it is in use."""
    name = getattr(rule.primal, "__name__", "this view")
    return Diagnostic(
        f"what `{name}` looks at is written in place while the view is in use", place,
        "the view shows old values at some places and new ones at others",
        f"copy it: `np.copy(np.{name}(...))`",
    )  # fmt: skip


def holds_numbers(kind: Kind) -> bool:
    """Say whether a container holds numbers: these are copies, whatever stands beside."""
    match kind:
        case Items(items=items) | Mapping(items=items):
            return any(isinstance(item, (Number, Const)) or holds_numbers(item) for item in items)
        case Many(item=item):
            return isinstance(item, (Number, Const)) or (item is not None and holds_numbers(item))
    return False


def general_int() -> Kind:
    return Number("i")


def leaves_early(block: Block) -> bool:
    """Say whether a loop's body may break out of it."""
    return any(
        isinstance(s, gast.Break)
        or isinstance(s, gast.If)
        and (leaves_early(s.body) or leaves_early(s.orelse))
        for s in block
    )


def is_advanced(index: Kind) -> bool:
    """Say whether indexing with this gives a copy, not a view."""
    match index:
        case Array():
            return True
        case Items(type="slice"):
            return False
        case Items(type="list"):
            return True
        case Items(items=items):
            return any(map(is_advanced, items))
    return False


def is_range(header: Node) -> bool:
    return isinstance(header, gast.Call) and getattr(header.func, "id", "") == "range"


def with_header(node: Node, header: Node) -> Node:
    new = build.for_loop(node.target, header, node.body)
    new.place = node.place
    return new


def reversed_header(header: Node, trips: Node | None) -> Node:
    """Write what the backward loop runs over: the same values, the last one first."""
    if (
        isinstance(header, gast.Call)
        and getattr(header.func, "id", "") == "reversed"
        and trips is None
    ):
        return clone(header.args[0])
    header = clone(header)
    if trips is not None:
        if isinstance(header, gast.Call) and getattr(header.func, "id", "") != "range":
            header = build.call("list", header)
        header = build.item(header, gast.Slice(lower=None, upper=trips, step=None))
    elif isinstance(header, gast.Call) and getattr(header.func, "id", "") in ("zip", "enumerate"):
        header = build.call("list", header)
    return build.call("reversed", header)


__all__ = ["UNKNOWN", "Unknown", "Reverse", "is_fresh", "spread_groups"]
