"""Small functions written as text, for what has no Python source or another calling convention.

They are ordinary functions whose source can be read, so that the compiler looks through them.

>>> double = written("double", ["def double(x):", "    return add(x, x)"], {"add": np.add})
>>> double(2.0)
np.float64(4.0)
"""

from __future__ import annotations

import builtins
import inspect
import keyword
from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform.syntax.written import written

__all__ = ["calling", "identifier", "written"]

NAMES = ("x", "y", "z")


def calling(function: Callable[..., Any], nargs: int, keywords: tuple[str, ...]) -> Any:
    """Write a Python function that calls `function` with so many arguments and these keywords.

    >>> calling(np.arctan2, 2, ()).__code__.co_varnames
    ('x1', 'x2')
    """
    name = identifier(getattr(function, "__name__", type(function).__name__))
    name = f"{name}_" if keyword.iskeyword(name) else name
    names = parameter_names(function, nargs, keywords)
    called, bindings = spelled(function, {name, *names, *keywords})
    given = ", ".join([*names, *(f"{key}={key}" for key in keywords)])
    lines = [f"def {name}({', '.join([*names, *keywords])}):", f"    return {called}({given})"]
    return written(name, lines, bindings)


def parameter_names(
    function: Callable[..., Any], nargs: int, keywords: tuple[str, ...]
) -> list[str]:
    """Give the function's own names for its arguments if it has them, else x, y, z or x_1, ..."""
    try:
        known = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ][:nargs]
    except (TypeError, ValueError):
        known = []
    usable = len(known) == nargs and not any(
        keyword.iskeyword(n) or n in keywords or n in ("np", "function") for n in known
    )
    if usable:
        return known
    names = NAMES[:nargs] if nargs <= len(NAMES) else [f"x_{k + 1}" for k in range(nargs)]
    return [n + "_" if n in keywords else n for n in names]


def spelled(function: Callable[..., Any], taken: set[str]) -> tuple[str, dict[str, Any]]:
    """Give the expression by which text refers to a function, and what that needs."""
    name = getattr(function, "__name__", "")
    for prefix, home in (("np", np), ("np.linalg", np.linalg), ("np.fft", np.fft)):
        if getattr(home, name, None) is function and "np" not in taken:
            return f"{prefix}.{name}", {"np": np}
    if getattr(builtins, name, None) is function and name not in taken:
        return name, {}
    called = "function"
    while called in taken:
        called += "_"
    return called, {called: function}


def identifier(name: str) -> str:
    """Give a name that can be written: `lambda` for `<lambda>`."""
    made = "".join(c if c.isidentifier() or c.isdigit() else "" for c in name) or "function"
    return f"{made}_" if keyword.iskeyword(made) and made != "lambda" else made
