"""Paths: how an object was reached from a function, so that another process can reach it again.

A path is a tuple of steps, each taken from what the step before gave. The first is taken from the
function that is differentiated, and `()` is that function.

    global:n  cell:n   a name that a function reads but does not bind ("global" if it is missing)
    builtin:n          such a name, where Python's own meaning holds
    default:n          the default of a function's parameter
    attr:n             an attribute of a module, class or other object
    type:              the class of an object
    static:n           what a class and its bases say for a name, as it is written there
    after:n:k          the same, of the bases behind the k-th
    item:k             an element of a tuple, list or dict; k is a literal
    derived:           what a derivative is the derivative of
    option:n           an option of a derivative; without a name, the transformation itself
    parameter:k        what is known of the argument k when the derivative is written (first only)
    module:n           an imported module (wherever the path stands)
"""

from __future__ import annotations

import ast
import functools
import importlib
import operator
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from srcxform.kinds.encoding import LITERALS
from srcxform.kinds.instances import MISSING, class_attribute
from srcxform.kinds.lattice import Const, Items, Kind, Mapping, Opaque, Record

__all__ = ["MISSING", "Found", "Path", "Unreachable", "default_fetch", "follow", "objects_in"]

Path = tuple[str, ...]


class Unreachable(LookupError):
    """A path leads nowhere."""


@dataclass(frozen=True)
class Found:
    """What a path leads to: the object that holds it, itself, and how to look again."""

    owner: Any
    value: Any
    fetch: Callable[[], Any]


def follow(path: Path, function: types.FunctionType, kinds: Sequence[Kind]) -> Found:
    """Go along a path. Raises Unreachable.

    >>> follow(("global:operator", "attr:mul"), follow, ()).value
    <built-in function mul>
    """
    found = Found(None, function, lambda: function)
    for k, step in enumerate(path):
        how, _, name = step.partition(":")
        if how == "parameter" and k == 0 and int(name) < len(kinds):
            found = constant(kinds, kinds[int(name)])
            continue
        handler = STEPS.get(how)
        if handler is None:
            raise Unreachable(step)
        try:
            found = handler(found.value, name)
        except (LookupError, AttributeError, TypeError, ValueError, SyntaxError, ImportError):
            raise Unreachable(step) from None
    return found


def constant(owner: Any, value: Any) -> Found:
    if isinstance(value, Const):
        value = value.value
    return Found(owner, value, lambda: value)


def global_name(function: Any, name: str) -> Found:
    namespace = function.__globals__
    fetch = functools.partial(namespace.get, name, MISSING)
    if name in namespace:
        return Found(namespace, namespace[name], fetch)
    if name in function.__builtins__:
        raise Unreachable(name)
    return Found(namespace, MISSING, fetch)


def builtin_name(function: Any, name: str) -> Found:
    if name in function.__globals__:
        raise Unreachable(name)
    return constant(function.__builtins__, function.__builtins__[name])


def cell_name(function: Any, name: str) -> Found:
    cell = function.__closure__[function.__code__.co_freevars.index(name)]
    return Found(cell, cell.cell_contents, functools.partial(getattr, cell, "cell_contents"))


def default(function: Any, name: str) -> Found:
    fetch = default_fetch(function, name)
    return Found(function, fetch(), fetch)


def default_fetch(function: Any, name: str) -> Callable[[], Any]:
    """Give what looks up the default of a parameter. Raises LookupError if it has none."""
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    if name in positional:
        back = positional.index(name) - len(positional)
        return lambda: (function.__defaults__ or ())[back]
    return lambda: (function.__kwdefaults__ or {})[name]


def attribute(value: Any, name: str) -> Found:
    if isinstance(value, Kind):
        if isinstance(value, Record):
            return constant(value, value.items[value.keys.index(name)])
        raise Unreachable(name)
    return Found(value, getattr(value, name), functools.partial(getattr, value, name))


def type_of(value: Any, name: str) -> Found:
    if isinstance(value, Kind):
        if isinstance(value, Record | Opaque):
            return constant(value, value.type)
        raise Unreachable(name)
    return Found(value, type(value), functools.partial(type, value))


def static(value: Any, name: str) -> Found:
    return Found(
        value, class_attribute(value, name), functools.partial(class_attribute, value, name)
    )


def after(value: Any, name: str) -> Found:
    wanted, _, position = name.rpartition(":")
    fetch = functools.partial(class_attribute, value, wanted, value.__mro__[int(position)])
    return Found(value, fetch(), fetch)


def item(value: Any, name: str) -> Found:
    key = ast.literal_eval(name)
    match value:
        case Items(items=items):
            return constant(value, items[key])
        case Mapping(keys=keys, items=items):
            return constant(value, items[keys.index(key)])
    return Found(value, value[key], functools.partial(operator.getitem, value, key))


def derived(value: Any, name: str) -> Found:
    return constant(value, value.__srcxform_derived__[1])


def option(value: Any, name: str) -> Found:
    transform, _, options = value.__srcxform_derived__
    return constant(value, options[name] if name else transform)


def module(_: Any, name: str) -> Found:
    return constant(None, importlib.import_module(name))


STEPS: dict[str, Callable[[Any, str], Found]] = {
    "global": global_name, "builtin": builtin_name, "cell": cell_name, "default": default,
    "attr": attribute, "item": item, "module": module, "type": type_of, "static": static,
    "after": after, "derived": derived, "option": option,
}  # fmt: skip


def objects_in(path: Path, kind: Kind) -> Iterator[tuple[Path, Any]]:
    """Give the functions and other objects that a kind holds, with the paths to them."""
    match kind:
        case Const(value=value) if type(value) not in LITERALS:
            yield path, value
        case Items(items=items):
            for k, part in enumerate(items):
                yield from objects_in((*path, f"item:{k}"), part)
        case Mapping(keys=keys, items=items):
            for key, part in zip(keys, items, strict=True):
                yield from objects_in((*path, f"item:{key!r}"), part)
        case Opaque(type=owner):
            yield (*path, "type:"), owner
        case Record(type=owner, keys=keys, items=items):
            yield (*path, "type:"), owner
            for key, part in zip(keys, items, strict=True):
                yield from objects_in((*path, f"attr:{key}"), part)
