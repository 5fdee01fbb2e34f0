"""Active values at parameters of which a rule says nothing: refused, never a silent zero."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import logsumexp

import srcxform as sx

C = np.array([1.0, 2.0, 4.0])


def weighted(x: float) -> float:
    return logsumexp(C, b=x)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.unwrap(4.0 * C, period=x)[2],
        lambda x: np.pad(C, 2, mode="linear_ramp", end_values=x)[0],
        lambda x: np.linalg.norm(C, x),
        lambda x: np.pad(C, 1, constant_values=x).sum(),
        lambda x: np.nan_to_num(np.array([np.nan, 1.0]), nan=x).sum(),
        lambda x: np.cov(C, aweights=[x, 1.0, 1.0]),
        lambda x: np.linalg.norm(C * x, ord=x),
        lambda x: np.pad(C * x, 1, constant_values=x).sum(),
        lambda x: np.nan_to_num(np.array([np.nan, 1.0]) * x, nan=x).sum(),
        weighted,
    ],
)
def test_refused(function: Callable[[float], float]) -> None:
    assert function(3.0) != function(3.5)
    for derivative in (
        lambda: sx.grad(function)(3.0),
        lambda: sx.jvp(function, (3.0,), (1.0,)),
        lambda: sx.vjp(function, 3.0)[1](1.0),
        lambda: sx.grad(lambda x: np.sum(sx.vmap(function)(x)))(np.array([3.0, 3.5])),
    ):
        with pytest.raises(sx.errors.NoDerivativeError, match="has (no|a) derivative"):
            derivative()


def test_what_only_counts_is_no_loss() -> None:
    """The stop of a range says how many there are, and moves none."""

    def total(x: float) -> float:
        return x * np.sum(np.arange(0.0, x))

    assert sx.grad(total)(3.5) == np.sum(np.arange(0.0, 3.5))


def test_by_name_alone() -> None:
    """A function that is made of others is, too, where only a keyword is differentiated."""

    def powers(x: float) -> float:
        return np.sum(np.logspace(0.0, 1.0, 3, base=x))

    assert np.isclose(sx.grad(powers)(0.9), 0.5 * 0.9**-0.5 + 1.0, rtol=1e-14)


def test_constant_fillings() -> None:
    assert sx.grad(lambda x: np.pad(C * x, 1, constant_values=2.0).sum())(3.0) == 7.0
    assert sx.grad(lambda x: np.nan_to_num(C * x, nan=1.0).sum())(3.0) == 7.0


POLYNOMIAL = np.poly1d([1.0, 2.0, 3.0])


def test_callable_that_cannot_be_hashed() -> None:
    with pytest.raises(sx.errors.NoDerivativeError, match="has no derivative rule"):
        sx.grad(lambda x: POLYNOMIAL(x))(2.0)
