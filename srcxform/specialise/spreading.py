"""`f(x, *p)` where how many p holds is known only while the program runs: f says how many it takes.

    model(t, *p)          if len(p) != 2:
                              raise TypeError("model() takes 3 positional arguments")
                          p_1 = p[0]
                          p_2 = p[1]
                          ...             # model(t, p_1, p_2)

A parameter `*rest` of f takes what is left, as a tuple.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from dataclasses import dataclass
from typing import Any

import gast

from srcxform.kinds.callables import Closure, Partial
from srcxform.kinds.lattice import (
    Array,
    Cell,
    Const,
    Instance,
    Kept,
    Kind,
    Many,
    Record,
    Stream,
    Suspended,
    present,
)
from srcxform.rules.registry import rule_of
from srcxform.specialise.closures import signature_of
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.object_iteration import iterable
from srcxform.specialise.objects import class_of, looked_up
from srcxform.specialise.scope import Evaluated, State
from srcxform.specialise.streams import rest, written
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.signatures import own_signature
from srcxform.syntax.visit import clone

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Takes:
    """What a function takes by position: its parameters, and whether a `*rest` follows."""

    required: int
    most: int
    rest: bool


ALTERNATIVES = 4  # defaults that are filled or not: as many calls are written out


def spread_call(state: State, node: Node) -> Node | None:
    """Write out `*p` in a call by what the function takes; None where that is not to be done."""
    at = [k for k, arg in enumerate(node.args) if isinstance(arg, gast.Starred)]
    if len(at) != 1 or state.fixed or any(k.arg is None for k in node.keywords):
        return None
    star = node.args[at[0]]
    if not is_uncounted(state, star):
        return None
    takes = taken_by(state, node)
    if takes is None:
        return None
    before, after = node.args[: at[0]], node.args[at[0] + 1 :]
    given = len(before) + len(after)
    if takes.rest:
        if after or takes.required < takes.most > len(before):
            return None
        return with_rest(state, node, before, star, takes.most - len(before))
    counts = range(max(takes.required - given, 0), takes.most - given + 1)
    if len(counts) > ALTERNATIVES or not counts or after and len(counts) > 1:
        return None
    held = under_name(state, *counted(state, star))
    if len(counts) > 1:
        return one_of_these(state, node, held, before, counts)
    check_count(state, node, held, counts[0])
    items = [item(state, held, k) for k in range(counts[0])]
    return called(node, [*before, *items, *after])


def is_uncounted(state: State, star: Node) -> bool:
    """Say whether what is spread holds a number of values that only the run can tell."""
    with state.rehearsal():
        _, kind = iterable(state, star, evaluate(state, star.value))
        opened = state.opened(kind)
    if isinstance(kind, Suspended) or isinstance(kind, Stream) and kind.site:
        return True
    return isinstance(opened, (Array, Many, Cell)) and getattr(opened, "type", "") != "dict"


def counted(state: State, star: Node) -> Evaluated:
    """Give what is spread, with positions: of a generator or an iterator, a list."""
    return counted_value(state, star, evaluate(state, star.value))


def counted_value(state: State, node: Node, whole: Evaluated) -> Evaluated:
    """Give what an object or an iterator gives, with positions."""
    from srcxform.specialise.suspended import listed

    value, kind = iterable(state, node, whole)
    if isinstance(kind, Suspended):
        return listed(state, kind, node)
    return rest(state, value, kind) if isinstance(kind, Stream) else (value, kind)


# -- what a function takes


def taken_by(state: State, node: Node) -> Takes | None:
    """Tell what a call's function takes by position, but for what keywords give."""
    with state.rehearsal():
        signature = signature_called(state, node.func)
    if signature is None:
        return None
    named = {k.arg for k in node.keywords}
    own = [p for p in signature.parameters.values() if p.kind in POSITIONAL and p.name not in named]
    required = [p for p in own if p.default is p.empty]
    has_rest = any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())
    return Takes(len(required), len(own), has_rest)


def signature_called(state: State, func: Node) -> inspect.Signature | None:
    if isinstance(func, gast.Attribute):
        cls = class_of(evaluate(state, func.value)[1])
        found = None if cls is None else looked_up(state, cls, func.attr)
        if isinstance(found, types.FunctionType):
            return without_first(signature_of_object(found))
        if isinstance(found, staticmethod):
            return signature_of_object(found.__func__)
    return signature_of_kind(state, present(evaluate(state, func)[1]))


def signature_of_kind(state: State, kind: Kind) -> inspect.Signature | None:
    match kind:
        case Const(value=function):
            return signature_of_object(function)
        case Closure():
            return signature_of(kind)
        case Partial(function=function, args=args, keywords=keywords):
            inner = signature_of_kind(state, function)
            for _ in args:
                inner = without_first(inner)
            names = {name for name, _, _ in keywords}
            return inner and inner.replace(
                parameters=[p for p in inner.parameters.values() if p.name not in names]
            )
        case Record(type=types.MethodType, items=(Const(value=function), _)):
            return without_first(signature_of_object(function))
        case Record() | Instance() | Kept():
            cls = class_of(kind)
            found = None if cls is None else looked_up(state, cls, "__call__")
            if isinstance(found, types.FunctionType):
                return without_first(signature_of_object(found))
    return None


def signature_of_object(function: Any) -> inspect.Signature | None:
    """Give the signature of a function that comes in, or that has a rule."""
    from srcxform.specialise.calls import looks_into

    if isinstance(function, type):
        return signature_of_class(function)
    rule = rule_of(function)
    if rule is not None and rule.signature is not None:
        fixed = all(p.kind in POSITIONAL for p in rule.signature.parameters.values())
        return rule.signature if fixed else None
    if looks_into(function, False):
        return own_signature(function)
    return None


def signature_of_class(cls: type) -> inspect.Signature | None:
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return without_first(inspect.signature(cls.__new__))
    start = cls.__dict__.get("__init__")
    if isinstance(start, types.FunctionType) and "__new__" not in cls.__dict__:
        return without_first(inspect.signature(start))
    return inspect.signature(cls) if dataclasses.is_dataclass(cls) else None


def without_first(signature: inspect.Signature | None) -> inspect.Signature | None:
    if signature is None:
        return None
    own = list(signature.parameters.values())
    if own and own[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return signature
    return signature.replace(parameters=own[1:])


# -- what is written


def with_rest(state: State, node: Node, before: Block, star: Node, missing: int) -> Node:
    """Fill the parameters that are named, and give what is left as a tuple."""
    held = under_name(state, *counted(state, star))
    if missing > 0:
        error = wrong_count(node, missing + len(before), "at least ")
        written(state, [build.branch(has(held, gast.Lt(), missing), [error])])
    items = [item(state, held, k) for k in range(missing)]
    filled = len(before) + min(missing, 0)
    first, more = before[:filled], before[filled:]
    left: Node = clone(held)
    if missing > 0:
        behind = build.item(left, gast.Slice(lower=build.const(missing), upper=None, step=None))
        left = build.load(state.names.part(held.id))
        written(state, [build.assign(left.id, behind)])
    extra = [atom(state, arg) for arg in more]
    holder = state.names.part(state.hint)
    whole = (
        build.sequence([*extra, gast.Starred(value=left, ctx=gast.Load())])
        if extra else build.call("tuple", left)
    )  # fmt: skip
    written(state, [build.assign(holder, whole)])
    marked = gast.Starred(value=state.scope.alias(build.load(holder)), ctx=gast.Load())
    marked.rest = True
    return called(node, [*first, *items, marked])


def atom(state: State, node: Node) -> Node:
    """Give an argument as a residual operand."""
    value, kind = evaluate(state, node)
    return value if isinstance(value, gast.Constant) else under_name(state, value, kind)


def under_name(state: State, value: Node, kind: Kind) -> Node:
    if not isinstance(value, gast.Name):
        name = state.names.part(state.hint)
        state.emit(build.assign(name, value))
        state.bind(name, kind)
        value = build.load(name)
    return value


def item(state: State, held: Node, position: int) -> Node:
    """Read one of the values that are spread."""
    name = state.names.part(held.id)
    written(state, [build.assign(name, build.item(clone(held), position))])
    return state.scope.alias(build.load(name))


def one_of_these(state: State, node: Node, held: Node, before: Block, counts: range) -> Node:
    """Write a call for each number of values that the defaults leave room for."""
    from srcxform.specialise.statements import block

    alias, part = state.scope.alias, state.names.part
    base = held.id
    held, result = alias(held), alias(build.load(part(state.hint)))
    chain: Block = [wrong_count(node, len(before) + counts[-1])]
    for count in reversed(counts):
        names = [alias(build.load(part(base))).id for _ in range(count)]
        lines = [build.assign(n, build.item(clone(held), k)) for k, n in enumerate(names)]
        lines.append(build.assign(result.id, called(node, [*before, *map(build.load, names)])))
        chain = [build.branch(has(held, gast.Eq(), count), lines, chain)]
    block(state, build.at(state.place, chain))
    return result


def check_count(state: State, node: Node, held: Node, count: int) -> None:
    error = wrong_count(node, len(node.args) - 1 + count)
    written(state, [build.branch(has(held, gast.NotEq(), count), [error])])


def has(held: Node, comparison: Node, count: int) -> Node:
    """Write a test of how many values there are."""
    length = build.call(build.const(len), clone(held))
    return gast.Compare(left=length, ops=[comparison], comparators=[build.const(count)])


def wrong_count(node: Node, count: int, least: str = "") -> Node:
    text = f"{called_name(node)}() takes {least}{count} positional arguments"
    return gast.Raise(exc=build.call(build.const(TypeError), build.const(text)), cause=None)


def called_name(node: Node) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "function")))


def called(node: Node, args: Block) -> Node:
    new = gast.Call(func=node.func, args=args, keywords=node.keywords)
    new.place = getattr(node, "place", None)
    return new
