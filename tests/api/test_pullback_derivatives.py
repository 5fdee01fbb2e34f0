"""Derivatives of the functions that `vjp` returns: linear in the cotangent."""

from typing import Any

import numpy as np

import srcxform as sx

POINT = np.array([0.3, -0.8, 1.1])


def pullback_of_one() -> Any:
    return sx.vjp(lambda y: np.sin(y) * y, POINT)[1]


SLOPE = np.cos(POINT) * POINT + np.sin(POINT)


def test_forward() -> None:
    bar, direction = np.array([1.0, 2.0, -1.0]), np.array([0.5, 0.1, 3.0])
    out, dot = sx.jvp(pullback_of_one(), (bar,), (direction,))
    assert isinstance(out, tuple) and isinstance(dot, tuple)
    assert np.allclose(out[0], SLOPE * bar, rtol=1e-14)
    assert np.allclose(dot[0], SLOPE * direction, rtol=1e-14)


def test_reverse() -> None:
    bar, back = np.array([1.0, 2.0, -1.0]), np.array([0.5, 0.1, 3.0])
    out, pull = sx.vjp(pullback_of_one(), bar)
    assert np.allclose(out[0], SLOPE * bar, rtol=1e-14)
    assert np.allclose(pull((back,))[0], SLOPE * back, rtol=1e-14)


def test_jacobians() -> None:
    for jacobian in (sx.jacfwd, sx.jacrev):
        (found,) = jacobian(pullback_of_one())(np.ones(3))
        assert np.allclose(found, np.diag(SLOPE), rtol=1e-14)


def test_primals_that_cannot_move_and_objects() -> None:
    def weighted(params: Any, n: int, x: Any) -> Any:
        return params["w"] * x**n

    _, pull = sx.vjp(weighted, {"w": 2.0, "name": "w"}, 3, 0.5)
    out, dot = sx.jvp(pull, (1.0,), (10.0,))
    assert out == pull(1.0)
    assert dot[0]["w"] == 10.0 * 0.5**3 and np.isclose(dot[2], 10.0 * 2.0 * 3 * 0.5**2)


def test_several_times() -> None:
    one = sx.vjp(lambda y: y * y, 3.0)[1]
    assert sx.vjp(sx.vjp(one, 2.0)[1], (1.0,))[1]((1.0,)) == ((6.0,),)
    assert sx.grad(lambda bar: sx.vjp(lambda y: y**3, 2.0)[1](bar)[0] * bar)(1.5) == 36.0
