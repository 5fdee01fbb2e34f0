"""The compiler on one page: from a function to the functions that compute its derivative.

    read        function object -> core            frontend.read
    specialise  core -> residual program, kinds    specialise.program
    analyse     -> storage, activity               transform.context
    generate    -> derivative                      transform.functions
    optimise    -> tidy derivative                 optimise.passes
    publish     -> module on disk, imported        emit
"""

from __future__ import annotations

import types
from collections.abc import Callable
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
from srcxform.specialise.program import Program, specialise
from srcxform.syntax.build import Node
from srcxform.transform.context import Context, context
from srcxform.transform.functions import functions
from srcxform.transform.requests import Requests


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
    requests = Requests(program.externals.names)
    ctx = context(program, tuple(code.parameters[k] for k in wrt), requests)
    nodes = functions(ctx, transform, has_aux)
    return publish(ctx, code, nodes, transform)


def publish(ctx: Context, code: Read, nodes: list[Node], transform: str) -> Compiled:
    """Print the functions as a module, put it on disk, import it."""
    externals = ctx.program.externals
    text = module_text(nodes, used_imports(nodes, externals), f"Derivative of {code.name}")
    key = digest(text)
    path = store(key, {"name": nodes[0].name}, text)
    module = load(path.read_text(), path, {})
    loaded = {node.name: getattr(module, node.name) for node in nodes}
    return Compiled(
        loaded, text, path, tuple(externals.captures.values()),
        tuple(externals.guards.values()), ctx.program.result, code.parameters,
    )  # fmt: skip


def used_imports(nodes: list[Node], externals: Externals) -> list[str]:
    """Give the import lines that the text needs."""
    used = {n.id for node in nodes for n in gast.walk(node) if isinstance(n, gast.Name)}
    return [
        line for name, line in externals.imports.items() if name.split(".")[0] in used
    ]


__all__ = ["Compiled", "Program", "compile_derivative"]
