"""The kind of `x[index]`."""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import Any

import numpy as np

from srcxform.kinds.joining import element
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Const,
    Dim,
    Items,
    Kind,
    Length,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
)
from srcxform.kinds.shapes import broadcast_shapes


def subscript_kind(base: Kind, index: Kind) -> Kind:
    """Give the kind of a subscript of a value of kind `base`."""
    if NEVER in (base, index):
        return NEVER
    match base, index:
        case Array(), _:
            return array_item(base, index)
        case ((Items(items=items) | Record(items=items)), Const(value=int(k))):
            return items[k] if -len(items) <= k < len(items) else UNKNOWN
        case Items(type=kind_type, items=items), Items(type="slice", items=bounds):
            if all(isinstance(b, Const) for b in bounds):
                part = items[slice(*[b.value for b in bounds])]  # type: ignore[attr-defined]
                return Items(kind_type, part)  # a list of its own
            return Many(kind_type, element(base))
        case Mapping(keys=keys, items=items), Const(value=k):
            return items[keys.index(k)] if k in keys else UNKNOWN
        case Many(type=kind_type, item=item), Items(type="slice"):
            return Many(kind_type, item)
        case (
            (Items(type="list" | "tuple" as kind_type) | Many(type=kind_type)),
            Opaque(type=given),
        ) if given is builtins.slice:
            return Many(kind_type, element(base))
        case Many(keys=keys, items=items), Const(value=k) if k in keys:
            return items[keys.index(k)]
        case Many(item=item), _:
            return item or NEVER
        case ((Items() | Mapping()), _):
            return element(base) or UNKNOWN
        case Opaque(type=kind_type), _ if kind_type is range:
            return base if is_slice(index) else Number("i")
        case Opaque(type=np.ndarray), _:
            return base  # records or objects: no derivative passes them
        case Const(value=str() as text), Const(value=int(k)) if -len(text) <= k < len(text):
            return Const(text[k])
        case ((Const(value=str()) | Opaque(type=builtins.str)), _):
            return Opaque(str)
    return UNKNOWN


def array_item(base: Any, index: Kind) -> Kind:
    """Walk the index along the axes of an array."""
    if base.dims is None:
        return Array(base.cls, None, base.mixed) if is_slice(index) else UNKNOWN
    if isinstance(index, Many) and index.type == "tuple":
        several = isinstance(index.item, (Items, Many))  # of how many axes, is not known
        return Array(base.cls, None, base.mixed) if several else UNKNOWN
    parts = list(index.items) if isinstance(index, Items) and index.type == "tuple" else [index]
    parts = [as_mask(part) for part in parts]
    taken = sum(map(axes_taken, parts))
    whole = any(isinstance(part, Const) and part.value is ... for part in parts)
    if whole:
        at = next(k for k, p in enumerate(parts) if isinstance(p, Const) and p.value is ...)
        parts[at : at + 1] = [FULL] * (len(base.dims) - taken)
    else:
        parts += [FULL] * (len(base.dims) - taken)
    found = collect(base, parts, whole)
    return replace(found, mixed=base.mixed) if isinstance(found, Array) else found


FULL = Items("slice", (NONE, NONE, NONE))


def as_mask(part: Kind) -> Kind:
    """Take a part of an index for the array that NumPy takes it for: True is a mask of no axis."""
    match part:
        case Const(value=bool()) | Number(cls="b"):
            return Array("b", ())
        case Items(type="list", items=[*items]) if items and all(map(is_truth, items)):
            return Array("b", (None,))
        case Many(type="list" | "tuple", item=Kind() as item) if is_truth(item):
            return Array("b", (None,))
        case Many(type="list" | "tuple", item=Number(cls="i")):
            return Array("i", (None,))
        case Opaque(type=builtins.range):
            return Array("i", (None,))
        case Items(type="tuple", items=items):
            return as_mask(Items("list", items))
    return part


def is_truth(kind: Kind) -> bool:
    return isinstance(getattr(kind, "value", None), bool) or kind == Number("b")


def axes_taken(part: Kind) -> int:
    match part:
        case Const(value=value) if value is None or value is ...:
            return 0
        case Array(cls="b", dims=dims) if dims is not None:
            return len(dims)
    return 1


def is_slice(part: Kind) -> bool:
    return isinstance(part, Items) and part.type == "slice"


def collect(base: Any, parts: list[Kind], whole: bool) -> Kind:
    """Give the kind from one index part for each axis (None parts add one).

    With an Ellipsis (`whole`) NumPy gives an array even where no axis is left.
    """
    dims: list[Length] = []
    advanced: list[tuple[Length, ...]] = []
    first: int | None = None
    split = False
    axis = 0
    for part in parts:
        if axis >= len(base.dims) and axes_taken(part):
            return UNKNOWN
        match part:
            case Const(value=None):
                dims.append(1)
                split = split or first is not None
            case Items(type="slice", items=bounds):
                dims.append(sliced_length(base.dims[axis], bounds))
                split = split or first is not None
            case Const(value=int()) | Number(cls="i" | "f"):  # a real is an int that counts as one
                pass
            case Array(cls="b", dims=shape) if shape is not None:
                advanced.append((None,))
                first = len(dims) if first is None else first
            case Array(cls="i", dims=shape) if shape is not None:
                advanced.append(shape)
                first = len(dims) if first is None else first
            case Items(type="list", items=items):
                shape = listed_shape(items)
                if shape is None:
                    return UNKNOWN
                advanced.append(shape)
                first = len(dims) if first is None else first
            case _:
                return UNKNOWN
        axis += axes_taken(part)
    if advanced:
        shape = broadcast_shapes(*advanced)
        if shape is None:
            return Array(base.cls)
        if split:  # NumPy moves the axes of separated index arrays to the front, or keeps them
            return Array(base.cls, (None,) * (len(dims) + len(shape)))
        assert first is not None
        dims[first:first] = shape
        return Array(base.cls, tuple(dims))
    return Array(base.cls, tuple(dims)) if dims or whole else Number(base.cls)


def listed_shape(items: tuple[Kind, ...]) -> tuple[Length, ...] | None:
    """Give the shape of the array that NumPy makes of a list of positions."""
    match items[:1]:
        case [Items(type="list" | "tuple", items=row)]:
            inner = listed_shape(row)
            return None if inner is None else (len(items), *inner)
        case [Array(dims=dims)]:
            return None if dims is None else (len(items), *dims)
        case [Const() | Number()] | []:
            return (len(items),)
    return None


def sliced_length(length: Length, bounds: tuple[Kind, ...]) -> Length:
    """Give the length of `x[lower:upper:step]`, where constant bounds or a full slice tell it."""
    lower, upper, step = (b.value if isinstance(b, Const) else ... for b in bounds)
    if step not in (None, 1, -1):
        return None
    if lower is None and upper is None:
        return length
    if step == -1 or not isinstance(length, Dim):
        return None
    if upper == 0:
        return 0
    if lower is ... or upper is ...:
        return cut(length, bounds)
    return moved(length, 0 if lower is None else lower, 0 if upper is None else upper)


def cut(length: Dim, bounds: tuple[Kind, ...]) -> Length:
    """`x[j:]` has a length of its own, the same for every x as long and every j as great."""
    texts = []
    for bound in bounds[:2]:
        match bound:
            case Const(value=value):
                texts.append("" if value is None else str(value))
            case Number(size=Dim(name=name, offset=offset)):
                texts.append(f"{name}{offset:+}")
            case _:
                return None
    return Dim(f"{length.name}{length.offset:+}[{':'.join(texts)}]", 0, False)


def moved(length: Dim, lower: Any, upper: Any) -> Length:
    """`x[a:-b]` is shorter by a + b, as `x[a:]` and `x[:-b]` are, however long x is."""
    if not isinstance(lower, int) or not isinstance(upper, int) or isinstance(lower, bool):
        return None
    if lower < 0 or upper > 0:
        return None
    return length.plus(upper - lower)
