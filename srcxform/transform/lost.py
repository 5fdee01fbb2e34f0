"""Statements that would drop a derivative without a word: each is refused by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gast

from srcxform import runtime
from srcxform.analysis.aliasing import writes_of
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import Array, Record
from srcxform.runtime import refuse
from srcxform.runtime.checks import NOT_COVERED
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import load_list, statements_in, stores
from srcxform.transform.shown import (
    keys_lost,
    may_be_number,
    opens_file,
    reads_keys,
    shown_only,
    shows,
    text_used,
)

if TYPE_CHECKING:
    from srcxform.transform.context import Context


def not_covered(ctx: Context, line: Node, place: Any) -> Diagnostic | None:
    """Say what a line refuses that came out of a rule; None for any other line."""
    match line:
        case gast.Assign(value=gast.Call(func=function, args=[what, instead])):
            if known_object(function, ctx.program.externals) is refuse:
                return Diagnostic(what.value, place, NOT_COVERED, instead.value)
    return None


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
    if (getattr(found.callee.function, "__module__", None) or "").startswith(runtime.__name__):
        return Diagnostic(
            "a derivative of a gradient goes through containers in containers of unknown depth",
            place, "the gradient adds up their cotangents in place, and by a recursion",
            "take the inner derivative by `jvp`, or keep the numbers in one array",
        )  # fmt: skip
    return Diagnostic(
        f"the recursive function `{name}` writes into its arguments", place,
        "a function that calls itself is differentiated on its own, on copies of what it writes "
        "into; but something else leads there, too: its result, which is a part of it or holds it, "
        "or another argument",
        "let it return what it computes, or write and return nothing, or the argument itself",
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
    for line in lines_in(node.body):
        if any(read[name] > inside[name] and name in ctx.active for name in stores(line)):
            return True
        if isinstance(line, gast.Expr) and is_effect(ctx, line.value, stores_of(node.body)):
            return True
        if isinstance(line, gast.Assign) and writes_apart(ctx, line.value):
            return True
        match line:
            case (
                gast.Assign(targets=[gast.Subscript(value=base) | gast.Attribute(value=base)])
                | gast.AugAssign(target=(gast.Subscript(value=base) | gast.Attribute(value=base)))
                | gast.AugAssign(target=gast.Name() as base)
            ):
                outside = getattr(base, "id", "") not in stores_of(node.body)
                if outside and ctx.is_active(base):
                    return True
    return False


def lines_in(block: Block) -> Iterator[Node]:
    """Give all statements of a block, those of each `try` in it too."""
    for line in (inner for statement in block for inner in statements_in(statement)):
        yield line
        if isinstance(line, gast.Try) and line.handlers:
            yield from lines_in([*line.body, *(s for h in line.handlers for s in h.body)])


def writes_apart(ctx: Context, call: Node) -> bool:
    """Say whether a call is one of a function kept apart that writes into what is active."""
    found = ctx.operation(call) if isinstance(call, gast.Call) else None
    return isinstance(found, op.Apart) and writes_active(ctx, found)


def is_effect(ctx: Context, call: Node, own: set[str]) -> bool:
    """Say whether a call may change something active that was made elsewhere."""
    found = ctx.operation(call) if isinstance(call, gast.Call) else op.Constant()
    if isinstance(found, (op.Method, op.AddAt)):
        return getattr(found.base, "id", "") not in own and ctx.is_active(found.base)
    if isinstance(found, op.Apart):
        return writes_active(ctx, found)
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
