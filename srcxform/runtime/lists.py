"""What methods of lists and dicts do, in steps that the compiler can look into.

Where a derivative may pass the elements, calls of the methods are read as calls of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcxform.runtime.indexing import first_position, sorted_order

__all__ = [
    "column", "columns", "emptied", "extended", "first_by", "first_of_all", "item_or", "items_of",
    "numbers_in", "ordered", "popped", "put_in_order", "removed", "rows_in", "set_default",
    "table_of", "updated", "updated_by",
]  # fmt: skip


def extended(values: list[Any], others: Any) -> None:
    """`values.extend(others)`; `others` may be the list itself.

    >>> xs = [1, 2]
    >>> extended(xs, xs)
    >>> xs
    [1, 2, 1, 2]
    """
    for k in range(len(others)):
        values.append(others[k])


def removed(values: list[Any], value: Any) -> None:
    """`values.remove(value)`."""
    values.pop(values.index(value))


def ordered(
    items: Any, key: Callable[[Any], Any] | None = None, reverse: bool = False
) -> list[Any]:
    """`sorted(items, key=key, reverse=reverse)`.

    >>> ordered([3, -1, 2], key=abs)
    [-1, 2, 3]
    """
    parts = list(items)
    if key is None:
        order = sorted_order(parts, reverse)
    else:
        marks = [key(part) for part in parts]
        order = sorted_order(marks, reverse)
    return [parts[k] for k in order]


def numbers_in(a: Any) -> list[Any]:
    """`a.tolist()`, of an array of one axis.

    >>> import numpy as np
    >>> numbers_in(np.array([1.0, 2.0]))
    [1.0, 2.0]
    """
    return [number.item() for number in a]


def rows_in(a: Any) -> list[list[Any]]:
    """`a.tolist()`, of an array of two axes.

    >>> import numpy as np
    >>> rows_in(np.array([[1.0, 2.0]]))
    [[1.0, 2.0]]
    """
    return [[number.item() for number in row] for row in a]


def put_in_order(
    values: list[Any], key: Callable[[Any], Any] | None = None, reverse: bool = False
) -> None:
    """`values.sort(key=key, reverse=reverse)`."""
    parts = ordered(values, key, reverse)
    values[:] = parts


def first_of_all(items: Any, largest: bool) -> Any:
    """`max(items)` or `min(items)`, of objects that can be compared.

    >>> first_of_all([(3, 1), (4, 0)], True)
    (4, 0)
    """
    parts = list(items)
    return parts[first_position(parts, largest)]


def larger(one: Any, other: Any) -> Any:
    """`max(one, other)` of objects: the second, if it is greater.

    >>> larger(2, 3)
    3
    """
    result = one
    if other > one:
        result = other
    return result


def smaller(one: Any, other: Any) -> Any:
    """`min(one, other)` of objects: the second, if it is smaller.

    >>> smaller(2, 3)
    2
    """
    result = one
    if other < one:
        result = other
    return result


def first_by(items: Any, key: Callable[[Any], Any], largest: bool) -> Any:
    """`max(items, key=key)`, or `min`.

    >>> first_by([3, -4, 2], abs, True)
    -4
    """
    parts = list(items)
    marks = [key(part) for part in parts]
    return parts[first_position(marks, largest)]


def extreme_or(items: Any, default: Any, function: Any) -> Any:
    """`max(items, default=default)`, or `min`.

    >>> extreme_or([], 0.0, max)
    0.0
    """
    if len(items) > 0:
        return function(items)
    return default


def first_or(items: Any, default: Any, function: Any, key: Callable[[Any], Any]) -> Any:
    """`max(items, key=key, default=default)`, or `min`.

    >>> first_or([3, -4], 0, max, abs)
    -4
    """
    if len(items) > 0:
        return function(items, key=key)
    return default


def column(rows: Any, place: int) -> tuple[Any, ...]:
    """Give what stands at one place of each row."""
    return tuple([row[place] for row in rows])


def columns(rows: Any, strict: bool = False) -> list[Any]:
    """`list(zip(*rows, strict=strict))`.

    >>> columns([[1, 2], [3, 4, 5]])
    [(1, 3), (2, 4)]
    """
    found: list[Any] = []
    if len(rows) == 0:
        return found
    lengths = [len(row) for row in rows]
    if strict and min(lengths) < max(lengths):
        raise ValueError("zip() arguments have different lengths")
    for place in range(min(lengths)):
        found.append(tuple([row[place] for row in rows]))
    return found


def item_or(table: dict[Any, Any], key: Any, default: Any = None) -> Any:
    """`table.get(key, default)`."""
    if key in table:
        return table[key]
    return default


def popped(table: dict[Any, Any], key: Any, default: Any) -> Any:
    """`table.pop(key, default)`."""
    if key in table:
        return table.pop(key)
    return default


def last_popped(table: dict[Any, Any]) -> Any:
    """`table.popitem()`."""
    if len(table) == 0:
        raise KeyError("popitem(): dictionary is empty")
    key = list(table)[-1]
    return key, table.pop(key)


def set_default(table: dict[Any, Any], key: Any, default: Any = None) -> Any:
    """`table.setdefault(key, default)`."""
    if key not in table:
        table[key] = default
    return table[key]


def updated(table: dict[Any, Any], other: dict[Any, Any]) -> None:
    """`table.update(other)`."""
    for key in other:
        table[key] = other[key]


def updated_by(table: dict[Any, Any], pairs: Any) -> None:
    """`table.update(pairs)`, of what may also be a dict."""
    if isinstance(pairs, dict):
        for key in pairs:
            table[key] = pairs[key]
    else:
        for key, value in pairs:
            table[key] = value


def table_of(pairs: Any) -> dict[Any, Any]:
    """`dict(pairs)`."""
    table = {}
    for key, value in pairs:
        table[key] = value
    return table


def table_of_keys(keys: Any, value: Any) -> dict[Any, Any]:
    """`dict.fromkeys(keys, value)`."""
    table = {}
    for key in keys:
        table[key] = value
    return table


def table_from(source: Any) -> dict[Any, Any]:
    """`dict(source)`, of another dict or of pairs."""
    table = {}
    if isinstance(source, dict):
        for key in source:
            table[key] = source[key]
    else:
        for key, value in list(source):
            table[key] = value
    return table


def table_of_columns(keys: Any, values: Any) -> dict[Any, Any]:
    """`dict(zip(keys, values))`."""
    table = {}
    for position in range(min(len(keys), len(values))):
        table[keys[position]] = values[position]
    return table


def items_of(table: dict[Any, Any]) -> list[Any]:
    """`list(table.items())`."""
    pairs = []
    for key in table:
        pairs.append((key, table[key]))
    return pairs


def emptied(table: dict[Any, Any]) -> None:
    """`table.clear()`."""
    for key in list(table):
        table.pop(key)
