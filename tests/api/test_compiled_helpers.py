"""Functions that Numba has compiled: what is differentiated is their Python source."""

import numba
import numpy as np
import oracles
import pytest

import srcxform as sx


@numba.njit
def rate(x, k):
    total = 0.0
    for i in range(k):
        total += np.sin(x * i)
    return total


@numba.vectorize
def bounded(x, y):
    return x * y if x > 0.0 else y * y


@numba.guvectorize(["(float64[:], float64[:])"], "(n)->()")
def summed(x, out):
    out[0] = x.sum()


def with_njit(x):
    return rate(x, 4) * x


def with_vectorize(x):
    return bounded(x, 2.0) * bounded(-1.0, x)


@pytest.mark.parametrize("function", [with_njit, with_vectorize])
def test_source_inside_is_followed(function):
    found = sx.grad(function)(0.7)
    expected, error = oracles.richardson(function, (0.7,), (0,), [1.0])
    assert abs(found - expected) <= 1e-8 + 10.0 * error
    second = sx.grad(sx.grad(function))(0.7)
    expected, error = oracles.richardson(sx.grad(function), (0.7,), (0,), [1.0])
    assert abs(second - expected) <= 1e-7 + 10.0 * error


def test_they_are_differentiated_themselves():
    assert sx.grad(bounded, argnums=(0, 1))(1.5, 3.0) == (3.0, 1.5)
    assert sx.grad(bounded, argnums=(0, 1))(-1.5, 3.0) == (0.0, 6.0)
    out, out_dot = sx.jvp(rate)((0.7, 3), (1.0, 0))
    assert out == rate(0.7, 3)
    assert out_dot == pytest.approx(np.cos(0.7) + 2.0 * np.cos(1.4), rel=1e-14)


@pytest.mark.parametrize("function", [bounded, summed])
def test_element_by_element_is_refused(function):
    def use(x):
        return np.sum(function(x, 2.0)) if function is bounded else function(x)

    with pytest.raises(sx.errors.NoDerivativeError):
        sx.grad(use)(np.ones(3))
