"""Take tuples and objects apart that are only built to be taken apart.

`t = (a, b); x, y = t` becomes `x = a; y = b`, and `p = instance(P, x=a); z = p.x` gives `z = a`.
A list counts as a tuple if nothing is done with it but that its items are read.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import parts
from srcxform.syntax.visit import blocks, clone, load_list, loads, shallow, store_list, stores, walk


def displays(block: Block) -> Block:
    """Replace unpacking and constant subscripts of displays by their elements."""
    return run(block, {}, lists_of_items(block))


def apart(block: Block) -> Block:
    """Take displays apart, and leave out those that nothing reads any more.

    A tuple of a number and a dict would have a shadow of its own in the reverse sweep.
    """
    block = displays(block)
    while True:
        read = {name for line in block for name in loads(line)}
        left = without_unread(block, read)
        if left is block:
            return block
        block = left


def without_unread(block: Block, read: set[str]) -> Block:
    new: Block = []
    changed = False
    for line in block:
        if is_unread(line, read):
            changed = True
            continue
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(line, field, None)
            if inner:
                kept = without_unread(inner, read)
                if kept is not inner:
                    line = shallow(line)
                    setattr(line, field, kept or [gast.Pass()])
                    changed = True
        new.append(line)
    return new if changed else block


def is_unread(line: Node, read: set[str]) -> bool:
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name()):
            return name not in read
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Tuple(elts=items)):
            return name not in read and all(
                isinstance(i, (gast.Name, gast.Constant)) for i in items
            )
    return False


def lists_of_items(block: Block) -> set[str]:
    """Give the names bound once, to a list that is unpacked, or of which single items are read."""
    made = {
        line.targets[0].id
        for line in parts(block)
        if isinstance(line, gast.Assign)
        and isinstance(line.targets[0], gast.Name)
        and isinstance(line.value, gast.List)
    }
    if not made:
        return made
    bound, read = Counter(store_list(block)), Counter(n for s in block for n in load_list(s))
    items: Counter[str] = Counter()
    for node in walk(block):
        match node:
            case gast.Subscript(
                value=gast.Name(id=name), slice=gast.Constant(value=int()), ctx=gast.Load()
            ):
                items[name] += 1
            case gast.Assign(targets=[gast.Tuple()], value=gast.Name(id=name)):
                items[name] += 1
    return {name for name in made if bound[name] == 1 and read[name] == items[name]}


def run(block: Block, known: dict[str, list[Node]], lists: set[str]) -> Block:
    new: Block = []
    for statement in block:
        for line in rewritten(statement, known):
            if blocks(line):
                if known:
                    inside = {n for part in blocks(line) for s in part for n in stores(s)}
                    forget(known, inside | stores(getattr(line, "target", gast.Pass())))
                line = shallow(line)
                for field in ("body", "orelse", "finalbody"):
                    if getattr(line, field, None):
                        setattr(line, field, run(getattr(line, field), dict(known), lists))
            new.append(line)
            if known:
                forget(known, stores(line))
            note(line, known, lists)
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
            values = [content(part) for part in known[name]]
            read = {v.id for v in values if isinstance(v, gast.Name)}
            if not read & {t.id for t in targets}:
                pairs = zip(targets, values, strict=True)
                lines = [build.assign(t.id, clone(v)) for t, v in pairs]
                return build.at(getattr(statement, "place", None), lines)
        case gast.Assign(
            targets=[gast.Name() as target],
            value=gast.Subscript(value=gast.Name(id=name), slice=gast.Constant(value=int(k))),
        ) if name in known and -len(known[name]) <= k < len(known[name]):
            line = build.assign(target.id, clone(content(known[name][k])))
            return build.at(getattr(statement, "place", None), [line])
        case gast.Assign(
            targets=[gast.Name() as target],
            value=gast.Attribute(value=gast.Name(id=name), attr=attr),
        ) if name in known and attr in named(known[name]):
            value = known[name][named(known[name]).index(attr)]
            line = build.assign(target.id, clone(content(value)))
            return build.at(getattr(statement, "place", None), [line])
    return [statement]


def content(part: Node) -> Node:
    return part.value if isinstance(part, gast.keyword) else part


def named(parts: list[Node]) -> list[str]:
    """Give the names of the attributes of an object that is made."""
    return [part.arg for part in parts if isinstance(part, gast.keyword)]


def note(line: Node, known: dict[str, list[Node]], lists: set[str]) -> None:
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.List(elts=items)):
            if name in lists and all(isinstance(i, (gast.Name, gast.Constant)) for i in items):
                known[name] = items
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Tuple(elts=items)):
            if all(isinstance(i, (gast.Name, gast.Constant)) for i in items):
                known[name] = items
        case gast.Assign(
            targets=[gast.Name(id=name)],
            value=gast.Call(func=gast.Name(id="instance"), keywords=parts),
        ):
            if all(isinstance(content(part), (gast.Name, gast.Constant)) for part in parts):
                known[name] = parts
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)) if (
            source in known
        ):
            known[name] = known[source]


def forget(known: dict[str, list[Node]], bound: set[str]) -> None:
    for name in list(known):
        read = {v.id for v in map(content, known[name]) if isinstance(v, gast.Name)}
        if name in bound or read & bound:
            del known[name]
