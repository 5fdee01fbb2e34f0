"""Third derivatives of the corpus: all mixes of forward and reverse mode, three levels deep.

A program with one real number for its result (any other is contracted with fixed numbers) is
differentiated three times along fixed directions. Each of the three levels is either `jvp` or
`grad` with a product behind it, written as a function that calls the one below. All eight mixes
give one number, the third derivative along these directions.

    python tests/nesting/orders.py 0 50     # examples 0 to 49 of the corpus, with what fails
"""

import itertools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import oracles
from contractions import contraction
from programs import Example, corpus

import srcxform as sx
from srcxform.syntax.written import written

PATIENCE = 60.0  # seconds of processor time for one mix of one program
MIXES = tuple("".join(mix) for mix in itertools.product("FR", repeat=3))
SEEDS = (11, 23, 31)

Function = Callable[..., Any]


def value_of(example: Example) -> Function:
    """The example as a function of what is differentiated in it, to one real number."""
    args = example.arguments()
    names = [f"x{k}" if k in example.wrt else f"a{k}" for k in range(len(args))]
    out = example.function(*example.arguments())
    bindings: dict[str, Any] = {"np": np, "program": example.function}
    bindings |= {f"a{k}": arg for k, arg in enumerate(args) if k not in example.wrt}
    weights: dict[str, Any] = {}
    terms = contraction("out", out, weights, "c", oracles.random_like(37, out))
    if not terms:
        raise LookupError("nothing in the result can be differentiated")
    given = ", ".join(f"x{k}" for k in sorted(example.wrt))
    lines = [
        f"def value({given}):",
        f"    out = program({', '.join(names)})",
        f"    return {' + '.join(terms)}",
    ]
    return written("value", lines, {**bindings, **weights})


def level(example: Example, fun: Function, mode: str, seed: int) -> Function:
    """The derivative of `fun` along the direction with this seed, by one mode."""
    args = example.arguments()
    wrt = sorted(example.wrt)
    directions = {k: oracles.random_like(seed + k, args[k]) for k in wrt}
    given = ", ".join(f"x{k}" for k in wrt)
    bindings: dict[str, Any] = {"np": np, "fun": fun, "jvp": sx.jvp, "grad": sx.grad}
    bindings |= {f"u{k}": direction for k, direction in directions.items()}
    if mode == "F":
        along = "".join(f"u{k}, " for k in wrt)
        lines = [f"    return jvp(fun, ({given},), ({along}))[1]"]
    else:
        weights: dict[str, Any] = {}
        terms = [
            t
            for place, k in enumerate(wrt)
            for t in contraction(f"g[{place}]", args[k], weights, "u", directions[k])
        ]
        bindings |= weights
        argnums = tuple(range(len(wrt)))
        lines = [
            f"    g = grad(fun, argnums={argnums})({given})",
            f"    return {' + '.join(terms)}",
        ]
    return written("level", [f"def level({given}):", *lines], bindings)


def third_derivative(example: Example, mix: str) -> float:
    """The third derivative by the modes in `mix`, the innermost first."""
    fun = value_of(example)
    for mode, seed in zip(mix[:-1], SEEDS, strict=False):
        fun = level(example, fun, mode, seed)
    args = example.arguments()
    wrt = sorted(example.wrt)
    values = [args[k] for k in wrt]
    directions = [oracles.random_like(SEEDS[2] + k, args[k]) for k in wrt]
    if mix[-1] == "F":
        return float(sx.jvp(fun, tuple(values), tuple(directions))[1])
    bars = sx.grad(fun, argnums=tuple(range(len(wrt))))(*values)
    total = 0.0
    for bar, direction in zip(bars, directions, strict=True):
        products = oracles.to_vector(bar) * oracles.to_vector(direction)
        total += float(np.real(np.sum(products)))
    return total


def is_eligible(example: Example) -> bool:
    """Whether third derivatives are asked for: programs that leave their arguments alone."""
    args = example.arguments()
    example.function(*args)
    return oracles.identical(args, example.arguments())


def tolerance(example: Example) -> float:
    """1e-9, or what the coarsest dtype among the arguments allows."""
    dtypes = [
        leaf.dtype
        for leaf in oracles.leaves(example.arguments())
        if isinstance(leaf, np.ndarray | np.generic) and oracles.is_differentiable(leaf)
    ]
    return max([1e-9, *(5000 * float(np.finfo(d).eps) for d in dtypes if np.finfo(d).eps > 1e-10)])


def survey(start: int, end: int, mixes: tuple[str, ...]) -> None:
    """Run a part of the corpus; print what refuses and what disagrees."""
    import faulthandler
    import signal

    faulthandler.enable()

    def late(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, late)
    for number, example in enumerate(corpus()[start:end], start):
        if not is_eligible(example):
            continue
        begin = time.perf_counter()
        found: dict[str, float] = {}
        for mix in mixes:
            signal.setitimer(signal.ITIMER_PROF, PATIENCE)
            try:
                found[mix] = third_derivative(example, mix)
            except Exception as error:
                told = " | ".join(line.strip() for line in str(error).split("\n")[:8])
                print(f"{number} {example.name} {mix} {type(error).__name__}: {told}", flush=True)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
        values = list(found.values())
        spread = max(values) - min(values) if values else 0.0
        scale = max([1.0, *map(abs, values)])
        word = "ok" if spread <= tolerance(example) * scale else "WRONG"
        if word == "WRONG" or not np.isfinite(scale):
            print(f"{number} {example.name} WRONG {found}", flush=True)
        took = time.perf_counter() - begin
        print(f"{number} {example.name} {word} {len(values)} {took:.1f}s", flush=True)


if __name__ == "__main__":
    os.nice(10)
    chosen = tuple(sys.argv[3].split(",")) if len(sys.argv) > 3 else MIXES
    survey(int(sys.argv[1]), int(sys.argv[2]), chosen)
