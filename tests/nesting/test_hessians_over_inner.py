"""Hessians, in all orders of modes, of programs that take derivatives or checkpoints inside."""

from collections.abc import Callable
from typing import Any

import numpy as np
import oracles
import pytest
from programs.shares import ALL

import srcxform as sx

X = np.array([0.5, 0.8])


def product(x: Any) -> Any:
    return np.sin(x[1]) * x[0]


def waves(x: Any, n: int = 2, how: str = "cos") -> Any:
    y = x
    for _ in range(n):
        y = np.sin(y) * y if how == "sine" else np.cos(y) * y
    return y


def scaled(x: Any, n: int) -> Any:
    y = x
    for _ in range(n):
        y = np.sin(y) * n
    return y


def picked(x: Any, k: int) -> Any:
    return np.sin(x[k]) * x[0]


def of_inner_gradient(x: Any) -> Any:
    return np.sum(sx.grad(product)(x) ** 2)


def of_inner_pullback(x: Any) -> Any:
    _, pull = sx.vjp(product, x)
    return np.sum(pull(1.0)[0] ** 2)


def of_inner_pullback_of_loop(x: Any) -> Any:
    _, pull = sx.vjp(lambda y: waves(y, 2, "sine"), x)
    return np.sum(pull(np.ones(2))[0] ** 2)


def of_pullback_with_settings(x: Any) -> Any:
    _, pull = sx.vjp(waves, x, 3, "sine")
    bar, count_bar, setting_bar = pull(np.ones(2))
    assert setting_bar is None
    return np.sum(bar**2) + count_bar


def of_tangent_with_settings(x: Any) -> Any:
    return np.sum(sx.jvp(waves, (x, 3, "sine"), (x * x, 0.0, None))[1])


def of_pullback_with_positions(x: Any) -> Any:
    _, pull = sx.vjp(lambda y, k: np.sin(y[k]) * y, x, np.array([1, 0]))
    bar, position_bar = pull(np.ones(2))
    return np.sum(bar**2) + np.sum(position_bar)


def checkpoint_with_names(x: Any) -> Any:
    return np.sum(sx.checkpoint(waves)(x, n=3, how="sine"))


def checkpoint_with_count(x: Any) -> Any:
    return np.sum(sx.checkpoint(waves)(x, 3, "sine"))


def checkpoint_with_count_and_factor(x: Any) -> Any:
    return np.sum(sx.checkpoint(scaled)(x, 3))


def checkpoint_with_position(x: Any) -> Any:
    return sx.checkpoint(picked)(x, 1)


PROGRAMS = [
    of_inner_gradient,
    of_inner_pullback,
    of_inner_pullback_of_loop,
    of_pullback_with_settings,
    of_tangent_with_settings,
    of_pullback_with_positions,
    checkpoint_with_names,
    checkpoint_with_count,
    checkpoint_with_count_and_factor,
    checkpoint_with_position,
]


@pytest.mark.parametrize("program", PROGRAMS if ALL else PROGRAMS[::2], ids=lambda f: f.__name__)
def test_every_order(program: Callable[[Any], Any]) -> None:
    """Differences of the gradient, whose own are those of the program."""
    u = np.array([1.0, -2.0])
    gradient = sx.grad(program)
    slope = oracles.richardson_jvp(program, (X,), (0,), (u,))
    assert np.isclose(gradient(X) @ u, slope, rtol=1e-8, atol=1e-9)
    expected = oracles.richardson_jvp(gradient, (X,), (0,), (u,))
    found = [
        sx.hvp(program, (X,), (u,))[0],
        sx.hessian(program)(X) @ u,
        sx.jacrev(sx.jacrev(program))(X) @ u,
        sx.jacrev(gradient)(X) @ u,
        sx.jacfwd(sx.jacfwd(program))(X) @ u,
        sx.vjp(gradient, X)[1](u)[0],
    ]
    for one in found:
        assert oracles.close(one, expected, 1e-7)
