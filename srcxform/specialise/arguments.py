"""The arguments of a call: evaluated, and spread where `*` and `**` stand before them."""

from __future__ import annotations

import builtins
from typing import Any

import gast

from srcxform.kinds.lattice import Const, Items, Mapping, Record, Rest, Stream, Suspended
from srcxform.specialise.expressions import evaluate, placed
from srcxform.specialise.object_iteration import iterable
from srcxform.specialise.objects import lasting, own_attribute
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.spreading import is_uncounted, under_name
from srcxform.specialise.streams import rest
from srcxform.specialise.suspended import listed
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def without_star(state: State, node: Node) -> Node:
    """`max(*xs)` is `max(xs)`, of however many elements, and `max(a, *xs)` is `max(a, max(xs))`."""
    from srcxform.specialise.calls import call

    match node.args:
        case [*others, gast.Starred(value=value)] if isinstance(
            node.func, (gast.Name, gast.Constant)
        ):
            if evaluate(state, node.func)[1] in (Const(builtins.max), Const(builtins.min)):
                new = placed(state, node, gast.Call(node.func, [value], node.keywords))
                if not others:
                    return new
                if not node.keywords and is_uncounted(state, node.args[-1]):
                    largest = state.scope.alias(under_name(state, *call(state, new)))
                    return placed(state, node, gast.Call(node.func, [*others, largest], []))
    return node


def is_iterator(arg: Evaluated) -> bool:
    """Say whether an argument is an iterator that has a name."""
    return isinstance(arg[1], Stream) and bool(arg[1].site)


def arguments(state: State, nodes: list[Node]) -> Any:
    """Evaluate positional arguments, spreading `*t` where the length of t is known."""
    result: Args = []
    for node in nodes:
        if not isinstance(node, gast.Starred):
            result.append(evaluate(state, node))
            continue
        base, kind = iterable(state, node, evaluate(state, node.value))
        if isinstance(kind, Suspended):
            base, kind = listed(state, kind, node)
        if isinstance(kind, Stream) and kind.site:
            base, kind = rest(state, base, kind)
        if getattr(node, "rest", False):
            result.append((base, Rest(kind)))
            continue
        kind = state.opened(kind)
        if isinstance(kind, Record) and issubclass(kind.type, tuple):
            own = [own_attribute(state, base, kind, name) for name in kind.keys]
            result += [lasting(state, part) for part in own if part is not None]
            continue
        if not isinstance(kind, Items):
            return None
        from srcxform.specialise.sequences import elements

        result += elements(state, (base, kind))
    return result


def keyword_arguments(state: State, nodes: list[Node]) -> tuple[Keywords, bool]:
    result: Keywords = {}
    for node in nodes:
        value, kind = evaluate(state, node.value)
        if node.arg is not None:
            result[node.arg] = (value, kind)
        elif isinstance(kind := state.opened(kind), Mapping):
            for key, item in zip(kind.keys, kind.items, strict=True):
                holder = state.names.part(state.hint)
                state.emit(build.assign(holder, build.item(clone(value), build.const(key))))
                state.bind(holder, item)
                result[key] = (build.load(holder), item)
        else:
            return result, False
    return result, True
