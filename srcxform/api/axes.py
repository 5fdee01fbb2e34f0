"""Where the lanes of a batch stand, and single lanes taken out.

The *form* of a value's axes is an int or None for a number or an array, and a tuple with a form
for each part of a container (None where nothing in it has lanes).
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from srcxform.pytrees import StructureMismatch, children, is_record, matching, shown

__all__ = ["checked_axes", "first_lane", "form_of", "sizes_along", "with_lanes"]


def checked_axes(axes: Any, name: str) -> Any:
    """Give axes with plain ints. Raises TypeError unless they are ints, None or containers."""
    structure = children(axes)
    if structure is not None:
        return structure.build([checked_axes(part, name) for part in structure.parts])
    if axes is None:
        return None
    if isinstance(axes, bool) or not hasattr(axes, "__index__"):
        raise TypeError(f"{name} is made of ints and None, the axes of lanes; got {axes!r}")
    return operator.index(axes)


def form_of(prefix: Any, value: Any, label: str, path: str = "") -> Any:
    """Give the form of the axes of one argument from what the user said of it.

    Raises TypeError where the structures do not fit, ValueError where an axis is missing.
    """
    if prefix is None:
        return None
    structure = children(value)
    if structure is None:
        if not isinstance(prefix, int):
            raise TypeError(
                f"in_axes has {shown(prefix)} for {label.format(path)}, which is {shown(value)}"
            )
        return axis_of(prefix, value, label.format(path))
    prefixes: Any = (prefix,) * len(structure.parts)
    if not isinstance(prefix, int):
        try:
            prefixes = matching(structure, value, prefix, label.format(path))
        except StructureMismatch as mismatch:
            raise TypeError(f"in_axes has not the structure of its argument: {mismatch}") from None
    rows = zip(prefixes, structure.parts, structure.steps, strict=True)
    found = tuple(form_of(p, part, label, path + step) for p, part, step in rows)
    if all(form is None for form in found):
        return None
    if not (type(value) in (list, tuple, dict) or is_record(value)):
        raise TypeError(
            f"{label.format(path)} is {shown(value)}, a container that cannot be batched; use a "
            "dict, list, tuple, namedtuple or dataclass"
        )
    return found


def axis_of(axis: int, value: Any, label: str) -> int | None:
    """Give the axis of a leaf, counted from the front; None for what is no number."""
    if isinstance(value, (bool, int, float, complex, np.generic)):
        raise ValueError(
            f"{label} is {shown(value)}, which has no axis {axis} for lanes; give an array, or say "
            "None for it in in_axes"
        )
    if not hasattr(value, "shape"):
        return None
    if type(value) is not np.ndarray or value.dtype.kind not in "biufc":
        raise TypeError(f"{label} is {shown(value)}, only NumPy arrays of numbers are batched")
    if not -value.ndim <= axis < value.ndim:
        raise ValueError(f"{label} is {shown(value)}, which has no axis {axis} for lanes")
    return axis % value.ndim


def sizes_along(form: Any, value: Any, label: str, path: str = "") -> Iterator[tuple[str, int]]:
    """Give the number of lanes of each array, and its name."""
    if isinstance(form, tuple):
        structure = children(value)
        assert structure is not None
        for inner, part, step in zip(form, structure.parts, structure.steps, strict=True):
            yield from sizes_along(inner, part, label, path + step)
    elif form is not None:
        yield label.format(path), value.shape[form]


def first_lane(form: Any, value: Any) -> Any:
    """Give the first lane of an argument, of which the others have the kinds."""
    if form is None:
        return value
    if isinstance(form, tuple):
        structure = children(value)
        assert structure is not None
        return structure.build(
            [first_lane(f, part) for f, part in zip(form, structure.parts, strict=True)]
        )
    return value[(slice(None),) * form + (0,)]


def with_lanes(form: Any, value: Any, lane: Any, label: str) -> tuple[Any, Any]:
    """Give a batched value, and its form, as a target wants it that made `lane` of its first lane.

    Integers may have become floats. Raises TypeError where more has happened.
    """
    if form is None:
        return lane, None
    structure, made = children(value), children(lane)
    if structure is None:
        if made is not None or np.shape(lane) != value.shape[:form] + value.shape[form + 1 :]:
            raise TypeError(f"{label} cannot be batched here: it is taken apart")
        if np.asarray(lane).dtype != value.dtype:
            value = value.astype(np.asarray(lane).dtype)
        return value, form
    if made is None or len(made.parts) != len(structure.parts):
        raise TypeError(f"{label} cannot be batched here: it is taken apart")
    forms = form if isinstance(form, tuple) else (form,) * len(structure.parts)
    rows = zip(forms, structure.parts, made.parts, strict=True)
    parts = [with_lanes(f, part, own, label) for f, part, own in rows]
    return made.build([part for part, _ in parts]), tuple(f for _, f in parts)
