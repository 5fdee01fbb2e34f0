"""No bit changes, however arrays lie in memory.

NumPy adds the elements of an array up in the order in which they lie in memory, and copies with
the method `copy` lie in another order than copies with `np.copy`. So a pass that drops or swaps a
copy changes the last bits of a sum that is taken much later. Arrays of the corpus are small and
lie row by row; these are large enough for sums in pieces, and lie in every order.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pytest
from test_programs_again import without_passes
from test_switches import again

import srcxform as sx

Function = Callable[..., Any]


def numbers(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def turned(m, w):
    a = np.sin(m)
    total = np.sum(np.einsum("ij->ji", a) ** 2)
    a[0, 0] = m[0, 1]
    return total + np.sum(a * w.T)


def diffused(u, w):
    u = u.copy()
    for _ in range(3):
        u[1:-1, 1:-1] += 0.1 * (u[2:, 1:-1] - u[1:-1, 1:-1]) + w[0, 0]
    return np.sum(u * u)


def mixed(m, w):
    p = 1 / (1 + np.exp(-(m * w.T)))
    b = -p + m
    return np.sum(b * b) + np.sum((p - m) ** 2)


def copied(m, w):
    a = m.copy()
    b = (m * w.T).copy()
    a[0] = w[0, 0]
    c = np.copy(m)
    c[1] *= 2.0
    return np.sum(a * m) + np.sum(b**2) + np.sum(c * m) + np.sum(m.copy() * w.T)


def filled(m, w):
    out = np.zeros_like(m)
    out[:, 1:] = m[:, :-1] * w[1, 1]
    out[1:, :] += w[0, 0]
    part = out[2:, 3:]
    q = np.sum(part)
    out[2:, 3:] = 0.0
    return q * np.sum(out * m)


def normalised(m, w):
    h = np.tanh(m @ w + m[:, :1])
    p = h / np.sum(h * h, axis=1, keepdims=True)
    return np.mean(p**2) + np.sum((m - np.mean(m, axis=0)) ** 2)


LAYOUTS: dict[str, Function] = {
    "by_rows": np.ascontiguousarray,
    "by_columns": np.asfortranarray,
    "with_gaps": lambda a: np.repeat(np.repeat(a, 2, axis=0), 2, axis=1)[::2, ::2],
}


def derivatives(function: Function, args: tuple[Any, ...]) -> Any:
    function = again(function)
    tangents = tuple(oracles.random_like(11 + k, arg) for k, arg in enumerate(args))
    value, pullback = sx.vjp(function, *args)
    both = sx.grad(function, argnums=(0, 1))(*args)
    return sx.jvp(function)(args, tangents), value, pullback(1.7), both


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("function", [turned, diffused, mixed, copied, filled, normalised])
def test_no_bit_changes(
    function: Function, layout: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    args = tuple(map(LAYOUTS[layout], (numbers(1, 37, 41), numbers(2, 41, 37))))
    with without_passes(monkeypatch, tmp_path):
        found = derivatives(function, args)
    expected = derivatives(function, args)
    assert oracles.identical(found, expected)
    assert oracles.identical(expected[1], function(*args)), "the function itself, in its own order"
