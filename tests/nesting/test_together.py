"""Objects and functions that come together in lists, under derivatives taken inside."""

import numpy as np
import pytest

import srcxform as sx
from nesting.test_inside import AT, X, both_modes
from srcxform import grad, jvp


class Body:
    def __init__(self, x):
        self.x = x

    def squared(self):
        self.x *= self.x


def bodies_squared(x):
    bodies = [Body(x * k) for k in range(4)]
    for body in bodies:
        body.squared()
    return sum(body.x for body in bodies)  # 14 x**2


def test_objects_that_come_together() -> None:
    both_modes(lambda x: grad(bodies_squared)(x), AT, 28.0)
    both_modes(lambda x: jvp(bodies_squared, (x,), (x,))[1], AT, 56 * AT)
    both_modes(lambda xs: np.sum(sx.vmap(bodies_squared)(xs)), X, 28 * X)


def lines_collected(x):
    lines = []
    for k in range(3):
        lines.append(lambda t, k=k: k * t)
    return sum(line(x) for line in lines)


def test_functions_that_come_together() -> None:
    both_modes(lambda x: x * grad(lines_collected)(x), AT, 3.0)
    both_modes(lambda x: sx.vmap(lines_collected)(np.array([x, x]))[0], AT, 3.0)


def line_of(k):
    return lambda t: k * t


def lines_of_a_helper(x, count):
    lines = []
    for k in range(count):
        lines.append(line_of(k))
    return sum(line(x) for line in lines)


def test_functions_of_a_helper_are_known_turn_by_turn() -> None:
    both_modes(lambda x: x * grad(lines_of_a_helper)(x, 3), AT, 3.0)
    both_modes(lambda x: sx.vmap(lambda t: lines_of_a_helper(t, 3))(np.array([x, x]))[0], AT, 3.0)


def test_what_refuses_inside_tells_why() -> None:
    for outer in (
        lambda x, n: grad(lines_of_a_helper)(x, n),
        lambda x, n: jvp(lambda t: lines_of_a_helper(t, n), (x,), (1.0,))[1],
        lambda x, n: sx.vjp(lambda t: lines_of_a_helper(t, n), x)[1](1.0)[0],
        lambda x, n: sx.vmap(lambda t: lines_of_a_helper(t, n))(np.array([x, x]))[0],
    ):
        for derivative in (
            lambda x, f=outer: grad(f)(x, 3),
            lambda x, f=outer: jvp(f, (x, 3), (1.0, 0.0)),
        ):
            with pytest.raises(sx.errors.UnsupportedError, match="which function is called"):
                derivative(AT)
