"""Functions with rules of their own that are defined inside a function.

A rule says what the derivative of a function is, so function and rules are one object, made while
compiling: of the code that the functions inside have, with what they name outside of themselves as
long as that is known. What is known only while the program runs has to be an argument.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

import gast

from srcxform.errors import SourceNotFoundError
from srcxform.kinds.callables import Closure
from srcxform.kinds.lattice import Const, Items, Kind, Number
from srcxform.rules.custom import Custom, CustomJvp, CustomVjp
from srcxform.specialise.closures import placeholder, refused
from srcxform.specialise.custom import reference
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax.build import Node
from srcxform.syntax.source import find

MAKERS: dict[Callable[..., Any], type[Custom]] = {}  # `custom_jvp`, `custom_vjp`
GIVING = ("defjvp", "defjvps", "defvjp")


class Captures(Exception):
    """A function defined inside names something that is known only while the program runs."""


def with_rules(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Specialise `custom_jvp(f)` and `custom_vjp(f)` for a function defined inside."""
    maker = MAKERS.get(function) if isinstance(function, types.FunctionType) else None
    if maker is None or not args or not isinstance(args[0][1], Closure):
        return None
    closure = args[0][1]
    given = keywords.get("nondiff_argnums") or (args[1] if len(args) > 1 else None)
    nondiff = () if given is None else numbers(given[1])
    if nondiff is None:
        state.lost += 1
        return refused(
            state, node, f"an option of `{function.__name__}` is known only while the program runs",
            "the derivative is written before", "give its options as constants",
        )  # fmt: skip
    try:
        fun = hoisted(state, closure)
    except Captures as told:
        return captures(state, node, maker.decorator, str(told))
    key = (fun, maker, nondiff)
    if key not in state.externals.hoisted:
        state.externals.hoisted[key] = maker(fun, nondiff)
    custom: Custom = state.externals.hoisted[key]
    for part in custom.parts:  # the rules that are given from here on count
        setattr(custom, part, None)
    return reference(state, custom), Const(custom)


def rules_given(state: State, node: Node, kind: Kind, name: str, args: Args) -> Evaluated | None:
    """Specialise `f.defjvp(rule)` and its like for a function defined inside."""
    if name not in GIVING or not isinstance(kind, Const) or not isinstance(kind.value, Custom):
        return None
    custom = kind.value
    if all(custom is not made for made in state.externals.hoisted.values()):
        return None
    rules: list[Any] = []
    try:
        for _, rule in args:
            if rule == Const(None):
                rules.append(None)
            elif isinstance(rule, Closure):
                rules.append(hoisted(state, rule))
            elif isinstance(rule, Const) and callable(rule.value):
                rules.append(rule.value)
            else:
                raise Captures("a function")
    except Captures as told:
        return captures(state, node, f"{custom.name}.{name}", str(told))
    key = (id(custom), name, *map(id, rules))
    if key not in state.externals.hoisted:  # each run over the body finds the same rules
        getattr(custom, name)(*rules)
        state.externals.hoisted[key] = custom.rules
    for part, rule in zip(custom.parts, state.externals.hoisted[key], strict=True):
        setattr(custom, part, rule)
    return placeholder(state), Const(rules[0] if rules else None)


def hoisted(state: State, closure: Closure) -> types.FunctionType:
    """Make the function that a closure is, where what it captures is known. Raises Captures."""
    if closure.defaults:
        raise Captures("defaults")
    owner, place = closure.scope.function, closure.node.place
    for code in codes_in(owner.__code__):
        if not is_code_of(code, closure.node):
            continue
        cells = tuple(types.CellType() for _ in code.co_freevars)
        made = types.FunctionType(code, owner.__globals__, code.co_name, None, cells)
        try:
            found = find(made).node.place
        except SourceNotFoundError:
            continue
        if (found.line, found.column) == (place.line, place.column):
            values = [captured(state, closure, name) for name in code.co_freevars]
            key = (place, *map(id, values))  # one function wherever the same text comes in
            if key not in state.externals.hoisted:
                for cell, value in zip(cells, values, strict=True):
                    cell.cell_contents = value
                state.externals.hoisted[key] = made
            function: types.FunctionType = state.externals.hoisted[key]
            return function
    raise Captures("its own text")


def captured(state: State, closure: Closure, name: str) -> Any:
    """Give what a name around a function stands for. Raises Captures."""
    atom = closure.scope.find(name)
    kind = None if atom is None else state.kind_of(getattr(atom, "id", ""))
    if isinstance(kind, Closure) and kind != closure:
        return hoisted(state, kind)
    if isinstance(kind, Const) and (
        callable(kind.value) or isinstance(kind.value, types.ModuleType)
    ):
        return kind.value
    function = closure.scope.function
    if atom is None and name in function.__code__.co_freevars:
        cell = function.__closure__[function.__code__.co_freevars.index(name)]
        if callable(cell.cell_contents):
            return cell.cell_contents
    raise Captures(f"`{name}`")


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from codes_in(constant)


def is_code_of(code: types.CodeType, node: Node) -> bool:
    if isinstance(node, gast.Lambda):
        return code.co_name == "<lambda>" and code.co_firstlineno == node.place.line
    return code.co_name == node.name and code.co_firstlineno <= node.place.line


def numbers(kind: Kind) -> tuple[int, ...] | None:
    match kind:
        case Const(value=int(value)):
            return (value,)
        case Items(items=items):
            found = [numbers(item) for item in items]
            return None if None in found else tuple(n for one in found if one for n in one)
        case Number():
            return None
    return kind.value if isinstance(kind, Const) and isinstance(kind.value, tuple) else None


def captures(state: State, node: Node, decorator: str, what: str) -> Evaluated:
    return refused(
        state, node, f"what is given to `{decorator}` inside a function captures {what}",
        "a function with a rule of its own gets all numbers as arguments, where its rule sees them",
        "let it be an argument of the function, and of its rule",
    )  # fmt: skip


def register(maker: Callable[..., Any], made: type[Custom]) -> None:
    """Make a decorator of the interface known."""
    MAKERS[maker] = made


__all__ = ["CustomJvp", "CustomVjp", "register", "rules_given", "with_rules"]
