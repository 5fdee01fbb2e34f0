"""Functions with reverse rules whose arguments and results are written in place."""

import numpy as np
import pytest

import srcxform as sx
from srcxform import custom_vjp

X = np.array([0.5, 1.2, -0.4])


def plain(x):
    return x * x


@custom_vjp
def ruled(x):
    return x * x


ruled.defvjp(lambda x: (x * x, x), lambda x, g: (2.0 * x * g,))


@custom_vjp
def ruled_of_both(pair, k):
    return pair[0] * pair[1] * k


def both_bwd(kept, g):
    (a, b), k = kept
    return (b * k * g, a * k * g), np.sum(a * b * g)


ruled_of_both.defvjp(lambda pair, k: (pair[0] * pair[1] * k, (pair, k)), both_bwd)


def plain_of_both(pair, k):
    return pair[0] * pair[1] * k


def result_written(function, both):
    def f(x):
        y = function(x)
        y[0] = 5.0 * x[1]
        return np.sum(y * y)

    return f


def argument_written(function, both):
    def f(x):
        z = x * 1.0
        total = 0.0
        for i in range(2):
            y = function(z)
            z[i] = y[i] * 2.0
            total = total + np.sum(y)
        return total + np.sum(z)

    return f


def view_given(function, both):
    def f(x):
        z = x * 1.0
        y = function(z[:2])
        z[1] = 3.0
        return np.sum(y) * z[2] + np.sum(function(z))

    return f


def tuple_given(function, both):
    def f(x):
        z, w = x * 1.0, np.zeros(3)
        total = 0.0
        for i in range(3):
            w[i] = z[i - 1] * x[i]
            total = total + np.sum(both((z, w), x[0]))
            z[i] = w[i] + 1.0
        return total * x[2]

    return f


@pytest.mark.parametrize("program", [result_written, argument_written, view_given, tuple_given])
def test_beside_writes(program):
    ours, truth = program(ruled, ruled_of_both), program(plain, plain_of_both)
    np.testing.assert_allclose(sx.grad(ours)(X), sx.grad(truth)(X), rtol=1e-12)
    second = sx.grad(lambda x: np.sum(sx.grad(ours)(x) ** 2))(X)
    np.testing.assert_allclose(second, sx.grad(lambda x: np.sum(sx.grad(truth)(x) ** 2))(X))
    lanes = sx.vmap(sx.grad(ours))(np.stack([X, 2 * X]))
    np.testing.assert_allclose(lanes, [sx.grad(truth)(X), sx.grad(truth)(2 * X)], rtol=1e-12)
