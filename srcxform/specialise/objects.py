"""Attributes of objects: their own, and what their class says for a name, as Python looks it up.

Methods are found on the class, and called with the object; properties are calls. All that a class
says is guarded: the generated source holds only while the class goes on saying it.
"""

from __future__ import annotations

import collections
import functools
import inspect
import types
from typing import Any

import gast

from srcxform.kinds.callables import Partial, Super
from srcxform.kinds.instances import MISSING, class_attribute, is_followed
from srcxform.kinds.lattice import (
    NEVER,
    UNKNOWN,
    Cell,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Record,
)
from srcxform.rules.custom import Custom
from srcxform.specialise.certainty import surely
from srcxform.specialise.collected import REAL
from srcxform.specialise.scope import Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

FIELD = type(inspect.getattr_static(collections.namedtuple("Pair", "first"), "first"))
SLOTS = (types.MemberDescriptorType, types.GetSetDescriptorType, FIELD)  # they read own values


def class_of(kind: Kind) -> type | None:
    """Give the class of a value that is an object with attributes, None for other kinds."""
    match kind:
        case Record(type=cls) | Instance(type=cls) | Kept(type=cls) if cls is not types.MethodType:
            return cls if isinstance(cls, type) else None
    return None


def own_attributes(state: State, kind: Kind) -> tuple[str, ...]:
    """Give the names of the attributes that an object has of its own."""
    if isinstance(kind, Instance):
        from srcxform.specialise.instances import attributes_of

        return tuple(attributes_of(state, kind))
    if isinstance(kind, Kept):
        return kept_keys(state, kind)
    return kind.keys if isinstance(kind, Record) else ()


def own_attribute(state: State, base: Node, kind: Kind, name: str) -> Evaluated | None:
    """Read an attribute that an object has of its own."""
    if isinstance(kind, Instance):
        from srcxform.specialise.instances import attributes_of

        return attributes_of(state, kind).get(name)
    from srcxform.specialise.containers import part_of

    if isinstance(kind, Kept) and name in kept_keys(state, kind):
        item = part_of(state, kind.table, Const(name))
        if isinstance(item, Record) and item.keys == ("__func__",):
            return method_value(state, item.items[0].value, (base, kind))  # type: ignore[attr-defined]
        return build.item(base, build.const(name)), item
    if isinstance(kind, Record) and name in kind.keys:
        item = kind.items[kind.keys.index(name)]
        if isinstance(item, Record) and item.keys == ("__func__",):
            return method_value(state, item.items[0].value, (base, kind))  # type: ignore[attr-defined]
        return gast.Attribute(value=base, attr=name, ctx=gast.Load()), item
    return None


def kept_keys(state: State, kind: Kept) -> tuple[str, ...]:
    """Give the names of the attributes in the dict that stands for an object."""
    table: Any = state.opened(kind.table)
    if isinstance(table, Cell):
        table = state.cells.unchanged(table)
    return tuple(table.keys) if isinstance(table, (Mapping, Many)) else ()


def looked_up(state: State, cls: type, name: str, after: type | None = None) -> Any:
    """Give what a class says for a name (the classes after one of its bases, for `super`)."""
    if after is None:
        path = state.externals.path_to(cls, f"static:{name}")
        fetch = functools.partial(class_attribute, cls, name)
        key: Any = (id(cls), "static", name)
    else:
        step = f"after:{name}:{cls.__mro__.index(after)}"
        path = state.externals.path_to(cls, step)
        fetch = functools.partial(class_attribute, cls, name, after)
        key = (id(cls), "static", name, id(after))
    found = fetch()
    if path is None and is_fixed(cls):
        return found
    state.externals.guard(key, fetch, found, path)
    for part in ("fget", "fset", "func", "__func__"):
        inner = getattr(found, part, None)
        if isinstance(inner, types.FunctionType) and path is not None:
            state.externals.saw((*path, f"attr:{part}"), inner)
    return found


def is_fixed(cls: type) -> bool:
    """Say whether a class is one of Python's own or of an extension, which nobody changes."""
    if cls.__module__ == "srcxform.runtime.collected":
        return True
    if cls.__flags__ & IMMUTABLE:
        return True
    return not is_followed(cls) and cls.__module__ in ("builtins", "types", "functools")


IMMUTABLE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE: attributes of the type cannot be set


def attribute_of_object(state: State, base: Node, kind: Kind, name: str) -> Evaluated | None:
    """Read an attribute as Python does: the class may come first, then the object's own."""
    cls = class_of(kind)
    assert cls is not None
    found = looked_up(state, cls, name)
    if isinstance(kind, (Instance, Kept)) and (found is MISSING or isinstance(found, SLOTS)):
        from srcxform.specialise.attribute_flags import check_there

        check_there(state, base, kind, name)
    own = own_attribute(state, base, kind, name)
    match found:
        case property(fget=types.FunctionType() as getter):
            return calling(state, base, getter, [(base, kind)])
        case functools.cached_property():
            from srcxform.specialise.attribute_flags import filled_in

            return filled_in(state, kind, name, lambda: cached(state, base, kind, name, found), own)
    if own is not None and not is_data_descriptor(found):
        if isinstance(kind, (Instance, Kept)) and not (
            found is MISSING or isinstance(found, SLOTS)
        ):
            from srcxform.specialise.instances import set_ahead

            set_ahead(state, kind, name)
        return own
    if is_data_descriptor(found) and not isinstance(found, property):
        from srcxform.specialise.instances import described

        described(state, name)
        return build.const(None), NEVER
    if name == "__dict__":
        from srcxform.specialise.object_calls import dictionary_of

        return dictionary_of(state, base, kind)
    if name == "__class__":
        return class_reference(state, cls)
    if found is MISSING or isinstance(found, SLOTS):
        return missing(state, base, kind, cls, name)
    return bound(state, found, (base, kind), cls, name)


def attribute_of_class(state: State, node: Node, cls: type) -> Evaluated | None:
    """Read an attribute of a class; None where Python's own `type` says what it is."""
    name = node.attr
    if class_attribute(type(cls), name) is not MISSING:
        return None
    found = looked_up(state, cls, name)
    match found:
        case types.FunctionType() | Custom():
            return object_value(state, cls, name, found)
        case staticmethod(__func__=function):
            return object_value(state, cls, name, function)
        case classmethod(__func__=function):
            return method_value(state, function, class_reference(state, cls))
    return None


def is_data_descriptor(found: Any) -> bool:
    """Say whether a class's attribute comes before an object's own."""
    return hasattr(type(found), "__set__") and not isinstance(found, SLOTS)


def missing(state: State, base: Node, kind: Kind, cls: type, name: str) -> Evaluated | None:
    """An attribute that is not there: the class may say what it is."""
    getter = looked_up(state, cls, "__getattr__")
    if isinstance(getter, types.FunctionType):
        return calling(state, base, getter, [(base, kind), (build.const(name), Const(name))])
    if state.scope.function is not None and cls in REAL and hasattr(REAL[cls], name):
        from srcxform.specialise.instances import refuse

        refuse(
            state, f"`{name}` has no derivative rule",
            f"it is not among the methods of `{REAL[cls].__name__}` that are followed",
            "use a list or a dict, and its methods",
        )  # fmt: skip
        return build.const(None), NEVER
    if isinstance(kind, Record) and class_attribute(cls, name) is MISSING:
        surely(state, AttributeError(f"{cls.__name__!r} object has no attribute {name!r}"))
    return None


def cached(state: State, base: Node, kind: Kind, name: str, found: Any) -> Evaluated:
    """Compute a cached property, and keep it in the object."""
    from srcxform.specialise.instances import put

    value = named(state, name, calling(state, base, found.func, [(base, kind)]))
    put(state, (base, kind), name, value)
    return value


def bound(
    state: State, found: Any, owner: Evaluated, cls: type, name: str, on: Node | None = None
) -> Evaluated | None:
    """Give what a class's attribute is for an object: a method, a function, or a constant."""
    match found:
        case types.FunctionType() | Custom():
            return method_value(state, found, owner)
        case staticmethod(__func__=function):
            return object_value(state, cls, name, function)
        case classmethod(__func__=function):
            instance = owner[0] if isinstance(owner[1], Record) else None
            return method_value(state, function, class_reference(state, cls, instance))
        case functools.partialmethod():
            return None
    getter = class_attribute(type(found), "__get__")
    if getter is not MISSING and not isinstance(found, type):
        return None
    return constant_of(state, cls, name)


def object_value(state: State, cls: type, name: str, value: Any) -> Evaluated:
    """Write a function that a class holds."""
    from srcxform.specialise.closures import placeholder

    written = state.externals.reference(value)
    if written is not None:
        return written, Const(value)
    return named(state, name, (placeholder(state), Const(value)))


def constant_of(state: State, cls: type, name: str) -> Evaluated:
    """Read a class's attribute, which is the same for all its objects until somebody sets it."""
    from srcxform.specialise.resolve import object_attribute

    node, _ = class_reference(state, cls)
    return object_attribute(state, gast.Attribute(value=node, attr=name, ctx=gast.Load()), cls)


def class_reference(state: State, cls: type, owner: Node | None = None) -> Evaluated:
    """Write a class; one that cannot be imported is asked of an object, if there is one."""
    if state.externals.reference(cls) is None:
        if cls in state.classes:
            return state.classes[cls], Const(cls)
        if owner is not None:
            return named(state, cls.__name__.lower(), (build.call("type", owner), Const(cls)))
    return object_value(state, cls, cls.__name__, cls)


def method_value(state: State, function: Any, owner: Evaluated) -> Evaluated:
    """Give a method together with its object."""
    from srcxform.specialise.closures import held, in_program

    kept = held(state, owner)
    return in_program(state, Partial(Const(function), (kept,)), [kept[0]])


def named(state: State, name: str, value: Evaluated) -> Evaluated:
    """Give a value a name of its own."""
    node, kind = value
    fresh = state.names.like(name)
    state.emit(build.assign(fresh, node))
    state.bind(fresh, kind)
    return build.load(fresh), kind


def lasting(state: State, value: Evaluated) -> Evaluated:
    """Give a value a name that will not be bound again."""
    from srcxform.specialise.inlining import is_lasting

    if isinstance(value[0], gast.Name) and is_lasting(state, value[0]):
        return value
    return named(state, state.hint, value)


def super_attribute(state: State, kind: Super, name: str) -> Evaluated | None:
    """Read an attribute of `super()`."""
    owner = build.load(kind.owner)
    owner_kind = state.kind_of(kind.owner) or UNKNOWN
    is_class = isinstance(owner_kind, Const) and isinstance(owner_kind.value, type)
    cls = owner_kind.value if is_class else class_of(owner_kind)  # type: ignore[attr-defined]
    if cls is None:
        return None
    found = looked_up(state, cls, name, kind.type)
    match found:
        case property(fget=types.FunctionType() as getter):
            return calling(state, owner, getter, [(owner, owner_kind)])
        case types.FunctionType() if is_class:
            return object_value(state, cls, name, found)
        case types.FunctionType():
            return method_value(state, found, (owner, owner_kind))
        case classmethod(__func__=function):
            return method_value(state, function, class_reference(state, cls))
        case staticmethod(__func__=function):
            return object_value(state, cls, name, function)
        case types.WrapperDescriptorType():
            return method_value(state, found, (owner, owner_kind))
        case types.BuiltinFunctionType() if found is object.__new__:
            from srcxform.specialise.closures import placeholder

            return placeholder(state), Const(found)
    return None


def calling(state: State, node: Node, function: Any, args: Any, keywords: Any = None) -> Evaluated:
    """Write a call of a function that a class holds."""
    from srcxform.specialise.calls import call_object

    return call_object(state, node, function, args, keywords or {})


def special(state: State, kind: Kind, name: str) -> Any:
    """Give the function by which a class does what an operator asks for; None if it has none."""
    cls = class_of(kind)
    if cls is None:
        return None
    found = looked_up(state, cls, name)
    return found if isinstance(found, types.FunctionType) else None


__all__ = ["NEVER", "Items", "attribute_of_object", "class_of", "own_attributes", "special"]
