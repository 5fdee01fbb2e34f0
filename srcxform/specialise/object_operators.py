"""Operators on objects: the methods of their classes, asked for in the order that Python has."""

from __future__ import annotations

from typing import Any

import gast

from srcxform.kinds.joining import DECLINED, options_of
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    Array,
    Const,
    Instance,
    Kept,
    Kind,
    Mixed,
    Number,
    OrNone,
    Torn,
    Unknown,
    present,
)
from srcxform.specialise.instances import check_values, named, unsure, whole
from srcxform.specialise.mixed import by_option, is_told
from srcxform.specialise.objects import calling, class_of, looked_up, special
from srcxform.specialise.scope import Evaluated, State, Surely
from srcxform.specialise.slices import as_value
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


def binary_of_objects(state: State, node: Node, left: Evaluated, right: Evaluated) -> Any:
    """Write `a + b` where one of them is an object; None where neither says what it means."""
    name = NAMES[type(node.op)]
    return either(state, node, left, right, f"__{name}__", f"__r{name}__", arithmetic=True)


def augmented_of_objects(state: State, node: Node, left: Evaluated, right: Evaluated) -> Any:
    """Write `a += b`: in place if the class says how, else as `a + b`."""
    name = NAMES[type(node.op)]
    method = special(state, present(left[1]), f"__i{name}__")
    if method is not None:
        found = calling(state, node, method, [there(left), right])
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
    first, second = class_of(present(left[1])), class_of(present(right[1]))
    check_there(state, node, left[1], right[1], reflected)
    order = [(left, right, name), (right, left, reflected)]
    if first is None and isinstance(left[1], (Array, Unknown)) and not yields(state, second):
        return None  # NumPy would look at each element
    if first is not None and second is not None and second is not first:
        if issubclass(second, first) and own_version(second, first, reflected):
            order.reverse()
    if arithmetic and first is second:
        order = order[:1]  # alike: the other would say the same
    return first_answer(state, node, order)


def first_answer(
    state: State, node: Node, order: list[tuple[Evaluated, Evaluated, str]]
) -> Evaluated | None:
    """Ask the operands in this order until one does not decline."""
    for k, (one, other, method_name) in enumerate(order):
        method = special(state, present(one[1]), method_name)
        if method is None:
            continue
        found = calling(state, node, method, [there(one), other])
        if isinstance(found[1], Mixed) and DECLINED in options_of(found[1]):
            return unless_declined(state, node, found, order[k + 1 :])
        if found[1] != DECLINED:
            return found
    return None


def unless_declined(
    state: State, node: Node, answer: Evaluated, order: list[tuple[Evaluated, Evaluated, str]]
) -> Evaluated:
    """Give an answer, or, where the run shows that it is none, that of the other operand."""

    def settled(found: Evaluated) -> Evaluated:
        if found[1] != DECLINED:
            return found
        rest = first_answer(state, node, order)
        if rest is None:
            raise Surely(TypeError("unsupported operand types"))
        return rest

    return by_option(state, answer, settled)


def there(value: Evaluated) -> Evaluated:
    """Give an object that may be None where None would be an error."""
    return value[0], present(value[1]) if is_object(value[1]) else value[1]


def check_there(state: State, node: Node, left: Kind, right: Kind, reflected: str) -> None:
    """Refuse an operator that another class may answer where the first operand is None."""
    if isinstance(left, OrNone) and special(state, present(right), reflected) is not None:
        raise unsure(node, state)


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
    operand = there(operand)
    method = special(state, operand[1], UNARY.get(type(node.op), ""))
    return None if method is None else calling(state, node, method, [operand])


def compared_objects(
    state: State, node: Node, op: Node, left: Evaluated, right: Evaluated
) -> Evaluated | None:
    """Write a comparison where one side is an object; None where Python's own applies."""
    if isinstance(op, (gast.In, gast.NotIn)):
        right = there(right)
        method = special(state, right[1], "__contains__")
        if method is None:
            return None
        return opposite(state, op, tested(state, calling(state, node, method, [right, left])))
    if isinstance(op, (gast.Is, gast.IsNot)):
        return same_object(op, left[1], right[1])
    names = COMPARISONS.get(type(op))
    if names is None:
        return None
    if isinstance(op, (gast.Eq, gast.NotEq)):
        found = compared_with_none(state, node, op, left, right)
        if found is not None:
            return found
    if any(is_generated(state, present(one[1]), names[0]) for one in (left, right)):
        sides = [named(state, "value", whole(state, there(one)))[0] for one in (left, right)]
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


def compared_with_none(
    state: State, node: Node, op: Node, left: Evaluated, right: Evaluated
) -> Evaluated | None:
    """Write `a == b` where one may be None: as `a is b`, if no class says anything else."""
    kinds = left[1], right[1]
    if not any(isinstance(kind, OrNone) for kind in kinds):
        return None
    if any(special(state, present(kind), "__eq__") is not None for kind in kinds):
        raise unsure(node, state)
    if not all(kind == NONE or isinstance(present(kind), Kept) for kind in kinds):
        raise unsure(node, state)
    same = gast.Is() if isinstance(op, gast.Eq) else gast.IsNot()
    return gast.Compare(left=left[0], ops=[same], comparators=[right[0]]), Number("b")


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
    if is_told(state, kind):
        return by_option(state, value, lambda found: truth_told(state, found))
    if isinstance(kind, Torn):
        check_values(state, node, kind)
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


def truth_told(state: State, value: Evaluated) -> Evaluated:
    """Give the truth of an object, a number or None, where it is known which of them it is."""
    if isinstance(value[1], Const):
        return build.const(bool(value[1].value)), Const(bool(value[1].value))
    if class_of(value[1]) is not None:
        return tested(state, value)
    return gast.Compare(left=value[0], ops=[gast.NotEq()], comparators=[build.const(0)]), Number(
        "b"
    )


def tested_or_none(state: State, value: Evaluated) -> Evaluated:
    """Give the truth of what may be an object or None, where any object counts as true."""
    node, kind = value
    if any(special(state, present(kind), name) for name in ("__bool__", "__len__")):
        raise unsure(node, state)
    test = gast.Compare(left=node, ops=[gast.IsNot()], comparators=[build.const(None)])
    return test, Number("b")


def item_of_object(state: State, node: Node, base: Evaluated, index: Evaluated) -> Any:
    """Write `a[i]` of an object."""
    base = there(base)
    method = special(state, base[1], "__getitem__")
    return None if method is None else calling(state, node, method, [base, as_value(index)])


def store_of_object(
    state: State, node: Node, base: Evaluated, index: Evaluated, value: Evaluated
) -> bool:
    """Write `a[i] = v` of an object; False where its class does not say what it means."""
    base = there(base)
    method = special(state, base[1], "__setitem__")
    if method is None:
        return False
    calling(state, node, method, [base, as_value(index), value])
    return True


def is_object(kind: Kind) -> bool:
    """Say whether operators ask a class of the user's."""
    return class_of(present(kind)) is not None


__all__ = ["NEVER", "binary_of_objects", "is_object"]
