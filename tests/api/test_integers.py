"""Integers among the arguments: real numbers in arithmetic, integers wherever they count.

The truth is the closed form in which the counted integer is a constant m and the other uses of it
are the real number n.
"""

import math
import struct

import numpy as np
import pytest

import srcxform as sx


def euler(x, n):  # x * (1 - 1/n)^m
    step = 1.0 / n
    for _ in range(n):
        x = x - step * x
    return x


def euler_in_x(n):
    return (1.0 - 1.0 / n) ** n


def euler_in_n(x, n):
    return x * n * (1.0 - 1.0 / n) ** (n - 1) / n**2


def scaled_factorial(n):
    return 2.5 * n / math.factorial(n)


def picked(x, n):
    return x[n] * n


def repeated(x, n):
    return sum([x * n] * n)


def squaring(x, n):
    result = 1.0
    while n:
        if n & 1:
            result = result * x
        x = x * x
        n >>= 1
    return result


def through_dict(p):
    return euler(p["x"], p["n"])


def through_bytes(x, n):
    return x * n + struct.unpack("d", struct.pack("d", n))[0]


def through_bytes_far_out(x, n):
    if n > 100:
        return through_bytes(x, n)
    return x * n


@pytest.mark.parametrize("n", [3, np.int64(3)])
def test_counted_and_computed_with(n) -> None:
    expected = [euler_in_x(3), euler_in_n(2.0, 3)]
    assert sx.vjp(euler, 2.0, n)[1](1.0) == pytest.approx(expected, rel=1e-13)
    assert sx.grad(euler, (0, 1))(2.0, n) == pytest.approx(expected, rel=1e-13)
    assert sx.grad(euler, 1)(2.0, n) == pytest.approx(expected[1], rel=1e-13)
    for tangents in [(1.0, 0.0), (0.0, 1.0), (0.3, -0.7)]:
        out, dot = sx.jvp(euler, (2.0, n), tangents)
        assert out == pytest.approx(euler(2.0, 3), rel=1e-13)
        assert dot == pytest.approx(np.dot(expected, tangents), rel=1e-12, abs=1e-13)
    bar = sx.grad(through_dict)({"x": 2.0, "n": n})
    assert [bar["x"], bar["n"]] == pytest.approx(expected, rel=1e-13)


def test_second_order() -> None:
    def slope(n, m=3):  # of `euler` in x, and its derivative in n
        return m * (1.0 - 1.0 / n) ** (m - 1) / n**2

    assert sx.grad(sx.grad(euler), 1)(2.0, 3) == pytest.approx(slope(3.0), rel=1e-12)
    assert sx.grad(sx.grad(euler, 1))(2.0, 3) == pytest.approx(slope(3.0), rel=1e-12)
    assert sx.jvp(sx.grad(euler), (2.0, 3), (0.0, 1.0))[1] == pytest.approx(slope(3.0), rel=1e-12)
    pushed = sx.jvp(sx.jvp(euler), ((2.0, 3), (1.0, 0.0)), ((0.0, 1.0), (0.0, 0.0)))
    assert pushed[1][1] == pytest.approx(slope(3.0), rel=1e-12)


def test_where_only_integers_can_be() -> None:
    assert sx.grad(scaled_factorial)(5) == pytest.approx(2.5 / 120, rel=1e-13)
    assert sx.vjp(scaled_factorial, 5)[1](1.0) == pytest.approx((2.5 / 120,), rel=1e-13)
    x = np.array([3.0, 5.0, 7.0])
    bars = sx.grad(picked, (0, 1))(x, 2)
    np.testing.assert_array_equal(bars[0], [0.0, 0.0, 2.0])
    assert bars[1] == 7.0
    assert sx.vjp(repeated, 2.0, 3)[1](1.0) == (9.0, 6.0)
    assert sx.vjp(squaring, 2.0, 10)[1](1.0) == pytest.approx((10 * 2.0**9, 0.0))


def test_only_counted() -> None:
    """No derivative exists in such an integer: asking for it is an error, except among others."""
    assert sx.vjp(squaring, 2.0, 3)[1](1.0) == (12.0, 0.0)
    assert sx.jvp(squaring, (2.0, 3), (1.0, 0.0)) == (8.0, 12.0)
    assert sx.grad(squaring, (0, 1), allow_int=True)(2.0, 3) == (12.0, 0.0)
    with pytest.raises(TypeError, match=r"argument 1 \(`n`\) of `squaring`.*count.*allow_int"):
        sx.grad(squaring, 1)(2.0, 3)
    with pytest.raises(TypeError, match=r"tangent of argument 1 \(`n`\) of `squaring`.*count"):
        sx.jvp(squaring, (2.0, 3), (1.0, 1.0))


def test_unused_is_zero() -> None:
    assert sx.grad(lambda x, n: x * x, (0, 1))(3.0, 2) == (6.0, 0.0)


def test_no_silent_zero() -> None:
    """Where no rule follows an integer it is refused, and only where it gets there."""
    for derive in (
        lambda f, n: sx.vjp(f, 2.0, n)[1](1.0),
        lambda f, n: sx.grad(f, (0, 1))(2.0, n),
        lambda f, n: sx.jvp(f, (2.0, n), (1.0, 1.0)),
    ):
        with pytest.raises(sx.errors.NoDerivativeError, match="`pack` has no derivative rule"):
            derive(through_bytes, 3)
        with pytest.raises(sx.errors.NoDerivativeError, match="`pack` has no derivative rule"):
            derive(through_bytes_far_out, 101)
    assert sx.jvp(through_bytes_far_out, (2.0, 3), (0.0, 1.0))[1] == 2.0


def test_found_again(monkeypatch, tmp_path) -> None:
    """What a module on disk was written for says how it takes integers."""
    from srcxform.pipeline import counters

    monkeypatch.setenv("SRCXFORM_CACHE_DIR", str(tmp_path))

    def fresh():
        def area(x, n):
            total = 0.0
            for _ in range(n):
                total = total + x * n
            return total

        return area

    assert sx.grad(fresh(), (0, 1))(2.0, 3) == (9.0, 6.0)
    before = counters.generated
    assert sx.grad(fresh(), (0, 1))(2.0, 3) == (9.0, 6.0)
    assert counters.generated == before


def divided_in_place(x):
    n = np.array([2, 4, 6])
    n /= n
    return np.sum(x * n)


def slice_divided_in_place(x):
    n = np.array([2, 4, 6])
    n[1:] /= 2
    return np.sum(x * n)


def scaled_in_place(x):
    n = np.array([2, 4, 6])
    n *= 1.5
    return np.sum(x * n)


@pytest.mark.parametrize("f", [divided_in_place, slice_divided_in_place, scaled_in_place])
@pytest.mark.parametrize(
    "derive",
    [lambda f, x: sx.grad(f)(x), lambda f, x: sx.jvp(f, (x,), (x,)), lambda f, x: sx.vjp(f, x)],
)
def test_reals_do_not_go_into_integers(f, derive):
    """What NumPy refuses to write in place is not cut to integers instead."""
    for call in (f, lambda x: derive(f, x)):
        with pytest.raises(TypeError, match="Cannot cast ufunc"):
            call(np.ones(3))


def test_integers_go_into_integers():
    def f(x):
        n = np.array([2, 4, 6])
        n //= 2
        n **= 2
        n[1:] *= 3
        return np.sum(x * n)

    assert np.array_equal(sx.grad(f)(np.ones(3)), [1.0, 12.0, 27.0])


def steps_in_array(x, n):  # x sin(x) for n = 1
    y = np.zeros(n + 1)
    y[0] = x
    for i in range(n):
        y[i + 1] = np.sin(y[i]) * x
    return y[n]


def test_length_of_an_array_that_is_written() -> None:
    x = 0.7
    s, c = math.sin(x), math.cos(x)
    first = (s + x * c, 0.0)
    assert sx.vjp(steps_in_array, x, 1)[1](1.0) == pytest.approx(first, rel=1e-13)
    for f in (steps_in_array, sx.checkpoint(steps_in_array, snapshots=3)):
        second = sx.vjp(sx.grad(f), x, 1)[1](1.0)
        assert second == pytest.approx((2.0 * c - x * s, 0.0), rel=1e-13)
