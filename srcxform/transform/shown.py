"""What shows differentiated values and is not to be computed with: text, sets, keys of dicts."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.core import operations as op
from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import Array, Items, Kind, Many, Mapping, Number, Unknown
from srcxform.syntax.build import Node
from srcxform.syntax.mentions import mentioned
from srcxform.syntax.visit import blocks


def shows(ctx: Any, value: Node) -> bool:
    return any(ctx.is_text(n) for n in gast.walk(value) if isinstance(n, gast.Name))


def shown_only(ctx: Any, found: op.Operation) -> bool:
    """Say whether an operation hands text on, and computes nothing from it."""
    if takes_out(ctx, found):
        return False
    if isinstance(found, (op.Method, op.Item, op.Field)):
        return ctx.is_text(found.base) and not ctx.is_text(getattr(found, "index", None))
    return isinstance(found, (op.Text, op.Constant, op.Copy, op.Display, op.Listing))


def takes_out(ctx: Any, found: op.Operation) -> bool:
    """Say whether an operation takes a value out of an exception: text has no attributes."""
    return (
        isinstance(found, op.Field) and ctx.is_text(found.base) and not found.name.startswith("__")
    )


def opens_file(value: Node) -> bool:
    """Say whether a value is a file; which one it is may be told by text that shows a number."""
    return isinstance(value, gast.Call) and getattr(value.func, "id", None) == "open"


def text_used(ctx: Any, value: Node, place: Any) -> Diagnostic:
    if takes_out(ctx, ctx.operation(value)):
        return Diagnostic(
            "an attribute of an exception that holds differentiated values is read", place,
            "what an exception carries along is not followed",
            "assign the value to a variable before the `raise`, and read that in the handler",
        )  # fmt: skip
    if any(getattr(n, "id", "") in ctx.storage.heard for n in gast.walk(value)):
        return Diagnostic(
            "what was written of a differentiated value comes back from outside", place,
            "no derivative follows it into files, logs, the environment or another process",
            "compute with the value itself, and write it where nothing is read again",
        )  # fmt: skip
    shown = [ctx.kind_of_node(n) for n in gast.walk(value) if ctx.is_text(n)]
    if any(getattr(kind, "type", None) in (set, frozenset) for kind in shown):
        return Diagnostic(
            "a set of differentiated values is used again", place,
            "its elements have no positions that a derivative could follow",
            "keep the values in a list; a set may be asked for its length and for what is in it",
        )  # fmt: skip
    return Diagnostic(
        "text made of a differentiated value is used again", place,
        "what is computed from text has no derivative",
        "use the number itself; text is for showing it",
    )  # fmt: skip


def may_be_number(kind: Kind) -> bool:
    """Say whether nothing tells that a value is text, and not a number read from it."""
    match kind:
        case Items(items=items) | Mapping(items=items):
            return any(map(may_be_number, items))
        case Many(item=Kind() as item):
            return may_be_number(item)
    return isinstance(kind, (Unknown, Number, Array))


GIVING = ("keys", "items", "popitem", "copy")  # methods that give keys
TAKING = ("list", "tuple", "sorted", "set", "frozenset", "iter", "enumerate", "zip", "max", "min",
          "sum", "dict", "map", "filter", "reversed", "any", "all")  # fmt: skip


def reads_keys(ctx: Any, node: Node) -> bool:
    """Say whether a statement takes the keys of a dict that has differentiated ones."""

    def is_keyed(part: Node) -> bool:
        name = getattr(part, "id", None)
        if name is None or not ctx.storage.storage(name).keyed:
            return False
        kind = ctx.kind(name)
        return isinstance(kind, (Mapping, Unknown)) or getattr(kind, "type", "") == "dict"

    if isinstance(node, gast.For) and is_keyed(node.iter):
        return True
    for call in [] if blocks(node) else mentioned(node).calls:
        function = call.func
        if isinstance(function, gast.Attribute) and is_keyed(function.value):
            if function.attr in GIVING:
                return True
        elif any(map(is_keyed, call.args)) and getattr(function, "id", "") in TAKING:
            return True
    return False


def keys_lost(place: Any) -> Diagnostic:
    return Diagnostic(
        "the keys of a dict are read, and differentiated values are among them", place,
        "a key has no derivative",
        "keep these values in a list, or in the dict under names",
    )  # fmt: skip
