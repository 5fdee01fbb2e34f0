"""A derivative's functions, whole: one for jvp and grad, two for vjp, and those that they call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import gast

from srcxform.kinds.lattice import UNKNOWN, Array, Const, Items, Kind, Number
from srcxform.optimise.dead import live_in
from srcxform.optimise.passes import finish, finish_together, optimise
from srcxform.runtime import check_one_number, fresh_shadows
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import (
    all_names,
    clone,
    load_list,
    rename,
    rewrite,
    shallow,
    statements_in,
    stores,
    walk,
)
from srcxform.transform.arrival import come_in, write_out
from srcxform.transform.assemble import Sweeps, sweeps
from srcxform.transform.batching import batched
from srcxform.transform.bound import surely_bound
from srcxform.transform.context import Context, context
from srcxform.transform.final_blocks import past_refusals
from srcxform.transform.forward import forward
from srcxform.transform.native import over_leaves
from srcxform.transform.native_dtypes import with_dtypes
from srcxform.transform.requests import program_of
from srcxform.transform.stand_ins import stand_in
from srcxform.transform.stepwise import in_turns

SHADOW = re.compile(r"_bar(_\d+|_)*(_saved)?_*$")


def functions(ctx: Context, transform: str, has_aux: bool) -> list[Node]:
    """Give the derivative's functions, then those of the functions kept apart that they call."""
    ctx.names.take(names_of(ctx.program.name, transform))
    found = generate(ctx, transform, has_aux)
    from srcxform.transform.asked import asked_for

    for _, nodes in asked_for(ctx):
        found += nodes
    found += primal_functions(ctx, found)
    backward = {name for key, name in ctx.requests.given.items() if key[-1] == "bwd"}
    if transform == "vjp":
        backward.add(f"{ctx.program.name}_bwd")
    return [*with_captures(ctx, found, backward), *lifted_functions(ctx, found)]


def lifted_functions(ctx: Context, found: list[Node]) -> list[Node]:
    """Give the users' nested functions that are handed on as values, where they are read."""
    new: list[Node] = []
    left = dict(ctx.program.externals.lifted)
    while True:
        used = {n.id for node in [*found, *new] for n in walk(node) if isinstance(n, gast.Name)}
        wanted = [name for name in left if name in used]
        if not wanted:
            return new
        new += [left.pop(name).node for name in wanted]


def names_of(name: str, transform: str) -> list[str]:
    """Give the names of the functions that a derivative of the function `name` consists of."""
    if transform == "itself":
        return [name]
    endings = ("fwd", "bwd") if transform == "vjp" else (transform,)
    return [f"{name}_{ending}" for ending in endings]


def mapped(ctx: Context, axes: Any, length: Any, kinds: Sequence[Kind]) -> tuple[list[Node], bool]:
    """Give the function of all lanes, then the functions kept apart that it calls.

    And say whether all lanes are computed at once. `kinds` are those of one lane's arguments.
    """
    name = f"{ctx.program.name}_vmap"
    body, at_once = batched(ctx, axes, length, kinds)
    found = [finished(ctx, name, ctx.program.parameters, body)]
    found += primal_functions(ctx, found)
    return [*with_captures(ctx, found, set()), *lifted_functions(ctx, found)], at_once


def itself(ctx: Context) -> list[Node]:
    """Give the function itself, in which derivatives taken inside are written out."""
    write_out(ctx)
    name = ctx.program.name
    found = [finished(ctx, name, ctx.program.parameters, ctx.program.body)]
    found += primal_functions(ctx, found)
    return [*with_captures(ctx, found, set()), *lifted_functions(ctx, found)]


def native(ctx: Context, kinds: Sequence[Kind]) -> list[Node]:
    """Give the function itself, over leaves, then the functions kept apart that it calls.

    `kinds` are those of the arguments.
    """
    write_out(ctx)
    (name,) = names_of(ctx.program.name, "jit")
    ctx.names.take([name])
    alone = not ctx.program.functions and not ctx.program.externals.lifted
    given = dict(zip(ctx.program.parameters, kinds, strict=True))
    if alone:
        given |= {c.name: c.kind for c in ctx.program.externals.captures.values()}
    parameters, body = over_leaves(ctx, given)
    found = [finished(ctx, name, parameters, body)]
    if not alone:
        found += primal_functions(ctx, found)
        found = [*with_captures(ctx, found, set()), *lifted_functions(ctx, found)]
    return [with_dtypes(node, ctx.program.externals) for node in found]


def primal_functions(ctx: Context, found: list[Node]) -> list[Node]:
    """Give the functions kept apart that are called for their values alone."""
    new: list[Node] = []
    written: set[str] = set()
    while True:
        used = all_names([*found, *new])
        wanted = [c for name, c in ctx.program.functions.items() if name in used - written]
        if not wanted:
            return new
        for callee in wanted:
            written.add(callee.name)
            inner = context(program_of(callee, ctx.program), (), ctx.requests)
            new.append(finished(inner, callee.name, callee.parameters, come_in(inner, callee.body)))


def with_captures(ctx: Context, found: list[Node], backward: set[str]) -> list[Node]:
    """Hand captured values to every function that computes values, through its last parameters.

    The backward sweeps find them among their residuals.
    """
    captured = [c.name for c in ctx.program.externals.captures.values()]
    if not captured:
        return found
    names = {node.name for node in found} - backward

    def change(node: Node) -> Node | None:
        if isinstance(node, gast.Call) and getattr(node.func, "id", None) in names:
            new = shallow(node)
            new.args = [*node.args, *map(build.load, captured)]
            return new
        return None

    new = []
    for node in found:
        parameters = [a.id for a in node.args.args]
        extra = captured if node.name in names else []
        body = rewrite(node.body, change)
        new.append(build.function(node.name, [*parameters, *extra], body))
    return new


def tangent_function(ctx: Context, name: str) -> Node:
    """Give the function that computes values and tangents."""
    body, dots = forward(ctx)
    return finished(ctx, name, [*ctx.program.parameters, *(dots[p] for p in ctx.wrt)], body)


def generate(ctx: Context, transform: str, has_aux: bool) -> list[Node]:
    """Give the functions of the derivative itself."""
    program = ctx.program
    name = program.name
    if transform == "jvp":
        return [tangent_function(ctx, f"{name}_jvp")]
    if transform == "vjp":
        return split(ctx, f"{name}_fwd", f"{name}_bwd")
    in_turns(ctx)
    component = (0,) if has_aux else ()
    both = sweeps(ctx, build.const(1.0), component)
    bars = both.cotangents[0] if len(both.cotangents) == 1 else build.sequence(both.cotangents)
    result = bars
    if transform == "value_and_grad":
        result = build.sequence([both.value, bars])
    elif has_aux:
        result = build.sequence([bars, build.item(both.value, 1)])
    check = checked_number(ctx, both.value, transform, component)
    body = [*both.forward, *check, *both.backward, build.returning(result)]
    return [finished(ctx, f"{name}_{transform}", program.parameters, body)]


def checked_number(ctx: Context, value: Node, transform: str, component: Any) -> Block:
    """Ask while the program runs whether a value is one number, where its kind does not tell."""
    kind = ctx.kind_of_node(value)
    if component:
        value = build.item(value, component[0])
        kind = kind.items[component[0]] if isinstance(kind, Items) else UNKNOWN
    if isinstance(kind, (Number, Const)) or isinstance(kind, Array) and kind.dims == ():
        return []
    if not isinstance(value, (gast.Name, gast.Subscript)):
        return []
    check = build.call(build.const(check_one_number), clone(value), build.const(transform))
    return ctx.expand([build.expression(check)], None)


def split(ctx: Context, forward_name: str, backward_name: str, once: bool = False) -> list[Node]:
    """Give the forward and the backward function; residuals are what one hands to the other.

    `once`: nobody runs the backward function twice with the same residuals.
    """
    in_turns(ctx)
    out_bar = ctx.names.exact("out_bar")
    ctx.kinds[out_bar] = ctx.program.result
    both = sweeps(ctx, build.load(out_bar))
    user = ctx.program.read.named if ctx.program.read else frozenset()
    bars = both.cotangents[0] if len(both.cotangents) == 1 else build.sequence(both.cotangents)
    backward = [*both.backward, build.returning(bars)]
    backward = optimise(backward, ctx.kinds, ctx.program.externals, user)
    if ctx.program.functions:
        backward = own_storage(ctx, backward, {*both.shadows}, out_bar)
    needed = live_in(backward, ctx.program.externals) & known(ctx, both.forward)
    residuals = [n for n in in_order(backward) if n in needed]
    residuals += [n for n in handed_on(ctx, backward) if n not in residuals]
    packed = build.sequence(map(build.load, residuals))
    result = build.returning(build.sequence([both.value, packed]))
    unsure = set(residuals) - surely_bound(both.forward) - set(ctx.program.parameters)
    unsure -= {c.name for c in ctx.program.externals.captures.values()}
    unset: Block = []
    for name in [n for n in residuals if n in unsure]:
        value = stand_in(ctx, name, ctx.kind(name), unset, is_shadow(ctx, name))
        unset.append(build.assign(name, value))
    forward_body = optimise([*unset, *both.forward, result], ctx.kinds, ctx.program.externals, user)
    shadows = {n for n in residuals if is_shadow(ctx, n)}
    changing = stores(backward) | {*both.lists, *both.tapes}
    same = twice_among(forward_body, residuals, changing | shadows)
    same |= twice_among(forward_body, residuals, changing | ({*residuals} - shadows))
    if same:
        backward = rename(backward, same)
        backward = optimise(backward, ctx.kinds, ctx.program.externals, user)
        forward_body, residuals = without_second(forward_body, residuals, set(same))
    opening: Block = []
    if residuals:
        targets = build.sequence(map(build.store, residuals), ctx=gast.Store())
        opening = [build.assign(targets, build.load("residuals"))]
    opening += [] if once else refreshed(ctx, residuals, both)
    fixed = user | {*ctx.program.parameters, *captured_names(ctx), out_bar}
    ahead, behind = finish_together([forward_body, [*opening, *backward]], fixed, ctx.names.webs)
    ahead = past_refusals(ahead, ctx.program.externals)
    return [
        build.function(forward_name, ctx.program.parameters, ahead),
        build.function(backward_name, ["residuals", out_bar], behind),
    ]


def handed_on(ctx: Context, backward: Block) -> list[str]:
    """Give the captured values that a way back hands to functions which it runs again."""
    calls = {getattr(n.func, "id", None) for n in walk(backward) if isinstance(n, gast.Call)}
    asked = {name for key, name in ctx.requests.given.items() if key[-1] != "bwd"}
    return captured_names(ctx) if calls & {*ctx.program.functions, *asked} else []


def twice_among(forward: Block, residuals: list[str], changing: set[str]) -> dict[str, str]:
    """Give the residuals that turn out to be others under a second name, and what these are."""
    first: dict[str, str] = {}
    same: dict[str, str] = {}
    for name, held in zip(residuals, handed_over(forward), strict=False):
        if isinstance(held, gast.Name) and name not in changing:
            one = first.setdefault(held.id, name)
            if one != name:
                same[name] = one
    return same


def without_second(
    forward: Block, residuals: list[str], second: set[str]
) -> tuple[Block, list[str]]:
    """Hand over each residual once."""
    *lines, last = forward
    pairs = zip(residuals, handed_over(forward), strict=True)
    packed = build.sequence([held for name, held in pairs if name not in second])
    new = build.at(
        getattr(last, "place", None),
        [build.returning(build.sequence([last.value.elts[0], packed]))],
    )
    return [*lines, *new], [name for name in residuals if name not in second]


def handed_over(forward: Block) -> list[Node]:
    """Give what a forward sweep returns beside the value; nothing where it always raises."""
    last = forward[-1]
    return list(last.value.elts[1].elts) if isinstance(last, gast.Return) else []


def own_storage(ctx: Context, backward: Block, shadows: set[str], out_bar: str) -> Block:
    """Copy a cotangent under a second name, where that name is written to on another way.

    So is a part of the result's cotangent. What is written then is surely no argument's: such
    functions call each other. Shadows have second names where their primals have: these stay names
    of one storage.
    """
    written = {
        target.value.id
        for line in walk(backward) if isinstance(line, (gast.Assign, gast.AugAssign))
        for target in getattr(line, "targets", None) or [line.target]
        if isinstance(target, gast.Subscript) and isinstance(target.value, gast.Name)
    }  # fmt: skip
    given = parts_of_given(backward, out_bar)

    def change(node: Node) -> Node | None:
        match node:
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)):
                if name in shadows and source in shadows:
                    return None
                if name in written and isinstance(ctx.kind(source), Array):
                    new = shallow(node)
                    new.value = ctx.program.externals.copied(source)
                    return new
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Subscript() as part):
                if name in written and root(part) in given and isinstance(ctx.kind(name), Array):
                    new = shallow(node)
                    new.value = ctx.program.externals.copied(clone(part))
                    return new
        return None

    return rewrite(backward, change)


def parts_of_given(backward: Block, name: str) -> set[str]:
    """Give a name, and the names that parts of it are taken out under."""
    found = {name}
    for line in (inner for statement in backward for inner in statements_in(statement)):
        match line:
            case gast.Assign(targets=[gast.Name(id=target)], value=gast.Subscript() as part):
                if root(part) in found:
                    found.add(target)
    return found


def root(node: Node) -> str:
    """Name what an expression takes a part of, at constant places."""
    while isinstance(node, gast.Subscript) and isinstance(node.slice, gast.Constant):
        node = node.value
    return getattr(node, "id", "")


def is_shadow(ctx: Context, name: str) -> bool:
    """Say whether a residual is storage made beside the primal's, which the sweep uses up."""
    made = name not in ctx.program.kinds and SHADOW.search(name) is not None
    return made and not isinstance(ctx.kind(name), (Number, Const))


def refreshed(ctx: Context, residuals: list[str], both: Sweeps) -> Block:
    """Let the backward sweep work on copies of what it uses up, so that it can run again."""
    lines: Block = []
    held = [n for n in residuals if is_shadow(ctx, both.lists.get(n, n))]
    held += [n for n in residuals if n in both.tapes]
    if len(held) == 1 and isinstance(ctx.kinds.get(held[0]), Array):
        lines.append(build.assign(held[0], ctx.program.externals.copied(held[0])))
    elif held:
        call = build.call(build.const(fresh_shadows), *map(build.load, held))
        targets = build.store(held[0])
        if len(held) > 1:
            targets = build.sequence(map(build.store, held), ctx=gast.Store())
        lines += ctx.expand([build.assign(targets, call)], None)
    lists = [n for n in residuals if n in both.lists and n not in held]
    lines += [build.assign(n, build.method(n, "copy")) for n in lists]
    return lines


def in_order(block: Block) -> list[str]:
    found: dict[str, None] = {}
    for statement in block:
        for name in load_list(statement):
            found.setdefault(name)
    return list(found)


def known(ctx: Context, forward: Block) -> set[str]:
    captured = {c.name for c in ctx.program.externals.captures.values()}
    return {*ctx.program.parameters, *captured, *stores(forward)}


def finished(ctx: Context, name: str, parameters: Sequence[str], body: Block) -> Node:
    """Optimise a body and make it a function."""
    program = ctx.program
    names = program.read.named if program.read else frozenset()
    body = optimise(body, ctx.kinds, program.externals, names)
    fixed = names | {*parameters, *captured_names(ctx)}
    body = past_refusals(finish(body, fixed, ctx.names.webs), program.externals)
    return build.function(name, parameters, body)


def captured_names(ctx: Context) -> list[str]:
    """Give the names of the values that every function is handed besides its arguments."""
    return [c.name for c in ctx.program.externals.captures.values()]
