"""Which arrays surely have the same shape, told from how they were made.

In `r = x[1:] - x[:-1] ** 2; s = 1 - x[:-1]` both results have one element less than x, whatever its
length is: nothing of that is in their kinds. Values that are made in loops are not looked at, since
one name stands for arrays of several turns there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.analysis.liveness import live_before
from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Array, Const, Kind, Number
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, store_list

KEEPING = (np.zeros_like, np.ones_like, np.full_like, np.copy, np.asanyarray, np.asarray)
LINED_UP = (np.where, runtime.exceeds)


@dataclass(frozen=True)
class Extent:
    """The shape of an array, with so many elements less along each of its first axes."""

    name: str
    less: tuple[int, ...] = ()


NUMBER = Extent("")
Found = Extent | None  # None: it is not known


def bindings(block: Block) -> Counter[str]:
    """Count how often names are bound; what comes from outside and is bound anew, once more."""
    counts = Counter(store_list(block))
    counts.update(name for name in live_before(block, set()) if counts[name])
    return counts


class Extents:
    """Gives the shapes of expressions in a block."""

    def __init__(self, block: Block, kinds: dict[str, Kind], externals: Externals) -> None:
        self.kinds = kinds
        self.externals = externals
        self.counts = bindings(block)
        self.made: dict[str, Node] = {}
        self.all_made: dict[str, list[Node]] = {}
        self.note(block)
        self.known: dict[str, Found] = {}

    def note(self, block: Block) -> None:
        for line in block:
            if isinstance(line, gast.If):
                self.note(line.body)
                self.note(line.orelse)
            match line:
                case gast.Assign(targets=[gast.Name(id=name)], value=value) if not blocks(line):
                    self.made[name] = value
                    self.all_made.setdefault(name, []).append(value)

    def same(self, left: Node, right: Node) -> bool:
        """Say whether two arrays, of one statement, surely have the same shape."""
        if at_once(left) is not None and at_once(left) == at_once(right):
            return True  # whatever the name holds, it holds the same in both
        found = self.of(left)
        return found is not None and found != NUMBER and found == self.of(right)

    def of(self, node: Node) -> Found:
        match node:
            case gast.Constant():
                return NUMBER
            case gast.Name(id=name):
                return self.of_name(name)
            case gast.UnaryOp(op=gast.USub(), operand=operand):
                return self.of(operand)
            case gast.BinOp(left=left, op=op, right=right) if not isinstance(op, gast.MatMult):
                return self.together([left, right])
            case gast.Subscript(value=base, slice=index):
                return cut(self.of(base), index)
            case gast.Call(func=gast.Attribute(value=base, attr="copy"), args=[], keywords=[]):
                return self.of(base)
            case gast.Call(func=func, args=[first, *_] as args, keywords=[]):
                function: Any = known_object(func, self.externals)
                if any(function is one for one in KEEPING):
                    return self.of(first)
                if isinstance(function, np.ufunc) and function.signature is None:
                    return self.together(args)
                if any(function is one for one in LINED_UP):
                    return self.together(args)
        return None

    def of_name(self, name: str) -> Found:
        kind = self.kinds.get(name)
        if isinstance(kind, (Number, Const)):
            return NUMBER
        if not isinstance(kind, Array) or not kind.dims:
            return None
        if name not in self.known:
            self.known[name] = Extent(name)  # as long as it is asked for itself: `x = f(x)`
            self.known[name] = self.named(name)
        return self.known[name]

    def named(self, name: str) -> Found:
        if self.counts[name] == 0:
            return Extent(name)
        if self.counts[name] > 1 or name not in self.made:
            return None
        found = self.of(self.made[name])
        if found is not None and found.name == name and found.less:
            return None
        return found or Extent(name)

    def together(self, nodes: list[Node]) -> Found:
        """Give the shape of what is computed element by element."""
        found = {self.of(node) for node in nodes} - {NUMBER}
        return found.pop() if len(found) == 1 else None if found else NUMBER


def at_once(node: Node) -> str | None:
    """Give the one name that an expression computes with, element by element, beside numbers."""
    match node:
        case gast.Name(id=name):
            return str(name)
        case (
            gast.BinOp(left=gast.Constant(), op=op, right=other)
            | gast.BinOp(left=other, op=op, right=gast.Constant())
        ) if not isinstance(op, gast.MatMult):
            return at_once(other)
    return None


def cut(base: Found, index: Node) -> Found:
    """Give the shape of a part from which a few elements at the ends are left out."""
    if base is None or base == NUMBER:
        return None
    parts = index.elts if isinstance(index, gast.Tuple) else [index]
    less = [*base.less, *([0] * (len(parts) - len(base.less)))]
    for axis, part in enumerate(parts):
        if not isinstance(part, gast.Slice) or part.step is not None:
            return None
        start, stop = end(part.lower), end(part.upper)
        if start is None or stop is None or start < 0 or stop > 0:
            return None
        if stop == 0 and part.upper is not None:
            return None
        less[axis] += start - stop
    while less and less[-1] == 0:
        less.pop()
    return Extent(base.name, tuple(less))


def end(node: Node | None) -> int | None:
    """Give an end of a slice that is written out, 0 for one that is not."""
    match node:
        case None:
            return 0
        case gast.Constant(value=int(value)):
            return value
        case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=int(value))):
            return -value
    return None
