"""What both generators know of a residual program, and the calls they write."""

from __future__ import annotations

import functools
import types
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import gast
import numpy as np

from srcxform.analysis.activity import activity, is_active, unruled
from srcxform.analysis.aliasing import Aliasing, writes_of
from srcxform.analysis.usefulness import usefulness
from srcxform.analysis.views import with_steady_views
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.errors import Diagnostic, NoDerivativeError, SourceNotFoundError
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Record,
    Unknown,
    scalar_class,
)
from srcxform.optimise.displays import apart
from srcxform.optimise.facts import Facts
from srcxform.runtime import check_keeps, object_zeros, refuse, zeros_like
from srcxform.runtime.checks import NOT_COVERED
from srcxform.specialise.program import Program
from srcxform.specialise.refusal import raise_statement, written_place
from srcxform.specialise.scope import Scope, State
from srcxform.specialise.statements import block
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.source import find
from srcxform.syntax.visit import (
    all_names,
    blocks,
    change_blocks,
    clone,
    load_list,
    rename,
    statements_in,
    stores,
)
from srcxform.transform.lengths import lengths_in_turns
from srcxform.transform.parts import fewer_parts
from srcxform.transform.rebinding import replaced_apart
from srcxform.transform.shown import (
    keys_lost,
    may_be_number,
    opens_file,
    reads_keys,
    shown_only,
    shows,
    text_used,
)


@dataclass
class Context:
    """A program with its facts: kinds, activity, storage."""

    program: Program
    active: set[str]
    storage: Aliasing
    wrt: tuple[str, ...]
    requests: Any = None  # derivatives of functions kept apart: asked for here
    kinds: dict[str, Kind] = field(default_factory=dict)
    told: dict[int, Diagnostic] = field(default_factory=dict)  # statements that are refused
    useless: set[str] = field(default_factory=set)  # active, but no result depends on them
    declared: dict[str, Kind] = field(default_factory=dict)  # of tangents, cotangents: everywhere
    changing: set[str] = field(default_factory=set)  # tangents of storage that is written in place

    @property
    def names(self) -> Any:
        """The names taken in the module."""
        return self.program.externals.names

    def narrow(self, left: Iterable[Node] = ()) -> None:
        """Forget activity that the result, and what is `left` beside it, cannot depend on.

        What a statement refuses it refuses all the same, of use or not.
        """
        body = self.program.body
        for node in (inner for line in body for inner in statements_in(line)):
            told = lost(self, node)
            if told is not None:
                self.told[id(node)] = told
        captured = [c.name for c in self.program.externals.captures.values()]
        lasting = {*self.program.parameters, *captured, *self.wrt}
        beside = [build.expression(node) for node in left]
        useful = usefulness([*body, *beside], lasting, self.storage)
        self.useless = self.active - useful - lasting
        self.active -= self.useless

    def kind(self, name: str) -> Kind:
        """Give the kind of a name."""
        return self.kinds.get(name, UNKNOWN)

    def declare(self, name: str, kind: Kind) -> None:
        """Say what a tangent or cotangent is at every point of the program."""
        self.kinds[name] = self.declared[name] = kind

    def settle_on(self, names: Iterable[str]) -> None:
        """Forget what tangents or cotangents are at this point only: control joins here."""
        for name in names:
            if name in self.declared:
                self.kinds[name] = self.declared[name]

    def kind_of_node(self, node: Node) -> Kind:
        """Give the kind of an operand."""
        if isinstance(node, gast.Constant):
            return Const(node.value)
        return self.kind(node.id) if isinstance(node, gast.Name) else UNKNOWN

    def is_active(self, node: Any) -> bool:
        """Say whether an operand carries a derivative."""
        return is_active(node, self.active)

    def is_text(self, node: Any) -> bool:
        """Say whether an operand is text that shows an active value."""
        return isinstance(node, gast.Name) and node.id in self.storage.texts

    def operation(self, value: Node) -> op.Operation:
        """Read the right-hand side of an assignment."""
        return op.operation(value, self.program.externals, self.program.functions, self.kinds)

    def expand(self, lines: Block, place: Any) -> Block:
        """Inline rule templates in new lines and settle their helpers; note the kinds."""
        build.at(place, lines)
        known = {name: self.kinds[name] for name in all_names(lines) if name in self.kinds}
        state = State(self.program.externals, env=known, scope=Scope(None), fixed=True)
        state.functions = self.program.functions
        block(state, lines)
        for name, kind in state.known.items():
            if name not in self.changing and not grows(self.kinds.get(name), kind):
                self.kinds[name] = kind
        return state.lines if place is None else located(self, state.lines, place)

    def settled(self, call: Node) -> Node:
        """Write a call of a helper as the kinds have it, in one expression: `np.zeros_like(x)`."""
        *before, last = self.expand([build.assign(self.names.part("zeros"), clone(call))], None)
        values = {line.targets[0].id: line.value for line in before}
        return rename(last.value, values)


def located(ctx: Context, lines: Block, place: Any) -> Block:
    """Let a rule that refuses its arguments name the user's line."""
    for line in lines:
        if blocks(line):
            change_blocks(line, lambda block: located(ctx, block, place))
    told = [not_covered(ctx, line, place) for line in lines]
    return [
        line if why is None or place is None else refusing(ctx, why)
        for line, why in zip(lines, told, strict=True)
    ]


def not_covered(ctx: Context, line: Node, place: Any) -> Diagnostic | None:
    """Say what a line refuses that came out of a rule; None for any other line."""
    match line:
        case gast.Assign(value=gast.Call(func=function, args=[what, instead])):
            if known_object(function, ctx.program.externals) is refuse:
                return Diagnostic(what.value, place, NOT_COVERED, instead.value)
    return None


def grows(before: Kind | None, now: Kind) -> bool:
    """Say whether a container is of unknown length after all, though it is written out here."""
    return isinstance(before, (Many, Unknown)) and isinstance(now, (Items, Mapping))


def context(program: Program, wrt: tuple[str, ...], requests: Any = None) -> Context:
    """Analyse a program for the parameters `wrt`."""
    program.externals.names.take(n for line in program.body for n in all_names(line))
    kinds = dict(program.kinds)
    body = replaced_apart(apart(clone(program.body)), kinds, program.externals.names)
    body, facts = with_steady_views(body, kinds, program.externals, program.functions)
    program = replace(program, body=body, kinds=kinds)
    active = activity(program.body, set(wrt), facts)
    user = program.read.named if program.read else frozenset()
    names = Facts(program.kinds, program.externals, user)
    program = replace(program, body=fewer_parts(program.body, facts, names))
    kinds = lengths_in_turns(program.body, program.kinds, program.externals)
    return Context(program, active, facts, wrt, requests, kinds)


def take_beside(ctx: Context) -> list[Node]:
    """Let an inner program return its result alone; give what it returned beside it."""
    program = ctx.program
    *body, last = program.body
    if not program.beside or not isinstance(last, gast.Return):
        return []

    def display(name: Node) -> list[Node]:
        (line,) = [s for s in body if isinstance(s, gast.Assign) and is_named(s, name.id)]
        body.remove(line)
        elements: list[Node] = line.value.elts
        return elements

    result, after = display(last.value)
    end = build.returning(result)
    end.place = getattr(last, "place", None)
    kind = ctx.kind_of_node(result)
    ctx.program = replace(program, body=[*body, end], result=kind, beside=False)
    return [] if isinstance(after, gast.Constant) else display(after)


def is_named(line: Node, name: str) -> bool:
    return isinstance(line.targets[0], gast.Name) and line.targets[0].id == name


def lost(ctx: Context, node: Node) -> Diagnostic | None:
    """Say where a statement would drop a derivative without a word; None where it does not."""
    place = getattr(node, "place", None)
    told = ctx.told.get(id(node)) or not_covered(ctx, node, place)
    if told is not None:
        return told
    if reads_keys(ctx, node):
        return keys_lost(place)
    match node:
        case gast.Assign(targets=[gast.Name()], value=value):
            found = ctx.operation(value)
            if shows(ctx, value) and not shown_only(ctx, found):
                return text_used(ctx, value, getattr(value, "place", None) or place)
            if isinstance(found, op.Apart) and writes_active(ctx, found):
                return written_apart(found, place)
        case gast.Assign(
            targets=[gast.Subscript(value=base) | gast.Attribute(value=base)], value=value
        ):
            if isinstance(node.targets[0], gast.Attribute):
                if isinstance(ctx.kind_of_node(base), Record):
                    return None  # the caller's object: its attributes are variables here
                if ctx.is_active(base):
                    return store_lost(place)
            if ctx.is_active(value) and not ctx.is_active(base) and not is_integral(ctx, base):
                return store_lost(place)
        case gast.Expr(value=gast.Call() as call):
            found = ctx.operation(call)
            if isinstance(found, op.Method) and not ctx.is_active(found.base):
                if any(map(ctx.is_active, found.args)):
                    return store_lost(place)
            if isinstance(found, op.Apart) and writes_active(ctx, found):
                return written_apart(found, place)
        case gast.Return(value=value):
            if ctx.is_text(value) and may_be_number(ctx.kind_of_node(value)):
                return text_used(ctx, value, getattr(value, "place", None) or place)
        case gast.With(items=items):
            if any(ctx.is_active(item.context_expr) for item in items):
                return managed(place)
            for call in (item.context_expr for item in items):
                if shows(ctx, call) and not opens_file(call):
                    return text_used(ctx, call, place)
        case gast.Try(handlers=[_, *_]):
            if tried_away(ctx, node):
                return tried_lost(place)
        case gast.For(iter=iterable, target=target):
            if shows(ctx, iterable) and not all(
                ctx.is_text(name) is op.is_text(ctx.kind(name)) for name in stores(target)
            ):
                return text_used(ctx, iterable, place)
            if ctx.is_active(iterable) and ctx.is_active(target) and not is_counting(iterable):
                return iteration_lost(place)
    return None


def writes_active(ctx: Context, found: op.Apart) -> bool:
    """Say whether a function kept apart changes its arguments while something active goes in."""
    writes = writes_of(found.callee, ctx.program.externals, ctx.program.functions)
    return bool(writes) and any(map(ctx.is_active, found.args))


def written_apart(found: op.Apart, place: Any) -> Diagnostic:
    name = found.callee.read.name
    return Diagnostic(
        f"the recursive function `{name}` writes into its arguments", place,
        "a function that calls itself is differentiated on its own, on copies of what it writes "
        "into; but what it writes into is also its result, another argument, or inside of one",
        "let it return what it computes, or write and return nothing",
    )  # fmt: skip


def written_beside(found: op.Apart, place: Any) -> Diagnostic:
    name = found.callee.read.name
    return Diagnostic(
        f"what goes into the recursive function `{name}`, or comes out of it, is written in place",
        place,
        "a function that calls itself is differentiated on its own, where no derivative follows "
        "such writes", f"hand a copy to `{name}`, and copy its result before writing to it",
    )  # fmt: skip


def tried_away(ctx: Context, node: Node) -> bool:
    """Say whether a derivative would pass what runs only inside a `try` (a probe has no effect)."""
    read = Counter(name for s in ctx.program.body for name in load_list(s))
    inside = Counter(name for s in node.body for name in load_list(s))
    for statement in node.body:
        for line in statements_in(statement):
            if any(read[name] > inside[name] and name in ctx.active for name in stores(line)):
                return True
            if isinstance(line, gast.Expr) and is_effect(ctx, line.value, stores_of(node.body)):
                return True
            match line:
                case (
                    gast.Assign(targets=[gast.Subscript(value=base) | gast.Attribute(value=base)])
                    | gast.AugAssign(
                        target=(gast.Subscript(value=base) | gast.Attribute(value=base))
                    )
                    | gast.AugAssign(target=gast.Name() as base)
                ):
                    outside = getattr(base, "id", "") not in stores_of(node.body)
                    if outside and ctx.is_active(base):
                        return True
    return False


def is_effect(ctx: Context, call: Node, own: set[str]) -> bool:
    """Say whether a call may change something active that was made elsewhere."""
    found = ctx.operation(call) if isinstance(call, gast.Call) else op.Constant()
    if isinstance(found, (op.Method, op.AddAt)):
        return getattr(found.base, "id", "") not in own and ctx.is_active(found.base)
    return isinstance(found, op.Foreign) and any(n in ctx.active for n in found.operands)


def stores_of(block: Block) -> set[str]:
    return {name for s in block for name in stores(s)}


def managed(place: Any) -> Diagnostic:
    return Diagnostic(
        "a differentiated value goes into a context manager", place,
        "what the manager does with it is not followed",
        "give the manager plain settings, and compute with the value inside the `with`",
    )  # fmt: skip


def tried_lost(place: Any) -> Diagnostic:
    return Diagnostic(
        "a statement in this `try` changes a differentiated value and may raise", place,
        "it can be run only once, inside the `try`, where no derivative follows it",
        "test the condition with `if`, or change the value behind the `try`",
    )  # fmt: skip


def is_counting(iterable: Node) -> bool:
    """Say whether a loop runs over positions."""
    inner = [n for n in gast.walk(iterable) if isinstance(n, gast.Call)]
    return any(getattr(n.func, "id", "") == "range" for n in inner)


def is_integral(ctx: Context, base: Node) -> bool:
    kind = ctx.kind_of_node(base)
    return isinstance(kind, Array) and kind.cls in "bi"


def unsure_store(ctx: Context, node: Node) -> Block:
    """Ask, where a differentiated value is stored in what may be an array of integers after all."""
    match node:
        case (
            gast.Assign(targets=[gast.Subscript(value=gast.Name(id=base))], value=value)
            | gast.AugAssign(target=gast.Subscript(value=gast.Name(id=base)), value=value)
        ):
            kind = ctx.kind(base)
            unsure = isinstance(kind, Unknown) or isinstance(kind, Array) and kind.mixed
            if unsure and base in ctx.active and ctx.is_active(value):
                told = [written_place(node.place)] if node.place is not None else []
                call = build.call(build.const(check_keeps), build.load(base), *told)
                return ctx.expand([build.expression(call)], node.place)
    return []


def store_lost(place: Any) -> Diagnostic:
    return Diagnostic(
        "a differentiated value is stored where no derivative follows it", place,
        "only arrays, lists and dicts are followed", "keep it in an array, a list or a dict",
    )  # fmt: skip


def iteration_lost(place: Any) -> Diagnostic:
    return Diagnostic(
        "this loop runs over differentiated values in a way that is not followed", place,
        "their positions are not known", "loop over an array, list or tuple, or over positions",
    )  # fmt: skip


def zero(ctx: Context, node: Node) -> Node:
    """Write a zero tangent or cotangent for an operand."""
    kind = ctx.kind_of_node(node)
    match kind:
        case Number(cls=cls) if cls in "fc":
            return build.const(0.0)
        case Const(value=value) if scalar_class(value) in ("f", "c"):
            return build.const(0.0)
        case Number() | Const():
            return (
                build.const(None) if not scalar_class(getattr(kind, "value", 0)) else build.const(0)
            )
    return ctx.settled(build.call(build.const(zeros_like), node))


def zero_tangent(ctx: Context, node: Node) -> Node:
    """Write a zero tangent: that of an object is an object, where a cotangent is a dict."""
    if isinstance(ctx.kind_of_node(node), Record):
        return build.call(build.const(object_zeros), node)
    return zero(ctx, node)


CONSTRUCTS = {  # how users know what the syntax tree calls by class names
    "Lambda": "a function written with `lambda`", "Set": "a set", "SetComp": "a set comprehension",
    "List": "a list with `*` inside", "Tuple": "a tuple with `*` inside",
    "Dict": "a dict with `**` inside",
    "GeneratorExp": "a generator", "IfExp": "`if` inside an expression", "NamedExpr": "`:=`",
    "Await": "`await`", "Yield": "`yield`", "YieldFrom": "`yield from`", "Starred": "`*`",
    "Spread": "a call in which `*` stands before values of an unknown number",
    "BitAnd": "`&`", "BitOr": "`|`", "BitXor": "`^`", "LShift": "`<<`", "RShift": "`>>`",
}  # fmt: skip


ROWS = "np.concatenate, np.stack or np.linspace make the same array"
INSTEAD = {
    "np.r_": ROWS,
    "np.c_": ROWS,
    "Spread": "pass the values one by one, as in `f(p[0], p[1])`, or what holds them as a whole",
    "Set": "use a list, or a dict with the values under names of their own",
    "SetComp": "use a list, or a dict with the values under names of their own",
}


def active_unruled(ctx: Context, found: op.RuleCall) -> str | None:
    """Give the name of an active argument of which the rule says nothing; None if there is none."""
    unsaid = unruled(found.rule, found.given).items()
    return next((name for name, node in unsaid if ctx.is_active(node)), None)


def unknown_argument(rule: Any, name: str, place: Any) -> Diagnostic:
    """Say that the rule of a function does not know an argument."""
    function = getattr(rule.primal, "__name__", str(rule.primal))
    return Diagnostic(
        f"`{function}` has no derivative rule for the argument `{name}`", place,
        "the rule was written for calls without it", f"leave `{name}` out, or apply it separately",
    )  # fmt: skip


def no_rule(ctx: Context, found: op.Operation, place: Any) -> Diagnostic:
    """Say that an active value reaches something without a derivative."""
    if isinstance(found, op.RuleCall):
        return unknown_argument(found.rule, active_unruled(ctx, found) or "", place)
    function: Any = getattr(found, "function", None)
    if function is functools.partial:
        return Diagnostic(
            "a function that captures a differentiated value is handed to one with its own rule",
            place, "the rule says nothing of what the function captures",
            "let the value be an argument of the function with the rule, and hand it on",
        )  # fmt: skip
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        name = f"np.{function.__self__.__name__}.{function.__name__}"
        return Diagnostic(
            f"`{name}` has no derivative rule", place,
            "a value that is differentiated reaches it, and what becomes of it is not followed",
            "write a loop over the positions: `for k in positions: x[k] = x[k] * y`",
        )  # fmt: skip
    if isinstance(function, str):
        return Diagnostic(
            f"{CONSTRUCTS.get(function, f'`{function}`')} has no derivative rule", place,
            "a value that is differentiated reaches it, and what becomes of it is not followed",
            INSTEAD.get(function, "write it with assignments, loops, branches and calls"),
        )  # fmt: skip
    elif function is None and not hasattr(found, "name"):
        what = (
            "a call of something that is known only while the program runs has no derivative rule"
        )
    else:
        name = getattr(function, "__name__", None) or str(getattr(found, "name", function))
        what = f"`{name}` has no derivative rule"
        missing = source_missing(function)
        if missing is not None:
            return Diagnostic(
                what, place, f"{missing.what}: {missing.why}",
                missing.instead or "register a rule for it with sx.tangent and sx.adjoint",
            )  # fmt: skip
    return Diagnostic(
        what, place, "a value that is differentiated reaches it, and its source is not followed",
        "use functions that have rules, or register one with sx.tangent and sx.adjoint",
    )  # fmt: skip


def source_missing(function: Any) -> Diagnostic | None:
    """Say why the source of a user's function is not there; None where it is."""
    if not isinstance(function, types.FunctionType):
        return None
    try:
        find(function)
    except SourceNotFoundError as error:
        return error.diagnostic
    return None


def refusing(ctx: Context, told: Diagnostic, error: str = NoDerivativeError.__name__) -> Node:
    """Write the statement that refuses at run time."""
    return raise_statement(ctx.program.externals, told, error)


__all__ = ["Array", "Context", "context"]
