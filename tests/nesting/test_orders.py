"""All mixes of modes to third order, over a sample of the corpus; SRCXFORM_EVERY=1 takes all."""

import os
from operator import attrgetter

import oracles
import pytest
from programs import Example, corpus

from nesting.orders import MIXES, is_eligible, third_derivative, tolerance

EVERY = int(os.environ.get("SRCXFORM_EVERY", "140"))
name_of = attrgetter("name")


@pytest.mark.parametrize("example", list(filter(is_eligible, corpus()))[7::EVERY], ids=name_of)
def test_third_order(example: Example) -> None:
    found = [third_derivative(example, mix) for mix in MIXES]
    assert all(oracles.close(one, found[0], tolerance(example)) for one in found), found
