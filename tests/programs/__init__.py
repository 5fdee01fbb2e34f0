"""The corpus: user programs by feature, each with example arguments.

A program is an ordinary numerical function. `example` records it with arguments and hands the
same function object back, so that the compiler sees exactly what a user would have written.
`corpus()` imports every file of this folder and returns all examples in order of file and line.

>>> from programs import corpus
>>> len(corpus()) >= 150
True
"""

import copy
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Example:
    """One program with one set of arguments.

    `wrt` are the positions of the differentiated arguments, `argnums` the same as the author wrote
    it (an int gives a bare gradient, a tuple a tuple). `analytic`: complex step applies. `smooth`:
    finite differences apply; False for results that jump within the reach of a step, such as a
    loop that runs until a tolerance is met.
    """

    function: Callable[..., Any]
    template: tuple[Any, ...]
    argnums: int | tuple[int, ...]
    analytic: bool
    smooth: bool
    label: str | None

    @property
    def wrt(self) -> tuple[int, ...]:
        """Positions of the differentiated arguments, always a tuple."""
        return self.argnums if isinstance(self.argnums, tuple) else (self.argnums,)

    @property
    def feature(self) -> str:
        """The file the program stands in."""
        return self.function.__module__.rpartition(".")[2]

    @property
    def name(self) -> str:
        """What failures are reported under: file, function and, if given, the label."""
        suffix = f":{self.label}" if self.label else ""
        return f"{self.feature}.{self.function.__name__}{suffix}"

    def arguments(self) -> tuple[Any, ...]:
        """Fresh arguments: programs may write to theirs. Sharing between them is kept."""
        return copy.deepcopy(self.template)


_RECORDED: list[Example] = []


def example(
    *args: Any,
    wrt: int | tuple[int, ...] = 0,
    analytic: bool = True,
    smooth: bool = True,
    name: str | None = None,
) -> Callable[[F], F]:
    """Record the decorated function with these arguments; return it unchanged.

    May be stacked, one for each set of arguments; then all but one need a `name`.
    """
    if not (analytic or smooth):
        raise ValueError("an example needs one oracle: analytic or smooth")

    def record(function: F) -> F:
        _RECORDED.append(Example(function, args, wrt, analytic, smooth, name))
        return function

    return record


def normal(seed: int, *shape: int) -> Any:
    """Standard normal numbers, the same for the same seed; a Python float without a shape."""
    values = np.random.default_rng(seed).normal(size=shape)
    return values if shape else float(values)


def positive(seed: int, *shape: int) -> Any:
    """Numbers between 0.5 and 1.5, the same for the same seed; a Python float without a shape."""
    values = np.random.default_rng(seed).uniform(0.5, 1.5, size=shape)
    return values if shape else float(values)


def spd(seed: int, n: int) -> Any:
    """A well conditioned symmetric positive definite matrix of size n."""
    a = normal(seed, n, n)
    return a @ a.T / n + 2.0 * np.eye(n)


@cache
def corpus() -> tuple[Example, ...]:
    """All examples of all files, in order of file, line and label; names are unique."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    examples = sorted(
        _RECORDED,
        key=lambda e: (e.feature, e.function.__code__.co_firstlineno, e.label or ""),
    )
    names = [e.name for e in examples]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ValueError(f"examples need distinct names: {', '.join(twice)}")
    return tuple(examples)
