"""The kind of what a NumPy function returns, found by calling it on small dummies.

Every named dimension gets a length of its own; the function is called with two such choices, and
a dimension of the result that follows one name in both is that name. Where distinct lengths do
not fit together, all names get one length. No table of result shapes is needed.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcxform.kinds.joining import is_big, join
from srcxform.kinds.lattice import (
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
    scalar_class,
)
from srcxform.kinds.values import kind_of

DTYPES = {"b": np.bool_, "i": np.int64, "f": np.float64, "c": np.complex128}
Choices = list[dict[str, int]]
DISTINCT = (4, 6, 9, 13, 5, 8, 11), (7, 5, 8, 6, 10, 4, 9)


class NoDummy(Exception):
    """A kind of which no sample value can be made."""


def probe(function: Callable[..., Any], args: Sequence[Kind], keywords: dict[str, Kind]) -> Kind:
    """Give the kind of `function(*args, **keywords)`; Unknown where the dummies do not tell.

    >>> n = Dim("n")
    >>> probe(np.sum, [Array("f", (n, 1))], {"axis": Const(0)})
    Array(cls='f', dims=(1,))
    """
    kinds = [*args, *keywords.values()]
    if all(map(lasts, kinds)):
        return probe_once(function, tuple(args), tuple(keywords.items()))
    return probe_anew(function, args, keywords)


def lasts(kind: Kind) -> bool:
    """Say whether a kind tells the same later: a list may have changed by then."""
    match kind:
        case Const(value=value):
            return isinstance(value, LASTING)
        case Items(items=items) | Mapping(items=items):
            return all(map(lasts, items))
        case Many(item=Kind() as item):
            return lasts(item)
    return True


LASTING = (bool, int, float, complex, str, bytes, type, np.dtype, type(None))


@functools.lru_cache(4096)
def probe_once(
    function: Callable[..., Any], args: tuple[Kind, ...], keywords: tuple[tuple[str, Kind], ...]
) -> Kind:
    return probe_anew(function, args, dict(keywords))


def probe_anew(
    function: Callable[..., Any], args: Sequence[Kind], keywords: dict[str, Kind]
) -> Kind:
    kinds = [*args, *keywords.values()]
    if any(isinstance(kind, Array) and kind.dims is None for kind in kinds):
        return probe_ranks(function, args, keywords)
    big: dict[str, bool] = {}  # name: whether it is known to exceed 1
    for dim in sorted((d for kind in kinds for d in dims_in(kind)), key=lambda d: d.name):
        big[dim.name] = big.get(dim.name, False) or is_big(dim)
    names = list(big)
    distinct = [dict(zip(names, itertools.cycle(row), strict=False)) for row in DISTINCT]
    together = [dict.fromkeys(names, n) for n in (4, 7)]
    for choices, lengths in ((distinct, (1, 1)), (together, (1, 1)), (together, (4, 7))):
        results = []
        for sizes, other in zip(choices, lengths, strict=True):
            try:
                results.append(call(function, args, keywords, sizes, other))
            except NoDummy:
                return UNKNOWN
            except Exception:  # the dummies do not fit; the user's values may
                break
        if len(results) == 2:
            found = decode(results, choices, big, any(map(has_open_length, kinds)))
            if isinstance(found, Items) and any(map(has_many, kinds)):
                return as_long(function, args, keywords, choices[0], found)
            return found
    return probe_fixed(function, args, keywords, names)


def as_long(
    function: Callable[..., Any], args: Sequence[Kind], keywords: dict[str, Kind],
    sizes: dict[str, int], found: Items,
) -> Kind:  # fmt: skip
    """Say that a list has as many elements as an argument has, if that is so.

    >>> probe(sorted, [Many("list", Number("f"))], {})
    Many(type='list', item=Number(cls='f', size=None), keys=(), items=())
    """
    try:
        if len(call(function, args, keywords, sizes, 2)) == len(found.items):
            return found
    except Exception:  # lists of two elements do not fit
        return UNKNOWN
    return Many(found.type, functools.reduce(join, found.items) if found.items else None)


def has_many(kind: Kind) -> bool:
    match kind:
        case Items(items=items) | Mapping(items=items):
            return any(map(has_many, items))
    return isinstance(kind, Many)


def probe_ranks(
    function: Callable[..., Any], args: Sequence[Kind], keywords: dict[str, Kind]
) -> Kind:
    """Try arrays of unknown rank as each of a few: a sum is a number whatever it is of.

    >>> probe(np.sum, [Array("f")], {})
    Number(cls='f', size=None)
    """
    names = list(keywords)
    choices = [
        [Array(kind.cls, (None,) * rank) for rank in (1, 2, 3)]
        if isinstance(kind, Array) and kind.dims is None
        else [kind]
        for kind in [*args, *keywords.values()]
    ]
    if math.prod(map(len, choices)) > 9:
        return UNKNOWN
    found: Kind | None = None
    for chosen in itertools.product(*choices):
        given, named = chosen[: len(args)], dict(zip(names, chosen[len(args) :], strict=True))
        kind = probe(function, given, named)
        if kind == UNKNOWN:
            return UNKNOWN
        found = kind if found is None else join(found, kind)
    return found or UNKNOWN


def probe_fixed(
    function: Callable[..., Any], args: Sequence[Kind], keywords: dict[str, Kind], names: list[str]
) -> Kind:
    """Try with every length equal to one that is known as a number: rank and class, no lengths."""
    kinds = [*args, *keywords.values()]
    for n in sorted({n for kind in kinds for n in numbers_in(kind) if n > 1}):
        try:
            found = call(function, args, keywords, dict.fromkeys(names, n), n)
        except Exception:  # these lengths do not fit either
            continue
        return decode([found, found], [{}, {}], {}, True)
    return UNKNOWN


def numbers_in(kind: Kind) -> list[int]:
    match kind:
        case Array(dims=dims) if dims is not None:
            return [dim for dim in dims if isinstance(dim, int)]
        case Items(items=items):
            return [len(items), *(n for item in items for n in numbers_in(item))]
        case Mapping(items=items):
            return [n for item in items for n in numbers_in(item)]
    return []


def call(
    function: Callable[..., Any],
    args: Sequence[Kind],
    keywords: dict[str, Kind],
    sizes: dict[str, int],
    other: int,
) -> Any:
    positional = [dummy(kind, sizes, other) for kind in args]
    named = {key: dummy(kind, sizes, other) for key, kind in keywords.items()}
    with np.errstate(all="ignore"):
        return function(*positional, **named)


def dims_in(kind: Kind) -> list[Dim]:
    match kind:
        case Array(dims=dims) if dims is not None:
            return [dim for dim in dims if isinstance(dim, Dim)]
        case Number(size=Dim() as size):
            return [size]
        case Items(items=items) | Mapping(items=items):
            return [dim for item in items for dim in dims_in(item)]
        case Many(item=Kind() as item):
            return dims_in(item)
    return []


def has_open_length(kind: Kind) -> bool:
    match kind:
        case Array(dims=dims):
            return dims is None or None in dims
        case Number(cls="i", size=size):
            return size is None
        case Items(items=items) | Mapping(items=items):
            return any(map(has_open_length, items))
        case Many():
            return True
    return False


def measure(length: Length, sizes: dict[str, int], other: int) -> int:
    if isinstance(length, Dim):
        return max(sizes[length.name] + length.offset, 0)
    return other if length is None else length


def dummy(kind: Kind, sizes: dict[str, int], other: int) -> Any:
    match kind:
        case Const(value=value):
            return value
        case Number(cls=cls, size=size):
            if cls == "i":
                return measure(size, sizes, other)
            return {"b": True, "f": 0.7, "c": 0.7 + 0.1j}[cls]
        case Array(cls=cls, dims=dims) if dims is not None:
            return dummy_array(cls, tuple(measure(d, sizes, other) for d in dims))
        case Items(type=kind_type, items=items):
            values = [dummy(item, sizes, other) for item in items]
            return tuple(values) if kind_type == "tuple" else values
        case Many(type="tuple" | "list" as kind_type, item=Kind() as item):
            values = [dummy(item, sizes, other) for _ in range(other)]
            return tuple(values) if kind_type == "tuple" else values
    raise NoDummy


def dummy_array(cls: str, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    if cls in "bi":
        return np.ones(shape, DTYPES[cls])
    values = 0.5 + np.modf(np.arange(1, 1 + int(np.prod(shape))) * 0.618034)[0]
    return values.reshape(shape).astype(DTYPES[cls])


def decode(results: list[Any], choices: Choices, big: dict[str, bool], vague: bool) -> Kind:
    first, second = results
    if type(first) in (tuple, list) and type(second) is type(first) and len(first) == len(second):
        pairs = zip(first, second, strict=True)
        parts = tuple(decode([a, b], choices, big, vague) for a, b in pairs)
        return Items(type(first).__name__, parts)
    kind = kind_of(first)
    if isinstance(kind, Array):
        if not isinstance(second, np.ndarray) or first.ndim != second.ndim:
            return UNKNOWN
        lengths = zip(first.shape, second.shape, strict=True)
        return Array(kind.cls, tuple(decode_length(a, b, choices, big, vague) for a, b in lengths))
    if scalar_class(first) is not None:
        return Number(scalar_class(first) or "f")
    if isinstance(first, str) and isinstance(second, str):
        return Opaque(str)  # it may show a number, and the dummy's is not the user's
    if isinstance(kind, Const) and kind == kind_of(second):
        return kind
    return UNKNOWN


def decode_length(
    first: int, second: int, choices: Choices, big: dict[str, bool], vague: bool
) -> Length:
    """Name a length of the result; `vague` says that some argument's length was made up."""
    if vague:
        return None
    if first == second:
        return first
    named = [
        Dim(name, offset, offset == 0 and big[name])
        for offset in (0, -1, 1, -2, 2)
        for name in big
        if choices[0][name] + offset == first and choices[1][name] + offset == second
    ]
    if len(named) == 1:
        return named[0]
    if named and named[0].offset == 0 and all(big.values()):
        return Dim("+".join(big))  # one of these, and each exceeds 1
    return None
