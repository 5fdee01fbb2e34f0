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
    "middle": EXAMPLES["steppers.rk4_scalar"],
    "large": EXAMPLES["functions.damped_oscillator"],
}
Compile = Callable[[], object]


def grad(example: Example) -> Compile:
    function, args = again(example.function), example.arguments()
    return lambda: sx.grad(function, argnums=example.wrt)(*args)


def jvp_of_grad(example: Example) -> Compile:
    gradient = sx.grad(again(example.function), argnums=example.wrt)
    args = example.arguments()
    gradient(*args)
    drawn = [oracles.random_like(1, args[k]) for k in example.wrt]
    return lambda: sx.jvp(gradient, args, oracles.directions(args, example.wrt, drawn))


def vjp_of_grad(example: Example) -> Compile:
    gradient = sx.grad(again(example.function), argnums=example.wrt)
    args = example.arguments()
    gradient(*args)
    return lambda: sx.vjp(gradient, *args)


@pytest.mark.parametrize("order", [grad, jvp_of_grad, vjp_of_grad], ids=lambda f: f.__name__)
@pytest.mark.parametrize("size", PROGRAMS)
def test_compiling(
    benchmark: Any, size: str, order: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = itertools.count()

    def start() -> tuple[tuple[Compile], dict[str, Any]]:
        monkeypatch.setenv("SRCXFORM_CACHE_DIR", str(tmp_path / str(next(folders))))
        return (order(PROGRAMS[size]),), {}

    benchmark.pedantic(lambda compiling: compiling(), setup=start, rounds=5, warmup_rounds=1)
