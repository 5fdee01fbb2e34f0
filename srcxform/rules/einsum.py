"""Einstein sums: the transpose in an operand is an Einstein sum again."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Kind
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import (
    as_kind,
    as_value,
    is_none,
    is_number,
    literal,
)
from srcxform.rules.registry import (
    Given,
    adjoint,
    batching,
    ignores,
    linear,
    predicate,
    result_kind,
    tangent,
    views,
)
from srcxform.runtime import (
    einsum_expansion,
    einsum_filling,
    einsum_of_number,
    einsum_transpose,
    ellipsis_first,
    ellipsis_moved,
    is_plain,
    lane_by_lane,
    stretched,
    subscripts_with_lanes,
    unbroadcast,
)
from srcxform.runtime.einsum import parsed, rest_of


@predicate
def is_plain_einsum(subscripts: Any, position: Any) -> bool:
    """Say whether every axis of an operand is an axis of another, or of the result."""
    text = as_value(subscripts)
    return isinstance(text, str) and is_plain(text, as_value(position))


@predicate
def has_same_axes(subscripts: Any) -> bool:
    """Say whether two operands have the same axes, each of them once."""
    text = as_value(subscripts)
    if not isinstance(text, str) or not is_plain(text, 0):
        return False
    operands, _ = parsed(text)
    return len(operands) == 2 and operands[0] == operands[1]


@predicate
def ellipsis_differs(subscripts: Any, position: Any, x: Any, *rest: Any) -> bool:
    """Say whether the ellipsis of an operand may stand for fewer axes than that of another.

    Where it is in front, the axes that are added over come first, as they should.
    """
    text = as_value(subscripts)
    if not isinstance(text, str):
        return True
    mine, others, _ = rest_of(text, as_value(position))
    if "." not in mine[1:]:
        return False
    given = [(mine, x), *((o, r) for o, r in zip(others, rest, strict=True) if "." in o)]
    shapes = [(labels, shape_of(as_kind(operand))) for labels, operand in given]
    ranks = {None if shape is None else len(shape) - len(o) for o, shape in shapes}
    return len(given) > 1 and (len(ranks) > 1 or None in ranks)


EINSUM = "subscripts, x, y=None, z=None, *, out=None, optimize=False"


@tangent(np.einsum, EINSUM, wrt="x y z")
def einsum_dot(
    subscripts: Any,
    x: Any,
    y: Any = None,
    z: Any = None,
    x_dot: Any = None,
    y_dot: Any = None,
    z_dot: Any = None,
) -> Any:
    if is_none(y):
        return np.einsum(subscripts, x_dot)
    if is_none(z):
        return einsum_two_dot(subscripts, x, y, x_dot, y_dot)
    if is_none(z_dot):
        return einsum_first_two_dot(subscripts, x, y, z, x_dot, y_dot)
    if is_none(x_dot):
        if is_none(y_dot):
            return np.einsum(subscripts, x, y, z_dot)
    last = np.einsum(subscripts, x, y, z_dot)
    return einsum_first_two_dot(subscripts, x, y, z, x_dot, y_dot) + last


def einsum_two_dot(subscripts: Any, x: Any, y: Any, x_dot: Any, y_dot: Any) -> Any:
    if is_none(y_dot):
        return np.einsum(subscripts, x_dot, y)
    if is_none(x_dot):
        return np.einsum(subscripts, x, y_dot)
    return np.einsum(subscripts, x_dot, y) + np.einsum(subscripts, x, y_dot)


def einsum_first_two_dot(subscripts: Any, x: Any, y: Any, z: Any, x_dot: Any, y_dot: Any) -> Any:
    if is_none(y_dot):
        return np.einsum(subscripts, x_dot, y, z)
    if is_none(x_dot):
        return np.einsum(subscripts, x, y_dot, z)
    return np.einsum(subscripts, x_dot, y, z) + np.einsum(subscripts, x, y_dot, z)


@adjoint(np.einsum)
def einsum_bar(subscripts: Any, x: Any, out_bar: Any, y: Any = None, z: Any = None) -> Any:
    if is_none(y):
        return einsum_one_bar(subscripts, x, out_bar), None, None
    if is_none(z):
        x_bar = einsum_two_bar(subscripts, 0, x, y, out_bar)
        y_bar = einsum_two_bar(subscripts, 1, y, x, out_bar)
        return x_bar, y_bar, None
    x_bar = einsum_three_bar(subscripts, 0, x, y, z, out_bar)
    y_bar = einsum_three_bar(subscripts, 1, y, x, z, out_bar)
    z_bar = einsum_three_bar(subscripts, 2, z, x, y, out_bar)
    return x_bar, y_bar, z_bar


def einsum_one_bar(subscripts: Any, x: Any, out_bar: Any) -> Any:
    part = np.einsum(einsum_transpose(subscripts, 0), out_bar)
    return einsum_filled(subscripts, 0, x, part)


def einsum_two_bar(subscripts: Any, position: Any, x: Any, other: Any, out_bar: Any) -> Any:
    if is_number(out_bar):
        if has_same_axes(subscripts):
            return unbroadcast(stretched(out_bar * other, like=x), like=x)
        part = out_bar * np.einsum(einsum_of_number(subscripts, position), other)
        return einsum_filled(subscripts, position, x, part)
    if ellipsis_differs(subscripts, position, x, other):
        first = ellipsis_first(subscripts, position)
        front = np.einsum(ellipsis_moved(subscripts, position, False), x)
        part = np.einsum(einsum_transpose(first, position), out_bar, other)
        filled = einsum_filled(first, position, front, part)
        return np.einsum(ellipsis_moved(subscripts, position, True), filled)
    part = np.einsum(einsum_transpose(subscripts, position), out_bar, other)
    return einsum_filled(subscripts, position, x, part)


def einsum_three_bar(
    subscripts: Any, position: Any, x: Any, other: Any, third: Any, out_bar: Any
) -> Any:
    if is_number(out_bar):
        part = out_bar * np.einsum(einsum_of_number(subscripts, position), other, third)
        return einsum_filled(subscripts, position, x, part)
    if ellipsis_differs(subscripts, position, x, other, third):
        first = ellipsis_first(subscripts, position)
        front = np.einsum(ellipsis_moved(subscripts, position, False), x)
        part = np.einsum(einsum_transpose(first, position), out_bar, other, third)
        filled = einsum_filled(first, position, front, part)
        return np.einsum(ellipsis_moved(subscripts, position, True), filled)
    part = np.einsum(einsum_transpose(subscripts, position), out_bar, other, third)
    return einsum_filled(subscripts, position, x, part)


def einsum_filled(subscripts: Any, position: Any, x: Any, part: Any) -> Any:
    if is_plain_einsum(subscripts, position):
        return unbroadcast(stretched(part, like=x), like=x)
    filling = einsum_filling(subscripts, position, x)
    expanded = np.einsum(einsum_expansion(subscripts, position), part, filling)
    return unbroadcast(stretched(expanded, like=x), like=x)


@linear(stretched, wrt="g")
def stretched_bar(g: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=g)


@result_kind(stretched)
def stretched_kind(g: Kind, like: Kind) -> Kind:
    shape, target = shape_of(g), shape_of(like)
    if not isinstance(g, Array) or shape is None or target is None or len(shape) != len(target):
        return UNKNOWN
    return Array(g.cls, tuple(n if m == 1 else m for m, n in zip(shape, target, strict=True)))


ignores(np.einsum, ["optimize"])
views(np.einsum, "view", only_if=lambda given: "y" not in given and adds_nothing(given))


def adds_nothing(given: Given) -> bool:
    """Say whether every axis of a single operand is left: NumPy then gives a view."""
    text = given["subscripts"]
    if not isinstance(text, str):
        return True
    axes, arrow, left = text.partition("->")
    letters = set(axes) - set(". ")
    return letters <= set(left) if arrow else len(letters) == len(axes.replace(".", "").strip())


@batching(np.einsum, over="x y z")
def einsum_batched(
    subscripts: Any, x: Any, x_lanes: Any, y: Any = None, z: Any = None, y_lanes: Any = False,
    z_lanes: Any = False,
) -> Any:  # fmt: skip
    text = subscripts_with_lanes(subscripts, x_lanes, y_lanes, z_lanes)
    if literal(text, ""):
        return lane_by_lane()
    if is_none(y):
        return np.einsum(text, x)
    if is_none(z):
        return np.einsum(text, x, y)
    return np.einsum(text, x, y, z)
