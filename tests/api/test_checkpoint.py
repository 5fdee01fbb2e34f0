"""`checkpoint`: the same derivatives, from less memory."""

import tracemalloc
from typing import NamedTuple

import numpy as np
import pytest

import srcxform as sx

W = np.array([[0.5, 0.2], [-0.3, 0.9]])
X = np.array([0.3, -0.4])


def layer(x, w):
    return np.tanh(w @ x)


def network(step):
    def loss(x, w):
        for _ in range(4):
            x = step(x, w)
        return np.sum(x * x)

    return loss


def capturing(x, w):
    for _ in range(4):
        x = sx.checkpoint(lambda y: layer(y, w))(x)
    return np.sum(x * x)


WAYS = {
    "grad": lambda f: sx.grad(f, (0, 1))(X, W),
    "jvp": lambda f: sx.jvp(f, (X, W), (W[0], W.T)),
    "hvp": lambda f: sx.hvp(f, (X, W), (W[0], W.T)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("function", [network(sx.checkpoint(layer)), capturing])
def test_same_derivatives(way, function):
    found, expected = WAYS[way](function), WAYS[way](network(layer))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_of_the_function_itself():
    f = sx.checkpoint(lambda x: np.sin(x) ** 2)
    np.testing.assert_allclose(sx.grad(f)(0.3), np.sin(0.6), rtol=1e-14)
    np.testing.assert_allclose(sx.grad(sx.grad(f))(0.3), 2.0 * np.cos(0.6), rtol=1e-14)


def test_runs_once_more(capsys):
    def f(x):
        print("f")
        return np.sin(x) ** 2

    sx.grad(sx.checkpoint(f))(0.3)
    assert capsys.readouterr().out == "f\nf\n"


def test_memory_is_given_back():
    def block(x):
        for _ in range(20):
            x = np.sin(x) * x
        return x

    def chain(step):
        def f(x):
            for _ in range(10):
                x = step(x)
            return np.sum(x)

        return sx.grad(f)

    def peak(derivative):
        x = np.linspace(0.5, 1.5, 20_000)
        derivative(x)
        tracemalloc.start()
        derivative(x)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(chain(sx.checkpoint(block))) < 0.35 * peak(chain(block))


def test_integers_and_containers():
    def powers(t, n):
        return sum([t**k for k in range(n)])

    assert sx.grad(lambda x: sx.checkpoint(powers)(x, 3))(2.0) == 5.0
    assert sx.grad(lambda x, n: sx.checkpoint(lambda t: powers(t, n))(x))(2.0, 3) == 5.0
    product = sx.checkpoint(lambda p: p["a"] * p["b"])
    assert sx.grad(product)({"a": 2.0, "b": 3.0}) == {"a": 3.0, "b": 2.0}
    assert sx.grad(lambda x: sum(sx.checkpoint(lambda q: (q * q, q))(x)))(3.0) == 7.0


def test_inside_each_other():
    f = sx.checkpoint(lambda q: sx.checkpoint(lambda r: r * r * q)(q))
    assert sx.grad(f)(3.0) == 27.0


def test_as_a_decorator():
    @sx.checkpoint
    def f(x):
        return x * x

    assert sx.grad(f)(3.0) == 6.0


def test_random_numbers_are_drawn_again():
    """The same numbers, and the generator is left as the plain function leaves it."""

    def dropped(x, rng):
        return np.sin(x) * x * (rng.random(2) > 0.5)

    def twice(step):
        return lambda x, rng: np.sum(step(step(x, rng), rng))

    rngs = [np.random.default_rng(5) for _ in range(2)]
    found = sx.grad(twice(sx.checkpoint(dropped)))(X, rngs[0])
    np.testing.assert_allclose(found, sx.grad(twice(dropped))(X, rngs[1]), rtol=1e-14)
    assert rngs[0].random() == rngs[1].random()
    assert np.any(found != 0.0)

    def noisy(x):
        return np.sum(x * x * np.random.normal(size=2))

    with pytest.raises(sx.errors.NoDerivativeError, match="drawn in a `checkpoint`"):
        sx.hvp(sx.checkpoint(noisy), X, X)


class Disc(NamedTuple):
    radius: float


def area(shape):
    return 3.0 * shape.radius**2 if isinstance(shape, Disc) else 0.0 * shape[0]


@pytest.mark.parametrize("made", [sx.checkpoint(area), sx.vmap(area), sx.grad(area)])
def test_namedtuples_stay_what_they_are_in_what_was_made_outside(made):
    radius = np.array([1.3, 1.4]) if isinstance(made, type(sx.vmap(area))) else 1.3
    found = sx.grad(lambda shape: np.sum(np.array(made(shape))))(Disc(radius))
    factor = 6.0 if isinstance(made, type(sx.grad(area))) else 6.0 * radius
    np.testing.assert_allclose(found.radius, factor, rtol=1e-14)


def test_what_functions_among_the_arguments_capture_is_kept_beside_them():
    applied = sx.checkpoint(lambda f, x: f(x) * x)
    text = sx.source(sx.grad(lambda w: applied(lambda z: w * np.sin(z), 0.7)), 2.0)
    assert "def with_functions(function, function_1, x_1, x_2):" in text
    assert sx.grad(lambda w: applied(f=lambda z: w * np.sin(z), x=0.7))(2.0) == np.sin(0.7) * 0.7
