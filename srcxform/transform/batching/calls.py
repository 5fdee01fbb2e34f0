"""Calls of functions for all lanes at once: by alignment, or by the function's batching rule."""

from __future__ import annotations

import builtins
import inspect
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lanes import differs
from srcxform.kinds.lattice import Array, Const, Items, Many, Number
from srcxform.rules.registry import BATCHING, LANEWISE, RULES, Rule
from srcxform.rules.settle import constant_of
from srcxform.runtime import lane_by_lane, polygamma
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, loads, rename
from srcxform.transform.batching.flags import (
    Apart,
    is_numeric,
    rank,
)
from srcxform.transform.batching.spreading import aligned, operand
from srcxform.transform.templates import template_call, with_defaults

if TYPE_CHECKING:
    from srcxform.transform.batching.statements import Batching


def entries(function: Any) -> int:
    """Give how many of the first parameters of a function are taken entry by entry."""
    if function in LANEWISE:
        return LANEWISE[function]
    rule = RULES[function]
    return 3 if function in (np.where, np.clip) else len(rule.wrt)


MAKERS = (builtins.int, builtins.float, builtins.complex, builtins.round)  # of Python's numbers
OF_CONTAINERS = (  # their batching rules tell the parts of a container from its lanes
    builtins.sum, builtins.max, builtins.min, np.stack, np.concatenate, np.array, np.asarray,
    np.asanyarray, np.ascontiguousarray, np.vstack, np.hstack,
)  # fmt: skip
OF_NUMBERS = (builtins.pow, polygamma)  # they take no arrays


def called(gen: Batching, name: str, found: op.Operation, value: Node, place: Any) -> Block:
    """Write `name = function(...)` for all lanes. Raises Apart where it cannot be done at once."""
    match value:
        case gast.Compare(left=left, ops=[operator], comparators=[right]):
            if isinstance(operator, (gast.Is, gast.IsNot, gast.In, gast.NotIn)):
                raise Apart
            return lanewise(gen, name, value, [left, right])
        case gast.BinOp(left=left, right=right) if is_aligned(function_of(gen, found, value)):
            return lanewise(gen, name, value, [left, right])
        case gast.UnaryOp(op=gast.Not(), operand=operand):
            if not isinstance(gen.which.kind(operand), Number):
                raise Apart
            gen.check_wide(Number("i"))
            made = build.call(build.const(np.logical_not), clone(operand))
            return gen.expand([build.assign(name, made)], place)
        case gast.UnaryOp(operand=operand):
            return lanewise(gen, name, value, [operand])
        case gast.BoolOp():
            raise Apart
    function = function_of(gen, found, value)
    if function in MAKERS:
        gen.check_wide(gen.lane_kind(name))
    if is_aligned(function) and isinstance(value, gast.Call):
        named = {k.arg for k in value.keywords}
        if function is np.where and len(value.args) + len(value.keywords) < 3:
            raise Apart
        if named & {"out", "where", "shape"} or any(
            isinstance(a, gast.Starred) for a in value.args
        ):
            raise Apart
        operands, settings = list(value.args), [k.value for k in value.keywords]
        if function in (np.where, np.clip):
            operands, settings = operands + settings, []
        if not isinstance(function, np.ufunc):
            count = entries(function)
            operands, settings = operands[:count], operands[count:] + settings
        if any(map(gen.which.varies, settings)):
            raise Apart
        return lanewise(gen, name, value, operands)
    rule = found.rule if isinstance(found, op.RuleCall) else known_rule(function)
    if rule is None or rule.primal not in BATCHING:
        raise Apart
    given = found.given if isinstance(found, op.RuleCall) else op.bound(rule, value)
    if given is None:
        raise Apart
    return by_rule(gen, name, rule, given, place)


def function_of(gen: Batching, found: op.Operation, value: Node) -> Any:
    """Give the function that a call or an operator stands for."""
    if isinstance(found, op.RuleCall):
        return found.rule.primal
    if isinstance(value, gast.BinOp):
        return op.UFUNCS.get(type(value.op), np.bitwise_and)  # `&`, `|` and such
    if isinstance(value, gast.Call):
        return known_object(value.func, gen.ctx.program.externals)
    return None


def known_rule(function: Any) -> Rule | None:
    try:
        return RULES.get(function)
    except TypeError:
        return None


def is_aligned(function: Any) -> bool:
    """Say whether a function works entry by entry, on arrays as on numbers.

    Those of `math` are left to the lanes: NumPy's raise nothing where they do, and are some of
    them only as good as 4 units in the last place, depending on the machine.
    """
    if isinstance(function, np.ufunc):
        return function.signature is None and function.nout == 1
    if getattr(function, "__module__", None) in ("math", "cmath") or function in OF_NUMBERS:
        return False
    rule = known_rule(function)
    return rule is not None and (bool(rule.actions) or function in LANEWISE)


def lanewise(gen: Batching, name: str, value: Node, operands: list[Node]) -> Block:
    """Line up the axes of what varies, and leave the expression as it is."""
    lines: Block = []
    kinds = [gen.which.kind(node) for node in operands]
    numeric = [k for k in kinds if is_numeric(k)]
    for node, kind in zip(operands, kinds, strict=True):
        if not is_numeric(kind) and (gen.which.varies(node) or isinstance(kind, (Items, Many))):
            raise Apart
    if not all(isinstance(k, Const) or is_numeric(k) for k in kinds):
        raise Apart
    if any(not isinstance(node, (gast.Name, gast.Constant)) for node in operands):
        raise Apart
    axes = max(rank(kind) or 0 for kind in numeric)
    replaced = {
        id(node): aligned(gen, node, axes, lines)
        for node, kind in zip(operands, kinds, strict=True)
        if is_numeric(kind)
    }
    new = with_operands(value, replaced)
    return [*lines, *settled(gen, name, new)]


def settled(gen: Batching, name: str, value: Node) -> Block:
    """Write `name = value`, and see to the kind it has."""
    return [build.assign(name, value)]


def with_operands(node: Node, replaced: dict[int, Node]) -> Node:
    """Copy an expression with other operands."""
    if isinstance(node, list):
        return [with_operands(part, replaced) for part in node]
    if not isinstance(node, gast.AST):
        return node
    if id(node) in replaced:
        return replaced[id(node)]
    new = clone(node)
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, (list, gast.AST)):
            setattr(new, field, with_operands(value, replaced))
    return new


def by_rule(gen: Batching, name: str, rule: Rule, given: dict[str, Node], place: Any) -> Block:
    """Write what the function's batching rule says."""
    over, template = BATCHING[rule.primal]
    varied = {
        p for p, v in given.items() if gen.which.varies(list(v) if isinstance(v, tuple) else v)
    }
    if not varied <= set(over):
        raise Apart
    known = set(inspect.signature(template).parameters)
    for parameter, value in given.items():
        default = rule.signature.parameters[parameter].default
        is_default = isinstance(value, gast.Constant) and value.value is default
        if isinstance(value, tuple) or (parameter not in known and not is_default):
            raise Apart
    if not has_axes(gen, rule, template, given, over[0]):
        raise Apart
    lines: Block = []
    available = dict(given)
    for parameter in over:
        if parameter not in given:
            continue
        node = given[parameter]
        kind = gen.which.kind(node)
        if isinstance(kind, Array) and kind.dims is None:
            raise Apart
        if not is_numeric(kind) and kind != Const(None):
            if not isinstance(kind, (Items, Many)):
                raise Apart
            if parameter in varied:
                if rule.primal not in OF_CONTAINERS:
                    raise Apart
                available[parameter] = operand(gen, node, True, lines)
        available[f"{parameter}_lanes"] = build.const(differs(gen.which.of(node)))
    available["size"] = gen.size
    available["function"] = build.const(rule.primal)
    call = template_call(template, with_defaults(rule, template, available))
    lines += with_settings(gen.expand([build.assign(name, call)], place))
    if any(is_refusal(gen, line) for line in lines):
        raise Apart
    for line in lines:
        leave_out_defaults(gen, line)
    kind = gen.lane_kind(name)
    first = given.get(over[0])
    if rule.view and isinstance(kind, Number) and isinstance(first, gast.Name):
        if gen.ctx.storage.is_changed(first.id):
            raise Apart
    return lines


def with_settings(lines: Block) -> Block:
    """Write out what a template has settled: some functions are views for some settings only."""
    known: dict[str, Node] = {}
    new: Block = []
    for line in lines:
        line = line if loads(line).isdisjoint(known) else rename(line, known)
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Constant(value=str())):
                known[name] = line.value
            case _:
                new.append(line)
    return new


AXES = ("axis", "axis1", "axis2", "source", "destination")


def has_axes(gen: Batching, rule: Rule, template: Any, given: dict[str, Node], first: str) -> bool:
    """Say whether one lane's array surely has the axes that a call names.

    The lanes must not be taken for an axis that is not there: `np.sort` of a number raises.
    """
    kind = gen.which.kind(given[first]) if first in given else Const(None)
    axes = rank(kind)
    if isinstance(kind, (Items, Many)):
        held = kind.items if isinstance(kind, Items) else (kind.item or Const(None),)
        axes = min((rank(item) or 0 for item in held), default=0)
    if axes is None:
        return False
    if rule.primal in (np.expand_dims, np.stack):
        axes += 1  # the result has it
    known = inspect.signature(template).parameters
    for name in AXES:
        if name in given:
            axis = constant_of(gen.which.kind(given[name]))
        elif name in known:
            axis = rule.signature.parameters[name].default
        else:
            continue
        if axis is None:
            if name in given and gen.which.kind(given[name]) != Const(None):
                return False  # known only while the program runs
            continue
        numbers = axis if isinstance(axis, tuple) else (axis,)
        if not all(isinstance(k, int) and -axes <= k < axes for k in numbers):
            return False
    return True


def leave_out_defaults(gen: Batching, line: Node) -> None:
    """Drop the arguments of a call that are what they are without it."""
    if not (isinstance(line, gast.Assign) and isinstance(line.value, gast.Call)):
        return
    call = line.value
    rule = known_rule(known_object(call.func, gen.ctx.program.externals))
    if rule is None:
        return
    known = rule.signature.parameters
    call.keywords = [
        keyword
        for keyword in call.keywords
        if keyword.arg not in known
        or not isinstance(keyword.value, gast.Constant)
        or keyword.value.value is not known[keyword.arg].default
    ]


def is_refusal(gen: Batching, line: Node) -> bool:
    """Say whether a template leaves its arguments to the lanes."""
    match line:
        case gast.Assign(value=gast.Call(func=func)):
            return known_object(func, gen.ctx.program.externals) is lane_by_lane
    return isinstance(line, gast.Raise)
