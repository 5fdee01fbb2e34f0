"""`out=`: results that are written into an array which is there already."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import numpy as np

from srcxform.kinds.lattice import NONE, Const, Items
from srcxform.specialise import forms
from srcxform.specialise.expressions import item
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Node


def with_out(state: State, function: Any, args: Args, keywords: Keywords) -> tuple[Args, Keywords]:
    """`np.sin(x, z)` and `np.sin(x, out=(z,))` are `np.sin(x, out=z)`; so it is with `np.clip`."""
    if takes_out(function) and not isinstance(function, np.ufunc):
        return by_name(args, keywords, positional(function))
    if not isinstance(function, np.ufunc) or function.nout != 1:
        return args, keywords
    if len(args) == function.nin + 1 and "out" not in keywords:
        return args[:-1], {**keywords, "out": args[-1]}
    match keywords.get("out"):
        case (given, Items(type="tuple", items=(_,))) as held:
            place = build.item(given, build.const(0))
            first = item(state, place, held, (build.const(0), Const(0)))
            return args, {**keywords, "out": forms.named(state, first)}
    return args, keywords


@cache
def positional(function: Any) -> tuple[str, ...]:
    """Give the names of the parameters that may be given by position."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(p.name for p in parameters if p.kind in kinds)


def by_name(args: Args, keywords: Keywords, names: tuple[str, ...]) -> tuple[Args, Keywords]:
    """Give `out`, and what stands behind it, under their names."""
    at = names.index("out") if "out" in names else len(args)
    named = dict(zip(names[at:], args[at:], strict=False))
    if named and named["out"][1] == NONE:
        del named["out"]
    return args[:at], {**named, **keywords}


def takes_out(function: Any) -> bool:
    """Say whether `out=` means what it means in NumPy; in a function of the user's it may not."""
    if isinstance(function, np.ufunc):
        return True
    module = getattr(function, "__module__", None) or ""
    return module.partition(".")[0] == "numpy" and hasattr(function, "__name__")


def into_out(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated:
    """`f(x, out=z)` as `z[...] = f(x)`; with `where=m` it is `z[...] = np.where(m, f(x), z)`."""
    from srcxform.specialise.calls import call_object

    target, kind = keywords["out"]
    chosen = "where" in keywords and isinstance(function, np.ufunc)
    taken = ("out", "where") if chosen else ("out",)
    rest = {key: value for key, value in keywords.items() if key not in taken}
    value, found = call_object(state, node, function, args, rest, func)
    name = state.names.part(state.hint)
    state.emit(build.assign(name, value))
    state.bind(name, found)
    if chosen:
        choice = [keywords["where"], (build.load(name), found), keywords["out"]]
        value, found = call_object(state, node, np.where, choice, {})
        name = state.names.part(state.hint)
        state.emit(build.assign(name, value))
        state.bind(name, found)
    state.emit(build.assign(build.item_store(target, build.const(...)), build.load(name)))
    return target, kind
