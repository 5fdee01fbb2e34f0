"""Functions and what becomes of them: kinds known while compiling, for which no value stands."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from srcxform.kinds.lattice import (
    UNKNOWN,
    Const,
    Instance,
    Items,
    Kind,
    Many,
    Mapping,
    Mixed,
    OrNone,
    Record,
    Single,
    Stream,
    Suspended,
    Torn,
    general,
    holds_instance,
    torn_from,
    with_parts,
)


@dataclass(frozen=True, eq=False)
class Closure(Kind):
    """A function defined inside the one that is read: its tree, and the scope it was defined in.

    Known while compiling only, but for the values of its defaults: a tuple of these stands for it
    in the program. Two are the same function if they come from one place, capture the same
    variables, and have the same defaults.
    """

    node: Any
    scope: Any
    defaults: tuple[Any, ...] = ()  # an atom (None: it is in the tuple) and its kind for each

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Closure)
            and self.is_beside(other)
            and self.content() == other.content()
        )

    def is_beside(self, other: Closure) -> bool:
        """Say whether two are the same but for their defaults."""
        one = self.origin() == other.origin() and not self.node.fleeting
        return one and self.scope.is_one_with(other.scope, self.node)

    def __hash__(self) -> int:
        return id(self.origin()[0])

    def origin(self) -> Any:
        """Give what the text was made of: it may be written at the top of a module once more."""
        origin = getattr(self.node, "origin", None)
        return (self.node, ()) if origin is None else (origin, self.node.captured)

    def content(self) -> Any:
        """Give what two closures of one place have to share to be the same."""
        return [(getattr(atom, "id", atom), kind) for atom, kind in self.defaults]


@dataclass(frozen=True, eq=False)
class Partial(Kind):
    """A function with some arguments given, or a bound method: known while compiling only."""

    function: Kind
    args: tuple[Any, ...]  # atoms and their kinds
    keywords: tuple[Any, ...] = ()  # names, atoms and their kinds

    def __eq__(self, other: object) -> bool:
        return self is other or isinstance(other, Partial) and self.content() == other.content()

    def __hash__(self) -> int:
        return hash(self.function)

    def content(self) -> Any:
        """Give what two partials have to share to be the same."""
        args = [(getattr(atom, "id", atom), kind) for atom, kind in self.args]
        named = [(name, getattr(atom, "id", atom), kind) for name, atom, kind in self.keywords]
        return self.function, args, named


@dataclass(frozen=True)
class Super(Kind):
    """`super()`: the object (or class) with this name, looked at behind this class."""

    type: Any
    owner: str


@dataclass(frozen=True)
class Choice(Kind):
    """One of several functions; a variable of this kind holds the number of the one it is."""

    options: tuple[Kind, ...]


@dataclass(frozen=True)
class Derived(Kind):
    """A derivative of a function, made inside the function that is read."""

    transform: str
    function: Kind
    options: tuple[Any, ...] = field(default=(), hash=False)  # names and values


@dataclass(frozen=True, eq=False)
class Emitted(Single):
    """A function that writes its own statements where it is called."""

    emit: Callable[[Any, Any], Any]  # of the state and the arguments


@dataclass(frozen=True, eq=False)
class Pullback(Single):
    """What `vjp` gives, made inside: the backward sweep, to come in where it is called.

    It reads variables that the forward sweep has left, and so belongs to one turn of a loop.
    """

    sweep: Any


def in_tuples(kind: Kind) -> Kind:
    """Let closures find their defaults in the tuples that stand for them: for later turns."""
    match kind:
        case Closure(defaults=defaults) if defaults:
            return replace(kind, defaults=tuple(lasting(None, found) for _, found in defaults))
        case Pullback():
            return UNKNOWN
        case Choice():  # the variable holds a number, and no values beside it
            return UNKNOWN if is_of_one_turn(kind) else kind
        case Derived(function=function) if has_parts(function):
            inner = in_tuples(function)
            return UNKNOWN if inner == UNKNOWN else replace(kind, function=inner)
        case Partial(function=Closure(defaults=[_, *_]) | Partial()):
            return UNKNOWN
        case Partial(args=args, keywords=keywords):
            given = [found for _, found in args] + [found for _, _, found in keywords]
            if any(map(holds_instance, given)):
                return torn_from(*given)  # the object of this turn is another one in the next
            inside = tuple(lasting(atom, found) for atom, found in args)
            named = tuple((name, *lasting(atom, found)) for name, atom, found in keywords)
            return replace(kind, args=inside, keywords=named)
        case Items() | Mapping() | Record() | Many() | OrNone():
            return with_parts(kind, in_tuples)
    return kind


def lasting(atom: Any, kind: Kind) -> tuple[Any, Kind]:
    """Keep the name of what is known while compiling; all else is in the tuple.

    So are functions that are known: their names differ from turn to turn, and tell nothing. The
    values that belong to one are in a tuple of its own.
    """
    match kind:
        case Closure() | Partial() | Derived() | Pullback():
            return None, in_tuples(kind)
        case Items() | Mapping() | Record():
            return None, in_tuples(kind) if is_virtual(kind) else general(kind)
    return (atom, kind) if is_virtual(kind) else (None, general(kind))


def is_of_one_turn(kind: Kind) -> bool:
    """Say whether a value is, or holds, a function that belongs to the turn that made it."""
    match kind:
        case Pullback():
            return True
        case Choice(options=options):
            return any(has_parts(option) or is_of_one_turn(option) for option in options)
        case Closure(defaults=defaults):
            return any(is_of_one_turn(found) for _, found in defaults)
        case Derived(function=function):
            return is_of_one_turn(function)
        case Partial(function=function, args=args, keywords=keywords):
            given = [found for _, found in args] + [found for *_, found in keywords]
            return any(map(is_of_one_turn, [function, *given]))
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(is_of_one_turn, items))
    return False


def has_parts(kind: Kind) -> bool:
    """Say whether a tuple of values stands for a function that is known."""
    match kind:
        case Closure(defaults=defaults):
            return bool(defaults)
        case Partial(args=args, keywords=keywords):
            return bool(args or keywords)
        case Derived(function=function):
            return has_parts(function)
    return False


def is_virtual(kind: Kind) -> bool:
    """Say whether a value of this kind, or one inside it, is known while compiling only."""
    match kind:
        case (
            Closure()
            | Partial()
            | Derived()
            | Pullback()
            | Super()
            | Emitted()
            | Choice()
            | Suspended()
        ):
            return True
        case Mixed():
            return False
        case Instance() | Torn():
            return True
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(is_virtual, items))
        case Many(item=Kind() as item) | Stream(item=item):
            return is_virtual(item)
    return False


def is_callee(kind: Kind) -> bool:
    """Say whether a call of a value of this kind is a call of one known function."""
    match kind:
        case Closure() | Partial() | Derived() | Pullback() | Emitted() | Choice():
            return True
        case Const(value=value):
            return callable(value)
    return False


def is_function(kind: Kind) -> bool:
    """Say whether the kind is a known function, class or module."""
    return isinstance(kind, Const) and isinstance(
        kind.value,
        (types.FunctionType, types.BuiltinFunctionType, type, types.ModuleType, np.ufunc),
    )
