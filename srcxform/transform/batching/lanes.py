"""Blocks run lane by lane: what goes into them, and what they leave stacked.

    y_lanes = []
    for lane in range(batch_size):
        x_lane = x[lane]
        if x_lane > 0.0:
            y_lane = np.log(x_lane)
        else:
            y_lane = 0.0
        y_lanes.append(y_lane)
    y = np.array(y_lanes)

Guarantees that a lane runs exactly what the program runs for it: no other branch, no other turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.analysis.aliasing import parts_of
from srcxform.analysis.liveness import live_before
from srcxform.kinds.callables import is_virtual
from srcxform.kinds.lanes import Flag, differs
from srcxform.kinds.lattice import UNKNOWN, Array, Const, Items, Kind, Many, Mapping, Number, Record
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import all_names, clone, loads, rename, statements_in, stores
from srcxform.transform.batching.flags import (
    Escalation,
    is_numeric,
    part_of,
    parts,
)
from srcxform.transform.bound import surely_bound

if TYPE_CHECKING:
    from srcxform.transform.batching.statements import Batching
    from srcxform.transform.context import Context


def region(gen: Batching, block: Block, live: set[str], bound: set[str]) -> Block:
    """Run a block lane by lane; `live` is read behind it, `bound` surely has a value before it."""
    place = getattr(block[0], "place", None)
    entering = {n for n in live_before(block, live) if differs(gen.which.flags.get(n, False))}
    if not entering <= bound:
        raise Escalation("a value may be missing in some lanes")
    leaving = sorted(n for n in rebound(gen, block) & live)
    if not {*leaving} <= bound | surely_bound(block):
        raise Escalation("a value may be missing in some lanes")
    check_storage(gen, block, entering, leaving, live)
    own = own_names(gen, block, entering, live)
    lane = gen.names.like("lane")
    gen.ctx.kinds[lane] = Number("i")
    before: Block = []
    body: Block = []
    for name in sorted(entering):
        body += lane_value(gen, own[name], build.load(name), gen.lane_kind(name),
                           gen.which.flags[name], lane)  # fmt: skip
    body += rename(block, own)
    after: Block = []
    for name in leaving:
        kind = gen.lane_kind(name)
        flag = gen.which.flags.get(name, False)
        if not differs(flag):
            continue
        made = collected(gen, build.load(own[name]), kind, name, (before, body, after), flag)
        after.append(build.assign(name, made))
    loop = build.for_loop(lane, build.call("range", gen.size), body)
    return build.at(place, [*before, loop, *after])


def rebound(gen: Batching, block: Block) -> set[str]:
    """Give the names that a block binds anew: `xs += ys` writes to an array in place."""
    found: set[str] = set()
    for outer in block:
        for line in statements_in(outer):
            match line:
                case gast.AugAssign(target=gast.Name(id=name)):
                    if not isinstance(gen.lane_kind(name), Array):
                        found.add(name)
                case gast.If() | gast.While() | gast.With():
                    pass
                case gast.For(target=target):
                    found |= stores(target)
                case _:
                    found |= stores(line)
    return found


def check_storage(
    gen: Batching, block: Block, entering: set[str], leaving: list[str], live: set[str]
) -> None:
    """Escalate where a lane's values would not share storage as the program's values do."""
    storage = gen.ctx.storage
    written = {
        id(part)
        for name in all_names(block)
        if name in storage.of_name
        for part in parts_of(storage.storage(name))
        if part.changed
    }

    def changed(name: str) -> set[int]:
        if name not in storage.of_name:
            return set()
        return {id(part) for part in parts_of(storage.storage(name))} & written

    for name in entering:
        kind = gen.lane_kind(name)
        if changed(name) and not (isinstance(kind, Array) and kind.dims):
            raise Escalation("a container is written to")
    around = [n for n in storage.of_name if n in live | entering]
    for name in leaving:
        mine = changed(name)
        if mine and several_arrays(gen.lane_kind(name)):  # they may share it with each other
            raise Escalation("a container is written to")
        if mine and any(mine & changed(other) for other in around if other != name):
            raise Escalation("storage is shared and written to")
        if mine and name in entering:
            raise Escalation("storage is exchanged and written to")


def several_arrays(kind: Kind) -> bool:
    """Say whether a value may hold more than one thing that can be written into."""
    inside = parts(kind)
    if inside is None:
        return not is_numeric(kind)
    holding = [part for _, part in inside if not is_numeric(part) or isinstance(part, Array)]
    return len(holding) > 1 or any(map(several_arrays, holding))


def own_names(gen: Batching, block: Block, entering: set[str], live: set[str]) -> dict[str, str]:
    """Name a lane's own values; what is the same in every lane keeps its name."""
    flags = gen.which.flags
    bound = {n for n in stores(block) if n not in live or differs(flags.get(n, False))}
    names = sorted(entering | bound)
    own = {name: gen.names.like(f"{name}_lane") for name in names}
    for name, new in own.items():
        gen.ctx.kinds[new] = gen.lane_kind(name)
    for name in loads(block) | stores(block):
        if name not in own and not differs(gen.which.flags.get(name, False)):
            gen.ctx.kinds.setdefault(name, gen.lane_kind(name))
    return own


def lane_value(gen: Batching, target: str, node: Node, kind: Kind, flag: Flag, lane: str) -> Block:
    """Write `target = ` what one lane has of a batched value."""
    if not differs(flag):
        return [build.assign(target, node)]
    if is_numeric(kind):
        return [build.assign(target, build.item(node, build.load(lane)))]
    if isinstance(kind, Many) and kind.type in ("list", "tuple") and kind.item is not None:
        return lane_of_list(gen, target, node, kind, lane)
    held = parts(kind)
    if held is None:
        raise Escalation("a value of unknown structure")
    lines: Block = []
    names = []
    for key, inner in held:
        below = part_of(flag, kind, key)
        part = gen.named_part(node, key, gen.batched(inner, below), lines)
        new = gen.names.part(target)
        gen.ctx.kinds[new] = inner
        lines += lane_value(gen, new, part, inner, below, lane)
        names.append(build.load(new))
    if isinstance(kind, Record):
        lines += record_made(gen.ctx, target, node, kind, names)
    else:
        lines.append(build.assign(target, display(kind, names)))
    return lines


def record_made(ctx: Context, target: str, node: Node, kind: Record, names: list[Node]) -> Block:
    """Write an object of the class of another one, with these attributes."""
    if is_virtual(kind) or not all(isinstance(key, str) for key in kind.keys):
        raise Escalation("an object that is no container of numbers")
    line = "from srcxform.runtime import instance"
    function = ctx.program.externals.root("instance", runtime.instance, line)
    made = build.call(function, build.call("type", clone(node)))
    made.keywords = [gast.keyword(arg=k, value=v) for k, v in zip(kind.keys, names, strict=True)]
    ctx.kinds.setdefault(target, kind)
    return [build.assign(target, made)]


def lane_of_list(gen: Batching, target: str, node: Node, kind: Many, lane: str) -> Block:
    position, part = gen.names.like("k"), gen.names.part(target)
    new = gen.names.part(target)
    assert kind.item is not None
    gen.ctx.kinds.update(
        {position: Number("i"), part: gen.batched(kind.item, True), new: kind.item}
    )
    body = [build.assign(part, build.item(clone(node), build.load(position)))]
    body += lane_value(gen, new, build.load(part), kind.item, True, lane)
    body.append(build.expression(build.method(target, "append", build.load(new))))
    if kind.type != "list":
        raise Escalation("a tuple of unknown length")
    gen.ctx.kinds[target] = kind
    count = build.call("len", clone(node))
    return [
        build.assign(target, build.sequence([], "list")),
        build.for_loop(position, build.call("range", count), body),
    ]


def display(kind: Kind, names: list[Node]) -> Node:
    """Write a container of this kind with these parts."""
    if isinstance(kind, Mapping):
        return build.mapping(kind.keys, names)
    assert isinstance(kind, Items)
    return build.sequence(names, kind.type)


def collected(
    gen: Batching, node: Node, kind: Kind, base: str, around: tuple[Block, Block, Block],
    flag: Flag, sure: bool = True,
) -> Node:  # fmt: skip
    """Collect a lane's value in lists, one for each number or array; give the batched value.

    `around` are the blocks before, in and behind the loop. Of what is the same in all lanes the
    last one's is taken. `sure`: only what has one shape in all lanes.
    """
    before, body, after = around
    if not differs(flag):
        return node
    if is_numeric(kind):
        if sure and isinstance(kind, Array) and None in (kind.dims or ()):
            raise Escalation("a shape that may differ from lane to lane")
        if sure:
            gen.check_wide(kind)
        lanes, whole = gen.names.like(f"{base}_lanes"), gen.names.part(base)
        gen.ctx.kinds[lanes] = Many("list", kind)
        gen.ctx.kinds[whole] = gen.batched(kind, True)
        before.append(build.assign(lanes, build.sequence([], "list")))
        body.append(build.expression(build.method(lanes, "append", node)))
        function: Any = np.stack if isinstance(kind, Array) else np.array
        if gen.narrow and not isinstance(kind, Array):
            function = runtime.stack_numbers
        call = build.call(build.const(function), build.load(lanes))
        after += gen.expand([build.assign(whole, call)])
        return build.load(whole)
    if isinstance(kind, (Items, Mapping, Record)):
        made = []
        for key, inner in parts(kind) or ():
            part = gen.named_part(node, key, inner, body)
            below = part_of(flag, kind, key)
            made.append(collected(gen, part, inner, base, around, below, sure))
        whole = gen.names.part(base)
        gen.ctx.kinds[whole] = gen.batched(kind, flag)
        if isinstance(kind, Record):
            after += record_made(gen.ctx, whole, node, kind, made)
            gen.ctx.kinds[whole] = gen.batched(kind, flag)
        else:
            after.append(build.assign(whole, display(kind, made)))
        return build.load(whole)
    if isinstance(kind, Const) and (kind.value is None or isinstance(kind.value, (str, bytes))):
        return build.const(kind.value)
    if sure:
        raise Escalation("a value of unknown structure")
    lanes, whole = gen.names.like(f"{base}_lanes"), gen.names.part(base)
    gen.ctx.kinds[lanes] = Many("list", kind)
    gen.ctx.kinds[whole] = UNKNOWN
    before.append(build.assign(lanes, build.sequence([], "list")))
    body.append(build.expression(build.method(lanes, "append", node)))
    call = build.call(build.const(runtime.stack_lanes), build.load(lanes))
    after += gen.expand([build.assign(whole, call)])
    return build.load(whole)
