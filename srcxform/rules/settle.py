"""What calls of run-time helpers become where the kinds decide them.

The rules stay general and the generated code stays short: what is known when it is written does
not show up in it.
"""

from __future__ import annotations

import builtins
import operator
from typing import Any

import numpy as np

from srcxform.kinds.joining import is_big
from srcxform.kinds.lattice import Array, Const, Items, Kind, Length, Number
from srcxform.kinds.shapes import same_length, same_shape, shape_of
from srcxform.rules.methods import ATTRIBUTES
from srcxform.rules.predicates import class_of
from srcxform.rules.registry import Display, Operand, Use, settles, use
from srcxform.runtime import (
    add,
    arranged,
    as_column,
    as_row,
    as_stack,
    broadcast_like,
    complex_like,
    contraction_order,
    count_reduced,
    einsum_expansion,
    einsum_of_number,
    einsum_transpose,
    ellipsis_first,
    ellipsis_moved,
    expand_reduced,
    first_second_last,
    fit,
    free_axes,
    inverse_axes,
    last_first,
    merge_axes,
    minus,
    mT,
    opposite,
    power_by_base,
    power_by_exponent,
    reshape_like,
    restore_product,
    rolled_axis,
    second_last_first,
    shadow_like,
    spread,
    stretched,
    transposed,
    unbroadcast,
    unmerge_axes,
    unpacked,
    zero_wins,
    zeros_like,
)

Settled = Operand | Use | Display | Const | None
REAL = ("b", "i", "f")
WRITTEN_OUT = 16  # so many parts at most
FEW_ALIKE = 4  # parts that are all the same


def projected(g: Any, kind: Any, like: Operand) -> Settled:
    """Give `g`, whose kind is `kind`, with the realness of `like`; None where it is not known."""
    ours, theirs = class_of(kind), class_of(like.kind)
    if ours in tuple("bif") or theirs == "c":
        return g
    if ours == "c" and theirs in tuple("bif"):
        return use(np.real, g)
    return None


@settles(fit)
def settle_fit(g: Operand, like: Operand) -> Settled:
    return projected(g, g.kind, like)


@settles(complex_like)
def settle_complex_like(g: Operand, like: Operand) -> Settled:
    if class_of(g.kind) == "c" or class_of(like.kind) in tuple("bif"):
        return g
    return None


@settles(unbroadcast)
def settle_unbroadcast(g: Operand, like: Operand) -> Settled:
    result = projected(g, g.kind, like)
    shape, target = shape_of(g.kind), shape_of(like.kind)
    if result is None or shape is None or target is None or len(shape) < len(target):
        return None
    if same_shape(shape, target):
        return result
    if not target:
        return use(np.sum, result)
    lead = len(shape) - len(target)
    if not all(map(is_settled, shape[lead:], target)):
        return None
    if lead:
        result = use(np.sum, result, axis=one_or_all(range(lead)))
    stretched = [k for k, n in enumerate(target) if n == 1 and shape[lead + k] != 1]
    if stretched:
        result = use(np.sum, result, axis=one_or_all(stretched), keepdims=True)
    return result


def is_settled(length: Length, target: Length) -> bool:
    """Say whether it is known if an axis was stretched from `target` to `length`."""
    return target == 1 or is_big(target) or same_length(length, target)


def one_or_all(axes: Any) -> int | tuple[int, ...]:
    axes = tuple(axes)
    return axes[0] if len(axes) == 1 else axes


@settles(broadcast_like)
def settle_broadcast_like(x: Operand, like: Operand) -> Settled:
    result = projected(x, x.kind, like)
    if result is None:
        return None
    if same_shape(shape_of(x.kind), shape_of(like.kind)):
        return result
    if isinstance(x.kind, Const) and isinstance(like.kind, Array) and like.kind.cls in "fc":
        if x.kind == Const(1.0):
            return use(np.ones_like, like)
        return use(np.full_like, like, result)
    shape, target = shape_of(x.kind), shape_of(like.kind)
    if shape is None or target is None or len(shape) > len(target):
        return None  # leading axes of one entry may have to be left out
    if isinstance(x.kind, Array) and isinstance(like.kind, Array):
        return use(np.broadcast_to, result, use(np.shape, like))
    return None


@settles(expand_reduced)
def settle_expand_reduced(g: Operand, axis: Operand, keepdims: Operand) -> Settled:
    if axis.kind == Const(None) or keepdims.kind == Const(True):
        return g
    if shape_of(g.kind) == ():
        return g  # the sum of a vector along its axis: a number fits everywhere
    return use(np.expand_dims, g, axis) if keepdims.kind == Const(False) else None


def constant_of(kind: Kind) -> Any:
    """Give the value of a literal, of a tuple of these too; None where it is not known."""
    match kind:
        case Const(value=value):
            return value
        case Items(type=kind_type, items=items):
            values = [constant_of(item) for item in items]
            if any(value is None for value in values):
                return None
            return tuple(values) if kind_type == "tuple" else values
    return None


def rank_of(operand: Operand) -> int | None:
    shape = shape_of(operand.kind)
    return None if shape is None else len(shape)


@settles(inverse_axes)
def settle_inverse_axes(axes: Operand) -> Settled:
    order = constant_of(axes.kind)
    return None if order is None else Const(inverse_axes(order))


@settles(arranged)
def settle_arranged(x: Operand, order: Operand) -> Settled:
    axes = constant_of(order.kind)
    if axes is None:
        return None
    axes = tuple(axis % len(axes) for axis in axes)
    if axes == tuple(range(len(axes))):
        return x
    if axes == tuple(reversed(range(len(axes)))):
        return use(np.transpose, x)
    return use(np.transpose, x, axes)


@settles(contraction_order)
def settle_contraction_order(
    x: Operand, axes: Operand, side: Operand, contracted_first: Operand
) -> Settled:
    rank, contracted = rank_of(x), constant_of(axes.kind)
    if rank is None or contracted is None:
        return None
    sample = np.zeros((1,) * rank)
    first = constant_of(contracted_first.kind)
    return Const(contraction_order(sample, contracted, constant_of(side.kind), first))


@settles(free_axes)
def settle_free_axes(x: Operand, axes: Operand, side: Operand) -> Settled:
    rank, contracted = rank_of(x), constant_of(axes.kind)
    if rank is None or contracted is None:
        return None
    return Const(free_axes(np.zeros((1,) * rank), contracted, constant_of(side.kind)))


def known_while_compiling(helper: Any) -> None:
    """Write what a helper gives where all that it is given is written in the source."""

    @settles(helper)
    def settle_to_constant(*operands: Operand) -> Settled:
        values = [constant_of(operand.kind) for operand in operands]
        return None if None in values else Const(helper(*values))


for of_literals in (
    einsum_transpose, einsum_of_number, einsum_expansion, ellipsis_first, ellipsis_moved,
    rolled_axis,
):  # fmt: skip
    known_while_compiling(of_literals)


@settles(opposite)
def settle_opposite(shift: Operand) -> Settled:
    value = constant_of(shift.kind)
    if value is not None:
        return Const(opposite(value))
    return use(np.negative, shift) if isinstance(shift.kind, Number) else None


@settles(count_reduced)
def settle_count_reduced(a: Operand, axis: Operand) -> Settled:
    if axis.kind == Const(None):
        return use(np.size, a)
    if isinstance(constant_of(axis.kind), int):
        return use(operator.getitem, use(np.shape, a), axis)
    return None


def merges_nothing(rank: int | None, axis: Operand) -> bool:
    """Say whether merging these axes of an array leaves it as it is."""
    axes = constant_of(axis.kind)
    if rank == 1 and (axis.kind == Const(None) or axes in (0, -1)):
        return True
    return axes == -1 or (rank is not None and axes == rank - 1)


@settles(merge_axes)
def settle_merge_axes(a: Operand, axis: Operand) -> Settled:
    if merges_nothing(rank_of(a), axis):
        return a
    return use(np.ravel, a) if axis.kind == Const(None) else None


@settles(unmerge_axes)
def settle_unmerge_axes(g: Operand, axis: Operand, like: Operand) -> Settled:
    if merges_nothing(rank_of(like), axis):
        return g
    return use(reshape_like, g, like=like) if axis.kind == Const(None) else None


@settles(unpacked)
def settle_unpacked(g: Operand, like: Operand) -> Settled:
    if class_of(like.kind):
        return projected(g, g.kind, like)
    numbers = like.kind.items if isinstance(like.kind, Items) else ()
    if not 0 < len(numbers) <= WRITTEN_OUT or rank_of(g) != 1 or class_of(g.kind) not in REAL:
        return None
    if not all(isinstance(kind, (Number, Const)) and class_of(kind) in REAL for kind in numbers):
        return None
    return Display(like.kind.type, tuple(use(operator.getitem, g, k) for k in range(len(numbers))))  # type: ignore[attr-defined]


@settles(power_by_base)
def settle_power_by_base(x: Operand, y: Operand, times: Operand | None = None) -> Settled:
    exponent = constant_of(y.kind)
    if not exponent or class_of(y.kind) is None or times is not None:
        return None
    return use(np.multiply, y, use(np.power, x, exponent - 1))


@settles(power_by_exponent)
def settle_power_by_exponent(x: Operand, y: Operand, times: Operand | None = None) -> Settled:
    return use(np.power, x, y) if times is not None and times.kind == Const(0) else None


@settles(stretched)
def settle_stretched(g: Operand, like: Operand) -> Settled:
    shape = shape_of(g.kind)
    return g if shape is not None and 1 not in shape else None


@settles(zero_wins)
def settle_zero_wins(g: Operand, slope: Operand) -> Settled:
    return use(np.multiply, g, slope) if constant_of(g.kind) else None


@settles(reshape_like)
def settle_reshape_like(x: Operand, like: Operand) -> Settled:
    shape, target = shape_of(x.kind), shape_of(like.kind)
    if shape is None or target is None:
        return None
    # Lengths that differ only because one was stretched mean something else here: names decide.
    if shape == target and None not in shape:
        return x
    return use(np.reshape, x, use(np.shape, like)) if len(shape) != len(target) else None


@settles(zeros_like)
def settle_zeros_like(value: Operand) -> Settled:
    match value.kind:
        case Const(value=None | str() | bool()):
            return Const(None)
        case Number(cls=cls):
            zeros: dict[str, Any] = {"i": 0.0, "f": 0.0, "c": 0j, "b": None}
            return Const(zeros[cls])
        case Const() if class_of(value.kind):
            return Const(0j if class_of(value.kind) == "c" else 0.0)
        case Array(dims=() | None) | Array(mixed=True):
            return None  # perhaps made of a number that may be an integer when the program runs
        case Array(cls="f" | "c"):
            return use(np.zeros_like, value)
        case Array():
            return use(np.zeros, use(np.shape, value))
        case Items(type="tuple", items=items):
            parts = [settle_zeros_like(Operand(None, item)) for item in items if is_single(item)]
            if len(parts) == len(items):
                return Const(tuple(part.value for part in parts if isinstance(part, Const)))
    return None


@settles(shadow_like)
def settle_shadow_like(value: Operand) -> Settled:
    match value.kind:
        case Items(type="tuple" | "list", items=items) if 0 < len(items) <= WRITTEN_OUT:
            parts = [shadow_part(item) for item in items]
            return None if None in parts else Display("list", tuple(parts))
    return None


def shadow_part(kind: Kind) -> Settled:
    """Give the shadow of what a container holds, where it can be written out."""
    if isinstance(kind, Items):
        return settle_shadow_like(Operand(None, kind))
    return settle_zeros_like(Operand(None, kind)) if is_single(kind) else None


def is_single(kind: Kind) -> bool:
    """Say whether the zero of a value can be written out."""
    return isinstance(kind, Number) or (isinstance(kind, Const) and class_of(kind) is not None)


@settles(spread)
def settle_spread(g: Operand, like: Operand) -> Settled:
    match like.kind:
        case Items(type="tuple" | "list" as kind, items=items) if 0 < len(items) <= FEW_ALIKE:
            real = class_of(g.kind) == "f" and not isinstance(g.kind, Array)
            if real and all(map(is_single, items)):
                return Display(kind, (g,) * len(items))
    return None


@settles(add)
def settle_add(a: Operand, b: Operand) -> Settled:
    if a.kind == Const(None):
        return b
    if b.kind == Const(None):
        return a
    if class_of(a.kind) and class_of(b.kind):
        return use(np.add, a, b)
    return None


@settles(minus)
def settle_minus(value: Operand) -> Settled:
    return use(np.negative, value) if class_of(value.kind) else None


@settles(mT)
def settle_mT(x: Operand) -> Settled:
    shape = shape_of(x.kind)
    return use(np.transpose, x) if shape is not None and len(shape) == 2 else None


@settles(transposed)
def settle_transposed(x: Operand) -> Settled:
    match rank_of(x):
        case None:
            return None
        case 0 | 1:
            return x
        case 2:
            return use(np.transpose, x)
    return use(mT, x)


@settles(last_first)
def settle_last_first(x: Operand) -> Settled:
    match rank_of(x):
        case 1:
            return x
        case 2:
            return use(np.transpose, x)
    return use(np.moveaxis, x, -1, 0)


@settles(first_second_last)
def settle_first_second_last(x: Operand) -> Settled:
    rank = rank_of(x)
    if rank is None:
        return None
    return x if rank <= 2 else use(np.moveaxis, x, 0, -2)


@settles(second_last_first)
def settle_second_last_first(x: Operand) -> Settled:
    rank = rank_of(x)
    if rank is None:
        return None
    return x if rank <= 2 else use(np.moveaxis, x, -2, 0)


@settles(as_stack)
def settle_as_stack(x: Operand, b: Operand) -> Settled:
    rank = rank_of(b)
    if rank is None:
        return None
    return use(np.expand_dims, x, -1) if rank == 1 else x


@settles(as_row)
def settle_as_row(x: Operand) -> Settled:
    return settle_as_matrix(x, 0)


@settles(as_column)
def settle_as_column(x: Operand) -> Settled:
    return settle_as_matrix(x, 1)


def settle_as_matrix(x: Operand, axis: int) -> Settled:
    shape = shape_of(x.kind)
    if shape is None:
        return None
    return use(np.expand_dims, x, axis) if len(shape) == 1 else x


@settles(restore_product)
def settle_restore_product(g: Operand, x: Operand, y: Operand) -> Settled:
    left, right = shape_of(x.kind), shape_of(y.kind)
    if left is None or right is None:
        return None
    result: Operand | Use = g
    if len(right) == 1:
        result = use(np.expand_dims, result, -1)
    if len(left) == 1:
        result = use(np.expand_dims, result, -2)
    return result


@settles(builtins.getattr)
def settle_getattr(x: Operand, name: Operand, default: Operand | None = None) -> Settled:
    """An array has its attributes; a number, which may be Python's or NumPy's, has shape ()."""
    attribute = name.kind.value if isinstance(name.kind, Const) else None
    if isinstance(x.kind, Array) and attribute in ATTRIBUTES:
        return use(ATTRIBUTES[attribute], x)
    if isinstance(x.kind, Number) and default is not None:
        if attribute == "shape" and default.kind in (Items("tuple", ()), Const(())):
            return use(np.shape, x)
        if attribute == "ndim" and default.kind == Const(0):
            return use(np.ndim, x)
    return None
