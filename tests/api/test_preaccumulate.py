"""`preaccumulate`: the same derivatives, from one small matrix."""

import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest

import srcxform as sx


def settled(x, k):
    for _ in range(20):
        x = x - k * (x * x - 2.0) * np.cos(x)
    return x


def spread(x):
    return np.stack([x**3, np.sin(x), x * x]) * x


def gathered(p):
    return {"sum": np.sum(p["w"] * p["b"]), "pair": (p["w"][0] * p["b"], 2)}


def with_settings(x, n, how):
    for _ in range(n):
        x = np.sin(x) if how == "sine" else np.tanh(x)
    return x


@dataclass
class Spring:
    k: float
    rest: np.ndarray


def energy(s, x):
    return s.k * np.sum((x - s.rest) ** 2)


P = {"w": np.array([1.0, 2.0]), "b": 3.0}
X = np.array([0.3, 0.5])
PROGRAMS = [
    (lambda f: lambda x, k: np.sin(f(x, k)) * k, settled, (1.1, 0.1)),
    (lambda f: lambda x: np.sum(f(x) * np.arange(3.0)), spread, (0.7,)),
    (lambda f: lambda x: np.sum(f(x) ** 2), np.sort, (X,)),
    (lambda f: lambda p: f(p)["sum"] * f(p)["pair"][0], gathered, (P,)),
    (lambda f: lambda s, x: f(s, x) ** 2, energy, (Spring(0.5, X), X * X)),
    (lambda f: lambda x, c: f(lambda y: np.sum(y * c * y))(x) * c[0], "lambda", (X, X + 1.0)),
    (lambda f: lambda z: np.real(f(z)) ** 2, lambda z: z * z * np.conj(z), (0.3 + 0.4j,)),
]


@pytest.mark.parametrize("use, function, args", PROGRAMS)
def test_same_derivatives(use, function, args):
    if function == "lambda":
        formed, plain = use(sx.preaccumulate), use(lambda f: f)
    else:
        formed, plain = use(sx.preaccumulate(function)), use(function)
    wrt = tuple(range(len(args)))
    for how in (
        lambda f: sx.value_and_grad(f, wrt)(*args),
        lambda f: sx.jvp(f, args, sx.grad(f, wrt)(*args)),
        lambda f: sx.jvp(sx.grad(f, wrt), args, args)[1],
        lambda f: sx.vjp(sx.grad(f, wrt), *args)[1](args),
    ):
        same(how(formed), how(plain))


def same(found, expected):
    if isinstance(expected, Spring):
        found, expected = vars(found), vars(expected)
    assert type(found) is type(expected) or not isinstance(expected, (tuple, dict))
    if isinstance(expected, dict):
        found, expected = tuple(found.values()), tuple(expected.values())
    if isinstance(expected, tuple):
        for one, other in zip(found, expected, strict=True):
            same(one, other)
        return
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert np.asarray(found).dtype == np.asarray(expected).dtype


def test_settings_beside_numbers():
    formed = sx.preaccumulate(with_settings)
    expected = sx.grad(lambda x: np.sum(with_settings(x, 3, "sine") * x))(X)
    for f in (
        lambda x: np.sum(formed(x, 3, "sine") * x),
        lambda x: np.sum(formed(x, n=3, how="sine") * x),
    ):
        np.testing.assert_allclose(sx.grad(f)(X), expected, rtol=1e-14)


def test_single_precision():
    x = np.float32(0.7) * np.ones(2, np.float32)
    found = sx.grad(lambda x: np.sum(sx.preaccumulate(spread)(x)))(x)
    expected = sx.grad(lambda x: np.sum(spread(x)))(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_only_the_matrix_is_kept():
    def long(x):
        for _ in range(2000):
            x = x + 1e-3 * np.sin(x)
        return x

    def chain(step):
        def f(x):
            for _ in range(5):
                x = step(x)
            return x

        return sx.grad(f)

    def peak(derivative):
        derivative(0.3)
        tracemalloc.start()
        derivative(0.3)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(chain(sx.preaccumulate(long))) < 0.4 * peak(chain(long))


def test_the_smaller_side_is_taken(capsys):
    """Of a function with one number in, forward mode runs it once for value and tangent."""

    def one_to_many(x):
        print("runs")
        return spread(x)

    pull = sx.vjp(sx.preaccumulate(one_to_many), 0.3)[1]
    before = capsys.readouterr().out.count("runs")
    pull(np.ones(3))
    pull(np.ones(3))
    assert before == 2  # the value, and one tangent
    assert capsys.readouterr().out == ""


def test_as_a_decorator_and_batched():
    @sx.preaccumulate
    def f(x):
        return x**3

    xs = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(sx.vmap(sx.grad(f))(xs), 3.0 * xs**2)
    np.testing.assert_allclose(sx.grad(sx.grad(f))(2.0), 12.0)
    np.testing.assert_allclose(sx.grad(lambda x: np.sum(sx.vmap(f)(x)))(xs), 3.0 * xs**2)
