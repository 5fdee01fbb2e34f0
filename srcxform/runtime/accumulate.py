"""Cotangents of storage that is built beside the primal."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.refusals import refusal
from srcxform.runtime.sums import add


def accumulate(shadow: Any, value: Any, place: Any = None) -> None:
    """Add `value` to a shadow (an array, list or dict of arrays, lists and numbers), in place.

    `place` is the user's, for the refusal of a shadow that is a number.

    >>> shadow = [0.0, np.zeros(2)]
    >>> accumulate(shadow, [1.0, np.ones(2)])
    >>> shadow
    [1.0, array([1., 1.])]
    """
    if value is None:
        return
    if isinstance(shadow, np.ndarray):
        shadow += value
        return
    if not isinstance(shadow, (list, dict)):
        raise not_in_place(place)
    if isinstance(shadow, dict):
        for key in shadow:
            accumulate_part(shadow, key, value, place)
    else:
        for k in range(len(shadow)):
            accumulate_part(shadow, k, value, place)


def accumulate_part(shadow: Any, key: Any, value: Any, place: Any) -> None:
    """Add what `value` holds at a place to what a shadow holds there."""
    if isinstance(shadow[key], (np.ndarray, list, dict)):
        accumulate(shadow[key], value[key], place)
    elif value[key] is not None:
        shadow[key] = add(shadow[key], value[key])


def accumulate_at(shadow: Any, key: Any, value: Any) -> None:
    """Add `value` to what a shadow holds at `key`: a list or dict there is changed in place.

    >>> inner = [1.0]
    >>> shadow = [0.0, inner]
    >>> accumulate_at(shadow, 1, [2.0])
    >>> inner
    [3.0]
    """
    held = shadow[key]
    if isinstance(held, (list, dict)):
        accumulate(held, value)
    else:
        shadow[key] = add(held, value)


def held_by_value(shadow: Any) -> bool:
    """Say whether a shadow is a number: a copy of what holds it has one of its own.

    >>> held_by_value(0.0), held_by_value([0.0]), held_by_value(None)
    (True, False, False)
    """
    return isinstance(shadow, (float, complex, np.inexact))


def check_held(shadow: Any, place: Any = None) -> None:
    """Raise a NoDerivativeError if the shadow of what a container takes up is a number.

    Its kind was not known ahead; a number's cotangent would not find its way back from there.

    >>> check_held(np.zeros(2))
    """
    if held_by_value(shadow):
        raise not_in_place(place)


def not_in_place(place: Any) -> Exception:
    return refusal(
        "NoDerivativeError",
        "a number whose type could not be told ahead is held by a container that changes",
        place,
        "its cotangent cannot be added to in place",
        "keep numbers and arrays in containers of their own",
    )
