"""The kind of a value at hand: the key under which a derivative is kept.

Lengths are no part of it, except that a length of 1 is told from others: broadcasting depends
on it.
"""

from __future__ import annotations

import dataclasses
import enum
import types
from typing import Any

import numpy as np

from srcxform.kinds.instances import DEEP, attributes, is_instance
from srcxform.kinds.joining import join
from srcxform.kinds.keys import of_values
from srcxform.kinds.lattice import (
    NONE,
    UNKNOWN,
    Array,
    Const,
    Dim,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
    loose,
    scalar_class,
)

NUMBERS = {cls: Number(cls) for cls in "ifc"}
LONG = 64  # containers longer than this are described by one element kind


def kind_of(value: Any, name: str = "", above: tuple[int, ...] = ()) -> Kind:
    """Give the kind of `value`; `name` names its dimensions, `above` the objects that it is in.

    >>> kind_of(2.0)
    Number(cls='f', size=None)
    >>> kind_of(np.zeros((3, 1)), "x")
    Array(cls='f', dims=(Dim(name='x.0', offset=0), 1))
    """
    if isinstance(value, np.ndarray) and type(value) is np.ndarray:
        cls = {"b": "b", "i": "i", "u": "i", "f": "f", "c": "c"}.get(value.dtype.kind)
        if cls is None:
            return Opaque(np.ndarray)
        return Array(cls, tuple(length(n, f"{name}.{k}") for k, n in enumerate(value.shape)))
    if isinstance(value, enum.Enum):  # one of `IntEnum` is a number, and more than that
        return Opaque(type(value))
    cls = scalar_class(value)
    if cls is not None:
        if cls == "b":
            return Const(bool(value))
        if cls == "i":
            return Number("i", Dim(name, 0, False)) if name else NUMBERS["i"]
        return NUMBERS[cls]
    return kind_of_object(value, name, above)


def length(n: int, name: str) -> Any:
    return Dim(name) if n > 1 else 1 if n == 1 else None


def kind_of_object(value: Any, name: str, above: tuple[int, ...]) -> Kind:
    if value is None:
        return NONE
    if isinstance(value, str):
        return Const(value)
    if type(value) in (tuple, list):
        return sequence(value, type(value).__name__, name, above)
    if type(value) is dict:
        if len(value) > LONG or not all(isinstance(k, (str, int)) for k in value):
            return Many("dict", merged(value.values(), name), key=of_values(value))
        items = tuple(kind_of(v, f"{name}.{k}", above) for k, v in value.items())
        return Mapping(tuple(value), items)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return record(type(value), dict(zip(value._fields, value, strict=True)), name, above)
    if type(value) is types.MethodType and isinstance(value.__func__, types.FunctionType):
        if not isinstance(value.__self__, (type, types.ModuleType)):
            return bound_method(value, name, above)
    if is_instance(value):
        if id(value) in above or len(above) > DEEP:
            return Opaque(type(value))
        return record(type(value), attributes(value), name, (*above, id(value)))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return record(type(value), fields, name, above)
    if callable(value) or isinstance(value, (type, type(np))):
        return Const(value)
    return Opaque(type(value))


def record(cls: type, fields: dict[str, Any], name: str, above: tuple[int, ...]) -> Record:
    items = tuple(kind_of(part, f"{name}.{key}", above) for key, part in fields.items())
    return Record(cls, tuple(fields), items)


def bound_method(value: Any, name: str, above: tuple[int, ...]) -> Kind:
    """A method of an object: the function, and the object unless it holds its own method."""
    if above and id(value.__self__) == above[-1]:
        return Record(types.MethodType, ("__func__",), (Const(value.__func__),))
    owner = kind_of(value.__self__, name, above)
    return Record(types.MethodType, ("__func__", "__self__"), (Const(value.__func__), owner))


def sequence(value: Any, kind_type: str, name: str, above: tuple[int, ...]) -> Kind:
    if len(value) > LONG:
        return Many(kind_type, merged(value, name))
    items = tuple(kind_of(v, f"{name}.{k}", above) for k, v in enumerate(value))
    return Items(kind_type, items)


def merged(values: Any, name: str) -> Kind:
    covered: Kind | None = None
    for value in values:
        kind = loose(kind_of(value))
        covered = kind if covered is None else join(covered, kind)
        if covered == UNKNOWN:
            break
    return UNKNOWN if covered is None else covered
