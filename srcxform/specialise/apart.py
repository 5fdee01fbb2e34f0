"""Functions that stay functions of their own: the recursive ones.

A callee is specialised for the kinds of its arguments, without their values, and shared by all
calls with these kinds. What it returns is found as a fixed point: nothing at first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import gast

from srcxform.analysis.webs import split_webs
from srcxform.kinds.lattice import NEVER, Kind, general, loose
from srcxform.kinds.lattice import Const, Number
from srcxform.specialise.scope import Env, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node


@dataclass(eq=False)
class Callee:
    """A function kept apart, in core, with its kinds."""

    name: str
    function: Any
    read: Any
    parameters: tuple[str, ...] = ()
    arguments: tuple[Kind, ...] = ()
    body: Block = field(default_factory=list)
    kinds: Env = field(default_factory=dict)
    result: Kind = NEVER
    activity: dict[tuple[bool, ...], bool] = field(default_factory=dict)

    def active(self, mask: tuple[bool, ...]) -> bool:
        """Say whether the result carries a derivative when these arguments do."""
        return self.activity.get(mask, any(mask))


def call_apart(state: State, node: Node, function: Any, code: Any, bound: Any) -> tuple[Node, Kind]:
    """Write a call of a function that is already being looked into."""
    arguments = tuple(widened(kind) for _, kind in bound.values())
    key = (function, arguments)
    callee = state.apart.get(key)
    if callee is None:
        callee = state.apart[key] = Callee(state.names.like(code.name), function, code)
        callee.arguments = arguments
        state.functions[callee.name] = callee
        settle_callee(state, callee)
    call = build.call(callee.name, *[value for value, _ in bound.values()])
    call.place = getattr(node, "place", None)
    return call, callee.result


def widened(kind: Kind) -> Kind:
    """Forget numbers: each step of a recursion has others."""
    if isinstance(kind, Const) and isinstance(kind.value, bool):
        return Number("b")
    return loose(general(kind))


def settle_callee(state: State, callee: Callee) -> None:
    """Specialise a callee's body until what it returns settles."""
    from srcxform.specialise.program import close
    from srcxform.specialise.statements import block

    code = callee.read
    saved = set(state.names.taken), dict(state.names.counts)
    while True:
        state.names.taken, state.names.counts = set(saved[0]), dict(saved[1])
        names = {n: build.load(state.names.like(n)) for n in sorted(code.local)}
        inner = replace(
            state, env={}, lines=[], scope=Scope(callee.function, names, state.scope.path, code.local),
            known={}, breaks=[],
        )  # fmt: skip
        callee.parameters = tuple(names[p].id for p in code.parameters)
        for name, kind in zip(callee.parameters, callee.arguments, strict=True):
            inner.bind(name, kind)
        for capture in state.externals.captures.values():
            inner.bind(capture.name, capture.kind)
        result = block(inner, code.body)
        found = close(inner, code.body, result)
        callee.body, callee.kinds = inner.lines, inner.known
        new = state.join(callee.result, found)
        if new == callee.result:
            break
        callee.result = new
    callee.body = split_webs(callee.parameters, callee.body, state.names)
    again = replace(state, env={}, lines=[], scope=Scope(None), known={}, breaks=[])
    for name, kind in zip(callee.parameters, callee.arguments, strict=True):
        again.bind(name, kind)
    for capture in state.externals.captures.values():
        again.bind(capture.name, capture.kind)
    close(again, callee.body, block(again, callee.body))
    callee.body, callee.kinds = again.lines, again.known


__all__ = ["Callee", "call_apart", "gast"]
