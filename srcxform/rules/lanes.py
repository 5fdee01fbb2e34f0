"""What helpers of batching rules become where the kinds decide them."""

from __future__ import annotations

from typing import Any

from srcxform.kinds.joining import element
from srcxform.kinds.lattice import UNKNOWN, Array, Const, Kind, Number
from srcxform.rules.registry import Operand, constant, linear, result_kind, settles
from srcxform.rules.settle import Settled, constant_of
from srcxform.runtime import (
    behind_lanes,
    check_lanes,
    lane_by_lane,
    lanes_from,
    lanes_to,
    order_behind_lanes,
    shape_with_lanes,
    stack_lanes,
    stack_numbers,
    subscripts_with_lanes,
    unpacked,
    unstack_lanes,
)

constant(lane_by_lane, signature="")
constant(check_lanes, signature="first, other")
constant(behind_lanes, signature="axis, a=None")
constant(order_behind_lanes, signature="axes, a")
constant(shape_with_lanes, signature="size, shape")
constant(subscripts_with_lanes, signature="subscripts, *lanes")


@linear(stack_lanes, wrt="lanes")
def stack_lanes_bar(lanes: Any, *, out_bar: Any) -> Any:
    return unstack_lanes(out_bar, like=lanes)


@linear(stack_numbers, wrt="lanes")
def stack_numbers_bar(lanes: Any, *, out_bar: Any) -> Any:
    return unpacked(out_bar, lanes)


@result_kind(stack_numbers)
def stack_numbers_kind(lanes: Kind) -> Kind:
    item = element(lanes)
    return Array(item.cls, (None,)) if isinstance(item, Number) else UNKNOWN


@linear(unstack_lanes, wrt="g")
def unstack_lanes_bar(*, out_bar: Any) -> Any:
    return stack_lanes(out_bar)


@settles(behind_lanes)
def settle_behind_lanes(axis: Operand, a: Operand | None = None) -> Settled:
    if axis.kind == Const(None):
        rank = a.kind.rank if a is not None and isinstance(a.kind, Array) else None
        if rank is None:
            return None
        return Const(1 if rank == 2 else tuple(range(1, rank)))
    axes = constant_of(axis.kind)
    return None if axes is None else Const(behind_lanes(axes))


@settles(order_behind_lanes)
def settle_order_behind_lanes(axes: Operand, a: Operand) -> Settled:
    if axes.kind == Const(None):
        rank = a.kind.rank if isinstance(a.kind, Array) else None
        return None if rank is None else Const((0, *range(rank - 1, 0, -1)))
    order = constant_of(axes.kind)
    return None if order is None else Const(order_behind_lanes(order, None))


@settles(subscripts_with_lanes)
def settle_subscripts_with_lanes(subscripts: Operand, *lanes: Operand) -> Settled:
    text = constant_of(subscripts.kind)
    if not isinstance(text, str):
        return None
    return Const(subscripts_with_lanes(text, *(constant_of(one.kind) for one in lanes)))


@linear(lanes_to, wrt="value")
def lanes_to_bar(axis: Any, *, out_bar: Any) -> Any:
    return lanes_from(axis, out_bar)


@linear(lanes_from, wrt="value")
def lanes_from_bar(axis: Any, *, out_bar: Any) -> Any:
    return lanes_to(axis, out_bar)
