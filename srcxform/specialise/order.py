"""`p[i] += f(p)` reads `p[i]` before it calls `f`: where that makes a difference, and where not."""

from __future__ import annotations

import gast

from srcxform.core import operations as op
from srcxform.specialise.scope import State
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import walk


def undisturbed(state: State, early: str) -> bool:
    """Say whether what `early` was read from is the same still; then the early read goes."""
    for position in range(len(state.lines) - 1, -1, -1):
        match state.lines[position]:
            case gast.Assign(targets=[gast.Name(id=name)]) if name == early:
                between = state.lines[position + 1 :]
                if any(may_write(state, node, fresh_in(state, between)) for node in walk(between)):
                    return False
                del state.lines[position]
                return True
    return False


def fresh_in(state: State, block: Block) -> set[str]:
    """Give the names of lists, dicts and arrays that a block itself makes."""
    found: set[str] = set()
    others: set[str] = set()
    for node in walk(block):
        match node:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                (found if is_new(state, value) else others).add(name)
    return found - others


def is_new(state: State, value: Node) -> bool:
    if isinstance(value, (gast.List, gast.Dict, gast.BinOp)):
        return True
    found = op.operation(value, state.externals, state.functions)
    return isinstance(found, (op.RuleCall, op.Constant)) and not (
        isinstance(found, op.RuleCall) and found.view
    )


def may_write(state: State, node: Node, fresh: set[str]) -> bool:
    """Say whether a node may change what a name leads to."""
    match node:
        case (
            gast.Subscript(value=base, ctx=gast.Store())
            | gast.Attribute(value=base, ctx=gast.Store())
            | gast.AugAssign(target=gast.Name() as base)
        ):
            return getattr(base, "id", None) not in fresh
        case gast.Call():
            found = op.operation(node, state.externals, state.functions)
            if isinstance(found, op.Method):
                return getattr(found.base, "id", None) not in fresh
            return isinstance(found, (op.Apart, op.Custom, op.Foreign, op.AddAt))
    return False
