"""Comparisons that rules surely pass: left out of what is computed.

Whether a tangent is like its result is asked while the program runs where kinds do not tell. Where
the rule has come in, most is known: structure and shapes by the kinds, dtypes by where they are
from.
"""

from __future__ import annotations

from typing import Any

import gast

from srcxform.analysis.precision import Precision
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Kind
from srcxform.runtime import check_cotangent, check_tangent
from srcxform.specialise.custom import is_like
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import rewrite, walk


def without_sure_checks(
    block: Block, kinds: dict[str, Kind], externals: Externals, functions: dict[str, Any]
) -> Block:
    """Leave out comparisons of what rules give with what it is surely like."""
    if not any(checked(n, externals) for line in block for n in walk(line)):
        return block
    sources = Precision(block, kinds, externals, functions)

    def is_sure(derivative: Node, value: Node) -> bool:
        own = op.kind_of_operand(value, kinds)
        alike = is_like(op.kind_of_operand(derivative, kinds), own)
        return alike and sources.same(derivative, value, own)

    def change(node: Node) -> Node | None:
        pair = checked(node, externals)
        return gast.Pass() if pair and is_sure(*pair) else None

    return rewrite(block, change)


def checked(line: Node, externals: Externals) -> tuple[Node, Node] | None:
    """Give a tangent or cotangent, and the value that it is compared with."""
    match line:
        case gast.Expr(value=gast.Call(func=func, args=[first, second, *_])):
            function = known_object(func, externals)
            if function is check_cotangent:
                return first, second
            if function is check_tangent:
                return second, first
    return None
