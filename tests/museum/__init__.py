"""Programs on which other systems of automatic differentiation gave wrong derivatives.

Each exhibit cites the public thread in which it was reported, as `owner/repository#number`. The
programs are our own, in plain Python and NumPy: as short as shows the same difficulty. One file for
each family of mistakes.

The truth is a closed form of the gradient, written down beside the program, or, where there is
none, extrapolated differences.
"""

import copy
import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

THREAD = re.compile(r"[\w.-]+/[\w.-]+#\d+")


@dataclass(frozen=True)
class Exhibit:
    """A scalar function of floats and float arrays, all of which are differentiated.

    Attributes:
        threads: Where others went wrong: "owner/repository#number".
        function: The program.
        args: Where it is differentiated; what is neither float nor float array is a setting.
        gradient: The closed form, of the arguments: one part for each differentiated argument (the
            part itself if there is only one). None if truth comes from differences.
        curved: Whether the closed form is smooth there, so that it can be differentiated again.
        refused: The name of the error class if the program is refused, else None.
    """

    threads: tuple[str, ...]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    gradient: Callable[..., Any] | None
    curved: bool
    refused: str | None

    @property
    def name(self) -> str:
        """What tests call it: the thread, then the program."""
        return f"{self.threads[0]}-{self.function.__name__}"

    @property
    def wrt(self) -> tuple[int, ...]:
        """The positions of the differentiated arguments."""
        return tuple(i for i, arg in enumerate(self.args) if is_differentiated(arg))

    def arguments(self) -> tuple[Any, ...]:
        """Fresh arguments."""
        return copy.deepcopy(self.args)


def is_differentiated(arg: Any) -> bool:
    """Whether an argument is a float or complex number or an array of them."""
    if isinstance(arg, np.ndarray):
        return bool(np.issubdtype(arg.dtype, np.inexact))
    return isinstance(arg, float | complex)


def exhibit(
    *threads: str,
    at: tuple[Any, ...],
    gradient: Callable[..., Any] | None = None,
    curved: bool = True,
    refused: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put a function into the museum."""
    for thread in threads:
        if not THREAD.fullmatch(thread):
            raise ValueError(f"no thread: {thread!r}")

    def put(function: Callable[..., Any]) -> Callable[..., Any]:
        shown = Exhibit(threads, function, at, gradient, curved, refused)
        SHOWN.append(shown)
        return function

    return put


SHOWN: list[Exhibit] = []


@cache
def exhibits() -> tuple[Exhibit, ...]:
    """All exhibits of all files."""
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("test_"):
            importlib.import_module(f"{__name__}.{info.name}")
    return tuple(SHOWN)
