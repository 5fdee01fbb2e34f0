"""Kinds of batched values, and of one lane of them.

>>> lane_kind(Array("f", (Dim("n"), 3)), 0)
Array(cls='f', dims=(3,))
>>> batched_kind(Number("f"), True, Dim("n"))
Array(cls='f', dims=(Dim(name='n', offset=0),))
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from srcxform.kinds.lattice import (
    Array,
    Const,
    Dim,
    Items,
    Kind,
    Length,
    Many,
    Mapping,
    Number,
    Record,
    scalar_class,
)

Flag = bool | tuple[Any, ...]
FIRST = "first"  # in place of an axis of a result: the first lane's, which is all lanes' most often


@dataclass(frozen=True)
class Axes:
    """Where the lanes stand: of each parameter, and of the result; `size` if it is given."""

    given: tuple[Any, ...]  # an axis, None, or a tuple with one for each part
    out: Any = 0
    size: int | None = None
    last: bool = False  # no derivative follows: rules of the user's own play no part
    narrow: bool = False  # arguments are of single precision: Python's numbers do not widen these


class WrongStructure(TypeError):
    """Axes for the parts of a result that has other parts."""


class LanesDiffer(ValueError):
    """No axis for a result that differs from lane to lane."""


def differs(flag: Flag) -> bool:
    """Say whether anything in a value differs from lane to lane."""
    return any(map(differs, flag)) if isinstance(flag, tuple) else flag


def batched_kind(kind: Kind, flag: Flag, size: Length) -> Kind:
    """Give the kind of a batched value."""
    if not differs(flag):
        return kind
    match kind:
        case Number(cls=cls):
            return Array(cls, (size,))
        case Const(value=value) if (cls := scalar_class(value)) is not None:
            return Array(cls, (size,))
        case Array(cls=cls, dims=dims):
            return Array(cls, None if dims is None else (size, *dims))
        case Items(type=name, items=items):
            return Items(name, batched_parts(items, flag, size), kind.sites)
        case Mapping(keys=keys, items=items):
            return Mapping(keys, batched_parts(items, flag, size), kind.sites)
        case Record(type=cls, keys=keys, items=items):
            return Record(cls, keys, batched_parts(items, flag, size), kind.origin)
        case Many(item=item):
            inner = None if item is None else batched_kind(item, True, size)
            known = batched_parts(kind.items, True, size)
            return replace(kind, item=inner, items=known)
    return kind


def batched_parts(items: tuple[Kind, ...], flag: Flag, size: Length) -> tuple[Kind, ...]:
    flags = flag if isinstance(flag, tuple) else (flag,) * len(items)
    return tuple(batched_kind(k, f, size) for k, f in zip(items, flags, strict=True))


def lane_kind(kind: Kind, axes: Any) -> Kind:
    """Give the kind of one lane of an argument whose lanes stand along `axes`."""
    if axes is None:
        return kind
    match kind:
        case Array(cls=cls, dims=dims) if isinstance(axes, int):
            if dims is None:
                return kind
            rest = (*dims[:axes], *dims[axes + 1 :])
            return Array(cls, rest) if rest else Number(cls)
        case Items() | Mapping() | Record():
            spread = axes if isinstance(axes, tuple) else (axes,) * len(kind.items)
            made = tuple(lane_kind(k, a) for k, a in zip(kind.items, spread, strict=True))
            match kind:
                case Items(type=name):
                    return Items(name, made, kind.sites)
                case Mapping(keys=keys):
                    return Mapping(keys, made, kind.sites)
                case _:
                    return Record(kind.type, kind.keys, made, kind.origin)
        case Many(item=Kind() as item):
            made = tuple(lane_kind(k, axes) for k in kind.items)
            return replace(kind, item=lane_kind(item, axes), items=made)
    return kind


def flag_of_axes(axes: Any) -> Flag:
    """Give the flag of an argument whose lanes stand along `axes`."""
    if isinstance(axes, tuple):
        return tuple(map(flag_of_axes, axes))
    return axes is not None


def lengths_along(kind: Kind, axes: Any) -> list[Length]:
    """Give the lengths of an argument along its lanes."""
    match kind:
        case Array(dims=dims) if isinstance(axes, int):
            return [None if dims is None else dims[axes]]
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            spread = axes if isinstance(axes, tuple) else (axes,) * len(items)
            return [n for k, a in zip(items, spread, strict=True) for n in lengths_along(k, a)]
        case Many(item=Kind() as item):
            return lengths_along(item, axes)
    return []


def batch_length(lengths: list[Length]) -> Length:
    """Give the number of lanes as kinds have it."""
    if any(n == 1 for n in lengths):
        return 1
    return Dim("batch_size") if any(isinstance(n, Dim) for n in lengths) else None


def fitted(axes: Any, kind: Kind) -> Any:
    """Give axes in the form that the kind of their argument has: one for all of a long list.

    Raises TypeError where the lanes of a long list stand along several axes.
    """
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            if isinstance(axes, tuple):
                return tuple(map(fitted, axes, items))
        case Many() if isinstance(axes, tuple):
            found = set(axes_in(axes))
            if len(found) == 1:
                return found.pop()
            raise TypeError("the lanes of a long container stand along one and the same axis")
    return axes


def axes_in(axes: Any) -> list[Any]:
    """Give the axes of all leaves."""
    return [leaf for part in axes for leaf in axes_in(part)] if isinstance(axes, tuple) else [axes]
