"""`vjp` met inside: its forward sweep where it stands, the way back where the pullback is called.

What carries no derivative stays as it is given: settings and slices have the cotangent None, arrays
of integers have zeros. A Python int counts as a real number; where the function counts with it, it
stays an int.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcxform.analysis.liveness import live_before
from srcxform.kinds.callables import Derived, Pullback
from srcxform.kinds.lattice import NEVER, UNKNOWN, Array, Items, Kind
from srcxform.specialise.closures import placeholder, refused
from srcxform.specialise.deriving import GENERATORS, Sweep, come_apart, count_with, put_back
from srcxform.specialise.fitting import fits_not
from srcxform.specialise.gradients import as_given
from srcxform.specialise.moving import is_setting
from srcxform.specialise.residual import written
from srcxform.specialise.scope import Args, Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone, rename, stores


def pulled(state: State, node: Node, kind: Derived, args: Args) -> Evaluated:
    """`vjp(f, *primals)`: the forward sweep now, the way back where the pullback is called."""
    moving = [k for k, (_, found) in enumerate(args) if not is_unmoved(state, found)]
    around = set(state.env or {})
    inner = come_apart(state, node, kind, args, {}, moving)
    if inner is None:
        return build.const(None), NEVER
    has_aux = bool(dict(kind.options).get("has_aux"))
    sweep = GENERATORS["vjp"](inner.program, inner.wrt, has_aux)
    count_with(state, inner, sweep)
    sweep = kept_apart(state, sweep, around)
    value, found = put_back(state, inner, sweep.left, list(sweep.forward), sweep.value)
    name = state.names.part(state.hint)
    state.emit(build.assign(name, value))
    state.bind(name, found)
    out: Node = build.load(name)
    sign = placeholder(state)
    pullback = Pullback((sweep, has_aux, build.load(name), inner, args, moving))
    if has_aux and isinstance(found, Items):
        pair = build.sequence([build.item(clone(out), k) for k in range(2)])
        first, second = written(state, [], pair)[0].elts
        kinds = (found.items[0], pullback, found.items[1])
        return build.sequence([first, sign, second]), Items("tuple", kinds)
    return build.sequence([out, sign]), Items("tuple", (found, pullback))


def kept_apart(state: State, sweep: Sweep, around: set[str]) -> Sweep:
    """Let the way back read variables around as they are now: they may be bound anew before it."""
    lines = [*sweep.opening, *sweep.backward]
    read = live_before([*lines, build.returning(build.sequence(sweep.results))], set())
    own: dict[str, str] = {}
    for name in sorted(read & around - stores(sweep.forward) - {sweep.seed}):
        own[name] = state.names.like(name)
        state.emit(build.assign(own[name], build.load(name)))
        state.bind(own[name], (state.env or {}).get(name, UNKNOWN))
    return replace(
        sweep,
        opening=rename(sweep.opening, own),
        backward=rename(sweep.backward, own),
        results=tuple(rename(bar, own) for bar in sweep.results),
    )


def pull(state: State, node: Node, held: Any, args: Args) -> Evaluated:
    """Write the way back once more, in names of its own."""
    sweep, has_aux, out, inner, primals, moving = held
    (value, given), *_ = args
    start: Block = []
    result = state.settled(state.kind_of(out.id) or UNKNOWN)
    result = result.items[0] if has_aux and isinstance(result, Items) else result
    if fits_not(state.settled(given), result):
        return refused(
            state, node, "a cotangent that is given to a pullback does not fit the result",
            "it has another structure or shape, and weighs each of the result's numbers",
            "give a cotangent like the result: np.ones_like(y)",
        )  # fmt: skip
    if has_aux:
        from srcxform.runtime import zeros_like

        bar, aux, zeros = (state.names.part(sweep.seed) for _ in range(3))
        start = [
            build.assign(bar, value),
            build.assign(aux, build.item(clone(out), 1)),
            build.assign(zeros, build.call(build.const(zeros_like), build.load(aux))),
        ]
        value = build.sequence([build.load(bar), build.load(zeros)])
    start += [build.assign(sweep.seed, value), *sweep.opening]
    lines = [*start, *sweep.backward]
    own = {name: state.names.like(name) for name in sorted(stores(lines))}
    seen: set[str] = set()
    fresh: Block = []
    for line in lines:
        before = {name: new for name, new in own.items() if name in seen}
        if isinstance(line, gast.Assign) and isinstance(line.targets[0], gast.Name):
            copy = build.assign(own[line.targets[0].id], rename(line.value, before))
            copy.place = getattr(line, "place", None)
            fresh.append(copy)
        else:
            late = stores(line) - seen
            fresh += [
                build.assign(own[n], build.load(n))
                for n in sorted(late & live_before([line], set()))
            ]
            fresh.append(rename(line, own))
        seen |= stores(line)
    renamed = [rename(bar, {n: own[n] for n in seen}) for bar in sweep.results]
    bars = dict(zip(moving, as_given(state, inner, renamed, fresh), strict=True))
    results = [
        bars[k] if k in bars else unmoved(state, primal, fresh) for k, primal in enumerate(primals)
    ]
    return written(state, fresh, build.sequence(results))


def is_unmoved(state: State, kind: Kind) -> bool:
    """Say whether an argument carries no derivative, whatever is done with it."""
    kind = state.settled(kind)
    if isinstance(kind, Array):
        return kind.cls in "bi" and not kind.mixed
    return is_setting(state, kind) or getattr(kind, "type", "") == "slice"


def unmoved(state: State, primal: Evaluated, lines: Block) -> Node:
    """Give the cotangent of what carries no derivative."""
    value, kind = primal
    if not isinstance(state.settled(kind), Array):
        return build.const(None)
    shape, zeros = state.names.part("shape"), state.names.part("zeros")
    lines.append(build.assign(shape, build.call(build.const(np.shape), clone(value))))
    lines.append(build.assign(zeros, build.call(build.const(np.zeros), build.load(shape))))
    return build.load(zeros)
