"""Rules of users' own: used in both modes, inlined, checked when they are given."""

import math

import numpy as np
import pytest

import srcxform as sx
from srcxform.rules.registry import RULES


def opaque(x, scale=1.0):
    """A function that must not be looked into: its source has no derivative."""
    return float(str(x)) ** 2 * scale


def opaque_dot(x, scale, x_dot):
    return 2.0 * x * x_dot * scale


def opaque_bar(x, scale, out_bar):
    return 2.0 * x * scale * out_bar


@pytest.fixture(scope="module", autouse=True)
def registered():
    """The rules, for the tests of this file only: the table is one for the whole process."""
    sx.tangent(opaque)(opaque_dot)
    sx.adjoint(opaque, wrt="x")(opaque_bar)
    yield
    del RULES[opaque]


def user(x):
    return math.sin(x) * opaque(x, 3.0)


def expected(x):
    return math.cos(x) * 3.0 * x**2 + math.sin(x) * 6.0 * x


def test_both_modes():
    assert sx.grad(user)(0.7) == pytest.approx(expected(0.7), rel=1e-14)
    value, dot = sx.jvp(user, (0.7,), (2.0,))
    assert value == user(0.7)
    assert dot == pytest.approx(2.0 * expected(0.7), rel=1e-14)


def test_the_rule_is_inlined():
    text = sx.source(sx.grad(user), 0.7)
    assert "opaque_bar" not in text
    assert "opaque(x, 3.0)" in text.replace("test_rules.", "").replace("tests.api.", "")


def test_second_order():
    second = sx.grad(sx.grad(user))(0.7)
    step = 1e-5
    difference = (expected(0.7 + step) - expected(0.7 - step)) / (2 * step)
    assert second == pytest.approx(difference, rel=1e-8)


def test_a_rule_about_nothing_is_refused():
    with pytest.raises(TypeError, match="`y`, but `opaque` takes x, scale"):

        @sx.adjoint(opaque, wrt="y")
        def wrong(out_bar):
            return out_bar

    with pytest.raises(TypeError, match="a rule is a Python function"):
        sx.tangent(opaque)(np.sin)
