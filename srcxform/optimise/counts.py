"""Write how often loops run in their headers: `for k in range(n - 1)`, in both sweeps.

A count that two loops read has a name of its own, which no person would give it where it is the
length of an array, or a number plus or minus another one.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.kinds.lattice import Array, Number
from srcxform.optimise.facts import Facts
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import pieces
from srcxform.syntax.visit import change_blocks, load_list, loads, rename, spine, store_list


def counts(block: Block, facts: Facts) -> Block:
    """Give the block with such counts in the headers of its loops."""
    block = spine(block)
    bound = Counter(name for s in block for name in store_list(s))
    headers = Counter(name for part in pieces(block) if isinstance(part, gast.For)
                      for name in load_list(part.iter))  # fmt: skip
    read = Counter(name for s in block for name in load_list(s))
    found: dict[str, Node] = {}
    for position, line in enumerate(block):
        for name, value in counted(line, facts):
            before = Counter(n for s in block[:position] for n in store_list(s))
            stays = all(bound[n] == before[n] <= 1 for n in loads(value))
            if stays and bound[name] == 1 and read[name] == headers[name]:
                found[name] = value
    return written(block, found) if found else block


def counted(line: Node, facts: Facts) -> list[tuple[str, Node]]:
    """Give the name and the expression of a count, if a line computes one."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=value) if facts.is_temporary(name):
            return [(name, value)] if is_short(value, facts) else []
    return []


def is_short(value: Node, facts: Facts) -> bool:
    match value:
        case gast.Call(func=gast.Name(id="len"), args=[gast.Name(id=name)]):
            return isinstance(facts.kinds.get(name), Array)  # lists may have grown by then
        case gast.BinOp(left=left, op=gast.Add() | gast.Sub(), right=right):
            return is_integer(left, facts) and is_integer(right, facts)
    return False


def is_integer(node: Node, facts: Facts) -> bool:
    match node:
        case gast.Constant(value=value):
            return type(value) is int
        case gast.Name(id=name):
            kind = facts.kinds.get(name)
            return isinstance(kind, Number) and kind.cls == "i"
    return False


def written(block: Block, found: dict[str, Node]) -> Block:
    new: Block = []
    for line in block:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)]) if name in found:
                continue
        change_blocks(line, lambda inner: written(inner, found))
        if isinstance(line, gast.For) and not loads(line.iter).isdisjoint(found):
            line.iter = rename(line.iter, found)
        new.append(line)
    return new
