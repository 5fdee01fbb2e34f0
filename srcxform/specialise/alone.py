"""An array under a name of its own, where the variable that holds it holds None at other times.

What is written in place needs a name that is always an array: `total` of a loop that begins with
`total = None` is none.
"""

from __future__ import annotations

from srcxform.kinds.lattice import Array, Kind
from srcxform.specialise.scope import State
from srcxform.syntax import build


def is_mixed(state: State, name: str, kind: Kind) -> bool:
    """Say whether an array is in a variable that has other kinds elsewhere.

    That is known once each name is one variable.
    """
    if state.fixed or state.scope.function is not None or not isinstance(kind, Array):
        return False
    return not isinstance(state.known.get(name, kind), Array)


def alone(state: State, name: str, kind: Kind) -> str:
    """Give the array another name here."""
    own = state.names.part(name)
    state.emit(build.assign(own, build.load(name)))
    state.bind(own, kind)
    return own
