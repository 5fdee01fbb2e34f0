"""Lists joined, repeated and copied, written so that the compiler can look into them."""

from __future__ import annotations

from typing import Any


def listed(values: Any) -> list[Any]:
    """Copy any sequence to a list.

    >>> listed((1.0, 2.0))
    [1.0, 2.0]
    """
    result = []
    for value in values:
        result.append(value)
    return result


def copies(values: Any) -> list[Any]:
    """Copy what a list holds, one by one.

    >>> copies([[1.0], [2.0]])
    [[1.0], [2.0]]
    """
    result = []
    for value in values:
        result.append(value.copy())
    return result


def joined(first: Any, second: Any) -> list[Any]:
    """Put two lists behind each other.

    >>> joined([1.0], [2.0])
    [1.0, 2.0]
    """
    result = []
    for value in first:
        result.append(value)
    for value in second:
        result.append(value)
    return result


def repeated(values: Any, count: int) -> list[Any]:
    """Repeat a list.

    >>> repeated([1.0, 2.0], 2)
    [1.0, 2.0, 1.0, 2.0]
    """
    result = []
    for _ in range(count):
        for value in values:
            result.append(value)
    return result


def position_in(position: int, length: int) -> int:
    """Count a position in a list from its front.

    >>> position_in(-1, 5)
    4
    """
    return position + length if position < 0 else position


def gap_in(position: int | None, length: int) -> int:
    """Give where in a list something goes that is put in front of a position, as slices do.

    >>> gap_in(-1, 5), gap_in(7, 5), gap_in(None, 5)
    (4, 5, 0)
    """
    return slice(position, None).indices(length)[0]


def values_of(table: Any) -> list[Any]:
    """Give the values of a dict as a list.

    >>> values_of({"a": 1.0})
    [1.0]
    """
    result = []
    for key in table:
        result.append(table[key])
    return result
