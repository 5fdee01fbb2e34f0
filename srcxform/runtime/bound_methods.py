"""Methods of lists and dicts as functions: what stands for `xs.append` or `d.get` taken as a value.

Their source comes in where such a value is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["OF_DICTS", "OF_LISTS"]


def append(items: Any, value: Any) -> None:
    items.append(value)


def extend(items: Any, values: Any) -> None:
    items.extend(values)


def insert(items: Any, position: Any, value: Any) -> None:
    items.insert(position, value)


def pop(held: Any, *key: Any) -> Any:
    return held.pop(*key)


def index(items: Any, value: Any) -> Any:
    return items.index(value)


def count(items: Any, value: Any) -> Any:
    return items.count(value)


def item(held: Any, key: Any) -> Any:
    return held[key]


def is_in(held: Any, key: Any) -> Any:
    return key in held


def length(held: Any) -> Any:
    return len(held)


def get(table: Any, key: Any, default: Any = None) -> Any:
    return table.get(key, default)


def setdefault(table: Any, key: Any, default: Any = None) -> Any:
    return table.setdefault(key, default)


def store(held: Any, key: Any, value: Any) -> None:
    held[key] = value


EITHER: dict[str, Callable[..., Any]] = {
    "pop": pop, "__getitem__": item, "__setitem__": store, "__contains__": is_in,
    "__len__": length,
}  # fmt: skip
OF_LISTS: dict[str, Callable[..., Any]] = {
    **EITHER, "append": append, "extend": extend, "insert": insert, "index": index, "count": count
}  # fmt: skip
OF_DICTS: dict[str, Callable[..., Any]] = {**EITHER, "get": get, "setdefault": setdefault}
