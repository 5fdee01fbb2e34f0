"""`batched_jacobian` taken inside a function: one vector for all entries of a batch.

out = f(x)
rows = (the batch of the backward sweep)(entry_units(out, 0, x.shape[0]))
out = np.moveaxis(rows, 1, 0)
"""

from __future__ import annotations

import gast
import numpy as np

from srcxform import runtime
from srcxform.kinds.callables import Derived, Emitted
from srcxform.kinds.lanes import FIRST
from srcxform.kinds.lattice import Array, Const, Kind
from srcxform.specialise.batches import call_batched
from srcxform.specialise.closures import placeholder, refused
from srcxform.specialise.deriving import unpacked
from srcxform.specialise.jacobians import MODES, Jacobian, refused_numbers, shorter_way
from srcxform.specialise.pulling import pulled
from srcxform.specialise.residual import written
from srcxform.specialise.scope import Args, Evaluated, State
from srcxform.specialise.trees import Unknown, as_name, reach, tupled
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def jacobian_of_entries(state: State, node: Node, kind: Derived, args: Args) -> Evaluated:
    """Write the Jacobian of each entry, in an array of shape (entries, outputs, inputs)."""
    options = dict(kind.options)
    x = as_name(state, args[0])
    jacobian = Jacobian(state, node, kind.function, [x], {}, (0,), options)
    try:
        if not is_batch(x[1]):
            raise Unknown
        return shorter_way(jacobian, MODES.get(options.get("mode", "auto")), by_rows, by_columns)
    except Unknown:
        return refused(
            state, node, "`batched_jacobian` is given or gives something that is no array",
            "it is for functions of one array of real numbers to one such array",
            "use sx.jacobian for numbers and containers",
        )  # fmt: skip


def is_batch(kind: Kind) -> bool:
    return isinstance(kind, Array) and kind.cls in "fc" and bool(kind.rank)


def by_rows(jacobian: Jacobian) -> Evaluated:
    """Run the function once, and pull one vector for each output of an entry back."""
    state, node = jacobian.state, jacobian.node
    whole = pulled(state, node, jacobian.derived("vjp"), jacobian.wanted)
    parts = unpacked(state, whole)
    if parts is None:
        return whole  # it was refused
    out, pullback = as_name(state, parts[0]), parts[1][1]
    if not is_batch(out[1]):
        raise Unknown
    told = refused_numbers(jacobian, out[1], forward=False)
    if told is not None:
        return told

    def sweep(units: Evaluated) -> Evaluated:
        batch = Derived("vmap", pullback, (("in_axes", (0,)),))
        return reach(state, as_name(state, call_batched(state, node, batch, [units], {})), (0,))

    return as_entries(jacobian, swept(jacobian, out, sweep), jacobian.wanted[0][1])


def by_columns(jacobian: Jacobian) -> Evaluated:
    """Push one vector for each input of an entry forward."""
    state, node = jacobian.state, jacobian.node
    found: list[Kind] = []
    told = refused_numbers(jacobian, jacobian.wanted[0][1], forward=True)
    if told is not None:
        return told

    def sweep(units: Evaluated) -> Evaluated:
        options = (("in_axes", ((None,), (0,))), ("out_axes", (FIRST, 0)))
        batch = Derived("vmap", jacobian.derived("jvp"), options)
        given = [tupled(jacobian.wanted), tupled([units])]
        parts = unpacked(state, call_batched(state, node, batch, given, {}))
        if parts is None:
            raise Unknown
        out, dot = (as_name(state, part) for part in parts)
        if not is_batch(out[1]):
            raise Unknown
        found.append(out[1])
        check = jacobian.template(runtime.check_entries, out, axis_of(jacobian), entries(jacobian))
        del check
        return dot

    columns = swept(jacobian, jacobian.wanted[0], sweep)
    made = as_entries(jacobian, columns, found[-1])
    ends = [(build.const(k), Const(k)) for k in (1, 2)]
    return jacobian.template(np.swapaxes, made, *ends)


def swept(jacobian: Jacobian, like: Evaluated, sweep: object) -> Evaluated:
    """Write the sweep for the vectors of all numbers of an entry, or the loop over chunks."""
    assert callable(sweep)
    state, chunk = jacobian.state, jacobian.options.get("chunk_size")
    axis, count = axis_of(jacobian), entries(jacobian)
    if chunk is None:
        found: Evaluated = sweep(jacobian.template(runtime.entry_units, like, axis, count))
        return found
    size = build.binary(build.attribute(clone(like[0]), "size"), gast.FloorDiv(), clone(count[0]))
    numbers = as_name(state, written(state, [], size))

    def piece(inner: State, bounds: Args) -> Evaluated:
        units = jacobian.template(runtime.entry_units, like, axis, count, *bounds)
        return tupled([sweep(units)])

    step = (placeholder(state), Emitted(piece))
    parts = jacobian.template(runtime.in_chunks, step, numbers, (build.const(chunk), Const(chunk)))
    return jacobian.template(runtime.joined_rows, parts, (build.const(0), Const(0)))


def axis_of(jacobian: Jacobian) -> Evaluated:
    axis = jacobian.options.get("batch_axis", 0)
    return build.const(axis), Const(axis)


def entries(jacobian: Jacobian) -> Evaluated:
    """Write how many entries the argument has."""
    x = jacobian.wanted[0]
    axis = axis_of(jacobian)[1].value  # type: ignore[attr-defined]
    assert isinstance(x[1], Array) and x[1].rank is not None
    if not -x[1].rank <= axis < x[1].rank:
        raise Unknown
    count = build.item(build.attribute(clone(x[0]), "shape"), axis % x[1].rank)
    return as_name(jacobian.state, written(jacobian.state, [], count))


def as_entries(jacobian: Jacobian, rows: Evaluated, like: Kind) -> Evaluated:
    """Bring rows into the shape (entries, rows, numbers of an entry); `like` is one row's kind."""
    assert isinstance(like, Array) and like.rank is not None
    axis = axis_of(jacobian)[1].value  # type: ignore[attr-defined]
    ends = [(build.const(k), Const(k)) for k in (axis % like.rank + 1, 0)]
    moved = jacobian.template(np.moveaxis, rows, *ends)
    if like.rank == 2:
        return moved
    return jacobian.template(runtime.flat_entries, moved)
