"""Functions defined inside, handed to functions that run as they are: they become values.

A nested function that is handed to a function with a rule of the user's own is written once more
at the top of the module, with the variables that it captures as its first parameters, and
`functools.partial` gives it their values. So the text goes on being read by the compiler, and
nothing is hidden in closures.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcxform.kinds.callables import Closure, Derived, Partial, is_virtual
from srcxform.kinds.lattice import Const, Kind, Opaque, is_differentiable
from srcxform.specialise.closures import is_placeholder, taken_out
from srcxform.specialise.scope import Evaluated, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.scopes import captured_by, rebound_by
from srcxform.syntax.visit import clone, rewrite, shallow

DEEP = 8  # functions that capture functions


@dataclass(frozen=True)
class Lifted:
    """A nested function at the top of the module: its text, and the function it is."""

    node: Node
    kind: Closure


def as_value(state: State, value: Evaluated, depth: int = 0) -> Evaluated | None:
    """Write a function that is known while compiling as a value; None where that cannot be."""
    node, kind = value
    if depth > DEEP:
        return None
    match kind:
        case Closure():
            return lifted(state, kind, depth)
        case Partial(function=function, args=args, keywords=keywords):
            inner = as_value(state, (node, function), depth + 1)
            given = [as_value(state, arg, depth + 1) for arg in args]
            named = [as_value(state, (n, found), depth + 1) for _, n, found in keywords]
            if inner is None or None in given or None in named:
                return None
            names = [name for name, *_ in keywords]
            words = dict(zip(names, (n for n, _ in named), strict=True))  # type: ignore[misc]
            return bound(state, inner[0], [n for n, _ in given], words, kind)  # type: ignore[misc]
        case Derived(transform=transform, function=function, options=options):
            return derived(state, transform, (node, function), options, kind, depth)
        case Const(value=function) if callable(function):
            return constant(state, node, function)
    return None if is_virtual(kind) else value


def constant(state: State, node: Node, function: Any) -> Evaluated | None:
    """Write a function that was found outside."""
    if not isinstance(node, gast.Name) or not is_placeholder(state, node):
        if state.externals.objects.get(getattr(node, "id", "")) is not None:
            return node, Const(function)
    written = state.externals.reference(function)
    if written is not None:
        return written, Const(function)
    for capture in state.externals.captures.values():
        if isinstance(capture.kind, Const) and capture.kind.value is function:
            return build.load(capture.name), Const(function)
    from srcxform.specialise.resolve import looked_up

    name = getattr(function, "__name__", "function")
    path = state.externals.path_to(function)
    return looked_up(
        state, function, name if name.isidentifier() else "function",
        (id(function), "itself"), lambda: function, path,
    )  # fmt: skip


def bound(
    state: State, function: Node, args: list[Node], keywords: dict[str, Node], kind: Kind
) -> Evaluated:
    """Name `functools.partial(function, *args, **keywords)`."""
    if not args and not keywords:
        return function, kind
    partial = state.externals.reference(functools.partial)
    name = state.names.like("bound")
    state.emit(build.assign(name, build.call(partial, function, *args, **keywords)))
    state.bind(name, Opaque(functools.partial))
    return build.load(name), kind


def derived(
    state: State, transform: str, function: Evaluated, options: Any, kind: Kind, depth: int
) -> Evaluated | None:
    """Write a derivative of a function: `srcxform.grad(f)`."""
    inner = as_value(state, function, depth + 1)
    return None if inner is None else derived_of(state, transform, inner[0], options, kind)


def derived_of(
    state: State, transform: str, function: Node, options: Any, kind: Kind
) -> Evaluated | None:
    from srcxform.specialise.deriving import KEPT, TRANSFORMS

    makers = [f for f in KEPT if TRANSFORMS[id(f)] == transform]
    if not makers or transform == "vjp":
        return None
    maker = state.externals.reference(makers[0])
    name = state.names.like("derivative")
    words = {key: literal(value) for key, value in options if value is not False}
    state.emit(build.assign(name, build.call(maker, function, **words)))
    state.bind(name, Opaque(object))
    return build.load(name), kind


def literal(value: Any) -> Node:
    if isinstance(value, tuple):
        return build.sequence([literal(part) for part in value])
    return build.const(value)


def opened(state: State, value: Evaluated) -> tuple[Evaluated, list[Evaluated]] | None:
    """Write a function as a value beside the values that are bound to it, in their order."""
    node, kind = value
    match kind:
        case Partial(function=function, args=args, keywords=()):
            inner = opened(state, (node, function))
            if inner is None or not all(is_differentiable(found) for _, found in args):
                whole_value = as_value(state, value)
                return None if whole_value is None else (whole_value, [])
            return inner[0], [*inner[1], *args]
        case Partial(function=function, args=args, keywords=keywords) if any(
            is_virtual(found) or is_differentiable(found) for *_, found in keywords
        ):
            from srcxform.specialise.handing import by_name

            inner = opened(state, (node, function))
            return None if inner is None else by_name(state, inner, args, keywords)
        case Closure():
            parts = captures_of(state, kind, apart=True)
            if parts is None:
                return None
            name, given = parts
            settings = [one for one in given if not is_differentiable(one[1])]
            own = [one for one in given if is_differentiable(one[1])]
            known = state.externals.lifted[name].kind
            whole = Partial(known, tuple(settings)) if settings else known
            return bound(state, build.load(name), [a for a, _ in settings], {}, whole), own
        case Derived(transform=transform, function=function) if transform in PICKING:
            inner = opened(state, (node, function))
            if inner is None or not inner[1]:
                return inner and unopened(state, value)
            (written, known), own = inner
            options = tuple(behind(dict(kind.options), len(own)).items())
            made = derived_of(
                state, transform, written, options, Derived(transform, known, options)
            )
            return None if made is None else (made, own)
    return unopened(state, value)


def unopened(state: State, value: Evaluated) -> tuple[Evaluated, list[Evaluated]] | None:
    found = as_value(state, value)
    return None if found is None else (found, [])


PICKING = ("grad", "value_and_grad", "jacfwd", "jacrev", "jacobian")  # arguments by number


def behind(options: dict[str, Any], count: int) -> dict[str, Any]:
    """Give the options of a derivative whose arguments stand behind so many others."""
    argnums = options.get("argnums", 0)
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    moved = tuple(k + count if k >= 0 else k for k in numbers)
    return {**options, "argnums": moved if isinstance(argnums, tuple) else moved[0]}


def lifted(state: State, kind: Closure, depth: int) -> Evaluated | None:
    """Write a nested function at the top of the module, and give it what it captures."""
    parts = captures_of(state, kind, depth)
    if parts is None:
        return None
    name, given = parts
    return bound(state, build.load(name), [atom for atom, _ in given], {}, kind)


def captures_of(
    state: State, kind: Closure, depth: int = 0, apart: bool = False
) -> tuple[str, list[Evaluated]] | None:
    """Give the name of a nested function at the module's top, and what it captures.

    What carries no derivative comes first. `apart`: what functions among it capture is part of it.
    """
    tree = kind.node
    if rebound_by(tree) or not all(isinstance(atom, gast.Constant) for atom, _ in kind.defaults):
        return None
    captured, written = found_around(state, kind)
    given: dict[str, Evaluated] = {}
    whole: dict[str, list[str]] = {}
    for name, value in captured.items():
        inner = opened(state, value) if apart and is_virtual(value[1]) else None
        if inner is not None and inner[1]:
            given[name], own = inner
            whole[name] = [f"{name}_captured_{k}" for k in range(len(own))]
            given |= zip(whole[name], own, strict=True)
            continue
        one = as_value(state, value, depth + 1)
        if one is None:
            return None
        given[name] = one
    given = dict(sorted(given.items(), key=lambda item: is_differentiable(item[1][1])))
    return name_of(state, kind, tuple(given), written, whole), [*given.values()]


def found_around(state: State, kind: Closure) -> tuple[dict[str, Evaluated], dict[str, Node]]:
    """Give what a nested function captures, and how names found outside are written."""
    from srcxform.specialise.resolve import name as resolved

    captured: dict[str, Evaluated] = {}
    written: dict[str, Node] = {}
    outer, state.scope = state.scope, kind.scope
    try:
        for own in sorted(captured_by(kind.node)):
            atom, found = resolved(state, build.load(own))
            found = taken_out(state, atom, found)
            handed = isinstance(atom, gast.Name) and is_captured(state, atom.id)
            if own != PARTIAL and (handed or kind.scope.find(own) is not None):
                captured[own] = atom, found
            elif not (isinstance(atom, gast.Name) and atom.id == own):
                written[own] = atom
    finally:
        state.scope = outer
    return captured, written


def is_captured(state: State, name: str) -> bool:
    return any(capture.name == name for capture in state.externals.captures.values())


def name_of(
    state: State,
    kind: Closure,
    given: tuple[str, ...],
    written: dict[str, Node],
    whole: dict[str, list[str]],
) -> str:
    """Give the name under which a nested function stands in the module."""
    tree = kind.node
    origin, before = kind.origin()  # it may have been lifted itself, for another module
    captured = (*given, *before)
    for name, known in state.externals.lifted.items():
        if known.kind.node is tree or known.kind.origin() == (origin, captured):
            return name
    names: dict[str, Node] = {}
    if whole:
        names[PARTIAL] = state.externals.reference(functools.partial)
        tree = with_first(tree, [
            build.assign(n, build.call(PARTIAL, build.load(n), *map(build.load, own)))
            for n, own in whole.items()
        ])  # fmt: skip
    wider = shallow(tree)
    wider.args = clone(tree.args)
    first = [gast.Name(id=n, ctx=gast.Param(), annotation=None, type_comment=None) for n in given]
    if wider.args.posonlyargs:
        wider.args.posonlyargs = [*first, *wider.args.posonlyargs]
    else:
        wider.args.args = [*first, *wider.args.args]
    wider.read, wider.origin, wider.captured = None, origin, captured
    hint = getattr(kind.node, "name", "function")
    name = state.names.like(hint)
    owner = Scope(kind.scope.function, names, (), frozenset(), kind.scope.place, frame=origin)
    closure = replace(kind, node=wider, scope=owner)
    state.externals.lifted[name] = Lifted(definition(name, wider, written | names), closure)
    return name


PARTIAL = "partial_"  # stands for `functools.partial` in what is written here


def with_first(tree: Node, lines: Block) -> Node:
    """Give a nested function with statements before its own."""
    if isinstance(tree, gast.Lambda):
        body, name = [build.returning(tree.body)], "function"
    else:
        body, name = tree.body, tree.name
    made = build.function(name, [], [*lines, *body])
    made.args, made.place, made.around = tree.args, tree.place, tree.around
    return build.at(made.place, [made])[0]


def definition(name: str, tree: Node, written: dict[str, Node]) -> Node:
    """Write a nested function as one of the module; names found outside as the module has them."""

    def change(node: Node) -> Node | None:
        if isinstance(node, gast.Name) and node.id in written and isinstance(node.ctx, gast.Load):
            return clone(written[node.id])
        return None

    if isinstance(tree, gast.Lambda):
        body = [build.returning(rewrite(tree.body, change))]
    else:
        body = rewrite(tree.body, change)
    made = build.function(name, [], body)
    made.args = rewrite(tree.args, change)
    return made
