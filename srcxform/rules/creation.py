"""Functions that make arrays: of constants, of one value, of numbers between two."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.dtypes import Reals
from srcxform.kinds.lanes import batched_kind
from srcxform.kinds.lattice import (
    NONE,
    UNKNOWN,
    Array,
    Const,
    Inner,
    Items,
    Kind,
    Many,
    Mapping,
    Nested,
    Never,
    Number,
    Opaque,
    OrNone,
    Record,
    general,
    scalar_class,
    with_parts,
)
from srcxform.kinds.shapes import shape_of
from srcxform.rules.lengths import array_of, dims_of, length_of
from srcxform.rules.predicates import class_of, dtype_class, is_none, literal
from srcxform.rules.registry import (
    adjoint,
    batching,
    composite,
    constant,
    converting,
    flat_if,
    ignores,
    lanewise,
    linear,
    otherwise,
    result_kind,
    tangent,
    views,
)
from srcxform.runtime import (
    fit,
    fresh_shadows,
    object_zeros,
    shadow_like,
    shadows_with_lanes,
    snapshot,
    unbroadcast,
    zeros_like,
)

OPTIONS = "order='C', *, device=None, like=None"
LIKE = "a, dtype=None, order='K', subok=True, shape=None, *, device=None"

constant(np.zeros, np.ones, np.empty, signature="shape, dtype=None, " + OPTIONS)
constant(np.zeros_like, np.ones_like, np.empty_like, signature=LIKE)
constant(np.eye, signature="N, M=None, k=0, dtype=None, " + OPTIONS)
constant(np.identity, signature="n, dtype=None, *, like=None")
constant(np.tri, signature="N, M=None, k=0, dtype=None, *, like=None")
constant(zeros_like, shadow_like, object_zeros, signature="value")
constant(fresh_shadows, signature="*parts")
constant(shadows_with_lanes, signature="size, *parts")
constant(np.dtype, np.finfo, np.iinfo, np.result_type, np.can_cast, np.promote_types)


@result_kind(np.result_type, np.promote_types)
def common_dtype(args: tuple[Kind, ...] = ()) -> Kind:
    """Give the kind of the dtype of reals, as that of `x.dtype`; nothing is said of others."""
    classes = {class_of(kind) or dtype_class(kind) for kind in args}
    return Opaque(Reals) if "f" in classes and classes <= {"f", "i", "b"} else UNKNOWN


@linear(np.full, "shape, fill_value, dtype=None, " + OPTIONS, wrt="fill_value")
def full_bar(fill_value: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=fill_value)


@linear(
    np.full_like,
    "a, fill_value, dtype=None, order='K', subok=True, shape=None, *, device=None",
    wrt="fill_value",
)
def full_like_bar(fill_value: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=fill_value)


ignores(np.full, ["shape", "dtype", "order", "device", "like"])
ignores(np.full_like, ["a", "dtype", "order", "subok", "shape", "device"])


@flat_if(np.full)
def full_is_flat(shape: Kind, fill_value: Kind, dtype: Kind = NONE, **others: Kind) -> bool:
    return dtype_class(dtype) in tuple("bi")


@flat_if(np.full_like)
def full_like_is_flat(a: Kind, fill_value: Kind, dtype: Kind = NONE, **others: Kind) -> bool:
    return (dtype_class(dtype) or class_of(a)) in tuple("bi")


@linear(np.ndarray.astype, "a, dtype, order='K', casting='unsafe', subok=True, copy=True", wrt="a")
def astype_bar(a: Any, *, out_bar: Any) -> Any:
    return fit(out_bar, like=a)


linear(np.astype, "a, dtype, *, copy=True, device=None", wrt="a")(astype_bar)
converting(np.astype, np.ndarray.astype)
for cast in (np.astype, np.ndarray.astype):
    views(cast, "maybe", only_if=lambda given: given.get("copy", True) is not True)
ignores(np.astype, ["dtype", "copy", "device"])
ignores(np.ndarray.astype, ["dtype", "order", "casting", "subok", "copy"])


@flat_if(np.ndarray.astype, np.astype)
def astype_is_flat(a: Kind, dtype: Kind, **others: Kind) -> bool:
    return dtype_class(dtype) in tuple("bi")


FIFTY = Const(50)
LINSPACE = "start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None"


@tangent(np.linspace, LINSPACE, wrt="start stop")
def linspace_dot(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    start_dot: Any = None,
    stop_dot: Any = None,
) -> Any:
    if is_none(start_dot):
        return np.linspace(zeros_like(start), stop_dot, num, endpoint)
    if is_none(stop_dot):
        return np.linspace(start_dot, zeros_like(stop), num, endpoint)
    return np.linspace(start_dot, stop_dot, num, endpoint)


@adjoint(np.linspace)
def linspace_bar(start: Any, stop: Any, out_bar: Any, num: Any = 50, endpoint: Any = True) -> Any:
    """Each number is (1 - t) start + t stop."""
    weights = np.linspace(0.0, 1.0, num, endpoint)
    stop_bar = np.tensordot(weights, out_bar, 1)
    start_bar = np.sum(out_bar, axis=0) - stop_bar
    return unbroadcast(start_bar, like=start), unbroadcast(stop_bar, like=stop)


@otherwise(np.linspace)
def linspace_along(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, axis: Any = 0
) -> Any:
    numbers = np.moveaxis(np.linspace(start, stop, num, endpoint), 0, axis)
    if literal(retstep, False):
        return numbers
    return numbers, (stop - start) / (num - 1 if endpoint else num)


@composite(np.logspace, "start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0")
def logspace_parts(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10.0
) -> Any:
    return np.power(base, np.linspace(start, stop, num, endpoint))


@composite(np.geomspace, "start, stop, num=50, endpoint=True, dtype=None, axis=0")
def geomspace_parts(start: Any, stop: Any, num: Any = 50, endpoint: Any = True) -> Any:
    return np.exp(np.linspace(np.log(start), np.log(stop), num, endpoint))


ARANGE = "start, stop=None, step=None, dtype=None, *, device=None, like=None"


@tangent(
    np.arange,
    ARANGE,
    wrt="start step",
)
def arange_dot(start: Any, stop: Any, out: Any, start_dot: Any = None, step_dot: Any = None) -> Any:
    """Each number is start + k step; where the last one is does not change them."""
    if is_none(stop):
        return zeros_like(out)
    if is_none(step_dot):
        return np.full_like(out, start_dot)
    if is_none(start_dot):
        return step_dot * np.arange(np.size(out))
    return start_dot + step_dot * np.arange(np.size(out))


@adjoint(np.arange)
def arange_bar(start: Any, stop: Any, step: Any, out_bar: Any) -> Any:
    if is_none(stop):
        return zeros_like(start), zeros_like(step)
    return fit(np.sum(out_bar), like=start), fit(out_bar @ np.arange(np.size(out_bar)), like=step)


ignores(np.arange, ["stop"])


@flat_if(np.arange)
def arange_is_flat(start: Kind, stop: Kind = NONE, **others: Kind) -> bool:
    return stop == NONE


# Kinds of results, where calling on dummies cannot tell the lengths.


def dtype_or(dtype: Kind, otherwise: str | None) -> str | None:
    return otherwise if dtype == NONE else dtype_class(dtype)


@result_kind(np.zeros, np.ones, np.empty)
def zeros_kind(shape: Kind, dtype: Kind = NONE, **others: Kind) -> Kind:
    return array_of(dtype_or(dtype, "f"), dims_of(shape))


@result_kind(np.zeros_like, np.ones_like, np.empty_like)
def zeros_like_kind(a: Kind, dtype: Kind = NONE, shape: Kind = NONE, **others: Kind) -> Kind:
    dims = shape_of(a) if shape == NONE else dims_of(shape)
    return array_of(dtype_or(dtype, class_of(a)), dims)


@result_kind(np.full)
def full_kind(shape: Kind, fill_value: Kind, dtype: Kind = NONE, **others: Kind) -> Kind:
    return array_of(dtype_or(dtype, class_of(fill_value)), dims_of(shape))


@result_kind(np.full_like)
def full_like_kind(
    a: Kind, fill_value: Kind, dtype: Kind = NONE, shape: Kind = NONE, **others: Kind
) -> Kind:
    return zeros_like_kind(a, dtype, shape)


@result_kind(np.eye)
def eye_kind(N: Kind, M: Kind = NONE, k: Kind = NONE, dtype: Kind = NONE, **others: Kind) -> Kind:
    columns = length_of(N) if M == NONE else length_of(M)
    return array_of(dtype_or(dtype, "f"), (length_of(N), columns))


@result_kind(np.identity)
def identity_kind(n: Kind, dtype: Kind = NONE, **others: Kind) -> Kind:
    return array_of(dtype_or(dtype, "f"), (length_of(n), length_of(n)))


@result_kind(np.ndarray.astype, np.astype)
def astype_kind(a: Kind, dtype: Kind, **others: Kind) -> Kind:
    return array_of(dtype_class(dtype), shape_of(a)) if class_of(a) else UNKNOWN


@result_kind(np.arange)
def arange_kind(
    start: Kind, stop: Kind = NONE, step: Kind = NONE, dtype: Kind = NONE, **others: Kind
) -> Kind:
    given = [kind for kind in (start, stop, step) if kind != NONE]
    classes = [class_of(kind) for kind in given]
    if None in classes:
        return UNKNOWN
    cls = "i" if all(c == "i" for c in classes) else "f"
    counted = length_of(start) if cls == "i" and len(given) == 1 else None
    return array_of(dtype_or(dtype, cls), (counted,))


@result_kind(np.linspace)
def linspace_kind(
    start: Kind, stop: Kind, num: Kind = FIFTY, dtype: Kind = NONE, **others: Kind
) -> Kind:
    if shape_of(start) != () or shape_of(stop) != () or others.get("retstep", NONE) == Const(True):
        return UNKNOWN
    cls = "c" if "c" in (class_of(start), class_of(stop)) else "f"
    return array_of(dtype_or(dtype, cls), (length_of(num),))


@linear(snapshot, wrt="value")
def snapshot_bar(*, out_bar: Any) -> Any:
    return out_bar


@result_kind(snapshot)
def snapshot_kind(value: Kind) -> Kind:
    return value


@result_kind(zeros_like)
def zeros_of(value: Kind) -> Kind:
    """Zeros have the structure of what they belong to; what is no number has None."""
    match value:
        case Array(cls="f" | "c") | Number(cls="f" | "c"):
            return value
        case Array(dims=dims):
            return Array("f", dims)
        case Number(cls="i"):
            return Number("f")
        case Const(value=constant) if scalar_class(constant) in tuple("ifc"):
            return Number("c" if scalar_class(constant) == "c" else "f")
        case Const():
            return NONE
        case Items(type=kind_type, items=items):
            return Items(kind_type, tuple(map(zeros_of, items)))
        case Mapping(keys=keys, items=items):
            return Mapping(keys, tuple(map(zeros_of, items)))
        case Many(type=kind_type, item=item, keys=keys, items=items):
            return Many(kind_type, item and zeros_of(item), keys, tuple(map(zeros_of, items)))
        case Nested(items=items):
            return Nested(tuple(map(zeros_of, items)))
        case OrNone(item=item):
            return UNKNOWN if (found := zeros_of(item)) == UNKNOWN else OrNone(found)
        case Never() | Inner():
            return value
    return UNKNOWN


@result_kind(object_zeros)
def object_zeros_of(value: Kind) -> Kind:
    """The zero of an object is an object."""
    match value:
        case Record(items=items):
            return Record(value.type, value.keys, tuple(map(object_zeros_of, items)))
        case Items(type=kind_type, items=items):
            return Items(kind_type, tuple(map(object_zeros_of, items)))
        case Mapping(keys=keys, items=items):
            return Mapping(keys, tuple(map(object_zeros_of, items)))
        case Many(type=kind_type, item=item):
            return Many(kind_type, item and object_zeros_of(item))
    return zeros_of(value)


@result_kind(fresh_shadows)
def fresh_kinds(parts: tuple[Kind, ...]) -> Kind:
    """What is written through one of them is seen through those that share its memory."""
    return parts[0] if len(parts) == 1 else Items("tuple", tuple(map(any_number, parts)))


def any_number(kind: Kind) -> Kind:
    """Forget which numbers a container holds."""
    return general(kind) if isinstance(kind, Const) else with_parts(kind, any_number)


@result_kind(shadows_with_lanes)
def kinds_with_lanes(size: Kind, parts: tuple[Kind, ...]) -> Kind:
    length = size.value if isinstance(size, Const) else getattr(size, "size", None)
    return Items("tuple", tuple(batched_kind(part, True, length) for part in parts))


@result_kind(shadow_like)
def shadow_of(value: Kind) -> Kind:
    """A shadow has lists for tuples, since it is written to."""
    match value:
        case Items(type="tuple" | "list", items=items):
            return Items("list", tuple(map(shadow_of, items)))
        case Mapping(keys=keys, items=items):
            return Mapping(keys, tuple(map(shadow_of, items)))
        case Many(type="tuple" | "list", item=item):
            return Many("list", item and shadow_of(item))
        case Many(type=kind_type, item=item, keys=keys, items=items):
            return Many(kind_type, item and shadow_of(item), keys, tuple(map(shadow_of, items)))
        case OrNone(item=item):
            return UNKNOWN if (found := shadow_of(item)) == UNKNOWN else OrNone(found)
        case Number() | Array() | Const() | Never():
            return zeros_of(value)
    return UNKNOWN


lanewise(np.ndarray.astype, np.zeros_like, np.ones_like, np.empty_like, zeros_like)


@batching(np.full_like, over="a")
def full_like_batched(a: Any, fill_value: Any, dtype: Any = None) -> Any:
    return np.full_like(a, fill_value, dtype=dtype)
