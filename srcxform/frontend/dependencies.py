"""What a generated module depends on, as content: the same in every process that has the same.

Guarantees that two objects with one digest give one generated text, as far as the text depends on
these objects themselves; what they refer to in turn is a dependency of its own, with its path.
Times, addresses and identities play no part.
"""

from __future__ import annotations

import enum
import functools
import hashlib
import json
import os
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from srcxform.errors import SourceNotFoundError
from srcxform.frontend.paths import MISSING, Found, Path, follow
from srcxform.kinds.encoding import LITERALS, encode, literal
from srcxform.kinds.lattice import Const, Kind
from srcxform.kinds.values import kind_of
from srcxform.syntax.source import find

__all__ = ["Description", "Reader", "Reading", "base_name", "text_of"]

GENERATED = "srcxform_generated."


@dataclass(frozen=True)
class Reading:
    """A look-up: its path, a digest of what was found, and whose number the holder has.

    Look-ups with one number found one thing: two paths may lead to one variable, and have to do so
    again. `placed` says that the text names the file of a function found.
    """

    path: Path
    digest: str
    holder: int
    placed: bool


@dataclass
class Description:
    """Describes objects by what a generated text can take from them, as JSON."""

    placed: bool = False
    functions: list[types.FunctionType] = field(default_factory=list)  # met on the way

    def of_kind(self, kind: Kind) -> Any:
        """Describe a kind."""
        return encode(kind, self.of)

    def of(self, value: Any) -> Any:
        """Describe an object."""
        if type(value) in LITERALS:
            return literal(value)
        match value:
            case types.FunctionType():
                return self.of_function(value)
            case types.ModuleType():
                return ["module", value.__name__, version(value.__name__)]
            case types.MethodType():
                owner = self.of_kind(kind_of(value.__self__))
                return ["method", self.of(value.__func__), owner]
            case functools.partial():
                given = [*value.args, *value.keywords.values()]
                parts = [self.of_kind(kind_of(part)) for part in given]
                return ["partial", self.of(value.func), parts, list(value.keywords)]
            case type():
                bases = [f"{c.__module__}.{c.__qualname__}" for c in value.__mro__]
                members = list(value) if issubclass(value, enum.Enum) else []
                told = [[member.name, self.of_kind(kind_of(member.value))] for member in members]
                return ["class", bases, version(value.__module__), told]
            case types.BuiltinFunctionType() | np.ufunc():
                return ["builtin", *named(value), version(named(value)[0])]
        if value is MISSING:
            return ["missing"]
        return ["instance", self.of(type(value)), *named(value)]  # NumPy's functions have names

    def of_function(self, function: types.FunctionType) -> Any:
        """Describe a function by its text; those of NumPy and our own by their names."""
        home, name = named(function)
        if home.split(".")[0] in ("numpy", "srcxform"):
            return ["function", home, name, version(home)]
        self.functions.append(function)
        code = function.__code__
        where = [code.co_filename, code.co_firstlineno] if self.placed else []
        if home.startswith(GENERATED) or home == "srcxform_glue":
            home = ""  # named after what they were made from
        return ["function", home, name, text_of(function), where]


def named(value: Any) -> tuple[str, str]:
    """Give the module and the qualified name that an object says it has."""
    home = getattr(value, "__module__", None) or ""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
    return str(home), str(name)


def version(module: str) -> str:
    """Give the version of the package of a module, if it has one."""
    return str(getattr(sys.modules.get(module.split(".")[0]), "__version__", ""))


TEXTS: dict[int, tuple[types.CodeType, str]] = {}


def text_of(function: types.FunctionType) -> str:
    """Give the source text of a function, or else a digest of its code."""
    code = function.__code__
    known = TEXTS.get(id(code))
    if known is None:
        try:
            text = find(function).text
        except SourceNotFoundError:
            text = f"code {code_digest(code)}"
        if len(TEXTS) > 10_000:
            TEXTS.clear()
        known = TEXTS[id(code)] = code, text
    return known[1]


def code_digest(code: types.CodeType) -> str:
    constants = [
        code_digest(c) if isinstance(c, types.CodeType)
        else repr(sorted(map(repr, c))) if isinstance(c, frozenset) else repr(c)
        for c in code.co_consts
    ]  # fmt: skip
    parts = [code.co_code.hex(), code.co_names, code.co_varnames, code.co_freevars, constants]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def digest_of(
    path: Path, found: Found, placed: bool, exact: bool, functions: list[types.FunctionType]
) -> str:
    """Give the digest of what was found; `functions` takes up the functions that it holds.

    Defaults and options that are written into the text count with their values, and so does what
    has to be `exact`ly this; otherwise kinds are enough.
    """
    value = found.value
    describe = Description(placed, functions)
    folded = exact or path and path[-1].startswith(("default:", "option:"))
    if folded and is_folded(value):
        content = ["value", [literal(v) for v in value] if type(value) is tuple else literal(value)]
    elif isinstance(value, Kind):
        content = describe.of_kind(value)
    elif value is MISSING:
        content = describe.of(value)
    else:
        content = describe.of_kind(kind_of(value))
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def is_folded(value: Any) -> bool:
    """Say whether a default or an option can be written into the text as a literal."""
    if type(value) is tuple:
        return all(type(part) in LITERALS for part in value)
    return type(value) in LITERALS


@dataclass
class Reader:
    """Looks up what a derivative of a function for arguments of certain kinds depends on."""

    function: types.FunctionType
    kinds: Sequence[Kind]
    holders: dict[Any, int] = field(default_factory=dict)
    kept: list[Found] = field(default_factory=list)  # so that identities stay taken

    def look(self, path: Path, placed: bool, exact: bool = False) -> tuple[Reading, Found]:
        """Follow a path. Raises Unreachable."""
        return self.reading(path, follow(path, self.function, self.kinds), placed, exact, [])

    def look_for(self, path: Path, text: str, exact: bool = False) -> tuple[Reading, Found]:
        """Follow a path on which a text depends that may name files. Raises Unreachable."""
        functions: list[types.FunctionType] = []
        reading, found = self.reading(
            path, follow(path, self.function, self.kinds), False, exact, functions
        )
        if any(f.__code__.co_filename in text for f in functions):
            return self.reading(path, found, True, exact, [])
        return reading, found

    def reading(
        self,
        path: Path,
        found: Found,
        placed: bool,
        exact: bool,
        functions: list[types.FunctionType],
    ) -> tuple[Reading, Found]:
        self.kept.append(found)
        holder = self.holders.setdefault(holder_of(path, found), len(self.holders))
        return Reading(
            path, digest_of(path, found, placed, exact, functions), holder, placed
        ), found


def holder_of(path: Path, found: Found) -> Any:
    """Give what tells one variable, or one object found, from others."""
    value = found.value
    if isinstance(kind_of(value), Const) and type(value) not in LITERALS:
        return "object", id(value)
    name = path[-1].partition(":")[2] if path else ""
    return id(found.owner), name


def base_name(file: str) -> str:
    """Give the name of a file, as a reader knows it; nothing for text that is in no file."""
    return "" if file.startswith("<") else os.path.basename(file)
