"""Jacobians, Hessians, products and linearised functions against closed forms and each other."""

from typing import Any

import numpy as np
import pytest

import srcxform as sx

X = np.array([0.3, 0.7, 1.1])


def curve(x):
    return np.array([x[0] * x[1], np.sin(x[1]), x[2] ** 2 * x[0]])


def curve_jacobian(x):
    return np.array([[x[1], x[0], 0], [0, np.cos(x[1]), 0], [x[2] ** 2, 0, 2 * x[2] * x[0]]])


def energy(x):
    return np.sum(np.exp(x) * x[0])


def energy_hessian(x):
    e = np.exp(x)
    found = np.diag(e * x[0])
    found[0] += e
    found[:, 0] += e
    return found


@pytest.mark.parametrize("maker", [sx.jacfwd, sx.jacrev, sx.jacobian])
def test_jacobian(maker: Any) -> None:
    np.testing.assert_allclose(maker(curve)(X), curve_jacobian(X), rtol=1e-14)


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
def test_modes(mode: str) -> None:
    np.testing.assert_allclose(sx.jacobian(curve, mode=mode)(X), curve_jacobian(X), rtol=1e-14)


def test_unknown_mode() -> None:
    with pytest.raises(TypeError, match="forward"):
        sx.jacobian(curve, mode="both")


@pytest.mark.parametrize("maker", [sx.jacfwd, sx.jacrev])
def test_containers(maker: Any) -> None:
    """The structure of the result outside, that of the argument inside."""
    found = maker(lambda p: {"y": p["w"] * p["b"], "z": p["b"] ** 2})(
        {"w": np.array([1.0, 2.0]), "b": 3.0, "name": "p"}
    )
    np.testing.assert_array_equal(found["y"]["w"], 3.0 * np.eye(2))
    np.testing.assert_array_equal(found["y"]["b"], [1.0, 2.0])
    np.testing.assert_array_equal(found["z"]["w"], [0.0, 0.0])
    assert found["z"]["b"] == 6.0


@pytest.mark.parametrize("maker", [sx.jacfwd, sx.jacrev])
def test_argnums_and_keywords(maker: Any) -> None:
    def f(x, y, *, scale):
        return scale * np.outer(x, y)

    a, b = np.array([1.0, 2.0]), np.array([3.0, 5.0, 7.0])
    left, right = maker(f, argnums=(0, 1))(a, b, scale=2.0)
    np.testing.assert_allclose(left, 2.0 * np.einsum("ik,j->ijk", np.eye(2), b), rtol=1e-15)
    np.testing.assert_allclose(right, 2.0 * np.einsum("i,jk->ijk", a, np.eye(3)), rtol=1e-15)
    np.testing.assert_allclose(maker(f, -1)(a, b, scale=2.0), right, rtol=1e-15)


@pytest.mark.parametrize("maker", [sx.jacfwd, sx.jacrev])
def test_auxiliary(maker: Any) -> None:
    found, aux = maker(lambda x: (x**2, {"twice": 2.0 * x}), has_aux=True)(X)
    np.testing.assert_allclose(found, np.diag(2.0 * X), rtol=1e-15)
    np.testing.assert_array_equal(aux["twice"], 2.0 * X)


def test_single_precision() -> None:
    found = sx.jacrev(lambda x: x**2)(X.astype(np.float32))
    assert found.dtype == np.float32


@pytest.mark.parametrize("maker", [sx.jacfwd, sx.jacrev])
def test_complex(maker: Any) -> None:
    z = np.array([0.3 + 0.2j, 1.0 - 0.5j])
    found = maker(lambda z: z**2 * z[0], holomorphic=True)(z)
    want = np.diag(2.0 * z * z[0])
    want[:, 0] += z**2
    np.testing.assert_allclose(found, want, rtol=1e-14)
    with pytest.raises(TypeError, match="holomorphic"):
        maker(lambda z: z**2)(z)


def test_integers_are_refused() -> None:
    with pytest.raises(TypeError, match="astype"):
        sx.jacfwd(lambda x: x * 2.0)(np.arange(3))


def test_decorators() -> None:
    @sx.jacfwd
    def slope(x):
        return x**3

    @sx.hessian(argnums=1)
    def bend(a, x):
        return a * x**3

    assert slope(2.0) == 12.0
    assert bend(2.0, 3.0) == 36.0


def test_hessian() -> None:
    np.testing.assert_allclose(sx.hessian(energy)(X), energy_hessian(X), rtol=1e-13)
    both = sx.hessian(lambda x, y: x**2 * y**3, argnums=(0, 1))(2.0, 3.0)
    np.testing.assert_allclose(both, [[54.0, 108.0], [108.0, 72.0]], rtol=1e-15)


def test_hessian_vector_product() -> None:
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(sx.hvp(energy, X, v), energy_hessian(X) @ v, rtol=1e-13)
    found = sx.hvp(lambda x, y: x**2 * y**3, (2.0, 3.0), (1.0, 10.0))
    np.testing.assert_allclose(found, (54.0 + 1080.0, 108.0 + 720.0), rtol=1e-15)
    params = {"w": np.array([1.0, 2.0])}
    found = sx.hvp(lambda p: np.sum(p["w"] ** 3), params, {"w": np.array([1.0, 1.0])})
    np.testing.assert_allclose(found["w"], [6.0, 12.0], rtol=1e-15)


def test_products() -> None:
    u = np.array([1.0, -2.0, 0.5])
    want = curve_jacobian(X)
    np.testing.assert_allclose(sx.jacobian_vector_product(curve, X, u), want @ u, rtol=1e-14)
    np.testing.assert_allclose(sx.vector_jacobian_product(curve, X, u), u @ want, rtol=1e-14)


def test_products_are_differentiable() -> None:
    u = np.array([1.0, -2.0, 0.5])
    along = sx.grad(lambda x: np.sum(sx.jacobian_vector_product(curve, x, u)))(X)
    back = sx.grad(lambda x: np.dot(sx.vector_jacobian_product(curve, x, np.ones(3)), u))(X)
    hessian = sx.hessian(lambda x: np.sum(curve(x)))(X)
    np.testing.assert_allclose(along, hessian @ u, rtol=1e-13)
    np.testing.assert_allclose(back, hessian @ u, rtol=1e-13)


def test_linearize() -> None:

    out, along = sx.linearize(lambda x, y: (np.sin(x) * y, y**2), X, 2.0)
    np.testing.assert_array_equal(out[0], np.sin(X) * 2.0)
    for dx, dy in ((np.ones(3), 0.0), (X, -1.0)):
        first, second = along(dx, dy)
        np.testing.assert_allclose(first, np.cos(X) * 2.0 * dx + np.sin(X) * dy, rtol=1e-14)
        assert second == 4.0 * dy
    with pytest.raises(TypeError, match="2 tangents"):
        along(X)


def test_linearize_loops() -> None:
    def f(x, n):
        y = x
        for _ in range(n):
            y = y * np.cos(y) + x
        return y

    out, along = sx.linearize(lambda x: f(x, 4), X)
    want = sx.jvp(lambda x: f(x, 4), (X,), (np.ones(3),))
    np.testing.assert_array_equal(out, want[0])
    for _ in range(2):
        np.testing.assert_allclose(along(np.ones(3)), want[1], rtol=1e-13)


def test_linear_transpose() -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    transposed = sx.linear_transpose(lambda x, y: matrix @ x + 2.0 * y, X, np.ones(2))
    first, second = transposed(np.array([1.0, -1.0]))
    np.testing.assert_allclose(first, matrix.T @ [1.0, -1.0], rtol=1e-15)
    np.testing.assert_allclose(second, [2.0, -2.0], rtol=1e-15)


def test_stop_gradient() -> None:
    assert sx.grad(lambda x: x * sx.stop_gradient(x))(3.0) == 3.0
    assert sx.jvp(lambda x: sx.stop_gradient(x * x) + x, (3.0,), (1.0,)) == (12.0, 1.0)
    straight_through = lambda x: x + sx.stop_gradient(np.round(x) - x)
    assert sx.grad(straight_through)(2.7) == 1.0
    writes = lambda x: np.sum(sx.stop_gradient({"a": x})["a"] * x)
    np.testing.assert_array_equal(sx.grad(writes)(X), X)


@pytest.mark.parametrize("maker", [sx.jacfwd, sx.jacrev, sx.jacobian])
def test_inside_functions(maker: Any) -> None:
    found = sx.grad(lambda x: np.sum(maker(curve)(x) ** 2))(X)
    second = sx.jacfwd(sx.jacrev(curve))(X)
    want = np.einsum("ij,ijk->k", 2.0 * curve_jacobian(X), second)
    np.testing.assert_allclose(found, want, rtol=1e-13)


def test_hessians_inside_functions() -> None:
    trace = lambda x: np.trace(sx.hessian(lambda y: np.sum(y**3 * x))(x))
    np.testing.assert_allclose(sx.grad(trace)(X), 12.0 * X, rtol=1e-13)
    product = lambda x: np.sum(sx.hvp(lambda y: np.sum(y**3 * x), x, x))
    np.testing.assert_allclose(sx.grad(product)(X), 18.0 * X**2, rtol=1e-13)


def test_orders_agree() -> None:
    third = sx.jacfwd(sx.jacfwd(sx.jacfwd(energy)))(X)
    mixed = sx.jacrev(sx.jacfwd(sx.jacrev(energy)))(X)
    np.testing.assert_allclose(third, mixed, rtol=1e-12)
