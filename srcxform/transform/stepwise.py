"""Loops that keep few states going back, as functions of their own.

Before a reverse sweep is written, a marked loop becomes a call of a function kept apart, which
calls another one for each turn:

    for i in range(n):           turns = range(n)
        y = y - k * y * y        y_1 = f_loop(turns, y, k)
                                 y = y_1[0]

A turn is a function of the state before it and of what stays the same. It writes into nothing but
its own copies; where something else may lead to what it writes into, the loop is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gast
import numpy as np

from srcxform.analysis.aliasing import Aliasing, aliasing, holds_storage, parts_of
from srcxform.analysis.liveness import Liveness, live_before
from srcxform.analysis.webs import split_webs
from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import UNKNOWN, Array, Items, Kind, Mapping, Number
from srcxform.specialise.apart import Callee, specialised
from srcxform.specialise.cells import Cells, Restart
from srcxform.specialise.scope import Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import (
    blocks,
    change_blocks,
    clone,
    load_list,
    loads,
    shallow,
    spine,
    store_list,
    stores,
)
from srcxform.transform.by_value import Changing, Shared, check_kind
from srcxform.transform.context import Context, context, refusing
from srcxform.transform.transposing import settled


@dataclass(eq=False)
class Turn(Callee):
    """One turn of a loop as a function."""

    own: tuple[str, ...] = ()  # its parameters, as the loop calls them

    @property
    def given(self) -> tuple[str, ...]:
        """The names of the parameters as its user knows them."""
        return self.own


@dataclass(eq=False)
class Turns(Turn):
    """A loop as a function: of what it runs over, of its state, and of what stays the same."""

    turn: Callee | None = None  # one turn: a function of these, giving the next state
    snapshots: int = 1
    targets: tuple[str, ...] = ()  # what the loop binds by itself
    carried: tuple[str, ...] = ()  # the state
    made: tuple[str, ...] = ()  # what is read behind the loop, and bound in each turn
    bound: tuple[str, ...] = ()  # what is read behind the loop, and bound nowhere before it
    counted: bool = True  # the number of turns is known ahead
    runs_over: bool = True  # a `for`


@dataclass
class Names:
    """The variables of a loop, by what they are to it."""

    targets: list[str]
    carried: list[str]
    made: list[str]
    given: list[str] = field(default_factory=list)


def in_turns(ctx: Context) -> None:
    """Let the marked loops through which a derivative passes be functions."""
    body = spine(ctx.program.body)
    if not replaced(ctx, body, set()):
        return
    program = settled(ctx, body)
    new = context(program, ctx.wrt, ctx.requests)
    kept = {name: kind for name, kind in ctx.kinds.items() if name not in new.kinds}
    ctx.program, ctx.active, ctx.storage = new.program, new.active, new.storage
    ctx.kinds = {**new.kinds, **kept}


def replaced(ctx: Context, block: Block, live: set[str]) -> bool:
    """Replace marked loops in a block, behind which `live` is read; say whether there are any."""
    found = False
    for k in reversed(range(len(block))):
        line = block[k]
        after = live_before(block[k + 1 :], live)
        if getattr(line, "snapshots", None) is not None:
            if any(name in ctx.active for name in stores(line) | loads(line)):
                block[k : k + 1] = build.at(line.place, called(ctx, line, after))
                found = True
        elif blocks(line):
            if isinstance(line, (gast.For, gast.While)):
                after |= live_before([line], after)
            after |= live_before(getattr(line, "finalbody", []), after)
            for inner in blocks(line):
                found |= replaced(ctx, inner, after)
    return found


def called(ctx: Context, loop: Node, live: set[str]) -> Block:
    """Write the call in place of a loop."""
    try:
        return Loop(ctx, loop, live).lines()
    except Shared:
        return [refusing(ctx, written_otherwise(loop.place))]


def written_otherwise(place: Any) -> Diagnostic:
    return Diagnostic(
        "a loop that keeps snapshots works on what is also written or known elsewhere", place,
        "its turns run again on copies of its state, and nothing else would see that",
        "let the loop work on an array of its own: copy it before the loop",
    )  # fmt: skip


class Loop:
    """Writes a loop as two functions and a call."""

    def __init__(self, ctx: Context, loop: Node, live: set[str]) -> None:
        self.ctx = ctx
        self.loop = loop
        self.live = live
        self.names = ctx.names
        owner = getattr(loop.place, "function", "").rpartition(".")[2]
        self.base = owner if owner.isidentifier() else ctx.program.name
        self.runs_over = isinstance(loop, gast.For)
        self.counted = self.runs_over and not leaves(loop.body)
        self.going = "" if self.counted else self.names.like("going")

    def lines(self) -> Block:
        found = self.variables()
        turn = self.turn(found)
        turns = self.function(found, turn)
        return self.call(found, turns)

    def variables(self) -> Names:
        """Sort the variables of the loop."""
        loop = self.loop
        head = live_before([loop], self.live)
        walk = Liveness()
        walk.at_break.append(set(self.live))
        start = walk.block(loop.body, head)
        targets = store_list(loop.target) if self.runs_over else []
        bound = list(dict.fromkeys([*targets, *store_list(loop.body)]))
        carried = [n for n in bound if n in start and n not in targets]
        made = [n for n in bound if n in self.live and n not in carried]
        captured = {c.name for c in self.ctx.program.externals.captures.values()}
        read = set(start) if self.runs_over else start | loads(loop.test)
        tested = [] if self.runs_over else load_list(loop.test)
        inside = dict.fromkeys([*load_list(loop.body), *tested])
        given = [
            n for n in inside
            if n in read and n not in bound and n not in captured and n in self.ctx.program.kinds
        ]  # fmt: skip
        return Names(targets, carried, made, given)

    def turn(self, found: Names) -> Callee:
        """Give one turn as a function that writes into nothing but its copies."""
        body = self.body_of_turn()
        while True:
            turn = self.written(found, body)
            facts = aliasing(turn.body, turn.kinds, self.ctx.program.externals, self.functions())
            changed = [
                n for n, own in zip([*found.targets, *found.carried, *found.given],
                                    turn.parameters, strict=True)
                if holds_storage(turn.kinds.get(own, UNKNOWN))
                and any(part.changed for part in parts_of(facts.storage(own)))
            ]  # fmt: skip
            more = [n for n in changed if n in found.given]
            if not more:
                break
            found.carried += more
            found.given = [n for n in found.given if n not in more]
        self.check(found, turn, facts, changed)
        copying = Changing(self.ctx.program, {})
        parameters, copies = list(turn.parameters), []
        for k, own in enumerate(turn.parameters):
            if [*found.targets, *found.carried, *found.given][k] in changed:
                parameters[k] = self.names.like(own)
                copied = copying.copied(parameters[k], turn.kinds[own])
                copies.append(build.assign(own, copied))
        turn.parameters = tuple(parameters)
        self.copy_results(turn, facts, copying)
        turn.body = [*build.at(self.loop.place, copies), *turn.body]
        self.describe(turn)
        turn.writes = frozenset()
        self.functions()[turn.name] = turn
        return turn

    def copy_results(self, turn: Callee, facts: Aliasing, copying: Changing) -> None:
        """Let a turn return copies of what it writes into: nothing else shares their storage."""
        *body, display, end = turn.body
        copies, parts = [], []
        for part in display.value.elts:
            kind = turn.kinds.get(getattr(part, "id", ""), UNKNOWN)
            if holds_storage(kind) and facts.storage(part.id).changed:
                copy = self.names.part(part.id)
                copies.append(build.assign(copy, copying.copied(part.id, kind)))
                part = build.load(copy)
            parts.append(part)
        display = build.assign(display.targets[0].id, build.sequence(parts))
        turn.body = [*body, *build.at(self.loop.place, [*copies, display]), end]

    def read_as(self, name: str) -> Any:
        """Let a function be known as what stands where the loop does."""
        code, place = self.ctx.program.read, self.loop.place
        if code is None or place is None:
            return code
        return replace(code, name=name, file=place.file, line=place.line, function=None)

    def functions(self) -> dict[str, Any]:
        return self.ctx.program.functions

    def body_of_turn(self) -> Block:
        """Give the loop's body; instead of leaving the loop it says so."""
        body = clone(self.loop.body)
        if self.counted:
            return body
        first = build.assign(self.going, build.const(True))
        if self.runs_over:
            return [first, *without_breaks(body, self.going)]
        again = build.assign(self.going, clone(self.loop.test))
        if not leaves(body):
            return [*body, again]
        ends = build.branch(build.load(self.going), [again])
        return [first, *without_breaks(body, self.going), ends]

    def results(self, found: Names) -> list[str]:
        return [*([] if self.counted else [self.going]), *found.carried, *found.made]

    def written(self, found: Names, body: Block) -> Callee:
        """Give a turn as it stands, with one name for each value."""
        out = self.names.like("out")
        parts = build.sequence(map(build.load, self.results(found)))
        end = [build.assign(out, parts), build.returning(build.load(out))]
        lines = build.at(self.loop.place, [*clone(body), *end])
        parameters = (*found.targets, *found.carried, *found.given)
        kinds = self.ctx.program.kinds
        name = self.names.like(f"{self.base}_turn")
        turn = Turn(name, None, self.read_as(name), Scope(None))
        turn.parameters = turn.own = parameters
        turn.arguments = tuple(kinds[name] for name in parameters)
        turn.body = split_webs(parameters, lines, self.names)
        self.describe(turn)
        return turn

    def describe(self, callee: Callee) -> None:
        """Find the kinds in a function's body."""
        cells = Cells()
        while True:
            functions = {**self.functions(), callee.name: callee}
            state = State(self.ctx.program.externals, cells=cells.again(), functions=functions)
            try:
                callee.result = specialised(state, callee)
            except Restart:
                cells = cells.emptied()
                continue
            if state.cells.holds_what(cells):
                return
            cells = state.cells

    def check(self, found: Names, turn: Callee, facts: Aliasing, changed: Sequence[str]) -> None:
        """Make sure that nothing else leads to what a turn writes into."""
        names = [*found.targets, *found.carried, *found.given]
        own = dict(zip(names, turn.parameters, strict=True))
        *_, display, _ = turn.body
        results = dict(zip(self.results(found), display.value.elts, strict=True))
        before = aliasing(
            self.without_loops(self.ctx.program.body), self.ctx.program.kinds,
            self.ctx.program.externals, self.functions(),
        )  # fmt: skip
        captured = [c.name for c in self.ctx.program.externals.captures.values()]
        seen = {*self.ctx.program.parameters, *captured, *(self.live - set(own))}
        for name in changed:
            check_kind(turn.kinds[own[name]])
            deep = facts.storage(own[name])
            if any(part.changed for part in parts_of(deep) if part is not deep):
                raise Shared  # containers in containers
            for other in names:
                if other != name and meets(facts, turn.kinds, own[name], own[other]):
                    raise Shared
                if other != name and meets(before, before.kinds, name, other):
                    raise Shared
            if any(meets(before, before.kinds, name, other) for other in seen if other != name):
                raise Shared
            if name in self.ctx.program.parameters:
                raise Shared
            for key, part in results.items():
                if key == name or not isinstance(part, gast.Name):
                    continue
                mine = results[name]
                if isinstance(mine, gast.Name) and meets(facts, turn.kinds, mine.id, part.id):
                    raise Shared
            for other in found.given:
                mine = results[name]
                if isinstance(mine, gast.Name) and meets(facts, turn.kinds, mine.id, own[other]):
                    raise Shared
        if writes_elsewhere(turn.body):
            raise Shared

    def without_loops(self, body: Block) -> Block:
        """Give a program without its marked loops."""
        new = []
        for line in body:
            if getattr(line, "snapshots", None) is not None:
                continue
            if blocks(line):
                line = shallow(line)
                change_blocks(line, self.without_loops)
            new.append(line)
        return new

    def function(self, found: Names, turn: Callee) -> Turns:
        """Give the whole loop as a function."""
        name = self.names.like(f"{self.base}_loop")
        turns = Turns(name, None, self.read_as(name), Scope(None))
        over = [self.names.like("turns")] if self.runs_over else [self.going]
        parts = self.names.part("out")
        call = build.call(
            turn.name, *map(build.load, [*found.targets, *found.carried, *found.given])
        )
        body: Block = [build.assign(parts, call)]
        body += [
            build.assign(own, build.item(parts, k)) for k, own in enumerate(self.results(found))
        ]
        if self.runs_over:
            if not self.counted:
                stop = gast.UnaryOp(op=gast.Not(), operand=build.load(self.going))
                body.append(build.branch(stop, [gast.Break()]))
            loop = build.for_loop(clone(self.loop.target), build.load(over[0]), body)
        else:
            loop = build.while_loop(build.load(self.going), body)
        out = self.names.like("out")
        whole = build.sequence(map(build.load, [*found.carried, *found.made]))
        lines = [loop, build.assign(out, whole), build.returning(build.load(out))]
        turns.body = build.at(self.loop.place, lines)
        turns.parameters = turns.own = (*over, *found.carried, *found.given)
        turns.turn, turns.snapshots = turn, self.loop.snapshots
        turns.targets, turns.carried = tuple(found.targets), tuple(found.carried)
        turns.made = tuple(found.made)
        elsewhere = self.bound_elsewhere(self.ctx.program.body)
        late = [n for n in found.carried if n not in elsewhere and n in self.live]
        turns.bound = (*late, *found.made)
        turns.counted, turns.runs_over = self.counted, self.runs_over
        items = turn.result.items  # type: ignore[attr-defined]
        turns.result = replace(turn.result, items=items if self.counted else items[1:])  # type: ignore[call-arg]
        turns.writes = frozenset()
        self.functions()[name] = turns
        return turns

    def call(self, found: Names, turns: Turns) -> Block:
        """Write what stands in place of the loop."""
        lines: Block = []
        if self.runs_over:
            over = self.names.part("turns")
            header = self.loop.iter
            if getattr(getattr(header, "func", None), "id", "") != "range":
                header = build.call("list", header)
            lines.append(build.assign(over, header))
        else:
            over = self.going
            lines.append(build.assign(over, clone(self.loop.test)))
        args = []
        elsewhere = self.bound_elsewhere(self.ctx.program.body)
        for name in found.carried:
            if name not in elsewhere:  # the first turn that reads it has bound it before
                lines.append(build.assign(name, stand_in(self.ctx, self.ctx.kind(name))))
        for name in [*found.carried, *found.given]:
            if self.is_written(name):
                copy = self.names.part(name)
                copied = Changing(self.ctx.program, {}).copied(name, self.ctx.kind(name))
                lines.append(build.assign(copy, copied))
                name = copy
            args.append(build.load(name))
        parts = self.names.part("out")
        lines.append(build.assign(parts, build.call(turns.name, build.load(over), *args)))
        for k, name in enumerate([*found.carried, *found.made]):
            part = build.item(parts, k)
            if self.is_written(name):
                holder = self.names.part(name)
                lines.append(build.assign(holder, part))
                part = Changing(self.ctx.program, {}).copied(holder, self.ctx.kind(name))
            lines.append(build.assign(name, part))
        turns.arguments = tuple(self.ctx.program.kinds.get(n, UNKNOWN) for n in turns.parameters)
        return lines

    def bound_elsewhere(self, block: Block) -> set[str]:
        """Give the names that the program binds outside this loop."""
        captured = [c.name for c in self.ctx.program.externals.captures.values()]
        found = {*self.ctx.program.parameters, *captured}
        for line in block:
            if getattr(line, "snapshots", None) is not None and line.place is self.loop.place:
                continue
            inner = blocks(line)
            found |= stores(line) if not inner else set()
            if isinstance(line, gast.For):
                found |= stores(line.target)
            for part in inner:
                found |= self.bound_elsewhere(part)
        return found

    def is_written(self, name: str) -> bool:
        return isinstance(self.ctx.kind(name), Array) and self.ctx.storage.is_changed(name)


def leaves(block: Block) -> bool:
    """Say whether a loop's body may break out of it."""
    return any(
        isinstance(s, gast.Break)
        or isinstance(s, (gast.If, gast.With, gast.Try))
        and any(map(leaves, blocks(s)))
        for s in block
    )


def without_breaks(block: Block, going: str) -> Block:
    """Write `going = False` for `break`, which stands at the end of a body only."""
    new: Block = []
    for line in block:
        if isinstance(line, gast.Break):
            line = build.at(
                getattr(line, "place", None), [build.assign(going, build.const(False))]
            )[0]
        elif blocks(line) and not isinstance(line, (gast.For, gast.While)):
            change_blocks(line, lambda inner: without_breaks(inner, going))
        new.append(line)
    return new


def meets(facts: Aliasing, kinds: dict[str, Kind], name: str, other: str) -> bool:
    """Say whether two names may lead to the same storage."""
    if not all(n in kinds and holds_storage(kinds[n]) for n in (name, other)):
        return False
    mine, theirs = parts_of(facts.storage(name)), parts_of(facts.storage(other))
    return any(a is b for a in mine for b in theirs)


def writes_elsewhere(block: Block) -> bool:
    """Say whether a block sets attributes of objects."""
    return any(
        isinstance(node, gast.Attribute) and isinstance(node.ctx, gast.Store)
        for line in block
        for node in gast.walk(line)
    )


def stand_in(ctx: Context, kind: Kind) -> Node:
    """Write any value of a kind; nobody reads it."""
    match kind:
        case Number(cls=cls):
            return build.const({"b": False, "i": 0, "f": 0.0, "c": 0j}[cls])
        case Array(dims=dims) if dims is not None:
            zeros = build.attribute(ctx.program.externals.module(np), "zeros")
            return build.call(zeros, build.const((0,) * len(dims)))
        case Items(type=held, items=items):
            return build.sequence([stand_in(ctx, item) for item in items], held)
        case Mapping(keys=keys, items=items):
            return build.mapping(keys, [stand_in(ctx, item) for item in items])
    return build.const(None)
