"""What the patterns of `match` ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def is_sequence(value: Any) -> bool:
    """Say whether `case [...]` may match a value: not text, no array.

    >>> is_sequence((1, 2)), is_sequence("ab")
    (True, False)
    """
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))


def is_mapping(value: Any) -> bool:
    """Say whether `case {...}` may match a value.

    >>> is_mapping({}), is_mapping([])
    (True, False)
    """
    return isinstance(value, Mapping)
