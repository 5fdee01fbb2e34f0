"""Remove names that only pass a value on.

`t = e; y = t` becomes `y = e` where t has no other use; and `y = x` lets later statements read
x itself, while neither is bound anew. So does `t = -x`, where that costs nothing: signs vanish in
sums; and `t = params["w"]`, which says more than t.
"""

from __future__ import annotations

from collections import Counter

import gast

from srcxform.optimise.facts import Facts
from srcxform.optimise.sharing import Walk
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import mentioned, names_with_parts
from srcxform.syntax.visit import blocks, clone, load_list, loads, rename, spine, store_list, stores

Known = dict[str, Node]


def coalesce(block: Block, keep: set[str]) -> Block:
    """Let a value that is only passed on be computed under its final name."""
    block = spine(block)
    counts = Counter(name for s in block for name in load_list(s))
    bound = Counter(name for s in block for name in store_list(s))
    return coalesced(block, counts, bound, keep)


def coalesced(block: Block, counts: Counter[str], bound: Counter[str], keep: set[str]) -> Block:
    new: Block = []
    for statement in block:
        for field in ("body", "orelse", "finalbody"):
            if blocks(statement) and getattr(statement, field, None):
                inner = coalesced(getattr(statement, field), counts, bound, keep)
                setattr(statement, field, inner)
        match statement:
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)) if (
                source not in keep and counts[source] == 1 and bound[source] == 1
            ):
                at = origin(new, source, name)
                if at is not None:
                    line = build.assign(name, new[at].value)
                    line.place = getattr(new[at], "place", None)
                    new[at] = line
                    continue
        new.append(statement)
    return new


def origin(block: Block, source: str, name: str) -> int | None:
    """Find where `source` is computed, if `name` is neither read nor bound after that."""
    for position in range(len(block) - 1, -1, -1):
        line = block[position]
        match line:
            case gast.Assign(targets=[gast.Name(id=found)]) if found == source:
                return position
        if name in stores(line) or name in loads(line) or source in stores(line):
            return None
    return None


def copies(block: Block, facts: Facts | None = None) -> Block:
    """Read the original instead of a copy."""
    signs = None if facts is None else Signs(block, facts)
    return propagate(spine(block), {}, signs)


class Signs(Walk):
    """Says which `t = -x` may be written out wherever t is read."""

    def __init__(self, block: Block, facts: Facts) -> None:
        super().__init__(block, facts)
        self.uses = Counter(name for s in block for name in load_list(s))
        self.returned = {s.value.id for s in block if gives_back_name(s)}

    def is_better(self, name: str, source: str) -> bool:
        """Say whether a copy has the user's name, and the original has not, and it is read."""
        if self.uses[name] == 1 and name in self.returned:
            return False
        return self.facts.is_temporary(source) and not self.facts.is_temporary(name)

    def may_spread(self, name: str, source: str) -> bool:
        cheap = self.facts.is_number(source) or self.uses[name] <= 2
        return cheap and self.facts.is_temporary(name)


def gives_back_name(line: Node) -> bool:
    return isinstance(line, gast.Return) and isinstance(line.value, gast.Name)


def propagate(block: Block, known: Known, signs: Signs | None) -> Block:
    new: Block = []
    for statement in block:
        inner = blocks(statement)
        if not inner:
            if signs is not None:
                forget_changed(known, statement, signs)
            line = renamed(statement, known if signs is not None else apart(statement, known))
            keep_targets(statement, line)
            forget(known, stores(line))
            note(line, known, signs)
            new.append(line)
            continue
        if isinstance(statement, gast.If):
            statement.test = renamed(statement.test, known)
            ends = [dict(known), dict(known)]
            statement.body = propagate(statement.body, ends[0], signs)
            statement.orelse = propagate(statement.orelse, ends[1], signs)
            known.clear()
            known.update({k: v for k, v in ends[0].items() if same(ends[1].get(k), v)})
        else:
            if isinstance(statement, gast.For):
                statement.iter = renamed(statement.iter, known)
            forget(known, stores(statement))
            if signs is not None:
                forget_changed(known, statement, signs)
            if isinstance(statement, gast.While):
                statement.test = renamed(statement.test, known)
            if isinstance(statement, gast.With):
                statement.items = [renamed(item, known) for item in statement.items]
            if isinstance(statement, gast.Try):
                statement.finalbody = propagate(statement.finalbody, dict(known), signs)
            statement.body = propagate(statement.body, dict(known), signs)
        new.append(statement)
    return new


def apart(line: Node, known: Known) -> Known:
    """Leave out what a statement binds: in core it reads nothing of that, or a copy of it."""
    own = stores(line)
    if not own or isinstance(getattr(line, "value", None), gast.Name):
        return known
    return {name: value for name, value in known.items() if own.isdisjoint(loads(value))}


def renamed(node: Node, known: Known) -> Node:
    """Write what is known for the names that a node reads, if it reads any.

    A number has no parts: where a name has some, the line is one that is never reached.
    """
    read = loads(node) & known.keys()
    if read and any(isinstance(known[name], gast.Constant) for name in read):
        read -= names_with_parts(node)
    return rename(node, {name: known[name] for name in read}) if read else node


def keep_targets(old: Node, new: Node) -> None:
    """A write into `x[i]` stays a write into a name."""
    match old, new:
        case gast.AugAssign(target=gast.Name() as target), gast.AugAssign() if new is not old:
            new.target = clone(target)


def same(left: Node | None, right: Node) -> bool:
    match left, right:
        case gast.Name(id=a), gast.Name(id=b):
            return bool(a == b)
        case gast.Constant(value=a), gast.Constant(value=b):
            return type(a) is type(b) and repr(a) == repr(b)
    return False


def note(line: Node, known: Known, signs: Signs | None) -> None:
    match line:
        case gast.Assign(
            targets=[gast.Name(id=name)],
            value=gast.UnaryOp(op=gast.USub(), operand=gast.Name(id=source)) as value,
        ) if signs is not None and name != source:
            if signs.may_spread(name, source):
                known[name] = value
        case gast.Assign(
            targets=[gast.Name(id=name)],
            value=gast.Subscript(
                value=gast.Name(id=source), slice=gast.Constant(value=str())
            ) as value,
        ) if signs is not None and name != source:
            if signs.facts.is_temporary(name) and not signs.facts.is_temporary(source):
                known[name] = value
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name() as value):
            if value.id != name and not (signs and signs.is_better(name, value.id)):
                known[name] = build.load(value.id)
        case gast.Assign(
            targets=[gast.Name(id=name)], value=gast.Constant(value=float() | int() | None)
        ):
            known[name] = line.value
        case gast.AugAssign(target=gast.Name(id=name)):
            forget(known, {name})


def forget(known: Known, bound: set[str]) -> None:
    for name in list(known):
        value = known[name]
        if name in bound or not bound.isdisjoint(mentioned(value).loads):
            del known[name]


def forget_changed(known: Known, line: Node, signs: Signs) -> None:
    """What is written in place is not what was negated, nor does it stay the negative."""
    made = [name for name, v in known.items() if isinstance(v, (gast.UnaryOp, gast.Subscript))]
    written = signs.sharing.written(line) if made else set()
    for name in made:
        if signs.sharing.reaches(written, {name} | mentioned(known[name]).loads):
            del known[name]
