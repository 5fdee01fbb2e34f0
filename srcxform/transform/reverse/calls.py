"""Calls in the reverse sweep: rules copied in, and functions kept apart."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import gast

from srcxform.analysis.aliasing import (
    UNFOLLOWED,
    at_path,
    holds_storage,
    parts_of,
    shared_by,
)
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import UNKNOWN, Array, Number, Unknown
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import class_of, is_double
from srcxform.rules.registry import CONVERTING
from srcxform.runtime import check_view, precision_like, snapshot, unbroadcast, zero_wins
from srcxform.specialise.refusal import written_place
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.choices import is_steep
from srcxform.transform.context import refusing
from srcxform.transform.forward import Forward
from srcxform.transform.lost import written_beside
from srcxform.transform.reverse.structure import has_tuple, holds_many, holds_numbers
from srcxform.transform.reverse.sweep import Sweep
from srcxform.transform.steps import Simple, Step
from srcxform.transform.templates import missing, template_call, with_defaults
from srcxform.transform.unruled import active_unruled, no_rule, unknown_argument


def apart(sweep: Sweep, name: str, found: op.Apart, node: Node) -> Step:
    """A function kept apart: its forward sweep here, its backward sweep there."""
    active = [arg for arg in found.args if sweep.ctx.is_active(arg)]
    if sweep.bars.is_static(name) and holds_many(sweep.ctx.kind(name)):
        return sweep.refused(op.Foreign(found.callee.function, ()), node.value, node)
    written = {arg.id for arg in active if sweep.is_written(arg.id)}
    together = storage_shared(sweep, name, found)
    seen = written & together or together and sweep.is_written(name)
    if seen and not sweep.parting.unseen(node, name, together) or twins_written(sweep, name, found):
        return Simple([refusing(sweep.ctx, written_beside(found, node.place))])
    mask = tuple(map(sweep.ctx.is_active, found.args))
    residuals = sweep.ctx.names.part("residuals")
    sweep.ctx.kinds[residuals] = UNKNOWN
    function = sweep.ctx.requests.ask(found.callee, "vjp", mask)
    targets = build.sequence([build.store(name), build.store(residuals)], ctx=gast.Store())
    forward, given = handed(sweep, found.args, written)
    call = build.call(function, *given)
    forward.append(build.assign(targets, call))
    if sweep.is_written(name):  # what is written here has been kept by the other function
        kept = build.call(build.const(snapshot), build.load(name))
        forward += sweep.ctx.expand([build.assign(name, kept)], None)
    if sweep.bars.is_shadow(name):  # nobody writes to it: it only gathers
        forward.append(sweep.fresh_shadow(name))
    g = sweep.bars.value(name)
    if sweep.bars.is_shadow(name) and has_tuple(sweep.ctx.kind(name)):
        g = sweep.structured(g, build.load(name), sweep.ctx.kind(name))
    lines: Block = []
    if not isinstance(g, (gast.Name, gast.Constant)):
        holder = sweep.bars.part(f"{name}_bar")
        lines = sweep.ctx.expand([build.assign(holder, g)], None)
        g = build.load(holder)
    sweep.bars.consume(name)
    back = build.call(
        sweep.ctx.requests.backward_name(found.callee, mask), build.load(residuals), g
    )
    call.place = back.place = getattr(found.node, "place", None)
    names = [sweep.bars.part(f"{arg.id}_bar") for arg in active]
    for arg, bar in zip(active, names, strict=True):
        sweep.ctx.kinds[bar] = sweep.ctx.kind(arg.id)
    if len(names) == 1:
        lines.append(build.assign(names[0], back))
    else:
        lines.append(build.assign(build.sequence(map(build.store, names), ctx=gast.Store()), back))
    for arg, bar in zip(active, names, strict=True):
        lines += sweep.bars.contribute(arg.id, build.load(bar))
    return Simple(forward, lines)


def twins_written(sweep: Sweep, name: str, found: op.Apart) -> bool:
    """Say whether something is written that a function kept apart returns at two places."""
    facts = sweep.ctx.storage
    return any(part.changed for one, _ in found.callee.twins
               for part in parts_of(at_path(facts, name, one)))  # fmt: skip


def storage_shared(sweep: Sweep, name: str, found: op.Apart) -> set[str]:
    """Give the arguments that the result of a function kept apart may be, or hold."""
    if not holds_storage(sweep.ctx.kind(name)):
        return set()
    program = sweep.ctx.program
    places = shared_by(found.callee, program.externals, program.functions)
    return {found.args[k].id for k in places if isinstance(found.args[k], gast.Name)}


def handed(sweep: Sweep, args: Sequence[Node], written: set[str]) -> tuple[Block, list[Node]]:
    """Give the arguments of a call, and copies of those that are written to here."""
    lines: Block = []
    given = []
    for arg in map(clone, args):
        if isinstance(arg, gast.Name) and arg.id in written:
            copy = sweep.ctx.names.part(arg.id)
            line = build.assign(copy, build.call(build.const(snapshot), arg))
            lines += sweep.ctx.expand([line], None)
            arg = build.load(copy)
        given.append(arg)
    return lines, given


def ruled(sweep: Sweep, name: str, found: op.RuleCall, node: Node) -> Step:
    """A function with a rule: its template, on the result's cotangent."""
    rule: Any = found.rule
    given: Any = found.given
    place = getattr(found.node, "place", None) or node.place
    templates = list(rule.actions) or [t for t in (rule.adjoint,) if t]
    unknown = active_unruled(sweep.ctx, found) or missing(rule, templates, given)
    if not templates or unknown:
        told = no_rule(sweep.ctx, op.Foreign(rule.primal, ()), place)
        return Simple(
            [refusing(sweep.ctx, unknown_argument(rule, unknown, place) if unknown else told)]
        )
    forward: Block = [node]
    if sweep.bars.is_shadow(name):
        shadow = viewed(sweep, name, found)
        if shadow is not None:
            if rule.primal in UNFOLLOWED:
                told = changed_behind_view(rule, place)
                return Simple([refusing(sweep.ctx, told, "MutationError")])
            return Simple([node, *checked_view(sweep, name, found, place), shadow])
        forward.append(sweep.fresh_shadow(name))
    g = sweep.bars.value(name)
    g_lines: Block = []
    if not isinstance(g, (gast.Name, gast.Constant)):
        holder = sweep.bars.part(f"{name}_bar")
        g_lines = sweep.ctx.expand([build.assign(holder, g)], place)
        g = build.load(holder)
    sweep.bars.consume(name)
    if rule.actions:
        available = {**given, "out": build.load(name), "g": g}
        shut = name in sweep.chosen and is_steep(rule, given)
        backward = elementwise(sweep, found, available, shut)
    else:  # a helper's own first parameter may be called g
        backward = adjoint(sweep, found, {**given, "out": build.load(name), "out_bar": g})
    return Simple(forward, [*g_lines, *backward])


def contributed(sweep: Sweep, found: op.RuleCall, name: str, term: Node) -> Block:
    """Contribute to an operand, in its precision where the call may have changed that."""
    if not is_converting(sweep, found) or not isinstance(sweep.ctx.kind(name), (Array, Number)):
        return sweep.bars.contribute(name, term)
    part = sweep.bars.part(f"{name}_bar")
    lines = sweep.ctx.expand([build.assign(part, term)], None)
    own = build.call(build.const(precision_like), build.load(part), like=build.load(name))
    return lines + sweep.bars.contribute(name, own)


def is_converting(sweep: Sweep, found: op.RuleCall) -> bool:
    """Say whether a call may change the precision; `np.asarray(x, float)` hardly ever does."""
    if found.rule.primal in CONVERTING:
        return True
    dtype = found.given.get("dtype")
    if dtype is None or isinstance(dtype, gast.Constant) and dtype.value is None:
        return False
    return not (found.view and is_double(known_object(dtype, sweep.ctx.program.externals)))


def viewed(sweep: Sweep, name: str, found: op.RuleCall) -> Node | None:
    """The shadow of a view is the same view of the shadow."""
    rule = found.rule
    if not found.view or holds_numbers(sweep.ctx.kind(name)):
        return None
    source = found.given.get(rule.wrt[0])
    if not isinstance(source, gast.Name) or not sweep.bars.is_shadow(source.id):
        return None
    if not isinstance(sweep.ctx.kind(source.id), (Array, Unknown)):
        return None  # an array made of a list is new
    swap = Forward(sweep.ctx)
    swap.dots = {source.id: sweep.bars.bar((source.id, ()))}
    return sweep.shadow_line(name, swap.linear(found))


def checked_view(sweep: Sweep, name: str, found: op.RuleCall, place: Any) -> Block:
    """Where NumPy may copy or not, make sure at run time that it gave a view."""
    if found.view != "maybe":
        return []
    source = found.given[found.rule.wrt[0]]
    told = [written_place(place)] if place is not None else []
    call = build.call(build.const(check_view), build.load(name), clone(source), *told)
    return sweep.ctx.expand([build.expression(call)], None)


def elementwise(sweep: Sweep, found: op.RuleCall, available: dict[str, Node], shut: bool) -> Block:
    """Contribute to each operand; where `shut`, a zero cotangent stays zero on any slope.

    All that one name gets is added up first, so that it can be one term.
    """
    lines: Block = []
    terms: dict[str, Node] = {}
    rule: Any = found.rule
    given: Any = found.given
    g = available["g"]
    if shut:
        available = {**available, "g": build.const(1.0)}
    for parameter, action in zip(rule.wrt, rule.actions, strict=True):
        value = given.get(parameter)
        if not sweep.ctx.is_active(value):
            continue
        term = template_call(action, with_defaults(rule, action, available))
        if shut:
            slope = sweep.ctx.names.part("slope")
            lines += sweep.ctx.expand([build.assign(slope, term)], None)
            term = build.call(build.const(zero_wins), clone(g), build.load(slope))
        if len(rule.signature.parameters) > 1 and not is_whole(sweep, value, given):
            part = sweep.bars.part(f"{value.id}_bar")
            lines += sweep.ctx.expand([build.assign(part, term)], None)
            term = build.call(build.const(unbroadcast), build.load(part), like=build.load(value.id))
        if value.id in terms:
            both = [sweep.bars.part(f"{value.id}_bar") for _ in range(2)]
            pair = zip(both, (terms[value.id], term), strict=True)
            lines += sweep.ctx.expand([build.assign(name, one) for name, one in pair], None)
            term = build.binary(build.load(both[0]), gast.Add(), build.load(both[1]))
        terms[value.id] = term
    for name, term in terms.items():
        lines += contributed(sweep, found, name, term)
    return lines


def is_whole(sweep: Sweep, value: Node, given: Any) -> bool:
    """Say whether an operand has the result's shape and class: all others are real numbers."""
    kinds = [sweep.ctx.kind_of_node(other) for other in given.values() if other is not value]
    plain = all(shape_of(kind) == () and class_of(kind) in tuple("bif") for kind in kinds)
    own = sweep.ctx.kind_of_node(value)
    return plain and isinstance(own, Array) and own.cls == "f"


def adjoint(sweep: Sweep, found: op.RuleCall, available: dict[str, Node]) -> Block:
    rule: Any = found.rule
    given: Any = found.given
    call = template_call(rule.adjoint, with_defaults(rule, rule.adjoint, available))
    targets = [given.get(parameter) for parameter in rule.wrt]
    active = [target for target in targets if sweep.ctx.is_active(target)]
    if rule.primal is builtins.sum and active == targets[:1]:
        added = sweep.bars.into_all(active[0].id, available["out_bar"])
        if added is not None:
            return added
    if len(targets) == 1 and isinstance(targets[0], gast.Name):
        return contributed(sweep, found, targets[0].id, call)
    if len(targets) == 1 and isinstance(targets[0], tuple):
        targets = list(targets[0])
    names = [sweep.bars.part(f"{getattr(t, 'id', 'other')}_bar") for t in targets]
    holder = sweep.bars.part("out_bar")
    unpack = build.assign(
        build.sequence(map(build.store, names), ctx=gast.Store()), build.load(holder)
    )
    lines = sweep.ctx.expand([build.assign(holder, call), unpack], None)
    for target, name in zip(targets, names, strict=True):
        if sweep.ctx.is_active(target):
            lines += contributed(sweep, found, target.id, build.load(name))
    return lines


def changed_behind_view(rule: Any, place: Any) -> Diagnostic:
    """Say that storage is written while a read-only view of it is in use."""
    name = getattr(rule.primal, "__name__", "this view")
    return Diagnostic(
        f"what `{name}` looks at is written in place while the view is in use", place,
        "the view shows old values at some places and new ones at others",
        f"copy it: `np.copy(np.{name}(...))`",
    )  # fmt: skip
