"""Every program of the chapters on Jacobians, Hessians and their products in JAX's tutorial
"Advanced automatic differentiation", with the numbers that are printed there."""

import numpy as np
import pytest
from seeds.sigmoid import (
    PRINTED_B,
    PRINTED_HESSIAN,
    PRINTED_W,
    W,
    b,
    close_to_printed,
    inputs,
    jacobian_of_predict,
    predict,
)

from srcxform import grad, jacfwd, jacrev, jvp, vjp

f = lambda W: predict(W, b, inputs)


@pytest.mark.parametrize("jacobian_by", [jacfwd, jacrev])
def test_jacobian(jacobian_by):
    J = jacobian_by(f)(W)
    assert J.shape == (4, 3)
    close_to_printed(J, PRINTED_W)
    np.testing.assert_allclose(J, jacobian_of_predict(), rtol=1e-13)


@pytest.mark.parametrize("jacobian_by", [jacfwd, jacrev])
def test_jacobian_of_a_dict(jacobian_by):
    def predict_dict(params, inputs):
        return predict(params["W"], params["b"], inputs)

    J_dict = jacobian_by(predict_dict)({"W": W, "b": b}, inputs)
    assert list(J_dict) == ["W", "b"]
    close_to_printed(J_dict["W"], PRINTED_W)
    close_to_printed(J_dict["b"], PRINTED_B)


@pytest.mark.parametrize("outer", [jacfwd, jacrev])
@pytest.mark.parametrize("inner", [jacfwd, jacrev])
def test_hessian(outer, inner):
    def hessian(f):
        return outer(inner(f))

    H = hessian(f)(W)
    assert H.shape == (4, 3, 3)
    close_to_printed(H, PRINTED_HESSIAN)


@pytest.mark.parametrize("jacobian_by", [jacfwd, jacrev])
def test_in_single_precision(jacobian_by):
    J = jacobian_by(lambda W: predict(W, np.float32(b), inputs.astype(np.float32)))(
        W.astype(np.float32)
    )
    assert J.dtype == np.float32
    np.testing.assert_allclose(J, PRINTED_W, rtol=0, atol=2e-7)


def test_pushing_a_vector_forward():
    v = np.array([0.3, -1.2, 0.8])
    y, u = jvp(f, (W,), (v,))
    np.testing.assert_array_equal(y, f(W))
    np.testing.assert_allclose(u, jacobian_of_predict() @ v, rtol=1e-13)


def test_pulling_a_covector_back():
    y, vjp_fun = vjp(f, W)
    u = np.array([0.3, -1.2, 0.8, 2.0])
    (v,) = vjp_fun(u)
    np.testing.assert_array_equal(y, f(W))
    np.testing.assert_allclose(v, u @ jacobian_of_predict(), rtol=1e-13)


def test_vector_valued_gradient():
    def vgrad(f, x):
        y, vjp_fn = vjp(f, x)
        return vjp_fn(np.ones(y.shape))[0]

    found = vgrad(lambda x: 3 * x**2, np.ones((2, 2)))
    np.testing.assert_array_equal(found, [[6.0, 6.0], [6.0, 6.0]])


# --- Hessian-vector products: the Hessian of `Σ tanh²` is diagonal


def tanh_squared(X):
    return np.sum(np.tanh(X) ** 2)


def second_derivative(X):
    t = np.tanh(X)
    return 2 * (1 - t**2) * (1 - 3 * t**2)


def hvp_fwdrev(f, primals, tangents):
    return jvp(grad(f), primals, tangents)[1]


def hvp_revfwd(f, primals, tangents):
    g = lambda primals: jvp(f, primals, tangents)[1]
    return grad(g)(primals)


def hvp_revrev(f, primals, tangents):
    (x,) = primals
    (v,) = tangents
    return grad(lambda x: np.vdot(grad(f)(x), v))(x)


def hvp_dense(f, primals, tangents):
    (X,), (V,) = primals, tangents
    return np.tensordot(jacfwd(jacrev(f))(X), V, 2)


@pytest.mark.parametrize("hvp", [hvp_fwdrev, hvp_revfwd, hvp_revrev, hvp_dense])
def test_hessian_vector_product(hvp):
    shape = (6, 8) if hvp is hvp_dense else (30, 40)
    rng = np.random.default_rng(0)
    X, V = rng.standard_normal(shape), rng.standard_normal(shape)
    found = hvp(tanh_squared, (X,), (V,))
    if hvp is hvp_revfwd:  # the gradient in the tuple of primals
        (found,) = found
    np.testing.assert_allclose(found, second_derivative(X) * V, rtol=1e-10, atol=1e-13)


def test_hessian_vector_product_of_containers():
    def f(params):
        return np.sum(np.tanh(params["a"]) ** 2) * params["b"][0] + params["b"][1] ** 3

    A, V = np.array([[0.3, -0.5], [1.0, 0.2]]), np.array([[1.0, 2.0], [-1.0, 0.5]])
    primals = ({"a": A, "b": [2.0, 1.5]},)
    tangents = ({"a": V, "b": [0.5, -1.0]},)
    first = 2 * np.tanh(A) * (1 - np.tanh(A) ** 2)
    for found in (hvp_fwdrev(f, primals, tangents), *hvp_revfwd(f, primals, tangents)):
        expected = 2.0 * second_derivative(A) * V + 0.5 * first
        np.testing.assert_allclose(found["a"], expected, rtol=1e-12)
        np.testing.assert_allclose(found["b"], [np.sum(first * V), -9.0], rtol=1e-12)
