"""What calls of run-time helpers become where the kinds decide them.

The rules stay general and the generated code stays short: what is known when it is written does
not show up in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import Array, Const, Items, Length, Number, is_big
from srcxform.kinds.shapes import same_length, same_shape, shape_of
from srcxform.rules.predicates import class_of
from srcxform.rules.registry import Operand, Use, settles, use
from srcxform.runtime import (
    add,
    as_column,
    as_row,
    broadcast_like,
    expand_reduced,
    fit,
    inverse_axes,
    mT,
    reshape_like,
    restore_product,
    unbroadcast,
    zeros_like,
)

Settled = Operand | Use | Const | None


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
    if isinstance(x.kind, Array) and isinstance(like.kind, Array):
        return use(np.broadcast_to, result, use(np.shape, like))
    return None


@settles(expand_reduced)
def settle_expand_reduced(g: Operand, axis: Operand, keepdims: Operand) -> Settled:
    if axis.kind == Const(None) or keepdims.kind == Const(True):
        return g
    return use(np.expand_dims, g, axis) if keepdims.kind == Const(False) else None


@settles(inverse_axes)
def settle_inverse_axes(axes: Operand) -> Settled:
    match axes.kind:
        case Items(items=items) if all(isinstance(item, Const) for item in items):
            return Const(inverse_axes([item.value for item in items]))  # type: ignore[attr-defined]
    return None


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
            return Const({"i": 0.0, "f": 0.0, "c": 0j, "b": None}[cls])
        case Const() if (cls := class_of(value.kind)) is not None:
            return Const(0j if cls == "c" else 0.0)
        case Array(cls="f" | "c"):
            return use(np.zeros_like, value)
        case Array():
            return use(np.zeros, use(np.shape, value))
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


@settles(mT)
def settle_mT(x: Operand) -> Settled:
    shape = shape_of(x.kind)
    return use(np.transpose, x) if shape is not None and len(shape) == 2 else None


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
