"""Derivatives taken inside functions that are differentiated: all levels, all captured values."""

import functools

import numpy as np

from srcxform import (
    batched_jacobian,
    checkpoint,
    grad,
    implicit,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    value_and_grad,
    vjp,
    vmap,
)

from . import example, normal


@example(0.7, analytic=False)
def no_perturbation_confusion(x):
    return x * grad(lambda y: x + y)(1.0)


@example(0.7, analytic=False)
def gradient_at_captured(x):
    return grad(lambda y: y**3 * x)(x)


@example(0.7, analytic=False)
def tangent_inside(x):
    return jvp(lambda y: np.sin(y * x), (x,), (x * 2,))[1]


@example(0.7, analytic=False)
def pullback_called_twice(x):
    out, pull = vjp(lambda y: y * y * x, x)
    return out * pull(2.0)[0] + pull(x)[0]


@example(0.7, analytic=False)
def value_and_gradient(x):
    v, g = value_and_grad(lambda y: np.sin(y) * x)(x)
    return v * g


@example(0.7, analytic=False)
def gradient_of_gradient(x):
    return grad(lambda y: grad(lambda z: z**3 * y)(y))(x)


@example(0.7, analytic=False)
def captured_at_three_levels(x):
    return grad(lambda y: x * grad(lambda z: x * z * y**2)(x * y))(x)


def loss(w, data):
    return np.sum((data * w) ** 2)


@example(0.7, analytic=False)
def gradient_steps(x):
    data = np.array([1.0, 2.0, x])
    w = x
    for _ in range(3):
        w = w - 0.03 * grad(loss)(w, data)
    return loss(w, data)


@example(0.7, analytic=False)
def gradient_of_array(x):
    def f(v):
        return np.sum(np.sin(v) * x)

    return np.sum(grad(f)(np.array([x, 2 * x])) ** 2)


@example(0.7, analytic=False)
def gradient_of_dict(x):
    p = {"a": x, "b": np.array([x, 1.0])}
    g = grad(lambda p: p["a"] ** 2 * np.sum(p["b"] ** 3))(p)
    return g["a"] * g["b"][0]


@grad
def dcube(x):
    return x**3


@example(0.7, analytic=False)
def derivative_made_outside(x):
    return dcube(x) * x


@example(0.7, analytic=False)
def decorated_inside(x):
    @grad
    def f(y):
        return y**4

    return f(x)


@example(0.7, analytic=False)
def gradient_of_loop(x):
    def f(y):
        for i in range(3):
            y = y * np.sin(y) + x
        return y

    return grad(f)(x)


@example(0.7, analytic=False)
def argnums(x):
    f = lambda a, b: a**2 * b**3
    ga, gb = grad(f, argnums=(0, 1))(x, x * 2)
    return ga * gb + grad(f, 1)(x, 3.0)


def hvp(f, x, v):
    return jvp(grad(f), (x,), (v,))[1]


def hvp2(f, x, v):
    return grad(lambda x: np.vdot(grad(f)(x), v))(x)


@example(0.7, analytic=False)
def hessian_vector_products(x):
    f = lambda y: np.sum(np.exp(y) * y[0])
    y = np.array([x, 0.5])
    v = np.array([1.0, x])
    return np.sum(hvp(f, y, v) * hvp2(f, y, v))


@example(0.7, analytic=False)
def gradient_in_loop(x):
    ys = np.zeros(3)

    def f(t):
        return t * t * x

    for i in range(3):
        ys[i] = grad(f)(x + i)
    return np.sum(ys**2)


@example(0.7, analytic=False)
def gradient_of_library_function(x):
    return grad(np.sin)(x) * grad(lambda t: grad(np.cos)(t * x))(x)


@example(0.7, analytic=False)
def gradient_of_branches(x):
    def f(y):
        if y > 0.5:
            return y**3 * x
        return y

    return grad(f)(x) + grad(f)(0.1 * x)


@example(0.7, analytic=False)
def gradient_of_in_place_writes(x):
    def f(y):
        a = np.zeros(3)
        a[0] = y
        a[1] = y * x
        a[2] = a[0] * a[1]
        return a.sum()

    return grad(f)(x)


@example(0.7, analytic=False)
def auxiliary_result(x):
    (v, aux), g = value_and_grad(lambda y: (y * y * x, 3 * y * x), has_aux=True)(x)
    return v * aux * g


@example(0.7, analytic=False)
def jacobian_by_pullbacks(x):
    out, pull = vjp(lambda y: np.array([y * x, y**2]), x)
    j = [pull(np.array([1.0, 0.0]))[0], pull(np.array([0.0, 1.0]))[0]]
    return j[0] * j[1]


@example(0.7, analytic=False)
def pullback_of_loop(x):
    def f(y):
        z = y
        for _ in range(2):
            z = z * y + x
        return z

    out, pull = vjp(f, x)
    return pull(1.0)[0] * pull(x)[0]


@example(0.7, analytic=False)
def four_levels(x):
    return grad(lambda y: grad(lambda z: grad(lambda w: w**3 * z**2 * y * x)(z * y))(y))(x)


@example(0.7, analytic=False)
def tangent_of_tangent(x):
    return jvp(lambda y: jvp(lambda z: z**2 * y * x, (y,), (1.0,))[1], (x,), (1.0,))[1]


@example(0.7, analytic=False)
def residual_of_equation(x):
    # pinn-like
    def u(t):
        return np.sin(x * t) * t

    ts = np.linspace(0.1, 1.0, 4)
    res = 0.0
    for t in ts:
        res = res + (grad(grad(u))(t) + u(t)) ** 2
    return res


def td(theta):
    v = lambda th, s: th * s**2
    s0, s1, r = 1.0, 2.0, 0.5

    def error(th):
        target = r + v(theta, s1)
        return 0.5 * (target - v(th, s0)) ** 2

    return grad(error)(theta)


@example(0.7, analytic=False)
def temporal_difference(x):
    return td(x)


@example(0.7, analytic=False)
def trip_count_beside(x):
    def f(y, n):
        for i in range(n):
            y = y * y + x
        return y

    return grad(f)(x, 2)


@example(0.7, analytic=False)
def gradient_of_while(x):
    def f(y):
        while y < 3:
            y = y * y + x + 1
        return y

    return grad(f)(x) + jvp(f, (x,), (1.0,))[1]


@example(0.7, analytic=False)
def keyword_beside(x):
    class_ = lambda a, *, k: a**k
    return grad(class_)(x, k=3)


@example(0.7, analytic=False)
def gradient_of_norm(x):
    def f(y):
        return np.linalg.norm(y) * x

    return grad(f)(np.array([x, 1.0])).sum()


@example(0.7, analytic=False)
def gradients_in_generator(x):
    return sum(grad(lambda y, i=i: y**i * x)(x) for i in (2.0, 3.0))


@example(0.7, analytic=False)
def partial_of_gradient(x):
    return functools.partial(grad(lambda a, b: a**b), x)(3.0)


@example(0.7, analytic=False)
def mapped_gradient(x):
    return list(map(grad(lambda t: t**3 * x), [x, 2.0]))[1]


@example(0.7, analytic=False)
def gradient_of_list_in_loop(x):
    def loss(y):
        h = []
        for i in range(3):
            h.append(y * i * x)
        return sum(h) * h[1]

    return grad(loss)(x) * value_and_grad(loss)(x)[0]


@example(0.7, analytic=False)
def pullback_through_changing_lists(x):
    """What a pullback uses up is made anew for each call, second names included."""

    def through(t):
        powers = [t]
        table = {"powers": powers}
        for _ in range(2):
            powers.append(powers[-1] * t)
            table["powers"][0] = table["powers"][0] * powers[-1]
        return powers[0] * powers[1]

    _, pullback = vjp(through, x)
    return pullback(1.0)[0] * pullback(x)[0]


@example([0.3, 0.7], analytic=False)
def tangents_beside_aux(x):
    """Of what `jvp` gives, one part differs from lane to lane, and the others do not."""
    x = np.array([x[0], x[1]])
    rows = vmap(lambda u: jvp(squares, (x,), (u,), has_aux=True)[1])(np.eye(2))
    return np.sum(rows[0] * rows[1] + rows[0] ** 2)


def squares(x):
    return x**2 * x[0], {"twice": x * 2.0}


@example(np.array([0.3, 0.7]), analytic=False)
def jacobians_of_containers(x):
    rows = jacrev(lambda p: {"y": p["w"] * p["b"], "z": p["b"] ** 2})({"w": x, "b": x[0]})
    columns = jacfwd(lambda a, b: a * b * b, argnums=(1, 0))(x, x * 2.0)
    return np.sum(rows["y"]["w"] @ rows["y"]["b"]) * rows["z"]["b"] + np.sum(columns[0] @ x)


@example(np.array([[0.3, 0.7], [0.2, 0.5]]), analytic=False)
def entries_of_a_batch(x):
    return np.sum(batched_jacobian(lambda y: np.sin(y) * y[:, :1], x) ** 2)


def volume(a, b):
    return a**2 * b**3


@example(0.7, analytic=False)
def partial_derivatives_in_a_loop(x):
    """Options that loops count out: the turns stand one after the other."""
    total = 0.0
    for k, weight in enumerate([1.0, x]):
        total = total + weight * grad(volume, argnums=1 - k)(x, 1.5)
    mixed = [[grad(grad(volume, i), j)(x, x * 2.0) for i in range(2)] for j in range(2)]
    k = 0
    while True:
        for matrix in (mixed, mixed[::-1]):
            total = total + matrix[k][0] * matrix[1][k]
        k += 1
        if k == 2:
            break
    return total


@example(np.array([[0.3, 0.7], [0.2, 0.5]]), analytic=False)
def axes_and_modes_in_a_loop(x):
    total = 0.0
    for axis in range(2):
        total = total + np.sum(vmap(lambda row: np.prod(row), in_axes=axis)(x) ** 2)
    for f in (jacfwd, jacrev):
        for k in (0, -1):
            total = total + np.sum(f(lambda a, b: a * b[0], argnums=k)(x[0], x[1]) ** 2)
    return total


@checkpoint
def chosen_squares(x, places):
    return np.sum(np.sin(x[places]) ** 2)


@example(np.array([0.3, 0.7, 1.1]), analytic=False)
def tangents_beside_places(x):
    """A forward rule that is handed integers and slices."""
    places = np.argsort(x)[:2]
    first = jvp(lambda y: chosen_squares(y, places), (x,), (x * x,))[1]
    second = jvp(lambda y: chosen_squares(y, slice(1, None)), (x,), (x,))[1]
    still = jvp(lambda y, k: np.sum(y[k] ** 2), (x, places), (x, np.zeros(2)))[1]
    return first * second + still


@example(np.array([0.4, -0.7, 1.1]), analytic=False)
def gauss_newton_product(x):
    """The cotangents of a linear map's results and of a pullback's share memory."""

    def residuals(y):
        return np.array([y[0] * y[1], np.exp(y[2]), y[0] - y[2] ** 2, y[1]])

    v = np.array([1.0, 2.0, -1.0])
    _, push = linearize(residuals, x)
    _, pull = vjp(residuals, x)
    return np.dot(v, pull(push(v))[0])


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def energy(self, x):
        return 0.5 * self.stiffness * x**4

    def __call__(self, x):
        return self.energy(x) + np.sin(x)


SPRING = Spring(3.0)
FORCE = grad(SPRING.energy)
SLOPES = jacrev(SPRING)


@example(0.7, analytic=False)
def derivatives_of_a_model_made_outside(x):
    return FORCE(x) * x + SLOPES(x**2)


@checkpoint
def stepped(rates, x, scale=1.0):
    for rate in rates["all"]:
        x = x + scale * rate(x)
    return x


@example(0.7, analytic=False)
def functions_given_to_what_is_computed_again(x):
    """They capture what is differentiated, stand in containers, and more is given by name."""
    total = 0.0
    for k in range(2):
        rates = {"all": [lambda y: x * np.sin(y) + k, functools.partial(np.power, 2.0)]}
        total = total + stepped(rates, 0.3 * x, scale=x * x)
    return total


@example(0.7, analytic=False)
def gradient_of_turns_computed_again(x):
    """Each turn hands on another function; the lists of both sweeps' functions have one name."""

    def turns(y):
        for k in range(3):
            y = checkpoint(lambda t: np.sin(t * x) + k * 0.1)(y)
        return y

    return grad(turns)(x)


@example(0.7, analytic=False)
def fixed_points_beside_writes(x):
    """The functions capture an array and its entries, which the loop writes."""
    w = np.zeros(2)
    w[0], w[1] = x, x * x
    total = 0.0
    for k in range(2):
        y = implicit.fixed_point(
            lambda y: 0.3 * np.cos(y * w[0]) + 0.2 * np.sin(w * y), np.zeros(2)
        )
        total = total + np.sum(y * w)
        w[k] = y[0]
    return total


@example(normal(971, 3), analytic=False)
def written_gradients(x):
    """A gradient is its caller's to write to, whatever it is made of inside."""
    slopes = grad(lambda y: sum(y))(x)
    slopes[-1] = x[0] ** 2
    means = grad(np.mean)(x * x)
    means[1] *= x[0]
    weights = x * x
    back = vjp(lambda y: y + 1.0, x)[1](weights)[0]
    back[0] = 7.0
    both = grad(lambda ys: sum(ys["a"]) * np.sum(ys["b"][0]))({"a": x, "b": [x * 2.0, x]})
    both["a"][1] = x[1] ** 2
    both["b"][1] += x
    total = np.sum(slopes * means) + np.sum(weights * back) + np.sum(x**3)
    return total + np.sum(both["a"] * both["b"][1])
