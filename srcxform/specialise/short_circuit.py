"""`and` and `or` of truth values: an operand is asked only where those before it leave it open.

n > 0 and p.width > 1       if n > 0:
                                ...                 # the property `width`
                                test = width > 1
                            else:
                                test = False
"""

from __future__ import annotations

import gast

from srcxform.kinds.lattice import NEVER, Const, Number
from srcxform.specialise.mixed import tried
from srcxform.specialise.object_operators import tested
from srcxform.specialise.operators import truth
from srcxform.specialise.scope import Env, Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node


def boolean(state: State, node: Node) -> Evaluated:
    """Specialise `a and b`: what is decided falls away."""
    stop = isinstance(node.op, gast.Or)
    kept: list[Evaluated] = []
    for value in node.values:
        before = state.env
        lines, (new, kind) = operand(state, node, value, kept)
        known = truth(kind)
        if lines:
            kept = [guarded(state, node, kept, lines, (new, kind), before)]
        elif known is stop and not kept:
            return new, Const(stop)
        elif known is not (not stop):
            kept.append((new, kind))
        if known is stop:
            break
    if not kept:
        return build.const(not stop), Const(not stop)
    if getattr(node, "is_value", False) and known is True and not stop and not lines:
        last, kind = kept[-1]  # `c and True` gives True, where c may be one of NumPy's
        kept[-1] = build.call("bool", last), kind
    return whole(state, node, kept)


def chained(state: State, node: Node) -> Node | None:
    """Write `a < b < c` as `a < b and b < c`, where c needs statements that may not be run."""
    from srcxform.specialise.expressions import evaluate

    if len(node.ops) < 2 or state.env is None or state.fixed:
        return None
    before = dict(state.env)
    with state.rehearsal(), state.block() as asked:
        for part in node.comparators[1:]:
            evaluate(state, part)
    state.env = before
    if not asked:
        return None
    left, middle = atom(state, node.left), atom(state, node.comparators[0])
    first = gast.Compare(left=left, ops=node.ops[:1], comparators=[middle])
    rest = gast.Compare(left=middle, ops=node.ops[1:], comparators=node.comparators[1:])
    both = gast.BoolOp(op=gast.And(), values=[first, rest])
    first.place = rest.place = both.place = getattr(node, "place", None)
    return both


def atom(state: State, node: Node) -> Node:
    """Give an operand that is evaluated once, and read more than once."""
    from srcxform.specialise.expressions import evaluate
    from srcxform.specialise.spreading import under_name

    if isinstance(node, gast.Constant):
        return node
    return state.scope.alias(under_name(state, *evaluate(state, node)))


def whole(state: State, node: Node, kept: list[Evaluated]) -> Evaluated:
    if len(kept) == 1:
        return kept[0]
    new = gast.BoolOp(op=node.op, values=[value for value, _ in kept])
    new.place = state.at(node)
    return new, Number("b")


def operand(
    state: State, node: Node, value: Node, kept: list[Evaluated]
) -> tuple[Block, Evaluated]:
    """Evaluate an operand with what those before it say; give the lines that it needs first."""
    from srcxform.specialise.expressions import evaluate
    from srcxform.specialise.statements import narrow

    if not kept or state.env is None:
        return [], tested(state, evaluate(state, value))
    before, state.env = state.env, dict(state.env)
    for test, _ in kept:
        narrow(state, test, isinstance(node.op, gast.And))
    with state.block() as lines:
        found = tried(state, lambda _: tested(state, evaluate(state, value)), kept[-1])
    if not lines and state.env is not None:
        state.env = {**state.env, **before}
    return lines, found or (build.const(None), NEVER)


def guarded(
    state: State,
    node: Node,
    kept: list[Evaluated],
    lines: Block,
    value: Evaluated,
    before: Env | None,
) -> Evaluated:
    """Write the lines that an operand needs where it is asked, and what comes of it."""
    out = state.names.part(state.hint)
    asked = whole(state, node, kept)[0]
    reached = state.env is not None
    after, state.env = state.env, before
    if getattr(node, "is_value", False):  # it is the very value of the operand that decides
        state.emit(build.assign(out, asked))
        asked, decided = build.load(out), []
    else:
        decided = [build.assign(out, build.const(isinstance(node.op, gast.Or)))]
    state.bind(out, Number("b"))
    if reached:
        lines.append(build.assign(out, value[0]))
        state.env = state.join_env({**(after or {}), out: Number("b")}, state.env)
    both = (lines, decided) if isinstance(node.op, gast.And) else (decided, lines)
    state.emit(build.branch(asked, *both))
    return build.load(out), Number("b")
