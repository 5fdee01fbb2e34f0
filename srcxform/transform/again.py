"""Which values the backward sweep computes again: what costs less than keeping it."""

from __future__ import annotations

import gast

from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lattice import Array, Const, Items, Kind, Mapping, Number, Record
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone, loads, walk
from srcxform.transform.context import Context
from srcxform.transform.order import Order, defines
from srcxform.transform.overwriting import Overwriting
from srcxform.transform.saving import Saver
from srcxform.transform.steps import Branch, Loop, Simple, Step, flat

CHEAP = (gast.Add, gast.Sub, gast.Mult, gast.Div, gast.FloorDiv, gast.Mod)
CALLS = (abs, min, max, len, float, int)
LIMIT = 4  # operations done again in place of one value kept
NEAR = 3  # statements behind one that makes a number, of which one may store it
LENGTH = 12  # nodes of a condition that is asked again
STEPS = 100_000  # looked at in all: in a long function the rest is kept


def cheap_again(ctx: Context, saver: Saver, overwriting: Overwriting, tests: set[str]) -> None:
    """Find names that need no keeping because expressions of available values give them.

    `tests` are the names of conditions: they are asked again even where they could stand.
    """
    search = Search(ctx, saver, overwriting, tests)
    refused: set[str] = set()
    kept = search.kept()
    while search.plans * len(search.order.steps) < STEPS:
        found = next((n for n in search.expressions if n in kept - refused), None)
        if found is None:
            break
        less = search.replace(found, kept)
        if less is None:
            refused.add(found)
        else:
            kept = less


class Search:
    """Tries out which groups of names may be computed again."""

    def __init__(
        self, ctx: Context, saver: Saver, overwriting: Overwriting, tests: set[str]
    ) -> None:
        self.ctx = ctx
        self.saver = saver
        self.order: Order = overwriting.order
        self.overwriting = overwriting
        self.tests = tests
        self.plans = 0  # made so far: each looks at every step
        self.made: dict[str, list[tuple[Step, Node | None]]] = {}
        for step in self.order.steps:
            for name in defines(step):
                self.made.setdefault(name, []).append((step, value_of(step, name)))
        self.expressions = {}
        for name, found in self.made.items():
            if len(found) == 1 and name not in ctx.program.parameters:
                step, value = found[0]
                place = None if value is None else self.stored_place(name, step)
                if place is not None:
                    self.expressions[name] = place
                elif value is not None and self.is_cheap(name, value):
                    self.expressions[name] = value

    def kept(self) -> set[str]:
        """Give the names that cost something to keep: on lists, and out of branches."""
        self.plans += 1
        plan = self.saver.plan()
        return plan.saved() | {n for n in plan.standing if n in self.tests or self.is_branched(n)}

    def is_branched(self, name: str) -> bool:
        return len(self.made.get(name, [])) == 1 and any(
            isinstance(outer, Branch) for outer, _ in self.order.chains[id(self.made[name][0][0])]
        )

    def replace(self, name: str, kept: set[str]) -> set[str] | None:
        """Compute a name again, and what that takes; give what is kept then, if it is less."""
        tried: list[str] = []
        passed: set[str] = set()
        waiting = [name]
        now = kept
        while waiting and len(tried) < LIMIT:
            one = waiting.pop()
            if self.stays(one):
                self.saver.again[one] = self.expressions[one]
                tried.append(one)
                now = self.kept()
            elif one == name:
                return None
            else:
                passed.add(one)
            waiting = [n for n in self.expressions if n in now - kept - passed]
            if not waiting:
                now = self.with_others(now, tried, len(kept))
            if not waiting and len(now) < len(kept):
                return now
        for one in tried:
            del self.saver.again[one]
        return None

    def with_others(self, now: set[str], tried: list[str], limit: int) -> set[str]:
        """Compute other names again too that take only what is kept by now."""
        for other in [n for n in self.expressions if n in now]:
            if len(now) < limit or len(tried) >= LIMIT or not self.stays(other):
                continue
            self.saver.again[other] = self.expressions[other]
            then = self.kept()
            if then < now:
                tried.append(other)
                now = then
            else:
                del self.saver.again[other]
        return now

    def stays(self, name: str) -> bool:
        """Say whether the operands are as they were wherever the value is read backward.

        What they are computed from again themselves is then read there, too.
        """
        if self.leads_to(name, self.expressions[name]):
            return False
        parts = [name, *self.computed_for(self.expressions[name])]
        readers = [step for step in self.order.steps if name in self.saver.reads(step)]
        return all(self.stays_until(reader, part) for reader in readers for part in parts)

    def computed_for(self, value: Node) -> set[str]:
        """Give the names that are computed again wherever an expression is."""
        again = self.saver.again
        found = loads(value) & set(again)
        return found.union(*(self.computed_for(again[name]) for name in found))

    def stays_until(self, reader: Step, name: str) -> bool:
        """Say whether a name's expression gives, in a step's backward part, what the name held."""
        steps, position = self.order.steps, self.order.position
        made = self.made[name][0][0]
        around = self.order.loops(made)
        if position[id(reader)] < position[id(made)]:
            return False
        if around and not any(around[-1] is loop for loop in self.order.loops(reader)):
            return False
        between = steps[position[id(made)] + 1 : position[id(reader)]]
        if not isinstance(reader, Simple) or self.saver.read_backward(reader) & defines(reader):
            between.append(reader)
        for loop in self.order.loops(reader):
            if not any(loop is other for other in around):
                between += [loop, *flat(loop.body)]
        if not self.surely_before(made, reader):  # what is read may come from an earlier turn
            between += [step for loop in around for step in (loop, *flat(loop.body))]
        if not isinstance(reader, Simple):
            between += flat([reader])  # it is asked for again behind its blocks
        operands = self.saver.expanded(loads(self.expressions[name]) & self.saver.defined)
        return not any(defines(step) & operands for step in between)

    def surely_before(self, made: Step, reader: Step) -> bool:
        """Say whether a step runs in each turn in which a later one in the same loop does."""
        around = [(id(outer), arm) for outer, arm in self.order.chains[id(reader)]]
        for outer, arm in reversed(self.order.chains[id(made)]):
            if isinstance(outer, Loop):
                break
            if isinstance(outer, Branch) and (id(outer), arm) not in around:
                return False
        return True

    def leads_to(self, name: str, value: Node) -> bool:
        """Say whether computing a value again would take the value itself."""
        read = loads(value) & self.saver.defined
        again = self.saver.again
        return name in read or any(self.leads_to(name, again[n]) for n in read if n in again)

    # -- what is cheap

    def stored_place(self, name: str, made: Step) -> Node | None:
        """Give `x[i]` where the next statement stores a number for good: it is read from there."""
        if not is_real_number(self.ctx.kind(name)):
            return None
        at = self.order.position[id(made)]
        for step in self.order.steps[at + 1 : at + 1 + NEAR]:
            if not isinstance(step, Simple) or self.around(step) != self.around(made):
                return None
            for line in step.forward:
                match line:
                    case gast.Assign(
                        targets=[gast.Subscript(value=gast.Name(id=base), slice=index)],
                        value=gast.Name(id=stored),
                    ) if stored == name and self.is_entry(base, index):
                        if self.overwriting.stays_stored(step, line):
                            return build.item(base, clone(index))
        return None

    def around(self, step: Step) -> list[tuple[int, object]]:
        return [(id(outer), arm) for outer, arm in self.order.chains[id(step)]]

    def is_entry(self, base: str, index: Node) -> bool:
        """Say whether an index takes one real number out of an array."""
        kind = self.ctx.kind(base)
        parts = index.elts if isinstance(index, gast.Tuple) else [index]
        return (
            isinstance(kind, Array)
            and (kind.cls, kind.rank) == ("f", len(parts))
            and all(isinstance(part, gast.Name) and self.is_position(part.id) for part in parts)
        )

    def is_position(self, name: str) -> bool:
        kind = self.ctx.kind(name)
        return isinstance(kind, Number) and kind.cls == "i"

    def is_cheap(self, name: str, value: Node) -> bool:
        """Say whether computing an expression again costs no more than keeping its value."""
        match value:
            case gast.Name():
                return not self.is_changed(value.id)
            case gast.Subscript(value=gast.Name(id=base), slice=index):
                if isinstance(self.ctx.kind(base), (Items, Mapping)):
                    steady = base in self.ctx.program.kinds and not self.is_changed(base)
                    return steady and isinstance(index, gast.Constant)
                return (
                    isinstance(self.ctx.kind(base), Array)
                    and not any(self.is_array(n) or self.is_changing(n) for n in walk(index))
                    and (not self.is_changed(base) or self.is_there_still(name))
                )
            case gast.Attribute(value=gast.Name(id=base), attr=attr):
                kind = self.ctx.kind(base)
                own = isinstance(kind, Record) and attr in kind.keys and not self.is_changed(base)
                if own:
                    return True
        if self.is_scalar_expression(value):
            return True
        found = self.ctx.operation(value)
        if isinstance(found, op.RuleCall) and found.view == "view":
            return not any(map(self.is_changed, loads(value)))
        return False

    def is_changed(self, name: str) -> bool:
        return name in self.ctx.storage.of_name and self.ctx.storage.is_changed(name)

    def is_changing(self, node: Node) -> bool:
        return isinstance(node, gast.Name) and self.is_changed(node.id)

    def is_there_still(self, name: str) -> bool:
        """Say whether an element or part of an array is never written after it was read."""
        return not self.overwriting.is_overwritten(name, self.made[name][0][0])

    def is_array(self, node: Node) -> bool:
        return isinstance(node, gast.Name) and isinstance(self.ctx.kind(node.id), Array)

    def is_scalar_expression(self, node: Node) -> bool:
        """Say whether an expression is a little arithmetic of numbers."""
        if sum(1 for n in walk(node) if isinstance(n, gast.expr)) > LENGTH:
            return False
        match node:
            case gast.Constant():
                return True
            case gast.Name(id=name):
                return isinstance(self.ctx.kind(name), (Number, Const))
            case gast.Attribute():  # math.pi
                return isinstance(known_object(node, self.ctx.program.externals), (int, float))
            case gast.BinOp(left=left, op=operator, right=right):
                return isinstance(operator, CHEAP) and all(
                    map(self.is_scalar_expression, (left, right))
                )
            case gast.UnaryOp(operand=operand):
                return self.is_scalar_expression(operand)
            case gast.Compare(left=left, comparators=others):
                return all(map(self.is_scalar_expression, (left, *others)))
            case gast.BoolOp(values=values):
                return all(map(self.is_scalar_expression, values))
            case gast.Subscript(value=gast.Name(id=base), slice=index):
                kind = self.ctx.kind(base)
                indices = index.elts if isinstance(index, gast.Tuple) else [index]
                return (
                    isinstance(kind, Array)
                    and kind.rank == len(indices)
                    and not self.is_changed(base)
                    and all(map(self.is_scalar_expression, indices))
                )
            case gast.Call(func=func, args=args, keywords=[]):
                function = known_object(func, self.ctx.program.externals)
                if not any(function is one for one in CALLS):
                    return False
                if function is len:
                    return all(isinstance(self.ctx.kind(n), Array) for n in map(name_of, args))
                return all(map(self.is_scalar_expression, args))
        return False


def is_real_number(kind: Kind) -> bool:
    return isinstance(kind, Number) and kind.cls == "f"


def name_of(node: Node) -> str:
    return node.id if isinstance(node, gast.Name) else ""


def value_of(step: Step, name: str) -> Node | None:
    """Give the expression that a step binds a name to."""
    for line in step.forward if isinstance(step, Simple) else []:
        match line:
            case gast.Assign(targets=[gast.Name(id=target)], value=value) if target == name:
                return value
    return None


__all__ = ["Loop", "cheap_again"]
