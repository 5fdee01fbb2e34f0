"""Perturbation confusion: sixty nestings, forward, reverse and mixed, against closed forms."""

from typing import Any

import numpy as np
import pytest

import srcxform as sx
from nesting.confusion import CASES


def test_collection() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(("name", "function", "expected"), CASES, ids=[c[0] for c in CASES])
def test_closed_form(name: str, function: Any, expected: Any) -> None:
    np.testing.assert_allclose(function(), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", CASES[::4], ids=[c[0] for c in CASES[::4]])
def test_as_they_are_nested(case: Any) -> None:
    """Without mode switching."""
    _, function, expected = case
    with sx.mode_switching(False):
        np.testing.assert_allclose(function(), expected, rtol=1e-12, atol=1e-12)
