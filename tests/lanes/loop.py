"""What `vmap` stands for: the function itself for one lane after the other."""

import copy
from typing import Any

import numpy as np

from lanes import Case, N
from srcxform.pytrees import children, mapped

NUMBERS = (bool, int, float, complex, np.generic, np.ndarray)


def axes_of(axes: Any, value: Any) -> Any:
    """Give axes in the structure of their value."""
    structure = children(value)
    if structure is None:
        return axes if isinstance(value, np.ndarray) else None
    pairs = zip(spread(axes, structure), structure.parts, strict=True)
    return structure.build([axes_of(axis, part) for axis, part in pairs])


def spread(axes: Any, structure: Any) -> list[Any]:
    below = children(axes)
    if below is None:
        return [axes] * len(structure.parts)
    inside = dict(zip(below.keys, below.parts, strict=True))
    return [inside[key] for key in structure.keys]


def lane(value: Any, axes: Any, k: int) -> Any:
    structure = children(value)
    if structure is None:
        return value if axes is None else np.moveaxis(value, axes, 0)[k]
    below = children(axes)
    assert below is not None
    pairs = zip(structure.parts, below.parts, strict=True)
    return structure.build([lane(part, axis, k) for part, axis in pairs])


def stacked(lanes: list[Any], axes: Any) -> Any:
    """Put results together; a number of Python's does not widen the others."""
    structure = children(lanes[0])
    if structure is not None:
        columns = zip(*(children(one).parts for one in lanes), strict=True)  # type: ignore[union-attr]
        pairs = zip(columns, spread(axes, structure), strict=True)
        return structure.build([stacked(list(column), axis) for column, axis in pairs])
    if axes is None or not isinstance(lanes[0], NUMBERS):
        return lanes[0]
    dtype = np.result_type(*lanes)
    return np.stack([np.asarray(one, dtype) for one in lanes], axis=axes)


def arguments(case: Case, single: bool) -> tuple[Any, ...]:
    """Give arguments of their own for one call."""

    def narrowed(leaf: Any) -> Any:
        if not (single and isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc"):
            return leaf
        return leaf.astype(np.float32 if leaf.dtype.kind == "f" else np.complex64)

    return tuple(mapped(narrowed, copy.deepcopy(arg)) for arg in case.args)


def each_axis(case: Case) -> tuple[Any, ...]:
    return case.axes if isinstance(case.axes, tuple) else (case.axes,) * len(case.args)


def loop(case: Case, args: tuple[Any, ...]) -> Any:
    forms = [axes_of(axes, arg) for axes, arg in zip(each_axis(case), args, strict=True)]
    results = []
    for k in range(N):
        given = [lane(arg, form, k) for arg, form in zip(args, forms, strict=True)]
        results.append(case.function(*copy.deepcopy(given)))
    return stacked(results, case.out)
