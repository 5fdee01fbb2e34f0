"""`batched_jacobian` against complex step, entry by entry."""

from typing import Any

import numpy as np
import pytest

import srcxform as sx

X = np.random.default_rng(3).normal(size=(5, 3))


def layer(x: Any) -> Any:
    w = np.arange(6.0).reshape(3, 2) - 2.0
    return np.sin(x @ w) * x[:, :1]


def norms(x: Any) -> Any:
    return np.sum(x**3, axis=1)


def wide(x: Any) -> Any:
    return x[:, :, None] * np.exp(x)[:, None, :]


def by_complex_step(fun: Any, x: Any) -> Any:
    """The Jacobian of each entry: the imaginary part after a step of 1e-30."""
    rows = []
    for k in range(len(x)):
        columns = []
        for j in range(x.shape[1]):
            moved = x[k : k + 1].astype(complex)
            moved[0, j] += 1e-30j
            columns.append(np.ravel(fun(moved).imag / 1e-30))
        rows.append(np.stack(columns, axis=-1))
    return np.stack(rows)


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
@pytest.mark.parametrize("fun", [layer, norms, wide])
def test_each_entry(fun: Any, mode: str) -> None:
    got = sx.batched_jacobian(fun, X, mode=mode)
    truth = by_complex_step(fun, X)
    assert got.shape == truth.shape
    np.testing.assert_allclose(got, truth, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_entries_along_the_last_axis(mode: str) -> None:
    got = sx.batched_jacobian(lambda x: layer(x.T).T, X.T, batch_axis=-1, mode=mode)
    np.testing.assert_allclose(got, by_complex_step(layer, X), rtol=1e-13, atol=1e-13)


def test_one_number_an_entry() -> None:
    got = sx.batched_jacobian(np.sin, X[:, 0])
    np.testing.assert_allclose(got, np.cos(X[:, 0])[:, None, None])


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: sx.batched_jacobian(np.sum, X), (TypeError, ValueError), "result"),
        (lambda: sx.batched_jacobian(lambda x: x[1:], X), ValueError, "5 entries.* has 4"),
        (lambda: sx.batched_jacobian(np.sin, 2.0), TypeError, "takes an array, got a float"),
        (lambda: sx.batched_jacobian(np.sin, X, batch_axis=2), ValueError, "no axis 2"),
        (lambda: sx.batched_jacobian(np.sin, X, mode="fwd"), TypeError, "mode is"),
    ],
)
def test_what_does_not_fit_is_told(call: Any, error: Any, told: str) -> None:
    with pytest.raises(error, match=told):
        call()
