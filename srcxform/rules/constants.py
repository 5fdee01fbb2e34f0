"""Functions through which no derivative passes: of types, of shapes, of integers, of text."""

from __future__ import annotations

import builtins
import operator

import numpy as np

from srcxform.kinds.lattice import (
    NONE,
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Number,
    Opaque,
    Unknown,
)
from srcxform.kinds.shapes import shape_of
from srcxform.rules.registry import (
    constant,
    lanewise,
    result_kind,
)
from srcxform.runtime import (
    check_alike,
    check_apart,
    check_cotangent,
    check_entries,
    check_entry,
    check_first,
    check_held,
    check_keeps,
    check_linear,
    check_no_keys,
    check_no_method,
    check_no_positions,
    check_no_sequence,
    check_numbers,
    check_one_number,
    check_positions,
    check_ran,
    check_read_first,
    check_separate,
    check_still,
    check_tangent,
    check_view,
    coarser,
    contraction_order,
    einsum_expansion,
    einsum_filling,
    einsum_of_number,
    einsum_transpose,
    ellipsis_first,
    ellipsis_moved,
    entry_units,
    first_position,
    first_sweep,
    free_axes,
    gap_in,
    held_by_value,
    is_mapping,
    is_plain,
    is_sequence,
    last_written,
    position_in,
    random_states,
    refusal,
    refuse,
    restore_random,
    sorted_order,
    stop_gradient,
    unit_rows,
    unit_tangents,
    way_back,
    way_back_from,
)

NAMES = """
    all any ascii bin bool bytes callable chr format hasattr hex id int isinstance issubclass
    len oct ord print range repr slice str type
"""

constant(np.iterable, signature="y")
constant(check_view, signature="view, base, place=None")
constant(check_alike, signature="view, base, view_dot, base_dot, place=None")
constant(check_tangent, signature="out, dot, name")
constant(check_cotangent, signature="bar, like, name")
constant(check_linear, signature="part, place=None")
constant(is_mapping, is_sequence, signature="value")
constant(check_still, signature="tangent, place=None")
constant(check_separate, signature="x, y, place=None")
constant(check_apart, signature="value, place=None")
constant(check_entry, signature="base, index, place=None")
constant(check_one_number, signature="value, transform, place=None, holomorphic=False")
constant(check_first, check_numbers, signature="found")
constant(check_held, signature="shadow, place=None")
constant(held_by_value, signature="shadow")
constant(check_keeps, signature="base, place=None")
constant(check_no_keys, signature="value, place=None")
constant(check_no_method, signature="value, name, place=None")
constant(check_no_sequence, signature="value, place=None")
constant(check_no_positions, signature="index, place=None")
constant(check_positions, signature="index, place=None")
constant(check_read_first, signature="base, index, value, place=None")
constant(*(getattr(builtins, name) for name in NAMES.split()))


@result_kind(slice)
def slice_kind(args: tuple[Kind, ...] = ()) -> Kind:
    """`slice(stop)` or `slice(start, stop, step)`."""
    start, stop, step = (NONE, *args, NONE) if len(args) == 1 else (*args, NONE, NONE)[:3]
    return Items("slice", (start, stop, step))


constant(operator.index, signature="a")
constant(np.shape, np.ndim, signature="a")
constant(np.size, signature="a, axis=None")
constant(round, signature="number, ndigits=None")
constant(np.round, np.around, signature="a, decimals=0, out=None")
constant(np.isscalar, np.broadcast_shapes, np.shares_memory, np.may_share_memory)
constant(np.int8, np.int16, np.int32, np.int64, np.bool_, np.intp)
constant(np.uint8, np.uint16, np.uint32, np.uint64)
constant(np.isin, np.gcd, np.lcm)
constant(np.ndindex, signature="*shape")
constant(np.printoptions, np.errstate, np.seterr)
constant(last_written, signature="index, value, like")
constant(refuse, signature="what, instead")
constant(refusal, signature="error, what, place, why, instead")
constant(stop_gradient, unit_tangents, signature="x")
constant(unit_rows, signature="start, stop, *parts")
constant(entry_units, signature="like, axis, entries, start=0, stop=None")
constant(check_entries, signature="out, axis, entries")
constant(first_position, signature="x, largest")
constant(gap_in, position_in, signature="position, length")
constant(sorted_order, signature="x, reverse=False")
constant(contraction_order, signature="x, axes, side, contracted_first")
constant(free_axes, signature="x, axes, side")
constant(
    is_plain, einsum_transpose, einsum_of_number, einsum_expansion, ellipsis_first,
    signature="subscripts, position",
)  # fmt: skip
constant(ellipsis_moved, signature="subscripts, position, back")
constant(einsum_filling, signature="subscripts, position, like")
constant(check_ran, signature="turns, name")
constant(first_sweep, way_back, signature="turns, snapshots")
constant(way_back_from, coarser, signature="turns, distance, snapshots")
constant(random_states, signature="*sources")
constant(restore_random, signature="states, *sources")


@result_kind(
    print,
    check_apart,
    check_entry,
    check_first,
    check_numbers,
    check_keeps,
    check_no_keys,
    check_no_method,
    check_no_positions,
    check_no_sequence,
    check_positions,
    check_ran,
    check_read_first,
    restore_random,
)
def nothing(**given: Kind) -> Kind:
    """Nothing is printed while compiling."""
    return NONE


@result_kind(first_sweep, way_back, way_back_from)
def schedule_kind(**given: Kind) -> Kind:
    return Many("list", Items("tuple", (Opaque(str), Number("i"))))


@result_kind(coarser)
def factor_kind(**given: Kind) -> Kind:
    return Number("i")


@result_kind(random_states)
def states_kind(**given: Kind) -> Kind:
    return Opaque(list)


@result_kind(np.seterr)
def settings(**given: Kind) -> Kind:
    """Nothing is set while compiling."""
    return UNKNOWN


@result_kind(np.shape)
def shape_kind(a: Kind) -> Kind:
    shape = shape_of(a)
    if shape is None:
        return UNKNOWN
    return Items("tuple", tuple(Const(n) if isinstance(n, int) else Number("i", n) for n in shape))


@result_kind(stop_gradient)
def stopped_kind(x: Kind) -> Kind:
    return x


@result_kind(unit_tangents)
def unit_tangents_kind(x: Kind) -> Kind:
    shape = shape_of(x)
    cls = x.cls if isinstance(x, (Number, Array)) and x.cls in "fc" else "f"
    if shape is None:
        return Array(cls)
    return Array(cls, (1 if shape == () else shape[0] if len(shape) == 1 else None, *shape))


@result_kind(unit_rows)
def unit_rows_kind(start: Kind, stop: Kind, parts: tuple[Kind, ...] = ()) -> Kind:
    made = []
    for part in parts:
        shape, rows = shape_of(part), unit_tangents_kind(part)
        made.append(rows if shape is None else Array(rows.cls, (None, *shape)))  # type: ignore[attr-defined]
    return Items("tuple", tuple(made))


@result_kind(entry_units)
def entry_units_kind(like: Kind, **others: Kind) -> Kind:
    shape = shape_of(like)
    return Array("f") if shape is None else Array("f", (None, *shape))


@result_kind(np.ndim)
def ndim_kind(a: Kind) -> Kind:
    shape = shape_of(a)
    return Number("i") if shape is None else Const(len(shape))


@result_kind(gap_in, position_in)
def position_kind(position: Kind) -> Kind:
    return Number("i")


@result_kind(int)
def int_kind(args: tuple[Kind, ...] = ()) -> Kind:
    """Tell the kind where a probe cannot: `int(text)`."""
    text = bool(args) and isinstance(args[0], (Opaque, Unknown))
    return Number("i") if text else UNKNOWN


@result_kind(np.size)
def size_kind(a: Kind, axis: Kind = NONE) -> Kind:
    shape = shape_of(a)
    if shape == ():
        return Const(1)
    if shape is None or len(shape) != 1:
        return Number("i")
    return Const(shape[0]) if isinstance(shape[0], int) else Number("i", shape[0])


@result_kind(len)
def len_kind(obj: Kind) -> Kind:
    match obj:
        case Array(dims=(first, *_)):
            return Const(first) if isinstance(first, int) else Number("i", first)
        case Items(items=items):
            return Const(len(items))
    return Number("i")


lanewise(np.round, np.around)
