"""Jacobians taken inside a function: one sweep for all unit vectors, as lanes of a batch.

The function comes in once. In reverse mode its forward sweep is written, and the backward sweep
for a batch of unit cotangents; in forward mode the tangents alone have lanes. What comes of it is
cut into blocks, one for each leaf of the result and of the argument, whose structure is known
while compiling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.kinds.callables import Derived, Emitted
from srcxform.kinds.lanes import FIRST
from srcxform.kinds.lattice import (
    NEVER,
    Array,
    Const,
    Dim,
    Items,
    Kind,
)
from srcxform.specialise.batches import call_batched
from srcxform.specialise.closures import call_known, placeholder, refused
from srcxform.specialise.deriving import (
    as_real,
    positions,
    pushed,
    unpacked,
)
from srcxform.specialise.pulling import pulled
from srcxform.specialise.residual import written
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.trees import (
    Leaf,
    Path,
    Unknown,
    as_name,
    axes_of,
    class_of,
    is_one_number,
    leaves_of,
    rank_of,
    reach,
    structured,
    tupled,
)
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone

MODES = {"forward": "jacfwd", "reverse": "jacrev"}


@dataclass(eq=False)
class Jacobian:
    """A Jacobian to be written: of which function, at which arguments, in which of them."""

    state: State
    node: Node
    function: Kind
    args: Args
    keywords: Keywords
    picked: tuple[int, ...]
    options: dict[str, Any]

    @property
    def has_aux(self) -> bool:
        return bool(self.options.get("has_aux"))

    @property
    def wanted(self) -> Args:
        """The arguments that it is taken in."""
        return [self.args[k] for k in self.picked]

    @cached_property
    def inputs(self) -> list[Leaf]:
        """The number leaves of these; a way to one begins with its place among them."""
        whole = Items("tuple", tuple(kind for _, kind in self.wanted))
        return [
            (path, reach(self.state, self.wanted[path[0]], path[1:]))
            for path, _ in leaves_of(whole)
        ]

    def partial(self) -> Emitted:
        """Give the function of these alone."""

        def called(state: State, given: Args) -> Evaluated:
            args = list(self.args)
            for k, value in zip(self.picked, given, strict=True):
                args[k] = value
            return call_known(state, self.node, self.function, args, self.keywords)

        return Emitted(called)

    def derived(self, transform: str) -> Derived:
        return Derived(transform, self.partial(), (("has_aux", self.has_aux),))

    def template(self, function: Any, *args: Evaluated) -> Evaluated:
        from srcxform.specialise.calls import call_object

        return as_name(self.state, call_object(self.state, self.node, function, list(args), {}))


def whole_jacobian(
    state: State, node: Node, kind: Derived, args: Args, keywords: Keywords
) -> Evaluated:
    """Write a Jacobian: in the structure of the result, with that of the argument inside."""
    options = dict(kind.options)
    picked = positions(state, node, options.get("argnums", 0), len(args))
    if picked is None:
        return build.const(None), NEVER
    args = [as_name(state, arg) for arg in args]
    for k in picked:
        args[k] = as_name(state, as_real(state, *args[k]))
    named = {name: as_name(state, value) for name, value in keywords.items()}
    jacobian = Jacobian(state, node, kind.function, args, named, picked, options)
    try:
        mode: str | None = MODES.get(options.get("mode", "auto"), kind.transform)
        return shorter_way(jacobian, mode if mode in MODES.values() else None, by_rows, by_columns)
    except Unknown:
        return refused(
            state, node, "the structure of this Jacobian is known only while the program runs",
            "it has a block for each pair of numbers or arrays in the result and the argument",
            "use containers of fixed length",
        )  # fmt: skip


Way = Callable[[Jacobian], Evaluated]


def shorter_way(jacobian: Jacobian, mode: str | None, rows: Way, columns: Way) -> Evaluated:
    """Write a Jacobian in the mode that was asked for, or that the lengths decide: perhaps late."""
    mode = mode or cheaper(jacobian)
    if mode is not None:
        return (rows if mode == "jacrev" else columns)(jacobian)
    later = [
        (placeholder(jacobian.state), Emitted(lambda *_, way=way: way(jacobian)))
        for way in (total_size, rows, columns)
    ]
    size = size_of(jacobian, jacobian.inputs)
    return jacobian.template(runtime.smaller_jacobian, *later, size)


# Reverse


def by_rows(jacobian: Jacobian) -> Evaluated:
    """Run the function once, and pull the unit vectors of its result back."""
    state, node = jacobian.state, jacobian.node
    whole = pulled(state, node, jacobian.derived("vjp"), jacobian.wanted)
    parts = unpacked(state, whole)
    if parts is None:
        return whole  # it was refused
    out, pullback = as_name(state, parts[0]), parts[1][1]
    told = refused_numbers(jacobian, out[1], forward=False)
    if told is not None:
        return told
    outputs = [(path, reach(state, out, path)) for path, _ in leaves_of(out[1])]

    def sweep(units: Args) -> Args:
        """Pull back: unit vectors for all outputs (a single number's are not a batch)."""
        given = dict(zip([path for path, _ in outputs], units, strict=True))
        seed = structured(state, out, given, bar=True)
        if is_one_number(outputs):
            bars = call_known(state, node, pullback, [seed], {})
        else:
            in_axes = (axes_of(out[1], 0),)
            batch = Derived("vmap", pullback, (("in_axes", in_axes), ("alike", True)))
            bars = call_batched(state, node, batch, [seed], {})
        bars = as_name(state, bars)
        return [reach(state, bars, path) for path, _ in jacobian.inputs]

    rows = swept(jacobian, outputs, sweep)
    bounds = bounds_of(jacobian, outputs)
    blocks: dict[tuple[Path, Path], Evaluated] = {}
    for (to, leaf), (start, stop) in zip(outputs, bounds, strict=True):
        for (at, _), part in zip(jacobian.inputs, rows, strict=True):
            if not is_one_number(outputs):
                part = cut(state, part, start, stop)
                if rank_of(leaf[1]) != 1:
                    part = jacobian.template(runtime.block_of_rows, part, leaf)
            blocks[to, at] = part
    aux = as_name(state, parts[2]) if jacobian.has_aux else None
    return arranged(jacobian, out, blocks, aux)


# Forward


def by_columns(jacobian: Jacobian) -> Evaluated:
    """Push the unit vectors of the arguments forward together."""
    state, node, inputs = jacobian.state, jacobian.node, jacobian.inputs
    found: dict[str, Evaluated] = {}

    def sweep(units: Args) -> Args:
        """Push forward: unit vectors for all inputs (a single number's are not a batch)."""
        given = dict(zip([path for path, _ in inputs], units, strict=True))
        primals = tupled(jacobian.wanted)
        dots = structured(state, as_name(state, primals), given)
        wanted = primals[1]
        push = jacobian.derived("jvp")
        if is_one_number(inputs):
            whole = pushed(state, node, push, [primals, dots])
        else:
            in_axes = (axes_of(wanted, None), axes_of(wanted, 0))
            out_axes = (FIRST, 0, FIRST) if jacobian.has_aux else (FIRST, 0)
            options = (("in_axes", in_axes), ("out_axes", out_axes), ("alike", True))
            whole = call_batched(state, node, Derived("vmap", push, options), [primals, dots], {})
        parts = unpacked(state, whole)
        if parts is None:
            raise Unknown
        out, dot, *aux = (as_name(state, part) for part in parts)
        found["out"] = out
        found.update({"aux": aux[0]} if aux else {})
        return [reach(state, dot, path) for path, _ in leaves_of(out[1])]

    columns = swept(jacobian, inputs, sweep)
    out = found["out"]
    told = refused_numbers(jacobian, out[1], forward=True)
    if told is not None:
        return told
    bounds = bounds_of(jacobian, inputs)
    blocks: dict[tuple[Path, Path], Evaluated] = {}
    for (to, kind), part in zip(leaves_of(out[1]), columns, strict=True):
        for (at, leaf), (start, stop) in zip(inputs, bounds, strict=True):
            block = part
            if not is_one_number(inputs):
                block = cut(state, part, start, stop)
                if rank_of(leaf[1]) != 1 or rank_of(kind) is None:
                    block = jacobian.template(runtime.block_of_columns, block, leaf)
                elif rank_of(kind):
                    block = last_axis_first(jacobian, block, rank_of(kind) == 1)
            blocks[to, at] = block
    aux = found.get("aux")
    if jacobian.has_aux and jacobian.options.get("chunk_size") is not None:
        whole = call_known(state, node, jacobian.partial(), jacobian.wanted, {})
        aux = reach(state, as_name(state, whole), (1,))
    return arranged(jacobian, out, blocks, aux)


def last_axis_first(jacobian: Jacobian, block: Evaluated, is_matrix: bool) -> Evaluated:
    """Bring the columns from the first axis to the last."""
    if is_matrix:
        return as_name(jacobian.state, written(jacobian.state, [], transpose(block[0])))
    ends = [(build.const(k), Const(k)) for k in (0, -1)]
    return jacobian.template(np.moveaxis, block, *ends)


def transpose(node: Node) -> Node:
    return build.attribute(clone(node), "T")


# Both


def swept(jacobian: Jacobian, leaves: list[Leaf], sweep: Callable[[Args], Args]) -> Args:
    """Write the sweep for all unit vectors of these leaves, or the loop over chunks of them."""
    state, chunk = jacobian.state, jacobian.options.get("chunk_size")
    values = [value for _, value in leaves]
    if not leaves:
        raise Unknown
    if is_one_number(leaves):
        one = 1.0 + 0.0j if class_of(values[0][1]) == "c" else 1.0
        return sweep([(build.const(one), Const(one))])
    if chunk is None and len(leaves) == 1:
        return sweep([jacobian.template(runtime.unit_tangents, *values)])
    count = size_of(jacobian, leaves)
    if chunk is None:
        return sweep(units_of(jacobian, (build.const(0), Const(0)), count, values))
    made: list[int] = []

    def piece(inner: State, bounds: Args) -> Evaluated:
        start, stop = bounds
        parts = sweep(units_of(jacobian, start, stop, values))
        made.append(len(parts))
        return tupled(parts)

    size = (build.const(chunk), Const(chunk))
    step = (placeholder(state), Emitted(piece))
    parts = jacobian.template(runtime.in_chunks, step, count, size)
    return [
        jacobian.template(runtime.joined_rows, parts, (build.const(k), Const(k)))
        for k in range(made[-1])
    ]


def units_of(jacobian: Jacobian, start: Evaluated, stop: Evaluated, values: Args) -> Args:
    whole = jacobian.template(runtime.unit_rows, start, stop, *values)
    return [reach(jacobian.state, whole, (k,)) for k in range(len(values))]


def bounds_of(jacobian: Jacobian, leaves: list[Leaf]) -> list[tuple[Node | None, Node | None]]:
    """Say where the rows of each leaf stand among all; None for the very first and last."""
    bounds: list[tuple[Node | None, Node | None]] = []
    start: Node | None = None
    for k in range(len(leaves)):
        if k == len(leaves) - 1:
            bounds.append((start, None))
            break
        stop, _ = size_of(jacobian, leaves[: k + 1])
        bounds.append((start, stop))
        start = stop
    return bounds


def cut(state: State, rows: Evaluated, start: Node | None, stop: Node | None) -> Evaluated:
    if start is None and stop is None:
        return rows
    piece = gast.Slice(lower=start and clone(start), upper=stop and clone(stop), step=None)
    return as_name(state, written(state, [], build.item(clone(rows[0]), piece)))


def size_of(jacobian: Jacobian, leaves: list[Leaf]) -> Evaluated:
    """Write how many numbers some leaves have together."""
    state = jacobian.state
    total: Node | None = None
    numbers = sum(rank_of(kind) == 0 for _, (_, kind) in leaves)
    for _, (value, kind) in leaves:
        if rank_of(kind) != 0:
            size = build.attribute(clone(value), "size")
            total = size if total is None else build.binary(total, gast.Add(), size)
    if total is None:
        return build.const(numbers), Const(numbers)
    if numbers:
        total = build.binary(total, gast.Add(), build.const(numbers))
    return as_name(state, written(state, [], total))


def total_size(jacobian: Jacobian) -> Evaluated:
    """Write how many numbers the result has."""
    out = value_of(jacobian)
    return size_of(
        jacobian,
        [(p, reach(jacobian.state, out, p)) for p, _ in leaves_of(out[1])],
    )


def value_of(jacobian: Jacobian) -> Evaluated:
    state = jacobian.state
    whole = call_known(state, jacobian.node, jacobian.partial(), jacobian.wanted, {})
    out = as_name(state, whole)
    out = out[0], state.settled(out[1])
    return reach(state, out, (0,)) if jacobian.has_aux else out


def cheaper(jacobian: Jacobian) -> str | None:
    """Choose a mode by what is known of the sizes; None where only the program can tell."""
    state, before = jacobian.state, dict(jacobian.state.env or {})
    with state.block():  # for its kind only; its names stay taken: lists are known by them
        _, kind = value_of(jacobian)
    state.env = before
    outputs = [kind for _, kind in leaves_of(kind)]
    inputs = [kind for _, (_, kind) in jacobian.inputs]
    if any(class_of(k) == "c" for k in outputs) and all(class_of(k) == "f" for k in inputs):
        return "jacfwd"
    if is_covered(outputs, inputs):
        return "jacrev"
    return "jacfwd" if is_covered(inputs, outputs) else None


def is_covered(some: list[Kind], others: list[Kind]) -> bool:
    """Say whether some leaves surely have no more numbers than others: each is in one of these."""
    left = [Counter(dims) if (dims := dims_of(kind)) is not None else None for kind in others]
    for kind in some:
        dims = dims_of(kind)
        if dims is None or None in dims:
            return False
        own = Counter(dims)
        found = next(
            (k for k, other in enumerate(left) if other is not None and own <= other), None
        )
        if found is None:
            return False
        left.pop(found)
    return True


def dims_of(kind: Kind) -> list[int | Dim | None] | None:
    """Give the lengths of a leaf but those of 1; None if its rank is not known."""
    if isinstance(kind, Array):
        return None if kind.dims is None else [n for n in kind.dims if n != 1]
    return []


def refused_numbers(jacobian: Jacobian, out: Kind, forward: bool) -> Evaluated | None:
    """Refuse complex numbers that are not said to be of a holomorphic function."""
    if jacobian.options.get("holomorphic"):
        return None
    kinds = [k for _, (_, k) in jacobian.inputs] if forward else [k for _, k in leaves_of(out)]
    if all(class_of(kind) != "c" for kind in kinds):
        return None
    state, node = jacobian.state, jacobian.node
    why = "a complex derivative is one number only if the function is holomorphic"
    instead = "say holomorphic=True if it is, or differentiate real and imaginary parts apart"
    if forward:
        return refused(state, node, "`jacfwd` is taken in complex numbers", why, instead)
    return refused(state, node, "`jacrev` is given a function of complex results", why, instead)


def arranged(
    jacobian: Jacobian, out: Evaluated, blocks: dict[tuple[Path, Path], Evaluated], aux: Any
) -> Evaluated:
    """Put blocks into the structure of the result, with that of the arguments inside."""
    state, several = jacobian.state, isinstance(jacobian.options.get("argnums", 0), tuple)
    rows = {}
    for to, _ in leaves_of(out[1]):
        given = {at: block for (leaf, at), block in blocks.items() if leaf == to}
        parts = [
            as_name(state, structured(state, own, given, (k,)))
            for k, own in enumerate(jacobian.wanted)
        ]
        rows[to] = as_name(state, tupled(parts)) if several else parts[0]
    made = as_name(state, structured(state, out, rows))
    return tupled([made, aux]) if jacobian.has_aux else made
