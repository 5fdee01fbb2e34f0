"""What a pullback holds on to, apart from what its caller holds.

The residuals of a backward sweep are arrays of the forward sweep: arguments, captured values, the
result. Nobody may see that: the caller writes into those, and calls the pullback again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from srcxform.api.apart import owner
from srcxform.pytrees import children, mapped

__all__ = ["kept_apart"]


def kept_apart(uses: Any, given: Any, out: Any, residuals: Any) -> tuple[Any, Any]:
    """Give result and residuals that share no array with each other, nor with what was given.

    An argument that the function itself writes to is left alone: the backward sweep has copies of
    what it reads of that.
    """
    held = owners(residuals)
    if held & owners(out):
        out = mapped(lambda leaf: copied(leaf, lambda array: id(owner(array)) in held), out)
    theirs = set() if uses.written else held & owners(given)
    if theirs:
        residuals = copied(residuals, lambda array: id(owner(array)) in theirs)
    return out, residuals


def owners(value: Any) -> set[int]:
    """Give the identities of all memory that a value holds."""
    if isinstance(value, np.ndarray):
        return {id(owner(value))}
    found: set[int] = set()
    for part in parts_of(value):
        if type(part) not in NUMBERS:
            found |= owners(part)
    return found


NUMBERS = (float, int, bool)  # most of what a tape holds


def parts_of(value: Any) -> Iterable[Any]:
    """Give one level of a container; nothing for a leaf."""
    if type(value) in (list, tuple):
        return value
    structure = None if type(value) in NUMBERS else children(value)
    return () if structure is None else structure.parts


def copied(value: Any, wanted: Callable[[Any], bool]) -> Any:
    """Copy those arrays in a value that are wanted; what holds none of them stays as it is."""
    if isinstance(value, np.ndarray):
        return value.copy() if wanted(value) else value
    old = parts_of(value)
    new = [part if type(part) in NUMBERS else copied(part, wanted) for part in old]
    if all(one is other for one, other in zip(new, old, strict=True)):
        return value
    if type(value) in (list, tuple):
        return type(value)(new)
    structure = children(value)
    return value if structure is None else structure.build(new)
