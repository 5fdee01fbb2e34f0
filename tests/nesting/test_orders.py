"""All mixes of modes to third order, over a sample of the corpus; SRCXFORM_EVERY=1 takes all."""

import os
from operator import attrgetter

import oracles
import pytest
from programs import Example, corpus

import srcxform as sx
from nesting.orders import MIXES, is_eligible, third_derivative, tolerance

EVERY = int(os.environ.get("SRCXFORM_EVERY", "140"))
name_of = attrgetter("name")

# Programs whose third derivative is refused in some mixes: each of these raises, none is wrong.
REFUSED = {"second_order.slopes_of_roots_in_a_batch": ("RRF", "RRR")}


@pytest.mark.parametrize("example", list(filter(is_eligible, corpus()))[7::EVERY], ids=name_of)
def test_third_order(example: Example) -> None:
    refused = REFUSED.get(example.name, ())
    found = [third_derivative(example, mix) for mix in MIXES if mix not in refused]
    for mix in refused:
        with pytest.raises((sx.errors.UnsupportedError, sx.errors.NoDerivativeError)):
            third_derivative(example, mix)
    assert all(oracles.close(one, found[0], tolerance(example)) for one in found), found
