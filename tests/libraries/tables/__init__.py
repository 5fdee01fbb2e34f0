"""Functions of installed packages that nobody wrote for this compiler, one file for each field.

A row names a function by its dotted path, gives realistic arguments, and says what must come out
of its derivatives: `right` (the default) or a refusal of a given class. Packages are imported when
a row is run, not before, so that a missing one skips its own rows only.

Where a package works through objects, the row names a small function of the table's own that uses
them as its documentation shows.
"""

import copy
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Row:
    """A function of a package, arguments for it, and what differentiating it must give.

    Attributes:
        package: The module to import, whose top-level package is what has to be installed.
        name: The function in it, or the `__name__` of the table's own function that uses it.
        own: The table's own function, if there is one.
        args: Positional arguments; each row is run with fresh copies.
        settings: Keyword arguments, which are never differentiated.
        wrt: Positions of the differentiated arguments.
        reach: How far truth may look, relative to the arguments.
        prepare: What the package wants to be told before it is used.
        refused: The name of the error class if a derivative is refused, else None.
    """

    package: str
    name: str
    own: Callable[..., Any] | None
    args: tuple[Any, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    wrt: tuple[int, ...] = ()
    reach: float = 1e-3
    prepare: Callable[[], None] | None = None
    refused: str | None = None

    @property
    def label(self) -> str:
        """What tests call it."""
        return f"{self.package}.{self.name}"

    def function(self) -> Callable[..., Any]:
        """The function itself."""
        module = importlib.import_module(self.package)
        if self.prepare is not None:
            self.prepare()
        if self.own is not None:
            return self.own
        return reduce(getattr, self.name.split("."), module)

    def arguments(self) -> tuple[Any, ...]:
        """Fresh arguments."""
        return copy.deepcopy(self.args)


def row(
    target: str | tuple[str, Callable[..., Any]],
    *args: Any,
    wrt: tuple[int, ...] | None = None,
    reach: float = 1e-3,
    prepare: Callable[[], None] | None = None,
    refused: str | None = None,
    **settings: Any,
) -> Row:
    """A row for `"package.module:function"`, or for a module and a function that uses it.

    Every argument of floats is differentiated, unless `wrt` says otherwise.
    """
    if isinstance(target, str):
        package, name = target.split(":")
        own = None
    else:
        package, own = target
        name = own.__name__
    chosen = tuple(i for i, arg in enumerate(args) if is_real(arg)) if wrt is None else wrt
    return Row(package, name, own, args, settings, chosen, reach, prepare, refused)


def is_real(value: Any) -> bool:
    """Whether an argument consists of floats alone."""
    if isinstance(value, list | tuple):
        return bool(value) and all(is_real(part) for part in value)
    if isinstance(value, np.ndarray):
        return bool(np.issubdtype(value.dtype, np.floating))
    return isinstance(value, float)


@cache
def rows() -> tuple[Row, ...]:
    """All rows of all tables."""
    found: list[Row] = []
    for info in pkgutil.iter_modules(__path__):
        found.extend(importlib.import_module(f"{__name__}.{info.name}").TABLE)
    return tuple(found)
