"""Branches not taken, kinks and ties: zero times infinity must not get into a gradient."""

import numpy as np

from . import exhibit

ROWS = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]])


@exhibit(
    "jax-ml/jax#347",
    at=(ROWS,),
    gradient=lambda x: (
        (np.arange(3)[:, None] < 2) * x / np.maximum(np.sqrt(np.sum(x**2, 1, keepdims=True)), 1e-9)
    ),
)
def lengths_where_positive(x):
    """The length of a row of zeros is not used, but its slope is 0 / 0."""
    lengths = np.sqrt(np.sum(x**2, axis=1))
    return np.sum(np.where(lengths > 0.5, lengths, np.ones_like(lengths)))


@exhibit(
    "jax-ml/jax#1052",
    at=(np.array([3.0, 0.0, -5.0]),),
    gradient=lambda a: np.zeros(3),
)
def angle_not_used(a):
    """arctan2 has no derivative at the origin, where a constant is chosen instead."""
    keep = np.array([0.0, 1.0, 0.0])
    return np.sum(np.where(keep > 0.5, 0.0, np.arctan2(a, a)))


@exhibit("jax-ml/jax#5798", at=(0.0,), gradient=lambda x: 1.0)
def root_beyond_one(x):
    """The root has an infinite slope at zero, where the identity is chosen."""
    return np.where(x < 1.0, x, np.sqrt(x))


@exhibit("pytorch/pytorch#187297", at=(np.array([-1.0, -4.0]),), gradient=lambda x: np.ones(2))
def root_of_negative_not_used(x):
    """The root of a negative number is NaN, and not chosen."""
    return np.sum(np.where(x > 0.0, np.sqrt(x), x))


@exhibit("HIPS/autograd#802", at=(1.0,), gradient=lambda x: 1.0)
def root_of_minus_x_not_used(x):
    """The same on the other side of zero."""
    return np.where(x >= 0.0, x, np.sqrt(-x))


@exhibit(
    "tinygrad/tinygrad#12409",
    at=(np.array([0.0, 4.0]),),
    gradient=lambda x: 1.5 * np.sqrt(x),
    curved=False,
)
def power_of_three_halves(x):
    """x sqrt(x) has slope zero at zero, which is chosen there by hand."""
    return np.sum(np.where(x == 0.0, 0.0, x * np.sqrt(x)))


@exhibit(
    "jax-ml/jax#347",
    at=(np.array([2.0, 0.0, -1.0]),),
    gradient=lambda x: np.array([1 / x[0], 0, 0]),
)
def logarithm_by_mask(x):
    """Masked by assignment instead of by where: only positive entries are read."""
    out = np.zeros(3)
    chosen = x > 0.0
    out[chosen] = np.log(x[chosen])
    return np.sum(out)


@exhibit(
    "EnzymeAD/Enzyme.jl#2987",
    at=(np.array([0.5]), True, 1.0),
    gradient=lambda x, lower, upper: (1.0 / x, -1.0 / upper),
)
def link_of_an_interval(x, lower, upper):
    """A branch for each kind of interval, two of which give the same expression."""
    bounded_below, bounded_above = lower, np.isfinite(upper)
    if bounded_below and bounded_above:
        out, extra = np.log(x[0] / upper), 0.0
    elif bounded_below:
        out, extra = np.log(x[0]), 0.0
    elif bounded_above:
        out, extra = np.log(x[0]), 0.0
    else:
        out, extra = x[0], 0.0
    return out + extra


class Gate:
    """A threshold, and a field that does nothing."""

    def __init__(self, unused=0.0, bound=1.0):
        self.unused = unused
        self.bound = bound


@exhibit("EnzymeAD/Enzyme.jl#1595", at=(np.array([0.5]),), gradient=lambda v: np.ones(1))
def gate_of_a_structure(v):
    """A constructor without arguments: its fields are constants."""
    x = v[0]
    gate = Gate()
    return x * gate.bound if x <= gate.bound else 0.0 * x


@exhibit(
    "shader-slang/slang#6411",
    at=(np.array([1.0, 3.0, -2.0]), np.array([1.5, 2.0, -4.0])),
    gradient=lambda x, y: ((x > y) * 2.0 * x, (y > x) * 2.0 * y),
)
def larger_of_two(x, y):
    """Without a tie the gradient goes to the larger one alone."""
    return np.sum(np.maximum(x, y) ** 2)


@exhibit(
    "NervanaSystems/neon#170",
    at=(np.array([[2.0, 3.0]]),),
    gradient=lambda x: np.array([[1.0, 3.0]]),
)
def maximum_added_to_each(x):
    """The maximum is broadcast: its cotangent is the sum over all places where it is added."""
    return np.sum(np.max(x) + x)


@exhibit(
    "elixir-nx/nx#1779",
    at=(np.array([-0.7, 0.2, 2.0]),),
    gradient=lambda x: np.array([0.0, 3.0 * x[1] ** 2 / 3.0, 0.0]),
)
def mean_of_clipped_cubes(x):
    """The cotangent goes through a clip once, not squared."""
    return np.mean(np.clip(x, -0.5, 1.0) ** 3)


@exhibit(
    "Theano/Theano#1010",
    at=(np.array([-0.7, 0.2, 2.0]), -0.5, 1.0),
    gradient=lambda x, low, high: (
        np.array([0.0, 2 * x[1], 0.0]), 2 * low, 2 * high,
    ),
)  # fmt: skip
def clipped_between_active_bounds(x, low, high):
    """Where an entry is clipped, the result depends on the bound."""
    return np.sum(np.clip(x, low, high) ** 2)


@exhibit(
    "jax-ml/jax#5798",
    at=(np.array([0.0, 2.0, -1.0]), np.array([1.0, 3.0, 2.0])),
    gradient=lambda x, y: (
        2 * y * (y / np.where(x == 0, np.inf, x) ** 3) * -1,
        np.where(x == 0, 0.0, 2 * y / np.where(x == 0, 1.0, x) ** 2),
    ),
    curved=False,
)
def quotient_into_an_array(x, y):
    """A division that leaves out the zeros, into an array that was zero before."""
    quotient = np.divide(y, x, out=np.zeros(3), where=x != 0.0)
    return np.sum(quotient**2)


@exhibit(
    "HIPS/autograd#396",
    at=(np.array([0.3, -0.4]), 2.0),
    gradient=lambda x, y: (np.array([2 * x[0], 0.0]), 3 * y**2),
)
def where_broadcasts_a_number(x, y):
    """One alternative is a number: its cotangent is a sum over the places where it is chosen."""
    return np.sum(np.where(x > 0.0, x**2, y**3))
