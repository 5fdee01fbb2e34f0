"""Reverse mode: for each statement, what it contributes to the cotangents of what it read.

The steps come out in the order of the program; see `steps`. What a value looked like when its
statement ran is not this file's concern: backward lines name primal values freely, and `saving`
makes them available.
"""

from __future__ import annotations

import gast

from srcxform.analysis.activity import passes
from srcxform.core import operations as op
from srcxform.kinds.lattice import Items, Record
from srcxform.optimise.passes import tidy
from srcxform.runtime import snapshot
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.context import located, refusing, zero_tangent
from srcxform.transform.custom import pulled_back
from srcxform.transform.forward import rule_operands
from srcxform.transform.reverse.blocks import branch, loop, region
from srcxform.transform.reverse.calls import apart, ruled
from srcxform.transform.reverse.displays import copied, display
from srcxform.transform.reverse.items import field, item, listed, unpacked
from srcxform.transform.reverse.methods import method_step
from srcxform.transform.reverse.stepwise import undone
from srcxform.transform.reverse.stores import added_at, augmented, stored
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step
from srcxform.transform.stepwise import Turns
from srcxform.transform.symmetry import pulled_through
from srcxform.transform.unsure import asked, asked_in_reverse


class Reverse(Sweep):
    """Writes steps; `bars` follows what the backward sweep has contributed so far."""

    def block(self, block: Block) -> list[Step]:
        steps: list[Step] = []
        for statement in reversed(block):
            self.bars.place = getattr(statement, "place", None)
            step = self.statement(statement)
            step.place = getattr(statement, "place", None)
            if isinstance(step, Simple):
                checks = [*self.held_checks(statement), *asked(self.ctx, statement)]
                checks += asked_in_reverse(self.ctx, statement)
                step.forward = [*checks, *step.forward]
                build.at(step.place, step.forward)
                build.at(step.place, step.backward)
                live = set(self.bars.bars.values())
                step.backward = tidy(step.backward, live, self.ctx.program.externals)
                step.backward = located(self.ctx, step.backward, step.place)
            steps.append(step)
        return steps[::-1]

    def statement(self, node: Node) -> Step:
        told = self.ctx.told.get(id(node))
        if told is not None:
            return Simple([refusing(self.ctx, told)])
        match node:
            case gast.If():
                return branch(self, node)
            case gast.For() | gast.While():
                return loop(self, node)
            case gast.With() | gast.Try(handlers=[]):
                return region(self, node)
            case gast.Return(value=value):
                self.result = value
                return Simple([])
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                return self.assigned(name, value, node)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=source):
                return unpacked(self, [t.id for t in targets], source, node)
            case gast.Assign(targets=[target], value=value):
                return stored(self, target, value, node)
            case gast.AugAssign(target=target, op=operator, value=value):
                return augmented(self, target, operator, value, node)
            case gast.Expr(value=value):
                return self.effect(value, node)
        return Simple([node])

    def assigned(self, name: str, value: Node, node: Node) -> Step:
        found = self.ctx.operation(value)
        if isinstance(found, op.Still):
            return Simple(self.held_still(name, found.source))
        if isinstance(found, op.Seed):
            return self.seeded(name, found.source)
        if name not in self.ctx.active:
            if isinstance(found, op.Foreign) and any(n in self.ctx.active for n in found.operands):
                return self.refused(found, value, node)
            if isinstance(found, op.Method) and self.ctx.is_active(found.base):
                return method_step(self, name, found, node)
            return Simple([node])
        if isinstance(found, op.Custom):
            return pulled_back(self, name, found, node)
        if isinstance(found, op.Taken):
            if not self.bars.is_present(name):
                return Simple([node])
            return pulled_through(self, name, found, node)
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
                return method_step(self, name, found, node)
            case op.Twins():
                return self.twins(name, node)
            case op.Copy(source=source) if self.ctx.is_active(source):
                return copied(self, name, source, node)
            case op.Item(base=base, index=index) if self.ctx.is_active(base):
                return item(self, name, base.id, index, node)
            case op.Field(base=base, name=attr) if self.is_record(base):
                return field(self, name, base.id, attr, node)
            case op.Display(items=items, keys=keys, type=kind_type):
                return display(self, name, kind_type, keys, items, node)
            case op.Joined(source=source, tangent=tangent):
                line = build.assign(name, clone(source))
                step = copied(self, name, tangent, line)
                return step
            case op.RuleCall() if any(map(self.ctx.is_active, rule_operands(found))):
                return ruled(self, name, found, node)
            case op.Listing(source=source) if self.ctx.is_active(source):
                return listed(self, name, source, node)
            case op.Apart(args=args) if any(map(self.ctx.is_active, args)):
                if isinstance(found.callee, Turns):
                    return undone(self, name, found, node)
                return apart(self, name, found, node)
        if passes(value, self.ctx.active, self.ctx.storage):
            return self.refused(found, value, node)
        if shadowed:
            forward.append(self.fresh_shadow(name))
        self.bars.consume(name)
        return Simple(forward, backward)

    def twins(self, name: str, node: Node) -> Step:
        """Shadows made anew have shadows of the same make: what shares storage does so in both."""
        made = clone(node.value)
        if isinstance(self.ctx.kind(name), Items):  # a tuple of them: numbers in it are added to
            part, bar = self.ctx.names.part("out"), self.bars.bar((name, ()))
            self.ctx.kinds[part] = self.ctx.kind(name)
            listed = build.call("list", build.load(part))
            return Simple([node, build.assign(part, made), build.assign(bar, listed)])
        return Simple([node, self.shadow_line(name, made)])

    def held_still(self, name: str, source: Node) -> Block:
        """A value for rules of the user's: a copy, if it may be written in place."""
        value = clone(source)
        if isinstance(source, gast.Name) and self.is_written(source.id):
            value = build.call(build.const(snapshot), value)
        return self.ctx.expand([build.assign(name, value)], None)

    def seeded(self, name: str, source: Node) -> Step:
        """What stands for a tangent: its cotangent is that of the value."""
        forward = self.ctx.expand([build.assign(name, zero_tangent(self.ctx, source))], None)
        if name not in self.ctx.active:
            return Simple(forward)
        if not self.bars.is_shadow(name) and not self.bars.is_present(name):
            self.bars.consume(name)
            return Simple(forward)
        step = copied(self, name, source, forward[-1])
        assert isinstance(step, Simple)
        return Simple([*forward[:-1], *step.forward], step.backward)

    def is_record(self, base: Node) -> bool:
        return isinstance(self.ctx.kind_of_node(base), Record)

    def effect(self, value: Node, node: Node) -> Step:
        found = self.ctx.operation(value)
        if isinstance(found, op.AddAt):
            return added_at(self, found, node)
        if isinstance(found, op.Foreign) and any(n in self.ctx.active for n in found.operands):
            return self.refused(found, value, node)
        if isinstance(found, op.Method) and self.ctx.is_active(found.base):
            return method_step(self, None, found, node)
        return Simple([node])
