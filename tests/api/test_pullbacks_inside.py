"""Pullbacks of programs that write in place, taken and called inside what is differentiated."""

from collections.abc import Callable
from typing import Any

import numpy as np
import oracles
import pytest
from programs import factorise

import srcxform as sx

A = np.random.default_rng(3).normal(size=(4, 3))
SEED = np.random.default_rng(4).normal(size=(4, 3))


def back(a: Any) -> Any:
    _, pullback = sx.vjp(factorise.gram_schmidt, a)
    return pullback(SEED)[0]


def back_of_loop(a: Any) -> Any:
    def steps(u: Any) -> Any:
        u = u.copy()
        for _ in range(3):
            u[1:-1] += 0.1 * np.sin(u[2:] - 2.0 * u[1:-1] + u[:-2])
        return u

    _, pullback = sx.vjp(steps, a)
    return pullback(SEED)[0] * a


@pytest.mark.parametrize("function", [back, back_of_loop])
def test_both_modes(function: Callable[[Any], Any]) -> None:
    """Forward against differences, backward by the dot product."""
    u, v = (np.random.default_rng(seed).normal(size=A.shape) for seed in (5, 6))
    out, dot = sx.jvp(function, (A,), (u,))
    assert np.array_equal(out, function(A))
    assert oracles.close(dot, oracles.richardson_jvp(function, (A,), (0,), (u,)), 1e-8)
    _, pullback = sx.vjp(function, A)
    assert np.isclose(np.vdot(pullback(v)[0], u), np.vdot(v, dot), rtol=1e-11, atol=1e-12)


def in_a_list(x: Any) -> Any:
    pullbacks = []
    for _ in range(3):
        x, pullback = sx.vjp(lambda z: np.sin(z) * 1.5, x)
        pullbacks.append(pullback)
    return sum(pullback(1.0)[0] for pullback in pullbacks)


def in_a_tuple(x: Any) -> Any:
    pullbacks: Any = ()
    for _ in range(3):
        x, pullback = sx.vjp(lambda z: np.sin(z) * 1.5, x)
        pullbacks = (pullback, *pullbacks)
    g = 1.0
    for pullback in pullbacks:
        g = pullback(g)[0]
    return g


def in_a_comprehension(x: Any) -> Any:
    pullbacks = [sx.vjp(lambda z: np.sin(z) * z, x * k)[1] for k in range(3)]
    return pullbacks[0](1.0)[0] + 2.0 * pullbacks[1](1.0)[0]


def in_a_dict(x: Any) -> Any:
    pullbacks = {}
    for k in range(3):
        x, pullbacks[k] = sx.vjp(lambda z: np.sin(z) * 1.5, x)
    return pullbacks[0](1.0)[0] * pullbacks[2](1.0)[0]


def gradients_in_a_list(x: Any) -> Any:
    def scaled(a: Any) -> Any:
        return lambda z: a * z**2

    slopes = []
    for _ in range(3):
        x = np.sin(x)
        slopes.append(sx.grad(scaled(x)))
    return sum(slope(2.0) for slope in slopes)


def chosen_in_a_list(x: Any) -> Any:
    functions = []
    for k in range(3):
        if x > 0.5:
            f = lambda z, k=k * x: z * k  # noqa: E731
        else:
            f = lambda z, k=k * x: z**2 * k  # noqa: E731
        functions.append(f)
    return sum(f(x) for f in functions)


def in_a_list_of_any_length(x: Any) -> Any:
    pullbacks = []
    while x > 0.1:
        x, pullback = sx.vjp(lambda z: np.sin(z) * 0.5, x)
        pullbacks.append(pullback)
    return sum(pullback(1.0)[0] for pullback in pullbacks)


@pytest.mark.parametrize(
    "function",
    [in_a_list, in_a_tuple, in_a_comprehension, in_a_dict, gradients_in_a_list, chosen_in_a_list],
)
def test_those_of_all_turns(function: Callable[[Any], Any]) -> None:
    """They are not taken for the last one."""
    out, dot = sx.jvp(function, (0.4,), (1.0,))
    assert np.isclose(out, function(0.4), rtol=1e-12)
    assert oracles.close(dot, oracles.richardson_jvp(function, (0.4,), (0,), (1.0,)), 1e-8)


def test_how_many_turns_is_not_known() -> None:
    with pytest.raises(sx.errors.UnsupportedError, match="which function is called here"):
        sx.jvp(in_a_list_of_any_length, (0.4,), (1.0,))
