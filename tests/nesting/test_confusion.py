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


def scaling(k):
    twice = 2.0 * k
    return lambda y: twice * y


def made_in_turns(x, n):
    found = [scaling(k * x) for k in range(n)]
    return sum(function(x) for function in found)


def made_before(x, n):
    function = None
    for k in range(n):
        new = scaling(k + x)
        if function is not None:
            x = x + function(x)
        function = new
    return function(x)


@pytest.mark.parametrize("program", [made_in_turns, made_before])
@pytest.mark.parametrize("outer", [lambda f: f, lambda f: lambda x, n: f(x, n)])
def test_functions_made_in_turns_are_not_one_function(program, outer):
    with pytest.raises(sx.errors.SrcxformError, match="known only while the program runs"):
        sx.grad(outer(program))(0.7, 3)
