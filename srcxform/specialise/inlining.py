"""A callee's body in place of its call.

Parameters that the callee never rebinds become the arguments themselves; its other names become
fresh names of the caller. Rule templates are inlined in the same way.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import gast

from srcxform.errors import UnsupportedError
from srcxform.frontend.paths import default_fetch
from srcxform.frontend.read import Read, read
from srcxform.kinds.callables import Closure, Derived, Partial, is_virtual
from srcxform.kinds.lattice import NONE, UNKNOWN, Const, Items, Kind, Mapping, Rest, scalar_class
from srcxform.kinds.values import kind_of
from srcxform.specialise.closures import is_placeholder
from srcxform.specialise.instances import keep_dictionary
from srcxform.specialise.resolve import captured, inside, residual_object
from srcxform.specialise.scope import Evaluated, Scope, State, Surely
from srcxform.specialise.stepwise import with_marked_loop
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.signatures import own_signature
from srcxform.syntax.visit import stores

Bound = dict[str, Evaluated]
DEEP = 8  # templates in templates: derivatives of so high an order


def inline(state: State, node: Node, function: Any, args: Any, keywords: Any) -> Evaluated:
    """Write the body of `function` for a call of it; give the result's atom and kind."""
    if not inside(function):
        guard_code(state, function)
    code = read_callee(state, node, function)
    bound = bind(state, node, function, args, keywords)
    scope = Scope(function, {}, (), code.local)
    if inside(function) or (function.__module__ or "").startswith("srcxform.api."):
        scope.place = state.place
    return come_in(state, node, function, code, bound, scope)


def read_callee(state: State, node: Node, function: Any) -> Read:
    """Read a function that is called; what is refused of it tells of the call, too."""
    try:
        return read(function)
    except UnsupportedError as error:
        told = error.diagnostic
        place = None if told.place is None else told.place.within(state.at(node) or state.place)
        raise UnsupportedError(dataclasses.replace(told, place=place)) from None


def come_in(
    state: State, node: Node, function: Any, code: Read, bound: Bound, scope: Scope
) -> Evaluated:
    """Write a body, or a call where the function is being looked into already."""
    caller = state.at(node) or state.place
    if code.stopped is not None:
        scope.caller = caller
        from srcxform.specialise.suspended import suspended

        return suspended(state, function, code, bound, scope)
    if function in state.calling and not is_another(state, function, bound):
        from srcxform.specialise.apart import call_apart

        return call_apart(state, node, function, code, bound, scope)
    scope.caller, scope.frame = caller, state.frame_for(node)
    scope.once = state.is_once(node)
    state.calling += [function, Handed(function, functions_among(bound))]
    try:
        return write_body(state, code, bound, scope)
    finally:
        del state.calling[-2:]


@dataclasses.dataclass(frozen=True)
class Handed:
    """The functions that a call of a function was given."""

    function: Any
    given: tuple[Any, ...]


def functions_among(bound: Bound) -> tuple[Any, ...]:
    """Give what tells the functions among arguments apart, whatever they capture."""
    found = (identity(kind) for _, kind in bound.values())
    return tuple(one for one in found if one is not None)


def identity(kind: Kind) -> Any:
    match kind:
        case Closure(node=tree):
            return id(tree)
        case Partial(function=function):
            return identity(function)
        case Derived(transform=transform, function=function):
            return transform, identity(function)
        case Const(value=value) if callable(value):
            return id(value)
    return None


def write_body(state: State, code: Read, bound: Bound, scope: Scope) -> Evaluated:
    from srcxform.specialise.statements import block

    rebound = {name for line in code.body for name in stores(line)} | code.shared
    outer, place = state.scope, state.place
    code = with_marked_loop(state, code)
    for name, (value, kind) in bound.items():
        keep_dictionary(state, kind)
        if name not in rebound and is_lasting(state, value):
            scope.names[name] = value
            continue
        fresh = state.names.like(name)
        state.emit(build.assign(fresh, value))
        state.bind(fresh, kind)
        scope.names[name] = build.load(fresh)
    own = sorted(code.local - set(code.parameters))
    for name in own:
        scope.names[name] = build.load(state.names.like(name))
    state.scope = scope
    scope.code = code
    try:
        result = block(state, code.body)
    finally:
        state.scope, state.place = outer, place
    return result or (build.const(None), NONE)


def is_lasting(state: State, value: Node) -> bool:
    """Say whether an argument may be written wherever the parameter stands."""
    if isinstance(value, gast.Attribute):  # what a module holds, not what an object does
        return residual_object(state, value) != UNKNOWN
    if isinstance(value, gast.Name):
        return value.id not in state.shifting and not is_placeholder(state, value)
    return isinstance(value, gast.Constant)


def is_another(state: State, function: Any, bound: Bound) -> bool:
    """Say whether a function comes in within itself for another function or part: no recursion.

    There are as many functions as the text has; what is made of a function anew at each call is
    one function.
    """
    own = isinstance(function, types.FunctionType) and inside(function)
    handed = functions_among(bound)
    if handed and not own and state.calling.count(function) < DEEP:
        return Handed(function, handed) not in state.calling
    given = any(is_virtual(kind) for _, kind in bound.values())
    known = all(state.opened(kind) != UNKNOWN for _, kind in bound.values())
    return own and (given or known) and state.calling.count(function) < DEEP


def bind(state: State, node: Node, function: Any, args: Any, keywords: Any) -> Bound:
    """Match arguments with parameters as Python does."""
    signature = own_signature(function)

    def missing(name: str) -> Evaluated:
        return default(state, function, name, signature.parameters[name].default)

    return match_arguments(node, function.__name__, signature, args, keywords, missing)


def match_arguments(
    node: Node,
    name: str,
    signature: inspect.Signature,
    args: Any,
    keywords: Any,
    missing: Callable[[str], Evaluated],
) -> Bound:
    """Match arguments with a signature; `missing` gives defaults."""
    try:
        matched = signature.bind(*args, **keywords)
    except TypeError as error:
        raise Surely(TypeError(f"{name}() {error}")) from None
    bound: Bound = {}
    for own, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            bound[own] = packed(matched.arguments.get(own, ()))
        elif parameter.kind is parameter.VAR_KEYWORD:
            bound[own] = packed_names(matched.arguments.get(own, {}))
        elif own in matched.arguments:
            bound[own] = matched.arguments[own]
        else:
            bound[own] = missing(own)
    return bound


def packed(values: Any) -> Evaluated:
    if values and isinstance(values[-1][1], Rest):
        ((value, rest),) = values
        return value, rest.kind
    return build.sequence([v for v, _ in values]), Items("tuple", tuple(k for _, k in values))


def packed_names(values: dict[str, Evaluated]) -> Evaluated:
    keys = tuple(values)
    node = build.mapping(keys, [value for value, _ in values.values()])
    return node, Mapping(keys, tuple(kind for _, kind in values.values()))


def default(state: State, function: Any, name: str, value: Any) -> Evaluated:
    """Write a default value: simple ones as literals, others as what the function holds."""
    path = state.externals.path_to(function, f"default:{name}")
    if not inside(function):
        guard_defaults(state, function)
        state.externals.saw(path, value)
    if (
        value is None
        or isinstance(value, str)
        or scalar_class(value)
        and type(value) in (int, float, bool, complex)
    ):
        return build.const(value), Const(value)
    if isinstance(value, tuple) and all(
        type(v) in (int, float, str, bool, type(None)) for v in value
    ):
        items = tuple(map(Const, value))
        return build.sequence([build.const(v) for v in value]), Items("tuple", items)
    kind = kind_of(value)
    written = state.externals.reference(value) if isinstance(kind, Const) else None
    if written is not None:
        return written, kind
    key = (id(function), "default", name)
    return captured(state, value, name, key, default_fetch(function, name), path)


def guard_defaults(state: State, function: Any) -> None:
    guard_attribute(state, function, "__defaults__")
    for name, value in (function.__kwdefaults__ or {}).items():
        key, step = (id(function), "default", name), f"default:{name}"
        path = state.externals.path_to(function, step)
        state.externals.guard(key, default_fetch(function, name), value, path)


def guard_code(state: State, function: Any) -> None:
    """Note that the source of a callee is looked into: tools that reload modules exchange it."""
    guard_attribute(state, function, "__code__")


def guard_attribute(state: State, function: Any, name: str) -> None:
    path = state.externals.path_to(function, f"attr:{name}")
    fetch = functools.partial(getattr, function, name)
    state.externals.guard((id(function), name), fetch, getattr(function, name), path)
