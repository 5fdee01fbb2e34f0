"""`heapq` as Python code that the compiler can look into: the same elements at the same places.

In a heap no element is larger than the two that hang below it: those of place k are at 2 k + 1 and
2 k + 2.
"""

from __future__ import annotations

from typing import Any


def push(heap: Any, item: Any) -> None:
    """`heapq.heappush`.

    >>> heap = [1.0, 3.0]
    >>> push(heap, 2.0), push(heap, 0.5), heap
    (None, None, [0.5, 1.0, 2.0, 3.0])
    """
    heap.append(item)
    lift(heap, 0, len(heap) - 1)


def pop(heap: Any) -> Any:
    """`heapq.heappop`.

    >>> heap = [0.5, 1.0, 2.0, 3.0]
    >>> pop(heap), heap
    (0.5, [1.0, 3.0, 2.0])
    """
    last = heap.pop()
    if not heap:
        return last
    least = heap[0]
    heap[0] = last
    sink(heap, 0)
    return least


def push_pop(heap: Any, item: Any) -> Any:
    """`heapq.heappushpop`."""
    if heap and heap[0] < item:
        return replace(heap, item)
    return item


def replace(heap: Any, item: Any) -> Any:
    """`heapq.heapreplace`."""
    least = heap[0]
    heap[0] = item
    sink(heap, 0)
    return least


def heapify(heap: Any) -> None:
    """`heapq.heapify`.

    >>> heap = [3.0, 2.0, 1.0]
    >>> heapify(heap), heap
    (None, [1.0, 2.0, 3.0])
    """
    for place in reversed(range(len(heap) // 2)):
        sink(heap, place)


def largest(n: int, iterable: Any, key: Any = None) -> Any:
    """`heapq.nlargest`."""
    return sorted(iterable, key=key, reverse=True)[: max(n, 0)]


def smallest(n: int, iterable: Any, key: Any = None) -> Any:
    """`heapq.nsmallest`."""
    return sorted(iterable, key=key)[: max(n, 0)]


def lift(heap: Any, top: int, place: int) -> None:
    """Let what is at a place rise, as long as it is less than what it hangs below, up to `top`."""
    item = heap[place]
    above = (place - 1) // 2
    while place > top and item < heap[above]:
        heap[place] = heap[above]
        place = above
        above = (place - 1) // 2
    heap[place] = item


def sink(heap: Any, top: int) -> None:
    """Let what is at a place go all the way down, and rise from there."""
    item = heap[top]
    place = top
    below = 2 * place + 1
    while below < len(heap):
        if below + 1 < len(heap) and not heap[below] < heap[below + 1]:
            below = below + 1
        heap[place] = heap[below]
        place = below
        below = 2 * place + 1
    heap[place] = item
    lift(heap, top, place)
