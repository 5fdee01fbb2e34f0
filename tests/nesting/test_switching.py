"""The adjoint of a gradient taken inside: forward over reverse, where that is right.

For each program both ways agree, and with the truth: complex steps and differences of gradients.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import oracles
import pytest

import srcxform as sx
from srcxform import custom_jvp, custom_vjp, grad, jvp, stop_gradient, value_and_grad, vmap

X = np.array([0.4, -0.7, 1.1])
V = np.array([1.0, 0.5, -2.0])
W = np.linspace(-1.0, 1.0, 12).reshape(4, 3)


def layer(w, x):
    return np.sum(np.tanh(w @ x) ** 2)


def product(x):
    return np.vdot(grad(lambda y: layer(W, y))(x), V)


def squared_norm(x):
    g = grad(lambda y: layer(W, y))(x)
    return np.sum(g * g)


def captured(x):  # nothing but what is captured moves
    return np.sum(grad(lambda y: np.sum(np.sin(y * x) * x))(V) ** 2)


def captured_and_own(x):
    return np.sum(grad(lambda y: np.sum(np.exp(y * x) * V))(x * x) ** 2)


def value_too(x):
    v, g = value_and_grad(lambda y: layer(W, y))(x)
    return v * v * np.sum(g * V)


def value_only(x):
    v, _ = value_and_grad(lambda y: layer(W, y))(x)
    return v * v


def two_arguments(x):
    g, h = grad(layer, argnums=(0, 1))(W * x, x)
    return np.sum(g * W) * np.sum(h * V)


def parameters(x):
    p = {"w": W * x, "b": [x, 0.5 * x]}
    g = grad(lambda p: np.sum(np.tanh(p["w"] @ V) ** 2) * np.sum(p["b"][0] * p["b"][1]))(p)
    return np.sum(g["w"] ** 2) + np.sum(g["b"][0] * V)


def looped(x):
    w = x
    for _ in range(4):
        w = w - 0.1 * grad(lambda y: layer(W, y * x))(w)
    return np.sum(w * V)


def branched(x):
    g = grad(lambda y: np.sum(y**3) if y[0] > 0 else np.sum(y**4))(x)
    return np.sum(g * V)


def steps(y):
    for k in range(3):
        y = y + 0.1 * np.sin(y) * k
    return np.sum(y * y)


def through_a_loop(x):
    return np.vdot(grad(steps)(x), V * x)


def until(y):
    while np.sum(y * y) > 0.1:
        y = 0.5 * y * y
    return np.sum(y)


def through_a_while(x):
    return np.vdot(grad(until)(x), V)


def filled(y):
    z = np.zeros_like(y)
    for i in range(len(y)):
        z[i] = y[i] ** 3
    z[0] += z[1] * z[2]
    return np.sum(z * z)


def written_inside(x):  # into an array of its own
    return np.vdot(grad(filled)(x), V)


def doubled(y):
    y *= 2.0
    return np.sum(y**3)


def written_into_its_argument(x):
    return np.vdot(grad(doubled)(x * 1.0), V)


def result_written_into(x):
    g = grad(lambda y: np.sum(y**3 * x))(x)
    g[0] = g[1] * g[2]
    g *= x
    return np.sum(g * V)


def result_that_is_captured(x):  # the gradient is c itself
    c = x * x
    g = grad(lambda y: np.vdot(y, c))(x)
    g[0] = 7.0 * x[0]
    return np.sum(g * V) + np.sum(c)


def argument_written_later(x):
    y = x * x
    g = grad(lambda z: np.sum(z**3 * y))(y)
    y[1] = 2.0 * x[0]
    return np.sum(g * y)


def constant_written_later(x):
    c = np.array([1.0, 2.0, 3.0])
    g = grad(lambda z: np.sum(z**3 * c))(x)
    c[:] = 0.0
    return np.sum(g * V) + np.sum(c)


def of_two_levels(x):
    inner = lambda y: np.vdot(grad(lambda z: np.sum(z**4 * y))(y), V)  # noqa: E731
    return np.sum(grad(inner)(x) ** 2)


def of_a_batch(x):
    g = vmap(grad(lambda y: np.sin(y) * y**2))(x)
    return np.sum(g * V)


def in_a_batch(x):
    return np.sum(vmap(lambda t: grad(lambda y: y**3 * t)(t) ** 2)(x))


def with_a_tangent(x):
    return jvp(grad(lambda y: layer(W, y)), (x,), (x * V,))[1] @ V


def unused(x):
    grad(lambda y: layer(W, y))(x)
    return np.sum(x * V)


def constant_inside(x):
    return np.sum(grad(lambda y: layer(W, y))(V) * x)


@custom_jvp
def clipped(y):
    return y


@clipped.defjvp
def clipped_jvp(primals, tangents):
    (y,), (y_dot,) = primals, tangents
    return y, y_dot * (1.0 + y * y)


def with_a_rule(x):  # its derivative is not that of a function: nothing is symmetric
    return np.vdot(grad(lambda y: np.sum(clipped(np.sin(y * x)) * y[::-1]))(x), V)


SWITCHED = [
    product, squared_norm, captured, captured_and_own, value_too, value_only, two_arguments,
    parameters, looped, branched, through_a_loop, through_a_while, written_inside,
    constant_written_later, of_two_levels, of_a_batch, in_a_batch, with_a_tangent, unused,
    constant_inside,
]  # fmt: skip
AS_NESTED = [
    written_into_its_argument, result_written_into, result_that_is_captured, argument_written_later,
]  # fmt: skip


@pytest.mark.parametrize("function", [*SWITCHED, *AS_NESTED], ids=lambda f: f.__name__)
def test_both_ways(function: Callable[..., Any]) -> None:
    found = grad(function)(X.copy())
    with sx.mode_switching(False):
        nested = grad(function)(X.copy())
    assert oracles.close(found, nested, 1e-10)
    for k in range(len(X)):
        unit = np.eye(len(X))[k]
        truth = oracles.richardson_jvp(function, (X.copy(),), (0,), (unit,))
        assert oracles.close(found[k], truth, 1e-7)


def test_a_rule_is_used_as_it_is() -> None:
    """The Jacobian of such a gradient is not symmetric; its transpose is what is asked for."""
    found = grad(with_a_rule)(X)
    pushed = [jvp(with_a_rule, (X,), (unit,))[1] for unit in np.eye(3)]
    assert oracles.close(found, np.array(pushed), 1e-12)


def test_a_reverse_rule_is_used_as_it_is() -> None:
    @custom_vjp
    def straight(y):
        return np.round(y)

    straight.defvjp(lambda y: (np.round(y), None), lambda _, g: (2.0 * g,))
    # d/dy of straight(3 y) y**2: 6 y**2 + 2 y round(3 y), where that is all.
    second = grad(lambda x: grad(lambda y: straight(3.0 * y) * y**2)(x))(0.9)
    assert second == pytest.approx(12 * 0.9 + 2 * 3.0, rel=1e-14)


def test_what_is_held_constant_stays_so() -> None:
    def inside(x):
        return grad(lambda y: stop_gradient(y) ** 2 * y)(x)  # y**2, held constant

    assert grad(inside)(1.3) == 0.0
    assert grad(lambda x: grad(lambda y: stop_gradient(x) * y * x)(2.0))(1.3) == 1.3


def test_random_numbers_are_drawn_once() -> None:
    rng = np.random.default_rng(5)

    def noisy(x):
        return grad(lambda y: np.sum(y**3) * float(rng.normal()))(x) @ V

    found = grad(noisy)(X)
    drawn = np.random.default_rng(5).normal()
    np.testing.assert_allclose(found, 6.0 * X * drawn * V, rtol=1e-13)


def test_what_is_printed_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    def told(x):
        def cube(y):
            print("cube")
            return y**3

        return grad(cube)(x) ** 2

    assert grad(told)(2.0) == pytest.approx(2 * 12.0 * 12.0)
    assert capsys.readouterr().out == "cube\n"


def test_complex_numbers() -> None:
    def energy(z):
        return np.sum(np.abs(z * z + 1.0) ** 2)

    def outer(z):
        g = grad(energy)(z)
        return np.sum(np.real(g) * V + np.imag(g) ** 2)

    z = X + 1j * V
    found = grad(outer)(z)
    with sx.mode_switching(False):
        assert oracles.close(found, grad(outer)(z), 1e-12)
    dots = np.array([jvp(outer, (z,), (unit + 0j,))[1] for unit in np.eye(3)])
    turned = np.array([jvp(outer, (z,), (1j * unit,))[1] for unit in np.eye(3)])
    np.testing.assert_allclose(found, dots - 1j * turned, rtol=1e-12)


def test_single_precision() -> None:
    x = X.astype(np.float32)
    found = grad(lambda x: np.sum(grad(lambda y: np.sum(y**3))(x) ** 2))(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, 36.0 * x**3, rtol=1e-5)


def test_source_shows_which_way() -> None:
    """Reverse over reverse keeps what the inner backward sweep overwrites, in tapes of its own."""
    gradient = grad(lambda x: np.vdot(grad(steps)(x), V))
    switched = sx.source(gradient, X)
    with sx.mode_switching(False):
        nested = sx.source(gradient, X)
    assert switched != nested
    assert "_dot" in switched and "_dot" not in nested
    loops = [len(re.findall(r"for .* in ", text)) for text in (switched, nested)]
    assert loops == [2, 5]  # the sweeps of a gradient; and of the sweeps, with what these keep


def test_switched_back() -> None:
    """Both are kept apart, in memory and on disk."""
    gradient = grad(product)
    text = sx.source(gradient, X)
    with sx.mode_switching(False):
        other = sx.source(gradient, X)
        with sx.mode_switching():
            assert sx.source(gradient, X) == text
    assert sx.source(gradient, X) == text != other


@sx.custom_vjp
def scaled_by_the_first(a, x):
    return a * x[0]


def scaled_by_the_first_fwd(a, x):
    return scaled_by_the_first(a, x), (a, x)


def scaled_by_the_first_bwd(kept, out_bar):
    a, x = kept
    x_bar = np.zeros_like(x)
    x_bar[0] = a * out_bar
    return x[0] * out_bar, x_bar


scaled_by_the_first.defvjp(scaled_by_the_first_fwd, scaled_by_the_first_bwd)


def first_times_squares(x):
    """x[0] times the sum of x**2, by a rule of its own for each term."""
    total = 0.0
    for a in x:
        total = total + scaled_by_the_first(a * a, x)
    return total


def first_times_squares_plain(x):
    total = 0.0
    for a in x:
        total = total + a * a * x[0]
    return total


@pytest.mark.parametrize("function", [first_times_squares, first_times_squares_plain])
@pytest.mark.parametrize("switching", [True, False])
def test_cotangents_that_grow_by_arrays_and_by_entries(function, switching):
    """Inside, `x_bar = x_bar + part` and `x_bar[k] += entry` take turns: two shadows a turn."""
    x, v = np.array([0.4, -0.7, 1.1]), np.array([1.0, 2.0, 3.0])
    curvature = 2 * x[0] * np.eye(3)
    curvature[0] += 2 * x
    curvature[:, 0] += 2 * x
    with sx.mode_switching(switching):
        found = sx.grad(lambda x: np.vdot(sx.grad(function)(x), v))(x)
    np.testing.assert_allclose(found, curvature @ v, rtol=1e-13)


def states_replaced(q, x):
    """An element of a list makes way for another one before the list is gone through."""
    states = [q, q * x]
    states[1] = states[1] * x[0]
    total = 0.0
    for state in states:
        total = total + np.sum(state**2)
    return total


@pytest.mark.parametrize("switching", [True, False])
def test_elements_of_lists_that_are_replaced(switching):
    """At q = x: x**2 + x**4 x[0]**2 summed, with the slope 2 x + 2 x**3 x[0]**2 in q."""
    x = np.array([0.4, -0.7, 1.1])

    def slopes(x):
        return np.sum(sx.grad(states_replaced)(x, x))

    expected = 2 + 6 * x**2 * x[0] ** 2
    expected[0] += 4 * x[0] * np.sum(x**3)
    with sx.mode_switching(switching):
        np.testing.assert_allclose(sx.grad(slopes)(x), expected, rtol=1e-13)
