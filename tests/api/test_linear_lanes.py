"""Linear functions that were made outside, for batches: pushed, pulled, transposed."""

import numpy as np
import pytest

import srcxform as sx

W = np.arange(9.0).reshape(3, 3) / 5
X = np.array([0.4, -0.7, 1.1])
UNITS = np.eye(3)
J = np.cos(W @ X)[:, None] * W


def residual(x):
    return np.sin(W @ x)


PUSH = sx.linearize(residual, X)[1]
PULL = sx.vjp(residual, X)[1]
TRANSPOSE = sx.linear_transpose(PUSH, X)


@pytest.mark.parametrize(
    ("function", "rows"),
    [
        (PUSH, J.T),
        (lambda v: PUSH(v) * 2.0 + v, 2.0 * J.T + UNITS),
        (lambda u: PULL(u)[0], J),
        (lambda u: TRANSPOSE(u)[0], J),
        (lambda v: TRANSPOSE(PUSH(v))[0], J.T @ J),
    ],
)
def test_rows(function, rows):
    np.testing.assert_allclose(sx.vmap(function)(UNITS), rows, rtol=1e-13)


def test_lanes_in_columns():
    columns = sx.vmap(PUSH, in_axes=1, out_axes=-1)(UNITS)
    np.testing.assert_allclose(columns, J, rtol=1e-13)


def test_cotangents_in_tuples():
    np.testing.assert_allclose(sx.vmap(PULL)(UNITS)[0], J, rtol=1e-13)
    np.testing.assert_allclose(sx.vmap(TRANSPOSE)(UNITS)[0], J, rtol=1e-13)


def test_several_tangents():
    """Of a x**2 the tangent is a' x**2 + 2 a x x'; a is a number, and shared by all lanes."""
    _, push = sx.linearize(lambda a, x: a * x * x, 3.0, X)
    rows = sx.vmap(push, in_axes=(None, 0))(0.5, UNITS)
    np.testing.assert_allclose(rows, 0.5 * X**2 + np.diag(6.0 * X), rtol=1e-13)
    rows = sx.vmap(push)(np.array([1.0, 2.0, 3.0]), UNITS)
    np.testing.assert_allclose(rows, np.outer([1, 2, 3], X**2) + np.diag(6.0 * X), rtol=1e-13)


def test_tangents_in_containers():
    _, push = sx.linearize(lambda p: {"y": p["w"] * p["b"]}, {"w": X, "b": 2.0})
    rows = sx.vmap(push)({"w": UNITS, "b": np.array([1.0, 0.0, -1.0])})
    np.testing.assert_allclose(rows["y"], np.outer([1.0, 0.0, -1.0], X) + 2.0 * UNITS, rtol=1e-13)


def test_tangents_that_do_not_fit():
    with pytest.raises(TypeError, match="tangent 0 of `residual` has shape"):
        sx.vmap(PUSH)(np.eye(2))
