"""All mixes of modes to third order, over a sample of the corpus; SRCXFORM_EVERY=1 takes all."""

import os

import oracles
import pytest
from programs import Example, corpus

from nesting.orders import MIXES, is_eligible, third_derivative, tolerance

EVERY = int(os.environ.get("SRCXFORM_EVERY", "140"))


@pytest.mark.parametrize("example", corpus()[7::EVERY], ids=lambda e: e.name)
def test_third_order(example: Example) -> None:
    if not is_eligible(example):
        pytest.fail("choose another one") if EVERY > 1 else pytest.skip("nothing to be said")
    found = [third_derivative(example, mix) for mix in MIXES]
    assert all(oracles.close(one, found[0], tolerance(example)) for one in found), found
