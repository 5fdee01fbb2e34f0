"""The kind of what an operator gives, from the kinds of its operands."""

from __future__ import annotations

import functools
import operator
from enum import IntEnum
from typing import Any

import gast
import numpy as np

from srcxform.kinds import joining
from srcxform.kinds.callables import Choice, Closure, Partial
from srcxform.kinds.joining import is_text
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Dim,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    OrNone,
    Record,
    Torn,
    Unknown,
    present,
    scalar_class,
)
from srcxform.kinds.probe import dummy, probe
from srcxform.kinds.shapes import broadcast_shapes, shape_of
from srcxform.kinds.values import kind_of
from srcxform.rules.operators import matmul_kind
from srcxform.rules.predicates import class_of
from srcxform.syntax.build import Node

OPERATORS = {
    gast.Add: operator.add, gast.Sub: operator.sub, gast.Mult: operator.mul,
    gast.Div: operator.truediv, gast.Pow: operator.pow, gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod, gast.MatMult: operator.matmul, gast.USub: operator.neg,
    gast.UAdd: operator.pos, gast.Not: operator.not_, gast.Invert: operator.invert,
    gast.BitAnd: operator.and_, gast.BitOr: operator.or_, gast.BitXor: operator.xor,
    gast.LShift: operator.lshift, gast.RShift: operator.rshift,
    gast.Lt: operator.lt, gast.LtE: operator.le, gast.Gt: operator.gt, gast.GtE: operator.ge,
    gast.Eq: operator.eq, gast.NotEq: operator.ne, gast.Is: operator.is_,
    gast.IsNot: operator.is_not,
}  # fmt: skip
BITS = (operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift)
SIMPLE = (int, float, complex, str, bytes, bool, type(None))


def operation_kind(op: Any, *kinds: Kind) -> Kind:
    """Give the kind of an operator's result."""
    kinds = tuple(map(present, kinds))
    if NEVER in kinds:
        return NEVER
    if all(isinstance(k, Const) and isinstance(k.value, SIMPLE) for k in kinds):
        try:
            return Const(op(*[k.value for k in kinds]))  # type: ignore[attr-defined]
        except Exception:
            return UNKNOWN
    if op in (operator.add, operator.mod, operator.mul) and is_text(kinds[0]):
        return Opaque(str)
    if op is operator.matmul:
        found = matmul_kind(*kinds)
        return found if found != UNKNOWN else probe(np.matmul, kinds, {})
    if op is operator.add and all(isinstance(k, Items) for k in kinds):
        if len({k.type for k in kinds}) == 1:  # type: ignore[attr-defined]
            items = tuple(item for k in kinds for item in k.items)  # type: ignore[attr-defined]
            return Items(kinds[0].type, items)  # type: ignore[attr-defined]
    if op is operator.add and any(isinstance(k, Cell) for k in kinds):
        return UNKNOWN
    if op in (operator.add, operator.mul) and any(map(is_sequence, kinds)):
        return sequence_kind(op, kinds)
    if op in BITS:  # an integer that counts as a real number is an integer for all that
        kinds = tuple(Number("i") if kind == Number("f") else kind for kind in kinds)
    return elementwise_kind(op, kinds)


def is_sequence(kind: Kind) -> bool:
    return isinstance(kind, (Items, Many)) and kind.type in ("list", "tuple")


def is_count(kind: Kind) -> bool:
    return isinstance(kind, (Number, Const)) and class_of(kind) in ("i", "b")


def sequence_kind(op: Any, kinds: tuple[Kind, ...]) -> Kind:
    """Give the kind of sequences that are joined, or of one that is repeated."""
    sequences = [kind for kind in kinds if is_sequence(kind)]
    others = [kind for kind in kinds if not is_sequence(kind)]
    types = {joining.container_type(kind) for kind in sequences}
    repeats = op is operator.mul and len(sequences) == 1 and is_count(others[0])
    if len(types) != 1 or not (repeats or op is operator.add and not others):
        return UNKNOWN
    inside = [found for kind in sequences if (found := joining.element(kind)) is not None]
    return Many(types.pop() or "", functools.reduce(joining.join, inside) if inside else None)


def elementwise_kind(function: Any, kinds: tuple[Kind, ...]) -> Kind:
    """Give the kind of an elementwise function's result: classes by a sample, shape by rule."""
    kinds = tuple(as_number(present(kind)) for kind in kinds)
    if NEVER in kinds:
        return NEVER
    samples: list[Kind] = []
    for kind in kinds:
        match kind:
            case Number(cls=cls):
                samples.append(Number(cls))
            case Const(value=value) if scalar_class(value):
                samples.append(
                    kind if scalar_class(value) == "i" else Number(scalar_class(value) or "f")
                )
            case Array(cls=cls):
                samples.append(Array(cls, (2,)))
            case _:
                return UNKNOWN
    result = sample_class(function, tuple(samples))
    if result is None:
        return UNKNOWN
    shape = broadcast_shapes(*map(shape_of, kinds))
    if shape == ():
        return Number(result, length_of(function, kinds) if result == "i" else None)
    mixed = [isinstance(kind, Array) and kind.mixed for kind in kinds]
    sure = any(class_of(k) in ("f", "c") for k, m in zip(kinds, mixed, strict=True) if not m)
    return Array(result, shape, any(mixed) and not sure)


def as_number(kind: Kind) -> Kind:
    """Give a member of an enumeration of whole numbers as the number that it is in arithmetic."""
    if isinstance(kind, Opaque) and isinstance(kind.type, type) and issubclass(kind.type, IntEnum):
        return Number("i")
    return kind


def length_of(function: Any, kinds: tuple[Kind, ...]) -> Any:
    """Follow lengths through `n + 1` and `n - 1`."""
    match kinds:
        case (Number(size=Dim() as size), Const(value=int(step))):
            if function is operator.add:
                return size.plus(step)
            if function is operator.sub:
                return size.plus(-step)
    return None


def power_of_integers(function: Any, base: Kind, exponent: Kind) -> str:
    """Give the class of a power of integers: Python's with a negative exponent is a float.

    It is not tried out: with a large exponent it would fill the memory.
    """
    if function is np.power or isinstance(base, Array) or isinstance(exponent, Array):
        return "i"
    known = isinstance(exponent, Const) and exponent.value >= 0
    return "i" if known else "f"


@functools.lru_cache(maxsize=4096)
def sample_class(function: Any, samples: tuple[Kind, ...]) -> str | None:
    if function in (operator.pow, np.power) and all(class_of(s) in tuple("bi") for s in samples):
        return power_of_integers(function, *samples)
    try:
        with np.errstate(all="ignore"):
            result = function(*[dummy(sample, {}, 2) for sample in samples])
    except Exception:
        return None
    kind = kind_of(result)
    if isinstance(kind, (Number, Array)):
        return kind.cls
    return scalar_class(kind.value) if isinstance(kind, Const) else None


def compared(op: Node, left: Kind, right: Kind) -> Kind:
    if NEVER in (left, right):
        return NEVER
    if isinstance(op, (gast.In, gast.NotIn)):
        return contained(op, left, right)
    if isinstance(op, (gast.Is, gast.IsNot)):
        return identical(op, left, right)
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            verdict: Any = OPERATORS[type(op)]
            return Const(bool(verdict(left.value, right.value)))
        except Exception:
            return UNKNOWN
    for one, two in ((left, right), (right, left)):
        if isinstance(one, Const) and isinstance(one.value, (str, type(None))):
            if isinstance(two, (Number, Items, Mapping, Cell, Record)):
                return Const(isinstance(op, gast.NotEq))
    kind = elementwise_kind(OPERATORS[type(op)], (left, right))
    if isinstance(kind, Unknown) and not any(
        isinstance(k, (Unknown, Array)) for k in (left, right)
    ):
        return Number("b")
    return kind


def contained(op: Node, left: Kind, right: Kind) -> Kind:
    values: Any = None
    match right:
        case Mapping(keys=keys):
            values = keys
        case Items(items=items) if all(isinstance(i, Const) for i in items):
            values = [i.value for i in items]  # type: ignore[attr-defined]
        case Const(value=str(text)):
            values = text
    if values is not None and isinstance(left, Const) and isinstance(left.value, SIMPLE):
        return Const((left.value in values) is isinstance(op, gast.In))
    return Number("b")


def identical(op: Node, left: Kind, right: Kind) -> Kind:
    if isinstance(left, Const) and isinstance(right, Const):
        same = left.value is right.value or left == right
        return Const(same is isinstance(op, gast.Is))
    for one, two in ((left, right), (right, left)):
        if one == NONE and not isinstance(two, (OrNone, Torn, Unknown)):
            return Const(isinstance(op, gast.IsNot))
    return Number("b")


def truth(kind: Kind) -> bool | None:
    """Give the truth value of any value of this kind, None if it varies."""
    match kind:
        case Const(value=value):
            return bool(value) if isinstance(value, SIMPLE) else True if callable(value) else None
        case Closure() | Partial() | Choice():
            return True
        case Items(items=items):
            return bool(items)
        case Mapping(keys=keys):
            return bool(keys)
    return None
