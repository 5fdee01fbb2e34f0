"""Iterators that have a name: what they run over, and how far they have come.

Python's iterators give each element once, wherever they are asked: a second loop goes on where the
first one was left, and a generator that was used up is empty. Here an iterator is a walk over
positions, and a number that says how far it has come; every use of it moves that number.

    pairs = zip(xs, ys)          xs_1 = xs
                                 ys_1 = ys
                                 pairs_at = 0
    for x, y in pairs:           for k in range(pairs_at, min(len(xs_1), len(ys_1))):
        ...                          pairs_at = k + 1
                                     ...

The name of the iterator itself does not get into the program: what would hand it to somewhere else
is refused.
"""

from __future__ import annotations

import builtins
import functools
from dataclasses import replace
from typing import Any

import gast

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.callables import is_callee
from srcxform.kinds.lattice import NEVER, Const, Items, Kind, Number, Stream, Suspended
from srcxform.runtime import iteration
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.object_iteration import iterable
from srcxform.specialise.scope import Args, Evaluated, Scope, State
from srcxform.specialise.sequences import SHORT
from srcxform.specialise.walks import Walk, planned, yielded
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.namespace import NameNotFound, lookup
from srcxform.syntax.visit import load_list

MAKERS = (
    builtins.zip, builtins.enumerate, builtins.reversed, builtins.iter, builtins.map,
    builtins.filter,
)  # fmt: skip
LEFT = "*"  # the site of an iterator of which nobody knows how far it has come


def begun(state: State, name: str, value: Node) -> Stream | None:
    """Begin an iterator that is bound to `name`; None if this is none, or is not understood."""
    if state.fixed or not isinstance(value, gast.Call) or not is_maker(state, value):
        return None
    if is_written_out(state, value) or draws_from_generator(state, value):
        return None
    kind = Stream(yielded(state, value))
    with state.rehearsal():
        before = dict(state.env or {})
        understood = planned(state, value, hold=True)
        state.env = before
    if understood is None or understood.keys is not None:
        return None
    walk = planned(state, value, hold=True)
    assert walk is not None
    walk = walk.ahead()
    at = state.names.like(f"{name}_at")
    state.streams[at] = walk
    state.emit(build.assign(at, build.const(0)))
    state.bind(at, Number("i"))
    return replace(kind, site=at)


def is_written_out(state: State, call: Node) -> bool:
    """Say whether what an iterator gives is used at once, and known one by one."""
    if any(isinstance(arg, gast.Starred) for arg in call.args):
        return True
    with state.rehearsal():
        kinds = [state.opened(evaluate(state, arg)[1]) for arg in call.args]
    return state.is_once(call) and all(
        isinstance(kind, Items) and len(kind.items) <= SHORT
        for kind in kinds
        if not is_callee(kind)  # that of `map`
    )


def draws_from_generator(state: State, call: Node) -> bool:
    """Say whether an iterator gets its elements from a generator: that has no positions."""
    with state.rehearsal():
        before = dict(state.env or {})
        given = [evaluate(state, arg) for arg in call.args]
        kinds = [kind for _, kind in (iterable(state, call, arg) for arg in given)]
        state.env = before
    return any(isinstance(kind, Suspended) for _, kind in given) or any(map(is_drawn, kinds))


def is_drawn(kind: Kind) -> bool:
    """Say whether elements are drawn from an object, which others may draw from as well."""
    return isinstance(kind, Suspended) and kind.function is iteration.nexts


def is_maker(state: State, call: Node) -> bool:
    """Say whether a call makes an iterator that runs over what it is given."""
    if not call.args or not isinstance(call.func, (gast.Name, gast.Constant)):
        return False
    found = called_outside(state, call.func)
    if found is not None:
        return any(found is one for one in MAKERS)
    with state.rehearsal():
        callee = evaluate(state, call.func)[1]
    return isinstance(callee, Const) and any(callee.value is one for one in MAKERS)


def called_outside(state: State, func: Node) -> Any:
    """Give what a callee is that is no variable, without a rehearsal; None where that is unsure."""
    if isinstance(func, gast.Constant):
        return func.value
    scope = state.scope
    if scope.find(func.id) is not None or scope.owns(func.id):
        return None
    if scope.function is None:
        return state.externals.objects.get(func.id)
    try:
        return lookup(scope.function, func.id)[1]
    except NameNotFound:
        return None


def walk_of(state: State, node: Node) -> Walk | None:
    """Give the walk of what is left of a named iterator; None if this is no such name."""
    kind = stream_kind(state, node)
    if kind is None or not draws(state, kind, node):
        return None
    return replace(state.streams[kind.site], since=kind.site)


def stream_kind(state: State, node: Node) -> Stream | None:
    """Give the kind of a named iterator, None for everything else; names are the user's."""
    if not isinstance(node, gast.Name):
        return None
    known = state.scope.names.get(node.id)
    name = known.id if isinstance(known, gast.Name) else node.id
    kind = state.kind_of(name)
    return kind if isinstance(kind, Stream) and kind.site else None


def draws(state: State, kind: Stream, node: Node) -> bool:
    """Say whether elements can be drawn from an iterator here; refuse where they cannot."""
    if kind.site in state.streams and kind.site not in state.running:
        return True
    refuse_iterator(state, node)
    return False


def refuse_iterator(state: State, node: Node) -> None:
    from srcxform.specialise.refusal import raising

    state.lines.append(raising(state, untold(state, node), "UnsupportedError"))
    state.env = None


def check_known(state: State, node: Node, kind: Kind) -> None:
    """Refuse a name of which it is not known which iterator it stands for, if any."""
    if isinstance(kind, Stream) and kind.site == LEFT:
        raise UnsupportedError(untold(state, node))


def untold(state: State, node: Node) -> Diagnostic:
    """Say that an iterator cannot be followed."""
    name = users_name(state, node)
    return Diagnostic(
        f"the iterator `{name}` cannot be followed here" if name is not None
        else "this use of an iterator cannot be followed",
        getattr(node, "place", None) or state.place,
        "an iterator gives each element once, and it is not known which ones are left of it",
        "make a list of it first, and loop over that",
    )  # fmt: skip


def users_name(state: State, node: Node) -> str | None:
    """Give the name that an iterator has in the function that is read; None if it has none."""
    if not isinstance(node, gast.Name):
        return None
    names = state.scope.names
    told = [user for user, own in names.items() if getattr(own, "id", None) == node.id]
    return node.id if node.id in names else told[0] if told else None


def escaping(state: State, line: Node) -> Any:
    """Give the name of an iterator that a statement would hand on, None if there is none."""
    for name in load_list(line):
        kind = state.kind_of(name)
        if isinstance(kind, Stream) and kind.site:
            return build.load(name)
    return None


def keeps(function: Any) -> bool:
    """Say whether a call holds on to its arguments: an iterator may be drawn from later on."""
    if function is functools.partial:
        return True
    home = (getattr(function, "__module__", None) or "").split(".")[0]
    return isinstance(function, type) and home not in ("builtins", "numpy", "collections")


def drawn(state: State, function: Any, args: Args, keywords: Any) -> Any:
    """Draw from the iterators among the arguments of a call of a library function.

    Gives the result of the call if it is an iterator or one of its elements, else the arguments
    with lists of what was left.
    """
    value, kind = args[0]
    if isinstance(kind, Stream) and kind.site and not keywords:
        if function is builtins.iter and len(args) == 1:
            return args[0]
        if function is builtins.next and len(args) <= 2:
            return next_element(state, value, kind, args[1:])
    given = []
    for value, kind in args:
        if isinstance(kind, Stream) and kind.site:
            given.append(rest(state, value, kind))
            if any(function is one for one in MAKERS):  # it may be asked for some of them only
                forget(state, kind)
        else:
            given.append((value, kind))
    return given


def next_element(state: State, value: Node, kind: Stream, default: Args) -> Evaluated:
    """`next(z)`, `next(z, default)`."""
    if not draws(state, kind, value):
        return build.const(None), NEVER
    walk, at = state.streams[kind.site], kind.site
    item, k = state.names.part(state.hint), state.names.like("k")
    taken = [
        build.assign(k, build.load(at)),
        build.assign(at, build.binary(build.load(k), gast.Add(), build.const(1))),
        *named_parts(state, item, walk.at(build.load(k))),
    ]
    test = gast.Compare(left=build.load(at), ops=[gast.Lt()], comparators=[walk.end])
    if default:
        other = [build.assign(item, default[0][0])]
    else:
        other = [gast.Raise(exc=build.load("StopIteration"), cause=None)]
    written(state, [build.branch(test, taken, other)])
    return build.load(item), state.kind_of(item) or NEVER


def rest(state: State, value: Node, kind: Stream) -> Evaluated:
    """Make a list of what is left of an iterator."""
    if not draws(state, kind, value):
        return build.const(None), NEVER
    walk, at = state.streams[kind.site], kind.site
    items, item, k = state.names.part(state.hint), state.names.part("item"), state.names.like("k")
    element = named_parts(state, item, walk.at(build.load(k)))
    append = build.expression(build.method(items, "append", build.load(item)))
    header = build.call("range", build.load(at), walk.end)
    lines = [
        build.assign(items, build.sequence([], "list")),
        build.for_loop(build.store(k), header, [*element, append]),
        build.assign(at, walk.end),
    ]
    written(state, lines)
    return build.load(items), state.kind_of(items) or NEVER


def rest_in_walk(state: State, node: Node) -> Walk | None:
    """Walk over what is left of a named iterator that another one draws from.

    That one may stop early: then nobody knows how much it has drawn.
    """
    kind = stream_kind(state, node)
    if kind is None or not draws(state, kind, node):
        return None
    walk, first = state.streams[kind.site], state.names.like(kind.site)
    state.emit(build.assign(first, build.load(kind.site)))
    state.bind(first, Number("i"))
    come, at = build.load(first), walk.at
    forget(state, kind)
    return replace(
        walk,
        lengths=tuple(build.binary(length, gast.Sub(), come) for length in walk.lengths),
        at=lambda k: at(build.binary(come, gast.Add(), k)),
    )


def forget(state: State, kind: Stream) -> None:
    """Let all names of an iterator stand for one of which nobody knows how far it has come."""
    for name, known in list((state.env or {}).items()):
        if isinstance(known, Stream) and known.site == kind.site and state.env is not None:
            state.env[name] = replace(known, site=LEFT)


def left(state: State, header: Node) -> None:
    """Note that a loop was left that made a list of the iterators in its header."""
    for name in load_list(header):
        kind = state.kind_of(name)
        if isinstance(kind, Stream):
            forget(state, kind)


def named_parts(state: State, name: str, element: Node) -> Block:
    """Write `name = element` in core: the parts of a tuple get names first."""
    if not isinstance(element, gast.Tuple):
        return [build.assign(name, element)]
    lines: Block = []
    parts = []
    for part in element.elts:
        if not isinstance(part, (gast.Name, gast.Constant)):
            holder = state.names.part("item")
            lines += named_parts(state, holder, part)
            part = build.load(holder)
        parts.append(part)
    return [*lines, build.assign(name, build.sequence(parts))]


def written(state: State, lines: Block) -> None:
    """Specialise statements whose names are residual ones already."""
    from srcxform.specialise.statements import block

    build.at(state.place, lines)
    outer, state.scope = state.scope, Scope(None, place=state.place)
    try:
        block(state, lines)
    finally:
        state.scope = outer
