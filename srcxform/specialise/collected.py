"""Deques and the dicts of `collections`: lists and dicts with methods of their own.

What makes one makes an object of the class in `runtime.collected` that stands for it. Such an
object is always taken apart: what it holds is a list or a dict of the residual program.
"""

from __future__ import annotations

import builtins
import copy
import functools
import types
from typing import Any

from srcxform.kinds.instances import is_followed
from srcxform.kinds.lattice import Instance, Items, Kept, Kind, Record
from srcxform.runtime.collected import STAND_INS
from srcxform.specialise.scope import Args, Evaluated, State

REAL: dict[Any, Any] = {made: known for known, made in STAND_INS.items()}
LOOKING = (
    builtins.isinstance, builtins.type, builtins.id, builtins.hasattr, builtins.getattr,
    builtins.setattr, builtins.callable, builtins.print, builtins.str, builtins.repr,
    builtins.format, builtins.vars, copy.copy, copy.deepcopy,
    functools.partial, functools.reduce, functools.cmp_to_key,
)  # fmt: skip


def stand_in(state: State, function: Any) -> type | None:
    """Give the class that stands for one of `collections`, None for everything else."""
    if state.scope.function is None or not isinstance(function, type):
        return None
    found = STAND_INS.get(function)
    return found if isinstance(found, type) else None


def is_stand_in(kind: Kind) -> bool:
    """Say whether a value is an object that stands for one of `collections`."""
    return isinstance(kind, (Instance, Kept)) and kind.type in REAL


def real_class(cls: type) -> type:
    """Give the class that the user knows."""
    found: type = REAL.get(cls, cls)
    return found


def held(state: State, value: Evaluated) -> Evaluated:
    """Give the list or dict in an object that stands for one of `collections`, to be read."""
    from srcxform.specialise.forms import named
    from srcxform.specialise.objects import own_attribute

    node, kind = value
    if not is_stand_in(kind):
        return value
    found = own_attribute(state, node, kind, "held")
    assert found is not None
    return named(state, found)


def held_arguments(state: State, function: Any, args: Args) -> Args:
    """Hand the lists and dicts themselves to functions that read containers."""
    if not any(is_stand_in(kind) or is_namedtuple(kind) for _, kind in args):
        return args
    if state.fixed or any(function is one for one in LOOKING) or is_helper(function):
        return args
    if is_made_of(function) or function in (builtins.max, builtins.min) and len(args) > 1:
        return args  # it keeps them, or gives one of them
    if function is builtins.sum:
        return [*held_arguments(state, builtins.list, args[:1]), *args[1:]]
    return [plain(state, arg) if is_namedtuple(arg[1]) else held(state, arg) for arg in args]


def is_made_of(function: Any) -> bool:
    """Say whether a function is a class of the user's: its objects hold what it is given."""
    return isinstance(function, type) and (is_followed(function) or hasattr(function, "_fields"))


def is_helper(function: Any) -> bool:
    """Say whether a function knows what stands for an object: one of ours, or of the user's."""
    if isinstance(function, (functools.partial, types.MethodType)):
        return True  # what it calls comes in
    homes = getattr(function, "__module__", ""), type(function).__module__
    return any(str(home).startswith("srcxform.") for home in homes)


def is_namedtuple(kind: Kind) -> bool:
    return isinstance(kind, Record) and isinstance(kind.type, type) and issubclass(kind.type, tuple)


def plain(state: State, value: Evaluated) -> Evaluated:
    """Hand a namedtuple as a tuple to functions that read containers."""
    from srcxform.specialise.displays import display
    from srcxform.specialise.forms import named
    from srcxform.specialise.sequences import elements

    node, kind = value
    assert isinstance(kind, Record)
    return named(state, display("tuple", elements(state, (node, Items("tuple", kind.items)))))
