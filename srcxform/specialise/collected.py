"""Deques and the dicts of `collections`: lists and dicts with methods of their own.

What makes one makes an object of the class in `runtime.collected` that stands for it. Such an
object is always taken apart: what it holds is a list or a dict of the residual program.
"""

from __future__ import annotations

import builtins
import copy
from typing import Any

from srcxform.kinds.lattice import Instance, Kind
from srcxform.runtime.collected import STAND_INS
from srcxform.specialise.instances import attributes_of
from srcxform.specialise.scope import Args, Evaluated, State

REAL: dict[Any, Any] = {made: known for known, made in STAND_INS.items()}
LOOKING = (
    builtins.isinstance, builtins.type, builtins.id, builtins.hasattr, builtins.getattr,
    builtins.setattr, builtins.callable, builtins.print, builtins.str, builtins.repr,
    builtins.format, builtins.vars, copy.copy, copy.deepcopy,
)  # fmt: skip


def stand_in(state: State, function: Any) -> type | None:
    """Give the class that stands for one of `collections`, None for everything else."""
    if state.scope.function is None or not isinstance(function, type):
        return None
    found = STAND_INS.get(function)
    return found if isinstance(found, type) else None


def is_stand_in(kind: Kind) -> bool:
    """Say whether a value is an object that stands for one of `collections`."""
    return isinstance(kind, Instance) and kind.type in REAL


def real_class(cls: type) -> type:
    """Give the class that the user knows."""
    found: type = REAL.get(cls, cls)
    return found


def held(state: State, value: Evaluated) -> Evaluated:
    """Give the list or dict in an object that stands for one of `collections`, to be read."""
    kind = value[1]
    if not is_stand_in(kind):
        return value
    assert isinstance(kind, Instance)
    return attributes_of(state, kind)["held"]


def held_arguments(state: State, function: Any, args: Args) -> Args:
    """Hand the lists and dicts themselves to functions that read containers."""
    if not any(is_stand_in(kind) for _, kind in args):
        return args
    if any(function is one for one in LOOKING):
        return args
    return [held(state, arg) for arg in args]
