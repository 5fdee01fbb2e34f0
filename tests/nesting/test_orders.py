"""Mixes of modes to third order, over a sample of the corpus.

Each program of the sample tries three of the eight mixes, by turns; SRCXFORM_EVERY=1 takes all
programs in all mixes.
"""

import os
from operator import attrgetter

import numpy as np
import oracles
import pytest
from programs import Example, corpus
from programs.recursion import list_with_a_rest

import srcxform as sx
from nesting.orders import MIXES, is_eligible, third_derivative, tolerance

EVERY = int(os.environ.get("SRCXFORM_EVERY", "140"))
name_of = attrgetter("name")
sample = list(filter(is_eligible, corpus()))[7::EVERY]

# Programs whose third derivative is refused in some mixes: each of these raises, none is wrong.
REFUSED = {
    "recursion.elimination_in_place": ("RFR", "RRF", "RRR"),
}


def mixes_of(example: Example) -> tuple[str, ...]:
    """Forward mode three times, and two others, which are not those of the next program."""
    if EVERY == 1:
        return MIXES
    turn = 2 * sample.index(example)
    return MIXES[0], MIXES[1 + turn % 7], MIXES[1 + (turn + 1) % 7]


@pytest.mark.parametrize("example", sample, ids=name_of)
def test_third_order(example: Example) -> None:
    mixes, refused = mixes_of(example), REFUSED.get(example.name, ())
    found = [third_derivative(example, mix) for mix in mixes if mix not in refused]
    assert all(oracles.close(one, found[0], tolerance(example)) for one in found), found
    for mix in set(mixes) & set(refused):
        with pytest.raises((sx.errors.UnsupportedError, sx.errors.NoDerivativeError)):
            third_derivative(example, mix)


def scaled_twice(a, k):
    """A recursion with a loop, of which each turn needs what the one before gave."""
    if k == 0:
        return a
    total = 0.0
    for i in range(len(a)):
        total = total * a[i] + a[i] ** 2
    return scaled_twice(a * total, k - 1)


def test_reverse_over_forward_over_reverse_of_a_recursion() -> None:
    x, u, w = np.array([0.7, 0.9]), np.array([1.0, 0.3]), np.array([0.2, -1.0])

    def value(x):
        return np.sum(scaled_twice(x, 2))

    def slope_forward(x):
        return sx.jvp(value, (x,), (u,))[1]

    def bend_forward(x):
        return sx.jvp(slope_forward, (x,), (w,))[1]

    def slope(x):
        return np.vdot(sx.grad(value)(x), u)

    def bend(x):
        return sx.jvp(slope, (x,), (w,))[1]

    expected = [sx.jvp(bend_forward, (x,), (e,))[1] for e in np.eye(2)]
    np.testing.assert_allclose(sx.grad(bend)(x), expected, rtol=1e-12)


def test_a_recursion_whose_lists_grow_is_refused_at_third_order() -> None:
    """While the list that it returns is being found out it is too short for what reads it."""
    first = sx.grad(list_with_a_rest)
    with pytest.raises(sx.errors.UnsupportedError, match="the recursion of `powers`"):
        sx.grad(sx.grad(first))(0.6, 3)
