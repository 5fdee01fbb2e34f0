"""Functions defined by equations, at higher orders and in batches inside."""

import numpy as np
import pytest
from programs import corpus

import srcxform as sx
from nesting.orders import third_derivative
from srcxform import grad, jvp
from srcxform.api.implicit import fixed_point, linear_solve


def curvature_of_root(x):
    def root_of(a):
        return fixed_point(lambda y: 0.5 * (y + a / y), 1.0)

    return grad(grad(root_of))(x)  # -1/4 x**(-3/2)


def slopes_of_roots(x):
    def root_of(a):
        return fixed_point(lambda y: 0.5 * (y + a / y), 1.0)

    return np.sum(sx.vmap(grad(root_of))(np.array([x, 4 * x])))  # 3/4 x**(-1/2)


def test_fixed_points_at_third_order() -> None:
    slope = 3 / 8 * 0.7**-2.5
    np.testing.assert_allclose(jvp(curvature_of_root, (0.7,), (1.0,))[1], slope, rtol=1e-9)
    np.testing.assert_allclose(sx.vmap(grad(curvature_of_root))(np.array([0.7]))[0], slope)


def test_lists_of_functions_that_rules_are_given_stay_known() -> None:
    def first(x):
        return grad(slopes_of_roots)(x)

    np.testing.assert_allclose(grad(first)(0.7), 9 / 16 * 0.7**-2.5, rtol=1e-9)


def test_tangents_of_roots_of_two_unknowns_in_a_batch() -> None:
    """The tangent of such a root is the solution of an equation for a dict."""

    def product(x):
        found = sx.implicit.root(
            lambda p: {"u": p["u"] ** 2 - x[0] - p["v"], "v": 2.0 * p["v"] - x[1]},
            {"u": 1.0, "v": 1.0},
        )
        return found["u"] * found["v"]

    def known(x):
        return np.sqrt(x[0] + x[1] / 2) * x[1] / 2

    x = np.array([0.3, 0.8])
    truth = sx.jacfwd(sx.jacfwd(known))(x)
    np.testing.assert_allclose(sx.jacfwd(sx.jacfwd(product))(x), truth, rtol=1e-9)
    np.testing.assert_allclose(sx.vmap(sx.hessian(product))(x[None])[0], truth, rtol=1e-9)


def solution(a):
    x = linear_solve(lambda v: np.array([a * v[0] + v[1], v[0] + 2 * v[1]]), np.array([1.0, a]))
    return x[0]  # (2 - a) / (2 a - 1)


def test_what_is_written_in_place_goes_into_rules_as_a_copy() -> None:
    def curvature(a):
        return sx.hessian(solution)(a)  # 12 / (2 a - 1)**3

    slope = -72 / (2 * 1.3 - 1) ** 4
    np.testing.assert_allclose(grad(curvature)(1.3), slope, rtol=1e-9)
    np.testing.assert_allclose(jvp(curvature, (1.3,), (1.0,))[1], slope, rtol=1e-9)
    lanes = sx.vmap(grad(curvature))(np.array([1.3, 1.0]))
    np.testing.assert_allclose(lanes, [slope, -72.0], rtol=1e-9)


def refused_late(a):
    assert np.max(np.array([1.0, a])) > 0.0
    held = {a}
    return sum(held)


def test_what_refuses_in_every_lane_says_so() -> None:
    with pytest.raises(sx.errors.NoDerivativeError, match="a set has no derivative rule"):
        sx.vmap(grad(refused_late))(np.array([0.7, 0.8]))


@pytest.mark.parametrize("name", ["changing.queue_of_pairs", "changing.breadth_first_left"])
def test_constants_in_tuples_have_zeros_at_third_order(name: str) -> None:
    (example,) = (one for one in corpus() if one.name == name)
    found = third_derivative(example, "FFF")
    np.testing.assert_allclose(third_derivative(example, "RFF"), found, rtol=1e-9)


def with_a_default(x):
    return sx.checkpoint(lambda t, k=x: np.sin(t) * k)(x)


def test_refusals_in_what_comes_in_name_the_users_line() -> None:
    with pytest.raises(sx.errors.UnsupportedError, match="is handed to") as caught:
        grad(with_a_default)(0.7)
    assert "in with_a_default" in str(caught.value)
    assert "in rerun" not in str(caught.value)
