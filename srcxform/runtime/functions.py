"""Functions of functions as loops, and what stands where a function's text has come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from srcxform.runtime.refusals import refusal

__all__ = [
    "added_up",
    "filtered",
    "followed",
    "mapped",
    "multiplied",
    "multiplied_up",
    "reduced",
    "same",
    "summed",
]


def followed(*args: Any, **keywords: Any) -> NoReturn:
    """Stand for a function that is defined inside a differentiated one: its calls have come in."""
    raise refusal(
        "UnsupportedError",
        "a function defined inside a differentiated function is called by other code",
        None,
        "its derivative comes from its calls in the source that is read",
        "call it in the function that defines it, or define it at module level",
    )


def same(value: Any) -> Any:
    """Give back what is given: what decorators such as `functools.wraps(f)` do to values."""
    return value


def mapped(function: Callable[..., Any], items: Iterable[Any], *others: Iterable[Any]) -> list[Any]:
    """`list(map(function, items, *others))`.

    >>> mapped(pow, [2, 3], [5, 2])
    [32, 9]
    """
    if len(others) == 0:
        return [function(item) for item in items]
    if len(others) == 1:
        return [function(one, two) for one, two in zip(items, others[0], strict=False)]
    if len(others) == 2:
        rows = zip(items, others[0], others[1], strict=False)
        return [function(one, two, three) for one, two, three in rows]
    raise TypeError("map() over more than three iterables")


def filtered(function: Callable[[Any], Any] | None, items: Iterable[Any]) -> list[Any]:
    """`list(filter(function, items))`."""
    found = []
    for item in items:
        if item if function is None else function(item):
            found.append(item)
    return found


def reduced(function: Callable[[Any, Any], Any], items: Iterable[Any], *start: Any) -> Any:
    """`functools.reduce(function, items, *start)`."""
    parts = list(items)
    if len(start) == 0:
        if len(parts) == 0:
            raise TypeError("reduce() of empty iterable with no initial value")
        result = parts[0]
        for item in parts[1:]:
            result = function(result, item)
    else:
        result = start[0]
        for item in parts:
            result = function(result, item)
    return result


def summed(items: Iterable[Any], start: Any = 0) -> Any:
    """`sum(items, start)` of what is no number: lists, tuples, objects.

    >>> summed([[2, 3], [5]], [])
    [2, 3, 5]
    """
    total = start
    for item in items:
        total = total + item
    return total


def added_up(items: Iterable[Any]) -> Any:
    """`sum(items)` of objects, of which the first meets the number 0.

    >>> added_up([2, 3, 5])
    10
    """
    parts = list(items)
    if len(parts) == 0:
        return 0
    total = 0 + parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def multiplied(items: Iterable[Any], start: Any) -> Any:
    """`math.prod(items, start=start)` of objects.

    >>> multiplied([2, 3, 5], 2)
    60
    """
    product = start
    for item in items:
        product = product * item
    return product


def multiplied_up(items: Iterable[Any]) -> Any:
    """`math.prod(items)` of objects, of which the first meets the number 1.

    >>> multiplied_up([2, 3, 5])
    30
    """
    parts = list(items)
    if len(parts) == 0:
        return 1
    product = 1 * parts[0]
    for part in parts[1:]:
        product = product * part
    return product
