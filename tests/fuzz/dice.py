"""The numbers that random programs are drawn by: each program has a seed of its own.

What Hypothesis draws by itself depends on its version and on what it has drawn before: it repeats
parts of one program in the next, so that one refusal became five. It still shrinks what is found.
"""

import contextlib
from random import Random
from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider


class Dice(PrimitiveProvider):
    """Draws for the programs of one batch, one after the other; `thrown` says for how many."""

    batch = 0
    thrown = 0

    def per_test_case_context_manager(self) -> contextlib.AbstractContextManager[None]:
        """Begin the next program."""
        self.random = Random(f"program {Dice.thrown} of batch {Dice.batch}")
        Dice.thrown += 1
        return contextlib.nullcontext()

    def draw_integer(self, min_value: int | None = None, max_value: int | None = None,
                     **_: Any) -> int:  # fmt: skip
        assert min_value is not None and max_value is not None
        return self.random.randint(min_value, max_value)

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self.random.random() < p

    def draw_float(self, **_: Any) -> float:
        raise NotImplementedError("programs are drawn by whole numbers")

    def draw_string(self, *_: Any, **__: Any) -> str:
        raise NotImplementedError("programs are drawn by whole numbers")

    def draw_bytes(self, *_: Any, **__: Any) -> bytes:
        raise NotImplementedError("programs are drawn by whole numbers")


def dice(batch: int) -> str:
    """Give the name by which Hypothesis finds the dice of a batch, none of them thrown yet."""
    Dice.batch, Dice.thrown = batch, 0
    AVAILABLE_PROVIDERS["dice"] = Dice
    return "dice"
