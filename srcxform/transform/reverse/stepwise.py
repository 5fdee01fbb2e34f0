"""Loops that keep few states: a first sweep that keeps some, a way back that runs turns again.

    y_1 = y                                          kept = kept.copy()
    kept = []                                        for action, turn in way_back(turns, 4):
    for action, turn in first_sweep(turns, 4):           if action == 'advance':
        if action == 'keep':                                 y_1, = f_turn(over[turn], y_1, k)
            kept.append((y_1,))                          elif action == 'restore':
        elif action == 'advance':                            y_1, = kept[-1]
            y_1, = f_turn(over[turn], y_1, k)            ...
        else:                                            elif action == 'tape':
            out, taped = f_turn_fwd(...)                     out, taped = f_turn_fwd(...)
            y_1, = out                                   else:
                                                             y_bar, k_bar_1 = f_turn_bwd(taped, ...)

Where the number of turns is not known ahead, the first sweep tapes each turn, and keeps the last
tape only.
"""

from __future__ import annotations

import random
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.analysis.activity import activity
from srcxform.analysis.aliasing import aliasing, holds_storage
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Never,
    Number,
    Opaque,
    Record,
)
from srcxform.runtime.randomness import GENERATORS
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, walk
from srcxform.transform.context import refusing
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step
from srcxform.transform.stepwise import Turns, stand_in, written_otherwise


def undone(sweep: Sweep, name: str, found: op.Apart, node: Node) -> Step:
    """Write both sweeps of a loop."""
    active = [arg for arg in found.args if sweep.ctx.is_active(arg)]
    if any(sweep.is_written(one) for one in (name, *(arg.id for arg in active))):
        return Simple([refusing(sweep.ctx, written_otherwise(node.place))])
    return Undoing(sweep, name, found).step()


class Undoing:
    """The variables of both sweeps, and what is done with them."""

    def __init__(self, sweep: Sweep, name: str, found: op.Apart) -> None:
        self.sweep = sweep
        self.ctx = sweep.ctx
        self.name = name
        self.loop: Turns = found.callee
        self.over, *rest = found.args
        self.initial = rest[: len(self.loop.carried)]
        self.given = rest[len(self.loop.carried) :]
        self.result: Any = self.loop.result
        self.mask = self.active_parameters(found.args)
        assert self.loop.turn is not None
        self.turn = self.loop.turn.name
        requests = self.ctx.requests
        self.forward_name = requests.ask(self.loop.turn, "vjp", self.mask)
        self.backward_name = requests.backward_name(self.loop.turn, self.mask)
        kinds = self.result.items
        self.state = [
            self.named(hint, kind)
            for hint, kind in zip([*self.loop.carried, *self.loop.made], kinds, strict=True)
        ]
        self.carried = self.state[: len(self.loop.carried)]
        self.kept = self.named("kept", Many("list", self.kind_of_state()))
        self.taped = self.named("taped", UNKNOWN)
        if self.is_used_up():
            sweep.tapes.append(self.taped)
        self.count = self.named("count", Number("i"))
        self.distance = self.named("distance", Number("i"))
        self.action, self.at = self.named("action", Opaque(str)), self.named("turn", Number("i"))
        self.item = self.named("item", UNKNOWN)
        self.sources = self.random_sources()
        self.drawing = [  # what the state itself leads to
            one
            for name, kind in zip(self.carried, kinds, strict=False)
            for one in generators_in(build.load(name), kind)
        ]
        self.dice = (
            self.named("dice", Many("list", Opaque(list))) if self.sources or self.drawing else ""
        )

    def named(self, hint: str, kind: Kind) -> str:
        name = str(self.ctx.names.like(hint))
        self.ctx.kinds[name] = kind
        return name

    def kind_of_state(self) -> Kind:
        return Items("tuple", self.result.items[: len(self.loop.carried)])

    def active_parameters(self, args: tuple[Node, ...]) -> tuple[bool, ...]:
        """Say in which parameters a turn is differentiated: what one makes active is so in all."""
        turn, loop = self.loop.turn, self.loop
        assert turn is not None
        first = len(loop.targets)
        _, *rest = map(self.ctx.is_active, args)
        mask = [*(False for _ in loop.targets), *rest]
        *_, display, _ = turn.body
        ends = display.value.elts[0 if loop.counted else 1 :]
        externals, functions = self.ctx.program.externals, self.ctx.program.functions
        while True:
            names = {p for p, one in zip(turn.parameters, mask, strict=True) if one}
            facts = aliasing(turn.body, turn.kinds, externals, functions)
            reached = activity(turn.body, names, facts)
            new = list(mask)
            for k, end in enumerate(ends[: len(loop.carried)]):
                new[first + k] |= isinstance(end, gast.Name) and end.id in reached
            if new == mask:
                return tuple(mask)
            mask = new

    def is_used_up(self) -> bool:
        """Say whether undoing a turn may change its tape: shadows, or what a loop has saved."""
        turn = self.loop.turn
        assert turn is not None
        externals, functions = self.ctx.program.externals, self.ctx.program.functions
        facts = aliasing(turn.body, turn.kinds, externals, functions)
        loops = any(isinstance(node, (gast.For, gast.While)) for node in walk(turn.body))
        return loops or any(
            holds_storage(turn.kinds.get(name, UNKNOWN)) and part.root().changed
            for name, part in facts.of_name.items()
        )

    def step(self) -> Step:
        forward = self.first_sweep()
        if self.sweep.bars.is_shadow(self.name):
            forward.append(self.sweep.fresh_shadow(self.name))
        return Simple(forward, self.way_back())

    # -- forward

    def first_sweep(self) -> Block:
        lines = [
            build.assign(own, clone(start))
            for own, start in zip(self.carried, self.initial, strict=True)
        ]
        lines.append(build.assign(self.kept, build.sequence([], "list")))
        if self.dice:
            lines.append(build.assign(self.dice, build.sequence([], "list")))
        lines += self.counted() if self.loop.counted else self.uncounted()
        lines += [self.ran(name) for name in self.loop.bound]
        return [*lines, build.assign(self.name, self.display(self.state))]

    def ran(self, name: str) -> Node:
        check = self.reference(runtime.check_ran)
        return build.expression(build.call(check, build.load(self.count), build.const(name)))

    def counted(self) -> Block:
        length = build.assign(self.count, build.call("len", clone(self.over)))
        schedule = build.call(
            self.reference(runtime.first_sweep), build.load(self.count), self.snapshots()
        )
        chain = [("keep", self.keep()), ("advance", self.advance()), ("tape", self.tape(True))]
        return [*self.stand_ins(), length, self.follow(schedule, chain)]

    def stand_ins(self) -> Block:
        """What a loop makes in each turn is there, for Python, before a loop."""
        made = self.state[len(self.carried) :]
        return [build.assign(name, stand_in(self.ctx, self.ctx.kind(name))) for name in made]

    def uncounted(self) -> Block:
        """Keep states at a distance that doubles."""
        count, distance = self.count, self.distance
        due = compared(
            build.binary(build.load(count), gast.Mod(), build.load(distance)), build.const(0)
        )
        full = compared(build.call("len", build.load(self.kept)), self.snapshots())
        double = build.assign(
            distance, build.binary(build.const(2), gast.Mult(), build.load(distance))
        )
        thinner = [*self.thinned(build.const(2)), double]
        body = [
            build.branch(due, [build.branch(full, thinner)]),
            build.branch(clone(due), self.keep()),
            *self.tape(True, build.load(self.item)),
            build.assign(count, build.binary(build.load(count), gast.Add(), build.const(1))),
        ]
        start = [
            build.assign(count, build.const(0)), build.assign(distance, build.const(1)),
            *self.stand_ins(),
        ]  # fmt: skip
        if not self.loop.runs_over:
            going = self.going()
            first = build.assign(going, clone(self.over))
            return [*start, first, build.while_loop(build.load(going), body)]
        stop = build.branch(
            gast.UnaryOp(op=gast.Not(), operand=build.load(self.going())), [gast.Break()]
        )
        header = build.for_loop(build.store(self.item), clone(self.over), [*body, stop])
        return [*start, header]

    def going(self) -> str:
        if not hasattr(self, "going_name"):
            self.going_name = self.named("going", Number("b"))
        return self.going_name

    def thinned(self, factor: Node) -> Block:
        def step() -> Node:
            return gast.Slice(lower=None, upper=None, step=clone(factor))

        return [
            build.assign(name, build.item(name, step()))
            for name in [self.kept, *([self.dice] if self.dice else [])]
        ]

    # -- what both sweeps do

    def snapshots(self) -> Node:
        return build.const(self.loop.snapshots)

    def display(self, names: list[str]) -> Node:
        return build.sequence(map(build.load, names))

    def reference(self, function: Any) -> Node:
        written = self.ctx.program.externals.reference(function)
        assert written is not None
        return written

    def follow(self, schedule: Node, chain: list[tuple[str, Block]]) -> Node:
        """Write a loop over the actions of a schedule."""
        (_, last), *before = reversed(chain)
        orelse = last
        for action, lines in before:
            test = compared(build.load(self.action), build.const(action))
            orelse = [build.branch(test, lines, orelse)]
        target = build.sequence([build.store(self.action), build.store(self.at)], ctx=gast.Store())
        return build.for_loop(target, schedule, orelse)

    def keep(self) -> Block:
        lines = [build.expression(build.method(self.kept, "append", self.display(self.carried)))]
        if self.dice:
            states = build.call(self.reference(runtime.random_states), *self.all_sources())
            lines.append(build.expression(build.method(self.dice, "append", states)))
        return lines

    def all_sources(self) -> list[Node]:
        return [clone(one) for one in (*self.sources, *self.drawing)]

    def restore(self) -> Block:
        lines = [self.unpacked(self.carried, build.item(self.kept, build.const(-1)))]
        if self.dice:
            states = build.item(self.dice, build.const(-1))
            lines.append(self.reset(states, self.all_sources()))
        return lines

    def reset(self, states: Node, sources: list[Node]) -> Node:
        restore = self.reference(runtime.restore_random)
        return build.expression(build.call(restore, states, *map(clone, sources)))

    def drop(self) -> Block:
        names = [self.kept, *([self.dice] if self.dice else [])]
        return [build.expression(build.method(name, "pop")) for name in names]

    def unpacked(self, names: list[str], value: Node) -> Node:
        return build.assign(build.sequence(map(build.store, names), ctx=gast.Store()), value)

    def advance(self) -> Block:
        lines, args = self.arguments()
        return [*lines, self.unpacked(self.results(), build.call(self.turn, *args))]

    def results(self) -> list[str]:
        return self.state if self.loop.counted else [self.going(), *self.state]

    def tape(self, going_on: bool, element: Node | None = None) -> Block:
        """Run a turn that will be undone; where nothing goes on from it, its state is not read."""
        lines, args = self.arguments(element)
        out = self.named("out", self.loop.turn.result if self.loop.turn else UNKNOWN)
        pair = build.sequence([build.store(out), build.store(self.taped)], ctx=gast.Store())
        lines.append(build.assign(pair, build.call(self.forward_name, *args)))
        return [*lines, self.unpacked(self.results(), build.load(out))] if going_on else lines

    def arguments(self, element: Node | None = None) -> tuple[Block, list[Node]]:
        """Give what a turn is called with."""
        loop = self.loop
        rest = [*map(build.load, self.carried), *map(clone, self.given)]
        if not loop.runs_over:
            return [], rest
        element = element or build.item(clone(self.over), build.load(self.at))
        if len(loop.targets) == 1:
            return [], [element, *rest]
        names = [self.named(name, UNKNOWN) for name in loop.targets]
        return [self.unpacked(names, element)], [*map(build.load, names), *rest]

    # -- backward

    def way_back(self) -> Block:
        bars = self.sweep.bars
        lines: Block = []
        g = bars.value(self.name)
        names = [*self.loop.carried, *self.loop.made]
        pairs = zip(names, self.result.items, strict=True)
        parts = [self.named(f"{one}_bar", kind) for one, kind in pairs]
        holder = self.named(f"{self.name}_bar", UNKNOWN)
        if not isinstance(g, gast.Tuple):
            lines += self.ctx.expand([build.assign(holder, g)], None)
        for k, part in enumerate(parts):
            value = g.elts[k] if isinstance(g, gast.Tuple) else build.item(holder, k)
            lines += self.ctx.expand([build.assign(part, value)], None)
        bars.consume(self.name)
        opening, gathering = self.gathering()
        left = ""
        if self.sources:
            left = self.named("left", Opaque(list))
            states = build.call(self.reference(runtime.random_states), *map(clone, self.sources))
            lines.append(build.assign(left, states))
        lines += opening
        if self.loop.counted:
            lines += [build.assign(n, build.method(n, "copy")) for n in self.held()]
            schedule = build.call(
                self.reference(runtime.way_back), build.load(self.count), self.snapshots()
            )
        else:
            wide, distance = self.named("factor", Number("i")), build.load(self.distance)
            given = [build.load(self.count), distance, self.snapshots()]
            lines.append(build.assign(wide, build.call(self.reference(runtime.coarser), *given)))
            lines += self.thinned(build.load(wide))
            wider = build.binary(build.load(self.distance), gast.Mult(), build.load(wide))
            schedule = build.call(
                self.reference(runtime.way_back_from),
                build.load(self.count),
                wider,
                self.snapshots(),
            )
        chain = [
            ("advance", self.advance()), ("keep", self.keep()), ("restore", self.restore()),
            ("drop", self.drop()), ("tape", self.tape(False)),
            ("undo", [*self.undo(parts), *gathering]),
        ]  # fmt: skip
        lines.append(self.follow(schedule, chain))
        if left:
            lines.append(self.reset(build.load(left), self.sources))
        for start, part in zip(self.initial, parts, strict=False):
            if self.ctx.is_active(start):
                lines += bars.contribute(start.id, build.load(part))
        return lines

    def held(self) -> list[str]:
        return [self.kept, *([self.dice] if self.dice else [])]

    def gathering(self) -> tuple[Block, Block]:
        """Set up, and add to, the cotangents of what stays the same; their terms have names."""
        first = len(self.loop.targets) + len(self.loop.carried)
        bars = self.sweep.bars
        self.terms = [
            (arg, self.named(f"{arg.id}_bar", self.ctx.kind(arg.id)))
            for arg, active in zip(self.given, self.mask[first:], strict=True)
            if active
        ]
        opening: Block = []
        for arg, _ in self.terms:
            if bars.is_shadow(arg.id):
                continue
            for key in bars.keys(arg.id):
                if key not in bars.status.present:
                    opening += self.ctx.expand([build.assign(bars.bar(key), bars.zero(key))], None)
                    bars.status.present[key] = True
                elif not bars.status.present[key]:
                    bars.status.present[key] = False
        adding = [
            line for arg, term in self.terms for line in bars.contribute(arg.id, build.load(term))
        ]
        return opening, adding

    def undo(self, parts: list[str]) -> Block:
        loop = self.loop
        seed = [*([] if loop.counted else [build.const(None)]), *map(build.load, parts)]
        call = build.call(self.backward_name, build.load(self.taped), build.sequence(seed))
        first = len(loop.targets)
        count = len(loop.carried)
        carried = [part for k, part in enumerate(parts[:count]) if self.mask[first + k]]
        names = [*carried, *(term for _, term in self.terms)]
        if len(names) == 1:
            lines = [build.assign(names[0], call)]
        else:
            lines = [self.unpacked(names, call)]
        for part, kind in zip(parts[len(loop.carried) :],
                              self.result.items[len(loop.carried) :], strict=True):  # fmt: skip
            zero = build.const(0.0)
            if not isinstance(kind, Number):
                zero = self.ctx.settled(
                    build.call(build.const(runtime.zeros_like), build.load(part))
                )
            lines.append(build.assign(part, zero))
        return lines

    # -- random numbers

    def random_sources(self) -> list[Node]:
        """Write the generators that a turn may draw from."""
        turn = self.loop.turn
        assert turn is not None
        found: dict[str, Node] = {}
        for arg in [*self.initial, *self.given]:
            for node in generators_in(arg, self.ctx.kind_of_node(arg)):
                found.setdefault(gast.dump(node), node)
        for call in walk(turn.body):
            if isinstance(call, gast.Call):
                node = self.drawn_from(call.func)
                if node is not None:
                    found.setdefault(gast.dump(node), node)
        for capture in self.ctx.program.externals.captures.values():
            for node in generators_in(build.load(capture.name), capture.kind):
                found.setdefault(gast.dump(node), node)
        return list(found.values())

    def drawn_from(self, func: Node) -> Node | None:
        """Give the generator that a function found outside belongs to."""
        function = known_object(func, self.ctx.program.externals)
        owner = getattr(function, "__self__", None)
        if not isinstance(owner, GENERATORS):
            return None
        if owner is np.random.mtrand._rand:
            return build.attribute(self.ctx.program.externals.module(np), "random")
        if owner is random._inst:
            return self.reference(random)
        return clone(func.value) if isinstance(func, gast.Attribute) else None


def compared(left: Node, right: Node) -> Node:
    return gast.Compare(left=left, ops=[gast.Eq()], comparators=[right])


NOTHING_DRAWN = (str, bytes, range, slice, np.dtype, np.ndarray)


def may_draw(kind: Kind) -> bool:
    """Say whether a value may be a random-number generator, or lead to one."""
    match kind:
        case Number() | Array() | Const() | Never():
            return False
        case Opaque(type=owner):
            return owner not in NOTHING_DRAWN
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(may_draw, items))
        case Many(item=item):
            return item is None or may_draw(item)
    return True


def generators_in(node: Node, kind: Kind) -> list[Node]:
    """Write what leads to the random-number generators that a value of this kind may hold."""
    if not may_draw(kind):
        return []
    match kind:
        case Items(items=items):
            inside = [(build.item(clone(node), k), item) for k, item in enumerate(items)]
        case Mapping(keys=keys, items=items):
            inside = [
                (build.item(clone(node), build.const(key)), item)
                for key, item in zip(keys, items, strict=True)
            ]
        case Record(keys=keys, items=items):
            inside = [
                (build.attribute(clone(node), key), item)
                for key, item in zip(keys, items, strict=True)
            ]
        case _:
            return [clone(node)]
    return [one for part, item in inside for one in generators_in(part, item)]
