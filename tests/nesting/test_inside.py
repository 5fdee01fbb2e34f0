"""Every transformation called inside a function that is differentiated itself.

The truth is a closed form, SciPy's derivative, or what the same derivative is by definition.
"""

from functools import partial
from typing import Any

import numpy as np
import oracles
import pytest
from scipy.optimize import rosen, rosen_der, rosen_hess

import srcxform as sx
from srcxform import custom_jvp, custom_vjp, grad, jvp

X = np.array([0.4, -0.7, 1.1])
V = np.array([1.0, 0.5, -2.0])


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def both_modes(function: Any, x: Any, expected: Any, rtol: float = 1e-12) -> None:
    """Compare the gradient, and its product with a direction by forward mode."""
    found = grad(function)(x)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-13)
    direction = oracles.random_like(3, x)
    pushed = jvp(function, (x,), (direction,))[1]
    np.testing.assert_allclose(pushed, np.sum(np.asarray(expected) * direction), rtol=1e-10)


def test_linearize() -> None:
    def f(x):
        out, along = sx.linearize(lambda y: y**3, x)
        return out + along(2.0) + along(x)  # x**3 + 6 x**2 + 3 x**3

    both_modes(f, 1.5, 12 * 1.5**2 + 12 * 1.5)


def test_linearize_of_several() -> None:
    def f(x):
        _, along = sx.linearize(lambda a, b: np.sum(a * a * b), x, x * x)
        return along(V, x)  # sum of 2 x**3 v + x**3

    both_modes(f, X, 6 * X**2 * V + 3 * X**2)


def test_linear_transpose() -> None:
    def f(x):
        back = sx.linear_transpose(lambda y: np.cumsum(x * y), np.zeros(3))
        return np.sum(back(V)[0] * x)  # sum of x**2 times what of V is behind

    both_modes(f, X, 2 * X * np.cumsum(V[::-1])[::-1])


def test_products() -> None:
    both_modes(lambda x: sx.jacobian_vector_product(lambda y: np.sum(y**3), x, V), X, 6 * X * V)
    both_modes(lambda x: np.sum(sx.vector_jacobian_product(lambda y: y**3, x, V)), X, 6 * X * V)
    both_modes(lambda u: np.sum(sx.jacobian_vector_product(lambda y: y**3, X, u)), V, 3 * X**2)


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_batched_jacobian(mode: str) -> None:
    w = np.array([[1.0, 2.0], [0.5, -1.0], [0.3, 0.2]])

    def f(x):
        blocks = sx.batched_jacobian(lambda y: np.sin(y @ w), x, mode=mode)
        return np.sum(blocks**2)

    x = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
    slopes = np.cos(x @ w)  # the blocks are slope_k w_jk
    weights = np.sum(w**2, axis=0)
    expected = (2 * slopes * -np.sin(x @ w) * weights) @ w.T
    both_modes(f, x, expected)


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (5, 3)])
def test_jacobian(mode: str, shape: tuple[int, int]) -> None:
    w = np.linspace(-1.0, 1.0, shape[0] * shape[1]).reshape(shape)
    slopes = np.cos(w @ X)
    expected = (-2 * slopes * np.sin(w @ X) * np.sum(w**2, axis=1)) @ w
    both_modes(
        lambda x: np.sum(sx.jacobian(lambda y: np.sin(w @ y), mode=mode)(x) ** 2), X, expected
    )


def test_hessian_against_scipy() -> None:
    def f(x):
        return np.sum(sx.hessian(rosenbrock)(x) * np.outer(V, V))

    both_modes(f, X, third_of_rosenbrock(X, V), 1e-9)


def third_of_rosenbrock(x: Any, v: Any) -> Any:
    """The gradient of v' H(x) v: SciPy's Hessian is a polynomial of degree two."""
    h = 0.5
    units = np.eye(len(x))
    return np.array(
        [v @ (rosen_hess(x + h * e) - rosen_hess(x - h * e)) @ v / (2 * h) for e in units]
    )


PRODUCTS = {
    "forward over reverse": lambda x: jvp(grad(rosenbrock), (x,), (V,))[1],
    "reverse over forward": lambda x: grad(lambda y: jvp(rosenbrock, (y,), (V,))[1])(x),
    "reverse over reverse": lambda x: grad(lambda y: np.vdot(grad(rosenbrock)(y), V))(x),
    "by its name": lambda x: sx.hvp(rosenbrock, x, V),
}


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_hessian_vector_products(product: Any) -> None:
    assert rosenbrock(X) == pytest.approx(rosen(X), rel=1e-14)
    np.testing.assert_allclose(product(X), rosen_hess(X) @ V, rtol=1e-12)
    both_modes(lambda x: np.vdot(product(x), V), X, third_of_rosenbrock(X, V), 1e-9)


def test_gradient_through_a_gradient_step() -> None:
    """Meta-learning: the loss after a step, in the parameters before and in the step's length."""

    def after(x, rate):
        return rosenbrock(x - rate * grad(rosenbrock)(x))

    x, rate = 0.3 * X, 1e-3
    there = rosen_der(x - rate * rosen_der(x))
    by_x, by_rate = grad(after, argnums=(0, 1))(x, rate)
    np.testing.assert_allclose(by_x, there - rate * rosen_hess(x) @ there, rtol=1e-12)
    assert by_rate == pytest.approx(-there @ rosen_der(x), rel=1e-12)


def test_temporal_difference() -> None:
    """TD(0): the target is held constant, so that this is no gradient of a loss."""
    value = lambda theta, s: np.dot(theta, s)  # noqa: E731
    before, after, reward = np.array([1.0, 2.0, -1.0]), np.array([2.0, 1.0, 0.0]), 0.5

    def loss(theta):
        target = reward + value(theta, after)
        return 0.5 * (sx.stop_gradient(target) - value(theta, before)) ** 2

    theta = np.array([0.1, -0.1, 0.2])
    error = reward + theta @ after - theta @ before
    np.testing.assert_allclose(-grad(loss)(theta), error * before, rtol=1e-14)
    # the semi-gradient itself is a function of theta like any other
    slope = grad(lambda t: np.vdot(grad(loss)(t), V))(theta)
    np.testing.assert_allclose(slope, np.outer(before, before) @ V, rtol=1e-14)


def test_loss_with_a_derivative_in_it() -> None:
    """A network that shall solve u' = -u: the gradient of the residual in the parameters."""
    points = np.linspace(0.0, 1.0, 5)

    def network(p, t):
        return np.sum(p[1] * np.tanh(p[0] * t))

    def loss(p):
        total = 0.0
        for t in points:
            total = total + (grad(network, argnums=1)(p, t) + network(p, t)) ** 2
        return total

    p = np.array([[0.5, -0.3], [1.2, 0.7]])
    a, b = p

    def residual(t):
        return np.sum(a * b / np.cosh(a * t) ** 2 + b * np.tanh(a * t))

    expected = np.zeros((2, 2))
    for t in points:
        sech, tanh = 1 / np.cosh(a * t) ** 2, np.tanh(a * t)
        by_a = b * sech - 2 * a * b * t * sech * tanh + b * t * sech
        expected += 2 * residual(t) * np.array([by_a, a * sech + tanh])
    both_modes(loss, p, expected)


def test_jacobian_in_the_parameters() -> None:
    """A penalty on how much the results depend on the parameters."""
    data = np.array([[1.0, 2.0], [0.5, -1.0]])

    def penalty(p):
        j = sx.jacrev(lambda q: np.exp(data @ q["w"]) * q["s"])(p)
        return np.sum(j["w"] ** 2) + np.sum(j["s"] ** 2)

    p = {"w": np.array([0.3, -0.2]), "s": 1.5}
    e = np.exp(2 * data @ p["w"])  # the squares of the entries are e s**2 data**2 and e
    squares = np.sum(data**2, axis=1)
    found = grad(penalty)(p)
    by_w = (2 * e * (p["s"] ** 2 * squares + 1)) @ data
    np.testing.assert_allclose(found["w"], by_w, rtol=1e-12)
    assert found["s"] == pytest.approx(2 * p["s"] * np.sum(e * squares), rel=1e-12)


TRACES = {
    "vjp": lambda f, x, v: np.vdot(sx.vjp(f, x)[1](v)[0], v),
    "jvp": lambda f, x, v: np.vdot(jvp(f, (x,), (v,))[1], v),
    "jacobian": lambda f, x, v: np.vdot(v, sx.jacrev(f)(x) @ v),
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_trace_by_a_random_vector(trace: Any) -> None:
    w = np.linspace(-1.0, 1.0, 9).reshape(3, 3)
    field = lambda x: np.tanh(w @ x)  # noqa: E731
    t = np.tanh(w @ X)
    expected = w.T @ (-2 * t * (1 - t**2) * (w @ V) * V)
    both_modes(lambda x: trace(field, x, V), X, expected)


def test_checkpoint() -> None:
    wrapped = lambda x: grad(sx.checkpoint(lambda y: np.sum(np.sin(y) * x)))(x)  # noqa: E731
    both_modes(lambda x: np.sum(wrapped(x)), X, np.cos(X) - X * np.sin(X))
    whole = sx.checkpoint(lambda x: np.sum(grad(lambda y: np.sum(np.sin(y) * x))(x)))
    both_modes(whole, X, np.cos(X) - X * np.sin(X))


AT = 1.5


def test_forward_rule_defined_inside() -> None:
    def f(x):
        @custom_jvp
        def doubled(y):
            return np.sin(y)

        @doubled.defjvp
        def doubled_jvp(primals, tangents):
            (y,), (y_dot,) = primals, tangents
            return doubled(y), 2.0 * np.cos(y) * y_dot

        return doubled(x) * x

    both_modes(f, AT, np.sin(AT) + 2 * AT * np.cos(AT))
    # once more: 2 cos from the value, 2 cos - 2 x sin from the slope
    assert grad(grad(f))(AT) == pytest.approx(4 * np.cos(AT) - 2 * AT * np.sin(AT), rel=1e-13)


def test_rules_for_arguments_defined_inside_a_loop() -> None:
    def f(x):
        total = 0.0
        for _ in range(3):
            tripled = custom_jvp(lambda y: np.sin(y))
            tripled.defjvps(lambda y_dot, out, y: 3.0 * np.cos(y) * y_dot)
            total = total + tripled(x)
        return total

    both_modes(f, AT, 9 * np.cos(AT))


def test_reverse_rule_defined_inside() -> None:
    def f(x):
        @partial(custom_vjp, nondiff_argnums=(0,))
        def tripled(g, y):
            return g(y)

        tripled.defvjp(lambda g, y: (g(y), y), lambda g, y, bar: (3.0 * np.cos(y) * bar,))
        return tripled(np.sin, x) * x

    assert grad(f)(AT) == pytest.approx(np.sin(AT) + 3 * AT * np.cos(AT), rel=1e-14)


@custom_jvp
def sine(x):
    return np.sin(x)


sine.defjvps(lambda x_dot, out, x: np.cos(x) * x_dot)


@pytest.mark.parametrize("outer", [sx.jacfwd, sx.jacrev, sx.hessian, grad])
def test_second_derivatives_of_functions_with_rules(outer: Any) -> None:
    f = lambda y: sine(y) * y  # noqa: E731
    if outer is sx.hessian:
        inside = lambda x: sx.hessian(f)(x)  # noqa: E731
    else:
        inside = lambda x: outer(grad(f))(x)  # noqa: E731
    both_modes(inside, AT, -3 * np.sin(AT) - AT * np.cos(AT))


CHOSEN, BOTH = 1, (0, 1)


def test_options_that_are_captured() -> None:
    f = lambda a, b: a * b * b  # noqa: E731
    assert grad(lambda x: grad(f, argnums=CHOSEN)(x, 2.0))(AT) == 4.0
    assert grad(lambda x: sum(grad(f, BOTH)(x, 2.0)))(AT) == 4.0
    assert grad(lambda x: sx.hessian(f, CHOSEN)(x, 2.0))(AT) == 2.0
    assert grad(lambda x: sx.jacrev(f, 1)(x, 2.0))(AT) == 4.0


def test_decorators_inside() -> None:
    def f(x):
        @grad
        def first(y):
            return x * y * y

        @grad(argnums=1)
        def second(a, b):
            return a * b * b * x

        return first(x) + second(x, x)  # 2 x**2 + 2 x**3

    both_modes(f, AT, 4 * AT + 6 * AT**2)


class Model:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def __call__(self, y):
        return self.w**2 * self.b * y


def test_gradients_of_objects() -> None:
    def f(x):
        model = Model(x, 2.0 * x)
        g = grad(lambda m: m(3.0))(model)
        return g.w * g.b  # 12 x**2 * 3 x**2

    both_modes(f, AT, 144 * AT**3)
    both_modes(lambda x: grad(Model(x, x))(x), AT, 3 * AT**2)


def test_of_unknown_kind() -> None:
    import json

    def f(x):
        factor = json.loads("[2.0]")[0]
        return grad(lambda y: y**3 * factor)(x)

    both_modes(f, AT, 12 * AT)

    def g(x):
        factor = json.loads("[2.0]")
        return grad(lambda y: y**3 * np.asarray(factor))(x)

    with pytest.raises(sx.errors.UnsupportedError, match="does not return one real number"):
        grad(g)(AT)


def power(x: float, n: int) -> float:
    return 1.0 if n == 0 else x * power(x, n - 1)


def damped(x: float, n: int) -> float:
    return x if n == 0 else np.sin(damped(x, n - 1)) * x


def taken(x: float, n: int) -> float:
    return x if n == 0 else grad(damped)(x, 2) + taken(0.5 * x, n - 1)


def test_recursion_to_third_order() -> None:
    third = 6 * 5 * 4 * 0.7**3
    assert np.isclose(grad(grad(grad(power)))(0.7, 6), third, rtol=1e-12)
    assert np.isclose(grad(lambda x: grad(grad(power))(x, 6))(0.7), third, rtol=1e-12)
    assert np.isclose(jvp(lambda x: grad(grad(power))(x, 6), (0.7,), (1.0,))[1], third, rtol=1e-12)


def test_recursion_inside() -> None:
    both_modes(lambda x: grad(power)(x, 3) * x, 0.7, 9 * 0.7**2)
    both_modes(lambda x: jvp(lambda y: power(y, 4), (x,), (x,))[1], 0.7, 16 * 0.7**3)
    both_modes(lambda x: sx.vjp(lambda y: power(y, 4), x)[1](x)[0], 0.7, 16 * 0.7**3)
    both_modes(lambda x: sx.hessian(power)(x, 4), 0.7, 24 * 0.7)
    both_modes(lambda x: np.sum(sx.jacrev(lambda y: power(y, 3) * X)(x)), 0.7, 6 * 0.7 * np.sum(X))


def successes(p: Any, i: int, k: int) -> Any:
    """Give the probability of k successes among the trials from i on."""
    if i == len(p):
        return 1.0 if k == 0 else 0.0
    if k < 0:
        return 0.0
    return p[i] * successes(p, i + 1, k - 1) + (1 - p[i]) * successes(p, i + 1, k)


def test_recursion_over_a_list_inside() -> None:
    p, dot = [0.3, 0.6, 0.2], [1.0, 0.0, 0.5]
    # of p q (1 - r) + p r (1 - q) + q r (1 - p)
    hessian = [[0.0, 1 - 3 * p[2], 1 - 3 * p[1]], [1 - 3 * p[2], 0.0, 1 - 3 * p[0]],
               [1 - 3 * p[1], 1 - 3 * p[0], 0.0]]  # fmt: skip
    expected = np.array(hessian) @ dot
    found = jvp(lambda x: grad(successes)(x, 0, 2), (p,), (dot,))[1]
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    found = grad(lambda x: jvp(lambda y: successes(y, 0, 2), (x,), (dot,))[1])(p)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_recursion_inside_of_loops_batches_and_recursions() -> None:
    def in_loop(x):
        total = 0.0
        for k in range(3):
            total += k * grad(damped)(x * (k + 1), 2)
        return total

    def in_lanes(x):
        return np.sum(sx.vmap(lambda y: grad(damped)(y, 3))(x * X))

    for function in (in_loop, in_lanes, lambda x: taken(x, 3)):
        expected = oracles.richardson_jvp(function, (0.7,), (0,), (1.0,))[0]
        both_modes(function, 0.7, expected, rtol=1e-8)


def test_tangent_of_integers_is_zero_or_refused() -> None:
    def along(x, places, dot):
        return jvp(lambda y, k: np.sum(y[k] ** 2), (x, places), (x, dot))[1]

    places = np.array([0, 2])
    for still in (np.zeros(2), np.zeros(2, dtype=int), None):
        found = grad(along)(X, places, still)
        np.testing.assert_allclose(found, [4 * X[0], 0.0, 4 * X[2]], rtol=1e-14)
    with pytest.raises(sx.errors.UnsupportedError, match="is not zero"):
        grad(along)(X, places, np.array([0.0, 1.0]))


def test_options_from_an_argument_are_refused() -> None:
    def turned(x, n):
        return sum(grad(lambda a, b: a * b * b, argnums=k)(x, x) for k in range(n))

    with pytest.raises(sx.errors.UnsupportedError, match="an option of `grad`"):
        grad(turned)(1.5, 2)


def test_what_refuses_inside_what_is_derived_is_told() -> None:
    def along(x, k):
        return jvp(grad(lambda a, b: a * b * b, k), (x, x), (1.0, 1.0))[1]

    with pytest.raises(sx.errors.UnsupportedError, match="an option of `grad`"):
        grad(along)(1.5, 1)


def text_of_it(x: float) -> float:
    return float(str(x))


@pytest.mark.parametrize(
    "inside",
    [
        lambda x: grad(text_of_it)(x),
        lambda x: jvp(text_of_it, (x,), (1.0,))[1],
        lambda x: sx.vjp(text_of_it, x)[1](1.0)[0],
        lambda x: jvp(lambda y: (text_of_it(y), y), (x,), (1.0,), has_aux=True)[1],
        lambda x: sx.jacfwd(text_of_it)(x),
        lambda x: sx.jacrev(text_of_it)(x),
        lambda x: sx.hessian(text_of_it)(x),
        lambda x: sx.linearize(text_of_it, x)[1](1.0),
    ],
)
def test_of_what_is_refused_as_a_whole(inside: Any) -> None:
    """Nothing comes in but the refusal, at the user's line."""
    for derived in (lambda: grad(inside)(0.7), lambda: jvp(inside, (0.7,), (1.0,))):
        with pytest.raises(sx.errors.SrcxformError) as caught:
            derived()
        assert caught.value.place is not None and caught.value.place.function == "text_of_it"
        assert caught.value.frames[0].function.endswith("<lambda>")


def test_derivatives_handed_to_implicit_functions() -> None:
    """The root of 2 (z - a) + 0.4 z**3: its slope in a is 1 / (1 + 0.6 z**2)."""

    def minimum(a):
        return sx.implicit.root(grad(lambda z: (z - a) ** 2 + 0.1 * z**4), 0.5)

    def by_number(a):
        slope = partial(grad(lambda s, z: s * ((z - a) ** 2 + 0.1 * z**4), argnums=1), 2.0)
        return sx.implicit.root(slope, 0.5)

    def by_steps(a):
        loss = lambda z: (z - a) ** 2 + 0.1 * z**4
        return sx.implicit.fixed_point(lambda z: z - 0.2 * grad(loss)(z), 0.5)

    z = minimum(0.8)
    for function in (minimum, by_number, by_steps):
        both_modes(function, 0.8, 1.0 / (1.0 + 0.6 * z**2), rtol=1e-8)


def test_functions_that_capture_functions_handed_to_implicit_functions() -> None:
    """z = 0.3 sin(a z) + 0.2 a: dz/da = (0.3 z cos(a z) + 0.2) / (1 - 0.3 a cos(a z))."""

    def solved(a):
        def wave(z):
            return np.sin(a * z)

        def right(z):
            def scaled(u):
                return 0.3 * wave(u)

            return scaled(z) + 0.2 * a

        return sx.implicit.fixed_point(right, 0.1)

    a, z = 0.8, solved(0.8)
    cosine = np.cos(a * z)
    both_modes(solved, a, (0.3 * z * cosine + 0.2) / (1.0 - 0.3 * a * cosine), rtol=1e-8)

    def recomputed(a):
        wave = lambda z: np.sin(a * z)
        return sx.checkpoint(lambda y: wave(y) * wave(y))(a)  # sin(a**2)**2

    both_modes(recomputed, a, 4 * a * np.sin(a * a) * np.cos(a * a))


def test_functions_that_turns_make_of_one_another() -> None:
    def fifth(x):
        f = np.sin
        for _ in range(5):
            f = grad(f)
        return f(x) * x  # x cos x

    both_modes(fifth, 1.3, np.cos(1.3) - 1.3 * np.sin(1.3))

    def third(x):
        f, k = lambda y: y**4 * x, 0
        while k < 3:
            f = sx.jacfwd(f) if k % 2 else grad(f)
            k += 1
        return f(x)  # 24 x**2

    both_modes(third, 1.3, 48 * 1.3)
