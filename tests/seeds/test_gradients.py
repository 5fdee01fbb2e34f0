"""Every program of the chapters on gradients in JAX's tutorial "Advanced automatic
differentiation", with the numbers that are printed there."""

import numpy as np
import pytest

from srcxform import grad, hessian, jacfwd, jvp, stop_gradient, vmap

theta = np.array([0.1, -0.1, 0.0])
s_tm1 = np.array([1.0, 2.0, -1.0])
r_t = np.array(1.0)
s_t = np.array([2.0, 1.0, 0.0])

batched_theta = np.stack([theta, theta])
batched_s_tm1 = np.stack([s_tm1, s_tm1])
batched_r_t = np.stack([r_t, r_t])
batched_s_t = np.stack([s_t, s_t])

value_fn = lambda theta, state: np.dot(theta, state)


def td_loss_naive(theta, s_tm1, r_t, s_t):
    v_tm1 = value_fn(theta, s_tm1)
    target = r_t + value_fn(theta, s_t)
    return -0.5 * ((target - v_tm1) ** 2)


def td_loss(theta, s_tm1, r_t, s_t):
    v_tm1 = value_fn(theta, s_tm1)
    target = r_t + value_fn(theta, s_t)
    return -0.5 * ((stop_gradient(target) - v_tm1) ** 2)


def close(value, printed):
    np.testing.assert_allclose(value, printed, rtol=1e-12, atol=0)


def test_a_polynomial_three_times():
    def f(x):
        return x**3 + 2 * x**2 - 3 * x + 1

    first = grad(f)
    second = grad(first)
    third = grad(second)
    fourth = grad(third)
    for x in (1.0, -0.7):
        close(first(x), 3 * x**2 + 4 * x - 3)
        close(second(x), 6 * x + 4)
        close(third(x), 6.0)
        assert fourth(x) == 0.0


def test_hessian_of_a_dot_product():
    def hessian_of(f):
        return jacfwd(grad(f))

    def f(x):
        return np.dot(x, x)

    printed = [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]
    for found in (hessian_of(f), hessian(f)):
        np.testing.assert_array_equal(found(np.array([1.0, 2.0, 3.0])), printed)
    single = hessian_of(f)(np.array([1.0, 2.0, 3.0], np.float32))
    assert single.dtype == np.float32
    np.testing.assert_array_equal(single, printed)


def test_gradient_through_a_gradient_step():
    """For least squares, `∇ L(p - lr ∇L(p)) = (I - lr AᵀA)(AᵀA p' - Aᵀy)` at the new `p'`."""
    lr = 0.1

    def loss_fn(params, data):
        inputs, targets = data
        return 0.5 * np.sum((np.dot(inputs, params) - targets) ** 2)

    def meta_loss_fn(params, data):
        """Computes the loss after one step of SGD."""
        grads = grad(loss_fn)(params, data)
        return loss_fn(params - lr * grads, data)

    a = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30]])
    y = np.array([0.3, -0.2, 0.9])
    new = theta - lr * (a.T @ (a @ theta - y))
    meta_grads = grad(meta_loss_fn)(theta, (a, y))
    close(meta_grads, (np.eye(3) - lr * a.T @ a) @ (a.T @ (a @ new - y)))


def test_td_update_through_the_target():
    td_update = grad(td_loss_naive)
    close(td_update(theta, s_tm1, r_t, s_t), [-1.2, 1.2, -1.2])


def test_td_update():
    td_update = grad(td_loss)
    delta_theta = td_update(theta, s_tm1, r_t, s_t)
    close(delta_theta, [1.2, 2.4, -1.2])

    s_grad = grad(value_fn)(theta, s_tm1)
    original = (r_t + value_fn(theta, s_t) - value_fn(theta, s_tm1)) * s_grad
    close(original, [1.2, 2.4, -1.2])


def test_straight_through():
    def f(x):
        return np.round(x)

    def straight_through_f(x):
        zero = x - stop_gradient(x)
        return zero + stop_gradient(f(x))

    assert f(3.2) == 3.0
    assert straight_through_f(3.2) == 3.0
    assert grad(f)(3.2) == 0.0
    assert grad(straight_through_f)(3.2) == 1.0


def test_gradient_for_each_example():
    printed = [[1.2, 2.4, -1.2], [1.2, 2.4, -1.2]]

    perex_grads = vmap(grad(td_loss), in_axes=(None, 0, 0, 0))
    close(perex_grads(theta, batched_s_tm1, batched_r_t, batched_s_t), printed)

    dtdloss_dtheta = grad(td_loss)
    close(dtdloss_dtheta(theta, s_tm1, r_t, s_t), printed[0])

    almost_perex_grads = vmap(dtdloss_dtheta)
    close(almost_perex_grads(batched_theta, batched_s_tm1, batched_r_t, batched_s_t), printed)

    inefficient_perex_grads = vmap(dtdloss_dtheta, in_axes=(None, 0, 0, 0))
    close(inefficient_perex_grads(theta, batched_s_tm1, batched_r_t, batched_s_t), printed)


def test_gradients_of_examples_that_differ():
    """The update is `(r + θ·s' - θ·s) s`, row for row."""
    states = np.array([[1.0, 2.0, -1.0], [0.5, -0.3, 2.0], [0.0, 1.0, 1.5]])
    rewards = np.array([1.0, -0.4, 0.2])
    after = states[::-1] * 0.7
    found = vmap(grad(td_loss), in_axes=(None, 0, 0, 0))(theta, states, rewards, after)
    errors = rewards + after @ theta - states @ theta
    close(found, errors[:, None] * states)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_hessian_vector_product_by_two_gradients(dtype):
    def hvp(f, x, v):
        return grad(lambda x: np.vdot(grad(f)(x), v))(x)

    def f(x):
        return np.sum(np.exp(0.3 * x)) * np.sum(np.sin(x))

    x, v = np.array([0.4, -1.1, 2.0], dtype), np.array([1.0, 0.5, -2.0], dtype)
    e, c = 0.3 * np.exp(0.3 * x), np.cos(x)
    dense = (
        np.outer(e, c)
        + np.outer(c, e)
        + np.diag(0.3 * e * np.sum(np.sin(x)) - np.sin(x) * np.sum(np.exp(0.3 * x)))
    )
    tolerance = 1e-12 if dtype == np.float64 else 3e-6
    for found in (hvp(f, x, v), jvp(grad(f), (x,), (v,))[1]):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, dense @ v, rtol=tolerance)
