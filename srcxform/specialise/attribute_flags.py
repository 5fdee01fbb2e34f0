"""Attributes that an object has on some ways only: a flag says whether it is there.

    c = Counter()                               c_n_set = False
    for x in xs:                                for x in xs:
        if hasattr(c, "n"):                         if c_n_set:
            c.n += x                                    c_n += x
        else:                                       else:
            c.n = x                                     c_n = x
                                                        c_n_set = True

Which attributes need one turns out where such an attribute is read: then `Restart`. A dict that
stands for an object is asked itself: `"n" in c`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import gast

from srcxform.kinds.lattice import NEVER, Const, Instance, Kept, Kind, Maybe
from srcxform.specialise.cells import Restart
from srcxform.specialise.certainty import thrown
from srcxform.specialise.objects import kept_keys
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone

SUFFIX = " set"  # no attribute has such a name


def flag_name(name: str) -> str:
    """Give the name of what says whether an attribute is set, among the attributes."""
    return name + SUFFIX


def is_flag(name: str) -> bool:
    return name.endswith(SUFFIX)


def is_unsure(state: State, kind: Kind, name: str) -> bool:
    """Say whether an object has an attribute on some ways to this point only."""
    if isinstance(kind, Kept):
        begun = state.cells.begun.get(kind.type, frozenset())
        return name in kept_keys(state, kind) and name not in begun
    if not isinstance(kind, Instance):
        return False
    variable = state.slots.get((kind.site, name))
    return variable is not None and isinstance((state.env or {}).get(variable), Maybe)


def begin_flags(state: State, kind: Instance, there: Collection[str]) -> None:
    """Say of an object that is made, or given, which of the attributes in question it has."""
    for name in flagged(state, kind):
        set_flag(state, kind, name, name in there)


def note_there(state: State, kind: Instance, name: str) -> None:
    """Say that an attribute is set from here on."""
    if name in flagged(state, kind):
        if state.kind_of(flag_of(state, kind, name)) != Const(True):
            set_flag(state, kind, name, True)


def begin_kept(state: State, cls: type, names: Collection[str]) -> None:
    """Note what an object begins with for which a dict stands; anew if others begin with more."""
    known = state.cells.begun.get(cls, frozenset(names))
    state.cells.begun[cls] = known & frozenset(names)
    if known != state.cells.begun[cls]:
        raise Restart


def is_there(state: State, base: Node, kind: Kind, name: str) -> Node:
    """Ask whether an object has an attribute of which that is not sure."""
    if isinstance(kind, Kept):
        return gast.Compare(left=build.const(name), ops=[gast.In()], comparators=[clone(base)])
    assert isinstance(kind, Instance)
    if name not in flagged(state, kind):
        state.cells.flagged.add((kind.type, name))
        raise Restart
    return build.load(flag_of(state, kind, name))


def check_there(state: State, base: Node, kind: Instance | Kept, name: str) -> None:
    """Raise as Python does where an attribute that is read is not set."""
    if not is_unsure(state, kind, name):
        return
    told = f"{kind.type.__name__!r} object has no attribute {name!r}"
    missing = build.inverted(is_there(state, base, kind, name))
    state.emit(build.branch(missing, [thrown(state, AttributeError(told))]))
    if isinstance(kind, Instance):
        told_there(state, state.slots[kind.site, name], True)


def filled_in(
    state: State, kind: Kind, name: str, fill: Callable[[], Evaluated], own: Evaluated | None
) -> Evaluated:
    """Read an attribute that is computed, and set, where it is not there."""
    if own is None:
        return fill()
    if not isinstance(kind, Instance) or not is_unsure(state, kind, name):
        return own
    flag, variable = is_there(state, build.const(None), kind, name), state.slots[kind.site, name]
    there = dict(state.env or {})
    with state.block() as body:
        told_there(state, variable, False)
        fill()
    absent, state.env = state.env, there
    told_there(state, variable, True)
    state.env = state.join_env(absent, state.env)
    state.emit(build.branch(build.inverted(flag), body))
    return build.load(variable), state.kind_of(variable) or NEVER


def is_flag_variable(state: State, name: str) -> bool:
    """Say whether a variable says of an attribute whether it is set."""
    return any(v == name and is_flag(attribute) for (_, attribute), v in state.slots.items())


def narrow_attribute(state: State, flag: str, holds: bool) -> None:
    """Note in a branch what its test, a flag, says of an attribute."""
    for (site, name), variable in state.slots.items():
        if variable == flag and is_flag(name):
            told_there(state, state.slots[site, name.removesuffix(SUFFIX)], holds)
            if state.env is not None:
                state.env[flag] = Const(holds)
            return


def told_there(state: State, variable: str, holds: bool) -> None:
    kind = (state.env or {}).get(variable)
    if not isinstance(kind, Maybe) or state.env is None:
        return
    if holds:
        state.env[variable] = kind.kind
    else:
        del state.env[variable]


def flagged(state: State, kind: Instance) -> list[str]:
    return sorted(name for cls, name in state.cells.flagged if cls is kind.type)


def flag_of(state: State, kind: Instance, name: str) -> str:
    from srcxform.specialise.instances import slot

    return slot(state, kind.site, flag_name(name))


def set_flag(state: State, kind: Instance, name: str, there: bool) -> None:
    flag = flag_of(state, kind, name)
    state.emit(build.assign(flag, build.const(there)))
    state.bind(flag, Const(there))
