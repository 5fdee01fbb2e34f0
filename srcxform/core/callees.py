"""Which object a callee stands for, and what sort of function that is.

>>> import gast
>>> from srcxform.frontend.externals import Externals
>>> from srcxform.syntax.names import Names
>>> known_object(gast.parse("len").body[0].value, Externals(Names()))
<built-in function len>
"""

from __future__ import annotations

import builtins
import enum
import warnings
from typing import Any

import gast
import numpy as np

from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Const, Kind
from srcxform.rules.custom import Custom
from srcxform.syntax.build import Node

QUIET = (builtins.print, builtins.isinstance, builtins.hasattr, builtins.len, builtins.range,
         builtins.callable, builtins.type, builtins.id)  # fmt: skip
TEXTS = (builtins.str, builtins.repr, builtins.format, builtins.ascii, builtins.set,
         builtins.frozenset, builtins.bytes)  # fmt: skip


def known_object(node: Node, externals: Externals) -> Any:
    """Give the object behind a dotted name of the residual program, None for local values."""
    match node:
        case gast.Constant(value=value) if callable(value):
            return value
        case gast.Attribute(value=base, attr=name):
            found = known_object(base, externals)
            return None if found is None else getattr(found, name, None)
        case gast.Name(id=name):
            if name in externals.objects:
                return externals.objects[name]
            return getattr(builtins, name, None)
    return None


def custom_object(func: Node, externals: Externals, kinds: dict[str, Kind]) -> Any:
    """Give the function with a rule, or the exception, that a variable holds; else None."""
    if not isinstance(func, gast.Name):
        return None
    held = [kinds.get(func.id), *(c.kind for c in externals.captures.values() if c.name == func.id)]
    for kind in held:
        if isinstance(kind, Const):
            if isinstance(kind.value, Custom) or is_exception(kind.value):
                return kind.value
    return None


def is_exception(function: Any) -> bool:
    """Say whether an object is a class of exceptions."""
    return isinstance(function, type) and issubclass(function, BaseException)


def is_enum(function: Any) -> bool:
    """Say whether an object is an enumeration: the class, which is asked for its members."""
    return isinstance(function, type) and issubclass(function, enum.Enum)


def is_talking(function: Any) -> bool:
    """Say whether a function only tells somebody about values: warnings and logs."""
    home = getattr(function, "__module__", None) or ""
    return function is warnings.warn or home == "logging" and callable(function)


def is_method_of_text(func: Node) -> bool:
    """Say whether a callee is a method of text that is written out: `"{:.2f}".format`."""
    base = func.value if isinstance(func, gast.Attribute) else None
    return isinstance(base, gast.Constant) and isinstance(base.value, str)


def is_one_of(function: Any, group: tuple[Any, ...]) -> bool:
    return any(function is member for member in group)


def is_add_at(function: Any) -> bool:
    """Say whether a callee is `np.add.at` or `np.subtract.at`: bound methods are made anew."""
    owner = getattr(function, "__self__", None)
    return getattr(function, "__name__", "") == "at" and (owner is np.add or owner is np.subtract)
