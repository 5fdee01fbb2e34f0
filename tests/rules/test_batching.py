"""Every function that has a rule, called for a batch: by its batching rule, or lane by lane.

The truth is the loop over the lanes of the function itself.
"""

from typing import Any

import numpy as np
import pytest
from programs.shares import ALL
from rules import cases

import srcxform as sx
from srcxform.pytrees import mapped
from srcxform.rules.registry import BATCHING, LANEWISE, RULES

LANES = 3
REFUSED = (set, frozenset)


def is_real_number(leaf: Any) -> bool:
    """Say whether a leaf gets a value of its own in each lane: integers count and choose."""
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "fc"
    return isinstance(leaf, (float, complex, np.inexact))


def lane(value: Any, k: int) -> Any:
    """Give other numbers near by for each lane."""
    return mapped(lambda leaf: leaf * (1.0 + 1e-3 * k) if is_real_number(leaf) else leaf, value)


def stacked(*lanes: Any) -> Any:
    if isinstance(lanes[0], (bool, int, float, complex, np.generic, np.ndarray)):
        return np.stack([np.asarray(one) for one in lanes])
    return lanes[0]


def batch_of(value: Any) -> Any:
    lanes = [lane(value, k) for k in range(LANES)]
    return mapped(lambda *leaves: stacked(*leaves) if is_real_number(leaves[0]) else leaves[0],
                  *lanes)  # fmt: skip


def axes_of(value: Any) -> Any:
    return mapped(lambda leaf: 0 if is_real_number(leaf) else None, value)


def nothing(value: Any) -> Any:
    return mapped(lambda leaf: None, value)


def holds_numbers(value: Any) -> bool:
    found = []
    mapped(lambda leaf: found.append(is_real_number(leaf)), value)
    return any(found)


def variants(case: Any) -> list[tuple[int, ...]]:
    """Give the sets of arguments that are batched: all of them, and each one alone."""
    able = tuple(k for k, arg in enumerate(case.args) if holds_numbers(arg))
    return [able, *((k,) for k in able)] if len(able) > 1 else [able] if able else []


ROWS = [(case, which) for case in cases.CASES for which in variants(case)]


def tried(case: Any, turn: int) -> list[tuple[int, ...]]:
    """Give all of them together, and one alone; SRCXFORM_EVERY=1 tries each alone."""
    together, *alone = variants(case) or [()]
    return variants(case) if ALL or not alone else [together, alone[turn % len(alone)]]


TRIED = [(case, which) for k, case in enumerate(cases.CASES) for which in tried(case, k)]


@pytest.mark.parametrize(
    ("case", "which"), TRIED, ids=[f"{case}-{''.join(map(str, w))}" for case, w in TRIED]
)
def test_a_batch_is_its_lanes(case: Any, which: tuple[int, ...]) -> None:
    def call(*args: Any) -> Any:
        return case.function(*args, **case.keywords)

    args = [batch_of(arg) if k in which else arg for k, arg in enumerate(case.args)]
    spread = [axes_of(arg) if k in which else nothing(arg) for k, arg in enumerate(case.args)]
    axes = tuple(one if k in which else None for k, one in enumerate(spread))
    results = [
        call(*(mapped(lambda axis, leaf, n=n: leaf if axis is None else leaf[n], axis, arg)
               for axis, arg in zip(spread, args, strict=True)))
        for n in range(LANES)
    ]  # fmt: skip
    batched = sx.vmap(call, axes)
    if case.function in REFUSED:
        with pytest.raises((sx.errors.UnsupportedError, TypeError)):
            batched(*args)
        return
    truth, got = mapped(stacked, *results), batched(*args)

    def check(theirs: Any, ours: Any) -> None:
        if not isinstance(theirs, np.ndarray):
            assert ours is theirs or ours == theirs
            return
        assert isinstance(ours, np.ndarray)
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
        tolerance = 1e-5 if theirs.dtype.itemsize in (2, 4) else 1e-10
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)

    mapped(check, truth, got)


def test_batching_rules_are_of_known_functions() -> None:
    known = set(map(id, RULES))
    assert not [f for f in (*BATCHING, *LANEWISE) if id(f) not in known]
