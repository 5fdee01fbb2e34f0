"""Equations of numbers and arrays solved in steps that a machine knows: what `jit` reads.

Everything is in double precision there, and the kinds say what is a number and what an array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform.api.forward import jvp
from srcxform.rules.predicates import is_array, is_number
from srcxform.runtime import refusal

__all__ = ["iterated", "linear_solution", "newton"]

SMALLEST = 4.0 * float(np.finfo(np.float64).eps)  # no step is smaller, relative to where it leads


def check_plain(x: Any) -> None:
    """Refuse, while compiling, what is no number and no array."""
    if not is_number(x) and not is_array(x):
        raise refusal(
            "UnsupportedError", "this cannot be compiled to native code", None,
            "the unknown of the equation is a container, and no number or array",
            "join the unknowns to one array, or call the function without jit",
        )  # fmt: skip


def iterated(f: Callable[[Any], Any], x0: Any, tolerance: float, limit: int) -> Any:
    """Compute a fixed point."""
    check_plain(x0)
    x = x0 * 1.0
    for _ in range(limit):
        new = f(x)
        if is_small(new - x, new, tolerance):
            return new
        x = new
    raise RuntimeError("the fixed-point iteration did not converge")


def newton(f: Callable[[Any], Any], x0: Any, tolerance: float, limit: int) -> Any:
    """Compute a root."""
    check_plain(x0)
    x = x0 * 1.0
    for _ in range(limit):
        slope = lambda v, x=x: jvp(f, (x,), (v,))[1]  # noqa: E731
        step = linear_solution(slope, f(x))
        x = x - step
        if is_small(step, x, tolerance):
            return x
    raise RuntimeError("Newton's method did not converge")


def is_small(step: Any, x: Any, tolerance: float) -> Any:
    if is_number(x):
        return abs(step) <= max(tolerance, SMALLEST) * max(1.0, abs(x))
    if np.size(x) == 0:
        return True
    return np.max(np.abs(step)) <= max(tolerance, SMALLEST) * max(1.0, np.max(np.abs(x)))


def linear_solution(product: Callable[[Any], Any], b: Any) -> Any:
    """Solve a linear equation, whose matrix is formed column by column."""
    check_plain(b)
    if is_number(b):
        return b / product(b * 0.0 + 1.0)
    units = np.eye(np.size(b)) + np.ravel(b) * 0.0
    columns = [np.ravel(product(np.reshape(unit, np.shape(b)))) for unit in units]
    return np.reshape(np.linalg.solve(np.stack(columns, axis=1), np.ravel(b)), np.shape(b))
