"""Instances of users' classes: which objects have attributes that can be followed, and which.

An object is followed if its class says in Python all that happens when an attribute is looked up:
its attributes are then what its `__dict__` and `__slots__` hold. Objects of NumPy, SciPy and the
standard library, exceptions, members of enumerations and whatever is written in C are not.
"""

from __future__ import annotations

import abc
import sys
import types
import typing
import weakref
from typing import Any

__all__ = [
    "MISSING",
    "attributes",
    "class_attribute",
    "instance_of",
    "is_followed",
    "is_instance",
    "is_tree",
]

HEAP = 1 << 9  # the type was made while Python ran
HARMLESS = (object, abc.ABC, typing.Generic, typing.Protocol)
BARE = (types.SimpleNamespace,)  # of the standard library, but nothing beside their attributes
FOREIGN = {
    "numpy", "scipy", "numba", "llvmlite", "srcxform", *sys.stdlib_module_names,
} - {"__main__"}  # fmt: skip
DEEP = 12  # objects in objects beyond this are not looked into
KNOWN: weakref.WeakKeyDictionary[type, bool] = weakref.WeakKeyDictionary()


class Missing:
    """Stands for what is not there."""

    def __repr__(self) -> str:
        return "<missing>"


MISSING = Missing()


def is_followed(cls: type) -> bool:
    """Say whether the attributes of a class's instances are followed.

    >>> class Body: __module__ = "orbits"  # a class of the user's
    >>> is_followed(Body), is_followed(dict), is_followed(ValueError)
    (True, False, False)
    """
    known = KNOWN.get(cls)
    if known is None:
        known = KNOWN[cls] = looked_at(cls)
    return known


def looked_at(cls: type) -> bool:
    if cls in BARE:
        return True
    if not isinstance(cls, type) or cls is object or "__getattribute__" in methods_of(cls):
        return False
    if not all(base in HARMLESS or is_written_in_python(base) for base in cls.__mro__):
        return False
    return is_plainly_made(cls)


def is_plainly_made(cls: type) -> bool:
    """Say whether an object of a class can be made without its class: else more is inside of it."""
    try:
        object.__new__(cls)
    except TypeError:
        return False
    return True


def methods_of(cls: type) -> set[str]:
    return {name for base in cls.__mro__ if base not in HARMLESS for name in vars(base)}


def is_written_in_python(base: type) -> bool:
    home = str(getattr(base, "__module__", ""))
    if home == "collections.abc" or home.startswith("_collections_abc"):
        return True
    compiled = home.startswith(
        "_cython"
    )  # functions of compiled modules, as numpy.random.default_rng
    return bool(base.__flags__ & HEAP) and home.split(".")[0] not in FOREIGN and not compiled


def is_instance(value: Any) -> bool:
    """Say whether a value is an object whose attributes are followed."""
    return not isinstance(value, type) and is_followed(type(value))


def attributes(value: Any) -> dict[str, Any]:
    """Give the attributes that an object has of its own, in the order in which they were set.

    >>> class Body:
    ...     def __init__(self): self.mass, self.name = 2.0, "moon"
    >>> attributes(Body())
    {'mass': 2.0, 'name': 'moon'}
    """
    found: dict[str, Any] = {}
    for base in reversed(type(value).__mro__):
        slots = vars(base).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            name = mangled(base, slot)
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    own = getattr(value, "__dict__", {})  # whatever a `__getattr__` of the class makes of that
    for name, part in own.items() if isinstance(own, dict) else ():
        if isinstance(name, str) and name.isidentifier():
            found[name] = part
    return found


def instance_of(cls: type, fields: dict[str, Any]) -> Any:
    """Make an object with these attributes, whatever its class does to set them."""
    new = cls() if cls in BARE else object.__new__(cls)
    for name, part in fields.items():
        object.__setattr__(new, name, part)  # frozen ones allow nothing else
    return new


def mangled(cls: type, name: str) -> str:
    if not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{cls.__name__.lstrip('_')}{name}"


def is_tree(value: Any, above: tuple[int, ...] = ()) -> bool:
    """Say whether no object is inside itself, and how deep they go has an end."""
    if id(value) in above or len(above) > DEEP:
        return False
    kind = type(value)
    if kind is list or kind is tuple:
        parts: Any = value
    elif kind is dict:
        parts = value.values()
    elif is_instance(value):
        parts = attributes(value).values()
    else:
        return True
    inside = (*above, id(value))
    return all(is_tree(part, inside) for part in parts)


def class_attribute(cls: type, name: str, after: type | None = None) -> Any:
    """Give what a class and its bases say for a name, as it is written there; MISSING if nothing.

    `after` leaves out the classes up to this one, as `super` does.

    >>> type(class_attribute(type, "__call__")).__name__
    'wrapper_descriptor'
    """
    order = cls.__mro__
    for base in order if after is None else order[order.index(after) + 1 :]:
        if name in vars(base):
            return vars(base)[name]
    return MISSING
