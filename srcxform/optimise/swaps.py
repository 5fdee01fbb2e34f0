"""Write a run of copies as what it does: `t = a; a = b; b = t` becomes `a, b = b, a`."""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.optimise.facts import Facts
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import change_blocks, load_list, spine


def swaps(block: Block, facts: Facts) -> Block:
    """Give the block with such runs written as assignments of tuples."""
    uses = Counter(name for s in block for name in load_list(s))
    return run(spine(block), uses, facts)


def run(block: Block, uses: Counter[str], facts: Facts) -> Block:
    new: Block = []
    copies: Block = []
    for statement in [*block, None]:
        if statement is not None and copied(statement) is not None:
            copies.append(statement)
            continue
        new += shorter(copies, uses, facts)
        copies = []
        if statement is not None:
            change_blocks(statement, lambda inner: run(inner, uses, facts))
            new.append(statement)
    return new


def copied(statement: Node) -> tuple[str, str] | None:
    match statement:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)):
            return name, source
    return None


def shorter(copies: Block, uses: Counter[str], facts: Facts) -> Block:
    """Give one assignment for each group of names that pass their values around."""
    pairs = [pair for pair in map(copied, copies) if pair is not None]
    read: Counter[str] = Counter()  # of values that these copies gave
    ending: dict[str, str] = {}
    for name, source in pairs:
        read[source] += source in ending
        ending[name] = ending.get(source, source)
    for name in list(ending):
        if facts.is_temporary(name) and uses[name] == read[name]:
            del ending[name]  # read by nothing but these copies
    moved = {name: source for name, source in ending.items() if name != source}
    if len(moved) == len(pairs) or not set(moved) & set(moved.values()):
        return copies
    lines = []
    while moved:
        group = [next(iter(moved))]
        for name in group:
            group += [n for n in moved if n not in group and linked(n, name, moved)]
        sources = [build.load(moved.pop(name)) for name in group]
        targets = [build.store(name) for name in group]
        if len(group) == 1:
            lines.append(build.assign(targets[0], sources[0]))
        else:
            unpacked = build.sequence(targets, ctx=gast.Store())
            lines.append(build.assign(unpacked, build.sequence(sources)))
    return build.at(getattr(copies[0], "place", None), lines)


def linked(one: str, other: str, moved: dict[str, str]) -> bool:
    return moved[one] == other or moved[other] == one
