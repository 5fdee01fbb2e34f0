"""Which elements of an array in place are written again after they were read.

`y[i] = f(y[i - 1])` in a loop over growing i never comes back to what it has read, so that the
backward sweep can read `y[i - 1]` once more. Only what this simple reasoning proves is relied on:
one name for the array, and positions that are a loop's variable plus or minus a constant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import gast

from srcxform.analysis.aliasing import PURE_METHODS, parts_of
from srcxform.core import operations as op
from srcxform.kinds.lattice import Array, Number
from srcxform.syntax.build import Node
from srcxform.syntax.visit import blocks, loads, stores
from srcxform.transform.context import Context
from srcxform.transform.order import Order, defines
from srcxform.transform.steps import Loop, Simple, Step


class Writing:
    """Says which storage a line writes to in place."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def written(self, line: Node) -> set[int]:
        """Give the storage that a line writes to, the lines inside it included."""
        if blocks(line):
            return {part for block in blocks(line) for s in block for part in self.written(s)}
        match line:
            case gast.Assign(
                targets=[gast.Subscript(value=gast.Name(id=name))]
                | [gast.Attribute(value=gast.Name(id=name))]
            ):
                return self.own(name)
            case gast.AugAssign(
                target=gast.Name(id=name)
                | gast.Subscript(value=gast.Name(id=name))
                | gast.Attribute(value=gast.Name(id=name))
            ):
                return self.own(name)
            case gast.Assign(value=value) | gast.Expr(value=value):
                return self.called(value)
        return set()

    def called(self, value: Node) -> set[int]:
        if not isinstance(value, gast.Call):
            return set()
        match self.ctx.operation(value):
            case op.Method(base=gast.Name(id=name), name=method) if method not in PURE_METHODS:
                return self.own(name)
            case op.AddAt(base=gast.Name(id=name)):
                return self.own(name)
            case op.Foreign() | op.Apart() | op.Custom() | op.AddAt():
                return {part for name in loads(value) for part in self.all(name)}
        return set()

    def own(self, name: str) -> set[int]:
        """Give the storage of a name, without what it holds."""
        return {id(self.ctx.storage.storage(name))} if name in self.ctx.storage.of_name else set()

    def all(self, name: str) -> set[int]:
        """Give the storage of a name and of all that it holds."""
        if name not in self.ctx.storage.of_name:
            return set()
        return {id(part.root()) for part in parts_of(self.ctx.storage.storage(name))}


class Overwriting(Writing):
    """Knows all writes in place and where they stand."""

    def __init__(self, ctx: Context, order: Order) -> None:
        super().__init__(ctx)
        self.order = order
        self.writes: list[tuple[Step, Node, set[int]]] = []
        self.definitions: dict[str, list[Step]] = {}
        for step in order.steps:
            for name in defines(step):
                self.definitions.setdefault(name, []).append(step)
            if isinstance(step, Simple):
                for line in step.forward:
                    self.note(step, line)

    def note(self, step: Step, line: Node) -> None:
        for block in blocks(line):
            for inner in block:
                self.note(step, inner)
        if not blocks(line) and (written := self.written(line)):
            self.writes.append((step, line, written))

    def starts_of(self, loops: list[Loop]) -> tuple[tuple[str, Node], ...]:
        """Give the variables of loops that grow, and what they grow from."""
        found = []
        for loop in loops:
            match loop.node:
                case gast.For(
                    target=gast.Name(id=name),
                    iter=gast.Call(func=gast.Name(id="range"), args=[start, _], keywords=[]),
                    body=body,
                ) if not any(name in stores(line) for line in body):
                    found.append((name, self.meaning(start)))
        return tuple(found)

    def meaning(self, node: Node) -> Node:
        """Give the expression behind a name that is bound once."""
        made = self.definitions.get(getattr(node, "id", ""), [])
        if len(made) == 1 and isinstance(made[0], Simple):
            for line in made[0].forward:
                match line:
                    case gast.Assign(targets=[gast.Name(id=name)], value=value) if name == node.id:
                        return value
        return node

    # -- questions

    def is_overwritten(self, name: str, step: Step) -> bool:
        """Say whether what a name was read from may be written when `step` has begun, or later."""
        part = self.read_part(name)
        parts = self.all(name if part is None else part.base)
        later = [w for w in self.writes if w[2] & parts and self.order.may_follow(step, w[0])]
        if part is None:
            return bool(later)
        return not all(part.stays_through(w[0], w[1]) for w in later)

    def stays_stored(self, step: Step, line: Node) -> bool:
        """Say whether what `base[index] = value` stores is never written over."""
        target = line.targets[0]
        base = target.value.id
        part = Part(self, base, target.slice, step, self.made_inside(base))
        parts = self.all(base)
        later = [w for w in self.writes if w[2] & parts and self.order.may_follow(step, w[0])]
        return all(part.stays_through(w[0], w[1], w[1] is line) for w in later)

    def read_part(self, name: str) -> Part | None:
        """Give what is known of `name = base[index]`."""
        found = self.definitions.get(name, [])
        if len(found) != 1 or not isinstance(found[0], Simple):
            return None
        for line in found[0].forward:
            match line:
                case gast.Assign(
                    targets=[gast.Name(id=target)],
                    value=gast.Subscript(value=gast.Name(id=base), slice=index),
                ) if target == name and isinstance(self.ctx.kind(base), Array):
                    return Part(self, base, index, found[0], self.made_inside(base))
        return None

    def made_inside(self, base: str) -> list[Loop] | None:
        """Give the loops whose every turn allocates an array; None where it has other origins."""
        made = self.definitions.get(base, [])
        if not made:
            return []
        if len(made) > 1 or base in self.ctx.program.parameters:
            return None
        outer = self.order.loops(made[0])
        return outer if not outer or allocates(self.ctx, made[0], base) else None


def allocates(ctx: Context, step: Step, name: str) -> bool:
    """Say whether a step makes a new array."""
    for line in step.forward if isinstance(step, Simple) else []:
        match line:
            case gast.Assign(targets=[gast.Name(id=target)], value=value) if target == name:
                found = ctx.operation(value)
                return isinstance(found, op.RuleCall) and not found.view
    return False


@dataclass(frozen=True)
class Part:
    """`base[index]`, read at `step`; each turn of the loops `outer` makes the array anew."""

    facts: Overwriting
    base: str
    index: Node
    step: Step
    outer: list[Loop] | None  # None: it is not known where the array comes from

    def stays_through(self, step: Step, line: Node, is_own: bool = False) -> bool:
        """Say whether a later write cannot reach this part; it may be the one that made it."""
        target = line.targets[0] if isinstance(line, gast.Assign) else getattr(line, "target", None)
        match target:
            case gast.Subscript(value=gast.Name(id=base), slice=index) if (
                base == self.base and self.outer is not None
            ):
                pass
            case _:
                return False
        order = self.facts.order
        mine, theirs = order.loops(self.step), order.loops(step)
        shared = [loop for loop in mine if any(loop is other for other in theirs)]
        if any(a is not b for a, b in zip(self.outer, shared, strict=False)):
            return False
        if len(shared) <= len(self.outer):
            return False
        axes = [components(i, self.facts.ctx) for i in (self.index, index)]
        pairs = list(zip(*axes, strict=False))
        for loop in shared[len(self.outer) :]:
            walk_over = counting(loop)
            if walk_over is None:
                return False
            walk_over = replace(walk_over, starts=self.facts.starts_of([*mine, *theirs]))
            if is_own and any(walk_over.apart(read, write, 1) for read, write in pairs):
                continue
            if is_own:
                return False
            if any(walk_over.apart(read, write) for read, write in pairs):
                return True
            if not any(walk_over.same_point(read, write) for read, write in pairs):
                return False
        return is_own


def components(index: Node, ctx: Context) -> list[Node]:
    """Give the index of each axis, as far as it is plain that each takes one axis."""
    parts = list(index.elts) if isinstance(index, gast.Tuple) else [index]
    for position, part in enumerate(parts):
        if not takes_one_axis(part, ctx):
            return parts[:position]
    return parts


def takes_one_axis(part: Node, ctx: Context) -> bool:
    match part:
        case gast.Constant(value=value):
            return is_int(value)
        case gast.Name(id=name):
            kind = ctx.kind(name)
            return isinstance(kind, Number) and kind.cls == "i"
    return isinstance(part, (gast.Slice, gast.BinOp))


def is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


UNCLEAR = -(10**9)


@dataclass(frozen=True)
class Span:
    """Positions from `low` up to and without `high`, counted from the loop's variable."""

    low: int | None
    high: int | None


@dataclass(frozen=True)
class Counting:
    """A loop whose variable grows (or falls) and is never below `least`."""

    variable: str
    grows: bool
    least: int
    starts: tuple[tuple[str, Node], ...] = ()  # where inner loops begin to count

    def apart(self, read: Node, write: Node, after: int = 0) -> bool:
        """Say whether no write of this or a later turn reaches what this turn reads.

        With `after` it is not about this turn, but about those behind it.
        """
        r, w = self.span(read), self.span(write)
        if r is None or w is None:
            return False
        if self.grows:
            return r.high is not None and w.low is not None and r.high <= w.low + after
        return r.low is not None and w.high is not None and w.high - after <= r.low

    def same_point(self, read: Node, write: Node) -> bool:
        """Say whether each turn reads and writes at its own position of an axis."""
        offset = self.offset(read)
        return offset is not None and offset == self.offset(write) and self.least + offset >= 0

    def span(self, part: Node) -> Span | None:
        if (offset := self.offset(part)) is not None:
            return Span(offset, offset + 1) if self.least + offset >= 0 else None
        for name, start in self.starts:
            offset = self.offset(start)
            if isinstance(part, gast.Name) and part.id == name and offset is not None:
                return Span(offset, None) if self.least + offset >= 0 else None
        match part:
            case gast.Slice(lower=lower, upper=upper, step=None):
                ends = [self.end(lower), self.end(upper)]
                return None if UNCLEAR in ends else Span(*ends)
        return None

    def end(self, node: Node) -> int | None:
        """Give an end of a slice: counted from the variable, or None for as far as it goes."""
        if node is None or (isinstance(node, gast.Constant) and is_int(node.value)):
            return None
        offset = self.offset(node)
        return UNCLEAR if offset is None or self.least + offset < 0 else offset

    def offset(self, node: Node) -> int | None:
        match node:
            case gast.Name(id=name) if name == self.variable:
                return 0
            case gast.BinOp(
                left=gast.Name(id=name), op=gast.Add(), right=gast.Constant(value=int(c))
            ) if name == self.variable:
                return c
            case gast.BinOp(
                left=gast.Name(id=name), op=gast.Sub(), right=gast.Constant(value=int(c))
            ) if name == self.variable:
                return -c
        return None


def counting(loop: Loop) -> Counting | None:
    """Read a loop over `range`, if its variable is bound by nothing else."""
    node = loop.node
    if not isinstance(node, gast.For) or not isinstance(node.target, gast.Name):
        return None
    name = node.target.id
    if any(name in stores(line) for line in node.body):
        return None
    match node.iter:
        case gast.Call(func=gast.Name(id="range"), args=[_], keywords=[]):
            return Counting(name, True, 0)
        case gast.Call(
            func=gast.Name(id="range"), args=[gast.Constant(value=int(start)), _], keywords=[]
        ):
            return Counting(name, True, start)
        case gast.Call(
            func=gast.Name(id="range"),
            args=[_, gast.Constant(value=int(stop)), step],
            keywords=[],
        ) if minus_one(step):
            return Counting(name, False, stop + 1)
        case gast.Call(
            func=gast.Name(id="reversed"),
            args=[gast.Call(func=gast.Name(id="range"), args=[_], keywords=[])],
        ):
            return Counting(name, False, 0)
    return None


def minus_one(step: Node) -> bool:
    match step:
        case gast.Constant(value=value):
            return bool(value == -1)
        case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=value)):
            return bool(value == 1)
    return False
