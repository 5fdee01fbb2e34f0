"""Every program of Lux's manual page on nested automatic differentiation.

The numbers there come from random numbers of another library; in their place stand the derivatives
of the same losses with their inner derivatives written out by hand, by differences.
"""

import numpy as np
import oracles
import pytest
from seeds.models import BatchNorm, Chain, Dense, Stateful, setup, testmode

from srcxform import (
    batched_jacobian,
    grad,
    jacfwd,
    jacobian,
    jacobian_vector_product,
    vector_jacobian_product,
)

WIDTHS = [12, 12, 12]


def perceptron(inputs, outputs):
    widths = [inputs, *WIDTHS]
    hidden = [Dense(a, b, np.tanh) for a, b in zip(widths, widths[1:])]
    return Chain(*hidden, Dense(WIDTHS[-1], outputs))


def with_norm():
    return Chain(Dense(2, 4, np.tanh), BatchNorm(4), Dense(4, 2))


def data(dtype, inputs=2, outputs=2, batch=10):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((inputs, batch)).astype(dtype)
    y = rng.standard_normal((outputs, batch)).astype(dtype)
    return x, y


TOLERANCE = {np.float64: 1e-8, np.float32: 2e-5}


def hold(gradient, reference, args, wrt, dtype):
    """Hold gradients against differences of a loss written by hand, in three directions each."""
    for bar, arg in zip(gradient, (args[k] for k in wrt), strict=True):
        for a, b in zip(oracles.leaves(bar), oracles.leaves(arg), strict=True):
            assert a.dtype == dtype and a.shape == b.shape
    args = oracles.double(args)
    for seed in range(3):
        directions = tuple(oracles.random_like(seed, args[k]) for k in wrt)
        found = oracles.dot(oracles.double(gradient), directions)
        (expected,) = oracles.richardson_jvp(reference, args, wrt, directions)
        assert abs(found - expected) <= TOLERANCE[dtype] * max(1.0, abs(expected))


# --- by hand: a multilayer perceptron, and the one with normalisation


def layers(ps):
    return [ps[f"layer_{k + 1}"] for k in range(len(ps))]


def values(ps, x):
    """The input of each layer, and the output."""
    found = [x]
    for k, p in enumerate(layers(ps)):
        y = p["weight"] @ found[-1] + p["bias"][:, None]
        found.append(np.tanh(y) if k + 1 < len(ps) else y)
    return found


def jacobians(ps, x):
    """The Jacobian of each sample: `W_4 D_3 W_3 D_2 W_2 D_1 W_1` with `D = diag(1 - h²)`."""
    *hidden, _ = values(ps, x)[1:]
    first, *rest = layers(ps)
    found = np.broadcast_to(first["weight"], (x.shape[1], *first["weight"].shape))
    for p, h in zip(rest, hidden):
        found = p["weight"] @ ((1 - h.T**2)[:, :, None] * found)
    return found


def slopes(ps, x):
    """The derivative of one output in what each layer hands to its activation."""
    *hidden, _ = values(ps, x)[1:]
    found = [np.ones((1, x.shape[1]))]
    for p, h in zip(reversed(layers(ps)[1:]), reversed(hidden)):
        found.insert(0, (p["weight"].T @ found[0]) * (1 - h**2))
    return found


def of_norm(x, ps, st):
    """Value and Jacobian of the model with normalisation, the latter as `(out, n, in, m)`."""
    first, norm, last = layers(ps)
    held = st["layer_2"]
    n = x.shape[1]
    h = np.tanh(first["weight"] @ x + first["bias"][:, None])
    if held["training"]:
        mean, var = np.mean(h, axis=1), np.mean((h - np.mean(h, axis=1)[:, None]) ** 2, axis=1)
    else:
        mean, var = held["mean"], held["var"]
    sd = np.sqrt(var + 1e-5)[:, None]
    c = (h - mean[:, None]) / sd
    y = (
        last["weight"] @ (norm["scale"][:, None] * c + norm["bias"][:, None])
        + last["bias"][:, None]
    )
    inner = np.broadcast_to(np.eye(n), (len(c), n, n))
    if held["training"]:
        inner = inner - 1 / n - c[:, :, None] * c[:, None, :] / n
    inner = inner * (norm["scale"][:, None] / sd)[:, :, None] * (1 - h**2)[:, None, :]
    return y, np.einsum("ok,knm,ki->onim", last["weight"], inner, first["weight"])


# --- a loss that contains a Jacobian


def loss_function1(model, x, ps, st, y):
    smodel = Stateful(model, ps, st)
    y_hat = smodel(x)
    loss_emp = np.sum((y_hat - y) ** 2)
    J = jacfwd(smodel)(x)
    loss_reg = np.linalg.norm(np.ravel(J) * 0.01) ** 2
    return loss_emp + loss_reg


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_loss_with_a_jacobian(dtype, training):
    model = with_norm()
    ps, st = setup(np.random.default_rng(1), model, dtype)
    st["layer_2"]["mean"] += dtype(0.1)
    st["layer_2"]["var"] *= dtype(0.3)
    st = st if training else testmode(st)
    x, y = data(dtype)

    def reference(model, x, ps, st, y):
        value, jacobian = of_norm(x, ps, st)
        return np.sum((value - y) ** 2) + np.sum((0.01 * jacobian) ** 2)

    tolerance = {np.float64: 1e-12, np.float32: 2e-6}[dtype]
    args = (model, x, ps, st, y)
    np.testing.assert_allclose(loss_function1(*args), reference(*args), rtol=tolerance)
    found = grad(loss_function1, argnums=(1, 2, 4))(*args)
    hold(found, reference, args, (1, 2, 4), dtype)


def loss_function_batched(model, x, ps, st, y):
    smodel = Stateful(model, ps, st)
    y_hat = smodel(x)
    loss_emp = np.sum((y_hat - y) ** 2)
    J = batched_jacobian(smodel, x, batch_axis=-1)
    loss_reg = np.linalg.norm(np.ravel(J) * 0.01) ** 2
    return loss_emp + loss_reg


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_loss_with_a_batched_jacobian(dtype):
    model = Chain(Dense(2, 4, np.tanh), Dense(4, 2))
    ps, st = setup(np.random.default_rng(1), model, dtype)
    x, y = data(dtype)

    def reference(model, x, ps, st, y):
        return np.sum((values(ps, x)[-1] - y) ** 2) + np.sum((0.01 * jacobians(ps, x)) ** 2)

    args = (model, x, ps, st, y)
    tolerance = {np.float64: 1e-12, np.float32: 2e-6}[dtype]
    np.testing.assert_allclose(loss_function_batched(*args), reference(*args), rtol=tolerance)
    np.testing.assert_allclose(loss_function1(*args), reference(*args), rtol=tolerance)
    assert batched_jacobian(Stateful(model, ps, st), x, batch_axis=-1).shape == (10, 2, 2)
    found = grad(loss_function_batched, argnums=(1, 2, 4))(*args)
    hold(found, reference, args, (1, 2, 4), dtype)


# --- a loss that contains a gradient


def loss_function2(model, t, ps, st):
    smodel = Stateful(model, ps, st)
    y_hat = grad(lambda t: np.sum(smodel(t) ** 2))(t)
    return np.sum((y_hat - np.cos(t)) ** 2)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_loss_with_a_gradient(dtype):
    model = perceptron(1, 1)
    ps, st = setup(np.random.default_rng(1), model, dtype)
    t = np.random.default_rng(0).uniform(size=(1, 16)).astype(dtype)

    def reference(model, t, ps, st):
        slope = layers(ps)[0]["weight"].T @ slopes(ps, t)[0]
        return np.sum((2 * values(ps, t)[-1] * slope - np.cos(t)) ** 2)

    args = (model, t, ps, st)
    found = grad(loss_function2, argnums=(1, 2))(*args)
    hold(found, reference, args, (1, 2), dtype)


# --- a loss that contains the Jacobian in the parameters


def loss_function3(model, x, ps, st):
    smodel = Stateful(model, ps, st)
    J = jacobian(lambda ps: smodel(x, ps))(ps)
    return sum(np.sum(part**2) for layer in J.values() for part in layer.values())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_loss_with_the_jacobian_in_the_parameters(dtype):
    model = perceptron(1, 1)
    ps, st = setup(np.random.default_rng(1), model, dtype)
    x = np.random.default_rng(0).uniform(size=(1, 16)).astype(dtype)

    def reference(model, x, ps, st):
        """`Σ |δ|² (|h|² + 1)` over samples and layers, `δ` the slopes and `h` the inputs."""
        pairs = zip(slopes(ps, x), values(ps, x))
        return sum(np.sum(np.sum(s**2, 0) * (np.sum(h**2, 0) + 1)) for s, h in pairs)

    args = (model, x, ps, st)
    found = grad(loss_function3, argnums=(1, 2))(*args)
    assert found[1]["layer_4"]["bias"] == 0.0  # as it is printed there
    hold(found, reference, args, (1, 2), dtype)


# --- Hutchinson's estimate of the trace


def hutchinson_trace_vjp(model, x, ps, st, v):
    smodel = Stateful(model, ps, st)
    vjp = vector_jacobian_product(smodel, x, v)
    return np.sum(vjp.T[:, None, :] @ v.T[:, :, None])


def hutchinson_trace_jvp(model, x, ps, st, v):
    smodel = Stateful(model, ps, st)
    jvp = jacobian_vector_product(smodel, x, v)
    return np.sum(v.T[:, None, :] @ jvp.T[:, :, None])


def hutchinson_trace_full_jacobian(model, x, ps, st, v):
    smodel = Stateful(model, ps, st)
    J = jacobian(smodel)(x)
    return np.ravel(v) @ np.reshape(J, (np.size(v), np.size(v))) @ np.ravel(v)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "trace", [hutchinson_trace_vjp, hutchinson_trace_jvp, hutchinson_trace_full_jacobian]
)
def test_hutchinson(trace, dtype):
    model = perceptron(4, 4)
    ps, st = setup(np.random.default_rng(1), model, dtype)
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(4, 12)).astype(dtype)
    v = ((rng.uniform(size=(4, 12)) > 0.5) * 2.0 - 1.0).astype(dtype)

    def reference(model, x, ps, st, v):
        return np.einsum("on,noi,in->", v, jacobians(ps, x), v)

    args = (model, x, ps, st, v)
    tolerance = {np.float64: 1e-12, np.float32: 1e-5}[dtype]
    np.testing.assert_allclose(trace(*args), reference(*args), rtol=tolerance)
    found = grad(trace, argnums=(1, 2, 4))(*args)
    hold(found, reference, args, (1, 2, 4), dtype)
