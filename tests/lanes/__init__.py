"""Programs for one case, as scientists write them, each with arguments for four lanes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

N = 4
RNG = np.random.default_rng(7)
CASES: list["Case"] = []


@dataclass(frozen=True)
class Case:
    """A function, its arguments, where their lanes stand, and where those of the result go."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    axes: Any = 0
    out: Any = 0


def case(*args: Any, axes: Any = 0, out: Any = 0) -> Callable[[Any], Any]:
    def note(function: Any) -> Any:
        CASES.append(Case(function, args, axes, out))
        return function

    return note


def pos(*shape: int) -> Any:
    return 0.3 + RNG.random(shape)


def nor(*shape: int) -> Any:
    return RNG.normal(size=shape)
