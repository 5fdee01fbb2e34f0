"""Functions whose second derivatives are the point: classical test problems."""

import numpy as np

from srcxform import grad, hessian, implicit, vjp, vmap

from . import example, normal, positive


@example(1.3)
def cube(x):
    return x**3


@example(0.7, 1.2, -0.5, wrt=(0, 1, 2))
def triple_product(x, y, z):
    return x * y * z


@example(normal(1, 5))
def rosenbrock(x):
    """The valley, by slices."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2) * 0.01


@example(1.1, 0.4, wrt=(0, 1))
def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


@example(normal(2, 4))
def powell(x):
    a, b, c, d = x[0], x[1], x[2], x[3]
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


@example(0.5, 0.8, wrt=(0, 1))
def himmelblau(x, y):
    """Written with reassigned names."""
    a = x * x + y - 11.0
    b = x + y * y - 7.0
    a = a * a
    b = b * b
    return 0.1 * (a + b)


@example(normal(3, 3))
def rastrigin(x):
    total = 10.0 * len(x)
    for value in x:
        total += value**2 - 10.0 * np.cos(2.0 * np.pi * value)
    return 0.1 * total


@example(0.6, 5)
def iterated_map(x, n):
    """The curvature of an iteration."""
    y = x
    for _ in range(n):
        y = 1.7 * y * (1.0 - 0.5 * y)
    return y * x


@example(0.8, 0.3, name="inside")
@example(1.8, 0.3, name="outside")
def curvature_jumps(x, y):
    """A branch of which only the second derivative tells."""
    if x < 1.0:
        z = x * x * y
    else:
        z = 2.0 * x * y - y
    return z * np.exp(z)


@example(normal(4, 3, 3), normal(5, 3), wrt=(0, 1))
def rayleigh_quotient(a, v):
    return (v @ a @ v) / (v @ v)


@example(normal(6, 4))
def second_order_in_place(x):
    """Writes that overwrite what the second derivative needs."""
    y = x.copy()
    y[1:] *= y[:-1]
    y[0] = y[1] * y[2]
    y[2] **= 2
    return np.sum(y * y)


@example({"a": 0.4, "b": normal(7, 2)}, 1.3, wrt=(0, 1))
def mixed_structure(params, x):
    """Mixed derivatives between a dict's entries and a number."""
    return np.sum(np.exp(params["a"] * params["b"] * x)) + x**2 * params["a"]


@example(0.9)
def independent(x):
    """A linear function: the second derivative is an honest zero."""
    return 3.0 * x + 2.0


@example(positive(8, 4))
def log_barrier(x):
    slack = 8.0 - np.sum(x)
    return -np.log(slack) - np.sum(np.log(x)) + np.prod(x)


@example(1.3, analytic=False)
def curvature_of_a_solution(a):
    """The cotangent of the solution is written entry by entry, and given to the rule."""

    def solution(k):
        x = implicit.linear_solve(
            lambda v: np.array([k * v[0] + v[1], v[0] + 2 * v[1]]), np.array([1.0, k])
        )
        return x[0]

    return hessian(solution)(a)


@example(0.7, analytic=False)
def slopes_of_roots_in_a_batch(x):
    def root_of(a):
        return implicit.fixed_point(lambda y: 0.5 * (y + a / y), 1.0)

    return np.sum(vmap(grad(root_of))(np.array([x, 4 * x])))


def stencil(u, k):
    rate = np.zeros_like(u)
    rate[1:-1, 1:-1] = u[2:, 1:-1] + u[:-2, 1:-1]
    return np.sum((u + k * rate * u) ** 2)


@example(normal(61, 4, 4), 0.3, wrt=(0, 1), analytic=False)
def slope_of_a_stencil(u, k):
    """The gradient in both, of which parts are cut up and cleared."""
    u_bar, k_bar = grad(stencil, argnums=(0, 1))(u, k)
    return np.sum(u_bar * u_bar) * 0.01 + k_bar


def powered(a, n):
    out = np.ones_like(a)
    while n > 0:
        if n % 2 == 1:
            out = out * a
        n = n // 2
        if n > 0:
            a = a * a
    return out


@example(np.array([0.7, 0.4]), 5, analytic=False, name="up")
@example(np.array([0.7, 0.4]), -3, analytic=False, name="down")
def pullback_of_one_way(x, n):
    """What one way binds, and the way back from the other does not read."""

    def power(z):
        if n < 0:
            return powered(1.0 / z, -n)
        return powered(z, n)

    return np.sum(vjp(power, x)[1](x)[0])


@example(np.array([[0.7, 0.4, 1.3], [0.2, 0.9, 0.5]]), analytic=False)
def slopes_of_parts_in_a_batch(rows):
    """Functions made of others, whose gradients are taken for each row."""

    def spread(row):
        return np.ptp(row) * np.median(row) + np.inner(row, row)

    return np.sum(vmap(grad(spread))(rows) * rows)
