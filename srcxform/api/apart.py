"""Arguments that share memory, given to a function that writes into one of them.

A derivative is written for arguments that have storage of their own. Where one is written to and
another one sees that, the values would be right and the derivatives of something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from srcxform.api.home import home_of
from srcxform.errors import Diagnostic, MutationError, Place
from srcxform.pytrees import children

__all__ = ["check_apart"]

Found = tuple[str, Any, bool]  # the way to an array or container, it, and whether it is written to
WORK: Any = 100_000  # how long NumPy may think about whether strided views meet


def check_apart(
    compiled: Any, function: Any, values: tuple[Any, ...], captured: tuple[Any, ...] = ()
) -> None:
    """Raise a MutationError if an argument that is written to shares memory with another value.

    `compiled` is a derivative of `function`, None if it has none.
    """
    if compiled is None or not compiled.uses.written:
        return
    written = compiled.uses.written
    names = [*compiled.parameters, *(capture.name for capture in compiled.captures)]
    by_owner: dict[int, list[Found]] = {}
    for k, (name, value) in enumerate(zip(names, (*values, *captured), strict=False)):
        for path, part in storage(value, name):
            others = by_owner.setdefault(id(owner(part)), [])
            for other, theirs, may_change in others:
                if (may_change or k in written) and meet(part, theirs):
                    raise MutationError(shared(other, path, home_of(function)))
            others.append((path, part, k in written))


def storage(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Give all arrays, lists and dicts in a value, each with the way to it."""
    if isinstance(value, (np.ndarray, list, dict)):
        yield path, value
    structure = None if isinstance(value, np.ndarray) else children(value)
    if structure is not None:
        for part, step in zip(structure.parts, structure.steps, strict=True):
            yield from storage(part, path + step)


def owner(part: Any) -> Any:
    """Give the array whose memory an array looks at; a list or dict itself."""
    while isinstance(part, np.ndarray) and isinstance(part.base, np.ndarray):
        part = part.base
    return part


def meet(one: Any, other: Any) -> bool:
    """Say whether a write into one may change the other."""
    if not isinstance(one, np.ndarray) or not isinstance(other, np.ndarray):
        return one is other
    try:
        return bool(np.shares_memory(one, other, max_work=WORK))
    except np.exceptions.TooHardError:
        return True


def shared(one: str, other: str, place: Place | None) -> Diagnostic:
    return Diagnostic(
        f"`{one}` and `{other}` share memory, and the function writes into them", place,
        "a write into one changes the other, which the derivative would not know of",
        "give a copy of one of them",
    )  # fmt: skip
