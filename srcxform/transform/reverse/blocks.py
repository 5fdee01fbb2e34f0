"""Branches and loops in the reverse sweep: which cotangents live through them."""

from __future__ import annotations

from collections.abc import Iterable

import gast

from srcxform.kinds.lattice import Stream
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, rename, stores
from srcxform.transform.cotangents import Key, Status
from srcxform.transform.overwriting import Writing
from srcxform.transform.reverse.structure import general_int
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step


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
        elif isinstance(step, Region):
            step.body, step.ending = spread_groups(step.body), spread_groups(step.ending)
        new.append(step)
    return new


def branch(sweep: Sweep, node: Node) -> Branch:
    """Both branches leave the same cotangents present: what one lacks it sets to zero."""
    before, kinds = sweep.bars.status.copy(), dict(sweep.ctx.kinds)
    body = spread_groups(sweep.block(node.body))
    after_body, sweep.bars.status = sweep.bars.status, before.copy()
    sweep.ctx.kinds.update({bar: kinds.get(bar, kind) for bar, kind in sweep.ctx.declared.items()})
    orelse = spread_groups(sweep.block(node.orelse))
    after_orelse = sweep.bars.status
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
            zero = sweep.ctx.expand(
                [build.assign(sweep.bars.bar(key), sweep.bars.zero(key))], node.place
            )
            steps.insert(0, Simple([], zero, zeros=True))
        merged.present[key] = owned
    sweep.bars.status = merged
    settle_on(sweep, merged.present)
    return Branch(node.test, body, orelse, node.place)


def settle_on(sweep: Sweep, present: Iterable[Key]) -> None:
    """What a cotangent is on one way here, such as 1.0, it need not be on the others."""
    sweep.ctx.settle_on([sweep.bars.bar(key) for key in present])


def region(sweep: Sweep, node: Node) -> Region:
    """A `with` or `finally`: its blocks run one after the other, once."""
    ending = spread_groups(sweep.block(node.finalbody)) if isinstance(node, gast.Try) else []
    body = spread_groups(sweep.block(node.body))
    again = clone(node) if is_silence(node) else None
    return Region(node, body, ending, again, node.place)


def is_silence(node: Node) -> bool:
    """Say whether a `with` only keeps NumPy's warnings quiet: backward they would come again."""
    match node:
        case gast.With(items=[gast.withitem(context_expr=gast.Call(keywords=keywords) as call)]):
            quiet = all(isinstance(k.value, gast.Constant) and k.value.value == "ignore"
                        for k in keywords)  # fmt: skip
            return quiet and getattr(call.func, "attr", "") == "errstate"
    return False


def loop(sweep: Sweep, node: Node) -> Step:
    """Cotangents that live through the loop exist before it and after each turn."""
    start = sweep.bars.status.copy()
    carried = dict(start.present)
    outer_needs, sweep.bars.needs_own = sweep.bars.needs_own, set()
    while True:
        sweep.bars.status = Status(dict(carried))
        settle_on(sweep, carried)
        saved = set(sweep.ctx.names.taken), dict(sweep.ctx.names.counts)
        body = spread_groups(sweep.block(node.body))
        end = sweep.bars.status.present
        new = {}
        for key in [*carried, *(k for k in end if k not in carried)]:
            owned = carried.get(key, True) and end.get(key, True)
            new[key] = True if key in sweep.bars.needs_own else owned
        if new == carried:
            break
        carried = new
        sweep.ctx.names.taken, sweep.ctx.names.counts = saved
        sweep.ctx.names.take(sweep.bars.bars.values())
        sweep.ctx.names.take(sweep.ctx.requests.given.values())
    closing: Block = []
    for key in carried:
        if key not in end:
            closing += sweep.ctx.expand(
                [build.assign(sweep.bars.bar(key), sweep.bars.zero(key))], node.place
            )
        elif carried[key] and not end[key]:
            bar = sweep.bars.bar(key)
            closing.append(build.assign(bar, sweep.ctx.program.externals.copied(bar)))
    body.insert(0, Simple([], build.at(node.place, closing)))
    opening: Block = []
    for key, owned in carried.items():
        bar = sweep.bars.bar(key)
        if key not in start.present:
            opening += sweep.ctx.expand([build.assign(bar, sweep.bars.zero(key))], node.place)
        elif owned and not start.present[key]:
            opening.append(build.assign(bar, sweep.ctx.program.externals.copied(bar)))
    sweep.bars.needs_own |= outer_needs
    sweep.bars.status = Status(dict(carried))
    settle_on(sweep, carried)
    names = frozenset(name for name, _ in carried)
    return looped(sweep, node, body, build.at(node.place, opening), names)


def looped(
    sweep: Sweep, node: Node, body: list[Step], opening: Block, carried: frozenset[str]
) -> Step:
    """Put a loop together with what sets its cotangents up and what counts its turns."""
    steps: list[Step] = []
    is_for = isinstance(node, gast.For)
    target = node.target if is_for else build.store(sweep.ctx.names.like("_"))
    header = node.iter if is_for else None
    counted = not is_for or leaves_early(node.body)
    trips: str | None = None
    lengths = over_shadows(sweep, header, node) if is_for else None
    if is_for and lengths is None and changes(sweep, header, node):
        holder = sweep.ctx.names.part("steps")
        if is_range(header) or not writes_into(sweep, header, node):
            held = header if is_range(header) else build.call("list", header)
            node = with_header(node, build.load(holder))
        else:  # what the loop runs over changes on the way: its turns are noted as they come
            held = build.sequence([], "list")
            noted = build.expression(build.method(holder, "append", as_value(target)))
            body = [Simple(build.at(node.place, [noted]), [], node.place), *body]
        steps.append(Simple([build.assign(holder, held)], [], node.place))
        note(sweep, holder, build.call("list", header) if held is not header else held)
        header = build.load(holder)
    if counted:
        trips = sweep.ctx.names.part("trips")
        sweep.ctx.kinds[trips] = sweep.ctx.kinds[f"{trips}_"] = general_int()
        steps.append(Simple([build.assign(trips, build.const(0))], [], node.place))
        count = build.assign(trips, build.binary(build.load(trips), gast.Add(), build.const(1)))
        body = [Simple(build.at(node.place, [count]), [], node.place), *body]
    if not is_for:
        backward: Node = build.call("range", build.load(str(trips)))
    else:
        over = lengths or header
        keys = isinstance(over, gast.Name) and sweep.is_dict(over.id)
        if is_iterator(sweep, over) or (keys and trips):
            over = build.call("list", over)
        backward = reversed_header(over, build.load(trips) if trips else None)
    loop = Loop(node, body, backward, target, node.place, trips, carried)
    return Group([*steps, loop, Simple([], opening)])


def note(sweep: Sweep, name: str, value: Node) -> None:
    sweep.ctx.kinds[name] = sweep.kind_of(value)


def over_shadows(sweep: Sweep, header: Node, loop: Node) -> Node | None:
    """Write a range with the lengths of shadows: these are, going back, what lengths were then."""
    names = {n.id for n in gast.walk(header) if isinstance(n, gast.Name)}
    changed = {name for name in names if sweep.ctx.storage.is_changed(name)}
    if not changed or not is_range(header) or names & {n for s in loop.body for n in stores(s)}:
        return None
    writing = Writing(sweep.ctx)
    written = writing.written(loop)
    asked = {id(n.args[0]) for n in gast.walk(header) if is_length(n)}
    for name in changed:
        active = sweep.ctx.is_active(build.load(name)) and sweep.bars.is_shadow(name)
        if not active or writing.own(name) & written:
            return None
    shadows = {name: sweep.bars.bar((name, ())) for name in changed}
    if any(n.id in changed and id(n) not in asked for n in gast.walk(header)
           if isinstance(n, gast.Name)):  # fmt: skip
        return None
    return rename(header, shadows)


def is_length(node: Node) -> bool:
    return isinstance(node, gast.Call) and getattr(node.func, "id", "") == "len"


def changes(sweep: Sweep, header: Node, loop: Node) -> bool:
    """Say whether the loop changes what its header reads."""
    read = {n.id for n in gast.walk(header) if isinstance(n, gast.Name)}
    bound = {n for s in loop.body for n in stores(s)}
    if read & bound:
        return True
    return any(sweep.ctx.storage.is_changed(name) for name in read)


def writes_into(sweep: Sweep, header: Node, loop: Node) -> bool:
    """Say whether a loop's body writes into what its header reads."""
    writing = Writing(sweep.ctx)
    written = writing.written(loop)
    return any(writing.all(n.id) & written for n in gast.walk(header) if isinstance(n, gast.Name))


def as_value(target: Node) -> Node:
    """Give what a loop's target is bound to."""
    if isinstance(target, gast.Name):
        return build.load(target.id)
    return build.sequence([as_value(part) for part in target.elts])


def leaves_early(block: Block) -> bool:
    """Say whether a loop's body may break out of it."""
    return any(
        isinstance(s, gast.Break)
        or isinstance(s, gast.If)
        and (leaves_early(s.body) or leaves_early(s.orelse))
        for s in block
    )


def is_iterator(sweep: Sweep, header: Node) -> bool:
    """Say whether a header's values come one by one, and have no last one before the end."""
    reverses = isinstance(header, gast.Call) and getattr(header.func, "id", "") == "reversed"
    return (
        isinstance(header, gast.Call) and not reverses and isinstance(sweep.kind_of(header), Stream)
    )


def is_range(header: Node) -> bool:
    return isinstance(header, gast.Call) and getattr(header.func, "id", "") == "range"


def with_header(node: Node, header: Node) -> Node:
    new = build.for_loop(node.target, header, node.body)
    new.place = node.place
    return new


SLICED = ("range", "list", "sorted")


def counts_up(header: Node) -> bool:
    """Say whether a loop runs over `range(n)`, of which the first turns need no n."""
    match header:
        case gast.Call(func=gast.Name(id="range"), args=[_], keywords=[]):
            return True
    return False


def reversed_header(header: Node, trips: Node | None) -> Node:
    """Write what the backward loop runs over: the same values, the last one first."""
    if (
        isinstance(header, gast.Call)
        and getattr(header.func, "id", "") == "reversed"
        and trips is None
    ):
        return clone(header.args[0])
    if trips is not None and counts_up(header):
        return build.call("reversed", build.call("range", trips))
    header = clone(header)
    if trips is not None:
        if isinstance(header, gast.Call) and getattr(header.func, "id", "") not in SLICED:
            header = build.call("list", header)
        header = build.item(header, gast.Slice(lower=None, upper=trips, step=None))
    return build.call("reversed", header)
