"""One of several functions: which one is known only while the program runs.

Where two branches leave different functions in one variable, or a table of functions is asked for
one that the run tells, the variable holds a number that says which; a call of it is a call of each
in a branch of its own.
"""

from __future__ import annotations

from dataclasses import replace

import gast

from srcxform.kinds.callables import Choice, Closure, is_callee
from srcxform.kinds.lattice import Const, Items, Kind, Mapping, Number
from srcxform.specialise.scope import Args, Env, Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone

MANY = 8  # functions that one variable may hold


def told_apart(state: State, body: Block, after: Env | None, orelse: Block) -> None:
    """Let variables that hold different functions after two branches tell which."""
    if after is None or state.env is None:
        return
    for name in [name for name in after if name in state.env]:
        left, right = after[name], state.env[name]
        if left == right or not (is_callee(left) and is_callee(right)):
            continue
        if isinstance(left, Closure) and isinstance(right, Closure) and left.is_beside(right):
            continue  # one function: the tuple of its defaults tells all
        options = (*options_of(left), *options_of(right))
        if len(options) > MANY:
            continue
        if not isinstance(left, Choice):
            body.append(build.assign(name, build.const(0)))
        first = len(options_of(left))
        shifted: Node = build.const(first)
        if isinstance(right, Choice):
            shifted = build.binary(build.load(name), gast.Add(), shifted)
        holder = state.names.part(name)
        orelse += [build.assign(holder, shifted), build.assign(name, build.load(holder))]
        after[name] = state.env[name] = state.known[name] = Choice(options)


def options_of(kind: Kind) -> tuple[Kind, ...]:
    return kind.options if isinstance(kind, Choice) else (kind,)


def looked_up(state: State, table: Kind, index: Evaluated) -> Evaluated | None:
    """`TABLE[key]` of functions that are known, with a key that is not: the number of one."""
    if not isinstance(table, (Items, Mapping)) or isinstance(index[1], Const) or state.fixed:
        return None
    if isinstance(table, Items) and not isinstance(index[1], Number):
        return None  # it may be a slice
    options = table.items
    if not 1 < len(options) <= MANY or not all(map(stands_alone, options)):
        return None
    numbers = [build.const(k) for k in range(len(options))]
    written = (
        build.mapping(table.keys, numbers)
        if isinstance(table, Mapping)
        else build.sequence(numbers, table.type)
    )
    holder, which = state.names.part(state.hint), state.names.part(state.hint)
    state.emit(build.assign(holder, written))
    state.bind(holder, replace(table, items=(Number("i"),) * len(options)))
    state.emit(build.assign(which, build.item(holder, index[0])))
    state.bind(which, Choice(options))
    return build.load(which), Choice(options)


def stands_alone(kind: Kind) -> bool:
    """Say whether a function is told by its kind alone: no value goes with it."""
    if isinstance(kind, Closure):
        return not kind.defaults
    return isinstance(kind, Const) and callable(kind.value)


def call_choice(
    state: State, node: Node, func: Node, kind: Choice, args: Args, keywords: Keywords
) -> Evaluated:
    """Call each function that it may be, in a branch of its own."""
    which = state.names.part(state.hint)
    state.emit(build.assign(which, func))
    state.bind(which, Number("i"))
    out = state.names.part(state.hint)
    return build.load(out), one_of(state, node, which, 0, kind.options, out, args, keywords)


def one_of(
    state: State,
    node: Node,
    which: str,
    first: int,
    options: tuple[Kind, ...],
    out: str,
    args: Args,
    keywords: Keywords,
) -> Kind:
    """Write the branches from option `first` on; give the kind of the result."""
    from srcxform.specialise.closures import call_known
    from srcxform.specialise.mixed import tried

    def one_called(option: Evaluated) -> Evaluated:
        given = [(clone(value), kind) for value, kind in args]
        named = {name: (clone(value), kind) for name, (value, kind) in keywords.items()}
        return call_known(state, node, option[1], given, named)

    def called() -> None:
        found = tried(state, one_called, (build.load(which), options[first]))
        if found is not None:  # it takes these arguments
            state.emit(build.assign(out, found[0]))
            state.bind(out, found[1])

    if first == len(options) - 1:
        called()
    else:
        before = dict(state.env or {})
        with state.block() as body:
            called()
        after, state.env = state.env, before
        with state.block() as orelse:
            one_of(state, node, which, first + 1, options, out, args, keywords)
        state.env = state.join_env(after, state.env)
        test = gast.Compare(
            left=build.load(which), ops=[gast.Eq()], comparators=[build.const(first)]
        )
        state.emit(build.branch(test, body, orelse))
    found = state.kind_of(out)
    return found if found is not None else Number("i")
