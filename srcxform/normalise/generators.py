"""Generator expressions: where they are used up, and what their elements read.

One that stands where it is used up, as in `sum(x * x for x in xs)`, is as good as a list. Any other
is an iterator over a list, which gives each element once. Its elements are computed when it is
made, not when they are drawn, and so are those of `map` and `filter`: such lists are marked, and
`specialise/ahead.py` refuses them where what the elements are made of changes in between.
"""

from __future__ import annotations

import builtins
import functools
import types
from typing import Any

import gast

from srcxform.syntax.build import Node

METHODS = ("extend", "join", "update", "fromkeys")  # that use up what they are given


def as_list(node: Node, at_once: bool = True) -> Node:
    """Give a list comprehension for a generator that is used up where it stands, or bit by bit."""
    if not isinstance(node, gast.GeneratorExp):
        return node
    new = gast.ListComp(elt=node.elt, generators=node.generators)
    new.place = getattr(node, "place", None)
    new.ahead = not at_once
    return new


def is_lazy(callee: Any) -> bool:
    """Say whether what a call gives draws its elements only when it is asked for them."""
    return any(callee is one for one in (enumerate, zip, map, filter))


def is_one_loop(args: list[Node]) -> bool:
    """Say whether a call is given a generator of one loop alone."""
    match args:
        case [gast.GeneratorExp(generators=[_])]:
            return True
    return False


def uses_up(func: Node, callee: Any) -> bool:
    """Say whether a call takes all elements of a generator it is given, and keeps none."""
    if callee is None:
        return isinstance(func, gast.Attribute) and func.attr in METHODS
    if callee is builtins.next or callee is builtins.iter:
        return False
    home = (getattr(callee, "__module__", None) or "").split(".")[0]
    if isinstance(callee, (types.FunctionType, types.MethodType, functools.partial, type)):
        return home in ("builtins", "numpy", "math")
    return True


__all__ = ["as_list", "is_lazy", "is_one_loop", "uses_up"]
