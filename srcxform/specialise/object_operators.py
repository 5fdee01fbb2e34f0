"""Operators on objects: the methods of their classes, asked for in the order that Python has."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.kinds.lattice import (
    NEVER,
    Array,
    Const,
    Instance,
    Kept,
    Kind,
    Number,
    OrNone,
    Torn,
    Unknown,
    present,
)
from srcxform.specialise.instances import named, unvalued, whole
from srcxform.specialise.objects import calling, class_of, looked_up, special
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

NAMES = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.Pow: "pow",
    gast.FloorDiv: "floordiv", gast.Mod: "mod", gast.MatMult: "matmul", gast.BitAnd: "and",
    gast.BitOr: "or", gast.BitXor: "xor", gast.LShift: "lshift", gast.RShift: "rshift",
}  # fmt: skip
UNARY = {gast.USub: "__neg__", gast.UAdd: "__pos__", gast.Invert: "__invert__"}
COMPARISONS = {
    gast.Lt: ("__lt__", "__gt__"), gast.LtE: ("__le__", "__ge__"),
    gast.Gt: ("__gt__", "__lt__"), gast.GtE: ("__ge__", "__le__"),
    gast.Eq: ("__eq__", "__eq__"), gast.NotEq: ("__ne__", "__ne__"),
}  # fmt: skip
DECLINED = Const(NotImplemented)


def binary_of_objects(state: State, node: Node, left: Evaluated, right: Evaluated) -> Any:
    """Write `a + b` where one of them is an object; None where neither says what it means."""
    name = NAMES[type(node.op)]
    return either(state, node, left, right, f"__{name}__", f"__r{name}__", arithmetic=True)


def augmented_of_objects(state: State, node: Node, left: Evaluated, right: Evaluated) -> Any:
    """Write `a += b`: in place if the class says how, else as `a + b`."""
    name = NAMES[type(node.op)]
    method = special(state, left[1], f"__i{name}__")
    if method is not None:
        found = calling(state, node, method, [left, right])
        if found[1] != DECLINED:
            return found
    return binary_of_objects(state, node, left, right)


def either(
    state: State,
    node: Node,
    left: Evaluated,
    right: Evaluated,
    name: str,
    reflected: str,
    arithmetic: bool = False,
) -> Evaluated | None:
    """Ask one operand, then the other; a subclass that redefines the operator comes first."""
    first, second = class_of(left[1]), class_of(right[1])
    order = [(left, right, name), (right, left, reflected)]
    if first is None and isinstance(left[1], (Array, Unknown)) and not yields(state, second):
        return None  # NumPy would look at each element
    if first is not None and second is not None and second is not first:
        if issubclass(second, first) and own_version(second, first, reflected):
            order.reverse()
    if arithmetic and first is second:
        order = order[:1]  # alike: the other would say the same
    for one, other, method_name in order:
        method = special(state, one[1], method_name)
        if method is None:
            continue
        found = calling(state, node, method, [one, other])
        if found[1] != DECLINED:
            return found
    return None


def yields(state: State, cls: type | None) -> bool:
    """Say whether NumPy leaves an operation with an array to this class."""
    if cls is None:
        return False
    priority = getattr(cls, "__array_priority__", None)
    looked_up(state, cls, "__array_ufunc__")
    looked_up(state, cls, "__array_priority__")
    declines = "__array_ufunc__" in dir(cls) and getattr(cls, "__array_ufunc__", 0) is None
    return declines or isinstance(priority, (int, float)) and priority > 0


def own_version(second: type, first: type, name: str) -> bool:
    return getattr(second, name, None) is not getattr(first, name, None)


def unary_of_object(state: State, node: Node, operand: Evaluated) -> Evaluated | None:
    """Write `-a` or `not a` of an object."""
    if isinstance(node.op, gast.Not):
        return opposite(state, gast.NotIn(), tested(state, operand))
    method = special(state, operand[1], UNARY.get(type(node.op), ""))
    return None if method is None else calling(state, node, method, [operand])


def compared_objects(
    state: State, node: Node, op: Node, left: Evaluated, right: Evaluated
) -> Evaluated | None:
    """Write a comparison where one side is an object; None where Python's own applies."""
    if isinstance(op, (gast.In, gast.NotIn)):
        method = special(state, right[1], "__contains__")
        if method is None:
            return None
        return opposite(state, op, tested(state, calling(state, node, method, [right, left])))
    if isinstance(op, (gast.Is, gast.IsNot)):
        return same_object(op, left[1], right[1])
    names = COMPARISONS.get(type(op))
    if names is None:
        return None
    if any(is_generated(state, one[1], names[0]) for one in (left, right)):
        sides = [named(state, "value", whole(state, one))[0] for one in (left, right)]
        return gast.Compare(left=sides[0], ops=[op], comparators=sides[1:]), Number("b")
    if isinstance(op, (gast.Eq, gast.NotEq)) and special(state, left[1], "__eq__") is None:
        if special(state, right[1], "__eq__") is None:
            same = gast.Is() if isinstance(op, gast.Eq) else gast.IsNot()
            if isinstance(left[1], Kept) and isinstance(right[1], Kept):
                test = gast.Compare(left=left[0], ops=[same], comparators=[right[0]])
                return test, Number("b")
            return same_object(same, left[1], right[1])
    found = either(state, node, left, right, *names)
    if found is None and isinstance(op, gast.NotEq):
        found = either(state, node, left, right, "__eq__", "__eq__")
        return None if found is None else opposite(state, op, tested(state, found))
    return found


def same_object(op: Node, left: Kind, right: Kind) -> Evaluated | None:
    """Say whether two objects that are written to are one; None where the run will say."""
    if isinstance(left, Kept) and isinstance(right, Kept):
        return None
    if not isinstance(left, Instance) or not isinstance(right, Instance):
        if isinstance(left, Instance) is isinstance(right, Instance):
            return None
        if isinstance(left, (Torn, Unknown)) or isinstance(right, (Torn, Unknown)):
            return None
    answer = (left == right) is isinstance(op, gast.Is)
    return build.const(answer), Const(answer)


def is_generated(state: State, kind: Kind, name: str) -> bool:
    """Say whether a comparison was written by `dataclasses`: it has no source."""
    method = special(state, kind, name)
    return method is not None and method.__code__.co_filename == "<string>"


def opposite(state: State, op: Node, answer: Evaluated) -> Evaluated:
    """Negate what answers `in` or `==` where `not in` or `!=` was asked."""
    if not isinstance(op, (gast.NotIn, gast.NotEq)):
        return answer
    if isinstance(answer[1], Const):
        return build.const(not answer[1].value), Const(not answer[1].value)
    return gast.UnaryOp(op=gast.Not(), operand=answer[0]), Number("b")


def tested(state: State, value: Evaluated) -> Evaluated:
    """Give the truth of an object as its class says it; other values as they are."""
    node, kind = value
    cls = class_of(present(kind))
    if cls is None:
        return value
    if isinstance(kind, OrNone):
        return tested_or_none(state, value)
    for name in ("__bool__", "__len__"):
        method = special(state, kind, name)
        if method is not None:
            return calling(state, node, method, [value])
    return build.const(True), Const(True)


def tested_or_none(state: State, value: Evaluated) -> Evaluated:
    """Give the truth of what may be an object or None, where any object counts as true."""
    node, kind = value
    if any(special(state, present(kind), name) for name in ("__bool__", "__len__")):
        raise unvalued(node, state, present(kind))
    test = gast.Compare(left=node, ops=[gast.IsNot()], comparators=[build.const(None)])
    return test, Number("b")


def item_of_object(state: State, node: Node, base: Evaluated, index: Evaluated) -> Any:
    """Write `a[i]` of an object."""
    method = special(state, base[1], "__getitem__")
    return None if method is None else calling(state, node, method, [base, index])


def store_of_object(
    state: State, node: Node, base: Evaluated, index: Evaluated, value: Evaluated
) -> bool:
    """Write `a[i] = v` of an object; False where its class does not say what it means."""
    method = special(state, base[1], "__setitem__")
    if method is None:
        return False
    calling(state, node, method, [base, index, value])
    return True


def is_object(kind: Kind) -> bool:
    """Say whether operators ask a class of the user's."""
    return class_of(kind) is not None


__all__ = ["NEVER", "binary_of_objects", "is_object"]
