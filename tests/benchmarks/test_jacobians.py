"""Jacobians by one batched sweep, beside the loop over unit vectors that they stand for.

Like `test_scaling.py` this asserts no time: `pytest tests/benchmarks --benchmark-only` prints it.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcxform as sx

RNG = np.random.default_rng(0)
W = [RNG.normal(size=(100, 100)) / 10.0 for _ in range(3)]


def network(x):
    """100 numbers to 100 numbers."""
    for w in W:
        x = np.tanh(w @ x)
    return x


def dense(x, w1, w2, w3):
    return np.tanh(w3 @ np.tanh(w2 @ np.tanh(w1 @ x)))


def recurrence(x):
    """A loop that writes in place: the loop stays, its turns serve all rows."""
    y = np.zeros_like(x)
    for k in range(1, len(x)):
        y[k] = 0.5 * np.sin(y[k - 1]) + x[k] ** 2
    return y


def loss(x, w1, w2, w3):
    """A Jacobian inside a function that is differentiated."""
    return np.sum(sx.jacrev(dense)(x, w1, w2, w3) ** 2)


def rows(fun: Any, *args: Any) -> Any:
    out, pull = sx.vjp(lambda x: fun(x, *args[1:]), args[0])
    return np.stack([pull(unit)[0] for unit in np.eye(len(out))])


def columns(fun: Any, *args: Any) -> Any:
    push, x = sx.jvp(lambda x: fun(x, *args[1:])), args[0]
    return np.stack([push((x,), (unit,))[1] for unit in np.eye(len(x))], axis=-1)


def best(function: Callable[[], Any], repeats: int = 7) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


CASES = {
    "network, reverse": (sx.jacrev, rows, network, (W[0][0],)),
    "network, forward": (sx.jacfwd, columns, network, (W[0][0],)),
    "dense, reverse": (sx.jacrev, rows, dense, (W[0][0], *W)),
    "recurrence, reverse": (sx.jacrev, rows, recurrence, (W[0][0],)),
    "recurrence, forward": (sx.jacfwd, columns, recurrence, (W[0][0],)),
    "of three numbers": (sx.jacrev, rows, recurrence, (W[0][0][:3],)),
}


@pytest.mark.parametrize("name", CASES)
def test_jacobian(benchmark: Any, name: str) -> None:
    maker, loop, fun, args = CASES[name]
    jacobian = maker(fun)
    np.testing.assert_allclose(jacobian(*args), loop(fun, *args), rtol=1e-12, atol=1e-14)
    ratio = best(lambda: loop(fun, *args)) / best(lambda: jacobian(*args))
    benchmark.extra_info["loop over unit vectors / one sweep"] = round(ratio, 1)
    benchmark(jacobian, *args)


def test_inside(benchmark: Any) -> None:
    """The gradient of a loss that holds a Jacobian, against the loss itself."""
    args, gradient = (W[0][0], *W), sx.value_and_grad(loss)
    value, _ = gradient(*args)
    np.testing.assert_allclose(value, loss(*args), rtol=1e-12)
    ratio = best(lambda: gradient(*args)) / best(lambda: loss(*args))
    benchmark.extra_info["gradient / loss"] = round(ratio, 1)
    benchmark(gradient, *args)
