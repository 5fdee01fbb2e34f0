"""Methods of computation that take derivatives inside: each is differentiated as a whole."""

from collections import namedtuple

import numpy as np

from srcxform import grad, hvp, implicit, jacrev, vjp, vmap

from . import example, normal, positive

State = namedtuple("State", "q p count")


@example(normal(1, 3), 0.9, wrt=(0, 1), analytic=False)
def leapfrog(q, mass):
    """Hamiltonian dynamics, whose force is the gradient of an energy."""

    def energy(q):
        return np.sum(q**4) / 4 + np.sum(q[1:] * q[:-1])

    state = State(q, 0.5 * q, 0)
    while state.count < 2:
        p = state.p - 0.05 * grad(energy)(state.q)
        q = state.q + 0.1 * p / mass
        state = state._replace(q=q, p=p - 0.05 * grad(energy)(q), count=state.count + 1)
    return energy(state.q) + np.sum(state.p**2) / (2 * mass)


@example(normal(2, 3), normal(3, 3, 3), wrt=(0, 1), analytic=False)
def flow_with_density(x, w):
    """A flow and the logarithm of its density, by the trace of a Jacobian along a sign vector."""
    signs, log_density = np.array([1.0, -1.0, 1.0]), 0.0
    for _ in range(2):
        velocity, pull = vjp(lambda y: np.tanh(w @ y), x)
        log_density = log_density - 0.1 * np.dot(pull(signs)[0], signs)
        x = x + 0.1 * velocity
    return np.sum(x**2) + log_density


@example(normal(4, 3), 0.7, wrt=(0, 1), analytic=False)
def optimum_inside(target, weight):
    """The loss of what minimises another loss."""

    def inner(w):
        return np.sum((w - target) ** 2) + weight * np.sum(w**4)

    return np.sum(implicit.root(grad(inner), target) * np.arange(1.0, 4.0))


@example(normal(5, 3), normal(6, 3, 3), wrt=(0, 1), analytic=False)
def conjugate_gradients(b, w):
    """Two steps with products of a Hessian that is never formed."""

    def energy(p):
        return 0.5 * np.sum((w @ p) ** 2) + np.sum(p**2)

    x, r, p = np.zeros(3), b, b
    for _ in range(2):
        curved = hvp(energy, x, p)
        step = np.dot(r, r) / np.dot(p, curved)
        x, new = x + step * p, r - step * curved
        p, r = new + np.dot(new, new) / np.dot(r, r) * p, new
    return np.dot(x, b)


@example(normal(7, 3), normal(8, 3, 3), wrt=(0, 1), analytic=False)
def natural_gradient(x, w):
    """The gradient in the metric of a model."""
    jacobian = jacrev(lambda p: np.tanh(w @ p))(x)
    slope = grad(lambda p: np.sum(np.tanh(w @ p) ** 2))(x)
    return np.dot(np.linalg.solve(jacobian.T @ jacobian + 0.5 * np.eye(3), slope), slope)


@example(normal(9, 3), {"scale": 1.3, "shift": normal(10, 3)}, wrt=(0, 1), analytic=False)
def batches_in_batches(x, p):
    """Axes from behind, for parts of containers, in two batches around each other."""

    def f(x, p):
        return {"a": np.sin(p["scale"] * x), "b": (p["shift"] * x, np.sum(x))}

    inner = vmap(f, (-1, {"scale": None, "shift": None}), {"a": -1, "b": (1, 0)})
    outer = vmap(inner, (None, {"scale": 0, "shift": -1}), {"a": 1, "b": (-1, -1)})
    many = {
        "scale": np.array([1.0, 2.0]) * p["scale"],
        "shift": np.stack([p["shift"], p["shift"] ** 2], axis=-1),
    }
    out = outer(np.stack([x, 2.0 * x, x - 1.0], axis=-1), many)
    weights = np.arange(18.0)
    first = np.sum(out["a"] ** 2 * weights.reshape(3, 2, 3))
    return first + np.sum(out["b"][0] * weights.reshape(3, 3, 2)) + np.sum(out["b"][1] ** 3)


@example(positive(11, 3), analytic=False)
def branches_and_exceptions_of_lanes(x):
    """Lanes part at conditions of their own, and one of them raises."""

    def f(a, row):
        row = row.copy()
        try:
            if a > 1.2:
                raise ValueError("too large")
            row[0] = np.sqrt(a)
        except ValueError:
            row[1] *= a * a
        while row[2] < 2.0:
            row[2] = row[2] * 1.5 + 0.1
        return np.sum(row * row)

    return np.sum(vmap(f)(x, np.outer(x, x)) * x)
