"""Derivatives inside derivatives: an inner one must not see the outer one's perturbation."""

import numpy as np

import srcxform as sx

from . import exhibit


@exhibit("JuliaDiff/ForwardDiff.jl#83", at=(1.0,), gradient=lambda x: 1.0)
def sum_with_the_outer_variable(x):
    """x d(x + y)/dy is x."""

    def inner(y):
        return x + y

    return x * sx.grad(inner)(1.0)


@exhibit("JuliaDiff/ReverseDiff.jl#45", at=(4.0,), gradient=lambda x: 2 * x)
def product_with_the_outer_variable(x):
    """x d(x y)/dy is x squared."""
    return x * sx.grad(lambda y: x * y)(1.0)


@exhibit("denizyuret/AutoGrad.jl#75", at=(5.0,), gradient=lambda x: 1.0)
def inner_derivative_at_the_outer_variable(x):
    """The inner derivative is taken at x, of a function that holds x."""
    return x * sx.grad(lambda y: x + y)(x)


@exhibit("JuliaDiff/ForwardDiff.jl#83", at=(np.array([0.6, 0.8]),))
def inner_forward_mode(v):
    """The inner function closes over the outer argument; forward in the inside."""
    _, slope = sx.jvp(lambda y: y * np.linalg.norm(v), (1.0,), (1.0,))
    return np.sum(v) * slope


@exhibit(
    "JuliaDiff/ForwardDiff.jl#443",
    "YingboMa/ForwardDiff2.jl#37",
    at=(2.0,),
    gradient=lambda x: 1.0,
)
def same_inner_derivative_twice(x):
    """The derivative of x y in y, taken twice: the first leaves nothing behind."""

    def inner(y):
        return x * y

    sx.grad(inner)(1.0)
    return sx.grad(inner)(1.0)


def lagrangian(q, v):
    return 0.5 * np.dot(v, v) * q[0] - 9.8 * q[1] * v[0]


@exhibit(
    "JuliaDiff/ForwardDiff.jl#238",
    at=(np.array([1.0, 2.0]), np.array([3.0, 4.0])),
)
def mixed_derivative_of_a_lagrangian(q, v):
    """The derivative in positions of the derivative in velocities."""
    return np.dot(sx.grad(lagrangian, 1)(q, v), np.array([1.0, -2.0]))
