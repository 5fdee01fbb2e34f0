"""Copies of what will be written over, kept for the backward sweep."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.shadows import fields_of, instance


def snapshot(value: Any) -> Any:
    """Copy an array, list or dict so that later writes do not show.

    >>> xs = [1.0, [2.0]]
    >>> kept = snapshot(xs)
    >>> xs[1][0] = 3.0
    >>> kept
    [1.0, [2.0]]
    """
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(snapshot(part) for part in value)
    if type(value) is dict:
        return {key: snapshot(part) for key, part in value.items()}
    fields = fields_of(value)
    if fields is not None:
        return instance(type(value), **{name: snapshot(getattr(value, name)) for name in fields})
    return value
