"""Functions that have a rule, batched and differentiated in either order: against the loop.

Every row of the registry's cases is tried with SRCXFORM_EVERY=1, else a sample.
"""

import os
from typing import Any

import numpy as np
import pytest
from rules.test_batching import LANES, REFUSED, ROWS, batch_of

import srcxform as sx

EVERY = int(os.environ.get("SRCXFORM_EVERY", "97"))


def is_real(value: Any) -> bool:
    return (
        isinstance(value, (float, np.floating, np.ndarray)) and np.asarray(value).dtype.kind == "f"
    )


def of_one(case: Any, k: int) -> Any:
    """Give a case as a function of its argument `k`."""
    function, keywords = case.function, case.keywords
    before, behind = tuple(case.args[:k]), tuple(case.args[k + 1 :])

    def f(x: Any) -> Any:
        return function(*before, x, *behind, **keywords)

    return f


TRIED = [
    (case, which[0])
    for case, which in ROWS
    if len(which) == 1 and case.function not in REFUSED and is_real(case.args[which[0]])
][::EVERY]
with np.errstate(all="ignore"):  # integers, flags and containers have no derivatives
    TRIED = [(case, k) for case, k in TRIED if is_real(of_one(case, k)(case.args[k]))]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("case", "k"), TRIED, ids=[f"{case}-{k}" for case, k in TRIED])
def test_derivatives_of_a_batch(case: Any, k: int) -> None:
    f, xs = of_one(case, k), batch_of(case.args[k])
    out = f(xs[0])
    along = np.cos(np.arange(xs.size)).reshape(xs.shape).astype(xs.dtype)
    bar = np.asarray(np.sin(1.0 + np.arange(np.size(out))), np.asarray(out).dtype)
    bar = bar.reshape(np.shape(out))
    try:
        pushed = np.stack([sx.jvp(f, (x,), (v,))[1] for x, v in zip(xs, along, strict=True)])
        pulled = np.stack([sx.vjp(f, x)[1](bar)[0] for x in xs])
    except sx.errors.NoDerivativeError:
        with pytest.raises(sx.errors.NoDerivativeError):
            sx.jvp(sx.vmap(f), (xs,), (along,))
            sx.vjp(sx.vmap(f), xs)[1](np.stack([bar] * LANES))
        return
    batched = sx.vmap(f)
    for got, want in (
        (sx.jvp(batched, (xs,), (along,))[1], pushed),
        (sx.vjp(batched, xs)[1](np.stack([bar] * LANES))[0], pulled),
        (sx.vmap(lambda x: sx.vjp(f, x)[1](bar)[0])(xs), pulled),
    ):
        assert got.shape == want.shape and got.dtype == want.dtype
        tolerance = 1e-3 if want.dtype.itemsize <= 4 else 1e-8
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)
