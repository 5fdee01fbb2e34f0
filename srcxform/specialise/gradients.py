"""Gradients taken inside that stay one operation until the generators are at work.

In reverse mode such an operation has an adjoint of its own (`transform/symmetry.py`). Everywhere
else, and where that adjoint would not be right, its statements come in. It is right for the
gradient of a plain function: without effects, without random numbers, without rules of the user's
own, which may give anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcxform.analysis.aliasing import aliasing, parts_of
from srcxform.analysis.webs import split_webs
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lattice import (
    NONE,
    Array,
    Items,
    Kind,
    Mapping,
    Number,
    Record,
    general,
)
from srcxform.runtime import check_still
from srcxform.specialise import switching
from srcxform.specialise.instances import holds_record
from srcxform.specialise.moving import holds_complex
from srcxform.specialise.refusal import written_place
from srcxform.specialise.scope import Args, Evaluated, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone, walk

PLAIN = (
    op.Copy, op.Item, op.Field, op.Display, op.RuleCall, op.Listing, op.Constant, op.Taken,
    op.AddAt,
)  # fmt: skip
METHODS = {
    "append", "extend", "insert", "pop", "clear", "reverse", "copy", "get", "setdefault", "update",
    "keys", "values", "items", "index", "count",
}  # fmt: skip


def as_operation(state: State, inner: Any, generate: Any) -> Evaluated | None:
    """Write the gradient of a program as one call; None where its statements have to come in."""
    program = inner.program
    if not switching.is_on() or state.watches or not is_symmetric(program, inner.wrt):
        return None
    sweep = generate(program, inner.wrt, False)
    last = build.returning(build.sequence([sweep.value, *sweep.results]))
    last.place = state.place
    whole = settled(program, (), (), [*sweep.forward, last])
    shares = shared_positions(whole)
    if shares is None:
        return None
    name = state.names.part(state.hint)
    derivation = op.Derivation(whole, shares, inner)
    call = build.call(build.const(derivation), *map(build.load, whole.parameters))
    call.place = state.place
    state.emit(build.assign(name, call))
    state.bind(name, whole.result)
    return build.load(name), state.kind_of(name) or whole.result


def called_again(state: State, node: Node, derivation: op.Derivation, args: Args) -> Evaluated:
    """Specialise such a call once more: it stays while the kinds are what they were."""
    from srcxform.specialise.deriving import written

    program = derivation.program
    kinds = [general(program.kinds[name]) for name in program.parameters]
    found = [general(state.settled(kind)) for _, kind in args]
    if state.fixed or found == kinds:  # a generator writes such calls for what they were made for
        call = build.call(build.const(derivation), *(value for value, _ in args))
        call.place = state.at(node)
        return call, program.result
    own = {name: state.names.like(name) for name in program.parameters}
    start = [build.assign(own[n], v) for n, (v, _) in zip(program.parameters, args, strict=True)]
    from srcxform.syntax.visit import rename, stores

    fresh = {
        name: state.names.like(name) for name in sorted(stores(program.body)) if name not in own
    }
    *body, last = rename(program.body, {**own, **fresh})
    return written(state, [*start, *body], last.value)


def settled(program: Any, names: tuple[str, ...], kinds: tuple[Kind, ...], body: Block) -> Any:
    """Give a program with another body over the same parameters, and further ones."""
    from srcxform.specialise.program import settle

    parameters = (*program.parameters, *names)
    given = [*(program.kinds[name] for name in program.parameters), *kinds]
    body = split_webs(parameters, body, program.externals.names)
    found = settle("inner", parameters, given, body, Scope(None), lambda: program.externals,
                   program.functions)  # fmt: skip
    return replace(found, functions={**program.functions, **found.functions})


def is_symmetric(program: Any, wrt: tuple[str, ...]) -> bool:
    """Say whether second derivatives of a program are surely symmetric, and can be taken anew."""
    if not isinstance(program.body[-1], gast.Return):
        return False
    return all(is_plain(program.kinds[name]) for name in wrt) and is_clean(program, program.body)


def is_plain(kind: Kind) -> bool:
    """Say whether a value is a number, an array, or a container of known structure of these."""
    match kind:
        case Number(cls=cls) | Array(cls=cls):
            return cls in "fc"
        case Items(items=items) | Mapping(items=items):
            return all(map(is_plain, items))
    return False


def is_clean(program: Any, block: Block) -> bool:
    """Say whether statements compute the same whenever they are run, and nothing else."""
    for line in block:
        match line:
            case gast.Assign(value=value) | gast.AugAssign(value=value):
                fine = is_repeatable(program, value)
            case gast.Expr(value=gast.Call() as value):
                found = operation(program, value)
                fine = isinstance(found, (op.Method, op.AddAt)) and is_repeatable(program, value)
            case gast.If(test=test) | gast.While(test=test) | gast.For(iter=test):
                fine = all(is_clean(program, inner) for inner in blocks(line)) and all(
                    is_repeatable(program, n) for n in walk(test) if isinstance(n, gast.Call)
                )
            case gast.Return() | gast.Pass() | gast.Break() | gast.Continue() | gast.Raise():
                fine = True
            case _:
                fine = False
        if not fine:
            return False
    return True


def operation(program: Any, value: Node) -> op.Operation:
    return op.operation(value, program.externals, program.functions, program.kinds)


def is_repeatable(program: Any, value: Node) -> bool:
    found = operation(program, value)
    if isinstance(found, op.Method):
        return found.name in METHODS and isinstance(found.base, gast.Name)
    if not isinstance(found, PLAIN):
        return False
    function = known_object(value.func, program.externals) if is_call(value) else None
    home = getattr(function, "__module__", None) or ""
    return function is not print and not home.startswith("numpy.random") and not is_random(function)


def is_call(value: Node) -> bool:
    return isinstance(value, gast.Call)


def is_random(function: Any) -> bool:
    owner = type(getattr(function, "__self__", None))
    return owner.__module__.startswith("numpy.random")


def shared_positions(program: Any) -> tuple[int, ...] | None:
    """Give the parameters that the result may share storage with; None if it writes to one."""
    facts = aliasing(program.body, program.kinds, program.externals, program.functions)
    *_, last = program.body
    parts = {id(p) for p in parts_of(facts.storage(last.value.id))} if is_name(last) else set()
    shares = []
    for k, name in enumerate(program.parameters):
        own = parts_of(facts.storage(name))
        if any(part.changed for part in own):
            return None
        if any(id(part) in parts for part in own):
            shares.append(k)
    return tuple(shares)


def is_name(last: Node) -> bool:
    return isinstance(last, gast.Return) and isinstance(last.value, gast.Name)


def checked_number(
    state: State, node: Node, transform: str, value: Node, has_aux: bool, holomorphic: bool
) -> Node:
    """Ask while the program runs whether a value of unknown kind is one number, as it has to be."""
    from srcxform.runtime import check_one_number

    value = build.item(clone(value), 0) if has_aux else clone(value)
    place = state.at(node)
    told = [] if place is None else [written_place(place)]
    check = build.call(build.const(check_one_number), value, build.const(transform), *told)
    if holomorphic:
        check.keywords.append(gast.keyword(arg="holomorphic", value=build.const(True)))
    return build.expression(check)


def checked_still(node: Node, tangent: Evaluated) -> Block:
    """Ask while the program runs whether the tangent of what cannot change is zero."""
    if tangent[1] == NONE:
        return []
    place = getattr(node, "place", None)
    told = [] if place is None else [written_place(place)]
    return [build.expression(build.call(build.const(check_still), tangent[0], *told))]


def as_given(state: State, inner: Any, bars: Iterable[Node], lines: Block) -> list[Node]:
    """Give cotangents the types of what they belong to.

    Where there are objects the sweeps have dicts, and real numbers may be all that a complex number
    gets.
    """
    from srcxform.runtime import objects_like

    found = []
    for name, bar in zip(inner.wrt, bars, strict=True):
        kind = state.settled(inner.program.kinds[name])
        bar = with_complex(state, bar, build.load(name), kind, lines)
        if holds_record(kind):
            whole = state.names.part(f"{name}_bar")
            call = build.call(build.const(objects_like), bar, build.load(name))
            lines.append(build.assign(whole, call))
            bar = build.load(whole)
        found.append(of_its_own(state, bar, kind, lines))
    return found


def of_its_own(state: State, bar: Node, kind: Kind, lines: Block) -> Node:
    """Let arrays among cotangents be nobody else's: who asked for a gradient may write to it."""

    def named(value: Node) -> Node:
        name = state.names.part(state.hint)
        lines.append(build.assign(name, value))
        return build.load(name)

    match kind:
        case Array():
            return named(build.call(build.const(np.copy), named(bar)))
        case Items(items=items) if holds_array(kind):
            whole = named(bar)
            parts = [build.item(clone(whole), build.const(k)) for k in range(len(items))]
            inside = [of_its_own(state, p, k, lines) for p, k in zip(parts, items, strict=True)]
            return named(build.sequence(list(map(named, inside)), kind.type))
        case Mapping(keys=keys, items=items) if holds_array(kind):
            whole = named(bar)
            parts = [build.item(clone(whole), build.const(key)) for key in keys]
            inside = [of_its_own(state, p, k, lines) for p, k in zip(parts, items, strict=True)]
            return named(build.mapping(keys, list(map(named, inside))))
    return bar


def holds_array(kind: Kind) -> bool:
    match kind:
        case Items(items=items) | Mapping(items=items):
            return any(map(holds_array, items))
    return isinstance(kind, Array)


def with_complex(state: State, bar: Node, like: Node, kind: Kind, lines: Block) -> Node:
    """Let the cotangents of complex numbers be complex."""
    from srcxform.runtime import complex_like

    if not holds_complex(kind):
        return bar
    name = state.names.part(bar.id if isinstance(bar, gast.Name) else state.hint)
    if isinstance(kind, (Items, Mapping, Record)):
        keys = range(len(kind.items)) if isinstance(kind, Items) else kind.keys
        lines.append(build.assign(name, bar))
        parts = []
        for key, item in zip(keys, kind.items, strict=True):
            own = build.item(clone(like), build.const(key))
            if isinstance(kind, Record):
                own = build.attribute(clone(like), key)
            part = build.item(build.load(name), build.const(key))
            parts.append(with_complex(state, part, own, item, lines))
        if isinstance(kind, Items):
            return build.sequence(parts, kind.type)
        return build.mapping(keys, parts)
    lines.append(build.assign(name, build.call(build.const(complex_like), bar, like)))
    return build.load(name)


__all__ = [
    "as_given",
    "as_operation",
    "called_again",
    "checked_number",
    "checked_still",
    "settled",
]
