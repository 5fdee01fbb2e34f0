"""Generator functions: the consumer's body comes in at each `yield`.

`for x in values(a): body` becomes the body of `values` in which each `yield v` is `x = v` and the
loop's body. Generator and consumer take turns as they do in Python, so that each sees what the
other has changed. What needs all values at once (`list`, `sum`) gets a list of them.
"""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import NEVER, NONE, Const, Items, Many, Suspended
from srcxform.normalise.exits import without_breaks
from srcxform.runtime import iteration
from srcxform.specialise.objects import class_of
from srcxform.specialise.scope import Args, Evaluated, Keywords, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import walk


@dataclass
class Consumer:
    """What runs at each `yield`: in which scope, and the flag by which it leaves."""

    each: Callable[[Evaluated, str], None]
    scope: Scope
    flag: str
    calling: list[Any]


def suspended(state: State, function: Any, code: Any, bound: Any, scope: Scope) -> Evaluated:
    """Give what a call of a generator function gives: nothing of it runs yet."""
    from srcxform.specialise.closures import held, placeholder

    kept = {name: held(state, value) for name, value in bound.items()}
    kind = Suspended(function, code, kept, scope, len(state.breaks))
    name = state.names.part(state.hint)
    state.emit(build.assign(name, placeholder(state)))
    state.bind(name, kind)
    return build.load(name), kind


def consume(
    state: State, source: Suspended, each: Callable[[Evaluated, str], None], at: Any
) -> None:
    """Run a generator, with what its consumer does at each `yield`.

    It is run once: a second place that draws from it (`at` is the first) would find it used up.
    """
    place = state.place
    from srcxform.specialise.inlining import write_body

    again = state.drawn.setdefault(id(source.bound), (source, at))[1] is not at
    inside_loop = len(state.breaks) > source.depth
    if again or inside_loop or source.function in state.calling or odd(source.code.body):
        refuse_generator(state, source, place)
        return
    scope = replace(source.scope, names={}, frame=object())
    outer = state.scope
    calling = list(state.calling)
    state.consumers.append(Consumer(each, outer, source.code.stopped, calling))
    state.calling.append(source.function)
    write_body(state, source.code, source.bound, scope)
    state.calling.pop()
    state.consumers.pop()
    state.place = place


def odd(block: Block) -> bool:
    """Say whether a `yield` stands where no consumer's body can come in."""
    for node in walk(block):
        if isinstance(node, gast.YieldFrom):
            return True
        if isinstance(node, gast.stmt) and not isinstance(node, gast.Expr):
            if any(isinstance(n, gast.Yield) for n in gast.iter_child_nodes(node)):
                return True
        if isinstance(node, gast.Try) and node.handlers:
            if any(isinstance(n, gast.Yield) for n in walk(node.body)):
                return True
    return False


def give_out(state: State, node: Node) -> None:
    """`yield value`: let the consumer have it."""
    from srcxform.specialise.closures import held
    from srcxform.specialise.expressions import evaluate

    if not state.consumers:
        refuse_generator(state, None, getattr(node, "place", None))
        return
    value = held(state, evaluate(state, node.value))
    consumer = state.consumers.pop()
    inside, place, calling = state.scope, state.place, state.calling
    flag = inside.names[consumer.flag].id
    state.scope, state.calling = consumer.scope, list(consumer.calling)
    consumer.each(value, flag)
    state.scope, state.calling, state.place = inside, calling, place
    state.consumers.append(consumer)


def loop_over(state: State, node: Node, source: Suspended) -> None:
    """`for target in generator: body`."""
    from srcxform.specialise.loops import assign_residual
    from srcxform.specialise.statements import block

    stop = f"*{state.names.part('stop')}"  # no name of the function that the loop stands in
    body = without_breaks(node.body, ["", stop])

    def each(value: Evaluated, flag: str) -> None:
        state.scope = replace(state.scope, names={**state.scope.names, stop: build.load(flag)})
        assign_residual(state, node.target, value[0])
        block(state, body)

    consume(state, source, each, node)


def listed(state: State, source: Suspended, at: Any) -> Evaluated:
    """Give a list of all that a generator gives."""
    name = state.names.part("items")
    start, reached = len(state.lines), state.env is not None
    state.emit(build.assign(name, build.sequence([], "list")))
    state.bind(name, Items("list", ()))
    grow = build.expression

    def each(value: Evaluated, flag: str) -> None:
        from srcxform.specialise.statements import block

        outer, state.scope = state.scope, Scope(None)
        block(state, [grow(build.method(name, "append", value[0]))])
        state.scope = outer

    consume(state, source, each, at)
    if reached and any(map(is_endless, walk(state.lines[start:]))):
        refuse_generator(state, source, state.place)
    return build.load(name), state.kind_of(name) or Many("list")


def is_endless(node: Node) -> bool:
    """Say whether a loop can never be left."""
    if not isinstance(node, gast.While) or not isinstance(node.test, gast.Constant):
        return False
    return bool(node.test.value) and not any(isinstance(n, gast.Break) for n in walk(node.body))


def decided(state: State, function: Any, source: Suspended, at: Any) -> Evaluated:
    """`any` and `all` of a generator: left at the first value that decides."""
    result = state.names.part(state.hint)
    empty = function is builtins.all
    state.emit(build.assign(result, build.const(empty)))
    state.bind(result, Const(empty))

    def each(value: Evaluated, flag: str) -> None:
        from srcxform.specialise.statements import block

        test = build.inverted(value[0]) if empty else value[0]
        found = [
            build.assign(result, build.const(not empty)),
            build.assign(flag, build.const(True)),
        ]
        outer, state.scope = state.scope, Scope(None)
        block(state, build.at(state.place, [build.branch(test, found)]))
        state.scope = outer

    consume(state, source, each, at)
    return build.load(result), state.kind_of(result) or Const(empty)


ITERATORS = {
    itertools.count: iteration.count, itertools.takewhile: iteration.takewhile,
    itertools.dropwhile: iteration.dropwhile, itertools.starmap: iteration.starmap,
    itertools.chain.from_iterable: iteration.from_iterable, itertools.pairwise: iteration.pairwise,
    itertools.groupby: iteration.groupby, itertools.cycle: iteration.cycle,
    itertools.compress: iteration.compress,
}  # fmt: skip


OF_LENGTH = {  # what takes a list and how many of its elements go together
    (itertools.combinations, 2): iteration.pairs, (itertools.combinations, 3): iteration.triples,
    (itertools.combinations_with_replacement, 2): iteration.pairs_with_twins,
    (itertools.permutations, 2): iteration.ordered_pairs,
    (itertools.product, 2): iteration.squared, (itertools.product, 3): iteration.cubed,
}  # fmt: skip


def of_length(function: Any, args: Args, keywords: Keywords) -> Any:
    """Give the generator function for one list and a known number; None for all other calls."""
    given = [*args[1:], *keywords.values()]
    count = given[0][1] if len(given) == 1 else None
    if not args or not isinstance(count, Const) or list(keywords) not in ([], ["r"], ["repeat"]):
        return None
    if (function is itertools.product) is not (list(keywords) == ["repeat"]):
        return None
    return next((found for (one, n), found in OF_LENGTH.items()
                 if one is function and n == count.value), None)  # fmt: skip


def iterator(state: State, function: Any, args: Args, keywords: Keywords) -> Any:
    """Give the generator function that does what an iterator of Python's does, if one does."""
    found = ITERATORS.get(function)
    if found is not None:
        return found
    if (found := of_length(function, args, keywords)) is not None:
        return found
    drawn = [is_suspended(arg) for arg in args]
    match function, len(args):
        case (itertools.filterfalse, 2) if args[0][1] != NONE:
            return iteration.filterfalse
        case (builtins.enumerate, _) if any(drawn):
            return iteration.numbered
        case (builtins.zip, 2) if any(drawn) and not all(drawn):
            return iteration.zipped if drawn[0] else iteration.zipped_behind
        case (itertools.zip_longest, 2) if not any(drawn):
            return iteration.longest
        case (builtins.map, 2) if drawn[1]:
            return iteration.mapped
        case (builtins.map, 3) if drawn[1] != drawn[2]:
            return iteration.mapped_ahead if drawn[1] else iteration.mapped_behind
        case (itertools.islice, 2):
            return iteration.first_of
        case (itertools.islice, _) if args[2][1] != NONE:
            return iteration.islice
        case (itertools.islice, _):
            return iteration.behind
        case (itertools.chain, 2):
            return iteration.chain
        case (itertools.accumulate, _):
            if "initial" in keywords:
                return iteration.accumulate_from if len(args) == 2 else None
            return iteration.accumulate_with if len(args) == 2 else iteration.accumulated
        case (itertools.repeat, _):
            return iteration.repeat if len(args) == 2 or keywords else iteration.repeat_forever
        case (itertools.product, 2) if not keywords:
            return iteration.product
        case (itertools.product, 3) if not keywords:
            return iteration.product_of_three
    return None


def called_with(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> tuple[Args, Evaluated | None]:
    """Specialise a call that is given generators; give what remains of its arguments."""
    if function in (builtins.any, builtins.all) and len(args) == 1:
        kind = args[0][1]
        assert isinstance(kind, Suspended)
        return args, decided(state, function, kind, node)
    if function is builtins.iter and len(args) == 1:
        return args, args[0]
    if function in (builtins.next, builtins.zip, builtins.enumerate):
        kind = next(kind for _, kind in args if isinstance(kind, Suspended))
        refuse_generator(state, kind, state.place)
        return args, (build.const(None), NEVER)
    return materialised(state, args, node), None


def is_suspended(arg: Evaluated) -> bool:
    return isinstance(arg[1], Suspended)


def called(source: Suspended | None) -> str:
    """Say which generator this is, or which object that gives its elements one by one."""
    if source is None:
        return "generator"
    if source.function is iteration.nexts:
        (_, kind) = next(iter(source.bound.values()))
        return f"iterator `{getattr(class_of(kind), '__name__', 'iterator')}`"
    return f"generator `{source.code.name}`"


def materialised(state: State, args: Args, at: Any) -> Args:
    """Put lists in place of generators, each of which can give its elements once."""
    drawn = [kind for _, kind in args if isinstance(kind, Suspended)]
    for k, kind in enumerate(drawn):
        if any(kind.bound is other.bound for other in drawn[:k]):
            refuse_generator(state, kind, state.place)
            return [(build.const(None), NEVER) for _ in args]
    return [
        listed(state, kind, at) if isinstance(kind, Suspended) else (value, kind)
        for value, kind in args
    ]


def refuse_generator(state: State, source: Suspended | None, place: Any) -> None:
    from srcxform.specialise.refusal import raising

    told = Diagnostic(
        f"the {called(source)} cannot be differentiated", place,
        "its values are needed in a way that cannot be followed one by one",
        "return a list of the values",
    )  # fmt: skip
    state.lines.append(raising(state, told, "UnsupportedError"))
    state.env = None
