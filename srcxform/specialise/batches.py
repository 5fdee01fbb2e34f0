"""Batches taken inside a function: `vmap(f)(xs)` becomes the statements of all lanes.

As with a derivative, the body of f comes in as a program of its own, over the variables around it,
specialised for the kinds of one lane; what the batching generator makes of it takes the place of
the call. What f captures is the same for all lanes.
"""

from __future__ import annotations

from typing import Any

from srcxform import runtime
from srcxform.kinds.callables import Derived
from srcxform.kinds.lanes import Axes, LanesDiffer, WrongStructure, batch_length, lane_kind
from srcxform.kinds.lattice import (
    NEVER,
    Array,
    Const,
    Items,
    Kind,
    Length,
    Mapping,
    Record,
    general,
)
from srcxform.specialise.closures import refused
from srcxform.specialise.deriving import (
    GENERATORS,
    parameter_names,
    program_of,
    put_back,
)
from srcxform.specialise.residual import written
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone


class Unfit(Exception):
    """Axes that do not fit an argument: what, why, what to write instead."""


def call_batched(
    state: State, node: Node, kind: Derived, args: Args, keywords: Keywords
) -> Evaluated:
    """Write the statements of all lanes in place of a call."""
    options = dict(kind.options)
    prefixes = options.get("in_axes", 0)
    if not isinstance(prefixes, (tuple, list)):
        prefixes = (prefixes,) * len(args)
    if len(prefixes) != len(args):
        return refused(
            state, node, "`vmap` has not one entry in in_axes for each argument",
            f"it has {len(prefixes)}, and {len(args)} arguments", "give each argument its axis",
        )  # fmt: skip
    names = parameter_names(kind.function, len(args))
    rows = [*zip(names, args, prefixes, strict=True)]
    rows += [(name, value, 0) for name, value in keywords.items()]
    given: Args = []
    forms: dict[str, Any] = {}
    lengths: list[tuple[Node, Length]] = []
    batched: list[tuple[str, Node]] = []
    for name, (value, found), prefix in rows:
        found = general(state.settled(found))
        try:
            form = form_of(prefix, found)
        except Unfit as told:
            what, why, instead = told.args
            return refused(state, node, what, why, instead)
        if form is None:
            given.append((value, found))
            continue
        own = state.names.like(name)
        state.emit(build.assign(own, value))
        state.bind(own, found)
        lane = state.names.like(f"{name}_lanes")
        state.bind(lane, lane_kind(found, form))
        batched.append((lane, build.load(own)))
        forms[lane] = form
        given.append((build.load(lane), lane_kind(found, form)))
        lengths += counted(build.load(own), found, form)
    size = options.get("axis_size")
    if not lengths and size is None:
        return refused(
            state, node, "no argument of what is given to `vmap` has lanes",
            "in_axes is None for all of them", "give an argument an axis, or say axis_size",
        )  # fmt: skip
    if not options.get("alike"):  # else they are known to have as many lanes
        check_lengths(state, lengths)
    named = dict(zip(keywords, given[len(args) :], strict=True))
    start: Block = [build.assign(lane, value) for lane, value in batched]
    count = len(state.lines)
    inner = program_of(state, node, kind, given[: len(args)], named, tuple(forms))
    if inner is None:  # it raises, whatever the lane: its statements stand here as they are
        state.lines[count:count] = start
        return build.const(None), NEVER
    spread = tuple(forms.get(name) for name in inner.program.parameters)
    out_axes = options.get("out_axes", 0)
    if inner.attributes:
        out_axes = (out_axes, None)  # an attribute has no lanes
    axes = Axes(spread, out_axes, None if lengths else size)
    length = batch_length([n for _, n in lengths])
    try:
        sweep = GENERATORS["vmap"](inner.program, axes, length)  # type: ignore[arg-type]
    except (LanesDiffer, WrongStructure) as told:
        state.lines[count:count] = start
        by_attribute = isinstance(told, LanesDiffer) and inner.attributes
        return refused(state, node, *(ATTRIBUTE if by_attribute else misplaced(told)))
    lines = [*start, *sweep.forward]
    if not inner.attributes:
        return written(state, lines, sweep.value)
    result, after = state.names.part(state.hint), state.names.part("after")
    parts = [state.names.part(name) for name in inner.attributes]
    lines += [
        build.assign(n, build.item(clone(sweep.value), k)) for k, n in enumerate((result, after))
    ]
    lines += [build.assign(part, build.item(after, k)) for k, part in enumerate(parts)]
    return put_back(state, inner, tuple(map(build.load, parts)), lines, build.load(result))


ATTRIBUTE = (
    "what differs from lane to lane is stored in an object around the function",
    "`vmap` computes all lanes at once, and an attribute has one value, not one for each lane",
    "let the function return it, and store it behind the call",
)


def misplaced(told: Exception) -> tuple[str, str, str]:
    """Tell that out_axes do not fit the result: what, why, what to write instead."""
    return (
        "`vmap` is given out_axes that do not fit the result of its function", str(told),
        "let out_axes be one axis, or have the structure of the result with an axis for each part",
    )  # fmt: skip


def check_lengths(state: State, lengths: list[tuple[Node, Length]]) -> None:
    """Let the program raise where numbers of lanes differ that may do so."""
    for size, length in lengths[1:]:
        if length is not None and length == lengths[0][1]:
            continue
        line = "from srcxform.runtime import check_lanes"
        function = state.externals.root("check_lanes", runtime.check_lanes, line)
        check = build.call(function, clone(lengths[0][0]), size)
        state.emit(build.expression(check))


def form_of(prefix: Any, kind: Kind) -> Any:
    """Give the form of the axes of an argument. Raises Unfit."""
    if prefix is None:
        return None
    match kind:
        case Array(dims=dims) if isinstance(prefix, int):
            if dims is None or not -len(dims) <= prefix < len(dims):
                raise Unfit(
                    f"`vmap` finds no axis {prefix} in an argument",
                    "the number of its axes is not known here, or too small",
                    "give an array with this axis, or None in in_axes",
                )
            return prefix % len(dims)
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            prefixes = prefix
            if isinstance(prefix, int):
                prefixes = (prefix,) * len(items)
            elif isinstance(prefix, dict) and isinstance(kind, Mapping):
                prefixes = tuple(prefix.get(key) for key in kind.keys)
            elif isinstance(kind, Record) and type(prefix) is kind.type:
                prefixes = tuple(getattr(prefix, key, None) for key in kind.keys)
            if isinstance(prefixes, (tuple, list)) and len(prefixes) == len(items):
                found = tuple(form_of(p, k) for p, k in zip(prefixes, items, strict=True))
                return found if any(form is not None for form in found) else None
        case Const(value=value) if value is None or isinstance(value, str) or callable(value):
            return None
    raise Unfit(
        "`vmap` is given an argument in which it finds no axis",
        "it is no array, or what it is is known only while the program runs",
        "give arrays, and say None in in_axes for what all lanes share",
    )


def counted(node: Node, kind: Kind, form: Any) -> list[tuple[Node, Length]]:
    """Give for each array with lanes what counts them, and what is known of their number."""
    if form is None:
        return []
    if isinstance(form, int):
        assert isinstance(kind, Array) and kind.dims is not None
        return [(build.item(build.attribute(clone(node), "shape"), form), kind.dims[form])]
    found = []
    for k, part in enumerate(form):
        if isinstance(kind, Record):
            inner = build.attribute(clone(node), kind.keys[k])
        else:
            key = kind.keys[k] if isinstance(kind, Mapping) else k
            inner = build.item(clone(node), build.const(key))
        found += counted(inner, kind.items[k], part)  # type: ignore[attr-defined]
    return found
