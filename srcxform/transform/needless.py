"""Copies that nobody could tell from what they copy: of storage that stays as it is.

A pullback taken inside holds on to copies of what it reads (`inner.py`), since its caller may
write into the originals before it calls it. Where nobody does, it reads these.
"""

from __future__ import annotations

from dataclasses import replace

import gast

from srcxform.analysis.aliasing import Aliasing, aliasing, parts_of
from srcxform.core.callees import known_object
from srcxform.runtime import snapshot
from srcxform.specialise.program import Program
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, shallow, statements_in


def without_needless_copies(program: Program) -> Program:
    """Give a program that copies no storage which is as it was at the end."""
    if not any(copied(program, line) for top in program.body for line in statements_in(top)):
        return program
    facts = aliasing(program.body, program.kinds, program.externals, program.functions)
    last = program.body[-1]
    result = last.value.id if isinstance(getattr(last, "value", None), gast.Name) else ""
    return replace(program, body=changed(program, program.body, facts, result))


def copied(program: Program, line: Node) -> tuple[str, str] | None:
    """Give the names in `new = snapshot(old)`, None for any other statement."""
    match line:
        case gast.Assign(
            targets=[gast.Name(id=new)], value=gast.Call(func=func, args=[gast.Name(id=old)])
        ) if known_object(func, program.externals) is snapshot:
            return new, old
    return None


def changed(program: Program, block: Block, facts: Aliasing, result: str) -> Block:
    lines: Block = []
    for line in block:
        if blocks(line):
            line = shallow(line)
            for field in ("body", "orelse", "finalbody"):
                if getattr(line, field, None):
                    setattr(line, field, changed(program, getattr(line, field), facts, result))
        names = copied(program, line)
        if names is not None and not any(facts.changes_within(name) for name in names):
            if not result or not leads_to(facts, result, names[0]):
                line = build.at(getattr(line, "place", None), [
                    build.assign(names[0], build.load(names[1]))
                ])[0]  # fmt: skip
        lines.append(line)
    return lines


def leads_to(facts: Aliasing, result: str, name: str) -> bool:
    """Say whether what a function gives back may hold the storage of a name."""
    own = facts.storage(name)
    return any(part is own for part in parts_of(facts.storage(result)))
