"""`itertools` as Python code that the compiler can look into.

Each is a generator function with the meaning of the one it is named after; none is ever called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def count(start: Any = 0, step: Any = 1) -> Iterator[Any]:
    """`itertools.count`."""
    while True:
        yield start
        start = start + step


def nexts(iterator: Any) -> Iterator[Any]:
    """What a loop over an object with `__next__` runs over."""
    while True:
        try:
            value = iterator.__next__()
        except StopIteration:
            return
        yield value


def next_or(iterator: Any, default: Any) -> Any:
    """`next(iterator, default)` of an object with `__next__`."""
    try:
        return iterator.__next__()
    except StopIteration:
        return default


def zip_in_turns(first: Any, second: Any, strict: Any = False) -> Iterator[Any]:
    """`zip` of two objects with `__next__`, which may be one and the same."""
    while True:
        try:
            one = first.__next__()
        except StopIteration:
            break
        try:
            other = second.__next__()
        except StopIteration:
            if strict:
                raise ValueError(SHORTER) from None
            return
        yield one, other
    if strict:
        try:
            second.__next__()
        except StopIteration:
            return
        raise ValueError(LONGER)


def map_in_turns(function: Callable[..., Any], first: Any, second: Any) -> Iterator[Any]:
    """`map` over two objects with `__next__`, which may be one and the same."""
    for one, other in zip_in_turns(first, second):
        yield function(one, other)


def taken_apart(iterator: Any, count: int) -> list[Any]:
    """What `a, b, *rest = iterator` takes of an object with `__next__`: the rest is asked anew."""
    items = []
    for _ in range(count):
        try:
            items.append(iterator.__next__())
        except StopIteration:
            raise ValueError("not enough values to unpack") from None
    items.extend(list(iterator))
    return items


def positions(items: Any) -> Iterator[Any]:
    """What a loop over an object with `__getitem__` and without `__iter__` runs over."""
    position = 0
    while True:
        try:
            value = items[position]
        except IndexError:
            return
        yield value
        position = position + 1


def elements(items: Iterable[Any]) -> Iterator[Any]:
    """`iter(items)`, for what may stop before the end."""
    yield from items


def numbered(items: Iterable[Any], start: int = 0) -> Iterator[Any]:
    """`enumerate` of a generator."""
    number = start
    for item in items:
        yield number, item
        number = number + 1


SHORTER = "zip() argument 2 is shorter than argument 1"
LONGER = "zip() argument 2 is longer than argument 1"


def cycle(items: Iterable[Any]) -> Iterator[Any]:
    """`itertools.cycle`."""
    held = list(items)
    if len(held) == 0:
        return
    while True:
        yield from held


def mapped(function: Callable[..., Any], items: Iterable[Any]) -> Iterator[Any]:
    """`map` over a generator."""
    for item in items:
        yield function(item)


def mapped_ahead(function: Callable[..., Any], items: Iterable[Any], others: Any) -> Iterator[Any]:
    """`map` over a generator and a list."""
    position = 0
    for item in items:
        if position >= len(others):
            return
        yield function(item, others[position])
        position = position + 1


def mapped_behind(function: Callable[..., Any], others: Any, items: Iterable[Any]) -> Iterator[Any]:
    """`map` over a list and a generator: nothing is drawn once the list is at its end."""
    position = 0
    if len(others) == 0:
        return
    for item in items:
        yield function(others[position], item)
        position = position + 1
        if position >= len(others):
            return


def zipped(items: Iterable[Any], others: Any, strict: Any = False) -> Iterator[Any]:
    """`zip` of a generator and a list."""
    position = 0
    for item in items:
        if position >= len(others):
            if strict:
                raise ValueError(SHORTER)
            return
        yield item, others[position]
        position = position + 1
    if strict and position < len(others):
        raise ValueError(LONGER)


def zipped_behind(others: Any, items: Iterable[Any], strict: Any = False) -> Iterator[Any]:
    """`zip` of a list and a generator: nothing is drawn once the list is at its end."""
    position = 0
    if len(others) == 0 and not strict:
        return
    for item in items:
        if strict and position >= len(others):
            raise ValueError(LONGER)
        yield others[position], item
        position = position + 1
        if position >= len(others) and not strict:
            return
    if strict and position < len(others):
        raise ValueError(SHORTER)


def longest(first: Any, second: Any, fillvalue: Any = None) -> Iterator[Any]:
    """`itertools.zip_longest` of two lists."""
    position = 0
    while position < len(first) or position < len(second):
        if position >= len(first):
            yield fillvalue, second[position]
        elif position >= len(second):
            yield first[position], fillvalue
        else:
            yield first[position], second[position]
        position = position + 1


def islice(items: Iterable[Any], first: Any, second: Any = 0, step: Any = 1) -> Iterator[Any]:
    """`itertools.islice` with a stop, or with a start, a stop and a step."""
    position = 0
    for item in items:
        if position >= second:
            return
        if position >= first and (position - first) % step == 0:
            yield item
        position = position + 1
        if position >= second:
            return


def first_of(items: Iterable[Any], stop: int) -> Iterator[Any]:
    """`itertools.islice(items, stop)`."""
    position = 0
    if position >= stop:
        return
    for item in items:
        yield item
        position = position + 1
        if position >= stop:
            return


def behind(items: Iterable[Any], start: int, stop: None = None, step: int = 1) -> Iterator[Any]:
    """`itertools.islice` without a stop."""
    position = 0
    for item in items:
        if position >= start and (position - start) % step == 0:
            yield item
        position = position + 1


def groupby(items: Iterable[Any], key: Any = None) -> Iterator[Any]:
    """`itertools.groupby`; each group is a list."""
    held = list(items)
    start = 0
    while start < len(held):
        value = held[start] if key is None else key(held[start])
        end = start + 1
        while end < len(held) and (held[end] if key is None else key(held[end])) == value:
            end = end + 1
        yield value, held[start:end]
        start = end


def takewhile(predicate: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """`itertools.takewhile`."""
    for item in items:
        if not predicate(item):
            return
        yield item


def dropwhile(predicate: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """`itertools.dropwhile`."""
    dropping = True
    for item in items:
        if dropping:
            dropping = bool(predicate(item))
        if not dropping:
            yield item


def filterfalse(predicate: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """`itertools.filterfalse` with a function."""
    for item in items:
        if not predicate(item):
            yield item


def compress(data: Any, selectors: Any) -> Iterator[Any]:
    """`itertools.compress` of two lists."""
    for item, selected in zip(data, selectors):  # noqa: B905  (the shorter one ends it)
        if selected:
            yield item


def chain(first: Iterable[Any], second: Iterable[Any]) -> Iterator[Any]:
    """`itertools.chain` of two."""
    yield from first
    yield from second


def from_iterable(items: Iterable[Any]) -> Iterator[Any]:
    """`itertools.chain.from_iterable`."""
    for inner in items:
        yield from inner


def accumulated(items: Iterable[Any]) -> Iterator[Any]:
    """`itertools.accumulate` of sums."""
    first = True
    total: Any = 0.0
    for item in items:
        if first:
            total = item
            first = False
        else:
            total = total + item
        yield total


def accumulate_with(items: Iterable[Any], function: Callable[..., Any]) -> Iterator[Any]:
    """`itertools.accumulate` with a function."""
    first = True
    total: Any = 0.0
    for item in items:
        if first:
            total = item
            first = False
        else:
            total = function(total, item)
        yield total


def accumulate_from(
    items: Iterable[Any], function: Callable[..., Any], initial: Any
) -> Iterator[Any]:
    """`itertools.accumulate` with a function and an initial value."""
    total = initial
    yield total
    for item in items:
        total = function(total, item)
        yield total


def repeat(value: Any, times: int) -> Iterator[Any]:
    """`itertools.repeat`, a number of times."""
    for _ in range(times):
        yield value


def repeat_forever(value: Any) -> Iterator[Any]:
    """`itertools.repeat` without an end."""
    while True:
        yield value


def pairwise(items: Any) -> Iterator[Any]:
    """`itertools.pairwise` of a list."""
    if len(items) == 0:
        return
    before = items[0]
    position = 1
    while position < len(items):
        item = items[position]
        yield before, item
        before = item
        position = position + 1


def product(first: Any, second: Any) -> Iterator[Any]:
    """`itertools.product` of two lists."""
    held, others = list(first), list(second)
    for item in held:
        for other in others:
            yield item, other


def product_of_three(first: Any, second: Any, third: Any) -> Iterator[Any]:
    """`itertools.product` of three lists."""
    held, others, last = list(first), list(second), list(third)
    for item in held:
        for other in others:
            for one in last:
                yield item, other, one


def squared(items: Any) -> Iterator[Any]:
    """`itertools.product` of a list with itself."""
    held = list(items)
    for item in held:
        for other in held:
            yield item, other


def cubed(items: Any) -> Iterator[Any]:
    """`itertools.product` of a list with itself, and with itself again."""
    held = list(items)
    for item in held:
        for other in held:
            for one in held:
                yield item, other, one


def pairs(items: Any) -> Iterator[Any]:
    """`itertools.combinations` of two."""
    held = list(items)
    for left in range(len(held)):
        for right in range(left + 1, len(held)):
            yield held[left], held[right]


def triples(items: Any) -> Iterator[Any]:
    """`itertools.combinations` of three."""
    held = list(items)
    for first in range(len(held)):
        for second in range(first + 1, len(held)):
            for third in range(second + 1, len(held)):
                yield held[first], held[second], held[third]


def pairs_with_twins(items: Any) -> Iterator[Any]:
    """`itertools.combinations_with_replacement` of two."""
    held = list(items)
    for left in range(len(held)):
        for right in range(left, len(held)):
            yield held[left], held[right]


def ordered_pairs(items: Any) -> Iterator[Any]:
    """`itertools.permutations` of two."""
    held = list(items)
    for left in range(len(held)):
        for right in range(len(held)):
            if left != right:
                yield held[left], held[right]


def starmap(function: Callable[..., Any], items: Iterable[Any]) -> Iterator[Any]:
    """`itertools.starmap`."""
    for item in items:
        yield function(*item)
