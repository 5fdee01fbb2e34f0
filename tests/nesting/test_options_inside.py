"""Options of transformations called inside that stand outside the function, as containers too."""

import numpy as np
import pytest

import srcxform as sx
from srcxform import grad, jvp, vmap

SHARED = (None, 0)
AXES = ({"w": None, "b": 0}, 0)
LISTED = [{"w": None, "b": 0}, 0]
OUT = {"y": -1, "x": None}
X = np.arange(3.0)


def line(p, x):
    return p["w"] * x + p["b"]


def squares(x):
    return np.sum(vmap(line, in_axes=AXES)({"w": x, "b": x * np.ones(3)}, X) ** 2)


def squares_by_a_list(x):
    return np.sum(vmap(line, in_axes=LISTED)({"w": x, "b": x * np.ones(3)}, X) ** 2)


def products(x):
    return np.sum(vmap(lambda a, b: a * b * b, in_axes=SHARED)(x, X))


def placed(x):
    two = lambda p, y: {"y": p["w"] * y, "x": x}  # noqa: E731
    p = {"w": x * np.ones(2), "b": X}
    found = vmap(two, in_axes=AXES, out_axes=OUT)(p, X)
    return np.sum(found["y"] * np.arange(6.0).reshape(2, 3)) * found["x"]


@pytest.mark.parametrize(
    ("function", "factor"),  # of x**2, but for `products`
    [(squares, 14.0), (squares_by_a_list, 14.0), (placed, 19.0)],
)
def test_axes_in_containers(function, factor):
    assert function(0.5) == pytest.approx(0.25 * factor)
    assert grad(function)(0.5) == pytest.approx(factor)
    assert jvp(function, (0.5,), (1.0,))[1] == pytest.approx(factor)


def test_no_axis_for_what_is_shared():
    assert grad(products)(0.5) == 5.0


def test_axes_that_change_later():
    """What was written holds while the container is what it was."""
    inner = {"w": None, "b": 0}
    axes = (inner,)

    def scaled(p):
        return np.sum(p["b"]) * p["w"] ** 2

    def total(x, b):
        return np.sum(vmap(scaled, in_axes=axes)({"w": x, "b": b}))

    b = np.arange(6.0).reshape(2, 3)
    assert grad(total)(0.5, b) == 15.0
    inner["w"] = 0
    with pytest.raises((TypeError, sx.errors.UnsupportedError)):
        grad(total)(0.5, b)
    inner["w"], inner["b"] = None, 1
    assert grad(total)(0.5, b) == 15.0
    inner["b"] = None
    with pytest.raises((TypeError, sx.errors.UnsupportedError)):
        grad(total)(0.5, b)
