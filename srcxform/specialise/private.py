"""Variables whose values nobody else can see: where `x += y` may give x a new value.

Of a number `x += y` makes a new number, and an array it changes in place. Where it is not known
which of these x is, that makes no difference if x only ever holds constants and what arithmetic
gives, and is read by nothing but arithmetic: then there is no second name for an array in it.
"""

from __future__ import annotations

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, load_list

ARITHMETIC = (gast.BinOp, gast.UnaryOp, gast.Compare)


def is_private(body: Block, name: str, parameters: frozenset[str]) -> bool:
    """Say whether all that a body does with a variable is arithmetic.

    >>> lines = gast.parse("s = 0.0\\nfor k in ks:\\n    s += k * k\\nout = s / 2").body
    >>> is_private(lines, "s", frozenset()), is_private(lines, "k", frozenset())
    (True, False)
    """
    return name not in parameters and all(keeps(line, name) for line in body)


def keeps(line: Node, name: str) -> bool:
    """Say whether a statement gives the variable's value to nobody, and it a value of its own."""
    match line:
        case gast.Assign(targets=[gast.Name(id=bound)], value=value):
            if bound == name:
                return isinstance(value, (gast.Constant, *ARITHMETIC))
            return only_computes(value, name)
        case gast.AugAssign(target=gast.Name(id=bound), value=value):
            return bound == name or only_computes(value, name) or not reads(value, name)
        case gast.Return(value=gast.Name()):
            return True
        case gast.If(test=test) | gast.While(test=test):
            kept = only_computes(test, name) or isinstance(test, gast.Name)
        case gast.For(target=target, iter=iterable):
            kept = not reads(iterable, name) and name not in names_of(target)
        case _:
            kept = bool(blocks(line)) or not reads(line, name) and name not in names_of(line)
    return kept and all(keeps(inner, name) for block in blocks(line) for inner in block)


def only_computes(value: Node, name: str) -> bool:
    return isinstance(value, ARITHMETIC) or not reads(value, name)


def reads(node: Node, name: str) -> bool:
    return name in load_list(node)


def names_of(node: Node) -> set[str]:
    return {part.id for part in gast.walk(node) if isinstance(part, gast.Name)}
