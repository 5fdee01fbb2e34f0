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

from srcxform.core import operations as op
from srcxform.kinds.lattice import Array, Const, Items, Kind, Many, Mapping, Number
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, loads, rename, stores, walk
from srcxform.transform.context import Context
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step, flat, has_backward

CHEAP = (gast.Add, gast.Sub, gast.Mult, gast.Div, gast.FloorDiv, gast.Mod)


@dataclass
class Plan:
    """What to save and restore, by step and by name (in order of discovery)."""

    before: dict[int, list[str]] = field(default_factory=dict)  # step: saved before it runs
    turn: dict[int, list[str]] = field(default_factory=dict)  # loop: saved at each turn's end
    again: dict[str, Node] = field(default_factory=dict)  # name: the cheap expression

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
        self.again: dict[str, Node] = {}
        self.refused_again: set[str] = set()
        self.saving: set[int] = set()  # steps at which the last plan saves something

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
            case Simple(backward=backward):
                found: set[str] = set()
                bound: set[str] = set()
                for line in backward:
                    found |= self.loads(line) - bound
                    bound |= self.stores(line)
                found &= self.defined
            case Branch(test=test):
                inside = [*step.body, *step.orelse]
                found = self.loads(test) & self.defined if self.goes_back(inside) else set()
            case Region():
                found = set()
            case Loop(backward=header):
                goes_back = id(step) in self.saving or self.goes_back(step.body)
                found = self.loads(header) & self.defined if goes_back else set()
        return self.expanded(found)

    def goes_back(self, steps: list[Step]) -> bool:
        """Say whether the backward sweep comes by: something is undone or restored in there."""
        return has_backward(steps) or any(id(step) in self.saving for step in flat(steps))

    def expanded(self, names: set[str]) -> set[str]:
        """Replace what is computed again by what that takes."""
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
            self.run(self.steps, set(), plan)
            saving = {*plan.before, *plan.turn}
            if saving <= self.saving:
                return plan
            self.saving |= saving

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
        bound = self.defines(step)
        for name in sorted(bound & demanded):
            noted(plan.before, step, name)
        return (demanded - bound) | self.reads(step)

    def loop(self, loop: Loop, demanded: set[str], plan: Plan) -> set[str]:
        own = self.stores(loop.target) if isinstance(loop.node, gast.For) else set()
        if not has_backward(
            loop.body
        ):  # nothing happens backward: what it overwrites is kept whole
            bound = own | {n for s in flat(loop.body) for n in self.defines(s)}
            for name in sorted(bound & demanded):
                noted(plan.before, loop, name)
            return demanded - bound
        local = self.local(loop, own)
        for name in sorted(own & demanded):
            noted(plan.before, loop, name)
        entering = demanded - own
        while True:
            end = self.run(loop.body, set(entering), plan)
            new = entering | (end - local - own)
            if new == entering:
                break
            entering = new
        made = {n for s in flat(loop.body) for n in self.defines(s)}
        for name in sorted((self.run(loop.body, set(), plan) & local & made) - own):
            noted(plan.turn, loop, name)
        return entering | self.reads(loop)

    def local(self, loop: Loop, own: set[str]) -> set[str]:
        """Give the names that each turn of a loop defines before it reads them."""
        bound = {n for s in flat(loop.body) for n in self.defines(s)}
        return bound - self.exposed(loop.body, set()) - own

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


def defines(step: Step) -> set[str]:
    """Give the names that a step itself binds in the forward sweep."""
    match step:
        case Simple(forward=forward):
            return {
                n for line in forward if not isinstance(line, gast.AugAssign) for n in stores(line)
            }
        case Loop(node=gast.For(), target=target):
            return stores(target)
        case Region(node=node):
            return region_names(node)
    return set()


def region_names(node: Node) -> set[str]:
    """Give the names that a `with` binds itself."""
    return {n for item in getattr(node, "items", []) for n in stores(item)}


def leaves(steps: list[Step]) -> bool:
    """Say whether a block ends by leaving the loop or the function."""
    last = steps[-1] if steps else None
    if isinstance(last, Simple) and last.forward:
        return isinstance(last.forward[-1], (gast.Break, gast.Raise))
    return False


# -- copies of storage that changes


def snapshots(ctx: Context, steps: list[Step]) -> None:
    """Let backward lines that read the content of changing storage read a copy of it."""
    changed = {name for name in ctx.storage.of_name if ctx.storage.is_changed(name)}
    for step in flat(steps):
        if not isinstance(step, Simple) or not step.backward:
            continue
        wanted = sorted(content_reads(step.backward) & changed)
        for name in wanted:
            if name not in ctx.program.kinds:
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
    from srcxform.runtime import snapshot

    if isinstance(ctx.kind(name), Array) or holds_numbers(ctx.kind(name)):
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


def content_reads(block: Block) -> set[str]:
    """Give the names whose content is read: not only their shape."""
    found: set[str] = set()
    for line in block:
        shapes = {id(n) for call in walk(line) for n in shape_arguments(call)}
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


# -- what is cheap to compute again


def cheap_again(ctx: Context, saver: Saver, parameters: set[str]) -> None:
    """Find names that need no saving because an expression of available values gives them."""
    changed = {name for name in ctx.storage.of_name if ctx.storage.is_changed(name)}
    while True:
        saved = saver.plan().saved()
        found = next(
            (
                (name, value)
                for name, value in candidates(ctx, saver, changed)
                if name in saved and worth(saver, name, value, saved)
            ),
            None,
        )
        if found is None:
            return
        saver.again[found[0]] = found[1]
        after = saver.plan().saved()
        if len(after) >= len(saved):
            del saver.again[found[0]]
            saver.refused_again.add(found[0])


def candidates(ctx: Context, saver: Saver, changed: set[str]) -> list[tuple[str, Node]]:
    """Give names with one definition that is a cheap operation on things that stay."""
    lines: dict[str, list[tuple[Node, Any]]] = {}
    for chain, step in chained(saver.steps, ()):
        if isinstance(step, Simple):
            for line in step.forward:
                for name in stores(line):
                    lines.setdefault(name, []).append((line, chain))
        else:
            for name in defines(step):
                lines.setdefault(name, []).append((step, chain))
    found = []
    for name, definitions in lines.items():
        if len(definitions) != 1 or name in saver.again or name in saver.refused_again:
            continue
        line = definitions[0][0]
        match line:
            case gast.Assign(targets=[gast.Name()], value=value) if is_cheap(ctx, value, changed):
                found.append((name, value))
    return found


def chained(steps: list[Step], chain: tuple[Any, ...]) -> Any:
    for step in steps:
        yield chain, step
        if isinstance(step, Branch):
            yield from chained(step.body, (*chain, (step, 0)))
            yield from chained(step.orelse, (*chain, (step, 1)))
        elif isinstance(step, Loop):
            yield from chained(step.body, (*chain, (step, 0)))
        elif isinstance(step, Region):
            yield from chained(step.body, (*chain, (step, 0)))
            yield from chained(step.ending, (*chain, (step, 1)))


def is_cheap(ctx: Context, value: Node, changed: set[str]) -> bool:
    """Say whether computing an expression again costs no more than keeping its value."""
    if loads(value) & changed:
        return False
    found = ctx.operation(value)
    match value:
        case gast.BinOp(left=left, op=operator, right=right):
            return isinstance(operator, CHEAP) and all(is_scalar(ctx, n) for n in (left, right))
        case gast.UnaryOp(operand=operand):
            return is_scalar(ctx, operand)
        case gast.Name() | gast.Compare():
            return isinstance(value, gast.Name) or all(
                is_scalar(ctx, n) for n in [value.left, *value.comparators]
            )
        case gast.Subscript(value=gast.Name(id=base)):
            return isinstance(ctx.kind(base), Array) and not any(
                isinstance(n, gast.Name) and isinstance(ctx.kind(n.id), Array)
                for n in walk(value.slice)
            )
    if isinstance(found, op.RuleCall):
        return bool(found.rule.view) and found.rule.view == "view"
    return False


def is_scalar(ctx: Context, node: Node) -> bool:
    if isinstance(node, gast.Name):
        return isinstance(ctx.kind(node.id), (Number, Const))
    return isinstance(node, (gast.Constant, gast.BinOp))


def worth(saver: Saver, name: str, value: Node, saved: set[str]) -> bool:
    """Say whether the operands are as they were wherever the value is read backward."""
    order = list(flat(saver.steps))
    chains = {id(step): chain for chain, step in chained(saver.steps, ())}
    made = next(k for k, s in enumerate(order) if isinstance(s, Simple) and name in defines(s))
    loop = innermost(chains[id(order[made])])
    readers = [k for k, s in enumerate(order) if name in saver.reads(s)]
    operands = saver.expanded(loads(value) & saver.defined)
    for reader in readers:
        if reader < made or innermost_common(chains, order[reader], loop) is not loop:
            return False
        between = order[made + 1 : reader + 1]
        for outer, _ in chains[id(order[reader])]:
            if isinstance(outer, Loop) and not any(o is outer for o, _ in chains[id(order[made])]):
                between += [outer, *flat(outer.body)]
        if not isinstance(order[reader], Simple):
            between += flat([order[reader]])  # it is asked for again behind its blocks
        if any(defines(step) & operands for step in between):
            return False
    return True


def innermost(chain: tuple[Any, ...]) -> Any:
    found = [step for step, _ in chain if isinstance(step, Loop)]
    return found[-1] if found else None


def innermost_common(chains: dict[int, Any], step: Step, loop: Any) -> Any:
    """Give `loop` if the step stands in it (or if there is none to stand in)."""
    if loop is None:
        return None
    return loop if any(s is loop for s, _ in chains[id(step)]) else object()


__all__ = ["Plan", "Saver", "cheap_again", "snapshots", "clone"]
