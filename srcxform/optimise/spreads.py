"""Numbers and arrays that are spread over a shape: what is spread, and over whose shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Array, Const, Kind, Number
from srcxform.kinds.shapes import same_shape, shape_of
from srcxform.optimise.extents import Extents, bindings
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import parts
from srcxform.syntax.scopes import children
from srcxform.syntax.visit import walk


@dataclass(frozen=True)
class Known:
    """The references of the module, and names that hold one number, spread over a shape."""

    externals: Externals
    spreads: dict[str, Node]
    extents: Extents


def number_spreads(block: Block, externals: Externals) -> dict[str, Node]:
    """Find names bound once, to one number spread over a shape."""
    found: dict[str, Node] = {}
    for part in parts(block):
        match part:
            case gast.Assign(targets=[gast.Name(id=name), *_], value=gast.Call() as value):
                if spreads_number(value, externals) is not None:
                    found[name] = value
    if not found:
        return found
    counts = bindings(block)
    held = held_or_written(block)
    return {name: value for name, value in found.items() if counts[name] == 1 and name not in held}


COMPUTED_WITH = (gast.BinOp, gast.UnaryOp, gast.AugAssign)


def held_or_written(block: Block) -> set[str]:
    """Give the names that are more than computed with: parts of them may be written in place."""
    return {
        part.id
        for node in walk(block)
        if not isinstance(node, COMPUTED_WITH)
        for part in children(node)
        if isinstance(part, gast.Name) and isinstance(part.ctx, gast.Load)
    }


def fills(one: Node, other: Node, kind: Any, known: Known) -> bool:
    """Say whether an operand has the whole shape of what the other one is spread over."""
    if same_shape(shape_of(kind(one)), shape_of(kind(other))):
        return True
    like = spread_over(one, known)
    return isinstance(kind(one), Array) and like is not None and known.extents.same(like, other)


def spread_over(node: Node, known: Known) -> Node | None:
    """Give the array over whose shape an expression spreads something."""
    if isinstance(node, gast.Name):
        node = known.spreads.get(node.id, node)
    match node:
        case gast.BinOp(left=left, op=gast.Mult(), right=right):
            return spread_over(right, known) or spread_over(left, known)
        case gast.Call(args=[_], keywords=[gast.keyword(arg="like", value=like)]):
            return like
        case gast.Call(args=[_, gast.Call(args=[like])]):
            return like  # np.broadcast_to(a, np.shape(like))
        case gast.Call(args=[like, *_]):
            return like
    return None


def spread_array(node: Node, kind: Any, known: Known) -> Node | None:
    """Give the array that another one repeats along some axes, None for other expressions."""
    if not isinstance(node, gast.Call) or len(node.args) != 2:
        return None
    if known_object(node.func, known.externals) is not np.broadcast_to:
        return None
    return node.args[0] if isinstance(kind(node.args[0]), Array) else None


def spread_number(node: Node, kind: Any, known: Known) -> Node | None:
    """Give the number that an array repeats, None for other expressions."""
    match node:
        case gast.BinOp(left=a, op=gast.Mult(), right=b) if inexact(kind(node)):
            for one, other in ((a, b), (b, a)):
                small = spread_number(one, kind, known)
                if small is not None and is_plain(other, kind):
                    left, right = (small, b) if one is a else (a, small)
                    return build.binary(left, gast.Mult(), right)
    if isinstance(node, gast.Name) and node.id in known.spreads:
        found = spreads_number(known.spreads[node.id], known.externals)
        plain = found is not None and is_lasting(found, kind, known)
        return found if plain and inexact(kind(node)) else None
    found = spreads_number(node, known.externals)
    if found is None or shape_of(kind(found)) != ():
        return None
    return found if inexact(kind(node)) else None


def is_plain(node: Node, kind: Any) -> bool:
    """Say whether an expression is a number written out, or the name of what has no axes."""
    if isinstance(node, gast.Constant):
        return isinstance(node.value, (int, float))
    return isinstance(node, gast.Name) and shape_of(kind(node)) == ()


def is_lasting(node: Node, kind: Any, known: Known) -> bool:
    """Say whether an expression is one number wherever it stands: written out, or bound once."""
    if isinstance(node, gast.Name):
        once = known.extents.counts[node.id] <= 1
        return once and isinstance(kind(node), (Number, Const)) and is_plain(node, kind)
    return is_plain(node, kind)


def spreads_number(node: Node, externals: Externals) -> Node | None:
    """Give what a call of `broadcast_to`, `ones_like` or their like repeats."""
    match node:
        case gast.BinOp(left=gast.Constant(value=float()) as factor, op=gast.Mult(), right=right):
            if is_one(spreads_number(right, externals)):
                return factor
    if not isinstance(node, gast.Call) or not node.args:
        return None
    function = known_object(node.func, externals)
    if function is np.broadcast_to or function is runtime.broadcast_like:
        return node.args[0]
    if function is np.ones_like and len(node.args) == 1:
        return build.const(1.0)
    if function is np.full_like and len(node.args) == 2:
        return node.args[1]
    return None


def is_one(node: Node | None, value: float = 1.0) -> bool:
    return isinstance(node, gast.Constant) and isinstance(node.value, float) and node.value == value


def inexact(kind: Kind) -> bool:
    match kind:
        case Number(cls=cls) | Array(cls=cls):
            return cls in "fc"
        case Const(value=value):
            return isinstance(value, (float, complex))
    return False
