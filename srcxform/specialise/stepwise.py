"""Functions whose loop keeps few states going back: `checkpoint` with a number of snapshots.

The function comes in like any other. Its loop is marked with the number, for the reverse sweep to
see; every other generator takes it for the loop that it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.frontend.read import Read
from srcxform.kinds.callables import Closure, Partial
from srcxform.kinds.lattice import Const, Instance, Record
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, spine

LOOPS = (gast.For, gast.While)
INSTEAD = "leave `snapshots` out, or give it with the function that has the loop"


def call_stepwise(state: State, node: Node, args: Args, keywords: Keywords) -> Evaluated:
    """Specialise a call `stepwise(fun, snapshots, *args)`."""
    from srcxform.specialise.closures import call_known
    from srcxform.specialise.object_calls import call_value

    (function, kind), (_, count), *given = args
    place = state.place or getattr(node, "place", None)
    if not isinstance(count, Const):
        raise UnsupportedError(Diagnostic(
            "the number of snapshots is known only while the program runs", place,
            "the derivative is written before", "give it as a constant",
        ))  # fmt: skip
    outer, state.snapshots = state.snapshots, count.value
    found: Evaluated | None = None
    try:
        if isinstance(kind, (Record, Instance)):
            found = call_value(state, node, (function, kind), given, keywords)
        elif isinstance(kind, (Const, Closure, Partial)):
            found = call_known(state, node, kind, given, keywords)
        if found is None or state.snapshots is not None:
            raise UnsupportedError(Diagnostic(
                "`snapshots` is given for something whose loop is not seen", place,
                "it is no function of Python's that comes in here", INSTEAD,
            ))  # fmt: skip
    finally:
        state.snapshots = outer
    return found


def with_marked_loop(state: State, code: Read) -> Read:
    """Mark the loop of a body that comes in, if it is the one that keeps snapshots."""
    count, state.snapshots = state.snapshots, None
    if count is None:
        return code
    body = spine(code.body)
    loops = outermost(body)
    if not loops:
        raise UnsupportedError(Diagnostic(
            f"`{code.name}` has no loop that could keep snapshots",
            getattr(code.body[0], "place", None),
            "`snapshots` says how many states of the loop in its body are kept", INSTEAD,
        ))  # fmt: skip
    if len(loops) > 1:
        raise UnsupportedError(Diagnostic(
            f"`{code.name}` has more than one loop", loops[1].place,
            "`snapshots` says how many states of one loop are kept",
            "put each loop into a function of its own, with its own `snapshots`",
        ))  # fmt: skip
    loops[0].snapshots = count
    return replace(code, body=body)


def outermost(block: Block) -> list[Any]:
    """Give the loops of the user's that stand in no other."""
    found: list[Any] = []
    for line in block:
        if isinstance(line, LOOPS):
            found += [line] if getattr(line, "written", False) else []
        else:
            found += [loop for inner in blocks(line) for loop in outermost(inner)]
    return found


def hand_on(state: State, node: Node, start: int) -> None:
    """Mark what was written for a marked loop, which is what stands from `start` on."""
    count = getattr(node, "snapshots", None)
    new = state.lines[start:]
    if count is None or not new:
        return
    loops = [line for line in new if isinstance(line, LOOPS)]
    if len(loops) != 1:
        raise UnsupportedError(Diagnostic(
            "this loop cannot keep snapshots", node.place,
            "its turns are written out one by one, or those of other loops are in between",
            "loop over a range or an array, or leave `snapshots` out",
        ))  # fmt: skip
    loops[0].snapshots = count
