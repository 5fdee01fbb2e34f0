"""Mixes of modes to third order, over a sample of the corpus.

Each program of the sample tries three of the eight mixes, by turns; SRCXFORM_EVERY=1 takes all
programs in all mixes.
"""

import os
from operator import attrgetter

import oracles
import pytest
from programs import Example, corpus

from nesting.orders import MIXES, is_eligible, third_derivative, tolerance

EVERY = int(os.environ.get("SRCXFORM_EVERY", "140"))
name_of = attrgetter("name")
sample = list(filter(is_eligible, corpus()))[7::EVERY]


def mixes_of(example: Example) -> tuple[str, ...]:
    """Forward mode three times, and two others, which are not those of the next program."""
    if EVERY == 1:
        return MIXES
    turn = 2 * sample.index(example)
    return MIXES[0], MIXES[1 + turn % 7], MIXES[1 + (turn + 1) % 7]


@pytest.mark.parametrize("example", sample, ids=name_of)
def test_third_order(example: Example) -> None:
    found = [third_derivative(example, mix) for mix in mixes_of(example)]
    assert all(oracles.close(one, found[0], tolerance(example)) for one in found), found
