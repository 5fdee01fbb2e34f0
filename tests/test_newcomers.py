"""Programs as somebody writes them who is new here: each is told what is wrong in their own terms.

What Python itself says of a program is said of its derivative, too.
"""

from typing import Any

import numpy as np
import pytest

import srcxform as sx


def misspelt(x):
    return np.sinn(x)


def unknown_name(x):
    return undefined * x  # noqa: F821


def too_many(x):
    return pair(x, x, x)


def pair(x, y):
    return x * y


def too_few(x):
    return pair(x)


def not_indexed(x):
    return x[0]


def not_unpacked(x):
    a, b = x
    return a * b


def text_added(x):
    return x + "a"


def asserted(x):
    assert x < 1.0, "too large"
    return x


def shapes(x):
    return np.sum(np.ones((2, 2)) @ (np.ones(3) * x))


def into_integers(x):
    a = np.zeros(3, dtype=int)
    a += x
    return np.sum(a) * x


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (misspelt, AttributeError), (unknown_name, NameError), (too_many, TypeError),
        (too_few, TypeError), (not_indexed, TypeError), (not_unpacked, TypeError),
        (text_added, TypeError), (asserted, AssertionError), (shapes, ValueError),
        (into_integers, TypeError),
    ],
)  # fmt: skip
def test_what_python_says_is_said(function: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as own:
        function(1.5)
    for derived in (lambda: sx.grad(function)(1.5), lambda: sx.jvp(function, (1.5,), (1.0,))):
        with pytest.raises(error) as caught:
            derived()
        assert not isinstance(caught.value, sx.errors.SrcxformError)
        if error is not TypeError:  # Python words argument counts by itself
            assert str(own.value).startswith(str(caught.value).split(" (")[0])


def test_a_name_that_a_module_gets_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = sx.grad(misspelt)
    with pytest.raises(AttributeError):
        gradient(1.5)
    monkeypatch.setattr(np, "sinn", np.sin, raising=False)
    assert gradient(1.5) == np.cos(1.5)


def truncated(x):
    counts = np.zeros(3, dtype=int)
    counts[0] = 5.0 * x
    counts[1:] = np.array([3.0 * x, 2.0 * x])
    for i in range(2):
        counts[i] = counts[i] * x
    flags = np.zeros(2, dtype=bool)
    flags[0] = x
    return x * np.sum(counts) * flags[0]


def test_what_is_written_into_integers_stands_still() -> None:
    """Rounding has slope zero between its steps, in both modes."""
    x, step = 1.3, 1e-7
    slope = (truncated(x + step) - truncated(x - step)) / (2 * step)
    assert np.isclose(sx.grad(truncated)(x), slope, rtol=1e-8)
    assert np.isclose(sx.jvp(truncated, (x,), (1.0,))[1], slope, rtol=1e-8)
    assert sx.grad(sx.grad(truncated))(x) == 0.0


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("a", "is a str"), (None, "is None"), (True, "is a bool"), ({1.0}, "is a set"),
        (np.arange(3), "dtype int64"), (np.array([1.0, None]), "dtype object"),
        (np.array(["a"]), "dtype <U1"), (np.ma.array([1.0]), "MaskedArray"),
    ],
)  # fmt: skip
def test_arguments_that_are_no_numbers(value: Any, says: str) -> None:
    def total(x):
        return np.sum(x)

    with pytest.raises(TypeError, match=says) as caught:
        sx.grad(total)(value)
    assert "argument 0 (`x`) of `total`" in str(caught.value)
