"""The code of a derivative is at most three times as long as that of what it is a derivative of."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcxform import grad, jvp, source

LIMIT = 3


def horner(x):
    y = 0.0
    for c in (1.0, -2.0, 0.5, 3.0):
        y = y * x + c
    return y


def newton_root(x):
    r = 1.0
    for _ in range(8):
        r = 0.5 * (r + x / r)
    return r


def logistic_map(x):
    for _ in range(5):
        x = 3.2 * x * (1.0 - x)
    return x


def pendulum(x):
    angle, speed = x, 0.0
    for _ in range(50):
        speed = speed - 0.02 * np.sin(angle)
        angle = angle + 0.02 * speed
    return angle


def continued_fraction(x):
    y = 1.0
    for k in range(6, 0, -1):
        y = k + x / y
    return y


def gaussian(x):
    return np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)


def kepler(x):
    e = x
    while abs(e - 0.3 * np.sin(e) - x) > 1e-12:
        e = e - (e - 0.3 * np.sin(e) - x) / (1.0 - 0.3 * np.cos(e))
    return e


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def softmax_loss(x):
    shifted = x - np.max(x)
    return np.log(np.sum(np.exp(shifted))) - shifted[0]


def layer(x):
    w = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
    return np.sum(np.tanh(w @ x) ** 2)


SCALARS = (horner, newton_root, logistic_map, pendulum, continued_fraction, gaussian, kepler)
VECTORS = (rosenbrock, softmax_loss, layer)


def body_lines(text: str) -> int:
    """The lines of the functions' bodies, without docstrings, comments and empty lines."""
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.body = node.body[1:]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return sum(len(ast.unparse(node.body).splitlines()) for node in functions)


@pytest.mark.parametrize("function", SCALARS, ids=lambda f: f.__name__)
def test_of_one_number(function: Callable[..., Any]) -> None:
    first, second = grad(function), grad(grad(function))
    lengths = [body_lines(source(f, 0.4)) for f in (first, second, grad(second))]
    assert lengths[1] <= LIMIT * lengths[0] and lengths[2] <= LIMIT * lengths[1], lengths


@pytest.mark.parametrize("function", VECTORS, ids=lambda f: f.__name__)
def test_along_a_direction(function: Callable[..., Any]) -> None:
    x = np.array([0.4, -0.3, 0.8])
    u, v = np.array([1.0, 0.5, -1.0]), np.array([0.3, 1.0, 0.2])

    def along(x):
        return np.vdot(grad(function)(x), u)

    def twice(x):
        return np.vdot(grad(along)(x), v)

    first = body_lines(source(grad(function), x))
    lengths = [first, body_lines(source(grad(along), x)), body_lines(source(grad(twice), x))]
    forward = [body_lines(source(jvp(grad(function)), (x,), (u,)))]
    assert forward[0] <= LIMIT * first
    assert lengths[1] <= LIMIT * lengths[0] and lengths[2] <= LIMIT * lengths[1], lengths
