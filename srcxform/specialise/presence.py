"""Values that cannot be None: what may be None is computed with at once.

A list of None that is filled place by place holds numbers or None. What is read from it and goes
into arithmetic as the next thing that happens to it is a number: of None, the program itself
would raise there.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import gast
import numpy as np

from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Array, Kind, Number, OrNone
from srcxform.rules.registry import rule_of
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import load_list, loads, statements_in, store_list


def without_none(body: Block, kinds: dict[str, Kind], externals: Externals) -> dict[str, Kind]:
    """Give the kinds, with those of names that arithmetic shows to be present."""
    unsure = {name for name, kind in kinds.items() if is_number_or_none(kind)}
    if not unsure:
        return kinds
    lines = [line for top in body for line in statements_in(top)]
    bound = Counter(name for line in lines for name in bound_by(line))
    shown = {
        name
        for block in blocks_of(body)
        for name in shown_present(block, externals)
        if name in unsure and bound[name] == 1
    }
    return {n: kind.item if n in shown else kind for n, kind in kinds.items()}  # type: ignore[attr-defined]


def is_number_or_none(kind: Kind) -> bool:
    return isinstance(kind, OrNone) and isinstance(kind.item, (Number, Array))


def blocks_of(body: Block) -> list[Block]:
    """Give a block and all blocks inside of it."""
    from srcxform.syntax.visit import blocks

    inside = (node for line in body for node in statements_in(line))
    return [body, *(block for node in inside for block in blocks(node))]


def shown_present(block: Block, externals: Externals) -> set[str]:
    """Give the names bound in a block that the next line with them computes with."""
    waiting: set[str] = set()
    shown: set[str] = set()
    for line in block:
        used = loads(line)
        shown |= waiting & operands(line, externals)
        waiting -= used
        waiting |= set(bound_by(line))
    return shown


def bound_by(line: Node) -> list[str]:
    """Give what a line binds itself; `x += y` leaves an array the one it is."""
    match line:
        case gast.Assign(targets=targets):
            return store_list(targets)
        case gast.For(target=target):
            return store_list(target)
        case gast.With(items=items):
            return store_list(items)
    return []


def operands(line: Node, externals: Externals) -> set[str]:
    """Give what a line surely computes with: operands for which None would be an error."""
    match line:
        case gast.Assign(value=gast.BinOp() | gast.UnaryOp(op=gast.USub()) as value):
            return set(load_list(value))
        case gast.AugAssign(target=gast.Name(id=name), value=value):
            return {name, *load_list(value)}
        case gast.Assign(value=gast.Call(func=func, args=args, keywords=[])):
            function = known_object(func, externals)
            if rule_of(function) is not None and refuses_none(function, len(args)):
                return {name for arg in args for name in load_list(arg)}
    return set()


@functools.lru_cache(maxsize=1024)
def refuses_none(function: Any, count: int) -> bool:
    """Say whether an elementwise function raises where any of its operands is None."""
    if not isinstance(function, np.ufunc) or function.nin != count:
        return False
    return all(
        raises(function, [None if k in (position, other) else 1.0 for k in range(count)])
        for position in range(count)
        for other in range(count)
    )


def raises(function: Any, operands: list[Any]) -> bool:
    try:
        with np.errstate(all="ignore"):
            function(*operands)
    except (TypeError, ValueError, AttributeError):  # ValueError: `matmul` takes no numbers
        return True
    return False
