"""Helpers that the kinds settle: what a settler says in place of the call."""

from __future__ import annotations

from typing import Any

from srcxform.kinds.lattice import Const, Items, general
from srcxform.rules.registry import SETTLERS, Display, Operand, Use
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Node


def settle(state: State, node: Node, function: Any, args: Args, keywords: Keywords) -> Any:
    """Ask a helper's settler; give what replaces the call, None where it stays."""
    operands = [Operand(value, kind) for value, kind in args]
    named = {key: Operand(value, kind) for key, (value, kind) in keywords.items()}
    return substituted(state, node, SETTLERS[function](*operands, **named))


def substituted(state: State, node: Node, result: Any) -> Evaluated | None:
    match result:
        case None:
            return None
        case Operand(expression=expression, kind=kind):
            return expression, kind
        case Const(value=value):
            return build.const(value), result
        case Display(type=name, parts=parts):
            made = [atom(state, node, part) for part in parts]
            values, kinds = [value for value, _ in made], tuple(kind for _, kind in made)
            if name == "list":  # which may be written to
                kinds = tuple(map(general, kinds))
            return build.sequence(values, name), Items(name, kinds)
        case Use(function=function, args=args, keywords=keywords):
            from srcxform.specialise.calls import call_object

            given = [atom(state, node, arg) for arg in args]
            named = {key: atom(state, node, arg) for key, arg in keywords}
            return call_object(state, node, function, given, named)
    return literal(result)


def atom(state: State, node: Node, value: Any) -> Evaluated:
    """Give an operand for a settler's argument; a nested use gets a name."""
    found = substituted(state, node, value)
    assert found is not None
    expression, kind = found
    if isinstance(value, Use):
        name = state.names.part(state.hint)
        state.emit(build.assign(name, expression))
        state.bind(name, kind)
        return build.load(name), kind
    return expression, kind


def literal(value: Any) -> Evaluated:
    if isinstance(value, tuple):
        parts = [literal(item) for item in value]
        return build.sequence([n for n, _ in parts]), Items("tuple", tuple(k for _, k in parts))
    return build.const(value), Const(value)
