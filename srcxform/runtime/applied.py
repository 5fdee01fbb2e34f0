"""NumPy's functions of functions, and the getters of `operator`, as Python code to look into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcxform.runtime.refusals import refusal

__all__ = ["along_axis", "attribute_at", "check_first", "item_at", "items_at", "method_at",
           "pieces", "check_numbers", "vander",
           "vectorized"]  # fmt: skip


def item_at(key: Any, held: Any) -> Any:
    """`operator.itemgetter(key)(held)`.

    >>> item_at(1, "abc")
    'b'
    """
    return held[key]


def items_at(keys: Sequence[Any], held: Any) -> Any:
    """`operator.itemgetter(*keys)(held)`.

    >>> items_at((2, 0), "abc")
    ('c', 'a')
    """
    return tuple([held[key] for key in keys])


def attribute_at(name: str, held: Any) -> Any:
    """`operator.attrgetter(name)(held)`, for a name without dots."""
    return getattr(held, name)


def method_at(name: str, args: Any, keywords: Any, held: Any) -> Any:
    """`operator.methodcaller(name, *args, **keywords)(held)`.

    >>> method_at("count", ("a",), {}, "banana")
    3
    """
    return getattr(held, name)(*args, **keywords)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """`np.vander`: the powers of each entry, one behind the other.

    >>> vander(np.array([2.0, 3.0]), 3)
    array([[4., 2., 1.],
           [9., 3., 1.]])
    """
    values = np.asarray(x)
    count = len(values) if N is None else N
    factors = np.ones((len(values), count), dtype=np.promote_types(values.dtype, int))
    factors[:, 1:] = values[:, None]
    powers = np.cumprod(factors, axis=1)
    return powers if increasing else powers[:, ::-1]


def check_first(found: list[Any]) -> None:
    """Raise an UnsupportedError where NumPy would cut off, or turn, results for rows of an array.

    >>> check_first([1.0, 2.0])
    """
    if np.asarray(found[0]).dtype != np.array(found).dtype or np.ndim(found[0]) > 1:
        raise refusal(
            "UnsupportedError", "results for the rows of an array are of several types or axes",
            None, "NumPy makes all of them what the first one is, and cuts off what does not fit",
            "let the function return numbers or vectors of one type: 0.0 for 0",
        )  # fmt: skip


def check_numbers(found: list[Any]) -> None:
    """Raise an UnsupportedError where a function of numbers gives no numbers of one type.

    >>> check_numbers([1.0, 2.0])
    """
    if np.ndim(found[0]) > 0:
        raise refusal(
            "UnsupportedError", "a function given to np.vectorize returns more than a number", None,
            "only results that are one number for each entry are followed",
            "call np.vectorize for each of the results, or write the loop",
        )  # fmt: skip
    check_first(found)


def vectorized(function: Callable[..., Any], *args: Any) -> Any:
    """`np.vectorize(function)(*args)`: it is called with numbers of Python's.

    >>> vectorized(max, np.array([1.0, 5.0]), 2.0)
    array([2., 5.])
    """
    if len(args) == 1:
        shape = np.shape(args[0])
        found = [function(value) for value in np.ravel(args[0]).tolist()]
    else:
        arrays = np.broadcast_arrays(*args)
        shape = np.shape(arrays[0])
        rows = [np.ravel(a).tolist() for a in arrays]
        found = [function(*values) for values in zip(*rows, strict=True)]
    check_numbers(found)
    return np.reshape(np.array(found), shape)


def pieces(x: Any, conditions: Any, functions: Any, *args: Any) -> Any:
    """`np.piecewise(x, conditions, functions, *args)`.

    >>> pieces(np.array([-1.0, 2.0]), [np.array([True, False])], [lambda t: -t, 5.0])
    array([1., 5.])
    """
    if isinstance(conditions, np.ndarray) and np.ndim(conditions) == np.ndim(x):
        conditions = [conditions]
    if not len(conditions) <= len(functions) <= len(conditions) + 1:
        raise ValueError("there is a function for each condition, and one for all else")
    flat = np.reshape(np.asarray(x), (-1,))
    found = np.zeros_like(flat)
    for k, function in enumerate(functions):
        if k < len(conditions):
            one = np.reshape(conditions[k], (-1,))
        else:
            one = ~np.reshape(np.any(conditions, axis=0), (-1,))
        if callable(function):
            part = flat[one]
            if np.size(part) > 0:
                found[one] = function(part, *args)
        else:
            found[one] = function
    return np.reshape(found, np.shape(x))


def along_axis(function: Callable[..., Any], axis: int, a: Any, *args: Any) -> Any:
    """`np.apply_along_axis(function, axis, a, *args)`.

    >>> along_axis(sum, 0, np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    moved = np.moveaxis(a, axis, -1)
    rows = np.reshape(moved, (-1, np.shape(moved)[-1]))
    found = [function(row, *args) for row in rows]
    check_first(found)
    made = np.stack(found)
    made = np.reshape(made, np.shape(moved)[:-1] + np.shape(made)[1:])
    if np.ndim(found[0]) == 0:
        return made
    return np.moveaxis(made, -1, axis)
