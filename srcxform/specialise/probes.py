"""A `try` in a form that no generator needs to know about.

What may raise is first run on its own, under other names and without derivatives: a *probe*. The
probe says which handler takes over, if one does; an ordinary branch follows, in which the
statements themselves are known to raise nothing:

    caught = False
    try:
        y_1 = x / w
    except ZeroDivisionError:
        caught = True
    if not caught:
        y = x / w
    else:
        y = 0.0

A probe reaches up to the first statement whose effect somebody sees after the exception. An
explicit `raise` that is handled needs none: it sets the flag. What can neither be repeated nor
put off runs inside the probe; `transform/context.py` refuses if a derivative would pass it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import gast

from srcxform.analysis.aliasing import Aliasing, aliasing
from srcxform.analysis.liveness import Liveness, live_before
from srcxform.errors import SrcxformError
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Array, Items, Kind, Many, Number
from srcxform.normalise.bindings import Bindings, Bound
from srcxform.normalise.parts import mapped, parts
from srcxform.specialise.handling import (
    Handler,
    Target,
    bound_names,
    dispatch,
    is_noting,
    joined,
    jump,
    left,
    passes_on,
)
from srcxform.specialise.repeating import Repeating
from srcxform.specialise.risks import Risks, meets
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, load_list, loads, rename, shallow, stores, walk

LOOPS = (gast.For, gast.While)
REFUSALS = frozenset([SrcxformError, NotImplementedError, TypeError, ValueError, OSError])
COMPOUND = (gast.If, gast.With, *LOOPS)


def without_tries(
    parameters: tuple[str, ...], body: Block, kinds: dict[str, Kind], externals: Externals,
    functions: dict[str, Any],
) -> Block:  # fmt: skip
    """Give a residual program with a probe and a branch for each `try` that handles anything."""
    if not any(is_handling(node) for node in walk(body)):
        return body
    body = Lowering(parameters, body, kinds, externals, functions).block(body)
    copies = [line for line in walk(body) if is_given(line)]
    if not copies:
        return body
    before = Bindings(parameters, body, lambda *_: ()).before
    known = [(line.value.id, before[id(line)]) for line in copies if id(line) in before]
    late = {name for name, bound in known if name in bound.maybe - bound.surely}
    errors = {name for line in walk(body) for name in getattr(line, "errors", ())}
    return Given(before, frozenset(late & errors), frozenset(late - errors)).block(body)


def is_handling(node: Node) -> bool:
    return isinstance(node, gast.Try) and bool(node.handlers)


def is_given(node: Node) -> bool:
    """Say whether a statement gives a probe a value from before it."""
    return getattr(node, "given", False)


@dataclass(frozen=True)
class Given:
    """What probes copy from before them, as far as it may be bound there.

    That a probe reads a name may only seem so: it does where it did not raise further up, and then
    it has bound the name itself.
    """

    before: dict[int, Bound]
    errors: frozenset[str]  # exceptions that may have come, or not, where a probe copies them
    late: frozenset[str]  # other names that may be bound there, or not

    def block(self, block: Block) -> Block:
        return [line for statement in block for line in self.statement(statement)]

    def statement(self, node: Node) -> Block:
        if isinstance(node, LOOPS):
            new = shallow(node)
            new.body = self.block(node.body)
            return [new]
        if not is_given(node):
            errors = sorted(getattr(node, "errors", set()) & self.errors)
            return [mapped(node, self.block), *(none_yet(name, node) for name in errors)]
        bound = self.before.get(id(node))
        if bound is not None and node.value.id not in bound.maybe:
            return []
        return [if_bound(node)] if node.value.id in self.late else [node]


def none_yet(name: str, begin: Node) -> Node:
    """Bind what stands for an exception before there is one."""
    return build.at(begin.place, [build.assign(name, build.const(None))])[0]


def if_bound(line: Node) -> Node:
    """Write a copy of what may have no value yet; then it is not read either."""
    handler = gast.ExceptHandler(type=build.load("NameError"), name=None, body=[gast.Pass()])
    whole = gast.Try(body=[line], handlers=[handler], orelse=[], finalbody=[])
    return build.at(line.place, [whole])[0]


class Lowering:
    """Knows what is read where, and what shares memory with what."""

    def __init__(self, parameters: Any, body: Block, kinds: Any, externals: Any, functions: Any):
        self.names = externals.names
        self.externals = externals
        captured = {c.name: c.kind for c in externals.captures.values()}
        self.risks = Risks({**captured, **kinds}, externals)
        self.liveness = Liveness()
        self.liveness.block(body, set())
        facts: Aliasing = aliasing(opened(body), dict(kinds), externals, functions)
        self.repeating = Repeating(facts, self.risks, externals, functions)
        self.read = Counter(name for s in body for name in load_list(s))

    def block(self, block: Block) -> Block:
        return [line for statement in block for line in self.statement(statement)]

    def statement(self, node: Node) -> Block:
        if isinstance(node, LOOPS):
            new = shallow(node)
            new.body = self.block(node.body)
            return [new]
        if not is_handling(node):
            return [mapped(node, self.block) if isinstance(node, (*COMPOUND, gast.Try)) else node]
        if self.is_probe(node):
            return [node]
        return build.at(node.place, self.tried(node))

    def is_probe(self, node: Node) -> bool:
        """Say whether nothing that a body binds is read outside of it."""
        inside = Counter(name for s in node.body for name in load_list(s))
        bound = {name for s in node.body for name in stores(s)}
        plain = all(passes_on(h) or all(is_noting(s) for s in h.body) for h in node.handlers)
        apart = all(self.read[name] == inside[name] for name in bound)
        plain = plain and not node.orelse and not any(map(may_leave, node.body))
        return plain and apart and self.repeating.block(node.body, bound)

    def tried(self, node: Node) -> Block:
        seen = frozenset(self.liveness.caught.get(id(node), ()))
        body = self.block(node.body)
        flag = self.names.like("caught")
        self.risks.kinds[flag] = Number("i")
        handlers = []
        number = 0
        for old in node.handlers:
            number += not passes_on(old)
            handlers.append(self.handler(old, 0 if passes_on(old) else number))
        target = Target(flag, tuple(handlers), seen, node.place)
        begin = build.assign(flag, target.value(0))
        begin.errors = {h.error for h in handlers}
        lines = [begin, *self.guard(body, target)]
        taking = [h for h in handlers if h.number]
        other = dispatch(target, taking)
        return joined(lines, target, self.block(node.orelse), other)

    def handler(self, node: Node, number: int) -> Handler:
        body = node.body
        name = node.name.id if node.name is not None else None
        again = any(isinstance(s, gast.Raise) and s.exc is None for s in walk(body))
        if again and number:
            name = name or self.names.like("error")
            body = raising(body, name)
        elif name is not None and name not in loads_of(body):
            name = None
        classes = self.risks.classes(node.type) or ()
        return Handler(node.type, classes, number, name, self.block(body))

    # -- bodies

    def guard(self, block: Block, target: Target) -> Block:
        """Let a block set the flag, and leave out what follows, where it would raise."""
        segment: Block = []
        shows = risky = False
        for position, statement in enumerate(block):
            rest, after = block[position:], block[position + 1 :]
            danger = meets(self.risks.statement(statement), target.handled)
            seen = self.is_seen(statement, target)
            again = self.repeating.block([statement], own_names([*segment, statement]))
            apart = danger and (
                self.jumps(statement, target)
                or not again
                or (seen and isinstance(statement, COMPOUND))
            )
            if segment and (apart or not again or (danger and shows)):
                return self.closed(segment, rest, risky, target)
            if apart:
                return self.guard_one(statement, after, target)
            if not again:
                return [statement, *self.guard(after, target)]
            segment.append(statement)
            risky = risky or danger
            shows = shows or seen
            if may_leave(statement):  # what follows is reached only if it does not
                return self.closed(segment, after, risky, target)
        return self.probed(segment, [], target) if risky else segment

    def closed(self, segment: Block, rest: Block, risky: bool, target: Target) -> Block:
        if risky:
            return self.probed(segment, rest, target)
        return [*segment, *self.guard(rest, target)]

    def probed(self, segment: Block, rest: Block, target: Target) -> Block:
        probe = self.probe(segment, target)
        after = [*segment, *self.guard(rest, target)]
        return [probe, build.branch(target.calm(), after)]

    def guard_one(self, node: Node, rest: Block, target: Target) -> Block:
        """Guard a statement of its own kind, and what follows it."""
        match node:
            case gast.Raise():
                found = self.risks.raised_class(node.exc)
                taking = target.taking(found) if found else None
                if taking is None:
                    return [node]
                if node.cause is not None and taking.error is not None:
                    return [self.watched([node], target)]  # `from` is Python's to note
                return jump(node.exc, taking, target)
            case gast.If(test=test):
                if meets(self.risks.truth(test), target.handled):
                    return self.named_test(node, rest, target)
                lines = [mapped(node, lambda inner: self.guard(inner, target))]
            case gast.With(body=body):
                lines = [mapped(node, lambda inner: self.guard(inner, target))]
            case gast.For(iter=header, body=body):
                if meets(self.risks.of(header) | self.risks.iterated(header), target.handled):
                    return [self.refused(node)]
                new = shallow(node)
                new.body = left(self.guard(body, target), target)
                lines = [new]
            case gast.While(test=test, body=body):
                if meets(self.risks.truth(test), target.handled):
                    stop = gast.Break()
                    first = build.branch(test, body, [stop])
                    turned = build.while_loop(build.const(True), build.at(node.place, [first]))
                    turned.snapshots = getattr(node, "snapshots", None)
                    return self.guard_one(build.at(node.place, [turned])[0], rest, target)
                new = shallow(node)
                new.body = left(self.guard(body, target), target)
                lines = [new]
            case _:
                lines = self.single(node, target)
        follows = self.guard(rest, target)
        if not follows or target.flag not in bound_names(lines):
            return [*lines, *follows]
        return [*lines, build.branch(target.calm(), follows)]

    def named_test(self, node: Node, rest: Block, target: Target) -> Block:
        name = self.names.part("test")
        new = shallow(node)
        new.test = build.load(name)
        line = build.assign(name, build.call("bool", node.test))
        self.risks.kinds[name] = Number("b")
        return self.guard(build.at(node.place, [line, new]) + rest, target)

    def single(self, node: Node, target: Target) -> Block:
        """Probe a statement that cannot be repeated by one that raises the same."""
        asked = self.asking(node, target)
        if asked is not None:
            line = build.assign(self.names.part("asked"), asked)
            probe = self.watched(build.at(node.place, [line]), target)
            return [probe, build.branch(target.calm(), [node])]
        match node:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                part = self.names.part(name)
                run: Node = build.assign(part, value)
                after: Block = [build.assign(name, build.load(part))]
            case _:
                run, after = node, []
        probe = self.watched(build.at(node.place, [run]), target)
        return [probe, build.branch(target.calm(), after)] if after else [probe]

    def asking(self, node: Node, target: Target) -> Node | None:
        """Give an expression that raises what a write or a `pop` would raise; None without one."""
        fitting = self.risks.statement(node) - {TypeError, ValueError, FloatingPointError}
        alike = not meets(self.risks.statement(node) - fitting, target.handled)
        match node:
            case (
                gast.Assign(targets=[gast.Subscript(value=base, slice=index)])
                | gast.AugAssign(target=gast.Subscript(value=base, slice=index))
            ) if alike or is_list(self.risks.kind(base)):
                return build.item(clone(base), clone(index))
            case gast.AugAssign(target=gast.Name(id=name), op=op, value=value) if isinstance(
                self.risks.kind(build.load(name)), Array
            ):
                return build.binary(build.load(name), op, clone(value))
            case (
                gast.Assign(value=gast.Call(func=gast.Attribute(value=base, attr="pop"), args=args))
                | gast.Expr(value=gast.Call(func=gast.Attribute(value=base, attr="pop"), args=args))
            ) if len(args) < 2 and isinstance(self.risks.kind(base), (Items, Many)):
                index = clone(args[0]) if args else build.const(-1)
                return build.item(clone(base), index)
        return None

    def refused(self, node: Node) -> Node:
        from srcxform.specialise.refusal import diagnostic, raise_statement

        return raise_statement(self.externals, diagnostic(gast.Try()), "UnsupportedError")

    def jumps(self, node: Node, target: Target) -> bool:
        """Say whether a statement holds a `raise` that leads straight to a handler."""
        for inner in walk(node):
            if isinstance(inner, gast.Raise) and inner.exc is not None:
                found = self.risks.raised_class(inner.exc)
                if found is not None and target.taking(found) is not None:
                    return not self.risks.is_refusal(inner.exc)
        return False

    def is_seen(self, node: Node, target: Target) -> bool:
        return bool(stores(node) & target.seen) or self.repeating.writes_outside(node)

    # -- probes

    def probe(self, segment: Block, target: Target) -> Node:
        """Write a copy of statements, under names of their own, that sets the flag."""
        bound = bound_names(segment)
        new = {name: self.names.part(name) for name in sorted(bound)}
        for old, copy in new.items():
            if old in self.risks.kinds:
                self.risks.kinds[copy] = self.risks.kinds[old]
        given = sorted(bound & live_before(segment, set()))
        lines = [build.assign(new[name], build.load(name)) for name in given]
        for line in lines:
            line.given = True
        lines += rename(clone(staying(segment)), new)
        return self.watched(self.needed(lines, target), target)

    def needed(self, block: Block, target: Target) -> Block:
        """Drop what neither raises nor feeds what may raise."""
        kept: Block = []
        live: set[str] = set()
        for statement in reversed(block):
            danger = meets(self.risks.statement(statement), target.handled)
            match statement:
                case gast.Assign(targets=[gast.Name(id=name)]) if name not in live and not danger:
                    continue
            live |= loads(statement)
            kept.append(statement)
        return kept[::-1]

    def watched(self, body: Block, target: Target) -> Node:
        """Run statements under the handlers of a target, which only note what came."""
        handlers = []
        ours = self.externals.root(
            "SrcxformError", SrcxformError, "from srcxform.errors import SrcxformError"
        ) if self.may_refuse(body, target) else None  # fmt: skip
        if ours is not None:
            again = gast.Raise(exc=None, cause=None)
            handlers.append(gast.ExceptHandler(type=ours, name=None, body=[again]))
        for handler in target.handlers:
            if not handler.number:
                again = gast.Raise(exc=None, cause=None)
                handlers.append(gast.ExceptHandler(type=handler.taken, name=None, body=[again]))
                continue
            lines = [build.assign(target.flag, target.value(handler.number))]
            name = None
            if handler.error is not None:
                name = self.names.part("error")
                lines.append(build.assign(handler.error, build.load(name)))
            held = None if name is None else build.store(name)
            every = build.load("BaseException") if held is not None else None
            handlers.append(gast.ExceptHandler(type=handler.taken or every, name=held, body=lines))
        line = gast.Try(body=body, handlers=handlers, orelse=[], finalbody=[])
        return build.at(target.place, [line])[0]

    def may_refuse(self, body: Block, target: Target) -> bool:
        """Say whether a refusal of ours may come where it would be taken for the user's."""
        if not meets(REFUSALS, target.handled):
            return False
        if any(issubclass(SrcxformError, h.classes) and not h.number for h in target.handlers):
            return False
        refuses = any(
            isinstance(n, gast.Raise) and n.exc is not None and self.risks.is_refusal(n.exc)
            for n in walk(body)
        )
        return refuses or self.repeating.calls_users(body)


def is_list(kind: Kind) -> bool:
    return isinstance(kind, (Items, Many)) and kind.type == "list"


def loads_of(block: Block) -> set[str]:
    return {name for s in block for name in loads(s)}


def raising(block: Block, name: str) -> Block:
    """Let `raise` say what it raises; a handler inside raises what it caught itself."""
    new: Block = []
    for statement in block:
        if isinstance(statement, gast.Raise) and statement.exc is None:
            statement = shallow(statement)
            statement.exc = build.load(name)
        elif isinstance(statement, LOOPS):
            statement = shallow(statement)
            statement.body = raising(statement.body, name)
        elif is_handling(statement):
            statement = shallow(statement)
            statement.body = raising(statement.body, name)
            statement.orelse = raising(statement.orelse, name)
        else:
            statement = mapped(statement, lambda inner: raising(inner, name))
        new.append(statement)
    return new


def may_leave(node: Node) -> bool:
    """Say whether a statement may leave the loop that it stands in."""
    return isinstance(node, gast.Break) or any(may_leave(s) for b in parts(node) for s in b)


def staying(block: Block) -> Block:
    """Give the statements of a probe, which leaves no loop: the branch behind it does."""
    return [gast.Pass() if isinstance(s, gast.Break) else mapped(s, staying) for s in block]


def own_names(block: Block) -> set[str]:
    """Give the names that a block binds before it reads them."""
    return bound_names(block) - live_before(block, set())


def opened(block: Block) -> Block:
    """Show each `try` as branches: enough for an analysis that does not follow the order."""
    new: Block = []
    for statement in block:
        if isinstance(statement, gast.Try):
            ways = [statement.body, *(h.body for h in statement.handlers), statement.orelse,
                    statement.finalbody]  # fmt: skip
            new += [line for way in ways for line in opened(way)]
        elif isinstance(statement, COMPOUND):
            copy = shallow(statement)
            copy.body = opened(statement.body)
            if not isinstance(statement, gast.With):
                copy.orelse = opened(statement.orelse)
            new.append(copy)
        else:
            new.append(statement)
    return new
