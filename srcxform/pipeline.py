"""The compiler on one page: from a function to the functions that compute its derivative.

    read        function object -> core            frontend.read
    specialise  core -> residual program, kinds    specialise.program
    analyse     -> storage, activity               transform.context
    generate    -> derivative                      transform.forward, transform.reverse
    optimise    -> tidy derivative                 optimise.passes
    publish     -> module on disk, imported        emit
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gast

from srcxform.emit.cache import digest, store
from srcxform.emit.load import load
from srcxform.emit.module import module_text
from srcxform.frontend.externals import Capture, Externals, Guard
from srcxform.frontend.read import Read, read
from srcxform.kinds.lattice import Kind
from srcxform.optimise.dead import live_in
from srcxform.optimise.passes import optimise
from srcxform.runtime import fresh_shadows
from srcxform.specialise.program import Program, specialise
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import load_list, stores
from srcxform.transform.assemble import sweeps
from srcxform.transform.context import Context, context
from srcxform.transform.forward import forward


SHADOW = re.compile(r"_bar(_\d+|_)*(_saved)?_*$")


@dataclass(frozen=True)
class Compiled:
    """Derivative functions, loaded, and what they were written for."""

    functions: dict[str, Callable[..., Any]]
    text: str
    path: Path
    captures: tuple[Capture, ...]
    guards: tuple[Guard, ...]
    result_kind: Kind
    parameters: tuple[str, ...]

    @property
    def entry(self) -> Callable[..., Any]:
        """The derivative function (grad, value_and_grad, jvp)."""
        return next(iter(self.functions.values()))

    @property
    def forward(self) -> Callable[..., Any]:
        """The forward sweep of a vjp."""
        return next(iter(self.functions.values()))

    @property
    def backward(self) -> Callable[..., Any]:
        """The backward sweep of a vjp."""
        return list(self.functions.values())[1]


def compile_derivative(
    function: types.FunctionType,
    transform: str,
    wrt: tuple[int, ...],
    kinds: tuple[Kind, ...],
    has_aux: bool = False,
) -> Compiled:
    """Write, store and load a derivative of `function` for arguments of these kinds."""
    code = read(function)
    program = specialise(code, kinds)
    ctx = context(program, tuple(code.parameters[k] for k in wrt))
    nodes = generate(ctx, transform, has_aux)
    return publish(ctx, code, nodes, transform)


def generate(ctx: Context, transform: str, has_aux: bool) -> list[Node]:
    """Give the derivative's functions."""
    program = ctx.program
    name = program.name
    if transform == "jvp":
        body, dots = forward(ctx)
        parameters = [*program.parameters, *(dots[p] for p in ctx.wrt)]
        return [finished(ctx, f"{name}_jvp", parameters, body)]
    if transform == "vjp":
        return split(ctx)
    component = (0,) if has_aux else ()
    both = sweeps(ctx, build.const(1.0), component)
    bars = both.cotangents[0] if len(both.cotangents) == 1 else build.sequence(both.cotangents)
    result = bars
    if transform == "value_and_grad":
        result = build.sequence([both.value, bars])
    elif has_aux:
        result = build.sequence([bars, build.item(both.value, 1)])
    body = [*both.forward, *both.backward, build.returning(result)]
    return [finished(ctx, f"{name}_{transform}", program.parameters, body)]


def split(ctx: Context) -> list[Node]:
    """Give the forward and the backward function; residuals are what one hands to the other."""
    name = ctx.program.name
    out_bar = ctx.names.exact("out_bar")
    ctx.kinds[out_bar] = ctx.program.result
    both = sweeps(ctx, build.load(out_bar))
    user = ctx.program.read.named if ctx.program.read else frozenset()
    bars = both.cotangents[0] if len(both.cotangents) == 1 else build.sequence(both.cotangents)
    backward = [*both.backward, build.returning(bars)]
    backward = optimise(backward, ctx.kinds, ctx.program.externals, user)
    needed = live_in(backward, ctx.program.externals) & known(ctx, both.forward)
    residuals = [n for n in in_order(backward) if n in needed]
    packed = build.sequence(map(build.load, residuals))
    result = build.returning(build.sequence([both.value, packed]))
    unsure = set(residuals) - surely_bound(both.forward) - set(ctx.program.parameters)
    unsure -= {c.name for c in ctx.program.externals.captures.values()}
    unset = [build.assign(n, build.const(None)) for n in residuals if n in unsure]
    forward_body = optimise([*unset, *both.forward, result], ctx.kinds, ctx.program.externals, user)
    captured = [c.name for c in ctx.program.externals.captures.values()]
    opening: Block = []
    if residuals:
        targets = build.sequence(map(build.store, residuals), ctx=gast.Store())
        opening = [build.assign(targets, build.load("residuals"))]
    opening += refreshed(ctx, residuals, both.shadows)
    return [
        build.function(f"{name}_fwd", [*ctx.program.parameters, *captured], forward_body),
        build.function(f"{name}_bwd", ["residuals", out_bar], [*opening, *backward]),
    ]


def refreshed(ctx: Context, residuals: list[str], shadows: tuple[str, ...]) -> Block:
    """Let the backward sweep work on copies of what it uses up, so that it can run again."""
    lines: Block = []
    held = [n for n in residuals if n not in ctx.program.kinds and SHADOW.search(n)]
    if held:
        call = build.call(build.const(fresh_shadows), *map(build.load, held))
        targets = build.store(held[0])
        if len(held) > 1:
            targets = build.sequence(map(build.store, held), ctx=gast.Store())
        lines += ctx.expand([build.assign(targets, call)], None)
    lists = [n for n in residuals if n.endswith("_saved") and n not in held]
    lines += [build.assign(n, build.method(n, "copy")) for n in lists]
    return lines


def surely_bound(block: Block) -> set[str]:
    """Give the names that a block binds on every path to its end."""
    found: set[str] = set()
    for statement in block:
        if isinstance(statement, gast.If):
            paths = [surely_bound(b) for b in (statement.body, statement.orelse) if not raises(b)]
            found |= set.intersection(*paths) if paths else set()
        elif not isinstance(statement, (gast.For, gast.While, gast.AugAssign)):
            found |= stores(statement)
    return found


def raises(block: Block) -> bool:
    return bool(block) and isinstance(block[-1], gast.Raise)


def in_order(block: Block) -> list[str]:
    found: dict[str, None] = {}
    for statement in block:
        for name in load_list(statement):
            found.setdefault(name)
    return list(found)


def known(ctx: Context, forward: Block) -> set[str]:
    captured = {c.name for c in ctx.program.externals.captures.values()}
    return {*ctx.program.parameters, *captured, *stores(forward)}


def finished(ctx: Context, name: str, parameters: Sequence[str], body: Block) -> Node:
    """Optimise a body and make it a function; captured values become parameters."""
    program = ctx.program
    names = program.read.named if program.read else frozenset()
    body = optimise(body, ctx.kinds, program.externals, names)
    captured = [c.name for c in program.externals.captures.values()]
    return build.function(name, [*parameters, *captured], body)


def publish(ctx: Context, code: Read, nodes: list[Node], transform: str) -> Compiled:
    """Print the functions as a module, put it on disk, import it."""
    externals = ctx.program.externals
    text = module_text(nodes, used_imports(nodes, externals), f"Derivative of {code.name}")
    key = digest(text)
    path = store(key, {"name": nodes[0].name}, text)
    module = load(path.read_text(), path, {})
    functions = {node.name: getattr(module, node.name) for node in nodes}
    return Compiled(
        functions, text, path, tuple(externals.captures.values()),
        tuple(externals.guards.values()), ctx.program.result, code.parameters,
    )  # fmt: skip


def used_imports(nodes: list[Node], externals: Externals) -> list[str]:
    """Give the import lines that the text needs."""
    used = {n.id for node in nodes for n in gast.walk(node) if isinstance(n, gast.Name)}
    return [
        line for name, line in externals.imports.items() if name.split(".")[0] in used
    ]


__all__ = ["Compiled", "Program", "compile_derivative"]
