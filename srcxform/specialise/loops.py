"""Loops: kinds to a fixed point, and iteration over values as iteration over positions.

`for x in xs` becomes `for k in range(len(xs)): x = xs[k]` where a derivative may pass through the
elements: forward and backward then read and write the same positions. Loops over anything else
stay as they are.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Stream,
    is_callee,
    is_differentiable,
)
from srcxform.specialise.certainty import check_iteration
from srcxform.specialise.containers import contents, iterated
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.operators import truth
from srcxform.specialise.scope import Env, Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import load_list

UNROLLED = 32  # turns of a loop over functions
PATIENCE = 8  # rounds before what still changes becomes unknown


@dataclass(frozen=True)
class Walk:
    """Iteration by position: how many there are, and what stands at one."""

    lengths: tuple[Node, ...]
    at: Callable[[Node], Node]  # the expression (maybe a tuple display) at a position
    backwards: bool = False
    keys: Node | None = None  # a dict is walked by its keys
    passes: bool = True


def for_statement(state: State, node: Node) -> None:
    from srcxform.specialise.statements import block, written

    place = state.place
    iterable = node.iter
    target = node.target
    if unrolled(state, node):
        return
    walk = plan(state, iterable)
    if walk is not None:
        position, header = positions(state, walk, target)
        state.bind(position, Number("i") if walk.keys is None else Opaque(str))

        def start() -> None:
            element = walk.at(build.load(position))
            if isinstance(target, gast.Name) and isinstance(element, gast.Name):
                if written(state, target.id) != position:
                    assign_residual(state, target, element)
            else:
                assign_residual(state, target, element)

        header_target: Node = build.store(position)
    else:
        item = yielded(state, iterable)
        header, _ = evaluate(state, iterable)
        if any(isinstance(state.kind_of(n), Stream) for n in load_list(header)):
            # the forward sweep uses an iterator up: the backward sweep walks over a list of it
            header = named(state, build.call("list", header), Many("list", item))
        names = [written(state, t.id) for t in getattr(target, "elts", [target])]
        parts = names[0] if isinstance(target, gast.Name) else None
        header_target = (
            build.store(parts)
            if parts
            else build.sequence(map(build.store, names), ctx=gast.Store())
        )

        def start() -> None:
            if parts:
                state.bind(parts, item)
                return
            inside = contents(state, item)
            for name, one in zip(
                names, inside if len(inside) > 1 else inside * len(names), strict=False
            ):
                state.bind(name, one)

    def body() -> None:
        start()
        block(state, node.body)

    lines, after = fixed_point(state, body)
    loop = build.for_loop(header_target, header, lines)
    loop.place = place
    state.lines.append(loop)
    state.env = after
    state.place = place


def unrolled(state: State, node: Node) -> bool:
    """Write a loop over functions turn by turn; say whether that was done."""
    from srcxform.specialise.statements import block

    with state.rehearsal():
        walk = planned(state, node.iter)
        turns = None if walk is None else steps(state, walk)
    if turns is None or any(isinstance(inner, gast.Break) for inner in own_loop(node.body)):
        return False
    walk = planned(state, node.iter)
    assert walk is not None
    for turn in turns:
        assign_residual(state, node.target, walk.at(turn))
        block(state, node.body)
    return True


def own_loop(lines: list[Node]) -> Iterator[Node]:
    """Give the statements of a loop's body that are not those of a loop inside."""
    for line in lines:
        yield line
        if isinstance(line, gast.If):
            yield from own_loop([*line.body, *line.orelse])


def steps(state: State, walk: Walk) -> list[Node] | None:
    """Give the positions one by one where what stands there is known while compiling only."""
    from srcxform.specialise.statements import evaluate_residual

    if walk.keys is not None:
        kind = evaluate_residual(state, walk.keys)[1]
        names: list[Any] = [*kind.keys] if isinstance(kind, Mapping) else []
    else:
        counts = [evaluate_residual(state, length)[1] for length in walk.lengths]
        known = [c.value for c in counts if isinstance(c, Const)]
        names = [*range(min(known))] if len(known) == len(counts) else []
    turns = [build.const(name) for name in (reversed(names) if walk.backwards else names)]
    with state.rehearsal():
        kinds = [evaluate_residual(state, walk.at(turn))[1] for turn in turns]
    if len(turns) > UNROLLED or not any(map(holds_callee, kinds)) or len(set(kinds)) == 1:
        return None
    return turns


def holds_callee(kind: Kind) -> bool:
    return is_callee(kind) or isinstance(kind, Items) and any(map(holds_callee, kind.items))


def yielded(state: State, node: Node) -> Kind:
    """Give the kind of what iterating over an expression yields."""
    with state.rehearsal():
        if isinstance(node, gast.Call) and not any(isinstance(a, gast.Starred) for a in node.args):
            callee = evaluate(state, node.func)[1] if isinstance(node.func, gast.Name) else UNKNOWN
            function = callee.value if isinstance(callee, Const) else None
            if function is builtins.zip:
                return Items("tuple", tuple(yielded(state, arg) for arg in node.args))
            if function is builtins.enumerate and node.args:
                return Items("tuple", (Number("i"), yielded(state, node.args[0])))
            if (
                function in (builtins.reversed, builtins.list, builtins.tuple)
                and len(node.args) == 1
            ):
                return yielded(state, node.args[0])
        kind = evaluate(state, node)[1]
        check_iteration(state, kind)
        return iterated(state, kind)


def while_statement(state: State, node: Node) -> None:
    from srcxform.specialise.statements import block

    place = state.place
    test, kind = evaluate(state, node.test)
    if truth(kind) is False:
        return
    tests: list[Evaluated] = []

    def body() -> None:
        tests.append(evaluate(state, node.test))
        block(state, node.body)

    lines, after = fixed_point(state, body, endless=is_true(node.test))
    loop = build.while_loop(tests[-1][0], lines)
    loop.place = place
    state.lines.append(loop)
    state.env = after
    state.place = place


def is_true(node: Node) -> bool:
    return isinstance(node, gast.Constant) and bool(node.value)


def fixed_point(
    state: State, body: Callable[[], None], endless: bool = False
) -> tuple[list[Node], Env | None]:
    """Run a loop's body until its kinds settle, then write it; give the kinds after it."""
    head: Env | None = dict(state.env or {})
    start = dict(head or {})
    for turn in range(50):
        with state.rehearsal():
            state.env = dict(head or {})
            state.breaks.append([])
            body()
            state.breaks.pop()
        new = state.join_env(start, state.env)
        if new == head:
            break
        head = new if turn < PATIENCE else widened(head or {}, new or {})
    state.env = dict(head or {})
    state.breaks.append([])
    with state.block() as lines:
        body()
    leaving = state.breaks.pop()
    after = None if endless else state.join_env(head, state.env)
    for env in leaving:
        after = state.join_env(after, env)
    return lines, after


def widened(old: Env, new: Env) -> Env:
    return {name: kind if old.get(name, kind) == kind else UNKNOWN for name, kind in new.items()}


def positions(state: State, walk: Walk, target: Node) -> tuple[str, Node]:
    """Give the name that runs over positions, and what it runs over."""
    from srcxform.specialise.statements import written

    own = walk.at(build.load("k"))
    first = own.elts[0] if isinstance(own, gast.Tuple) else None
    if (
        isinstance(first, gast.Name)
        and isinstance(target, gast.Tuple)
        and isinstance(target.elts[0], gast.Name)
    ):
        name = written(state, target.elts[0].id)  # `for i, x in enumerate(xs)`: i is the position
    else:
        name = state.names.like("k" if walk.keys is None else "key")
    if walk.keys is not None:
        return name, walk.keys
    lengths = walk.lengths
    count = lengths[0] if len(lengths) == 1 else build.call("min", *lengths)
    header = build.call("range", count)
    return name, build.call("reversed", header) if walk.backwards else header


def assign_residual(state: State, target: Node, element: Node) -> None:
    """Bind loop targets to the element, whose names are residual ones."""
    from srcxform.specialise.statements import evaluate_residual, written

    if isinstance(target, gast.Tuple):
        if isinstance(element, gast.Tuple) and len(element.elts) == len(target.elts):
            for part, value in zip(target.elts, element.elts, strict=True):
                assign_residual(state, part, value)
            return
        holder = state.names.part("item")
        assign_residual(state, build.store(holder), element)
        from srcxform.specialise.statements import unpack

        value, kind = evaluate_residual(state, build.load(holder))
        unpack(state, target, value, kind)
        return
    name = written(state, target.id)
    if isinstance(element, gast.Tuple):
        element = atoms_of(state, element)
    value, kind = evaluate_residual(state, element)
    if not (isinstance(value, gast.Name) and value.id == name):
        state.emit(build.assign(name, value))
    state.bind(name, kind)


def atoms_of(state: State, display: Node) -> Node:
    """Name the parts of a tuple display."""
    parts = []
    for part in display.elts:
        if not isinstance(part, (gast.Name, gast.Constant)):
            holder = state.names.part("item")
            assign_residual(state, build.store(holder), part)
            part = build.load(holder)
        parts.append(part)
    return build.sequence(parts)


def plan(state: State, node: Node) -> Walk | None:
    """Decide how a loop walks; None keeps Python's own iteration."""
    if isinstance(node, gast.Call) and not is_differentiable(yielded(state, node)):
        return None
    walk = planned(state, node)
    return walk if walk is not None and walk.passes else None


def planned(state: State, node: Node) -> Walk | None:
    if isinstance(node, gast.Call) and all(k.arg in ("strict", "start") for k in node.keywords):
        special = planned_call(state, node)
        if special is not None:
            return special
    passes = is_differentiable(yielded(state, node))
    value, kind = evaluate(state, node)
    found = over(state, value, kind)
    return found if passes or found is None else replace(found, passes=False)


def over(state: State, value: Node, kind: Kind) -> Walk | None:
    """Walk over a value by position."""
    match kind:
        case Opaque(type=kind_type) if kind_type is range and isinstance(
            value, gast.Name | gast.Call
        ):
            if isinstance(value, gast.Call) and getattr(value.func, "id", "") != "range":
                return None
            base = named(state, value, kind)
            return Walk((build.call("len", base),), lambda k: build.item(base, k), passes=False)
        case Mapping() | Cell(type="dict") | Opaque():
            return None
        case Array() | Items() | Cell() | Many():
            base = named(state, value, kind)
            passes = is_differentiable(iterated(state, kind))
            return Walk((build.call("len", base),), lambda k: build.item(base, k), passes=passes)
        case Const(value=str() | range()):
            return None
    inside = Many("list", kind.item) if isinstance(kind, Stream) else UNKNOWN
    listed = named(state, build.call("list", value), inside)
    return Walk((build.call("len", listed),), lambda k: build.item(listed, k))


def named(state: State, value: Node, kind: Kind) -> Node:
    if isinstance(value, gast.Name):
        return value
    name = state.names.part("items")
    state.emit(build.assign(name, value))
    state.bind(name, kind)
    return build.load(name)


def planned_call(state: State, node: Node) -> Walk | None:
    """`enumerate`, `zip`, `reversed` and the views of a dict."""
    if isinstance(node.func, gast.Attribute):
        return planned_view(state, node)
    _, callee = evaluate(state, node.func)
    function = callee.value if isinstance(callee, Const) else None
    if function is builtins.enumerate and node.args:
        inner = planned(state, node.args[0])
        if inner is None or inner.keys is not None or inner.backwards:
            return None
        at = inner.at
        given = [*node.args[1:], *(k.value for k in node.keywords)]
        first = evaluate(state, given[0])[0] if given else None

        def numbered(k: Node) -> Node:
            number = k if first is None else build.binary(k, gast.Add(), first)
            return build.sequence([number, at(k)])

        return Walk(inner.lengths, numbered, passes=inner.passes)
    if function is builtins.zip:
        parts = [planned(state, arg) for arg in node.args]
        if any(p is None or p.keys is not None for p in parts):
            return None
        known = [ahead(p) for p in parts if p is not None]
        if node.keywords and truth(evaluate(state, node.keywords[0].value)[1]) is not False:
            check_lengths(state, known)
        return Walk(
            tuple(length for p in known for length in p.lengths),
            lambda k: build.sequence([p.at(k) for p in known]),
            passes=any(p.passes for p in known),
        )
    if function is builtins.reversed:
        inner = planned(state, node.args[0])
        if inner is None or inner.keys is not None:
            return None
        return Walk(inner.lengths, inner.at, not inner.backwards, passes=inner.passes)
    return None


def check_lengths(state: State, parts: list[Walk]) -> None:
    """`zip(..., strict=True)` raises where the lengths differ."""
    first, *others = [part.lengths[0] for part in parts]
    for other in others:
        test = gast.Compare(left=first, ops=[gast.NotEq()], comparators=[other])
        text = build.const("zip() arguments have different lengths")
        error = gast.Raise(exc=build.call("ValueError", text), cause=None)
        error.place = state.place
        state.emit(build.branch(test, [error]))


def ahead(walk: Walk) -> Walk:
    """Walk backwards by counting positions from the end."""
    if not walk.backwards:
        return walk
    last = build.binary(walk.lengths[0], gast.Sub(), build.const(1))
    return Walk(
        walk.lengths, lambda k: walk.at(build.binary(last, gast.Sub(), k)), passes=walk.passes
    )


def planned_view(state: State, node: Node) -> Walk | None:
    """`d.items()` and `d.values()` walk by the keys of d."""
    base, kind = evaluate(state, node.func.value)
    is_dict = isinstance(kind, Mapping) or isinstance(kind, (Cell, Many)) and kind.type == "dict"
    if not is_dict or node.func.attr not in ("items", "values", "keys"):
        return None
    holder = named(state, base, kind)
    if node.func.attr == "keys":
        return Walk((), lambda k: k, keys=holder, passes=False)
    if node.func.attr == "values":
        return Walk((), lambda k: build.item(holder, k), keys=holder)
    return Walk((), lambda k: build.sequence([k, build.item(holder, k)]), keys=holder)
