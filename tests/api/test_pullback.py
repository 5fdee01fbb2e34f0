"""`vjp`: the pullback's result and argument, and how often it can be called."""

import gc
import math
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import oracles
import pytest

import srcxform as sx


def layer(params, x, activation, n):
    for _ in range(n):
        x = np.tanh(params["w"] @ x + params["b"]) if activation == "tanh" else x
    return {"out": x, "size": n}


def test_one_entry_for_each_primal() -> None:
    params = {"w": np.array([[0.5, -0.2], [0.1, 0.3]]), "b": np.array([0.1, 0.2]), "id": "first"}
    x = np.array([0.3, -0.4])
    out, pullback = sx.vjp(layer, params, x, "tanh", 3)
    assert oracles.identical(out, layer(params, x, "tanh", 3))
    bars = pullback({"out": np.array([1.0, 2.0]), "size": None})
    assert len(bars) == 4
    assert list(bars[0]) == ["w", "b", "id"]
    assert bars[0]["id"] == "first"
    assert bars[2] is None
    assert bars[3] == 0.0
    u = oracles.random_like(1, (params, x))
    truth = oracles.complex_step_jvp(
        lambda p, x: layer(p, x, "tanh", 3)["out"], (params, x), (0, 1), u
    )
    assert oracles.dot(bars[:2], u) == pytest.approx(truth @ [1.0, 2.0], rel=1e-13)


def test_pullback_can_be_called_again() -> None:
    def f(x):
        history = []
        for k in range(3):
            history.append(np.sin(x) * (k + 1))
            x = history[k] * x
        return x

    x = np.array([0.4, 0.9])
    _, pullback = sx.vjp(f, x)
    first = pullback(np.ones(2))[0].copy()
    first_again = pullback(np.ones(2))[0]
    np.testing.assert_array_equal(first, first_again)
    first_again[:] = 7.0  # belongs to the caller
    np.testing.assert_array_equal(pullback(np.ones(2))[0], first)
    np.testing.assert_array_equal(pullback(2.0 * np.ones(2))[0], 2.0 * first)
    truth = oracles.complex_step_jvp(f, (x,), (0,), (np.ones(2),))
    np.testing.assert_allclose(first, truth, rtol=1e-14)


def test_cotangents_belong_to_the_caller() -> None:
    x, bar = np.ones(2), np.array([1.0, 2.0])
    _, pullback = sx.vjp(lambda x, y: x + y, x, x)
    left, right = pullback(bar)
    for one, others in ((left, (right, bar, x)), (right, (left, bar, x))):
        assert one.flags.writeable
        assert not any(np.shares_memory(one, other) for other in others)
    left += 1.0
    np.testing.assert_array_equal(bar, [1.0, 2.0])


def test_ints() -> None:
    _, pullback = sx.vjp(lambda x, n: x**n, 2.0, 3)
    np.testing.assert_allclose(pullback(1.0), (12.0, 8.0 * np.log(2.0)), rtol=1e-15)
    _, pullback = sx.vjp(lambda x, n: x[n] * sum(x[k] for k in range(n)), np.ones(3), 2)
    assert pullback(1.0)[1] == 0.0
    _, pullback = sx.vjp(lambda x, n: x / math.factorial(n), 3.0, 2)
    assert pullback(1.0) == (0.5, 0.0)
    out, pullback = sx.vjp(lambda x, y: x * y, 2, 3)
    assert (out, pullback(1.0)) == (6.0, (3.0, 2.0))
    _, pullback = sx.vjp(lambda x, n: np.sum(x * n), np.ones(2), np.arange(2))
    np.testing.assert_array_equal(pullback(1.0)[0], [0.0, 1.0])
    np.testing.assert_array_equal(pullback(1.0)[1], [0.0, 0.0])


def test_nothing_to_differentiate() -> None:
    out, pullback = sx.vjp(lambda s, n: s * len(n), "ab", np.arange(2))
    assert out == "abab"
    bars = pullback(None)
    assert bars[0] is None
    np.testing.assert_array_equal(bars[1], [0.0, 0.0])


def test_auxiliary_results() -> None:
    value, pullback, aux = sx.vjp(lambda x: (x * x, {"x": x, "s": "a"}), 3.0, has_aux=True)
    assert (value, aux) == (9.0, {"x": 3.0, "s": "a"})
    assert pullback(1.0) == (6.0,)
    with pytest.raises(TypeError, match="pair"):
        sx.vjp(lambda x: x, 3.0, has_aux=True)


def test_star_arguments() -> None:
    def f(x, *rest):
        return x * rest[0] * rest[1]

    _, pullback = sx.vjp(f, 2.0, 3.0, 4.0)
    assert pullback(1.0) == (12.0, 8.0, 6.0)


@pytest.mark.parametrize(
    ("function", "bar", "says"),
    [
        (lambda x: x, 1.0, r"the cotangent of the result of `.*` has shape \(\)"),
        (lambda x: x, np.ones(2), "shape"),
        (lambda x: x, np.ones(3) * 1j, "complex"),
        (lambda x: x, None, "None"),
        (lambda x: np.sum(x), np.ones(3), "number"),
        (lambda x: (x, x), (x := np.ones(3),), "1 entries, not 2"),
        (lambda x: {"a": x}, {"b": x}, "keys"),
        (lambda x: {"a": [x]}, {"a": [1.0]}, r"result\['a'\]\[0\]"),
    ],
)
def test_cotangents_that_do_not_fit(function, bar, says) -> None:
    _, pullback = sx.vjp(function, np.ones(3))
    with pytest.raises(TypeError, match=says):
        pullback(bar)


def test_wrong_calls() -> None:
    with pytest.raises(TypeError):
        sx.vjp(3.0, 1.0)
    with pytest.raises(TypeError, match="got 2 primals"):
        sx.vjp(lambda x: x, 1.0, 2.0)
    with pytest.raises(TypeError, match="missing 1 required"):
        sx.vjp(lambda x, y: x, 1.0)


def test_derivatives_of_derivatives() -> None:
    f = lambda x, y: x**3 * y
    out, pullback = sx.vjp(sx.grad(f, (0, 1)), 2.0, 3.0)
    assert out == (36.0, 8.0)
    assert pullback((1.0, 0.0)) == (36.0, 12.0)
    (out, dot), pullback = sx.vjp(sx.jvp(f), (2.0, 3.0), (1.0, 0.0))
    assert (out, dot) == (24.0, 36.0)
    primals_bar, tangents_bar = pullback((0.0, 1.0))
    assert primals_bar == (36.0, 12.0)
    assert tangents_bar == (36.0, 8.0)


def test_float32() -> None:
    x, w = np.ones(2, np.float32), np.ones(2)
    _, pullback = sx.vjp(lambda x, w: x * w, x, w)
    bars = pullback(np.ones(2))
    assert [bar.dtype for bar in bars] == [np.float32, np.float64]


def test_functions_are_not_kept_alive() -> None:
    """What is known of a function goes with it, the data that it captured too."""

    def make():
        data = np.ones(10)
        return lambda x: np.sum(data * x)

    f = make()
    sx.vjp(f, 1.0)[1](1.0)
    sx.grad(f)(1.0)
    sx.jvp(f, (1.0,), (1.0,))
    watch = weakref.ref(f)
    del f
    gc.collect()
    assert watch() is None


@dataclass
class Held:
    cost: float


def test_a_dict_that_gets_another_key() -> None:
    def scaled(x: float, held: dict[str, Any]) -> Any:
        held["scale"] = x * x
        return held["scale"] * held["first"].cost

    _, pullback = sx.vjp(scaled, 1.5, {"first": Held(2.0)})
    assert pullback(1.0) == (6.0, {"first": Held(2.25)})
