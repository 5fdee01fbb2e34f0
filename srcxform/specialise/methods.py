"""Calls of methods: of arrays by the function that does the same, of containers as they are."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.core.operations import is_text
from srcxform.kinds.callables import Super
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
    Torn,
    Unknown,
    is_differentiable,
    present,
)
from srcxform.kinds.shapes import in_line
from srcxform.kinds.values import kind_of
from srcxform.rules.methods import METHODS, scalar_astype, scalar_flatten
from srcxform.specialise.containers import container_method
from srcxform.specialise.draws import drawn_kind
from srcxform.specialise.enums import member_method
from srcxform.specialise.instances import torn
from srcxform.specialise.mixed import by_option, is_told, raising
from srcxform.specialise.object_calls import method_of_object
from srcxform.specialise.refusal import written_place
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.writes import write_method
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone

OF_SCALARS = {"astype": scalar_astype, "flatten": scalar_flatten}
SCALARS = {"b": bool, "i": int, "f": float, "c": complex}
SHARED_NAMES = (
    "conj",
    "conjugate",
    "copy",
    "sort",
    "index",
    "count",
    "item",
    "all",
    "any",
    "round",
)  # not only of arrays


def method(
    state: State, node: Node, base: Node, kind: Kind, args: Any, keywords: Keywords
) -> Evaluated | None:
    """Specialise `x.name(...)` by what x is; None where its attribute is simply called."""
    from srcxform.specialise.calls import opaque

    name = node.func.attr
    kind = present(kind)
    if kind == NEVER:
        func = gast.Attribute(value=base, attr=name, ctx=gast.Load())
        return opaque(state, node, func)[0], NEVER
    if is_told(state, kind) and args is not None:

        def called(found: Evaluated) -> Evaluated | None:
            return method_told(state, node, found, args, keywords)

        return by_option(state, (base, kind), called)
    if isinstance(kind, Torn) and not state.fixed:
        torn(state, kind)
        return build.const(None), NEVER
    if isinstance(kind, (Record, Instance, Kept, Super)):
        found = method_of_object(state, node, base, kind, args, keywords)
        if found is not None:
            return found
    if isinstance(kind, Opaque):
        found = member_method(state, node, (base, kind), args, keywords)
        if found is not None:
            return found
    array_like = isinstance(kind, (Array, Number)) or (
        isinstance(kind, Unknown) and name not in SHARED_NAMES and name in METHODS
    )
    if isinstance(kind, Array) and args is not None:
        found = write_method(state, node, name, [(base, kind), *args], keywords)
        if found is not None:
            return found
    if isinstance(kind, Array) and name == "tolist" and args == []:
        found = listed(state, node, (base, kind))
        if found is not None:
            return found
    if isinstance(kind, Number) and name in ("item", "tolist") and args == []:
        from srcxform.specialise.calls import call_object

        return call_object(state, node, SCALARS[kind.cls], [(base, kind)], {})
    if isinstance(kind, Number) and name == "astype" and args and len(args) == 1:
        from srcxform.specialise.inlining import inline

        if keywords.keys() <= {"copy", "order", "subok"}:  # they say nothing of numbers
            return inline(state, node, runtime.number_as, [(base, kind), *args], {})
    if name in ("conj", "conjugate") and isinstance(kind, (Array, Number)) and kind.cls != "c":
        return base, kind  # of real arrays these give the array itself
    if isinstance(kind, Number) and name in OF_SCALARS and args is not None:
        from srcxform.specialise.inlining import inline

        return inline(state, node, OF_SCALARS[name], [(base, kind), *args], keywords)
    if array_like and name in METHODS and args is not None:
        if isinstance(kind, Unknown):
            check_method(state, base, name)
        return array_method(state, node, METHODS[name], (base, kind), args, keywords)
    if isinstance(kind, (Cell, Items, Mapping, Many)):
        if args is None:
            args = [(a, UNKNOWN) for a in node.args]
        return container_method(state, node, base, kind, args, keywords)
    if isinstance(kind, (Array, Number, Record, Opaque)) or is_text(kind):
        func = gast.Attribute(value=base, attr=name, ctx=gast.Load())
        new, unknown = opaque(state, node, func)
        if is_text(kind) and args is not None:
            return new, kind_of_text(kind, name, [kind for _, kind in args], keywords)
        return new, drawn_kind(kind, name, args, keywords) or unknown
    return None


def check_method(state: State, base: Node, name: str) -> None:
    """Ask of what is not known whether its method or attribute is that of an array."""
    told = [] if state.place is None else [written_place(state.place)]
    source = "from srcxform.runtime import check_no_method"
    check = state.externals.root("check_no_method", runtime.check_no_method, source)
    state.emit(build.expression(build.call(check, clone(base), build.const(name), *told)))


def method_told(
    state: State, node: Node, value: Evaluated, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Call a method where it is known what has it."""
    from srcxform.specialise.calls import opaque

    if raising(state, value, node.func.attr):
        return None
    given = [(clone(part), kind) for part, kind in args]
    named = {name: (clone(part), kind) for name, (part, kind) in keywords.items()}
    found = method(state, node, value[0], value[1], given, named)
    if found is None:
        func = gast.Attribute(value=value[0], attr=node.func.attr, ctx=gast.Load())
        return opaque(state, node, func)
    return found


def listed(state: State, node: Node, base: Evaluated) -> Evaluated | None:
    """Write `tolist` element by element, where it is known how deep the lists are."""
    from srcxform.specialise.inlining import inline

    rank = base[1].rank  # type: ignore[attr-defined]
    template = {1: runtime.numbers_in, 2: runtime.rows_in}.get(rank)
    if template is None or state.fixed or not is_differentiable(base[1]):
        return None
    return inline(state, node, template, [base], {})


def kind_of_text(base: Kind, name: str, args: list[Kind], keywords: Keywords) -> Kind:
    """Give the kind of what a method of text gives: itself, where all is known."""
    function = getattr(str, name, None)
    if function is None:
        return UNKNOWN
    given = [base, *args]
    if not keywords and all(isinstance(kind, Const) for kind in given):
        try:
            return kind_of(function(*(kind.value for kind in given)))  # type: ignore[attr-defined]
        except (TypeError, ValueError, LookupError):
            return UNKNOWN
    if name in ("split", "rsplit", "splitlines"):
        return Many("list", Opaque(str))
    if name in ("find", "rfind", "index", "rindex", "count"):
        return Number("i")
    made = name.startswith(("is", "starts", "ends")) or name in ("partition", "rpartition")
    return UNKNOWN if made or name in ("encode", "maketrans") else Opaque(str)


def array_method(
    state: State, node: Node, found: Any, base: Evaluated, args: Args, keywords: Keywords
) -> Evaluated:
    from srcxform.specialise.calls import call_object

    names = dict(found.renamed)
    keywords = {names.get(key, key): value for key, value in keywords.items()}
    for parameter in found.filled[len(args) :]:
        keywords.setdefault(parameter, (build.const(None), NONE))
    if found.packed and args:
        if len(args) > 1 or isinstance(args[0][1], (Number, Const)) and args[0][1] != NONE:
            shape = build.sequence([value for value, _ in args])
            args = [(shape, Items("tuple", tuple(kind for _, kind in args)))]
    if found.several and len(args) > 1:
        place = build.sequence([value for value, _ in args])
        args = [(place, Items("tuple", tuple(kind for _, kind in args)))]
    if found.function is np.copy and not args and not in_line(base[1]):
        keywords.setdefault("order", (build.const("C"), Const("C")))  # unlike the function
    if found.owner:
        named = dict(zip(found.positional, args, strict=False))
        return call_object(
            state, node, found.function, [], {found.owner: base, **named, **keywords}
        )
    return call_object(state, node, found.function, [base, *args], keywords)
