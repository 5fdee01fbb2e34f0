"""Shapes: what was broadcast comes back summed, what was moved comes back to its place."""

import numpy as np

from . import exhibit


@exhibit(
    "HIPS/autograd#376",
    at=(np.array([2.0, 2.0]), np.array([3.0])),
    gradient=lambda x, y: (np.full(2, y[0]), np.array([np.sum(x)])),
)
def dot_product_with_one_entry(x, y):
    """An index of length two in one operand and of length one in the other."""
    return np.einsum("i,i", x, y)


@exhibit(
    "pytorch/pytorch#1787",
    at=(np.array([0.5]), np.arange(6.0).reshape(3, 2)),
    gradient=lambda a, b: (np.array([np.sum(b)]), np.full((3, 2), a[0])),
)
def one_entry_times_a_matrix(a, b):
    """The gradient has the shape of the argument, not of the product."""
    return np.sum(a * b)


@exhibit(
    "pytorch/pytorch#1787",
    at=(np.array([[1.0], [2.0], [3.0]]), np.array([[0.5, 0.25]])),
    gradient=lambda a, b: (2 * a * np.sum(b**2), 2 * b * np.sum(a**2)),
)
def column_times_row(a, b):
    """Both operands are stretched."""
    return np.sum((a * b) ** 2)


@exhibit("HIPS/autograd#384", at=(np.array([1.0, 2.0, 3.0]),), gradient=lambda x: 8 * x)
def stretched_on_purpose(x):
    """np.broadcast_to repeats without copying."""
    return np.sum(np.broadcast_to(x, (4, 3)) ** 2)


@exhibit("EnzymeAD/Enzyme.jl#1119", at=(2.0,), gradient=lambda x: 3.0)
def differences_of_rows(x):
    """Differences along the second axis of a matrix made of one number."""
    return np.sum(np.diff(np.array([[0.0, x], [1.0, 2 * x]]), axis=1))


@exhibit("EnzymeAD/Enzyme.jl#1119", at=(2.0,), gradient=lambda x: 4.0)
def corner_of_a_turned_matrix(x):
    """A matrix turned by three half turns."""
    return np.rot90(np.array([[x, 2 * x], [3 * x, 4 * x]]), 6)[0, 0]


@exhibit("FluxML/Zygote.jl#43", at=(5.0,), gradient=lambda v: 10.0)
def sum_of_a_constant_vector(v):
    """Ten copies of one number."""
    return np.sum(np.full(10, v))


@exhibit(
    "EnzymeAD/Enzyme.jl#2564",
    at=(np.array([0.3, -0.2]), np.array([[1.0, 2.0], [0.5, -1.0], [0.2, 0.1]])),
)
def logistic_likelihood(beta, x):
    """Rows times coefficients, summed, through logarithms of two kinds."""
    seen = np.array([1.0, 0.0, 1.0])
    p = 1.0 / (1.0 + np.exp(-np.sum(x * beta, axis=1)))
    return np.sum(seen * np.log(p) + (1.0 - seen) * np.log1p(-p))


@exhibit("Theano/Theano#1585", at=(np.array([2.0]), 3), gradient=lambda x, n: n * 2 * x)
def one_entry_written_to_many(x, n):
    """A row of one entry fills an array."""
    out = np.empty(n)
    out[:] = x
    return np.sum(out**2)
