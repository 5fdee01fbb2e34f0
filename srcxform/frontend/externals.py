"""What generated code refers to outside itself: modules it imports and values it is handed.

Functions and modules are written as a person would import them (`np.sin`, `model.helper`). A
value captured by the user's function, from a closure or a module that cannot be imported, becomes
a parameter of the generated function, so that the value is always the current one.
"""

from __future__ import annotations

import builtins
import importlib
import operator
import sys
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.frontend.paths import Path, objects_in
from srcxform.kinds.lattice import Kind
from srcxform.kinds.values import kind_of
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.names import Names

ALIASES = {"numpy": "np"}
FLEETING = ("__main__", "srcxform_generated")  # another process has others
FIXED = {"numpy", "scipy", "srcxform", *sys.stdlib_module_names} - {"__main__"}


@dataclass(frozen=True)
class Capture:
    """A value that the wrapper fetches at each call and hands to the generated function."""

    name: str
    fetch: Callable[[], Any]
    path: Path | None
    kind: Kind


@dataclass(frozen=True)
class Guard:
    """An object that the source depends on: where it is found, and what was found there."""

    fetch: Callable[[], Any]
    value: Any
    path: Path | None


WRAPPERS = (types.BuiltinMethodType, types.MethodWrapperType)


def is_same(found: Any, value: Any) -> bool:
    """Say whether two are one object, or one method of one: each look-up makes a new wrapper."""
    if found is value:
        return True
    if type(found) is type(value) and isinstance(found, WRAPPERS):
        return bool(found == value)
    return (
        type(found) is type(value) is types.MethodType
        and found.__func__ is value.__func__
        and found.__self__ is value.__self__
    )


@dataclass
class Externals:
    """The references of one generated module, collected while it is written."""

    names: Names
    objects: dict[str, Any] = field(default_factory=dict)  # printed root name: object
    imports: dict[str, str] = field(default_factory=dict)  # printed root name: import line
    captures: dict[Any, Capture] = field(default_factory=dict)
    guards: dict[Any, Guard] = field(default_factory=dict)
    reads: dict[Path, None] = field(default_factory=dict)  # all that was looked up
    reached: dict[int, tuple[Path, Any]] = field(default_factory=dict)  # by identity
    lost: bool = False  # something was looked up that no path leads to
    written: dict[str, Guard] = field(default_factory=dict)  # users' objects by dotted name
    rules: dict[int, tuple[Any, ...]] = field(default_factory=dict)  # how own rules are written
    batched: bool = False  # for all lanes: what has a batching rule stays a call
    ruled: bool = True  # functions with rules of the user's stay calls, for derivatives to come
    sharing: set[int] = field(default_factory=set)  # functions whose results may be arguments
    precision: dict[Any, Any] = field(default_factory=dict)  # what their results have it from
    results: dict[Any, Any] = field(default_factory=dict)  # what those are known to return
    unfit: dict[int, tuple[str, str, str]] = field(default_factory=dict)  # rules that give others
    lifted: dict[str, Any] = field(default_factory=dict)  # nested functions at the module's top
    hoisted: dict[Any, Any] = field(default_factory=dict)  # functions made of nested ones
    asked: dict[Any, Any] = field(default_factory=dict)  # by derivatives inside, of recursions

    def reference(self, value: Any) -> Node | None:
        """Write an expression for a function, class or module; None if nothing can be imported."""
        if isinstance(value, types.ModuleType):
            return self.module(value)
        name = getattr(value, "__name__", None)
        if isinstance(name, str) and getattr(builtins, name, None) is value:
            return build.load(name)
        if isinstance(name, str) and getattr(runtime, name, None) is value:
            return self.root(name, value, f"from srcxform.runtime import {name}")
        for home in homes(value):
            found: Any = home
            parts = path_in(home, value)
            if parts is None:
                continue
            node = self.module(home)
            for part in parts:
                found = getattr(found, part)
                node = build.attribute(node, part)
            if home.__name__.split(".")[0] not in FIXED:
                path = (f"module:{home.__name__}", *(f"attr:{part}" for part in parts))
                self.mention(dotted(node), path, value)
            return node
        return None

    def copied(self, value: Node | str) -> Node:
        """Write a copy of an array as NumPy lays it out: the method would change the order."""
        node = build.load(value) if isinstance(value, str) else value
        return build.call(build.attribute(self.module(np), "copy"), node)

    def module(self, module: types.ModuleType) -> Node:
        """Write a dotted module name, importing its root (and itself)."""
        full = module.__name__
        if full == "numpy":
            return self.root("np", module, "import numpy as np")
        top, _, rest = full.partition(".")
        if top == "numpy":
            node = self.root("np", np, "import numpy as np")
        else:
            node = self.root(top, sys.modules.get(top, module), f"import {top}")
            if rest:
                self.imports.setdefault(full, f"import {full}")
        for part in rest.split(".") if rest else []:
            node = build.attribute(node, part)
        return node

    def root(self, name: str, value: Any, line: str) -> Node:
        for known, existing in self.objects.items():
            if existing is value:
                return build.load(known)
        printed = name
        if printed in self.names.taken:
            printed = self.names.exact(name)
            line = f"{line} as {printed}" if " as " not in line else line
            if line.startswith("import numpy as np"):
                line = f"import numpy as {printed}"
        self.names.take([printed])
        self.objects[printed] = value
        self.imports[printed] = line
        return build.load(printed)

    def capture(self, key: Any, name: str, fetch: Callable[[], Any], path: Any, kind: Any) -> str:
        """Make a value a parameter of the generated function; give its name there."""
        self.saw(path, fetch())
        if key not in self.captures:
            printed = self.names.like(name)
            self.captures[key] = Capture(printed, fetch, path, kind(printed))
        return self.captures[key].name

    def guard(self, key: Any, fetch: Callable[[], Any], value: Any, path: Any) -> None:
        """Remember that the generated source holds only while `fetch()` gives `value`."""
        self.saw(path, value)
        self.guards.setdefault(key, Guard(fetch, value, path))

    def saw(self, path: Path | None, value: Any) -> None:
        """Note that the generated source depends on what a path leads to."""
        if path is None:
            self.lost = True
            return
        self.reads.setdefault(path)
        self.reach(path, kind_of(value))

    def reach(self, path: Path, kind: Kind) -> None:
        """Note that a path leads to the functions and other objects that a kind holds."""
        for inner, value in objects_in(path, kind):
            self.reached.setdefault(id(value), (inner, value))

    def path_to(self, value: Any, *steps: str) -> Path | None:
        """Give the path by which an object was reached, and steps from there; None if unknown."""
        if id(value) in self.reached:
            return (*self.reached[id(value)][0], *steps)
        if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
            return (f"module:{value.__name__}", *steps)
        return None

    def mention(self, dotted: str, path: Path, value: Any) -> None:
        """Note a dotted name that the source may hold: it has to go on meaning the same."""
        home = sys.modules[path[0].removeprefix("module:")]
        parts = ".".join(step.removeprefix("attr:") for step in path[1:])
        self.written[dotted] = Guard(lambda: operator.attrgetter(parts)(home), value, path)


def dotted(node: Node) -> str:
    """Give a dotted name as text."""
    if isinstance(node, gast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return str(node.id)


def homes(value: Any) -> list[types.ModuleType]:
    """Give the modules that an object may be imported from, the public ones first."""
    name = getattr(value, "__module__", None)
    found = [np, np.linalg, np.fft, np.random]
    if isinstance(name, str) and not name.startswith(FLEETING):
        top = name.split(".")[0]
        for candidate in (top, ".".join(name.split(".")[:2]), name):
            module = sys.modules.get(candidate)
            if module is not None and module not in found and candidate != "builtins":
                found.append(module)
    if isinstance(value, np.ufunc) and "scipy.special" in sys.modules:  # these name no module
        found.append(sys.modules["scipy.special"])
    return found


def path_in(module: types.ModuleType, value: Any) -> list[str] | None:
    """Give the attribute path by which a module publishes an object, None if it does not."""
    qualified = getattr(value, "__qualname__", getattr(value, "__name__", None))
    if not isinstance(qualified, str) or "<" in qualified:
        return None
    found: Any = module
    with warnings.catch_warnings():  # asking alone may warn: `np.object`
        warnings.simplefilter("ignore")
        for part in qualified.split("."):
            found = getattr(found, part, None)
    return qualified.split(".") if found is value else None


def importable(namespace: dict[str, Any]) -> types.ModuleType | None:
    """Give the module whose globals these are, if another process could import it."""
    name = namespace.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is None or name == "__main__" or module.__dict__ is not namespace:
        return None
    return module


def load_module(name: str) -> types.ModuleType:
    """Import a module named in a user's function body."""
    return importlib.import_module(name)
