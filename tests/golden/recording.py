"""The text of each recorded derivative as the compiler writes it now.

`python -m golden.recording`, run beside the folder, prints a digest for each: two processes must
print the same.
"""

import copy
import hashlib
from pathlib import Path
from typing import Any

import oracles

import srcxform as sx
from golden.programs import GOLDENS, Golden

FOLDER = Path(__file__).parent


def text_of(golden: Golden) -> str:
    """Give the module that the compiler writes."""
    *inner, last = golden.transforms
    args = copy.deepcopy(golden.args)
    function: Any = golden.function
    for transform in inner:
        assert transform == "grad", "only a gradient is differentiated again here"
        function = sx.grad(function, argnums=argnums(golden))
    if last == "grad":
        return sx.source(sx.grad(function, argnums=argnums(golden)), *args)
    if last == "value_and_grad":
        return sx.source(sx.value_and_grad(function, argnums=argnums(golden)), *args)
    if last == "jvp":
        tangents = oracles.directions(args, golden.wrt, directions(golden))
        return sx.source(sx.jvp(function), args, tangents)
    assert last == "vjp", last
    return sx.vjp(function, *args)[1].source


def argnums(golden: Golden) -> int | tuple[int, ...]:
    """Give `wrt` as a user would write it."""
    return golden.wrt if len(golden.wrt) > 1 else golden.wrt[0]


def directions(golden: Golden, seed: int = 11) -> tuple[Any, ...]:
    """Give a random direction in each argument at `wrt`."""
    return tuple(oracles.random_like(seed + k, golden.args[k]) for k in golden.wrt)


def main() -> None:
    for golden in GOLDENS:
        digest = hashlib.sha256(text_of(golden).encode("utf-8")).hexdigest()
        print(golden.path, digest)


if __name__ == "__main__":
    main()
