"""Functions defined by equations; truth is a closed form, or the iteration written out."""

import tracemalloc

import numpy as np
import pytest

import srcxform as sx
from srcxform import implicit


def square_root(a):
    return implicit.fixed_point(lambda x: 0.5 * (x + a / x), a)


def cube_root(a):
    return implicit.root(lambda x: x**3 - a, a)


NUMBERS = [
    (square_root, 2.0, 2.0**0.5, 0.5 * 2.0**-0.5, -0.25 * 2.0**-1.5),
    (cube_root, 8.0, 2.0, 1 / 12, -2 / 9 * 8.0 ** (-5 / 3)),
]


@pytest.mark.parametrize("f, a, value, slope, curvature", NUMBERS)
def test_numbers(f, a, value, slope, curvature):
    np.testing.assert_allclose(f(a), value, rtol=1e-12)
    np.testing.assert_allclose(sx.grad(f)(a), slope, rtol=1e-11)
    np.testing.assert_allclose(sx.jvp(f, (a,), (1.0,))[1], slope, rtol=1e-11)
    np.testing.assert_allclose(sx.grad(sx.grad(f))(a), curvature, rtol=1e-9)
    np.testing.assert_allclose(sx.jvp(sx.grad(f), (a,), (1.0,))[1], curvature, rtol=1e-9)


W, C = np.array([[0.3, -0.2], [0.1, 0.4]]), np.array([0.5, -0.3])


def by_fixed_point(w, c):
    x = implicit.fixed_point(lambda x: np.tanh(w @ x + c), np.zeros(2))
    return np.sum(x * x)


def by_root(w, c):
    x = implicit.root(lambda x: x - np.tanh(w @ x + c), np.zeros(2))
    return np.sum(x * x)


def written_out(w, c):
    x = np.zeros(2)
    for _ in range(200):
        x = np.tanh(w @ x + c)
    return np.sum(x * x)


MATRIX, RIGHT = np.array([[3.0, 1.0], [0.5, 2.0]]), np.array([1.0, 2.0])


def by_products(a, b):
    return np.sum(implicit.linear_solve(lambda x: a @ x, b) ** 2)


def solved(a, b):
    return np.sum(np.linalg.solve(a, b) ** 2)


VECTORS = [
    (by_fixed_point, written_out, (W, C)),
    (by_root, written_out, (W, C)),
    (by_products, solved, (MATRIX, RIGHT)),
]


@pytest.mark.parametrize("f, expected, args", VECTORS)
def test_vectors(f, expected, args):
    np.testing.assert_allclose(f(*args), expected(*args), rtol=1e-11)
    for k in (0, 1):
        found, truth = sx.grad(f, k)(*args), sx.grad(expected, k)(*args)
        np.testing.assert_allclose(found, truth, rtol=1e-9)
    found, truth = sx.jvp(f, args, args)[1], sx.jvp(expected, args, args)[1]
    np.testing.assert_allclose(found, truth, rtol=1e-9)
    pairs = zip(sx.hvp(f, args, args), sx.hvp(expected, args, args), strict=True)
    for found, truth in pairs:
        np.testing.assert_allclose(found, truth, rtol=1e-8)


def test_no_derivative_passes_the_beginning():
    assert sx.grad(lambda x0: implicit.fixed_point(np.cos, x0))(1.0) == 0.0
    assert sx.grad(lambda x0: implicit.root(lambda x: x * x - 2.0, x0))(1.0) == 0.0


def test_memory_does_not_grow_with_the_iterations():
    """Fifty steps more may cost a few temporaries, as NumPy frees them, but no array each."""
    c = np.linspace(0.0, 0.1, 10_000)

    def f(c, rate):
        x = implicit.fixed_point(lambda x: rate * np.cos(x) + c, np.zeros(10_000))
        return np.sum(x)

    def steps(rate):
        count, x, new = 0, np.ones_like(c), np.zeros_like(c)
        while np.max(np.abs(new - x)) > 1e-12:
            count, x, new = count + 1, new, rate * np.cos(new) + c
        return count

    def peak(rate):
        derivative = sx.grad(f)
        derivative(c, rate)
        tracemalloc.start()
        derivative(c, rate)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    more = steps(0.9) - steps(0.1)
    assert more > 30
    assert peak(0.9) - peak(0.1) < 5 * c.nbytes


def test_no_fixed_point():
    with pytest.raises(RuntimeError, match="did not converge in 50 steps"):
        implicit.fixed_point(lambda x: 2.0 * x + 1.0, 1.0, limit=50)
    with pytest.raises(RuntimeError, match="did not converge in 20 steps"):
        implicit.root(lambda x: x * x + 1.0, 0.3, limit=20)
