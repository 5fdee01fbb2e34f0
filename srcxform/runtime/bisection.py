"""`bisect` as Python code that the compiler can look into: items put into a list that is sorted."""

from __future__ import annotations

import bisect
from typing import Any


def insort_right(a: Any, x: Any, lo: Any = 0, hi: Any = None) -> None:
    """`bisect.insort_right`, without a key.

    >>> items = [1.0, 2.0]
    >>> insort_right(items, 1.5), items
    (None, [1.0, 1.5, 2.0])
    """
    a.insert(bisect.bisect_right(a, x, lo, hi), x)


def insort_left(a: Any, x: Any, lo: Any = 0, hi: Any = None) -> None:
    """`bisect.insort_left`, without a key."""
    a.insert(bisect.bisect_left(a, x, lo, hi), x)
