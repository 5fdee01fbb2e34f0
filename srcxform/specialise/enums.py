"""Members of enumerations: settings that their class tells more of.

A member is an object of its class and no more is known of it while compiling. Its class says of
what kind the values of members are, and what their methods do; one of `IntEnum` is a whole number
in arithmetic and as a position.
"""

from __future__ import annotations

import enum
import types
from typing import Any

import gast

from srcxform.kinds.instances import class_attribute
from srcxform.kinds.lattice import UNKNOWN, Items, Kind, Number, Opaque, scalar_class
from srcxform.specialise.objects import calling, looked_up, method_value
from srcxform.specialise.operators import as_number
from srcxform.specialise.scope import Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

NAMES = {"name": Opaque(str), "_name_": Opaque(str)}


def enum_of(kind: Kind) -> type[enum.Enum] | None:
    """Give the class of a member of an enumeration, None for other kinds."""
    cls = kind.type if isinstance(kind, Opaque) else None
    return cls if isinstance(cls, type) and issubclass(cls, enum.Enum) else None


def position(state: State, index: Evaluated) -> Evaluated:
    """Give a position that is a member of an `IntEnum` as the number that it is."""
    node, kind = index
    if isinstance(node, gast.Tuple) and isinstance(kind, Items):
        parts = [position(state, part) for part in zip(node.elts, kind.items, strict=True)]
        return build.sequence([p for p, _ in parts]), Items("tuple", tuple(k for _, k in parts))
    if as_number(kind) == kind:
        return index
    holder = state.names.part(state.hint)
    state.emit(build.assign(holder, build.call("int", node)))
    state.bind(holder, as_number(kind))
    return build.load(holder), as_number(kind)


def member_attribute(state: State, node: Node, kind: Kind) -> Evaluated | None:
    """Read an attribute of a member; None where its class says nothing of it."""
    cls = enum_of(kind)
    if cls is None:
        return None
    if node.attr in ("value", "_value_"):
        own = class_attribute(cls, "value") is vars(enum.Enum)["value"]
        return node, values_kind(cls) if own else UNKNOWN
    if node.attr in NAMES:
        return node, NAMES[node.attr]
    match said(state, cls, node.attr):
        case property(fget=types.FunctionType() as getter):
            return calling(state, node, getter, [(node.value, kind)])
        case types.FunctionType() as function:
            return method_value(state, function, (node.value, kind))
    return None


def member_method(
    state: State, node: Node, base: Evaluated, args: Any, keywords: Keywords
) -> Evaluated | None:
    """Call a method of a member that its class defines in Python."""
    cls = enum_of(base[1])
    found = None if cls is None or args is None else said(state, cls, node.func.attr)
    if not isinstance(found, types.FunctionType):
        return None
    return calling(state, node, found, [base, *args], keywords)


def called_member(
    state: State, node: Node, member: Evaluated, args: Any, keywords: Keywords
) -> Evaluated | None:
    """Call a member itself, where its class defines in Python what that means."""
    cls = enum_of(member[1])
    found = None if cls is None else said(state, cls, "__call__")
    if not isinstance(found, types.FunctionType):
        return None
    return calling(state, node, found, [member, *args], keywords)


def members(state: State, value: Evaluated) -> Evaluated:
    """Give the members of an enumeration, for a loop over its class."""
    node, kind = value
    cls: Any = kind.value  # type: ignore[attr-defined]
    name = state.names.part("members")
    state.emit(build.assign(name, build.call("tuple", node)))
    state.bind(name, Items("tuple", (Opaque(cls),) * len(cls)))
    return build.load(name), state.kind_of(name) or UNKNOWN


def said(state: State, cls: type[enum.Enum], name: str) -> Any:
    """Give the function or property that a class of the user's has under a name."""
    found = class_attribute(cls, name)
    home = getattr(getattr(found, "fget", found), "__module__", "enum")
    if home == "enum" or any(name in vars(member) for member in cls):
        return None
    return looked_up(state, cls, name)


def values_kind(cls: type[enum.Enum]) -> Kind:
    """Give the one kind that the values of all members have.

    >>> values_kind(enum.Enum("Order", {"FIRST": 1, "SECOND": 2}))
    Number(cls='i', size=None)
    """
    kinds = {value_kind(member.value) for member in cls}
    return kinds.pop() if len(kinds) == 1 else UNKNOWN


def value_kind(value: Any) -> Kind:
    if isinstance(value, str):
        return Opaque(str)
    if type(value) is tuple:
        return Items("tuple", tuple(map(value_kind, value)))
    cls = scalar_class(value)
    return UNKNOWN if cls is None else Number(cls)
