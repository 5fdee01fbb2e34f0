"""How the cost of a gradient grows, and what it is against the function itself.

Not part of the suite: `pytest tests/benchmarks --benchmark-only` runs it. Nothing here asserts a
time, since a machine that is busy with other things proves nothing. The ratios are printed before
the table of times, and `--benchmark-json` keeps them as `extra_info`.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import rosen

import srcxform as sx

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

import digits
import heat
import orbit
import quickstart


def best(function: Callable[[], Any], repeats: int = 5) -> float:
    """The shortest of some runs, in seconds; it is the one that was disturbed least."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def total(x):
    """Reads each element in a loop: the gradient may not touch all of x each time."""
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * x[i]
    return s


def running(x):
    """Writes each element in a loop."""
    y = np.zeros_like(x)
    for i in range(1, len(x)):
        y[i] = y[i - 1] * 0.5 + x[i]
    return y[-1]


class Curve:
    """Reads each element of an array that an object holds."""

    def __init__(self, heights):
        self.heights = heights

    def bend(self):
        s = 0.0
        for i in range(1, len(self.heights)):
            s = s + self.heights[i] * self.heights[i - 1]
        return s


def held(x):
    """Reads each element where it is held: in a dict, and in an object."""
    table = {"x": x * 2.0}
    s = Curve(x).bend()
    for i in range(len(x)):
        s = s + table["x"][i] ** 2
    return s


@pytest.mark.parametrize("n", [2_000, 20_000])
@pytest.mark.parametrize("function", [total, running, held], ids=lambda f: f.__name__)
def test_loop(benchmark: Any, function: Callable[..., Any], n: int) -> None:
    """Ten times the elements take about ten times as long, not a hundred times."""
    gradient = sx.grad(function)
    x, longer = np.linspace(0.0, 1.0, n), np.linspace(0.0, 1.0, 10 * n)
    result = gradient(x)
    if function is total:
        np.testing.assert_array_equal(result, 2.0 * x)
    growth = best(lambda: gradient(longer), 3) / best(lambda: gradient(x), 3)
    benchmark.extra_info["time for 10 n / time for n"] = round(growth, 2)
    benchmark(gradient, x)


def kernels() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    """The functions that the examples differentiate, with arguments of their size."""
    rng = np.random.default_rng(0)
    network = {
        "w1": rng.normal(size=(64, 48)),
        "b1": np.zeros(48),
        "w2": rng.normal(size=(48, 10)),
        "b2": np.zeros(10),
    }
    batch = rng.random((64, 64)), rng.integers(0, 10, 64)
    plate = heat.hot_plate(48)
    return {
        "quickstart": (quickstart.pendulum, (0.5, 1.2, 150)),
        "rosen": (rosen, (rng.normal(size=1000),)),
        "digits": (digits.loss, (network, *batch)),
        "heat": (heat.misfit, (0.7, plate, heat.diffuse(1.0, plate))),
        "orbit": (first_coordinate, ((-0.93, -0.86),)),
    }


def first_coordinate(velocity):
    return orbit.final_position(velocity)[0]


@pytest.mark.parametrize("name", kernels())
def test_primal(benchmark: Any, name: str) -> None:
    function, arguments = kernels()[name]
    benchmark(function, *arguments)


@pytest.mark.parametrize("name", kernels())
def test_gradient(benchmark: Any, name: str) -> None:
    """A gradient costs a small multiple of its function."""
    function, arguments = kernels()[name]
    gradient = sx.grad(function)
    gradient(*arguments)  # written and loaded before it is timed
    ratio = best(lambda: gradient(*arguments)) / best(lambda: function(*arguments))
    benchmark.extra_info["gradient / primal"] = round(ratio, 2)
    benchmark(gradient, *arguments)


@pytest.mark.parametrize("name", kernels())
def test_jvp(benchmark: Any, name: str) -> None:
    """So does a derivative in one direction."""
    function, arguments = kernels()[name]
    derivative = sx.jvp(function)
    tangents = tuple(direction(argument) for argument in arguments)
    derivative(arguments, tangents)
    ratio = best(lambda: derivative(arguments, tangents)) / best(lambda: function(*arguments))
    benchmark.extra_info["jvp / primal"] = round(ratio, 2)
    benchmark(derivative, arguments, tangents)


def direction(value: Any) -> Any:
    """A tangent of ones for whatever is real, as the structure wants it."""
    if isinstance(value, dict):
        return {key: direction(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(direction, value))
    if isinstance(value, np.ndarray):
        return np.ones_like(value) if value.dtype.kind == "f" else None
    return 1.0 if isinstance(value, float) else None


def mlp_loss(w):
    hidden = np.tanh(w.reshape(200, 100) @ INPUTS)
    return np.mean((WEIGHTS @ hidden) ** 2)


def diffusion(u):
    for _ in range(200):
        u = u + 0.01 * (np.roll(u, 1) - 2.0 * u + np.roll(u, -1)) - 0.01 * u * u * u
    return np.sum(u * u)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


INPUTS = np.random.default_rng(1).normal(size=(100, 256))
WEIGHTS = np.random.default_rng(2).normal(size=(50, 200)) / 14.0


@pytest.mark.parametrize(
    ("function", "size"),
    [(mlp_loss, 20_000), (diffusion, 2_000), (rosenbrock, 100_000)],
    ids=["mlp_loss", "diffusion", "rosenbrock"],
)
def test_gradient_of_a_gradient(benchmark: Any, function: Callable[..., Any], size: int) -> None:
    """In reverse an inner gradient costs what its product with the Hessian costs forward."""
    x, v = np.random.default_rng(3).normal(size=(2, size)) / 10.0
    nested = sx.grad(lambda x: np.vdot(sx.grad(function)(x), v))
    inner = sx.grad(function)

    def product() -> Any:
        return sx.jvp(inner, (x,), (v,))[1]

    np.testing.assert_allclose(nested(x), product(), rtol=1e-10, atol=1e-10)
    pairs = [(best(lambda: nested(x)), best(product)) for _ in range(5)]
    ratio = min(a for a, _ in pairs) / min(b for _, b in pairs)
    benchmark.extra_info["against jvp of grad"] = ratio
    with sx.mode_switching(False):
        as_nested = best(lambda: nested(x), 15)
    benchmark.extra_info["reverse over reverse"] = as_nested / min(b for _, b in pairs)
    benchmark(lambda: nested(x))
