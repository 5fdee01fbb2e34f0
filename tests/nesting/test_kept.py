"""What a pullback reads stays as it was, whatever its caller writes in between."""

from collections.abc import Callable
from typing import Any

import numpy as np
import oracles
import pytest

import srcxform as sx

POINT, WEIGHTS = np.array([0.3, 0.8, -0.4]), np.array([1.0, -0.5, 2.0])


def residual_in_place(x: Any) -> Any:
    out, pull = sx.vjp(np.exp, x)
    out -= WEIGHTS
    return np.sum(pull(out)[0])


def residual_by_hand(x: Any) -> Any:
    return np.sum((np.exp(x) - WEIGHTS) * np.exp(x))


def argument_written(x: Any) -> Any:
    point = 1.0 * x
    out, pull = sx.vjp(lambda x: np.sum(x**3), point)
    point[:] = 5.0
    return np.sum(pull(out)[0])


def argument_by_hand(x: Any) -> Any:
    return np.sum(np.sum(x**3) * 3.0 * x**2)


def linear_later(x: Any) -> Any:
    out, push = sx.linearize(np.tanh, x)
    out -= WEIGHTS
    return np.sum(push(out))


def linear_by_hand(x: Any) -> Any:
    return np.sum((np.tanh(x) - WEIGHTS) * (1.0 - np.tanh(x) ** 2))


def captured_written(x: Any) -> Any:
    scale = 2.0 * x
    out, pull = sx.vjp(lambda y: np.sum(scale * y * y), x)
    scale *= 0.0
    return out * np.sum(pull(1.0)[0])


def captured_by_hand(x: Any) -> Any:
    return np.sum(2.0 * x**3) * np.sum(4.0 * x**2)


PAIRS = {
    "the result": (residual_in_place, residual_by_hand),
    "an argument": (argument_written, argument_by_hand),
    "of a linear function": (linear_later, linear_by_hand),
    "what is captured": (captured_written, captured_by_hand),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_written_between(pair: tuple[Callable[..., Any], Callable[..., Any]]) -> None:
    found, wanted = pair
    assert np.isclose(found(POINT.copy()), wanted(POINT), rtol=1e-12)
    truth = oracles.richardson_jvp(wanted, (POINT,), (0,), (WEIGHTS,))
    forward = sx.jvp(found, (POINT.copy(),), (WEIGHTS,))[1]
    backward = sx.grad(found)(POINT.copy()) @ WEIGHTS
    assert oracles.close(forward, truth, 1e-8) and oracles.close(backward, truth, 1e-8)


def test_arguments_written_between_calls() -> None:
    point = np.array([1.0, 2.0])
    out, pull = sx.vjp(lambda x: {"cubes": x**3, "aux": x}, point)
    point[:] = 7.0
    out["cubes"][:] = 0.0
    out["aux"][:] = 0.0
    bar = {"cubes": np.ones(2), "aux": np.zeros(2)}
    assert np.allclose(pull(bar)[0], [3.0, 12.0], rtol=1e-14)
    assert np.allclose(pull(bar)[0], [3.0, 12.0], rtol=1e-14)


def test_nothing_is_copied_where_nothing_is_written() -> None:
    def still(x: Any) -> Any:
        out, pull = sx.vjp(lambda x: np.sum(np.tanh(x)), x)
        return np.sum(pull(out)[0] * x)

    text = sx.source(sx.jvp(still), (POINT,), (POINT,))
    assert "snapshot" not in text and "copy" not in text
