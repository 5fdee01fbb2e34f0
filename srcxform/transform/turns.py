"""Which turns of a loop the backward sweep undoes, and how it knows when to stop.

A turn that leaves the loop before it has done anything is not undone: it is not counted, and the
test that led out of it is not asked again. Where each turn saves a value, nothing is counted at
all: the backward loop runs until the list is empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import gast

from srcxform.frontend.externals import Externals
from srcxform.optimise.purity import is_pure
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, load_list, loads, stores, walk
from srcxform.transform.order import defines
from srcxform.transform.saving import Plan, Saver, leaves
from srcxform.transform.steps import Branch, Loop, Simple, Step, flat


@dataclass(frozen=True)
class Exit:
    """The test `branch` of a turn leads out of a loop; the turn is counted in its arm `taken`."""

    block: list[Step]
    count: Step
    branch: Branch
    taken: int

    def take(self) -> None:
        self.block.remove(self.count)
        (self.branch.body, self.branch.orelse)[self.taken].insert(0, self.count)
        self.branch.taken = self.taken

    def give_back(self) -> None:
        (self.branch.body, self.branch.orelse)[self.taken].remove(self.count)
        self.block.insert(0, self.count)
        self.branch.taken = None

    def saves(self, plan: Plan) -> bool:
        """Say whether a turn that leaves here saves something, which nobody would take back."""
        other = (self.branch.orelse, self.branch.body)[self.taken]
        partial = [*self.block[: self.block.index(self.branch)], *flat(other)]
        return any(id(step) in plan.before for step in partial)


def leave_last_turns(steps: list[Step], saver: Saver) -> list[list[Exit]]:
    """Count only whole turns, in every loop where the last one has nothing to undo."""
    all_exits = []
    for loop in [step for step in flat(steps) if isinstance(step, Loop) and step.trips]:
        exits: list[Exit] = []
        while (found := exit_of(loop, saver.ctx.program.externals)) is not None:
            found.take()
            if found.saves(saver.plan()):
                found.give_back()
                break
            exits.append(found)
        all_exits.append(exits)
    return all_exits


def count_what_saves(all_exits: list[list[Exit]], saver: Saver) -> None:
    """Count the last turns after all, of loops in which these have come to save something."""
    while True:
        plan = saver.plan()
        late = [exits for exits in all_exits if any(e.saves(plan) for e in exits)]
        if not late:
            return
        for exits in late:
            exits.pop().give_back()  # the innermost, where the count is


def exit_of(loop: Loop, externals: Externals) -> Exit | None:
    """Find the first test of a turn that leads out of the loop, if all before it may be left."""
    block, count = counting_block(loop.body, loop.trips)
    if count is None or block[0] is not count:
        return None
    bound: set[str] = set()
    for step in block[1:]:
        if isinstance(step, Simple):
            if leaves([step]) or not is_local(step, externals):
                return None
            bound |= defines(step)
            continue
        if not isinstance(step, Branch) or bound & loop.carried:
            return None
        for taken, arm in ((1, step.body), (0, step.orelse)):
            if any(defines(line) & loop.carried for line in arm):
                continue  # what it binds has a cotangent behind the loop, which ends here
            if leaves(arm) and breaks(arm) and does_nothing(arm) and not leaves_all(step):
                return Exit(block, count, step, taken)
        return None
    return None


def counting_block(block: list[Step], trips: str | None) -> tuple[list[Step], Step | None]:
    """Find where a loop's turns are counted."""
    for step in block:
        if isinstance(step, Simple) and trips in defines(step):
            return block, step
        if isinstance(step, Branch) and step.taken is not None:
            return counting_block((step.body, step.orelse)[step.taken], trips)
    return block, None


def is_local(step: Simple, externals: Externals) -> bool:
    """Say whether a step does no more than give a name a value."""
    match step.forward:
        case []:
            return True
        case [gast.Assign(targets=[gast.Name() | gast.Tuple()], value=value)]:
            return is_pure(value, externals)
    return False


def breaks(arm: list[Step]) -> bool:
    last = arm[-1]
    return isinstance(last, Simple) and isinstance(last.forward[-1], gast.Break)


def does_nothing(arm: list[Step]) -> bool:
    """Say whether nothing in a branch has to be undone."""
    return all(isinstance(step, Simple) and (step.zeros or not step.backward) for step in arm)


def leaves_all(branch: Branch) -> bool:
    return leaves(branch.body) and leaves(branch.orelse)


# -- lists that count the turns


def until_empty(forward: Block, backward: Block, lists: set[str]) -> Block:
    """Let outermost backward loops that take a value back in each turn run until none is left."""
    new: Block = []
    for line in backward:
        match line:
            case gast.For(target=target, body=body) if not stores(target) & names_read(body):
                tape = counting_tape(line, forward, backward, lists)
                if tape is not None:
                    line = at_place(build.while_loop(build.load(tape), body), line)
        new.append(line)
    return new


def counting_tape(loop: Node, forward: Block, backward: Block, lists: set[str]) -> str | None:
    """Find a list that got one value in each turn that this loop undoes, and nothing else."""
    counters = [name for name in load_list(loop.iter) if is_counter(name, forward)]
    if len(counters) != 1:
        return None
    for line in loop.body:
        match line:
            case gast.Assign(
                value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr="pop"))
            ) if tape in lists:
                once = sum(part.count(tape) for part in map(load_list, [*forward, *backward])) == 2
                if once and beside(forward, counters[0], tape):
                    return str(tape)
    return None


def is_counter(name: str, forward: Block) -> bool:
    return any(
        isinstance(line, gast.Assign) and name in stores(line.targets[0]) and is_zero(line.value)
        for line in forward
    )


def is_zero(value: Node) -> bool:
    return isinstance(value, gast.Constant) and value.value == 0 and isinstance(value.value, int)


def beside(block: Block, counter: str, tape: str) -> bool:
    """Say whether one block counts and saves, with no way out between."""
    counts = [k for k, line in enumerate(block) if not blocks(line) and counter in stores(line)]
    saves = [k for k, line in enumerate(block) if not blocks(line) and tape in loads(line)]
    counts = [k for k in counts if not is_zero(getattr(block[k], "value", None))]
    if counts and saves:
        low, high = min(counts[0], saves[0]), max(counts[0], saves[0])
        return not any(isinstance(n, gast.Break) for n in walk(block[low:high]))
    return any(beside(inner, counter, tape) for line in block for inner in blocks(line))


def names_read(block: Block) -> set[str]:
    return {name for line in block for name in loads(line)}


def at_place(node: Node, old: Node) -> Node:
    node.place = getattr(old, "place", None)
    return node
