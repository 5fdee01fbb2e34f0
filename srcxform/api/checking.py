"""Derivatives held against finite differences of the function itself.

Along random directions, so that the cost does not grow with the number of arguments. Differences
are central, at halved steps, and extrapolated to step zero (Ridders 1982), which leaves little more
than rounding; the estimate of what is left goes into the tolerance.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcxform.api.forward import forward_of
from srcxform.api.leaves import carries, zero_like
from srcxform.api.pullback import vjp
from srcxform.pytrees import leaves, mapped

__all__ = ["check_grads"]

Vector = np.ndarray[Any, np.dtype[Any]]
MODES = ("fwd", "rev")
LEVELS = 6


def check_grads(
    fun: Callable[..., Any],
    args: Sequence[Any],
    order: int = 1,
    modes: str | Sequence[str] = MODES,
    *,
    atol: float | None = None,
    rtol: float | None = None,
    eps: float | None = None,
) -> None:
    """Check the derivatives of `fun` against finite differences.

    Args:
        fun: a function that is smooth around `args`.
        args: a tuple of its arguments; the floating-point numbers in them are varied.
        order: check derivatives up to this order: those of higher order are checked as first
            derivatives of forward derivatives.
        modes: "fwd" for `jvp`, "rev" for `vjp`, or both.
        atol, rtol: how far derivatives may be off, absolutely and relative to their size; by
            default what the precision of the numbers and of the differences allows.
        eps: the largest step of the differences; by default 0.01, 0.1 in single precision.

    Raises:
        AssertionError: a derivative differs from the differences.
        TypeError, ValueError: the arguments make no sense.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> check_grads(lambda x: x * x * x, (1.5,), order=2)
    """
    if not callable(fun):
        raise TypeError(f"check_grads takes a function, got {type(fun).__name__}")
    if not isinstance(args, (tuple, list)):
        raise TypeError(
            f"args must be a tuple of the arguments, got {type(args).__name__}; for one argument "
            "write (x,)"
        )
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"order must be a positive int, got {order!r}")
    chosen = (modes,) if isinstance(modes, str) else tuple(modes)
    if not chosen or any(mode not in MODES for mode in chosen):
        raise ValueError(f"modes are 'fwd' and 'rev', got {modes!r}")
    if not any(carries(leaf) for _, leaf in leaves(tuple(args))):
        raise TypeError("args hold no floating-point numbers that could be varied")
    name = getattr(fun, "__name__", repr(fun))
    check(fun, tuple(args), order, chosen, (atol, rtol, eps), name, np.random.default_rng(0))


def check(
    fun: Callable[..., Any],
    args: tuple[Any, ...],
    order: int,
    modes: tuple[str, ...],
    limits: tuple[float | None, float | None, float | None],
    name: str,
    generator: np.random.Generator,
) -> None:
    """Check the first derivatives of `fun`, then those of its forward derivative."""
    tangents = tuple(mapped(lambda leaf: random_like(leaf, generator), arg) for arg in args)
    expected, error = differences(fun, args, tangents, limits[2])
    allowed = tolerances(args, expected, error, limits)
    if "fwd" in modes:
        _, dot = forward_of(fun)(copy.deepcopy(args), tangents)
        compare(f"jvp of `{name}`", vector(dot), expected, allowed)
    if "rev" in modes:
        out, pullback = vjp(fun, *copy.deepcopy(args))
        out_bar = mapped(lambda leaf: random_like(leaf, generator), out)
        bars = pullback(out_bar)
        # Cotangents are paired with tangents without conjugation.
        forward = np.sum(vector(out_bar) * expected, keepdims=True)
        back = np.sum(vector(bars) * vector(tangents), keepdims=True)
        size = float(np.sum(np.abs(vector(out_bar)))) or 1.0
        compare(f"vjp of `{name}`", real(back), real(forward), allowed * size)
    if order > 1:
        forward_derivative = forward_of(fun)
        check(
            forward_derivative, (args, tangents), order - 1, modes, limits, f"{name}_jvp", generator
        )


def real(value: Vector) -> Vector:
    return value.real if np.iscomplexobj(value) else value


def random_like(leaf: Any, generator: np.random.Generator) -> Any:
    """Give a random tangent for a leaf: entries of either sign, none of them near zero."""
    if not carries(leaf):
        return None if zero_like(leaf) is leaf else zero_like(leaf)

    def draw() -> Any:
        shape = np.shape(leaf)
        return generator.choice([-1.0, 1.0], shape) * generator.uniform(0.5, 1.5, shape)

    drawn = draw() + 1j * draw() if np.iscomplexobj(leaf) else draw()
    if isinstance(leaf, np.ndarray):
        return np.asarray(drawn).astype(leaf.dtype)
    return type(leaf)(drawn)


def vector(value: Any) -> Vector:
    """Give all inexact numbers in double precision, those of integers as zeros."""
    return np.concatenate([np.zeros(0), *(np.ravel(part) for part in numbers(value))])


def numbers(value: Any) -> Iterator[Any]:
    for _, leaf in leaves(value):
        if carries(leaf):
            kind = np.complex128 if np.iscomplexobj(leaf) else np.float64
            yield np.asarray(leaf, dtype=kind)


def differences(
    fun: Callable[..., Any], args: tuple[Any, ...], tangents: Any, eps: float | None
) -> tuple[Vector, float]:
    """Give the directional derivative by extrapolated differences, and an estimate of its error."""
    size = max([1.0, *(float(np.max(np.abs(t), initial=0.0)) for t in numbers(tangents))])
    first = eps if eps is not None else 0.1 if precision(args) > 1e-10 else 0.01

    def moved(step: float) -> Vector:
        def leaf(part: Any, dot: Any) -> Any:
            if not carries(part):
                return copy.deepcopy(part) if isinstance(part, np.ndarray) else part
            total = part + step * dot
            return total.astype(part.dtype) if isinstance(part, np.ndarray) else type(part)(total)

        # Settings have no tangent, and a tree may end there.
        return vector(
            fun(*(mapped(leaf, arg, dot) for arg, dot in zip(args, tangents, strict=True)))
        )

    best, error = None, math.inf
    row: list[Vector] = []
    for level in range(LEVELS):
        step = first / size / 2.0**level
        last, row = row, [(moved(step) - moved(-step)) / (2.0 * step)]
        for k, older in enumerate(last):
            factor = 4.0 ** (k + 1)
            row.append((factor * row[k] - older) / (factor - 1.0))
            spread = max(largest(row[-1] - row[-2]), largest(row[-1] - older))
            if spread < error:
                best, error = row[-1], spread
    if best is None:
        raise AssertionError("finite differences are not finite: the function is not smooth here")
    return best, error


def largest(values: Vector) -> float:
    return float(np.max(np.abs(values), initial=0.0))


def precision(value: Any) -> float:
    """Give the relative spacing of the coarsest numbers."""
    spacings = [
        float(np.finfo(np.asarray(leaf).dtype).eps) for _, leaf in leaves(value) if carries(leaf)
    ]
    return max(spacings)


def tolerances(
    args: tuple[Any, ...],
    expected: Vector,
    error: float,
    limits: tuple[float | None, float | None, float | None],
) -> float:
    """Give how far a derivative may be off."""
    atol, rtol, _ = limits
    spacing = precision(args)
    default = spacing ** (2 / 3) if spacing < 1e-10 else 20 * spacing ** (2 / 3)
    absolute = default + 10 * error if atol is None else atol
    return absolute + (default if rtol is None else rtol) * largest(expected)


def compare(what: str, got: Vector, expected: Vector, allowed: float) -> None:
    if got.shape != expected.shape:
        raise AssertionError(f"{what} has {got.size} entries, finite differences {expected.size}")
    off = largest(got - expected)
    if not off <= allowed:  # also for nan
        raise AssertionError(
            f"{what} differs from finite differences by {off:.3e}, allowed is {allowed:.3e}\n"
            f"  derivative:  {got}\n  differences: {expected}"
        )
