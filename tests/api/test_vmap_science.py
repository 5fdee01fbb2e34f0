"""Programs that scientists write for one case, for four of them: against the loop over the lanes.

Also in single precision, which Python's own numbers do not widen; and where the loop warns of
nothing, no lane hears of what happens on the ways that it does not take.
"""

import warnings
from typing import Any

import numpy as np
import pytest
from lanes import CASES, Case, exits, solvers, states  # noqa: F401  (these fill the list)
from lanes.loop import arguments, loop

import srcxform as sx
from srcxform.pytrees import children


def warned(function: Any, args: tuple[Any, ...]) -> tuple[Any, bool]:
    """Call a function; say whether floating point arithmetic warned."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        result = function(*args)
    return result, any(issubclass(one.category, RuntimeWarning) for one in heard)


def same(got: Any, want: Any, tolerance: float) -> None:
    structure = children(want)
    if structure is not None:
        theirs = children(got)
        assert theirs is not None and type(got) is type(want) and theirs.keys == structure.keys
        for one, other in zip(theirs.parts, structure.parts, strict=True):
            same(one, other, tolerance)
        return
    assert isinstance(got, np.ndarray) and got.shape == want.shape and got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


ROWS = [(case, True) for case in CASES[::2]] + [(case, False) for case in CASES[::6]]


@pytest.mark.parametrize(
    ("case", "single"),
    ROWS,
    ids=[f"{case.function.__name__}-{'single' if s else 'double'}" for case, s in ROWS],
)
def test_a_batch_is_its_lanes(case: Case, single: bool) -> None:
    truth, loop_warned = warned(lambda *args: loop(case, args), arguments(case, single))
    batched = sx.vmap(case.function, case.axes, case.out)
    found, batch_warned = warned(batched, arguments(case, single))
    same(found, truth, 2e-4 if single else 1e-9)
    assert loop_warned or not batch_warned


def log_or_nothing(x: Any) -> Any:
    if x > 0:
        return np.log(x)
    return 0.0


def test_single_precision_under_derivatives() -> None:
    x = np.array([0.5, -1.0, 2.0], np.float32)
    out, out_dot = sx.jvp(sx.vmap(log_or_nothing), (x,), (np.ones_like(x),))
    assert out.dtype == out_dot.dtype == np.float32
    np.testing.assert_allclose(out_dot, [2.0, 0.0, 0.5])
    for gradient in (
        sx.grad(lambda x: np.sum(sx.vmap(log_or_nothing)(x))),
        sx.vmap(sx.grad(log_or_nothing)),
    ):
        found = gradient(x)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, [2.0, 0.0, 0.5])
