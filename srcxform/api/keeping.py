"""What a pullback holds on to, apart from what its caller holds.

The residuals of a backward sweep are arrays of the forward sweep: arguments, captured values, the
result. Nobody may see that: the caller writes into those, and calls the pullback again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    """Give the identities of all memory that a value holds.

    Objects may lead to each other in a circle; each is looked into once.
    """
    found: set[int] = set()
    seen: dict[int, Any] = {}  # holds what it names, lest another one gets its identity
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, np.ndarray):
            found.add(id(owner(part)))
        elif type(part) not in NUMBERS and id(part) not in seen:
            inside = parts_of(part)
            if inside:
                seen[id(part)] = part
                left.extend(inside)
    return found


NUMBERS = (float, int, bool)  # most of what a tape holds


def parts_of(value: Any) -> Sequence[Any]:
    """Give one level of a container; nothing for a leaf."""
    if type(value) in (list, tuple):
        return value
    structure = None if type(value) in NUMBERS else children(value)
    return () if structure is None else structure.parts


def copied(value: Any, wanted: Callable[[Any], bool]) -> Any:
    """Copy those arrays in a value that are wanted; what holds none of them stays as it is."""
    return Copying(wanted).of(value)


class Copying:
    """One copy: a container that is met twice has one copy, also where it leads to itself."""

    def __init__(self, wanted: Callable[[Any], bool]) -> None:
        self.wanted = wanted
        self.copies: dict[int, tuple[Any, Any]] = {}
        self.begun: dict[int, list[Any] | dict[Any, Any] | None] = {}

    def of(self, value: Any) -> Any:
        """Give a value with its wanted arrays copied."""
        if isinstance(value, np.ndarray):
            return value.copy() if self.wanted(value) else value
        inside = parts_of(value)
        if not inside:
            return value
        if id(value) in self.copies:
            return self.copies[id(value)][1]
        if id(value) in self.begun:
            return self.shell(value)
        self.begun[id(value)] = None
        new = self.whole(value, [self.of(part) for part in inside])
        self.copies[id(value)] = value, new
        return new

    def shell(self, value: Any) -> Any:
        """Give the copy of a container of which the parts are being copied: it is filled later."""
        empty = self.begun[id(value)]
        if empty is None:
            empty = self.begun[id(value)] = type(value)()
        return empty

    def whole(self, value: Any, new: list[Any]) -> Any:
        """Give the container of the new parts, the old one if none of them is new."""
        empty = self.begun.pop(id(value))
        if isinstance(empty, dict):
            empty.update(zip(value, new, strict=True))
            return empty
        if isinstance(empty, list):
            empty.extend(new)
            return empty
        if all(one is other for one, other in zip(new, parts_of(value), strict=True)):
            return value
        if type(value) in (list, tuple):
            return type(value)(new)
        structure = children(value)
        return value if structure is None else structure.build(new)
