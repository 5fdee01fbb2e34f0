"""Generated gradients against those that an expert writes by hand.

`pytest tests/benchmarks/test_by_hand.py --benchmark-only` prints the ratios. Both give the same
numbers, which is asserted; times are not, as in `test_scaling`. They are times of the processor, so
that other programs disturb them less.
"""

import time
from collections.abc import Callable
from typing import Any

import by_hand
import numpy as np
import optree
import pytest
from test_scaling import kernels, orbit

import srcxform as sx


def final_coordinate_by_hand(velocity: Any) -> Any:
    return by_hand.orbit_grad(velocity, orbit.POSITIONS, orbit.PERIOD)


BY_HAND: dict[str, Callable[..., Any]] = {
    "quickstart": by_hand.pendulum_grad,
    "rosen": by_hand.rosen_grad,
    "digits": by_hand.digits_grad,
    "heat": by_hand.heat_grad,
    "orbit": final_coordinate_by_hand,
}


def busy(function: Callable[[], Any], times: int) -> float:
    """Seconds of the processor for one call."""
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


@pytest.mark.parametrize("name", BY_HAND)
def test_against_by_hand(benchmark: Any, name: str) -> None:
    function, arguments = kernels()[name]
    ours, theirs = sx.grad(function), BY_HAND[name]
    for a, b in zip(*map(optree.tree_leaves, (ours(*arguments), theirs(*arguments))), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-12)
    times = 1 + int(0.01 / busy(lambda: theirs(*arguments), 2))
    pairs = [
        (busy(lambda: ours(*arguments), times), busy(lambda: theirs(*arguments), times))
        for _ in range(20)
    ]
    ratio = min(a for a, _ in pairs) / min(b for _, b in pairs)
    benchmark.extra_info["gradient / by hand"] = round(ratio, 2)
    benchmark(ours, *arguments)
