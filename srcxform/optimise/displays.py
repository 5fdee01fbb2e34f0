"""Take tuples apart that are only built to be taken apart: `t = (a, b); x, y = t`."""

from __future__ import annotations

import gast

from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone, loads, stores


def displays(block: Block) -> Block:
    """Replace unpacking and constant subscripts of displays by their elements."""
    return run(block, {})


def run(block: Block, known: dict[str, list[Node]]) -> Block:
    new: Block = []
    for statement in block:
        for line in rewritten(statement, known):
            if blocks(line):
                inside = {n for part in blocks(line) for s in part for n in stores(s)}
                inside |= stores(getattr(line, "target", gast.Pass()))
                forget(known, inside)
                for field in ("body", "orelse", "finalbody"):
                    if getattr(line, field, None):
                        setattr(line, field, run(getattr(line, field), dict(known)))
            new.append(line)
            forget(known, stores(line))
            note(line, known)
    return new


def rewritten(statement: Node, known: dict[str, list[Node]]) -> Block:
    match statement:
        case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Tuple(elts=values)) if len(
            targets
        ) == len(values) and not {n for v in values for n in loads(v)} & {t.id for t in targets}:
            pairs = zip(targets, values, strict=True)
            lines = [build.assign(t.id, v) for t, v in pairs]
            return build.at(getattr(statement, "place", None), lines)
        case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Name(id=name)) if (
            name in known and len(known[name]) == len(targets)
        ):
            values = known[name]
            read = {v.id for v in values if isinstance(v, gast.Name)}
            if not read & {t.id for t in targets}:
                pairs = zip(targets, values, strict=True)
                lines = [build.assign(t.id, clone(v)) for t, v in pairs]
                return build.at(getattr(statement, "place", None), lines)
        case gast.Assign(
            targets=[gast.Name() as target],
            value=gast.Subscript(value=gast.Name(id=name), slice=gast.Constant(value=int(k))),
        ) if name in known and -len(known[name]) <= k < len(known[name]):
            line = build.assign(target.id, clone(known[name][k]))
            return build.at(getattr(statement, "place", None), [line])
    return [statement]


def note(line: Node, known: dict[str, list[Node]]) -> None:
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Tuple(elts=items)):
            if all(isinstance(i, (gast.Name, gast.Constant)) for i in items):
                known[name] = items
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)) if (
            source in known
        ):
            known[name] = known[source]


def forget(known: dict[str, list[Node]], bound: set[str]) -> None:
    for name in list(known):
        read = {v.id for v in known[name] if isinstance(v, gast.Name)}
        if name in bound or read & bound:
            del known[name]
