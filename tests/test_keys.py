"""Dicts with keys that are floats: the keys carry no derivative, whatever is computed with them.

Against closed forms, in both modes and to second order; reverse over reverse is refused, since the
kind of such a key is not told.
"""

from typing import Any

import numpy as np
import pytest

import srcxform as sx

X, V = np.array([0.7, 1.3]), np.array([0.4, -1.1])
WIDTHS = np.array([1.5, 2.5])


def displayed(x: Any) -> Any:
    table = {("a", 1.5): x[0], ("b", 2.5): x[1]}
    total = 0.0
    for (_, width), value in table.items():
        total += value**width * width
    return total


def keys_only(x: Any) -> Any:
    table = {("a", 1.5): x[0], ("b", 2.5): x[1]}
    total = 0.0
    for key in table:
        total += table[key] ** key[1] * key[1]
    return total


def counted(x: Any) -> Any:
    table = {("a", 1.5): x[0], ("b", 2.5): x[1]}
    return sum(v**w * w for _, ((_, w), v) in enumerate(table.items()))


def told_late(x: Any) -> Any:
    table = {}
    for k in range(2):
        table[1.5 + k] = x[k]
    return sum(value**width * width for width, value in table.items())


def taken_out(x: Any) -> Any:
    table = {("a", 1.5): x[0], ("b", 2.5): x[1]}
    total = 0.0
    while table:
        (_, width), value = table.popitem()
        total += value**width * width
    return total


PROGRAMS = (displayed, keys_only, counted, told_late, taken_out)


@pytest.mark.parametrize("program", PROGRAMS)
def test_derivatives(program: Any) -> None:
    slope = WIDTHS**2 * X ** (WIDTHS - 1)
    curve = WIDTHS**2 * (WIDTHS - 1) * X ** (WIDTHS - 2) * V
    assert np.allclose(sx.grad(program)(X), slope, rtol=1e-13)
    assert np.isclose(sx.jvp(program, (X,), (V,))[1], slope @ V, rtol=1e-13)
    assert np.allclose(sx.jvp(sx.grad(program), (X,), (V,))[1], curve, rtol=1e-13)
    forward = sx.grad(lambda x: sx.jvp(program, (x,), (V,))[1])
    assert np.allclose(forward(X), curve, rtol=1e-13)


@pytest.mark.parametrize("program", PROGRAMS)
def test_reverse_over_reverse(program: Any) -> None:
    with pytest.raises(sx.errors.NoDerivativeError, match="type could not be told ahead"):
        sx.vjp(sx.grad(program), X)
