"""Writes into storage, as a person writes them.

`v = x[i]; v += e` becomes `x[i] += e` where v is read nowhere else, and `x[i] = 0.0; x[i] += e`
becomes `x[i] = e`.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone, load_list, loads, stores, walk


def shorter_stores(block: Block) -> Block:
    """Apply both rewrites."""
    block = clone(block)
    uses = Counter(name for s in block for name in load_list(s))
    binds = Counter(n.id for s in block for n in walk(s)
                    if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store))  # fmt: skip
    return run(block, uses, binds)


def run(block: Block, uses: Counter[str], binds: Counter[str]) -> Block:
    new: Block = []
    for statement in block:
        for field in ("body", "orelse", "finalbody"):
            if blocks(statement) and getattr(statement, field, None):
                setattr(statement, field, run(getattr(statement, field), uses, binds))
        new.append(statement)
        into_view(new, uses, binds)
        first_of_zero(new)
    return new


def into_view(new: Block, uses: Counter[str], binds: Counter[str]) -> None:
    """Add into `x[i]` itself where a name was only made for that."""
    last = new[-1]
    match last:
        case gast.AugAssign(target=gast.Name(id=name)) if uses[name] == 1 and binds[name] == 2:
            pass
        case _:
            return
    for position in range(len(new) - 2, -1, -1):
        line = new[position]
        match line:
            case gast.Assign(
                targets=[gast.Name(id=found)], value=gast.Subscript(value=gast.Name(), slice=index)
            ):
                if found != name:
                    continue
                between = new[position + 1 : -1]
                read = loads(line.value)
                if any(read & stores(s) for s in between) or any(
                    isinstance(n, gast.Call) for n in walk(index)
                ):
                    return
                target = build.item_store(line.value.value.id, index)
                added = build.augment(target, last.op, last.value)
                added.place = getattr(last, "place", None)
                new[-1] = added
                del new[position]
                return
        if name in stores(line):
            return


def first_of_zero(new: Block) -> None:
    """Assign where zeros would be added to."""
    if len(new) < 2:
        return
    match new[-2], new[-1]:
        case (
            gast.Assign(targets=[gast.Subscript() as cleared], value=gast.Constant(value=0.0)),
            gast.AugAssign(target=gast.Subscript() as target, op=gast.Add(), value=value),
        ):
            base = cleared.value.id
            if gast.dump(cleared) == gast.dump(target) and base not in loads(value):
                line: Node = build.assign(target, value)
                line.place = getattr(new[-1], "place", None)
                new[-2:] = [line]
