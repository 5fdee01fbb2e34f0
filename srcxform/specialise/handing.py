"""Functions among what a function is given: what they capture is given beside it.

Where `apply(lambda z: w * z, x)` stands for a call that is differentiated by rules of its own, `w`
has to be among the arguments, or no derivative reaches it. So a function is written at the top of
the module that puts both together again, and is called with `w` and `x`:

    def with_functions(function, function_1, x_1, x_2):
        return function(functools.partial(function_1, x_1), x_2)
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

import gast

from srcxform.kinds.callables import Closure, Derived, Partial, is_function, is_virtual
from srcxform.kinds.lattice import Items, Kind, Mapping
from srcxform.normalise.lines import ALONE
from srcxform.specialise.closures import held
from srcxform.specialise.lifting import PARTIAL, Lifted, bound, definition, opened
from srcxform.specialise.scope import Args, Evaluated, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

Found = tuple[Evaluated, list[Evaluated]]


@dataclass
class Handed:
    """The functions and values that arguments are made of, and how: a tuple for each argument.

    `()` is a value as it is, `(n,)` the next function with n values as its first arguments, and
    `(type, keys, parts)` a container.
    """

    state: State
    functions: list[Evaluated] = field(default_factory=list)
    values: list[Evaluated] = field(default_factory=list)

    def apart(self, one: Evaluated) -> tuple[Any, ...]:
        """Take an argument apart."""
        from srcxform.specialise.sequences import elements

        kind = one[1]
        if isinstance(kind, Items) and holds_functions(kind):
            return kind.type, (), tuple(map(self.apart, elements(self.state, one)))
        if isinstance(kind, Mapping) and holds_functions(kind):
            whole, _ = held(self.state, one)
            items = zip(kind.keys, kind.items, strict=True)
            parts = [self.apart((build.item(whole, key), item)) for key, item in items]
            return "dict", kind.keys, tuple(parts)
        found = opened(self.state, one) if holds_functions(kind) else None
        if found is None:
            self.values.append(held(self.state, one))
            return ()
        self.functions.append(found[0])
        self.values += [held(self.state, value) for value in found[1]]
        return (len(found[1]),)

    def called_by(
        self,
        function: Evaluated,
        parts: tuple[Any, ...],
        names: tuple[str, ...] = (),
        more: bool = True,
    ) -> Found | None:
        """Give a function that gives all this to another one, and the values that it takes.

        The last arguments are given by `names`; others may stand behind those before if there
        are `more`.
        """
        if any(is_virtual(kind) for _, kind in self.values):
            return None
        caller = self.caller(function[1], parts, names, more)
        first = (function, *self.functions)
        whole = Partial(caller[1], first)
        return bound(self.state, caller[0], [atom for atom, _ in first], {}, whole), self.values

    def caller(
        self, inside: Kind, parts: tuple[Any, ...], names: tuple[str, ...], more: bool
    ) -> Evaluated:
        """Write the function that puts arguments together."""
        lifted = self.state.externals.lifted
        for name, known in lifted.items():
            if known.kind.origin() == (putting_together, (parts, names, more)):
                return build.load(name), known.kind
        kinds = [inside, *(kind for _, kind in self.functions)]
        scope = next(filter(None, map(scope_of, kinds)), self.state.scope)
        place = scope.place or self.state.place
        tree = build.at(place, [putting_together(parts, names, more)])[0]
        tree.place, tree.origin, tree.captured = place, putting_together, (parts, names, more)
        tree.around, tree.fleeting = ALONE, False
        written = {PARTIAL: self.state.externals.reference(functools.partial)}
        name = self.state.names.like(tree.name)
        owner = Scope(scope.function, written, (), frozenset(), scope.place, frame=putting_together)
        lifted[name] = Lifted(definition(name, tree, written), Closure(tree, owner))
        return build.load(name), lifted[name].kind


def with_functions(state: State, function: Evaluated, given: Args, more: bool) -> Found | None:
    """Let a function be given what functions among its arguments capture, in place of these.

    `more`: it is given other arguments behind them.
    """
    handed = Handed(state)
    return handed.called_by(function, tuple(map(handed.apart, given)), (), more)


def by_name(state: State, inner: Found, args: Any, keywords: Any) -> Found | None:
    """Let a function that is bound to arguments by name be given them first, by position."""
    handed = Handed(state)
    given = [*inner[1], *args, *((value, kind) for _, value, kind in keywords)]
    names = tuple(name for name, *_ in keywords)
    return handed.called_by(inner[0], tuple(map(handed.apart, given)), names)


def putting_together(parts: tuple[Any, ...], names: tuple[str, ...], more: bool) -> Node:
    """Write a function that takes another one, functions and values, and calls it with these."""
    functions: list[str] = []
    values: list[str] = []

    def taken(known: list[str], hint: str, count: int = 1) -> list[Node]:
        new = [f"{hint}_{len(known) + k + 1}" for k in range(count)]
        known += new
        return list(map(build.load, new))

    def argument(part: tuple[Any, ...]) -> Node:
        match part:
            case ():
                return taken(values, "x")[0]
            case (int(count),):
                (function,) = taken(functions, "function")
                own = taken(values, "x", count)
                return build.call(PARTIAL, function, *own) if own else function
            case ("dict", keys, inside):
                return build.mapping(keys, list(map(argument, inside)))
            case (kind, _, inside):
                return build.sequence(list(map(argument, inside)), kind)
        raise AssertionError(part)

    args = list(map(argument, parts))
    first, last = args[: len(args) - len(names)], args[len(args) - len(names) :]
    rest = [gast.Starred(value=build.load("rest"), ctx=gast.Load())] if more else []
    call = build.call("function", *first, *rest, **dict(zip(names, last, strict=True)))
    made = build.function(
        "with_functions", ["function", *functions, *values], [build.returning(call)]
    )
    if more:
        made.args.vararg = gast.Name(
            id="rest", ctx=gast.Param(), annotation=None, type_comment=None
        )
    return made


def holds_functions(kind: Kind) -> bool:
    """Say whether a value is a function, or has one in it."""
    match kind:
        case Items(items=items) | Mapping(items=items):
            return any(map(holds_functions, items))
    return is_virtual(kind) or is_function(kind)


def scope_of(kind: Kind) -> Scope | None:
    """Give the scope that a function was defined in, if it is one defined inside."""
    match kind:
        case Closure(scope=scope):
            return scope
        case Partial(function=function) | Derived(function=function):
            return scope_of(function)
    return None
