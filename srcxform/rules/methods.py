"""Methods and attributes of arrays, as the functions they stand for.

`x.sum(0)` is read as `np.sum(x, 0)`. Where NumPy has no such function, the method itself, taken
from `np.ndarray`, is the function that the rules know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from srcxform.runtime import in_a_row, mT


@dataclass(frozen=True)
class Method:
    """A function that a method stands for, and how its arguments map.

    `packed` names the parameter that several positional arguments become one tuple for:
    `x.reshape(2, 3)` is `np.reshape(x, (2, 3))`; `several` does, where a single one stays
    what it is: `x.item(2)` counts in a row. `renamed` are keywords that the function knows
    under another name, as pairs (of the method, of the function). `filled` are parameters of the
    function that must be given, where the method may leave them out. `positional` are the names
    of what the method takes, where the function takes the array behind it as `owner`.
    """

    function: Any
    packed: str = ""
    several: str = ""
    renamed: tuple[tuple[str, str], ...] = ()
    filled: tuple[str, ...] = ()
    positional: tuple[str, ...] = ()
    owner: str = ""


NAMES = """
    all any argmax argmin argsort conj conjugate copy cumprod cumsum diagonal dot max mean
    min nonzero prod ravel repeat round searchsorted squeeze std sum swapaxes take trace var
"""

METHODS: dict[str, Method] = {name: Method(getattr(np, name)) for name in NAMES.split()} | {
    "astype": Method(np.ndarray.astype),
    "clip": Method(
        np.clip, renamed=(("min", "a_min"), ("max", "a_max")), filled=("a_min", "a_max")
    ),
    "compress": Method(np.compress, positional=("condition", "axis", "out"), owner="a"),
    "flatten": Method(np.ndarray.flatten),
    "item": Method(np.ndarray.item, several="index"),
    "reshape": Method(np.reshape, packed="shape"),
    "transpose": Method(np.transpose, packed="axes"),
    "view": Method(np.ndarray.view),
}


def scalar_astype(x: Any, dtype: Any, order: Any = "K", casting: Any = "unsafe",
                  subok: Any = True, copy: Any = True) -> Any:  # fmt: skip
    return np.asarray(x, dtype)[()]


def scalar_flatten(x: Any, order: Any = "C") -> Any:
    return np.reshape(x, (1,))


ATTRIBUTES: dict[str, Any] = {
    "T": np.transpose,
    "mT": mT,
    "real": np.real,
    "imag": np.imag,
    "shape": np.shape,
    "ndim": np.ndim,
    "size": np.size,
    "flat": in_a_row,
}

# The names that NumPy gives to the parts of what np.linalg.slogdet and its like return.
RESULTS = {
    "sign": 0, "logabsdet": 1, "eigenvalues": 0, "eigenvectors": 1, "Q": 0, "R": 1, "U": 0, "S": 1,
    "Vh": 2,
}  # fmt: skip
