"""Python's own functions of numbers and of lists.

`max` and `min` return one of their arguments, and the derivative is that of the one returned: the
first of equals, as the `if` would have it that they stand for.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcxform.kinds.joining import element, join
from srcxform.kinds.lattice import (
    NONE,
    UNKNOWN,
    Array,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Unknown,
    general,
)
from srcxform.kinds.shapes import broadcast_shapes, shape_of
from srcxform.rules.elementwise import absolute_bar, absolute_dot
from srcxform.rules.operators import (
    divmod_bar,
    divmod_dot,
    power_base_action,
    power_exponent_action,
)
from srcxform.rules.predicates import is_array, is_none, is_number, literal
from srcxform.rules.registry import (
    adjoint,
    batching,
    converting,
    elementwise,
    flat_if,
    lanewise,
    linear,
    predicate,
    result_kind,
    same_rule,
    tangent,
    update,
)
from srcxform.runtime import (
    add,
    broadcast_like,
    first_position,
    fit,
    gather,
    lane_by_lane,
    minus,
    permuted,
    scatter,
    sorted_order,
    spread,
    unbroadcast,
    unpermuted,
)

tangent(abs, "x", wrt="x")(absolute_dot)
adjoint(abs)(absolute_bar)
tangent(divmod, "x, y", wrt="x y")(divmod_dot)
adjoint(divmod)(divmod_bar)
elementwise(pow, power_base_action, power_exponent_action, signature="x, y, mod=None")

for python, numpy in (
    (operator.add, np.add),
    (operator.sub, np.subtract),
    (operator.mul, np.multiply),
    (operator.truediv, np.divide),
    (operator.floordiv, np.floor_divide),
    (operator.mod, np.remainder),
    (operator.pow, np.power),
    (operator.neg, np.negative),
    (operator.pos, np.positive),
    (operator.matmul, np.matmul),
    (operator.abs, abs),
    (operator.eq, np.equal),
    (operator.ne, np.not_equal),
    (operator.lt, np.less),
    (operator.le, np.less_equal),
    (operator.gt, np.greater),
    (operator.ge, np.greater_equal),
):
    same_rule(python, numpy)


@tangent(float, "x=0.0", wrt="x")
def float_dot(x: Any, x_dot: Any) -> Any:
    if is_number(x):
        return x_dot
    return float(x_dot)


@result_kind(float)
def float_kind(x: Kind = NONE) -> Kind:
    """Tell the kind where a probe cannot: `float(text)`, and `float` of who knows what."""
    return Number("f") if isinstance(x, (Opaque, Unknown)) else UNKNOWN


@adjoint(float)
def float_bar(x: Any, out_bar: Any) -> Any:
    if is_number(x):
        return out_bar
    return broadcast_like(out_bar, like=x)


for convert in (np.float16, np.float32, np.float64, np.complex64, np.complex128):
    converting(convert)

    @linear(convert, "x=0", wrt="x")
    def convert_bar(x: Any, *, out_bar: Any) -> Any:
        return fit(out_bar, like=x)


@tangent(complex, "real=0, imag=0", wrt="real imag")
def complex_dot(real_dot: Any = None, imag_dot: Any = None) -> Any:
    if is_none(imag_dot):
        return complex(real_dot)
    if is_none(real_dot):
        return 1j * imag_dot
    return real_dot + 1j * imag_dot


@adjoint(complex)
def complex_bar(real: Any, imag: Any, out_bar: Any) -> Any:
    return fit(out_bar, like=real), fit(1j * out_bar, like=imag)


@linear(sum, "iterable, start=0", wrt="iterable start")
def sum_bar(iterable: Any, start: Any = 0, *, out_bar: Any) -> Any:
    return spread(out_bar, like=iterable), unbroadcast(out_bar, like=start)


@linear(spread, wrt="g")
def spread_bar(g: Any, *, out_bar: Any) -> Any:
    return gather(out_bar, like=g)


@linear(gather, wrt="parts")
def gather_bar(parts: Any, *, out_bar: Any) -> Any:
    return spread(out_bar, like=parts)


@tangent(max, "x, y=None", wrt="x y")
def max_dot(x: Any, y: Any = None, x_dot: Any = None, y_dot: Any = None) -> Any:
    if is_none(y):
        return x_dot[first_position(x, True)]
    if is_none(y_dot):
        return x_dot * (x >= y)
    if is_none(x_dot):
        return y_dot * (y > x)
    return x_dot * (x >= y) + y_dot * (y > x)


@adjoint(max)
def max_bar(x: Any, out_bar: Any, y: Any = None) -> Any:
    if is_none(y):
        return scatter(out_bar, first_position(x, True), like=x), None
    return fit(out_bar * (x >= y), like=x), fit(out_bar * (y > x), like=y)


@tangent(min, "x, y=None", wrt="x y")
def min_dot(x: Any, y: Any = None, x_dot: Any = None, y_dot: Any = None) -> Any:
    if is_none(y):
        return x_dot[first_position(x, False)]
    if is_none(y_dot):
        return x_dot * (x <= y)
    if is_none(x_dot):
        return y_dot * (y < x)
    return x_dot * (x <= y) + y_dot * (y < x)


@adjoint(min)
def min_bar(x: Any, out_bar: Any, y: Any = None) -> Any:
    if is_none(y):
        return scatter(out_bar, first_position(x, False), like=x), None
    return fit(out_bar * (x <= y), like=x), fit(out_bar * (y < x), like=y)


@tangent(sorted, "iterable, *, key=None, reverse=False", wrt="iterable")
def sorted_dot(iterable: Any, iterable_dot: Any, reverse: Any = False) -> Any:
    return permuted(iterable_dot, sorted_order(iterable, reverse))


@adjoint(sorted)
def sorted_bar(iterable: Any, out_bar: Any, reverse: Any = False) -> Any:
    return unpermuted(out_bar, sorted_order(iterable, reverse), like=iterable)


@result_kind(sorted)
def sorted_kind(iterable: Kind, reverse: Kind = NONE) -> Kind:
    """The entries of a vector make a list, whose length is not known."""
    if isinstance(iterable, Array) and len(iterable.dims or ()) == 1:
        return Many("list", Number(iterable.cls))
    return UNKNOWN  # as lists show


@linear(permuted, wrt="parts")
def permuted_bar(parts: Any, order: Any, *, out_bar: Any) -> Any:
    return unpermuted(out_bar, order, like=parts)


@linear(unpermuted, wrt="parts")
def unpermuted_bar(order: Any, *, out_bar: Any) -> Any:
    return permuted(out_bar, order)


@result_kind(permuted)
def permuted_kind(parts: Kind, order: Kind) -> Kind:
    return Many("list", element(parts))


@result_kind(unpermuted)
def unpermuted_kind(parts: Kind, order: Kind, like: Kind) -> Kind:
    return general(like)


for collect in (set, frozenset):
    update(collect, "iterable=()", wrt=("iterable",))

    @result_kind(collect)
    def collect_kind(iterable: Kind = NONE, collected: type = collect) -> Kind:
        return Opaque(collected)

    @flat_if(collect)
    def collect_keys(iterable: Kind = NONE) -> bool:
        """Say whether these are the keys of a dict: no derivative passes them."""
        return isinstance(iterable, Mapping) or getattr(iterable, "type", "") == "dict"


@linear(add, wrt="a b")
def add_bar(*, out_bar: Any) -> Any:
    return out_bar, out_bar


@result_kind(add)
def add_kind(a: Kind, b: Kind) -> Kind:
    """Give the kind of a sum: of numbers and arrays, part by part where containers are known."""
    match general(a), general(b):
        case Items(type=name, items=ours), Items(type=own, items=theirs) if name == own and len(
            ours
        ) == len(theirs):
            return Items(name, tuple(map(add_kind, ours, theirs)))
        case Mapping(keys=keys, items=ours), Mapping(keys=own, items=theirs) if keys == own:
            return Mapping(keys, tuple(map(add_kind, ours, theirs)))
        case (Number() | Array()) as one, (Number() | Array()) as two:
            return sum_kind(one, two)
    item, other = element(a), element(b)
    lists = any(isinstance(kind, Many) and kind.type == "list" for kind in (a, b))
    if not lists or item is None or other is None:
        return UNKNOWN
    same = join(general(item), general(other))
    return Many("list", same) if isinstance(same, (Number, Array)) else UNKNOWN


def sum_kind(a: Number | Array, b: Number | Array) -> Kind:
    classes = {a.cls, b.cls}
    shape = broadcast_shapes(shape_of(a), shape_of(b))
    mixed = any(isinstance(one, Array) and one.mixed for one in (a, b))
    if classes.isdisjoint("fc") or shape is None or mixed:
        return UNKNOWN
    made = "c" if "c" in classes else "f"
    return Array(made, shape) if shape else Number(made)


@linear(minus, wrt="value")
def minus_bar(*, out_bar: Any) -> Any:
    return minus(out_bar)


@result_kind(minus)
def minus_kind(value: Kind) -> Kind:
    return general(value)


lanewise(abs, operator.abs)
lanewise(operator.floordiv, operator.eq, operator.ne, operands=2)
lanewise(operator.lt, operator.le, operator.gt, operator.ge, operands=2)


@batching(float, over="x")
def float_batched(x: Any) -> Any:
    return np.ndarray.astype(x, float)


@batching(sum, over="iterable start")
def builtin_sum_batched(iterable: Any, iterable_lanes: Any, start: Any = 0) -> Any:
    if literal(iterable_lanes, False):
        return lane_by_lane()
    if is_array(iterable):
        if literal(start, 0):
            return np.sum(iterable, axis=1)
        return lane_by_lane()
    if of_one_rank(iterable, start):
        return sum(iterable, start)
    return lane_by_lane()


@predicate
def of_one_rank(parts: Any, start: Any) -> bool:
    """Say whether what is added up has one rank, so that the lanes stay the first axis."""
    kinds = parts.items if isinstance(parts, Items) else (getattr(parts, "item", None),)
    if not literal(start, 0):
        kinds = (*kinds, start)
    ranks = [kind.rank if isinstance(kind, Array) else None for kind in kinds]
    return None not in ranks and len(set(ranks)) <= 1


@batching(max, over="x y")
def max_batched(x: Any, y: Any = None) -> Any:
    if is_none(y):
        return lane_by_lane()
    return np.where(y > x, y, x)


@batching(min, over="x y")
def min_batched(x: Any, y: Any = None) -> Any:
    if is_none(y):
        return lane_by_lane()
    return np.where(y < x, y, x)
