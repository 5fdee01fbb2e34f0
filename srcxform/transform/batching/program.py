"""A program for one lane, made one for a batch of lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.analysis.liveness import live_before
from srcxform.errors import Diagnostic
from srcxform.kinds.lanes import (
    FIRST,
    Axes,
    Flag,
    LanesDiffer,
    WrongStructure,
    batched_kind,
    differs,
    fitted,
    flag_of_axes,
)
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Length,
    Many,
    Mapping,
    Number,
    Record,
)
from srcxform.specialise.refusal import raise_statement
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, loads, rename, statements_in, stores
from srcxform.transform.arrival import write_out
from srcxform.transform.batching.flags import (
    Escalation,
    is_numeric,
    part_of,
    parts,
    settled,
)
from srcxform.transform.batching.lanes import collected, display, lane_value, record_made
from srcxform.transform.batching.origins import needs_lanes
from srcxform.transform.batching.spreading import spread
from srcxform.transform.batching.statements import Batching
from srcxform.transform.batching.variation import Variation, variation
from srcxform.transform.context import Context
from srcxform.transform.counting import is_written


def batched(
    ctx: Context, axes: Axes, length: Length, kinds: Sequence[Kind] = ()
) -> tuple[Block, bool]:
    """Give the body that computes all lanes; the parameters hold batched values.

    And say whether it does so at once, rather than for one lane after the other. `kinds` are those
    of one lane's arguments: parameters that are bound anew may have others.
    """
    write_out(ctx)
    try:
        kinds = kinds or [ctx.program.kinds[name] for name in ctx.program.parameters]
        axes = replace(axes, given=tuple(map(fitted, axes.given, kinds)))
    except TypeError as told:
        return refused(ctx, str(told)), False
    if not isinstance(ctx.program.body[-1], gast.Return):
        return first_lane(ctx, axes, length, kinds), False
    lane_kinds = dict(ctx.kinds)
    names = ctx.names
    try:
        taken = set(names.taken), dict(names.counts)
        return at_once(ctx, axes, length), True
    except Escalation:
        names.taken, names.counts = taken
        ctx.kinds = dict(lane_kinds)
        return lane_by_lane(ctx, axes, length, kinds), False


def opening(ctx: Context, axes: Axes, length: Length, kinds: Sequence[Kind]) -> tuple[Block, Node]:
    """Bring the lanes of each argument to the front, and count them."""
    lines: Block = []
    size: Node | None = None if axes.size is None else build.const(axes.size)
    for name, where, kind in zip(ctx.program.parameters, axes.given, kinds, strict=True):
        first = to_front(ctx, name, kind, where, length, lines)
        if size is None and first is not None:
            count = ctx.names.exact("batch_size")
            ctx.kinds[count] = Number("i", length)
            lines.append(build.assign(count, build.item(build.attribute(first, "shape"), 0)))
            size = build.load(count)
    assert size is not None
    return lines, size


def to_front(
    ctx: Context, name: str, kind: Kind, where: Any, length: Length, lines: Block
) -> Node | None:
    """Move the lanes of an argument to its first axes; give an array that has them."""
    flag = flag_of_axes(where)
    if not differs(settled(flag, kind)):
        return None
    ctx.kinds[name] = batched_kind(kind, flag, length)
    found: list[Node] = []

    def moved(node: Node, kind: Kind, where: Any) -> Node:
        if where is None:
            return node
        held = parts(kind)
        if isinstance(kind, Many) and kind.item is not None and kind.type != "dict":
            if where != 0:
                raise Escalation("a long list with lanes along several axes")
            own = ctx.names.part(name)
            ctx.kinds[own] = batched_kind(kind.item, True, length)
            lines.append(build.assign(own, build.item(clone(node), 0)))
            moved(build.load(own), kind.item, where)
            return node
        if held is None:
            if not is_numeric(kind):
                return node
            if where == 0:
                found.append(node)
                return node
            own = ctx.names.part(name)
            ctx.kinds[own] = batched_kind(kind, True, length)
            call = build.call(build.const(np.moveaxis), node, build.const(where), build.const(0))
            lines.extend(ctx.expand([build.assign(own, call)], None))
            found.append(build.load(own))
            return build.load(own)
        spread = where if isinstance(where, tuple) else (where,) * len(held)
        made = []
        for (key, inner), axis in zip(held, spread, strict=True):
            part = ctx.names.part(name)
            ctx.kinds[part] = batched_kind(inner, flag_of_axes(axis), length)
            reach = build.attribute if isinstance(kind, Record) else item_at
            lines.append(build.assign(part, reach(clone(node), key)))
            made.append(moved(build.load(part), inner, axis))
        if all_first(where):
            return node
        if ctx.storage.is_changed(name) or not isinstance(kind, (Items, Mapping, Record)):
            raise Escalation("an object with lanes along several axes")
        if not isinstance(kind, Record):
            return display(kind, made)
        own = ctx.names.part(name)
        ctx.kinds[own] = batched_kind(kind, flag_of_axes(where), length)
        lines.extend(record_made(ctx, own, node, kind, made))
        return build.load(own)

    new = moved(build.load(name), kind, where)
    if not (isinstance(new, gast.Name) and new.id == name):
        lines.append(build.assign(name, new))
    if not found:
        raise Escalation("no array to count the lanes of")
    return clone(found[0])


def item_at(node: Node, key: Any) -> Node:
    return build.item(node, build.const(key))


def all_first(where: Any) -> bool:
    """Say whether all lanes stand along the first axes already."""
    return all(map(all_first, where)) if isinstance(where, tuple) else where in (0, None)


def at_once(ctx: Context, axes: Axes, length: Length) -> Block:
    """Rewrite the program statement by statement. Raises Escalation."""
    program = ctx.program
    given = {
        name: settled(flag_of_axes(where), program.kinds[name])
        for name, where in zip(program.parameters, axes.given, strict=True)
    }
    which = variation(ctx, given)
    captured = [c.name for c in program.externals.captures.values()]
    for name in (*program.parameters, *captured):
        if which.flags.get(name, False) != given.get(name, False):
            raise Escalation("an argument without lanes is written to")
        if is_written(ctx.storage, name) and given.get(name, False) is not True:
            raise Escalation("an argument without lanes is written to")
    for name, flag in which.flags.items():
        kind = program.kinds.get(name)
        if differs(flag) and (kind is None or not is_followed(kind, flag)):
            raise Escalation("a value of unknown kind")
    if needs_lanes(which):
        raise Escalation("numbers of Python's where those of NumPy's are others")
    for name, flag in which.flags.items():
        ctx.kinds[name] = batched_kind(program.kinds.get(name, UNKNOWN), flag, length)
    kinds = [program.kinds[name] for name in program.parameters]
    lines, size = opening(ctx, axes, length, kinds)
    gen = Batching(ctx, which, size, length, axes.narrow)
    *body, last = program.body
    bound = {*program.parameters, *captured, *stores(lines)}
    live = {last.value.id} if isinstance(last.value, gast.Name) else set()
    lines += gen.block(body, live, bound)
    ending: Block = []
    result = handed_out(gen, last.value, axes.out, ending)
    return [*lines, *ending, build.returning(result)]


def is_followed(kind: Kind, flag: Flag = True) -> bool:
    """Say whether it is known where the numbers are in what has lanes of a value."""
    from srcxform.kinds.lattice import Many, OrNone, Unknown

    held = parts(kind)
    if held is not None and isinstance(flag, tuple) and len(flag) == len(held):
        return all(
            not differs(own) or is_followed(inner, own)
            for own, (_, inner) in zip(flag, held, strict=True)
        )
    match kind:
        case Array(dims=dims):
            return dims is not None
        case Items(items=items) | Mapping(items=items):
            return all(map(is_followed, items))
        case Many(type=name, item=item):
            return name == "list" and (item is None or is_followed(item))
        case Number() | Const():
            return True
        case Unknown() | OrNone():
            return False
    return False


def handed_out(gen: Batching, node: Node, out: Any, lines: Block) -> Node:
    """Give the result with its lanes where the caller wants them."""
    kind, have = gen.which.kind(node), gen.which.of(node)
    return placed(gen, node, kind, have, out, lines)


def placed(gen: Batching, node: Node, kind: Kind, have: Flag, out: Any, lines: Block) -> Node:
    if out is None and not differs(have):  # all lanes share it, whatever it is
        return node
    held = parts(kind)
    if out == FIRST and not differs(have):
        return node
    if held is not None and isinstance(kind, (Items, Mapping, Record)):
        if len(held) == 0:
            return node
        axes = axes_of_parts(out, kind, len(held))
        if axes == (0,) * len(held) and whole(have, kind):
            return node
        made = []
        for (key, inner), axis in zip(held, axes, strict=True):
            flag = part_of(have, kind, key)
            part = gen.named_part(node, key, gen.batched(inner, flag), lines)
            made.append(placed(gen, part, inner, flag, axis, lines))
        own = gen.names.part("out")
        if isinstance(kind, Record):
            lines += record_made(gen.ctx, own, node, kind, made)
        else:
            lines.append(build.assign(own, display(kind, made)))
        return build.load(own)
    if not is_numeric(kind) and not isinstance(kind, Array):
        if isinstance(kind, Const) or have is True and out == 0:
            return node
        if have is True and isinstance(out, int):
            return all_moved(gen, node, out, lines)
        if out == FIRST:  # of the columns of a Jacobian
            raise Escalation(
                "a Jacobian has a block for each number or array in the result, and how many "
                "these are is known only while the program runs",
                "use containers of fixed length",
            )
        raise Escalation(
            "a result whose structure is told at run time has one axis for all its lanes",
            "let out_axes be one axis, and move those of its parts (np.moveaxis)",
        )
    if out == FIRST:
        own = gen.names.part("out")
        gen.ctx.kinds[own] = kind
        lines.append(build.assign(own, build.item(clone(node), 0)))
        return build.load(own)
    if not (out is None or isinstance(out, int)):
        raise WrongStructure(f"out_axes has {out!r} for a result that is a number or an array")
    if out is None:
        if differs(have):
            raise LanesDiffer(
                "out_axes is None for a result that differs from lane to lane; give it an axis"
            )
        return node
    value = spread(gen, node, kind, have, True, lines)
    if not isinstance(value, (gast.Name, gast.Constant)):
        value = named(gen, value, kind, lines)
    if out == 0:
        return value
    call = build.call(build.const(np.moveaxis), value, build.const(0), build.const(out))
    return named(gen, call, kind, lines)


def all_moved(gen: Batching, node: Node, out: int, lines: Block) -> Node:
    """Move the lanes of all arrays in a result whose structure the run tells."""
    own = gen.names.part("out")
    gen.ctx.kinds[own] = UNKNOWN
    call = build.call(build.const(runtime.lanes_to), build.const(out), clone(node))
    lines += gen.expand([build.assign(own, call)])
    return build.load(own)


def axes_of_parts(out: Any, kind: Kind, count: int) -> tuple[Any, ...]:
    """Give the axes for the parts of a result. Raises WrongStructure where they differ."""
    if out is None or out == FIRST or isinstance(out, int):
        return (out,) * count
    if isinstance(out, dict) and isinstance(kind, Mapping) and set(out) == set(kind.keys):
        return tuple(out[key] for key in kind.keys)
    if isinstance(out, (tuple, list)) and isinstance(kind, Items) and len(out) == count:
        return tuple(out)
    if isinstance(kind, Record) and type(out) is kind.type:
        return tuple(getattr(out, key, None) for key in kind.keys)
    raise WrongStructure(f"out_axes has not the structure of the result: {out!r}")


def whole(have: Flag, kind: Kind) -> bool:
    """Say whether every number in a value has lanes."""
    held = parts(kind)
    if held is not None:
        flags = have if isinstance(have, tuple) else (have,) * len(held)
        return all(whole(f, k) for f, (_, k) in zip(flags, held, strict=True))
    return have is True or not is_numeric(kind)


def named(gen: Batching, value: Node, kind: Kind, lines: Block) -> Node:
    own = gen.names.part("out")
    gen.ctx.kinds[own] = gen.batched(kind, True)
    lines += gen.expand([build.assign(own, value)])
    return build.load(own)


def lane_by_lane(ctx: Context, axes: Axes, length: Length, kinds: Sequence[Kind]) -> Block:
    """Run the whole program for one lane after the other: right for every program."""
    program = ctx.program
    try:
        lines, size = opening(ctx, axes, length, kinds)
        gen = Batching(ctx, Variation(ctx, {}), size, length, axes.narrow)
        *inner, last = program.body
        check_bound(inner, program.parameters)
        own = {name: ctx.names.like(f"{name}_lane") for name in program.parameters}
        for name in stores(inner) - set(own):
            ctx.kinds[name] = program.kinds.get(name, ctx.kind(name))
        lane = ctx.names.like("lane")
        ctx.kinds[lane] = Number("i")
        body: Block = []
        renamed: dict[str, str] = {}
        for name, where, kind in zip(program.parameters, axes.given, kinds, strict=True):
            flag = settled(flag_of_axes(where), kind)
            if not differs(flag) and name not in stores(inner):
                continue
            renamed[name] = own[name]
            ctx.kinds[own[name]] = kind
            body += lane_value(gen, own[name], build.load(name), kind, flag, lane)
        body += rename(inner, renamed)
        before: Block = []
        after: Block = []
        around = (before, body, after)
        value = rename(last.value, renamed)
        kind = gen.which.kind(last.value)
        stacked = collected(gen, value, kind, "out", around, True, sure=False)
        gen.which.flags["out"] = True
        result = placed(gen, stacked, kind, True, axes.out, after)
        loop = build.for_loop(lane, build.call("range", clone(size)), body)
        return build.at(
            getattr(last, "place", None), [*lines, *before, loop, *after, build.returning(result)]
        )
    except Escalation as told:
        return refused(ctx, *told.args)


def first_lane(ctx: Context, axes: Axes, length: Length, kinds: Sequence[Kind]) -> Block:
    """Run a program that raises in every lane for the first one."""
    program = ctx.program
    try:
        lines, size = opening(ctx, axes, length, kinds)
        gen = Batching(ctx, Variation(ctx, {}), size, length, axes.narrow)
        lane = ctx.names.like("lane")
        lines.append(build.assign(lane, build.const(0)))
        renamed: dict[str, str] = {}
        for name, where, kind in zip(program.parameters, axes.given, kinds, strict=True):
            flag = settled(flag_of_axes(where), kind)
            if differs(flag):
                renamed[name] = ctx.names.like(f"{name}_lane")
                lines += lane_value(gen, renamed[name], build.load(name), kind, flag, lane)
        return [*lines, *rename(program.body, renamed)]
    except Escalation as told:
        return refused(ctx, *told.args)


def check_bound(body: Block, parameters: tuple[str, ...]) -> None:
    """Escalate where a `try` asks whether a name is bound: it is, by the lane before."""
    late = (live_before(body, set()) & stores(body)) - set(parameters)
    for line in (inner for outer in body for inner in statements_in(outer)):
        if isinstance(line, gast.Try) and late & loads(line.body) and handles_names(line):
            name = min(late & loads(line.body))
            raise Escalation(
                f"a `try` handles that `{name}` may have no value yet",
                f"assign None to `{name}` first, and test it with `is None`",
            )


def handles_names(node: Node) -> bool:
    """Say whether a `try` may handle that a name has no value."""
    return any(
        handler.type is None or not loads(handler.type).isdisjoint(UNBOUND)
        for handler in node.handlers
    )


UNBOUND = {"BaseException", "Exception", "NameError", "UnboundLocalError"}


FITTING = "take and return arrays, numbers, and tuples, lists and dicts of fixed length"


def refused(ctx: Context, why: str, instead: str = FITTING) -> Block:
    """Refuse the whole program."""
    last = ctx.program.body[-1]
    told = Diagnostic(
        "`vmap` cannot put the lanes of this function together",
        getattr(last, "place", None), why, instead,
    )  # fmt: skip
    return [raise_statement(ctx.program.externals, told, "UnsupportedError")]


__all__ = ["Axes", "batched"]
