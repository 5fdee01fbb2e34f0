"""How the backward sweep comes by the primal values that it reads.

A value that still stands under its name at the end is read from there. One that is cheap is
computed again. Any other is saved: before the statement that overwrites it, or, where it is made
anew in each turn of a loop, at the end of the turn; the backward sweep restores it at the same
place. Storage that is written in place is copied where its content is read backward.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gast

from srcxform.syntax.build import Node
from srcxform.syntax.visit import all_names, loads, stores
from srcxform.transform.context import Context
from srcxform.transform.copying import Copies
from srcxform.transform.order import chained, defines, region_names
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step, flat


@dataclass
class Plan:
    """What to save and restore, by step and by name (in order of discovery)."""

    before: dict[int, list[str]] = field(default_factory=dict)  # step: saved before it runs
    turn: dict[int, list[str]] = field(default_factory=dict)  # loop: saved at each turn's end
    copies: dict[int, dict[str, str]] = field(default_factory=dict)  # step: got back from others
    turn_copies: dict[int, dict[str, str]] = field(default_factory=dict)  # loop: at a turn's end
    again: dict[str, Node] = field(default_factory=dict)  # name: the cheap expression
    standing: set[str] = field(default_factory=set)  # read backward from where they stand

    def saved(self) -> set[str]:
        """Give all names that are saved."""
        return {n for names in [*self.before.values(), *self.turn.values()] for n in names}


class Saver:
    """Knows which names each step defines and which its backward lines read."""

    def __init__(self, ctx: Context, steps: list[Step], parameters: set[str]) -> None:
        self.ctx = ctx
        self.names_of: dict[tuple[Any, int], tuple[Any, set[str]]] = {}  # asked many times
        self.steps = steps
        self.defined = parameters | {n for s in flat(steps) for n in self.defines(s)}
        self.copies = Copies(steps)
        self.again: dict[str, Node] = {}
        self.saving: set[int] = set()  # steps at which the last plan saves something, or inside
        self.around = {
            id(step): {id(outer) for outer, _ in chain} for chain, step in chained(steps, ())
        }
        self.locals: dict[int, set[str]] = {}  # by loop, while one plan is made

    def loads(self, node: Node) -> set[str]:
        return self.kept(loads, node)

    def stores(self, node: Node) -> set[str]:
        return self.kept(stores, node)

    def defines(self, step: Step) -> set[str]:
        return self.kept(defines, step)

    def kept(self, function: Any, node: Any) -> set[str]:
        """Give what a function says of a node, which stays as it is while plans are made."""
        key = function, id(node)
        found = self.names_of.get(key)
        if found is None:
            found = self.names_of[key] = node, function(node)  # the node is held: ids are reused
        return found[1]

    def reads(self, step: Step) -> set[str]:
        """Give the forward values that a step's backward part reads."""
        match step:
            case Simple():
                return self.expanded(self.kept(self.read_backward, step))
            case Branch(test=test):
                if step.taken is not None or not self.goes_back(step):
                    return set()
                return self.expanded(self.loads(test) & self.defined)
            case Loop(backward=header):
                if not self.goes_back(step):
                    return set()
                return self.expanded(self.loads(header) & self.defined)
        return set()

    def read_backward(self, step: Simple) -> set[str]:
        found: set[str] = set()
        bound: set[str] = set()
        for line in step.backward:
            found |= self.loads(line) - bound
            bound |= self.stores(line)
        return found & self.defined

    def goes_back(self, step: Step) -> bool:
        """Say whether the backward sweep comes by: something is undone or restored in there."""
        return id(step) in self.saving or bool(self.kept(named_backward, step))

    def bound_inside(self, loop: Loop) -> set[str]:
        return self.kept(bound_inside, loop)

    def expanded(self, names: set[str]) -> set[str]:
        """Replace what is computed again by what that takes."""
        if names.isdisjoint(self.again):
            return names
        result: set[str] = set()
        for name in names:
            if name in self.again:
                result |= self.expanded(self.loads(self.again[name]) & self.defined)
            else:
                result.add(name)
        return result

    # -- the demand for values, followed through the forward sweep

    def plan(self) -> Plan:
        self.saving = set()
        while True:
            plan = Plan(again=self.again)
            self.locals = {}
            plan.standing = self.run(self.steps, set(), plan)
            saving = {*plan.before, *plan.turn, *plan.copies, *plan.turn_copies}
            if saving <= self.saving:
                return plan
            self.saving |= saving.union(*(self.around[key] for key in saving))

    def run(self, steps: list[Step], demanded: set[str], plan: Plan) -> set[str]:
        for step in steps:
            match step:
                case Simple():
                    demanded = self.simple(step, demanded, plan)
                case Branch():
                    inside = demanded
                    demanded = self.run(step.body, set(inside), plan) | self.run(
                        step.orelse, set(inside), plan
                    )
                    demanded |= self.reads(step)
                case Loop():
                    demanded = self.loop(step, demanded, plan)
                case Region():
                    demanded = self.run([*step.body, *step.ending], demanded, plan)
        return demanded

    def simple(self, step: Simple, demanded: set[str], plan: Plan) -> set[str]:
        bound, reads = self.defines(step), self.reads(step)
        if bound.isdisjoint(demanded) and (not reads or bound.isdisjoint(reads)):
            return demanded | reads if reads else demanded
        elsewhere: set[str] = set()
        old = self.reads_old(step)
        demanded = demanded | old
        for name in sorted(bound & demanded):
            other = self.copies.held_elsewhere(name, step, set(self.again))
            if other is None:
                noted(plan.before, step, name)
            else:
                plan.copies.setdefault(id(step), {})[name] = other
                elsewhere.add(other)
        return (demanded - bound) | elsewhere | (reads - old)

    def reads_old(self, step: Simple) -> set[str]:
        """Give the names whose values from before a step its backward lines take: to compute again.

        They are restored before these lines, which do not read what the step binds them to.
        """
        return (self.reads(step) & self.defines(step)) - self.kept(self.read_backward, step)

    def loop(self, loop: Loop, demanded: set[str], plan: Plan) -> set[str]:
        own = self.stores(loop.target) if isinstance(loop.node, gast.For) else set()
        if not self.kept(named_backward, loop):  # what it overwrites is kept whole
            bound = own | self.bound_inside(loop)
            for name in sorted(bound & demanded):
                noted(plan.before, loop, name)
            return demanded - bound
        local = self.local(loop, own)
        for name in sorted(own & demanded):
            noted(plan.before, loop, name)
        entering = demanded - own
        while True:
            end = self.run(loop.body, set(entering), plan)
            end |= self.held_at_end(loop, end & local, local | own, plan)
            new = entering | (end - local - own)
            if new == entering:
                break
            entering = new
        made = self.bound_inside(loop)
        held = plan.turn_copies.get(id(loop), {})
        for name in sorted((end & local & made) - own):
            if name not in held:
                noted(plan.turn, loop, name)
        return entering | self.reads(loop)

    def held_at_end(self, loop: Loop, names: set[str], local: set[str], plan: Plan) -> set[str]:
        """Give the names that hold at a turn's end what others, made anew in each turn, hold."""
        found: set[str] = set()
        for name in sorted(names):
            other = self.copies.held_at_end(name, loop.body, local | set(self.again))
            if other is not None:
                plan.turn_copies.setdefault(id(loop), {})[name] = other
                found.add(other)
        return found

    def local(self, loop: Loop, own: set[str]) -> set[str]:
        """Give the names that each turn of a loop defines before it reads them."""
        found = self.locals.get(id(loop))
        if found is None:
            found = self.bound_inside(loop) - self.exposed(loop.body, set()) - own
            self.locals[id(loop)] = found
        return found

    def exposed(self, steps: list[Step], defined: set[str]) -> set[str]:
        """Give the names that steps read (forward or backward) before they surely define them."""
        found: set[str] = set()
        for step in steps:
            match step:
                case Simple(forward=forward):
                    for line in forward:
                        found |= self.loads(line) - defined
                        if isinstance(line, gast.AugAssign):
                            continue
                        defined |= self.stores(line)
                    found |= self.reads(step) - defined
                case Branch():
                    ends = [set(defined), set(defined)]
                    found |= self.loads(step.test) - defined
                    for part, end in zip((step.body, step.orelse), ends, strict=True):
                        found |= self.exposed(part, end)
                        if leaves(part):
                            end |= self.defined
                    defined |= ends[0] & ends[1]
                    found |= self.reads(step) - defined
                case Region(node=node):
                    found |= {n for i in getattr(node, "items", []) for n in loads(i)} - defined
                    defined |= region_names(node)
                    found |= self.exposed([*step.body, *step.ending], defined)
                case Loop(node=node):
                    header = node.iter if isinstance(node, gast.For) else node.test
                    found |= self.loads(header) - defined
                    inner = set(defined) | (
                        self.stores(step.target) if isinstance(node, gast.For) else set()
                    )
                    found |= self.exposed(step.body, inner)
                    found |= self.reads(step) - defined
        return found


def noted(table: dict[int, list[str]], step: Step, name: str) -> None:
    names = table.setdefault(id(step), [])
    if name not in names:
        names.append(name)


def named_backward(step: Step) -> set[str]:
    """Give the names that the backward lines inside a step speak of: none, if there are none."""
    simple = (s for s in flat([step]) if isinstance(s, Simple))
    return {name for s in simple for line in s.backward for name in all_names(line)}


def bound_inside(loop: Loop) -> set[str]:
    """Give the names that the body of a loop binds."""
    return {n for s in flat(loop.body) for n in defines(s)}


def leaves(steps: list[Step]) -> bool:
    """Say whether a block ends by leaving the loop or the function."""
    last = steps[-1] if steps else None
    if isinstance(last, Simple) and last.forward:
        return isinstance(last.forward[-1], (gast.Break, gast.Raise))
    return False
