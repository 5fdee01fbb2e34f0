"""What both generators know of a residual program, and the calls they write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from srcxform.analysis.activity import activity, is_active
from srcxform.analysis.aliasing import Aliasing
from srcxform.analysis.usefulness import usefulness
from srcxform.analysis.views import with_steady_views
from srcxform.core import operations as op
from srcxform.errors import Diagnostic, NoDerivativeError
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Unknown,
    scalar_class,
)
from srcxform.optimise.displays import apart
from srcxform.optimise.facts import Facts
from srcxform.runtime import object_zeros, zeros_like
from srcxform.specialise.program import Program
from srcxform.specialise.refusal import raise_statement
from srcxform.specialise.scope import Scope, State
from srcxform.specialise.statements import block
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import (
    all_names,
    blocks,
    change_blocks,
    clone,
    rename,
    statements_in,
)
from srcxform.transform.lengths import lengths_in_turns
from srcxform.transform.lost import lost, not_covered
from srcxform.transform.parts import fewer_parts
from srcxform.transform.rebinding import replaced_apart
from srcxform.transform.reverse.structure import has_record


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


def zero(ctx: Context, node: Node) -> Node:
    """Write a zero tangent or cotangent for an operand."""
    kind = ctx.kind_of_node(node)
    match kind:
        case Number(cls=cls) if cls in "fc":
            return build.const(0.0)
        case Const(value=value) if scalar_class(value) in ("f", "c"):
            return build.const(0.0)
        case Const(value=tuple() as parts):
            return build.sequence([zero(ctx, build.const(part)) for part in parts])
        case Number() | Const():
            return (
                build.const(None) if not scalar_class(getattr(kind, "value", 0)) else build.const(0)
            )
    return ctx.settled(build.call(build.const(zeros_like), node))


def zero_tangent(ctx: Context, node: Node) -> Node:
    """Write a zero tangent: that of an object is an object, where a cotangent is a dict."""
    if has_record(ctx.kind_of_node(node)):
        return build.call(build.const(object_zeros), node)
    return zero(ctx, node)


def refusing(ctx: Context, told: Diagnostic, error: str = NoDerivativeError.__name__) -> Node:
    """Write the statement that refuses at run time."""
    return raise_statement(ctx.program.externals, told, error)


__all__ = ["Array", "Context", "context"]
