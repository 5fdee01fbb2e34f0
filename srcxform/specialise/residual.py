"""Generated statements that come in where a derivative is called inside a function.

They stand in residual names already: no scope of the user's is around them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gast

from srcxform.kinds.lattice import Items
from srcxform.specialise.scope import Evaluated, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone

WRITTEN = "written: "  # no name of a place begins so
OURS = str(Path(__file__).parents[1])


def written(state: State, lines: Block, result: Node) -> Evaluated:
    """Specialise statements that stand in residual names; give what they compute.

    Their lists hold what stood for objects and functions while the function came in that they were
    written for. These lists had the same names, and are not taken for the same.
    """
    from srcxform.specialise.expressions import evaluate
    from srcxform.specialise.statements import block

    outer, state.scope = state.scope, Scope(None)
    place, stage = state.place, state.cells.stage
    state.cells.stage = WRITTEN * (1 + state.derivatives)
    state.cells.expect(lines)
    try:
        block(state, at_call([clone(line) for line in lines], place))
        state.place = place
        return of_names(state, evaluate(state, result))
    finally:
        state.scope, state.place, state.cells.stage = outer, place, stage


def of_names(state: State, value: Evaluated) -> Evaluated:
    """Name the parts of a display: a statement has one operation."""
    node, kind = value
    if not isinstance(node, (gast.Tuple, gast.List)) or not isinstance(kind, Items):
        return value
    made = []
    for part, found in zip(node.elts, kind.items, strict=False):
        part, found = of_names(state, (part, found))
        if not isinstance(part, (gast.Name, gast.Constant)):
            name = state.names.part(state.hint)
            state.emit(build.assign(name, part))
            state.bind(name, found)
            part = build.load(name)
        made.append(part)
    return build.sequence(made, kind.type), kind


def at_call(lines: Block, place: Any) -> Block:
    """Let what comes of our own rules stand where the derivative is called."""
    for line in lines:
        own = getattr(line, "place", None)
        if own is not None and own.file.startswith(OURS):
            line.place = place
        for inner in blocks(line):
            at_call(inner, place)
    return lines
