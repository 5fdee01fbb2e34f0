"""Derivatives by differences, for programs that take derivatives inside: a second `sx`.

A program run with it gives the value that it has if the compiler's inner derivatives are right.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import oracles

Function = Callable[..., Any]


def _along(fun: Function, x: Any, x_dot: Any) -> Any:
    """The derivative in one direction, in the shape of the result."""
    flat = oracles.richardson_jvp(fun, (x,), (0,), (x_dot,))
    return flat.reshape(np.shape(fun(x)))[()]


def _units(x: Any) -> list[Any]:
    size = np.size(x)
    return [np.eye(size)[k].reshape(np.shape(x)) for k in range(size)]


def jacobian(fun: Function) -> Function:
    def derivative(x: Any) -> Any:
        columns = [_along(fun, x, unit) for unit in _units(x)]
        stacked = np.stack(columns, axis=-1)
        return stacked.reshape(np.shape(fun(x)) + np.shape(x))[()]

    return derivative


grad = jacfwd = jacrev = jacobian


def hessian(fun: Function) -> Function:
    return jacobian(jacobian(fun))


def value_and_grad(fun: Function) -> Function:
    return lambda x: (fun(x), grad(fun)(x))


def jvp(fun: Function, primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
    return fun(*primals), _along(fun, primals[0], tangents[0])


def linearize(fun: Function, x: Any) -> tuple[Any, Function]:
    return fun(x), lambda x_dot: _along(fun, x, x_dot)


def vjp(fun: Function, x: Any) -> tuple[Any, Function]:
    return fun(x), lambda out_bar: (grad(fun)(x) * out_bar,)


def vmap(fun: Function) -> Function:
    return lambda xs: np.stack([fun(x) for x in xs])
