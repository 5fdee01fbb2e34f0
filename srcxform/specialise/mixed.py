"""Objects and other things in one variable: each kind that it may have has a branch of its own.

What `isinstance` tells of such a variable is known in the branch (`narrow` in `statements`), so
that operators and methods of each class come in where the object is of this class.
"""

from __future__ import annotations

from collections.abc import Callable

import gast
import numpy as np

from srcxform.errors import SrcxformError
from srcxform.kinds.instances import MISSING
from srcxform.kinds.joining import DECLINED
from srcxform.kinds.lattice import NEVER, NONE, Const, Kept, Kind, Mixed, Record
from srcxform.specialise.objects import looked_up
from srcxform.specialise.scope import Evaluated, State, Surely
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone

Act = Callable[[Evaluated], Evaluated | None]


def is_told(state: State, kind: Kind) -> bool:
    """Say whether the run tells which of the kinds that a value may have it is."""
    if not isinstance(kind, Mixed) or not kind.options or state.fixed:
        return False
    classes = [option.type for option in kind.options if isinstance(option, Record)]
    return not any(isinstance(option, Kept) for option in kind.options) and all(
        written_class(state, cls) is not None for cls in classes
    )


def written_class(state: State, cls: type) -> Node | None:
    """Write a class, if the program has a name for it."""
    return state.externals.reference(cls) or state.classes.get(cls)


def by_option(state: State, value: Evaluated, act: Act) -> Evaluated:
    """Do something with a value in a branch for each kind that it may have."""
    node, kind = value
    assert isinstance(kind, Mixed)
    if not isinstance(node, gast.Name):
        held = state.names.part(state.hint)
        state.emit(build.assign(held, node))
        state.bind(held, kind)
        node = build.load(held)
    out = state.names.part(state.hint)
    branches(state, node.id, sorted(kind.options, key=order), out, act)
    found = state.kind_of(out)
    return build.load(out), NEVER if found is None else found


def order(option: Kind) -> int:
    """Ask for derived classes first, and for what no class tells last."""
    if isinstance(option, Record):
        return -len(option.type.__mro__)
    return 0 if option in (NONE, DECLINED) else 1


def branches(state: State, name: str, options: list[Kind], out: str, act: Act) -> None:
    first, *rest = options

    def done() -> None:
        own = state.names.part(state.hint)
        state.emit(build.assign(own, build.load(name)))
        state.bind(own, first)
        found = tried(state, act, (build.load(own), first))
        if found is not None:
            state.emit(build.assign(out, found[0]))
            state.bind(out, found[1])

    if not rest:
        done()
        return
    test = asked(state, name, first)
    before = dict(state.env or {})
    with state.block() as body:
        done()
    after, state.env = state.env, before
    with state.block() as orelse:
        branches(state, name, rest, out, act)
    state.env = state.join_env(after, state.env)
    state.emit(build.branch(test, body, orelse))


def tried(state: State, act: Act, value: Evaluated) -> Evaluated | None:
    """Do something in a branch: what is refused there is refused where it is reached."""
    from srcxform.specialise.apart import EndlessError
    from srcxform.specialise.certainty import thrown
    from srcxform.specialise.refusal import raising_later

    before = state.depths()
    try:
        return act(value)
    except Surely as found:
        line = thrown(state, found.error)
    except SrcxformError as error:
        if isinstance(error, EndlessError) and state.unsettled:
            raise  # the call that began the recursion is refused
        line = raising_later(state, error)
    state.back_to(before)
    state.emit(line)
    state.env = None
    return None


def asked(state: State, name: str, option: Kind) -> Node:
    """Write the question whether a variable holds a value of this kind."""
    if isinstance(option, Record):
        cls = written_class(state, option.type)
        assert cls is not None
        return build.call("isinstance", build.load(name), clone(cls))
    one = build.const(None) if option == NONE else build.load("NotImplemented")
    return gast.Compare(left=build.load(name), ops=[gast.Is()], comparators=[one])


def raising(state: State, value: Evaluated, name: str) -> bool:
    """Write what Python raises where a value is asked for an attribute that it has not."""
    from srcxform.specialise.certainty import thrown

    if has(state, value[1], name):
        return False
    told = f"{described(value[1])} has no attribute {name!r}"
    state.emit(thrown(state, AttributeError(told)))
    state.env = None
    return True


def has(state: State, kind: Kind, name: str) -> bool:
    if isinstance(kind, Record):
        known = (looked_up(state, kind.type, one) for one in (name, "__getattr__"))
        return name in kind.keys or any(one is not MISSING for one in known)
    return hasattr(kind.value if isinstance(kind, Const) else np.float64, name)


def described(kind: Kind) -> str:
    if isinstance(kind, Record):
        return f"{kind.type.__name__!r} object"
    return str(kind.value) if isinstance(kind, Const) else "a number"
