"""What it means that the derivatives of a library function are right.

Arguments of library functions differ by many orders of magnitude (a Reynolds number and a
roughness), and so do results. Therefore all arguments are moved together along one curve, each in
proportion to its size, `args(s) = args * (1 + s * directions)`, and each number of the result is
compared on its own scale.

Truth comes from differences along the curve, extrapolated (Ridders), and from a complex step
wherever the function takes complex numbers and both agree.
"""

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import oracles

import srcxform as sx

from .tables import Row

DIFFERENCES, COMPLEX, DUALITY = 1e-6, 1e-9, 1e-12


def target(row: Row) -> Callable[..., Any]:
    """The function of the differentiated and other positional arguments."""
    function = row.function()
    return functools.partial(function, **row.settings) if row.settings else function


def check(row: Row) -> None:
    """Check the value, the forward derivative, and that reverse mode is its transpose.

    Raises:
        AssertionError: something is wrong.
        SrcxformError: the function is refused.
    """
    function, directions = target(row), tangents(row, 7)
    expected, accuracy = truth(row, directions)
    primal = function(*row.arguments())

    out, out_dot = sx.jvp(function, row.arguments(), spread(row, directions))
    assert oracles.identical(out, primal), (out, primal)
    slopes = numbers(out, out_dot)
    error = np.abs(slopes - expected) / np.maximum(sizes(primal), np.abs(expected))
    assert slopes.shape == expected.shape, (slopes, expected)
    assert np.all(error <= accuracy), (slopes, expected)

    out, pullback = sx.vjp(function, *row.arguments())
    assert oracles.identical(out, primal), (out, primal)
    weights = oracles.tree_map(weight, primal, oracles.random_like(3, primal))
    bars = pullback(weights)
    across = numbers(primal, weights) * slopes
    back = oracles.to_vector([bars[i] for i in row.wrt]) * oracles.to_vector(list(directions))
    scale = max(np.abs(across).sum(), np.abs(back).sum(), np.size(across) * 1e-3)
    assert abs(across.sum() - back.sum()) <= DUALITY * scale, (across.sum(), back.sum(), scale)


def tangents(row: Row, seed: int) -> tuple[Any, ...]:
    """Tangents of the differentiated arguments, in proportion to their sizes."""
    args = row.arguments()
    return tuple(
        oracles.tree_map(in_proportion, args[i], oracles.random_like(seed + i, args[i]))
        for i in row.wrt
    )


def in_proportion(value: Any, turn: Any) -> Any:
    """A tangent of the size of the value, or of size one where that is zero."""
    size = np.where(np.equal(value, 0.0), 1.0, value)
    return size * turn if np.ndim(value) else float(size * turn)


def spread(row: Row, directions: tuple[Any, ...]) -> tuple[Any, ...]:
    """Tangents of all positional arguments."""
    return oracles.directions(row.arguments(), row.wrt, directions)


def weight(value: Any, drawn: Any) -> Any:
    """A cotangent for a number of the result, in inverse proportion to it."""
    if drawn is None or not carries(value):
        return None if drawn is None else np.zeros(np.shape(value))[()]
    scaled = drawn / np.maximum(np.abs(value), 1e-12)
    return scaled if np.ndim(value) else float(scaled)


def numbers(result: Any, values: Any) -> Any:
    """The entries of `values` at the numbers of `result` that carry a derivative, as a vector."""
    pairs = zip(oracles.leaves(result), oracles.leaves(values), strict=True)
    return oracles.to_vector([part for leaf, part in pairs if carries(leaf)])


def carries(leaf: Any) -> bool:
    """Whether a leaf of a result carries a derivative."""
    return oracles.is_differentiable(leaf) and not isinstance(leaf, int)


def sizes(result: Any) -> Any:
    """The sizes of the numbers of a result."""
    return np.maximum(np.abs(numbers(result, result)), 1e-300)


def truth(row: Row, directions: tuple[Any, ...]) -> tuple[Any, float]:
    """The derivative along the curve, for each number of the result, and how exact it is."""
    function = target(row)

    def along(s: Any) -> Any:
        args = list(row.arguments())
        for i, direction in zip(row.wrt, directions, strict=True):
            args[i] = oracles.tree_map(lambda value, d: value + s * d, args[i], direction)
        out = function(*args)
        return numbers(out, out)

    reach = row.reach / oracles.FIRST_STEP
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        rough = oracles.richardson(lambda s: along(s * reach), (0.0,), (0,), (1.0,))[0] / reach
        assert np.isfinite(rough).all(), "no differences there"
        try:
            fine = oracles.complex_step_jvp(along, (0.0,), (0,), (1.0,))
        except Exception:  # whatever a function says that was not written for complex numbers
            return rough, DIFFERENCES
    scale = np.maximum(np.abs(rough), sizes(function(*row.arguments())))
    if fine.shape == rough.shape and np.all(np.abs(fine - rough) <= DIFFERENCES * scale):
        return fine, COMPLEX
    return rough, DIFFERENCES
