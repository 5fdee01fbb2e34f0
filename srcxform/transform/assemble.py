"""The two sweeps as statements: joint in one function, or split in two.

Joint: forward, the seed 1.0, backward, in one function: `grad`, `value_and_grad`. Split: the
forward function gives the value and a tuple of residuals, the backward function takes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gast

from srcxform.analysis.aliasing import parts_of
from srcxform.kinds.lattice import UNKNOWN, Array, Const, Items, Kind, Many, Mapping, Number
from srcxform.optimise.dead import dead, live_in
from srcxform.runtime import snapshot
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.comment import Comment
from srcxform.syntax.visit import all_names, clone, loads, shallow, stores
from srcxform.transform.again import cheap_again
from srcxform.transform.arrival import come_in_both, write_out
from srcxform.transform.conditions import named_conditions
from srcxform.transform.context import Context, refusing, take_beside
from srcxform.transform.late import late_shadows
from srcxform.transform.order import defines, order_of, region_names
from srcxform.transform.overwriting import Overwriting
from srcxform.transform.reverse.blocks import spread_groups
from srcxform.transform.reverse.statements import Reverse
from srcxform.transform.saving import Plan, Saver, leaves
from srcxform.transform.separating import separate_rules
from srcxform.transform.sizes import sizes_at_hand
from srcxform.transform.snapshots import snapshots
from srcxform.transform.stand_ins import stand_in
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step, flat
from srcxform.transform.transposing import transpose_rules
from srcxform.transform.turns import count_what_saves, leave_last_turns, until_empty


@dataclass(frozen=True)
class Sweeps:
    """The forward and the backward statements, and what comes out of them."""

    forward: Block
    backward: Block
    value: Node
    cotangents: list[Node]
    shadows: tuple[str, ...]
    left: list[Node]  # attributes of objects around an inner program, at the end of it
    lists: dict[str, str]  # what the forward sweep saves into, by list: the backward uses them up
    tapes: tuple[str, ...] = ()  # what is used up where it is handed on


def sweeps(ctx: Context, seed: Node, component: tuple[Any, ...] = ()) -> Sweeps:
    """Write both sweeps for the cotangent `seed` of the result (or of a component of it)."""
    write_out(ctx, adjoints=True)
    separate_rules(ctx)
    transpose_rules(ctx)
    write_out(ctx, adjoints=True)
    left = take_beside(ctx)
    ctx.narrow(left)
    reverse = Reverse(ctx)
    *body, last = ctx.program.body
    value = last.value if isinstance(last, gast.Return) else build.const(None)
    seeding: Block = []
    if ctx.is_active(value):
        if reverse.bars.is_shadow(value.id) and component:
            target = build.item_store(reverse.bars.shadow(value.id), build.const(component[0]))
            seeding = [build.assign(target, seed)]
        else:
            seeding = reverse.bars.contribute(value.id, seed, component)
    steps = reverse.block(body if isinstance(last, gast.Return) else ctx.program.body)
    told = ctx.told.get(id(last)) if isinstance(last, gast.Return) else None
    if told is not None:
        steps.append(Simple([refusing(ctx, told)]))
    opening: Block = []
    captured = [capture.name for capture in ctx.program.externals.captures.values()]
    for name in dict.fromkeys([*ctx.wrt, *ctx.program.parameters, *captured]):
        if ctx.is_active(build.load(name)) and reverse.bars.is_shadow(name):
            opening.append(reverse.fresh_shadow(name))
    value, *left = (held(ctx, node, steps) for node in (value, *left))
    steps = spread_groups(steps)
    steps.append(
        Simple([], build.at(getattr(last, "place", None), seeding), getattr(last, "place", None))
    )
    closing = []
    cotangents = []
    for name in ctx.wrt:
        node = reverse.bars.value(name)
        if reverse.bars.is_shadow(name):
            like, lines = as_given(ctx, name)
            node = reverse.structured(node, build.load(like), kind_at_first(ctx, name))
            opening += lines if like in loads(node) else []
        # What the forward sweep bound is read here, too: its name may be bound again in between.
        if not isinstance(node, (gast.Name, gast.Constant)) or reverse.bars.is_shadow(name):
            holder = reverse.bars.part(f"{name}_bar")
            closing += ctx.expand([build.assign(holder, node)], None)
            node = build.load(holder)
        cotangents.append(node)
    # From here on a cotangent has one kind, wherever its name stands.
    ctx.settle_on(
        bar for (name, _), bar in reverse.bars.bars.items() if not reverse.bars.is_shadow(name)
    )
    steps, tests = named_conditions(ctx, steps)
    order = order_of(steps)
    sizes_at_hand(ctx, order)
    snapshots(ctx, Overwriting(ctx, order))
    ending = Simple([], closing)
    steps = [Simple(opening), ending, *steps]
    parameters = {
        *ctx.program.parameters,
        *(c.name for c in ctx.program.externals.captures.values()),
    }
    saver = Saver(ctx, steps, parameters)
    exits = leave_last_turns(steps, saver)
    cheap_again(ctx, saver, Overwriting(ctx, order_of(steps)), tests)
    count_what_saves(exits, saver)
    writer = Writer(ctx, saver, saver.plan())
    forward, backward = writer.block(steps, top=True)
    forward, backward = come_in_both(ctx, forward, backward)
    backward = until_empty(forward, backward, set(writer.lists.values()))
    unbound = unsure(steps, writer.plan, parameters, writer.shared)
    forward = [*writer.stand_ins(unbound), *forward]
    shadows = tuple(
        bar
        for (name, path), bar in reverse.bars.bars.items()
        if not path and reverse.bars.is_shadow(name)
    )
    externals = ctx.program.externals
    result = build.returning(build.sequence([value, *left, *cotangents]))
    live = live_in([*backward, result], externals)
    live |= loads(build.sequence([value, *left]))  # a backward sweep that refuses reads nothing
    forward = dead(forward, live, externals)
    forward, backward = late_shadows(ctx, forward, backward, set(shadows))
    lists, tapes = {saved: name for name, saved in writer.lists.items()}, tuple(reverse.tapes)
    return Sweeps(forward, backward, value, cotangents, shadows, left, lists, tapes)


def as_given(ctx: Context, name: str) -> tuple[str, Block]:
    """Name an argument as it was at first: lists in it may be longer or shorter in the end."""
    if not any(part.changed for part in parts_of(ctx.storage.storage(name))):
        return name, []
    first = ctx.names.like(name)
    ctx.kinds[first] = ctx.kind(name)
    line = build.assign(first, build.call(build.const(snapshot), build.load(name)))
    return first, ctx.expand([line], None)


def kind_at_first(ctx: Context, name: str) -> Kind:
    """Give the kind of an argument before anything is written into it: its shadow ends as that."""
    kind = ctx.program.given.get(name, UNKNOWN)
    return kind if is_display(kind) else ctx.kind(name)


def is_display(kind: Kind) -> bool:
    match kind:
        case Items(items=items) | Mapping(items=items):
            return all(map(is_display, items))
    return isinstance(kind, (Number, Array, Const))


def held(ctx: Context, value: Node, steps: list[Any]) -> Node:
    """Hold a value: the backward sweep may bind its name to earlier values."""
    if not isinstance(value, gast.Name):
        return value
    name = ctx.names.like("value")
    ctx.kinds[name] = ctx.kind(value.id)
    steps.append(Simple([build.assign(name, value)]))
    return build.load(name)


class Writer:
    """Writes saves into the forward sweep and restores into the backward sweep."""

    def __init__(self, ctx: Context, saver: Saver, plan: Plan) -> None:
        self.ctx = ctx
        self.saver = saver
        self.plan = plan
        self.depth = 0
        self.lists: dict[str, str] = {}
        self.declared: set[str] = set()
        self.shared: set[str] = set()  # saved at the ends of turns that may leave them as they were
        self.turns = self.turn_blocks()
        self.turn_copies = {
            id(step.body): plan.turn_copies.get(id(step), {})
            for step in flat(saver.steps)
            if isinstance(step, Loop)
        }

    def turn_blocks(self) -> dict[int, list[str]]:
        """Give, for each block of a loop's body, the names saved at its end."""
        found: dict[int, list[str]] = {}
        for step in flat(self.saver.steps):
            if isinstance(step, Loop):
                for name in self.plan.turn.get(id(step), []):
                    block = self.smallest(step.body, name)
                    found.setdefault(id(block), []).append(name)
        return found

    def smallest(self, block: list[Step], name: str) -> list[Step]:
        """Give the innermost block that holds all that binds and reads a name."""
        holders = [s for s in block if self.touches(s, name)]
        if len(holders) == 1 and isinstance(holders[0], Branch):
            branch = holders[0]
            if name not in self.saver.reads(branch):
                parts = [
                    p for p in (branch.body, branch.orelse) if any(self.touches(s, name) for s in p)
                ]
                if len(parts) == 1:
                    return self.smallest(parts[0], name)
        return block

    def touches(self, step: Step, name: str) -> bool:
        return any(name in defines(s) or name in self.saver.reads(s) or self.forward_reads(s, name)
                   for s in flat([step]))  # fmt: skip

    def forward_reads(self, step: Step, name: str) -> bool:
        return isinstance(step, Simple) and any(name in loads(line) for line in step.forward)

    # -- blocks

    def block(self, steps: list[Step], top: bool = False) -> tuple[Block, Block]:
        forward: Block = []
        pieces: list[Block] = []
        for step in steps:
            ahead, behind = self.step(step)
            if top:
                forward += self.declarations(ahead)
            if self.passes_on(step, forward):
                *saves, line = ahead
                forward[-1:] = [*saves, forward[-1], line]
            else:
                forward += ahead
            if behind:
                pieces.append([*self.comment(step), *behind])
        held = self.turn_copies.get(id(steps), {})
        names = self.turns.get(id(steps), [])
        if names:
            forward = self.with_saves(forward, names, steps)
            pieces.append([self.restore(name) for name in reversed(names)])
        pieces.append([build.assign(name, build.load(other)) for name, other in held.items()])
        return forward, [line for piece in reversed(pieces) for line in piece]

    def passes_on(self, step: Step, forward: Block) -> bool:
        """Say whether a step only gives the last value its name: it is saved for before that."""
        if not isinstance(step, Simple) or len(step.forward) != 1 or not forward:
            return False
        match step.forward[0], forward[-1]:
            case (
                gast.Assign(targets=[gast.Name()], value=gast.Name(id=source)),
                gast.Assign(targets=[gast.Name(id=made)]),
            ):
                return bool(source == made)
        return False

    def declarations(self, lines: Block) -> Block:
        """Declare the lists that a top-level statement saves into."""
        used = {name for line in lines for name in loads(line)}
        new = []
        for name, saved in self.lists.items():
            if saved in used and saved not in self.declared:
                self.declared.add(saved)
                new.append(build.assign(saved, build.sequence([], "list")))
                self.ctx.kinds[saved] = Many("list", self.ctx.kind(name))
        return new

    def with_saves(self, forward: Block, names: list[str], steps: list[Step]) -> Block:
        """Save at the end of a block, on every way that leaves it."""
        saves = [self.save(name) for name in names]
        unsure = [n for n in names if n in self.unassigned(steps, names)]
        self.shared.update(n for n in unsure if self.is_shared(n, steps))
        alone = [n for n in unsure if n not in self.shared]
        return [*self.stand_ins(alone), *at_every_end(forward, saves)]

    def is_shared(self, name: str, block: list[Step]) -> bool:
        """Say whether a name means something outside a block: there it keeps the value it had."""
        inside = {id(step) for step in flat(block)}
        outside = (step for step in flat(self.saver.steps) if id(step) not in inside)
        return any(name in names_in(step) for step in outside)

    def stand_ins(self, names: Iterable[str]) -> Block:
        """Bind names that may be saved before the program binds them."""
        lines: Block = []
        for name in names:
            value = stand_in(self.ctx, name, self.ctx.kind(name), lines)
            lines += self.ctx.expand([build.assign(name, value)], None)
        return lines

    def unassigned(self, steps: list[Step], names: list[str]) -> set[str]:
        """Give the names that a block may leave unbound."""
        return set(names) - self.surely(steps)

    def surely(self, steps: list[Step]) -> set[str]:
        found: set[str] = set()
        for step in steps:
            if isinstance(step, Branch):
                body, orelse = self.surely(step.body), self.surely(step.orelse)
                if leaves(step.body) and not leaves(step.orelse):
                    found |= body & orelse
                else:
                    found |= body & orelse
            elif isinstance(step, Simple):
                found |= defines(step)
            elif isinstance(step, Region):
                found |= defines(step) | self.surely([*step.body, *step.ending])
        return found

    def step(self, step: Step) -> tuple[Block, Block]:
        before = self.plan.before.get(id(step), [])
        saves = [self.save(name) for name in before]
        held = self.plan.copies.get(id(step), {})
        restores = [self.restore(name) for name in reversed(before)]
        restores += [build.assign(name, build.load(other)) for name, other in held.items()]
        again = self.computed_again(step)
        match step:
            case Simple(forward=forward, backward=backward):
                old = self.saver.reads_old(step)
                first = [line for line in restores if stores(line) & old]
                rest = [line for line in restores if not stores(line) & old]
                return [*saves, *forward], [*first, *again, *backward, *rest]
            case Branch():
                body, body_back = self.block(step.body)
                orelse, orelse_back = self.block(step.orelse)
                ahead: Block = []
                if body or orelse:
                    line = build.branch(step.test, body, orelse)
                    line.place = step.place
                    line.leaving = None if step.taken is None else ("orelse", "body")[step.taken]
                    ahead = [line]
                behind: Block = []
                if step.taken is not None:
                    behind = [body_back, orelse_back][step.taken]
                elif body_back or orelse_back:
                    behind = [*again, build.branch(clone(step.test), body_back, orelse_back)]
                return [*saves, *ahead], [*behind, *restores]
            case Loop():
                return self.loop(step, saves, restores, again)
            case Region():
                return self.region(step, saves, restores)
        raise TypeError(step)

    def region(self, step: Region, saves: Block, restores: Block) -> tuple[Block, Block]:
        body, body_back = self.block(step.body)
        ending, ending_back = self.block(step.ending)
        if step.again is not None and body_back:
            body_back = [renewed(step.again, [body_back])]
        ahead = renewed(step.node, [body, ending])
        return [*saves, ahead], [*ending_back, *body_back, *restores]

    def loop(self, step: Loop, saves: Block, restores: Block, again: Block) -> tuple[Block, Block]:
        self.depth += 1
        body, back = self.block(step.body)
        self.depth -= 1
        if isinstance(step.node, gast.For):
            ahead = build.for_loop(step.node.target, step.node.iter, body)
        else:
            ahead = build.while_loop(step.node.test, body)
        ahead.place = step.place
        behind: Block = []
        if back:
            behind = [*again, build.for_loop(clone(step.target), clone(step.backward), back)]
        return [*saves, ahead], [*behind, *restores]

    def computed_again(self, step: Step) -> Block:
        """Write the cheap values that a step's backward part reads."""
        again, self.saver.again = self.saver.again, {}
        wanted = self.saver.reads(step) & set(again)
        self.saver.again = again
        lines: Block = []
        done: set[str] = set()

        def write(name: str) -> None:
            if name in done:
                return
            done.add(name)
            for part in sorted(loads(again[name]) & set(again)):
                write(part)
            lines.append(build.assign(name, clone(again[name])))

        for name in sorted(wanted):
            write(name)
        return lines

    def save(self, name: str) -> Node:
        if name not in self.lists:
            self.lists[name] = self.ctx.names.exact(f"{name}_saved")
        return build.expression(build.method(self.lists[name], "append", build.load(name)))

    def restore(self, name: str) -> Node:
        return build.assign(name, build.method(self.lists[name], "pop"))

    def comment(self, step: Step) -> Block:
        """Head a backward block with the user's line."""
        place = step.place
        if place is None or not isinstance(step, Simple) or not step.backward:
            return []
        note = Comment(text=place.text.strip())
        note.place = place
        return [note]


def renewed(node: Node, blocks: list[Block]) -> Node:
    """Copy a `with` or `try` with other blocks."""
    new = shallow(node)
    new.body = blocks[0] or [gast.Pass()]
    if isinstance(new, gast.Try):
        new.finalbody = blocks[1] or [gast.Pass()]
    return new


def names_in(step: Step) -> set[str]:
    """Give the names that a step speaks of itself, in either sweep."""
    match step:
        case Simple(forward=forward, backward=backward):
            return {name for line in (*forward, *backward) for name in all_names(line)}
        case Branch(test=test):
            return loads(test)
        case Loop(node=node, backward=backward):
            header = node.iter if isinstance(node, gast.For) else node.test
            return loads(header) | loads(backward) | defines(step)
    return region_names(step.node)


def unsure(steps: list[Step], plan: Plan, bound: set[str], shared: set[str]) -> list[str]:
    """Give the names that are saved before statements where they may not be bound yet.

    So are `shared` ones at the ends of turns.
    """
    found: dict[str, None] = {}

    def visit(block: list[Step], known: set[str]) -> set[str]:
        for step in block:
            found.update({n: None for n in plan.before.get(id(step), []) if n not in known})
            match step:
                case Simple():
                    known |= defines(step)
                case Branch(body=body, orelse=orelse):
                    ends = [(part, visit(part, set(known))) for part in (body, orelse)]
                    staying = [end for part, end in ends if not leaves(part)]
                    known = set.intersection(*staying) if staying else known
                case Loop(body=body):
                    at_end = [n for n in plan.turn.get(id(step), []) if n in shared]
                    found.update({n: None for n in at_end if n not in known})
                    visit(body, known | defines(step))
                case Region(body=body, ending=ending):
                    known = visit(ending, visit(body, known | defines(step)))
        return known

    visit(steps, set(bound))
    return list(found)


def at_every_end(block: Block, lines: Block) -> Block:
    """Put lines at the end of a block and before every `break` that leaves it."""
    if not block:
        return clone(lines)
    *start, last = block
    match last:
        case gast.Break():
            return [*start, *clone(lines), last]
        case gast.Raise():
            return block
        case gast.If() if may_break(last):
            new = shallow(last)
            for arm in ("body", "orelse"):
                if getattr(last, "leaving", None) != arm:  # that turn is not undone
                    setattr(new, arm, at_every_end(getattr(last, arm), lines))
            return [*start, new]
    return [*block, *clone(lines)]


def may_break(node: Node) -> bool:
    return any(
        isinstance(s, gast.Break) or isinstance(s, gast.If) and may_break(s)
        for s in [*node.body, *node.orelse]
    )
