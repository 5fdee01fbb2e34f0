"""How long it takes to write a derivative: of a small, a middle and a large program, twice over.

Each round starts from a function for which nothing has been compiled, in a cache folder of its own;
what a second derivative is taken of has been written before. The rules are loaded already.
"""

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import srcxform as sx

sys.path.insert(0, str(Path(__file__).parents[1]))

import oracles
from programs import Example, corpus
from test_switches import again

EXAMPLES = {example.name: example for example in corpus()}
PROGRAMS = {
    "small": EXAMPLES["returns.return_in_each_arm"],
    "middle": EXAMPLES["factorise.gram_schmidt"],
    "large": EXAMPLES["steppers.rk4_lorenz"],
}
Compile = Callable[[], object]


def first(example: Example) -> Compile:
    function, args = again(example.function), example.arguments()
    return lambda: sx.vjp(function, *args)


def jvp_of_vjp(example: Example) -> Compile:
    """The tangent of an inner product with the gradient."""
    along, args = with_gradient(example)
    along(*args)
    return lambda: sx.jvp(along, args, oracles.random_like(1, args))


def vjp_of_vjp(example: Example) -> Compile:
    along, args = with_gradient(example)
    along(*args)
    return lambda: sx.vjp(along, *args)


def with_gradient(example: Example) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    function, args = again(example.function), example.arguments()
    out_bar = oracles.random_like(2, function(*args))

    def gradient(*values):
        _, pullback = sx.vjp(function, *values)
        return pullback(out_bar)

    return gradient, args


@pytest.mark.parametrize("order", [first, jvp_of_vjp, vjp_of_vjp], ids=lambda f: f.__name__)
@pytest.mark.parametrize("size", PROGRAMS)
def test_compiling(
    benchmark: Any, size: str, order: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = itertools.count()

    def start() -> tuple[tuple[Compile], dict[str, Any]]:
        monkeypatch.setenv("SRCXFORM_CACHE_DIR", str(tmp_path / str(next(folders))))
        return (order(PROGRAMS[size]),), {}

    benchmark.pedantic(lambda compiling: compiling(), setup=start, rounds=5, warmup_rounds=1)
