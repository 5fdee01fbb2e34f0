"""Forward mode: a tangent statement beside every active statement.

Control flow, mutation and containers need nothing special: tangent storage is built and changed
in step with the primal's.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform.analysis.activity import passes
from srcxform.analysis.aliasing import given_back
from srcxform.core import operations as op
from srcxform.kinds.lattice import Array, Number, Record, Unknown
from srcxform.normalise.parts import mapped
from srcxform.rules.custom import CustomJvp, CustomVjp
from srcxform.runtime import broadcast_like, check_alike, check_view, in_a_row, snapshot
from srcxform.specialise.containers import is_dict
from srcxform.specialise.refusal import written_place
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, load_list, stores
from srcxform.transform.arrival import write_out
from srcxform.transform.context import Context, refusing, zero_tangent
from srcxform.transform.cotangents import ALIASING
from srcxform.transform.custom import tangent_of_call, zero_for
from srcxform.transform.templates import missing, reads, template_call, with_defaults
from srcxform.transform.unruled import active_unruled, no_rule, unknown_argument, unsure_change
from srcxform.transform.unsure import asked

PARALLEL = {  # methods of containers, and which arguments are values that go in
    "append": (0,), "extend": (0,), "insert": (1,), "pop": (), "clear": (), "reverse": (),
    "copy": (), "get": (1,), "setdefault": (1,), "update": (0,), "values": (), "items": (),
}  # fmt: skip


def forward(ctx: Context) -> tuple[Block, dict[str, str]]:
    """Give the body that computes values and tangents, and the tangents' names."""
    write_out(ctx)
    ctx.narrow()
    generator = Forward(ctx)
    body = [*generator.own_tangents(), *generator.block(ctx.program.body)]
    ctx.settle_on(generator.dots.values())
    return body, generator.dots


class Forward:
    """Writes tangents; `dots` names them."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.dots: dict[str, str] = {}
        self.read = {name for line in ctx.program.body for name in load_list(line)}
        self.given_back = given_back(ctx.storage, ctx.program.body)
        for name in ctx.wrt:
            self.dot_name(name)

    def dot_name(self, name: str) -> str:
        if name not in self.dots:
            self.dots[name] = new = self.ctx.names.exact(f"{name}_dot")
            self.ctx.declare(new, self.ctx.kind(name))
            if self.ctx.storage.is_changed(name):
                self.ctx.changing.add(new)  # what it holds at first says little of it
        return self.dots[name]

    def own_tangents(self) -> Block:
        """Copy the tangents of arguments that are written in place: the caller keeps theirs.

        What is not differentiated but may share storage with what is starts from zero.
        """
        lines: Block = []
        captured = [c.name for c in self.ctx.program.externals.captures.values()]
        for name in (*self.ctx.program.parameters, *captured):
            if name in self.ctx.active and name not in self.ctx.wrt:
                nothing = zero_tangent(self.ctx, build.load(name))
                lines.append(build.assign(self.dot_name(name), nothing))
        for name in self.ctx.wrt:
            if name in self.ctx.active and self.ctx.storage.changes_within(name):
                dot = self.dots[name]
                lines.append(build.assign(dot, build.call(build.const(snapshot), build.load(dot))))
        return self.ctx.expand(lines, None)

    def dot(self, node: Node) -> Node:
        """Give the tangent of an operand: its name, or a zero."""
        if self.ctx.is_active(node):
            return build.load(self.dot_name(node.id))
        return zero_tangent(self.ctx, node)

    def block(self, block: Block) -> Block:
        new: Block = []
        for statement in block:
            lines = self.statement(statement)
            build.at(getattr(statement, "place", None), lines)
            new += lines
        return new

    def statement(self, node: Node) -> Block:
        told = self.ctx.told.get(id(node))
        if told is not None:
            return [refusing(self.ctx, told)]
        match node:
            case gast.If():
                return [self.branch(node)]
            case gast.While():
                return [build.marked(node, build.while_loop(node.test, self.turn(node)))]
            case gast.For():
                return [build.marked(node, build.for_loop(node.target, node.iter, self.turn(node)))]
            case gast.With() | gast.Try(handlers=[]):
                return [mapped(node, self.block)]
            case gast.Return(value=value):
                return self.returned(value, node)
        if isinstance(node, gast.Expr) and is_apart(self.ctx, node.value):
            return self.unused(node)
        tangent, reads_out = self.tangent(node)
        if not tangent:
            return [node]
        place = getattr(node, "place", None)
        if isinstance(node, gast.Assign) and is_apart(self.ctx, node.value):
            return build.at(place, tangent)  # the derivative's call computes the value, too
        lines = self.own_storage(node, self.ctx.expand(tangent, place))
        lines = [*asked(self.ctx, node), *lines]
        return [node, *lines] if reads_out else [*lines, node]

    def branch(self, node: Node) -> Node:
        """What a tangent is in one branch says nothing of it in the other, nor behind both."""
        before = dict(self.ctx.kinds)
        body = self.block(node.body)
        self.ctx.kinds.update({name: before.get(name, kind) for name, kind in
                               self.ctx.declared.items()})  # fmt: skip
        orelse = self.block(node.orelse)
        self.ctx.settle_on(self.dots_of(node))
        return build.branch(node.test, body, orelse)

    def turn(self, loop: Node) -> Block:
        """What a tangent is before a loop says nothing of it in later turns, nor behind it."""
        self.ctx.settle_on(self.dots_of(loop))
        body = self.block(loop.body)
        self.ctx.settle_on(self.dots_of(loop))
        return body

    def dots_of(self, node: Node) -> list[str]:
        """Give the tangents of what a statement binds."""
        return [self.dots[name] for name in stores(node) if name in self.dots]

    def unused(self, node: Node) -> Block:
        """A rule is called though nobody looks at what it gives; a reverse rule is not needed."""
        found = self.ctx.operation(node.value)
        if not isinstance(found, op.Custom) or not isinstance(found.function, CustomJvp):
            return [node]
        name = self.ctx.names.part("out")
        lines, _ = self.assigned(name, node.value, node)
        return build.at(getattr(node, "place", None), lines)

    def own_storage(self, node: Node, lines: Block) -> Block:
        """Copy a tangent that is another one, where the value has storage of its own."""
        match node:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if lines:
                found = self.ctx.operation(value)
            case _:
                return lines
        if not isinstance(found, op.RuleCall) or found.view or name not in self.ctx.active:
            return lines
        last = lines[-1]
        together = [name, *(n.id for n in rule_operands(found) if isinstance(n, gast.Name))]
        if (
            isinstance(last, gast.Assign)
            and isinstance(self.ctx.kind(name), (Array, Unknown))
            and (name in self.given_back or any(map(self.ctx.storage.is_changed, together)))
            and may_alias(last.value)
        ):
            given = last.value.operand if isinstance(last.value, gast.UnaryOp) else last.value
            copied = self.ctx.program.externals.copied(given)
            if isinstance(self.ctx.kind(name), Unknown):  # it may be a list
                copied = build.call(build.const(snapshot), given)
            line = build.assign(last.targets[0], copied)
            return [*lines[:-1], *build.at(last.place, self.ctx.expand([line], None))]
        return lines

    def returned(self, value: Node, node: Node) -> Block:
        """`return out, out_dot`."""
        dot = self.dot(value)
        lines: Block = []
        if isinstance(dot, gast.Call):
            name = self.ctx.names.like("out_dot")
            lines = self.ctx.expand([build.assign(name, dot)], getattr(node, "place", None))
            dot = build.load(name)
        return [*lines, build.returning(build.sequence([value, dot]))]

    def tangent(self, node: Node) -> tuple[Block, bool]:
        """Give the tangent statements of one statement, and whether they read its result."""
        match node:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                if name in self.ctx.active:
                    return self.assigned(name, value, node)
                found = self.ctx.operation(value)
                if isinstance(found, op.Method) and self.ctx.is_active(found.base):
                    return [
                        build.expression(call) for call in [self.parallel(found)] if call
                    ], False
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=source):
                if self.ctx.is_active(source):
                    return [self.unpacked(targets, source)], False
                moving = [target.id for target in targets if target.id in self.ctx.active]
                return [  # they may move later, in a loop
                    build.assign(self.dot_name(name), zero_tangent(self.ctx, build.load(name)))
                    for name in moving
                ], bool(moving)
            case gast.Assign(targets=[target], value=value):
                if isinstance(target, gast.Attribute) and isinstance(
                    self.ctx.kind_of_node(target.value), Record
                ):
                    return [], False  # the caller's object: its attributes are variables here
                if self.ctx.is_active(target.value):
                    new = clone(target)
                    new.value = self.dot(target.value)
                    return [build.assign(new, self.dot(value))], False
            case gast.AugAssign(target=target, op=operator, value=value):
                return self.augmented(target, operator, value, node)
            case gast.Expr(value=value):
                found = self.ctx.operation(value)
                if isinstance(found, op.AddAt):
                    if not self.ctx.is_active(found.value):
                        return [], False
                    new = clone(value)
                    new.args = [self.dot(found.base), clone(found.index), self.dot(found.value)]
                    return [build.expression(new)], False
                if isinstance(found, op.Method) and self.ctx.is_active(found.base):
                    call = self.parallel(found)
                    if call is None:
                        return [refusing(self.ctx, no_rule(self.ctx, found, node.place))], False
                    return [build.expression(call)], False
                if isinstance(found, op.Foreign) and any(
                    n in self.ctx.active for n in found.operands
                ):
                    return [refusing(self.ctx, no_rule(self.ctx, found, node.place))], False
        return [], False

    def unpacked(self, targets: list[Node], source: Node) -> Node:
        dots = [build.store(self.dot_name(t.id)) for t in targets]
        return build.assign(build.sequence(dots, ctx=gast.Store()), self.dot(source))

    def augmented(
        self, target: Node, operator: Node, value: Node, node: Node
    ) -> tuple[Block, bool]:
        base = target if isinstance(target, gast.Name) else target.value
        if not self.ctx.is_active(base):
            return [], False
        unsure = isinstance(target, gast.Name) and isinstance(self.ctx.kind(base.id), Unknown)
        if not isinstance(operator, (gast.Add, gast.Sub)) or (
            unsure and isinstance(operator, gast.Mult)
        ):
            return [refusing(self.ctx, unsure_change(node.place))], False
        if not self.ctx.is_active(value):
            return [], False
        new: Any = build.store(self.dot_name(base.id))
        if not isinstance(target, gast.Name):
            new = clone(target)
            new.value = build.load(self.dot_name(base.id))
        return [build.augment(new, operator, self.dot(value))], False

    def assigned(self, name: str, value: Node, node: Node) -> tuple[Block, bool]:
        """Give the tangent of `name = value`."""
        target = self.dot_name(name)
        found = self.ctx.operation(value)
        match found:
            case op.Copy(source=source):
                return [build.assign(target, self.dot(source))], False
            case op.Twins():
                return [build.assign(target, clone(value))], False
            case op.Item(base=base, index=index) if self.ctx.is_active(base):
                return [build.assign(target, self.item(base, index))], False
            case op.Field(base=base, name=attr) if self.ctx.is_active(base):
                return [build.assign(target, build.attribute(self.dot(base), attr))], False
            case op.Display(type=kind_type, keys=keys, items=items):
                dots = [self.dot(item) for item in items]
                if found.owner is not None:
                    pairs = zip(keys, dots, strict=True)
                    named = [gast.keyword(arg=key.value, value=dot) for key, dot in pairs]
                    owner = clone(found.owner)
                    if isinstance(self.ctx.kind_of_node(owner), Record):
                        owner = build.call("type", owner)
                    display: Node = gast.Call(
                        func=clone(node.value.func), args=[owner], keywords=named
                    )
                elif kind_type == "dict":
                    display = gast.Dict(keys=[clone(key) for key in keys], values=dots)
                else:
                    display = build.sequence(dots, kind_type)
                return [build.assign(target, display)], False
            case op.RuleCall() if any(self.ctx.is_active(v) for v in rule_operands(found)):
                lines, reads_out = self.ruled(name, target, found, node)
                checks = self.checked_views(name, target, found, node)
                return [*lines, *checks], reads_out or bool(checks)
            case op.Method(base=base) if self.ctx.is_active(base):
                call = self.parallel(found)
                if call is None:
                    place = getattr(value, "place", None) or node.place
                    return [refusing(self.ctx, no_rule(self.ctx, found, place))], False
                return [build.assign(target, call)], False
            case op.Listing(function=function, source=source) if self.ctx.is_active(source):
                return [build.assign(target, build.call(function, self.dot(source)))], False
            case op.Apart(args=args) if any(map(self.ctx.is_active, args)):
                return self.apart(name, target, found)
            case op.Custom(args=args) if any(map(self.ctx.is_active, args)):
                dots = [
                    self.dot(arg) if self.ctx.is_active(arg) else zero_for(self.ctx, arg)
                    for arg in found.passing
                ]
                place = getattr(value, "place", None) or node.place
                if isinstance(found.function, CustomVjp) and name not in self.read:
                    return [], False
                return tangent_of_call(self.ctx, name, target, found, dots, place), False
            case op.Foreign(operands=names) if any(n in self.ctx.active for n in names):
                return [
                    refusing(
                        self.ctx,
                        no_rule(self.ctx, found, getattr(value, "place", None) or node.place),
                    )
                ], False
        if passes(value, self.ctx.active, self.ctx.storage):
            return [
                refusing(
                    self.ctx, no_rule(self.ctx, found, getattr(value, "place", None) or node.place)
                )
            ], False
        nothing = zero_tangent(self.ctx, build.load(name))
        return [build.assign(target, nothing)], not isinstance(nothing, gast.Constant)

    def item(self, base: Node, index: Node) -> Node:
        """Give the tangent of `base[index]`; that of NumPy's number may be one of Python's."""
        dot, kind = self.dot(base), self.ctx.kind_of_node(base)
        if isinstance(kind, Number) and op.takes_all(index):
            return dot
        if isinstance(kind, Number) or isinstance(kind, Array) and kind.dims == ():
            dot = build.call(build.const(np.asarray), dot)
        return build.item(dot, clone(index))

    def checked_views(self, name: str, target: str, found: op.RuleCall, node: Node) -> Block:
        """Where NumPy may copy or not, make sure that writes reach value and tangent alike."""
        if found.view != "maybe" or not self.ctx.storage.is_changed(name):
            return []
        source = found.given[found.rule.wrt[0]]
        if not isinstance(source, gast.Name) or not self.ctx.is_active(source):
            return []
        value, tangent = (build.load(name), clone(source)), (build.load(target), self.dot(source))
        place = getattr(found.node, "place", None) or node.place
        told = [written_place(place)] if place is not None else []
        if found.rule.primal is in_a_row:  # a copy would be wrong, though there were two
            pairs: list[tuple[Any, Any]] = [(check_view, value), (check_view, tangent)]
        else:
            pairs = [(check_alike, (*value, *tangent))]
        return [
            build.expression(build.call(build.const(check), *args, *told)) for check, args in pairs
        ]

    def ruled(self, name: str, target: str, found: op.RuleCall, node: Node) -> tuple[Block, bool]:
        rule, given = found.rule, found.given
        place = getattr(found.node, "place", None) or node.place
        templates = list(rule.actions) or [t for t in (rule.tangent, rule.adjoint) if t][:1]
        unknown = active_unruled(self.ctx, found) or missing(rule, templates, given)
        if not templates or unknown:
            told = no_rule(self.ctx, op.Foreign(rule.primal, ()), place)
            if unknown:
                told = unknown_argument(rule, unknown, place)
            return [refusing(self.ctx, told)], False
        if rule.actions:
            return self.elementwise(name, target, found)
        if rule.tangent is None:
            return [build.assign(target, self.linear(found))], False
        available = dict(given)
        for parameter in rule.wrt:
            value = given.get(parameter)
            if value is not None and self.ctx.is_active(value):
                available[f"{parameter}_dot"] = self.dot(value)
        available["out"] = build.load(name)
        reads_out = "out" in reads(rule.tangent)
        return [
            build.assign(
                target, template_call(rule.tangent, with_defaults(rule, rule.tangent, available))
            )
        ], reads_out

    def linear(self, found: op.RuleCall) -> Node:
        """The function itself, applied to tangents."""
        rule = found.rule
        new = clone(found.node)
        replaced = {}
        for parameter in rule.wrt:
            value = found.given.get(parameter)
            for one in value if isinstance(value, tuple) else [value]:
                if isinstance(one, gast.Name):
                    replaced[one.id] = one
        values = {id(v) for v in rule_operands(found)}

        def swap(original: Node, copied: Node) -> Node:
            return self.dot(original) if id(original) in values else copied

        if isinstance(new, gast.Call):
            new.args = [swap(a, b) for a, b in zip(found.node.args, new.args, strict=True)]
            for old, keyword in zip(found.node.keywords, new.keywords, strict=True):
                keyword.value = swap(old.value, keyword.value)
            return new
        if isinstance(new, gast.BinOp):
            new.left, new.right = swap(found.node.left, new.left), swap(found.node.right, new.right)
        else:
            new.operand = swap(found.node.operand, new.operand)
        return new

    def elementwise(self, name: str, target: str, found: op.RuleCall) -> tuple[Block, bool]:
        rule, given = found.rule, found.given
        lines: Block = []
        terms: list[Node] = []
        reads_out = False
        everywhere = True  # each operand is active: the sum has the result's shape
        for parameter, action in zip(rule.wrt, rule.actions, strict=True):
            value = given.get(parameter)
            if value is None:
                continue
            if not self.ctx.is_active(value):
                everywhere = False
                continue
            available = {**given, "out": build.load(name), "g": self.dot(value)}
            reads_out = reads_out or "out" in reads(action)
            term = template_call(action, with_defaults(rule, action, available))
            terms.append(term)
        holders = [target] if len(terms) == 1 else [self.ctx.names.part(target) for _ in terms]
        for holder, term in zip(holders, terms, strict=True):
            lines.append(build.assign(holder, term))
        if len(terms) > 1:
            total: Node = build.load(holders[0])
            for holder in holders[1:]:
                total = build.binary(total, gast.Add(), build.load(holder))
            lines.append(build.assign(target, total))
        if len(rule.signature.parameters) > 1 and not (everywhere and len(terms) > 1):
            part = self.ctx.names.part(target)
            lines[-1] = build.assign(part, lines[-1].value)
            spread = build.call(
                build.const(broadcast_like), build.load(part), like=build.load(name)
            )
            lines.append(build.assign(target, spread))
            reads_out = reads_out or not self.is_settled(part, name, lines)
        return lines, reads_out

    def is_settled(self, part: str, name: str, lines: Block) -> bool:
        """Say whether the broadcast falls away, so that the result is not read."""
        trial = self.ctx.expand(clone(lines), None)
        return name not in {n for line in trial for n in load_list(line)}

    def parallel(self, found: op.Method) -> Node | None:
        """The same method, on the tangent container with tangents."""
        if found.name not in PARALLEL:
            return None
        if found.name == "items" and not is_dict(self.ctx.kind_of_node(found.base)):
            return None  # nothing would tell the keys from tangents
        values = PARALLEL[found.name]
        args = [
            self.dot(arg) if position in values else clone(arg)
            for position, arg in enumerate(found.args)
        ]
        return build.method(self.dot(found.base), found.name, *args)

    def apart(self, name: str, target: str, found: op.Apart) -> tuple[Block, bool]:
        """`y, y_dot = f_jvp(...)` in place of `y = f(...)`."""
        mask = tuple(self.ctx.is_active(arg) for arg in found.args)
        function = self.ctx.requests.ask(found.callee, "jvp", mask)
        dots = [self.dot(arg) for arg, active in zip(found.args, mask, strict=True) if active]
        call = build.call(function, *map(clone, found.args), *dots)
        call.place = getattr(found.node, "place", None)
        targets = build.sequence([build.store(name), build.store(target)], ctx=gast.Store())
        return [build.assign(targets, call)], False


def may_alias(value: Node) -> bool:
    """Say whether an expression may give an array that has another name, or a view of one."""
    match value:
        case gast.Name() | gast.Attribute() | gast.Subscript():
            return True
        case gast.UnaryOp(op=gast.UAdd()):
            return True
        case gast.Call(func=gast.Attribute(attr=name)) | gast.Call(func=gast.Name(id=name)):
            return name in (*ALIASING, "broadcast_like", "unbroadcast", "fit", "reshape_like")
    return False


def is_apart(ctx: Context, value: Node) -> bool:
    """Say whether a derivative's call computes the value, too."""
    found = ctx.operation(value)
    return isinstance(found, (op.Apart, op.Custom)) and any(map(ctx.is_active, found.args))


def rule_operands(found: op.RuleCall) -> list[Node]:
    """Give the operands that a derivative may pass."""
    from srcxform.analysis.activity import operands

    return operands(found.rule, found.given)
