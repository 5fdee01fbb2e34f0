"""What a rule returns for the result of its function, compared by kinds while compiling.

What belongs to an argument or a tangent is compared while the program runs, where shapes are known
(`runtime/custom.py`). The function itself is not run where its rule is, so that its result is known
by its kind only: structure, number of axes, real or complex.

>>> conflict(Number("f"), Array("f", (None,)))
True
>>> described(Items("tuple", (Number("f"), Array("c", (None, None)))))
'(float, complex[:, :])'
"""

from __future__ import annotations

from typing import Any

from srcxform.errors import SrcxformError
from srcxform.kinds.lattice import Array, Items, Kind, Mapping, Number, Record, general
from srcxform.kinds.values import kind_of
from srcxform.rules.custom import Closing, Custom, CustomJvp
from srcxform.specialise.scope import Args, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

CLASSES = {"b": "bool", "i": "int", "f": "float", "c": "complex"}


def compare(state: State, node: Node, custom: Custom, given: Args, result: Kind) -> None:
    """Note a rule whose result is surely not like that of its function."""
    if isinstance(custom, Closing) or custom.rules[0] is None or custom in state.compared:
        return
    state.compared.append(custom)
    try:
        found = rehearsed(state, node, custom, given)
    finally:
        state.compared.pop()
    if isinstance(found, Items) and len(found.items) == 2:
        own = state.settled(found.items[0])
        if conflict(own, state.settled(result)):
            rule = getattr(custom.rules[0], "__name__", "the rule")
            told = rule, described(own), described(state.settled(result))
            state.externals.unfit[id(custom)] = told


def rehearsed(state: State, node: Node, custom: Custom, given: Args) -> Kind | None:
    """Give the kind of what the rule returns that computes; None where it cannot be told."""
    from srcxform.specialise.closures import call_known

    args = given
    if isinstance(custom, CustomJvp):
        passing = [one for k, one in enumerate(given) if k not in custom.nondiff]
        kinds = tuple(kind for _, kind in passing)
        whole = build.sequence([value for value, _ in passing]), Items("tuple", kinds)
        args = [*(given[k] for k in custom.nondiff), whole, whole]
    depths, known = state.depths(), dict(state.known)
    try:
        with state.rehearsal():
            _, kind = call_known(state, node, kind_of(custom.rules[0]), args, {})
            return state.settled(kind)
    except SrcxformError:
        state.back_to(depths)
    finally:
        state.known = known  # the names that are given back will stand for something else
    return None


def conflict(kind: Kind, wanted: Kind) -> bool:
    """Say whether values of two kinds surely differ in structure, axes, or in being complex."""
    kind, wanted = general(kind), general(wanted)
    match kind, wanted:
        case ((Number() | Array()), (Number() | Array())):
            axes, expected = axes_of(kind), axes_of(wanted)
            other = None not in (axes, expected) and axes != expected
            return other or (kind.cls == "c") != (wanted.cls == "c")
        case Items(), Items():
            if kind.type != wanted.type or len(kind.items) != len(wanted.items):
                return True
            return any(map(conflict, kind.items, wanted.items))
        case Mapping(), Mapping():
            if set(kind.keys) != set(wanted.keys):
                return True
            parts = dict(zip(wanted.keys, wanted.items, strict=True))
            pairs = zip(kind.keys, kind.items, strict=True)
            return any(conflict(item, parts[key]) for key, item in pairs)
        case Record(), Record():
            return kind.type is not wanted.type or any(map(conflict, kind.items, wanted.items))
    known = (Number, Array, Items, Mapping, Record)
    return isinstance(kind, known) and isinstance(wanted, known)


def axes_of(kind: Any) -> int | None:
    if isinstance(kind, Number):
        return 0
    return None if kind.dims is None else len(kind.dims)


def described(kind: Kind) -> str:
    """Show what is known of a value."""
    match general(kind):
        case Number(cls=cls):
            return CLASSES.get(cls, "number")
        case Array(cls=cls, dims=dims):
            axes = "..." if dims is None else ", ".join(":" * len(dims))
            return f"{CLASSES.get(cls, 'array')}[{axes}]"
        case Items(type=name, items=items):
            inside = ", ".join(map(described, items))
            return f"[{inside}]" if name == "list" else f"({inside}{',' * (len(items) == 1)})"
        case Mapping(keys=keys, items=items):
            pairs = zip(keys, items, strict=True)
            return "{" + ", ".join(f"{key!r}: {described(item)}" for key, item in pairs) + "}"
        case Record(type=cls, keys=keys, items=items):
            pairs = zip(keys, items, strict=True)
            return f"{cls.__name__}({', '.join(f'{k}={described(i)}' for k, i in pairs)})"
    return "something else"
