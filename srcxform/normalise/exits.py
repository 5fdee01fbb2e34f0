"""Leave no `return` but the last statement, no `continue`, and `break` only where a body ends.

What follows an exit moves into the branch that does not exit, so that `if c: return a` becomes
if/else; only where several branches fall through does a flag stand for the exit. After this pass
a block runs from its first statement to its last, or leaves its loop by a final `break`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import gast

from srcxform.normalise.loop_else import LOOPS, with_body
from srcxform.normalise.parts import PARTED, mapped, parts, with_parts
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names

Replace = Callable[[Node], Block]


@dataclass(frozen=True)
class Exits:
    """How one family of exits is rewritten."""

    types: tuple[type, ...]
    tail: Replace  # where nothing follows
    flagged: Replace  # where something follows that must not run
    flags: Callable[[], str]  # the flag set by `flagged`
    through_loops: bool

    def enclosed(self) -> Exits:
        """Give the same inside a `try` or `with`, where no `break` may stand."""

        def tail(node: Node) -> Block:
            return self.flagged(node) if isinstance(node, gast.Break) else self.tail(node)

        return replace(self, tail=tail)


def returns(block: Block, names: Names) -> tuple[Block, str | None]:
    """Rewrite a function's body; give it and the name of its result (None: no value returned)."""
    found = [s for s in statements(block) if isinstance(s, gast.Return)]
    if not found:
        return [*block], None
    if len(found) == 1 and block[-1] is found[0]:
        return [*block], None
    out = names.like("out")
    done: list[str] = []

    def value(node: Node) -> Block:
        return build.at(node.place, [build.assign(out, node.value or build.const(None))])

    def flag() -> str:
        if not done:
            done.append(names.part("returned"))
        return done[0]

    def flagged(node: Node) -> Block:
        return [*value(node), *build.at(node.place, [build.assign(flag(), build.const(True))])]

    exits = Exits((gast.Return,), value, flagged, flag, through_loops=True)
    body = block
    if not always(block):
        last = gast.Return(value=None)
        last.place = block[-1].place
        body = [*block, last]
    new = route(body, exits, tail=True)
    if done:
        start = build.assign(done[0], build.const(False))
        new = [*build.at(block[0].place, [start]), *new]
    return [*new, *build.at(block[-1].place, [build.returning(build.load(out))])], out


def jumps(block: Block, names: Names) -> Block:
    """Rewrite every loop of a block: no `continue`, `break` only at the end of a body."""
    new = []
    for statement in block:
        if isinstance(statement, PARTED):
            statement = mapped(statement, lambda inner: jumps(inner, names))
        elif isinstance(statement, LOOPS):
            statement = with_body(statement, loop_body(jumps(statement.body, names), names))
        new.append(statement)
    return new


def loop_body(block: Block, names: Names) -> Block:
    if not any(contains(s, (gast.Break, gast.Continue), False) for s in block):
        return block
    flags: list[str] = []

    def flag() -> str:
        if not flags:
            flags.extend([names.part("skip"), names.part("stop")])
        return flags[0]

    def tail(node: Node) -> Block:
        return [node] if isinstance(node, gast.Break) else []

    def flagged(node: Node) -> Block:
        lines = [build.assign(flag(), build.const(True))]
        if isinstance(node, gast.Break):
            lines.append(build.assign(flags[1], build.const(True)))
        return build.at(node.place, lines)

    exits = Exits((gast.Break, gast.Continue), tail, flagged, flag, through_loops=False)
    new = route(block, exits, tail=True)
    if flags:
        start = [build.assign(name, build.const(False)) for name in flags]
        leave = gast.Break()
        leave.place = block[-1].place
        new = [*start, *without_breaks(new, flags), build.branch(build.load(flags[1]), [leave])]
        build.at(block[0].place, new)
    return new


def without_breaks(block: Block, flags: list[str]) -> Block:
    """Turn the breaks that are left into the flag, since a test of the flag will follow."""
    new: Block = []
    for statement in block:
        if isinstance(statement, gast.Break):
            new += build.at(statement.place, [build.assign(flags[1], build.const(True))])
        elif isinstance(statement, PARTED):
            new.append(mapped(statement, lambda inner: without_breaks(inner, flags)))
        else:
            new.append(statement)
    return new


def route(block: Block, exits: Exits, tail: bool) -> Block:
    """Rewrite the exits of a block; `tail` says that nothing follows it."""
    new: Block = []
    for index, statement in enumerate(block):
        rest = block[index + 1 :]
        if isinstance(statement, exits.types):
            return [*new, *(exits.tail if tail else exits.flagged)(statement)]
        if not contains(statement, exits.types, exits.through_loops):
            new.append(statement)
            continue
        if isinstance(statement, gast.If):
            return [*new, *route_branch(statement, rest, exits, tail)]
        if isinstance(statement, gast.Try):
            return [*new, *route_try(statement, rest, exits, tail)]
        if isinstance(statement, gast.With):
            inner = route(statement.body, exits.enclosed(), tail and not rest)
            body = with_parts(statement, [inner])
            return [*new, body, *guarded(statement, rest, exits, tail)]
        return [*new, *route_loop(statement, rest, exits, tail)]
    return new


def route_branch(statement: Node, rest: Block, exits: Exits, tail: bool) -> Block:
    body, orelse = statement.body, statement.orelse
    if rest and always(body):
        orelse, rest = [*orelse, *rest], []
    elif rest and always(orelse):
        body, rest = [*body, *rest], []
    inner = tail and not rest
    test = build.branch(statement.test, route(body, exits, inner), route(orelse, exits, inner))
    return [*build.at(statement.place, [test]), *guarded(statement, rest, exits, tail)]


def route_try(statement: Node, rest: Block, exits: Exits, tail: bool) -> Block:
    """Route exits out of a `try`; what follows it never moves into its body.

    It moves into the `else` part where every handler exits and the body does not, and into a
    handler where all other ways exit: neither is watched over by this `try`.
    """
    body, *handlers, orelse, final = parts(statement)
    staying = [k for k, handler in enumerate(handlers) if not always(handler)]
    if rest and not final:
        if not staying and not exits_in(body, exits):
            orelse, rest = [*orelse, *rest], []
        elif len(staying) == 1 and (always(orelse) if orelse else always(body)):
            handlers[staying[0]] = [*handlers[staying[0]], *rest]
            rest = []
    inner = tail and not rest
    inside = exits.enclosed()
    new_body = route(body, inside, inner and not orelse)
    new_orelse = route(orelse, inside, inner)
    if orelse and exits_in(body, exits):
        new_orelse = guarded(statement, orelse, inside, inner)
    new_handlers = [route(handler, inside, inner) for handler in handlers]
    routed = with_parts(statement, [new_body, *new_handlers, new_orelse, final])
    return [routed, *guarded(statement, rest, exits, tail)]


def exits_in(block: Block, exits: Exits) -> bool:
    return any(contains(s, exits.types, exits.through_loops) for s in block)


def route_loop(statement: Node, rest: Block, exits: Exits, tail: bool) -> Block:
    def leave(node: Node) -> Block:
        stop = gast.Break()
        stop.place = node.place
        return [*exits.flagged(node), stop]

    inside = Exits(exits.types, leave, leave, exits.flags, through_loops=True)
    loop = with_body(statement, route_through(statement.body, inside))
    return [loop, *guarded(statement, rest, exits, tail)]


def route_through(block: Block, exits: Exits) -> Block:
    """Rewrite exits inside a loop's body, where each becomes flag and `break`."""
    new: Block = []
    for statement in block:
        if isinstance(statement, exits.types):
            return [*new, *exits.tail(statement)]
        if isinstance(statement, PARTED):
            statement = mapped(statement, lambda inner: route_through(inner, exits))
        elif isinstance(statement, LOOPS) and contains(statement, exits.types, True):
            loop = with_body(statement, route_through(statement.body, exits))
            stop = gast.Break()
            stop.place = statement.place
            test = build.branch(build.load(exits.flags()), [stop])
            new += [loop, *build.at(statement.place, [test])]
            continue
        new.append(statement)
    return new


def guarded(statement: Node, rest: Block, exits: Exits, tail: bool) -> Block:
    if not rest:
        return []
    test = build.inverted(build.load(exits.flags()))
    return build.at(statement.place, [build.branch(test, route(rest, exits, tail))])


def always(block: Block) -> bool:
    """Say whether a block surely exits (returns, breaks, continues or raises) before its end."""
    if not block:
        return False
    match block[-1]:
        case gast.Return() | gast.Break() | gast.Continue() | gast.Raise():
            return True
        case gast.If(body=body, orelse=orelse):
            return always(body) and always(orelse)
        case gast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            ends = always(body) or always(orelse)
            return always(final) or ends and all(always(h.body) for h in handlers)
        case gast.While(test=gast.Constant(value=value), body=body) if value:
            return not any(contains(s, (gast.Break,), False) for s in body)
    return False


def contains(statement: Node, types: tuple[type, ...], through_loops: bool) -> bool:
    if isinstance(statement, types):
        return True
    inside = parts(statement)
    if through_loops and isinstance(statement, LOOPS):
        inside = [statement.body, statement.orelse]
    return any(contains(s, types, through_loops) for block in inside for s in block)


def statements(block: Block) -> Block:
    """Give all statements of a block and of the blocks inside it."""
    found: Block = []
    for statement in block:
        found.append(statement)
        if isinstance(statement, LOOPS):
            found += statements(statement.body) + statements(statement.orelse)
        for block_inside in parts(statement):
            found += statements(block_inside)
    return found
