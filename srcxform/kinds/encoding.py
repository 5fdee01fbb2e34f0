"""Kinds as JSON, to be kept on disk and compared.

Guarantees that kinds with one encoding are equal wherever they are read, and that decoding gives
back the kind, lengths included. Objects inside kinds are encoded by the caller's rule.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from srcxform.kinds.lattice import (
    NEVER,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Dim,
    Items,
    Kind,
    Length,
    Many,
    Mapping,
    Never,
    Number,
    Opaque,
    Record,
    Stream,
    Unknown,
)

__all__ = ["LITERALS", "Undecodable", "decode", "encode", "literal", "value_of"]

Json = Any
LITERALS = (int, float, complex, bool, str, bytes, type(None), type(...))


class Undecodable(ValueError):
    """What was read is no kind, or holds an object that is not there."""


def encode(kind: Kind, describe: Callable[[Any], Json]) -> Json:
    """Give a kind as JSON; `describe` encodes functions, types and other objects.

    >>> encode(Items("tuple", (Number("f"), Const(None))), repr)
    ['items', 'tuple', [['number', 'f', None], ['literal', 'NoneType', 'None']]]
    """

    def inner(part: Kind) -> Json:
        return encode(part, describe)

    match kind:
        case Unknown():
            return ["unknown"]
        case Never():
            return ["never"]
        case Const(value=value):
            return literal(value) if type(value) in LITERALS else ["object", describe(value)]
        case Number(cls=cls, size=size):
            return ["number", cls, encode_length(size)]
        case Array(cls=cls, dims=dims, mixed=mixed):
            return ["array", cls, mixed, None if dims is None else [encode_length(d) for d in dims]]
        case Items(type=name, items=items):
            return ["items", name, [inner(item) for item in items]]
        case Many(type=name, item=item, keys=keys, items=items, key=key):
            known = [[literal(key) for key in keys], [inner(part) for part in items]]
            whole = None if item is None else inner(item)
            return ["many", name, whole, *known, None if key is None else inner(key)]
        case Mapping(keys=keys, items=items):
            return ["mapping", [literal(key) for key in keys], [inner(item) for item in items]]
        case Opaque(type=owner):
            return ["opaque", describe(owner)]
        case Record(type=owner, keys=keys, items=items):
            return ["record", describe(owner), list(keys), [inner(item) for item in items]]
        case Cell(type=name, site=site):
            return ["cell", name, site]
        case Stream(item=item):
            return ["stream", inner(item)]
    raise TypeError(f"no kind: {kind!r}")


def decode(data: Json, find: Callable[[Json], Any]) -> Kind:
    """Give the kind that was encoded; `find` gives the object for what `describe` made of it.

    Raises Undecodable.
    """
    try:
        return decoded(data, find)
    except (ValueError, TypeError, LookupError, AttributeError, SyntaxError) as error:
        raise Undecodable(str(error)) from None


def decoded(data: Json, find: Callable[[Json], Any]) -> Kind:
    def inner(parts: Json) -> tuple[Kind, ...]:
        return tuple(decoded(part, find) for part in parts)

    match data:
        case ["unknown"]:
            return UNKNOWN
        case ["never"]:
            return NEVER
        case ["literal", *_]:
            return Const(value_of(data))
        case ["object", described]:
            return Const(find(described))
        case ["number", str(cls), size]:
            return Number(cls, decode_length(size))
        case ["array", str(cls), bool(mixed), None]:
            return Array(cls, None, mixed)
        case ["array", str(cls), bool(mixed), list(dims)]:
            return Array(cls, tuple(map(decode_length, dims)), mixed)
        case ["items", str(name), list(items)]:
            return Items(name, inner(items))
        case ["many", str(name), item, list(keys), list(items), key]:
            whole, of_keys = (None if part is None else decoded(part, find) for part in (item, key))
            return Many(name, whole, tuple(map(value_of, keys)), inner(items), key=of_keys)
        case ["mapping", list(keys), list(items)]:
            return Mapping(tuple(map(value_of, keys)), inner(items))
        case ["opaque", described]:
            return Opaque(find(described))
        case ["record", described, list(keys), list(items)]:
            return Record(find(described), tuple(keys), inner(items))
        case ["cell", str(name), str(site)]:
            return Cell(name, site)
        case ["stream", item]:
            return Stream(decoded(item, find))
    raise Undecodable(f"no kind: {data!r}")


def literal(value: Any) -> Json:
    """Give a number, string or None as JSON, exactly.

    >>> literal(float("nan")), literal(-0.0)
    (['literal', 'float', 'nan'], ['literal', 'float', '-0.0'])
    """
    return ["literal", type(value).__name__, repr(value)]


def value_of(data: Json) -> Any:
    """Give back what `literal` was given."""
    match data:
        case ["literal", "float", str(text)]:
            return float(text)
        case ["literal", "ellipsis", *_]:
            return ...
        case ["literal", "complex", str(text)]:
            return complex(text)
        case ["literal", str(), str(text)]:
            return ast.literal_eval(text)
    raise Undecodable(f"no literal: {data!r}")


def encode_length(length: Length) -> Json:
    return [length.name, length.offset, length.big] if isinstance(length, Dim) else length


def decode_length(data: Json) -> Length:
    match data:
        case [str(name), int(offset), bool(big)]:
            return Dim(name, offset, big)
        case int() | None:
            return data
    raise Undecodable(f"no length: {data!r}")
