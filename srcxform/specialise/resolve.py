"""What a name or a dotted name stands for, and how the residual program writes it."""

from __future__ import annotations

import builtins
import functools
import types
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.frontend.externals import is_same
from srcxform.frontend.paths import MISSING
from srcxform.kinds.lattice import NEVER, UNKNOWN, Const, Kind, holds_instance
from srcxform.kinds.values import kind_of
from srcxform.rules.custom import Custom
from srcxform.specialise.certainty import surely
from srcxform.specialise.operators import SIMPLE
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.namespace import NameNotFound, lookup


@dataclass(frozen=True)
class Outside:
    """Says of an object that it was found outside, and under which key."""

    key: Any


OWN = ("srcxform.rules", "srcxform.runtime", "srcxform.api.inside")
LIBRARIES = ("numpy", "math", "cmath", "srcxform", "builtins")


def name(state: State, node: Node) -> Evaluated:
    scope = state.scope
    found = scope.find(node.id)
    if found is not None:
        if isinstance(found, gast.Name) and scope.function and found.id not in (state.env or ()):
            unless_bound(state, UnboundLocalError(f"local variable '{node.id}' is not bound"))
        return found, kind_of_atom(state, found)
    if scope.function is None:
        if node.id in state.externals.objects:
            return node, Const(state.externals.objects[node.id])
        if node.id in state.functions:
            return node, Const(state.functions[node.id])
        if node.id in state.externals.lifted:
            return node, state.externals.lifted[node.id].kind
        if state.env is not None and node.id in state.env:
            return node, state.env[node.id]
        for capture in state.externals.captures.values():
            if capture.name == node.id:  # it was met first on another way to this point
                return node, capture.kind
        if hasattr(builtins, node.id):
            return node, Const(getattr(builtins, node.id))
        return node, UNKNOWN
    if scope.owns(node.id):
        unless_bound(state, UnboundLocalError(f"local variable '{node.id}' is not bound"))
        return node, UNKNOWN  # read before it is bound: Python will say so
    return global_name(state, node)


def unless_bound(state: State, error: NameError) -> None:
    """Leave for a handler; where none is, a name may come to mean something."""
    if state.watches:
        surely(state, error)


def global_name(state: State, node: Node) -> Evaluated:
    """Resolve a name that the function does not bind."""
    function = state.scope.function
    assert function is not None
    try:
        where, value = lookup(function, node.id)
    except NameNotFound:
        unbound(state, function, node.id)
        missing = NameError(f"name '{node.id}' is not defined")
        if node.id in names_in(function.__code__):
            surely(state, missing)  # as long as it is missing: that is guarded
        unless_bound(state, missing)
        return node, UNKNOWN
    path = state.externals.path_to(function, f"{where}:{node.id}")
    if where == "builtin":
        if not inside(function):
            state.externals.saw(path, value)
        return node, Const(value)
    fetch = fetcher(function, where, node.id)
    closure = function.__closure__ or ()
    key = (id(closure[function.__code__.co_freevars.index(node.id)]) if where == "cell"
           else id(function.__globals__), node.id)  # fmt: skip
    return looked_up(state, value, node.id, key, fetch, path, guarded=not inside(function))


def looked_up(
    state: State, value: Any, name: str, key: Any, fetch: Any, path: Any, guarded: bool = True
) -> Evaluated:
    """Write what was found outside: an object under its own name, a value as a capture."""
    try:
        kind = kind_of(value, name)
    except RecursionError:
        raise endless(state, name) from None
    if isinstance(kind, Const) and not isinstance(value, (str, bool, type(None))):
        if guarded:
            state.externals.guard(key, fetch, value, path)
        written = state.externals.reference(value)
        if written is not None:
            return written, kind
    return captured(state, value, name, key, fetch, path)


def endless(state: State, name: str) -> UnsupportedError:
    what = f"`{name}` holds itself"
    why = "what it holds, and what that holds, is looked at, and there is no end to it"
    instead = "give what is used of it a name of its own"
    return UnsupportedError(Diagnostic(what, state.place, why, instead))


def captured(state: State, value: Any, name: str, key: Any, fetch: Any, path: Any) -> Evaluated:
    """Make a value found outside a parameter of the generated function."""
    from srcxform.specialise.instances import owned

    def kind(printed: str) -> Kind:
        return owned(kind_of(value, printed), Outside(key))

    found = state.externals.capture(key, name, fetch, path, kind)
    known = (state.env or {}).get(found)
    if known is not None and holds_instance(known):  # an object that is written to
        return build.load(found), known
    if state.env is not None:
        state.env.setdefault(found, kind(found))
    return build.load(found), kind(found)


def unbound(state: State, function: Any, name: str) -> None:
    """Note that the source holds only while a name means nothing."""
    if name in function.__code__.co_freevars:
        state.externals.saw(None, None)  # Python will say so: nothing to be kept
        return
    fetch = functools.partial(function.__globals__.get, name, MISSING)
    path = state.externals.path_to(function, f"global:{name}")
    state.externals.guard((id(function.__globals__), name), fetch, MISSING, path)


def names_in(code: types.CodeType) -> set[str]:
    """Give the names that a function, and those defined inside of it, ask of the module."""
    inner = (const for const in code.co_consts if isinstance(const, types.CodeType))
    return set(code.co_names).union(*map(names_in, inner))


def inside(function: Any) -> bool:
    """Say whether a function is part of this package: its names do not change under us."""
    return (function.__module__ or "").startswith(OWN)


def fetcher(function: Any, where: str, name: str) -> Any:
    if where == "cell":
        cell = function.__closure__[function.__code__.co_freevars.index(name)]
        return lambda: cell.cell_contents
    return functools.partial(function.__globals__.get, name)


def kind_of_atom(state: State, node: Node) -> Kind:
    """Give the kind of an operand that is already in the residual program."""
    match node:
        case gast.Constant(value=value):
            return Const(value)
        case gast.Name(id=found):
            if state.env is not None and found in state.env:
                return state.env[found]
            return residual_object(state, node)
        case gast.Attribute():
            return residual_object(state, node)
    return UNKNOWN


def residual_object(state: State, node: Node) -> Kind:
    """Give the module, function or class that a dotted name in the residual program means."""
    if isinstance(node, gast.Attribute):
        base = residual_object(state, node.value)
        if isinstance(base, Const) and hasattr(base.value, node.attr):
            return Const(getattr(base.value, node.attr))
        return UNKNOWN
    if isinstance(node, gast.Name):
        if node.id in state.externals.objects:
            return Const(state.externals.objects[node.id])
        if node.id in state.functions:
            return Const(state.functions[node.id])
        if node.id in state.externals.lifted:
            return state.externals.lifted[node.id].kind
        if hasattr(builtins, node.id):
            return Const(getattr(builtins, node.id))
    return UNKNOWN


def object_attribute(state: State, node: Node, value: Any) -> Evaluated:
    """Resolve `module.name`; what a module holds may change, so it is guarded."""
    found = getattr(value, node.attr)
    if isinstance(value, Custom) and isinstance(found, types.MethodType):
        key = (id(value), node.attr)  # each look-up makes a new wrapper of the method
        return node, Const(state.externals.hoisted.setdefault(key, found))
    fetch = functools.partial(getattr, value, node.attr, None)
    path = state.externals.path_to(value, f"attr:{node.attr}")
    home = library_of(value)
    kind = kind_of(found, node.attr)
    if isinstance(kind, Const) and not isinstance(found, SIMPLE):
        user = state.scope.function is not None and not inside(state.scope.function)
        if home == "scipy" or home == "srcxform" and user:
            state.externals.saw(path, found)
        elif home not in LIBRARIES:
            if not is_same(fetch(), found):
                return restless(state, node)
            state.externals.guard((id(value), node.attr), fetch, found, path)
        written = state.externals.reference(found)
        return (node if written is None else written), kind
    if isinstance(value, type(np)) and (home in LIBRARIES or home == "scipy"):
        return node, kind if isinstance(kind, Const) else kind_of(found)
    if state.env is not None:
        return captured(state, found, node.attr, (id(value), node.attr), fetch, path)
    return node, kind


def restless(state: State, node: Node) -> Evaluated:
    """Refuse an attribute that is made anew at each look-up: nothing could hold on to it."""
    from srcxform.specialise.instances import refuse

    refuse(state, f"`{node.attr}` is another object each time it is looked up",
           "a derivative is written for the very functions and objects that the code refers to",
           "look it up once, outside of the function, and use the name that it gets there"
    )  # fmt: skip
    return build.const(None), NEVER


def library_of(value: Any) -> str:
    """Give the top-level package that a module, class or ufunc belongs to."""
    if isinstance(value, np.ufunc):
        return "numpy"
    if not isinstance(value, (type(np), type)):
        return ""  # an instance: its attributes are its own
    owner = "__module__" if isinstance(value, type) else "__name__"
    return getattr(value, owner).split(".")[0]
