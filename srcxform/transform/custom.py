"""Calls of functions with derivative rules of the user's own: the rule in place of the call.

Forward mode calls the rule as it is. So does reverse mode with both halves of a reverse rule.
What has a forward rule only is transposed before the reverse sweep is written: see `transposing`.
"""

from __future__ import annotations

import types
from typing import Any

import gast

from srcxform.analysis.aliasing import holds_storage, parts_of
from srcxform.core import operations as op
from srcxform.errors import Diagnostic, SourceNotFoundError
from srcxform.kinds.lattice import UNKNOWN, Items, Kind, Number, Unknown, scalar_class
from srcxform.rules.custom import Custom, CustomJvp, CustomVjp
from srcxform.runtime import checked_fwd, checked_jvp, checked_vjp, objects_like
from srcxform.specialise.custom import has_record
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.source import find
from srcxform.syntax.visit import clone
from srcxform.transform.context import Context, refusing, zero_tangent
from srcxform.transform.reverse.structure import has_tuple
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step


def refused(ctx: Context, name: str, found: op.Custom, place: Any) -> Diagnostic | None:
    """Say why a derivative cannot pass a call; None if there is a rule for it."""
    custom: Custom = found.function
    place = at_home(custom, place)
    if any(map(ctx.is_active, found.fixed)):
        return Diagnostic(
            f"a differentiated value is given to `{custom.name}` where it takes none", place,
            f"`nondiff_argnums` of `{custom.name}` says that no derivative passes this argument",
            "leave it out of nondiff_argnums, or pass sx.stop_gradient of the value",
        )  # fmt: skip
    if None in ctx.program.externals.rules[id(custom)]:
        giving = "defjvp" if isinstance(custom, CustomJvp) else "defvjp"
        return Diagnostic(
            f"`{custom.name}` has no derivative rule", place,
            f"it is decorated with {custom.decorator}, but no rule was given",
            f"call `{custom.name}.{giving}(...)` before a derivative is taken",
        )  # fmt: skip
    if id(custom) in ctx.program.externals.unfit:
        rule, got, wanted = ctx.program.externals.unfit[id(custom)]
        return Diagnostic(
            f"the rule `{rule}` returns {got} as the result of `{custom.name}`", place,
            f"`{custom.name}` itself returns {wanted}", "let structure, shapes and dtypes agree",
        )  # fmt: skip
    if id(custom) in ctx.program.externals.sharing:
        given = [a.id for a in found.passing if isinstance(a, gast.Name)]
        used = [name, *given] if name else given
        if any(is_written(ctx, one) for one in used):
            return written_beside(found, place)
    return None


def at_home(custom: Custom, place: Any) -> Any:
    """Give the place of a call; where we wrote the call ourselves, that of the function."""
    if place is None or not place.file.startswith("<srcxform"):
        return place
    if not isinstance(custom.fun, types.FunctionType):
        return place
    try:
        return find(custom.fun).node.place
    except SourceNotFoundError:
        return place


def is_written(ctx: Context, name: str) -> bool:
    """Say whether anything writes into what a name leads to."""
    if not holds_storage(ctx.kind(name)):
        return False
    return any(part.changed for part in parts_of(ctx.storage.storage(name)))


def no_forward(found: op.Custom, place: Any) -> Diagnostic:
    """Say that a reverse rule does not tell a tangent."""
    name = found.function.name
    place = at_home(found.function, place)
    return Diagnostic(
        f"forward mode cannot be used on the custom_vjp function `{name}`", place,
        "its rule says what becomes of a cotangent, not of a tangent",
        "use reverse mode (grad, vjp, jacrev), or give a forward rule with custom_jvp",
    )  # fmt: skip


def tangent_of_call(
    ctx: Context, name: str, dot: str, found: op.Custom, dots: list[Node], place: Any
) -> Block:
    """`y, y_dot = f_jvp((x,), (x_dot,))` in place of `y = f(x)`."""
    told = refused(ctx, name, found, place)
    if told is None and isinstance(found.function, CustomVjp):
        told = no_forward(found, place)
    if told is not None:
        return [refusing(ctx, told)]
    rule = ctx.program.externals.rules[id(found.function)][0]
    lines: Block = []
    primals = tuple_of(ctx, "primals", list(map(clone, found.passing)), lines)
    tangents = tuple_of(ctx, "tangents", dots, lines)
    pair, both = ctx.names.part("pair"), ctx.names.part("pair")
    lines.append(build.assign(pair, build.call(clone(rule), *fixed(found), primals, tangents)))
    check = build.call(
        reference(ctx, checked_jvp),
        build.load(pair),
        build.const(rule_name(rule, found.function.rules[0])),
    )
    lines.append(build.assign(both, check))
    targets = build.sequence([build.store(name), build.store(dot)], ctx=gast.Store())
    lines.append(build.assign(targets, build.load(both)))
    return lines


def tuple_of(ctx: Context, hint: str, parts: list[Node], lines: Block) -> Node:
    """Name a tuple; its parts are named first."""
    atoms = []
    for part in parts:
        if not isinstance(part, (gast.Name, gast.Constant)):
            holder = ctx.names.part(hint)
            lines += ctx.expand([build.assign(holder, part)], None)
            part = build.load(holder)
        atoms.append(part)
    whole = ctx.names.part(hint)
    lines.append(build.assign(whole, build.sequence(atoms)))
    ctx.kinds[whole] = Items("tuple", tuple(map(ctx.kind_of_node, atoms)))
    return build.load(whole)


def fixed(found: op.Custom) -> list[Node]:
    """Give the arguments that come first in rules."""
    return list(map(clone, found.fixed))


def reference(ctx: Context, function: Any) -> Node:
    written = ctx.program.externals.reference(function)
    assert written is not None
    return written


def rule_name(node: Node, rule: Any) -> str:
    return str(getattr(rule, "__name__", getattr(node, "id", "rule")))


def zero_for(ctx: Context, node: Node) -> Node:
    """Write the tangent of an argument that is not differentiated: zeros, never None."""
    kind = ctx.kind_of_node(node)
    cls = kind.cls if isinstance(kind, Number) else scalar_class(getattr(kind, "value", None))
    if cls == "i":
        return build.const(0.0)
    return zero_tangent(ctx, node)


def pulled_back(sweep: Sweep, name: str, found: op.Custom, node: Node) -> Step:
    """`y, residuals = f_fwd(x)` here, `x_bar, = f_bwd(residuals, y_bar)` on the way back."""
    ctx = sweep.ctx
    place = getattr(node.value, "place", None) or node.place
    told = refused(ctx, name, found, place)
    if told is not None:
        return Simple([refusing(ctx, told)])
    if isinstance(found.function, CustomJvp):  # its rule calls it on tangents, without an end
        return sweep.refused(op.Foreign(found.function.fun, ()), node.value, node)
    active = [arg for arg in found.passing if ctx.is_active(arg)]
    written = [arg.id for arg in active]
    if any(sweep.is_written(one) for one in (name, *written)):
        return Simple([refusing(ctx, written_beside(found, place))])
    *_, forward_rule, backward_rule = ctx.program.externals.rules[id(found.function)]
    forward_name, backward_name = (
        rule_name(node, rule)
        for node, rule in zip((forward_rule, backward_rule), found.function.rules[-2:], strict=True)
    )
    residuals, pair, both = (ctx.names.part(n) for n in ("residuals", "pair", "pair"))
    ctx.kinds[residuals] = UNKNOWN
    targets = build.sequence([build.store(name), build.store(residuals)], ctx=gast.Store())
    check = build.call(reference(ctx, checked_fwd), build.load(pair), build.const(forward_name))
    forward = [
        build.assign(pair, build.call(clone(forward_rule), *map(clone, found.args))),
        build.assign(both, check),
        build.assign(targets, build.load(both)),
    ]
    if sweep.bars.is_shadow(name):
        forward.append(sweep.fresh_shadow(name))
    elif not sweep.bars.is_present(name):
        sweep.bars.consume(name)
        return Simple(forward)
    lines: Block = []
    g = cotangent_of(sweep, name, lines)
    sweep.bars.consume(name)
    likes = tuple_of(ctx, "likes", [like(ctx, arg) for arg in found.passing], lines)
    result, bars = ctx.names.part("bars"), ctx.names.part("bars")
    call = build.call(clone(backward_rule), *fixed(found), build.load(residuals), g)
    lines.append(build.assign(result, call))
    check = build.call(
        reference(ctx, checked_vjp), build.load(result), build.const(backward_name), likes
    )
    lines.append(build.assign(bars, check))
    for k, arg in enumerate(found.passing):
        if not ctx.is_active(arg):
            continue
        bar = sweep.bars.part(f"{arg.id}_bar")
        ctx.kinds[bar] = ctx.kind(arg.id)
        lines.append(build.assign(bar, build.item(build.load(bars), k)))
        lines += sweep.bars.contribute(arg.id, build.load(bar))
    return Simple(forward, lines)


def cotangent_of(sweep: Sweep, name: str, lines: Block) -> Node:
    """Write the cotangent of a result in the structure that users know."""
    g = sweep.bars.value(name)
    kind = sweep.ctx.kind(name)
    if sweep.bars.is_shadow(name) and has_tuple(kind):
        g = sweep.structured(g, build.load(name), kind)
    if has_record(kind) or isinstance(kind, Unknown):
        g = build.call(build.const(objects_like), named(sweep, name, g, lines), build.load(name))
    return named(sweep, name, g, lines)


def named(sweep: Sweep, name: str, g: Node, lines: Block) -> Node:
    if isinstance(g, (gast.Name, gast.Constant)):
        return g
    holder = sweep.bars.part(f"{name}_bar")
    lines += sweep.ctx.expand([build.assign(holder, g)], None)
    return build.load(holder)


def like(ctx: Context, arg: Node) -> Node:
    """Write what an argument's cotangent has to be like; of a number any will do."""
    kind: Kind = ctx.kind_of_node(arg)
    cls = kind.cls if isinstance(kind, Number) else scalar_class(getattr(kind, "value", None))
    if cls in ("i", "f"):
        return build.const(0.0)
    return build.const(0j) if cls == "c" else clone(arg)


def written_beside(found: op.Custom, place: Any) -> Diagnostic:
    name = found.function.name
    return Diagnostic(
        f"what goes into `{name}`, or comes out of it, is written in place", place,
        "its rule is used as it is, and no derivative follows such writes there",
        f"hand a copy to `{name}`, and copy its result before writing to it",
    )  # fmt: skip


__all__ = ["pulled_back", "refused", "tangent_of_call"]
