"""Loops: kinds to a fixed point, and iteration over values as iteration over positions.

`for x in xs` becomes `for k in range(len(xs)): x = xs[k]` where a derivative may pass through the
elements: forward and backward then read and write the same positions. Loops over anything else
stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from srcxform.kinds.callables import (
    Closure,
    Derived,
    Partial,
    in_tuples,
    is_callee,
    is_of_one_turn,
    is_virtual,
)
from srcxform.kinds.lattice import (
    UNKNOWN,
    Const,
    Kind,
    Many,
    Maybe,
    Number,
    Stream,
    Suspended,
    holds_instance,
    torn_from,
)
from srcxform.kinds.nesting import knotted
from srcxform.normalise.bindings import runs
from srcxform.specialise.ahead import note
from srcxform.specialise.changing import walked
from srcxform.specialise.containers import contents
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.gathered import gathered
from srcxform.specialise.object_iteration import iterable
from srcxform.specialise.object_operators import is_object, tested
from srcxform.specialise.operators import truth
from srcxform.specialise.scope import Env, Evaluated, State
from srcxform.specialise.stepwise import hand_on
from srcxform.specialise.suspended import loop_over
from srcxform.specialise.unrolling import counted_out, known_turns, unrolled
from srcxform.specialise.walks import Walk, named, plan, yielded
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import load_list, loads

PATIENCE = 8  # rounds before what still changes becomes unknown


def for_statement(state: State, node: Node) -> None:
    """Specialise a `for`."""
    start = len(state.lines)
    as_turns(state, node)
    hand_on(state, node, start)
    listed = getattr(node, "ahead", None)
    if listed is not None and state.env is not None:
        (name,) = state.scope.residual({listed})
        note(state, name, start, state.scope.residual(loads(node.iter)))


def while_statement(state: State, node: Node) -> None:
    """Specialise a `while`."""
    start = len(state.lines)
    by_turns(state, node, write_while, counted_out, counted_out)
    hand_on(state, node, start)


def as_turns(state: State, node: Node) -> None:
    """Specialise a `for`: turn by turn, where else it would not be known what is called in it."""
    by_turns(
        state, node, as_loop,
        lambda state, node: known_turns(state, node.iter),
        lambda state, node: unrolled(state, node, node.iter, always=True),
    )  # fmt: skip


def by_turns(
    state: State,
    node: Node,
    loop: Callable[[State, Node], None],
    few: Callable[[State, Node], bool],
    turns: Callable[[State, Node], bool],
) -> None:
    """Write a loop; its turns one after the other where the loop loses track and they are few."""
    names, lines = state.names, len(state.lines)
    taken, counts = set(names.taken), dict(names.counts)
    env, cells, lost = dict(state.env or {}), state.cells.again(), state.lost
    levels, raises = dict(state.cells.levels), state.cells.raises
    came_in, private = state.came_in.copy(), dict(state.private)
    loop(state, node)
    if state.lost == lost or state.fixed or state.scope.function is None:
        return
    with state.rehearsal():
        here, state.env = state.env, dict(env)
        found = few(state, node)
        state.env = here
    if not found:
        return
    del state.lines[lines:]
    names.taken, names.counts = taken | state.lasting_names(), counts
    names.take(state.slots.values())
    state.env, state.came_in, state.private = env, came_in, private
    state.cells.held, state.cells.keyed = cells.held, cells.keyed
    state.cells.back_to(levels, raises)
    state.lost = lost  # what the turns know is not lost to the loops around
    turns(state, node)


def as_loop(state: State, node: Node) -> None:
    from srcxform.specialise.statements import block, evaluate_residual, written
    from srcxform.specialise.streams import left, walk_of

    private = dict(state.private)
    over = elements_of_object(state, spread(state, node.iter))
    source = generator(state, over)
    if source is not None:
        loop_over(state, node, source)
        return
    place = state.place
    target = node.target
    walk = walk_of(state, over)
    if state.env is None:
        return
    if walk is None and written_out(state, node, over, private):
        return
    walk = walk or plan(state, over)
    if state.env is None:
        return
    listed: Node | None = None
    if walk is not None:
        position, header = positions(state, walk, target)
        keys = walk.keys and evaluate_residual(state, walk.keys)[1]
        state.bind(position, Number("i") if keys is None else state.cells.key(keys))

        def start() -> None:
            element = walk.at(build.load(position))
            if walk.since:
                further = build.binary(build.load(position), gast.Add(), build.const(1))
                state.emit(build.assign(walk.since, further))
                state.bind(walk.since, Number("i"))
            if isinstance(target, gast.Name) and isinstance(element, gast.Name):
                if written(state, target.id) != position:
                    assign_residual(state, target, element)
            else:
                assign_residual(state, target, element)

        header_target: Node = build.store(position)
    else:
        item = yielded(state, over)
        header, _ = evaluate(state, over)
        if any(isinstance(state.kind_of(n), Stream) for n in load_list(header)):
            # the forward sweep uses an iterator up: the backward sweep walks over a list of it
            listed = header
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

    first = 0

    def body() -> None:
        nonlocal first
        state.place = place  # not that of the line at which an earlier run through it ended
        start()
        first = len(state.lines)
        block(state, node.body)

    since = walk.since if walk is not None else ""
    state.running.append(since)
    lines, after = fixed_point(state, body, has_turns=runs(node))
    state.running.pop()
    if walk is not None:
        loops = walked(state, walk, position, header, lines, first)
    else:
        loops = [build.for_loop(header_target, header, lines)]
    state.lines += build.at(place, loops)
    state.env = after
    state.place = place
    if listed is not None and leaves(lines):
        left(state, listed)


def written_out(state: State, node: Node, over: Node, private: dict[str, Block]) -> bool:
    """Write a loop turn by turn, where that is called for; who has been `private` still is.

    To ask what the loop runs over is not to keep it.
    """
    asked = state.private
    if over is node.iter:
        state.private = private
    if gathered(state, node, over) or unrolled(state, node, over):
        return True
    state.private = asked
    return False


def spread(state: State, node: Node) -> Node:
    """Write out what `*rows` gives to `zip(*rows)` in the header of a loop."""
    if not isinstance(node, gast.Call) or state.scope.function is None:
        return node
    if not any(isinstance(arg, gast.Starred) for arg in node.args):
        args = [spread(state, arg) for arg in node.args]
        same = args == node.args
        return node if same else gast.Call(func=node.func, args=args, keywords=node.keywords)
    from srcxform.specialise.arguments import arguments
    from srcxform.specialise.builtin_forms import columns

    if not isinstance(node.func, gast.Name) or evaluate(state, node.func)[1] != Const(zip):
        return node
    found = columns(state, node)
    given = [found] if found is not None else arguments(state, node.args)
    if given is None:
        return node
    names = []
    for value in given:
        names.append(state.scope.alias(named(state, *value)))
    if found is not None:
        return names[0]
    return gast.Call(func=node.func, args=names, keywords=node.keywords)


def elements_of_object(state: State, node: Node) -> Node:
    """Give what a loop over an object runs over, under a name; all else as it is."""
    if isinstance(node, gast.Constant) or state.scope.function is None:
        return node
    with state.rehearsal():
        before = dict(state.env or {})
        kind = evaluate(state, node)[1]
        state.env = before
    if not is_object(kind):
        return node
    value, found = iterable(state, node, evaluate(state, node))
    if found is kind or is_object(found):
        return node
    if not isinstance(value, gast.Name):
        value = named(state, value, found)
    return state.scope.alias(value)


def generator(state: State, iterable: Node) -> Suspended | None:
    """Give the generator that a loop runs over, if it is one of a generator function."""
    if isinstance(iterable, gast.Call):
        with state.rehearsal():
            before = dict(state.env or {})
            kind = evaluate(state, iterable)[1]
            state.env = before
    else:
        kind = evaluate(state, iterable)[1] if isinstance(iterable, gast.Name) else UNKNOWN
    if not isinstance(kind, Suspended):
        return None
    found = evaluate(state, iterable)[1]
    assert isinstance(found, Suspended)
    return found


def leaves(block: list[Node]) -> bool:
    """Say whether a loop's body may break out of it."""
    return any(
        isinstance(s, gast.Break) or isinstance(s, gast.If) and (leaves(s.body) or leaves(s.orelse))
        for s in block
    )


def write_while(state: State, node: Node) -> None:
    from srcxform.specialise.statements import block

    place = state.place
    if asks_first(state, node.test):
        node = asked_inside(state, node)
    test, kind = tested(state, evaluate(state, node.test))
    if truth(kind) is False or state.streams and state.refuses(test):
        return
    tests: list[Evaluated] = []

    def body() -> None:
        turn = asked_inside(state, node) if asks_first(state, node.test) else node
        tests.append(evaluate(state, turn.test))
        block(state, turn.body)

    lines, after = fixed_point(state, body, endless=is_true(node.test))
    loop = build.while_loop(tests[-1][0], lines)
    loop.place = place
    state.lines.append(loop)
    state.env = after
    state.place = place


def asks_first(state: State, test: Node) -> bool:
    """Say whether a test needs statements of its own: a method is asked, or a kind."""
    before = dict(state.env or {})
    with state.rehearsal(), state.block() as asked:
        tested(state, evaluate(state, test))
    state.env = before
    return bool(asked)


def asked_inside(state: State, node: Node) -> Node:
    """Give a loop whose test stands in its body: it is asked anew in each turn."""
    leave = gast.Break()
    inside = build.branch(node.test, node.body, [leave])
    loop = build.while_loop(build.const(True), [inside])
    leave.place = inside.place = loop.place = state.place
    return loop


def is_true(node: Node) -> bool:
    return isinstance(node, gast.Constant) and bool(node.value)


def fixed_point(
    state: State, turn: Callable[[], None], endless: bool = False, has_turns: bool = False
) -> tuple[list[Node], Env | None]:
    """Run a loop's body until its kinds settle, then write it; give the kinds after it."""

    head: Env | None = dict(state.env or {})
    start = dict(head or {})
    fresh: set[str] = set()

    def once() -> tuple[Block, list[Env]]:
        state.env = dict(head or {})
        state.breaks.append([])
        with state.block() as lines, state.turning():
            turn()
        return lines, state.breaks.pop()

    def is_lost() -> bool:
        """A function of before is another one in each turn."""
        return any(
            is_function(kind) and (head or {}).get(name) == UNKNOWN for name, kind in start.items()
        )

    for count in range(50):
        mark = state.mark()
        lines, leaving = once()
        known = state.known_since(mark)
        new = torn_apart(start, state.join_env(start, known))
        fresh |= fresh_names(head or {}, new or {})
        new = new and {name: UNKNOWN if name in fresh else kind for name, kind in new.items()}
        if count > 1:
            new = new and tied_in_turns(head or {}, new)
        if new == head and count and state.env is not None and not is_lost():
            state.lost += ends_with_turn(known or {}, new or {}, start)
            break  # this was it: all that it found, the turn before had found
        state.rewind(mark)
        if new == head:
            state.lost += is_lost()
            lines, leaving = once()
            break
        head = new if count < PATIENCE else widened(head or {}, new or {})
    else:
        lines, leaving = once()
    of_last_turn = {name for name, kind in (state.env or {}).items() if is_of_one_turn(kind)}
    whole = {name: kind for name, kind in (head or {}).items()
             if name in start or not (holds_instance(kind) or name in of_last_turn)}  # fmt: skip
    after = None if endless else state.join_env(whole, state.env)
    for env in leaving:
        after = state.join_env(after, env)
    ends = [env for env in (state.env, *leaving) if env is not None]
    return lines, surely_set(after, ends) if has_turns else after


def ends_with_turn(last: Env, new: Env, start: Env) -> bool:
    """Say whether a turn leaves a function of its own where the next one is to know of it."""
    return any(is_of_one_turn(last[name]) and not is_of_one_turn(new[name])
               for name in start if name in last and name in new)  # fmt: skip


def surely_set(after: Env | None, ends: list[Env]) -> Env | None:
    """Be sure of attributes that each turn sets: there is one."""
    return after and {
        name: kind.kind
        if isinstance(kind, Maybe)
        and not any(isinstance(end.get(name), Maybe | None) for end in ends)
        else kind
        for name, kind in after.items()
    }


def tied_in_turns(old: Env, new: Env) -> Env:
    """Tie the tuples of a linked list, which each turn lets grow by one."""
    return {
        name: kind if old.get(name, kind) == kind else knotted(old[name], kind)
        for name, kind in new.items()
    }


def is_function(kind: Kind) -> bool:
    return is_callee(kind) or is_virtual(kind)


def torn_apart(start: Env, new: Env | None) -> Env | None:
    """Forget which object of an earlier turn a name stands for."""

    def torn(name: str, kind: Kind) -> Kind:
        if name not in start and holds_instance(kind):
            return torn_from(kind)
        if kind is start.get(name) and is_of_one_turn(kind):
            return kind  # of the turn around
        return in_tuples(kind)

    return new and {name: torn(name, kind) for name, kind in new.items()}


def fresh_names(old: Env, new: Env) -> set[str]:
    """Find functions of bodies that come in: those of the next turn capture other variables."""
    return {name for name, kind in new.items() if name in old and is_fresh(old[name], kind)}


def is_fresh(old: Kind, new: Kind) -> bool:
    """Say whether two functions are of one text, but capture the variables of different turns."""
    match old, new:
        case Closure(), Closure():
            return old.origin() == new.origin() and not old.is_beside(new)
        case Derived(), Derived():
            return is_fresh(old.function, new.function)
        case Partial(), Partial():
            pairs = zip(old.args, new.args, strict=False)
            return is_fresh(old.function, new.function) or any(
                is_fresh(a, b) for (_, a), (_, b) in pairs
            )
    return False


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
    since = [build.load(walk.since)] if walk.since else []
    header = build.call("range", *since, walk.end)
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
    value, kind = evaluate_residual(state, with_known_place(state, element))
    if not (isinstance(value, gast.Name) and value.id == name):
        state.emit(build.assign(name, value))
    state.bind(name, kind)


def with_known_place(state: State, element: Node) -> Node:
    """Name the key of an element that is read by a list of keys."""
    match element:
        case gast.Subscript(value=base, slice=gast.Subscript() as index):
            holder = state.names.part("key")
            assign_residual(state, build.store(holder), index)
            return build.item(base, build.load(holder))
    return element


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
