"""`collections` as Python classes that the compiler can look into.

Each does with a list or a dict what the class it stands for does. Objects of them are taken apart
where they are used, so that none is ever made.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["STAND_INS", "CountedTable", "OrderedTable", "Queue", "Table", "TableWithDefault"]


class Queue:
    """`collections.deque`."""

    def __init__(self, iterable: Iterable[Any] = (), maxlen: int | None = None) -> None:
        self.held = list(iterable)
        self.maxlen = maxlen
        if maxlen is not None:
            while len(self.held) > maxlen:
                self.held.pop(0)

    def append(self, value: Any) -> None:
        self.held.append(value)
        if self.maxlen is not None:
            if len(self.held) > self.maxlen:
                self.held.pop(0)

    def appendleft(self, value: Any) -> None:
        self.held.insert(0, value)
        if self.maxlen is not None:
            if len(self.held) > self.maxlen:
                self.held.pop()

    def extend(self, values: Iterable[Any]) -> None:
        for value in list(values):
            self.append(value)

    def extendleft(self, values: Iterable[Any]) -> None:
        for value in list(values):
            self.appendleft(value)

    def pop(self) -> Any:
        return self.held.pop()

    def popleft(self) -> Any:
        return self.held.pop(0)

    def rotate(self, n: int = 1) -> None:
        if len(self.held) > 0:
            for _ in range(n % len(self.held)):
                self.held.insert(0, self.held.pop())

    def insert(self, index: int, value: Any) -> None:
        if self.maxlen is not None:
            if len(self.held) >= self.maxlen:
                raise IndexError("deque already at its maximum size")
        self.held.insert(index, value)

    def reverse(self) -> None:
        self.held.reverse()

    def clear(self) -> None:
        self.held.clear()

    def remove(self, value: Any) -> None:
        self.held.remove(value)

    def count(self, value: Any) -> Any:
        return self.held.count(value)

    def index(self, value: Any) -> Any:
        return self.held.index(value)

    def copy(self) -> Any:
        return collections.deque(self.held, self.maxlen)

    def __copy__(self) -> Any:
        return collections.deque(self.held, self.maxlen)

    def __getitem__(self, index: Any) -> Any:
        return self.held[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self.held[index] = value

    def __delitem__(self, index: Any) -> None:
        del self.held[index]

    def __len__(self) -> int:
        return len(self.held)

    def __contains__(self, value: Any) -> Any:
        return value in self.held

    def __eq__(self, other: Any) -> Any:
        return self.held == list(other)

    def __iadd__(self, values: Iterable[Any]) -> Any:
        self.extend(values)
        return self


class Table:
    """What all kinds of dicts can do."""

    held: dict[Any, Any]

    def __getitem__(self, key: Any) -> Any:
        return self.held[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.held[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.held[key]

    def __len__(self) -> int:
        return len(self.held)

    def __contains__(self, key: Any) -> Any:
        return key in self.held

    def __eq__(self, other: Any) -> Any:
        return self.held == dict(other)

    def keys(self) -> Any:
        return self.held.keys()

    def values(self) -> Any:
        return self.held.values()

    def items(self) -> Any:
        return self.held.items()

    def get(self, key: Any, default: Any = None) -> Any:
        return self.held.get(key, default)

    def pop(self, key: Any, *default: Any) -> Any:
        return self.held.pop(key, *default)

    def popitem(self) -> Any:
        return self.held.popitem()

    def setdefault(self, key: Any, default: Any = None) -> Any:
        return self.held.setdefault(key, default)

    def update(self, *others: Any, **values: Any) -> None:
        self.held.update(*others, **values)

    def clear(self) -> None:
        self.held.clear()


class TableWithDefault(Table):
    """`collections.defaultdict`."""

    def __init__(self, default_factory: Any = None, *others: Any, **values: Any) -> None:
        self.default_factory: Callable[[], Any] | None = default_factory
        self.held = dict(*others, **values)

    def __getitem__(self, key: Any) -> Any:
        if key not in self.held:
            if self.default_factory is None:
                raise KeyError(key)
            self.held[key] = self.default_factory()
        return self.held[key]

    def copy(self) -> Any:
        return collections.defaultdict(self.default_factory, self.held)

    def __copy__(self) -> Any:
        return collections.defaultdict(self.default_factory, self.held)


class CountedTable(Table):
    """`collections.Counter`."""

    def __init__(self, iterable: Any = None, **values: Any) -> None:
        self.held = dict()
        self.update(iterable, **values)

    def __getitem__(self, key: Any) -> Any:
        return self.held.get(key, 0)

    def update(self, iterable: Any = None, **values: Any) -> None:
        if isinstance(iterable, dict):
            for key in iterable:
                self.held[key] = self.held.get(key, 0) + iterable[key]
        elif iterable is not None:
            for key in iterable:
                self.held[key] = self.held.get(key, 0) + 1
        for key in values:
            self.held[key] = self.held.get(key, 0) + values[key]

    def subtract(self, iterable: Any = None, **values: Any) -> None:
        if isinstance(iterable, dict):
            for key in iterable:
                self.held[key] = self.held.get(key, 0) - iterable[key]
        elif iterable is not None:
            for key in iterable:
                self.held[key] = self.held.get(key, 0) - 1
        for key in values:
            self.held[key] = self.held.get(key, 0) - values[key]

    def total(self) -> Any:
        return sum(self.held.values())

    def most_common(self, n: int | None = None) -> Any:
        found = sorted(self.held.items(), key=lambda pair: pair[1], reverse=True)
        return found if n is None else found[:n]


class OrderedTable(Table):
    """`collections.OrderedDict`."""

    def __init__(self, *others: Any, **values: Any) -> None:
        self.held = dict(*others, **values)

    def popitem(self, last: bool = True) -> Any:
        if last:
            return self.held.popitem()
        if len(self.held) == 0:
            raise KeyError("dictionary is empty")
        key = list(self.held)[0]
        return key, self.held.pop(key)

    def move_to_end(self, key: Any, last: bool = True) -> None:
        value = self.held.pop(key)
        if last:
            self.held[key] = value
        else:
            others = dict(self.held)
            self.held.clear()
            self.held[key] = value
            self.held.update(others)

    def copy(self) -> Any:
        return collections.OrderedDict(self.held)

    def __copy__(self) -> Any:
        return collections.OrderedDict(self.held)


STAND_INS: dict[Any, Any] = {
    collections.deque: Queue,
    collections.defaultdict: TableWithDefault,
    collections.Counter: CountedTable,
    collections.OrderedDict: OrderedTable,
}
