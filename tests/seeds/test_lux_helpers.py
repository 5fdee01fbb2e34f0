"""What Lux's page on helpers for automatic differentiation promises, and models that are objects:
derivatives in inputs, in parameters, and in the object itself."""

import numpy as np
import oracles
import pytest
from seeds.models import Affine, BatchNorm, Chain, Dense, Stateful, setup, testmode

from srcxform import (
    batched_jacobian,
    grad,
    jacfwd,
    jacobian_vector_product,
    jacrev,
    value_and_grad,
    vector_jacobian_product,
)

W = np.array([[0.3, -0.8, 0.5], [1.0, 0.4, -0.2]])
B = np.array([0.1, -0.3])
X = np.array([0.7, -0.4, 1.2])


def by_hand(w, b, x):
    """Value and Jacobian in x of `tanh(W x + b)`."""
    y = np.tanh(w @ x + b)
    return y, (1 - y**2)[:, None] * w


# --- products


def test_jacobian_vector_product():
    u = np.array([1.0, 0.5, -2.0])
    _, j = by_hand(W, B, X)
    np.testing.assert_allclose(jacobian_vector_product(Affine(W, B), X, u), j @ u, rtol=1e-14)


def test_vector_jacobian_product():
    u = np.array([1.0, -2.0])
    _, j = by_hand(W, B, X)
    np.testing.assert_allclose(vector_jacobian_product(Affine(W, B), X, u), u @ j, rtol=1e-14)


@pytest.mark.parametrize("product", [jacobian_vector_product, vector_jacobian_product])
def test_gradients_of_products_reach_the_vector(product):
    """Lux drops the gradient in `u`; it is not dropped here."""
    _, j = by_hand(W, B, X)
    u = np.array([1.0, 0.5, -2.0]) if product is jacobian_vector_product else np.array([1.0, -2.0])
    j = j if product is jacobian_vector_product else j.T
    found = grad(lambda u: np.sum(product(Affine(W, B), X, u) ** 2))(u)
    np.testing.assert_allclose(found, 2 * j.T @ (j @ u), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gradient_of_a_product_in_model_and_input(dtype):
    model, x = Affine(W.astype(dtype), B.astype(dtype)), X.astype(dtype)
    u = np.array([1.0, 0.5, -2.0], dtype)

    def loss(model, x, u):
        return np.sum(jacobian_vector_product(model, x, u) ** 2)

    def reference(model, x, u):
        return np.sum((by_hand(model.weight, model.bias, x)[1] @ u) ** 2)

    of_model, of_x, of_u = grad(loss, argnums=(0, 1, 2))(model, x, u)
    assert type(of_model) is Affine
    assert of_model.weight.dtype == of_x.dtype == of_u.dtype == dtype
    for wrt, found in enumerate((of_model, of_x, of_u)):
        args = oracles.double((model, x, u))
        direction = oracles.random_like(0, args[wrt])
        (expected,) = oracles.richardson_jvp(reference, args, (wrt,), (direction,))
        tolerance = 1e-9 if dtype == np.float64 else 1e-5
        np.testing.assert_allclose(
            oracles.dot(oracles.double(found), direction), expected, rtol=tolerance
        )


# --- batched Jacobians


def test_batched_jacobian_of_several_axes():
    """Lux's `(N₁, N₂, B)` and `(M, B)`, with the batch along the last axis."""
    x = np.random.default_rng(0).standard_normal((2, 3, 5))
    weight = np.random.default_rng(1).standard_normal((4, 6))

    def f(x):
        return np.sin(weight @ np.reshape(x, (6, 5)))

    found = batched_jacobian(f, x, batch_axis=-1)
    expected = np.cos(weight @ np.reshape(x, (6, 5))).T[:, :, None] * weight
    assert found.shape == (5, 4, 6)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


# --- models as objects


def test_a_dataclass_as_a_function():
    model = Affine(W, B)
    y, j = by_hand(W, B, X)
    np.testing.assert_allclose(jacrev(model)(X), j, rtol=1e-14)
    np.testing.assert_allclose(jacfwd(model)(X), j, rtol=1e-14)
    found = batched_jacobian(lambda xs: np.stack([model(x) for x in xs]), np.stack([X, 2 * X]))
    expected = [j, by_hand(W, B, 2 * X)[1]]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_gradient_in_a_dataclass():
    def loss(model, x):
        return np.sum(model(x) ** 2)

    y, _ = by_hand(W, B, X)
    slope = 2 * y * (1 - y**2)
    found = grad(loss)(Affine(W, B), X)
    assert type(found) is Affine and found.name == "affine"
    np.testing.assert_allclose(found.weight, np.outer(slope, X), rtol=1e-13)
    np.testing.assert_allclose(found.bias, slope, rtol=1e-13)


def test_jacobian_in_a_dataclass():
    y, _ = by_hand(W, B, X)
    for jacobian_by in (jacrev, jacfwd):
        found = jacobian_by(lambda model: model(X))(Affine(W, B))
        assert found.weight.shape == (2, 2, 3)
        np.testing.assert_allclose(found.bias, np.diag(1 - y**2), rtol=1e-13)
        expected = np.einsum("o,op,i->opi", 1 - y**2, np.eye(2), X)
        np.testing.assert_allclose(found.weight, expected, rtol=1e-13)


def norm_model():
    model = Chain(Dense(2, 4, np.tanh), BatchNorm(4), Dense(4, 2))
    ps, st = setup(np.random.default_rng(1), model, np.float64)
    return model, ps, st, np.random.default_rng(0).standard_normal((2, 10))


def test_running_statistics():
    """Trained once, the state has moved a tenth of the way to the statistics of the batch."""
    model, ps, st, x = norm_model()
    first = ps["layer_1"]
    h = np.tanh(first["weight"] @ x + first["bias"][:, None])

    def loss(ps, smodel, x):
        return np.sum(smodel(x, ps) ** 2)

    smodel = Stateful(model, ps, st)
    grad(loss)(ps, smodel, x)
    mean, var = smodel.st["layer_2"]["mean"], smodel.st["layer_2"]["var"]
    np.testing.assert_allclose(mean, 0.1 * np.mean(h, axis=1), rtol=1e-13)
    np.testing.assert_allclose(var, 0.9 + 0.1 * np.var(h, axis=1, ddof=1), rtol=1e-13)


def test_state_after_an_inner_derivative():
    """A gradient inside runs the model once, and leaves its state as a call does."""
    model, ps, st, x = norm_model()

    def loss(x):
        smodel = Stateful(model, ps, st)
        slope = grad(lambda x: np.sum(smodel(x) ** 2))(x)
        return np.sum(slope**2) + np.sum(smodel.st["layer_2"]["mean"])

    def reference(x):
        slope = grad(lambda x: np.sum(model(x, ps, st)[0] ** 2))(x)
        return np.sum(slope**2) + np.sum(model(x, ps, st)[1]["layer_2"]["mean"])

    direction = oracles.random_like(0, x)
    value, found = value_and_grad(loss)(x)
    np.testing.assert_allclose(value, reference(x), rtol=1e-13)
    (expected,) = oracles.richardson_jvp(reference, (x,), (0,), (direction,))
    np.testing.assert_allclose(oracles.dot(found, direction), expected, rtol=1e-8)


@pytest.mark.parametrize("training", [True, False])
def test_gradient_in_the_model_object(training):
    """In the object itself: its parameters have gradients, and so has the state it starts from."""
    model, ps, st, x = norm_model()
    st = st if training else testmode(st)

    def loss(smodel, x):
        return np.sum(smodel(x) ** 2)

    found = grad(loss)(Stateful(model, ps, st), x)
    expected = grad(lambda ps: np.sum(model(x, ps, st)[0] ** 2))(ps)
    for a, b in zip(oracles.leaves(found.ps), oracles.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)

    def in_state(mean):
        state = {**st, "layer_2": {**st["layer_2"], "mean": mean}}
        return np.sum(model(x, ps, state)[0] ** 2)

    direction = np.array([0.3, -1.0, 0.5, 0.2])
    (slope,) = oracles.richardson_jvp(in_state, (np.zeros(4),), (0,), (direction,))
    of_mean = found.st["layer_2"]["mean"]
    np.testing.assert_allclose(of_mean @ direction, slope, rtol=1e-9, atol=1e-12)
