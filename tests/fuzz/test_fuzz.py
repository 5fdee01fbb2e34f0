"""Random programs with fixed seeds: right or refused, and few refused.

`SRCXFORM_FUZZ=10000 pytest tests/fuzz -n 4` runs that many instead of 1,000. What is found is
shrunk, and printed with its arguments; `python -m fuzz.survey` (in tests) counts instead of
stopping at the first.
"""

import os

import pytest

from fuzz.batch import SIZE, run

PROGRAMS = int(os.environ.get("SRCXFORM_FUZZ", "1000"))
REFUSED = 0.1  # of one batch; batch 0 has most: 4 of 49


@pytest.mark.parametrize("number", range(PROGRAMS // SIZE))
def test_batch(number: int) -> None:
    tally = run(number)
    judged = tally.right + sum(tally.refused.values())
    assert judged > SIZE / 2, tally.invalid
    assert sum(tally.refused.values()) <= REFUSED * judged, tally.refused
