"""`jvp`: both forms, tangents of every structure, and what is refused."""

from collections import namedtuple

import numpy as np
import oracles
import pytest

import srcxform as sx

Pair = namedtuple("Pair", ["first", "second"])


def f(x, y):
    return np.sin(x) * y, {"sum": np.sum(x * x) * y}


def mixed(x, n, mode, extra=None):
    for _ in range(n):
        x = x * x
    return x if mode == "plain" else -x


def test_both_forms() -> None:
    x, u = np.array([0.2, -0.7]), np.array([1.0, 0.5])
    truth = oracles.complex_step_jvp(f, (x, 1.5), (0, 1), (u, -2.0))
    for out, dot in (
        sx.jvp(f, (x, 1.5), (u, -2.0)),
        sx.jvp(f)((x, 1.5), (u, -2.0)),
        sx.jvp(f)(primals=[x, 1.5], tangents=[u, -2.0]),
    ):
        assert oracles.identical(out, f(x, 1.5))
        assert oracles.close(dot, truth, 1e-15)
        assert list(dot[1]) == ["sum"]


def test_decorators() -> None:
    @sx.jvp
    def square(x):
        return x * x

    @sx.jvp(has_aux=True)
    def cube(x):
        return x**3, "note"

    assert square((3.0,), (1.0,)) == (9.0, 6.0)
    assert cube((2.0,), (1.0,)) == (8.0, 12.0, "note")


def test_auxiliary_results() -> None:
    out = sx.jvp(lambda x: (x * x, [x]), (3.0,), (1.0,), has_aux=True)
    assert out == (9.0, 6.0, [3.0])
    with pytest.raises(TypeError, match="pair"):
        sx.jvp(lambda x: x, (3.0,), (1.0,), has_aux=True)


def test_settings_have_no_tangent() -> None:
    assert sx.jvp(mixed, (2.0, 2, "plain"), (1.0, 0, None)) == (16.0, 32.0)
    assert sx.jvp(mixed, (2.0, 2, "minus"), (1.0, None, "minus")) == (-16.0, -32.0)
    assert sx.jvp(mixed, (2.0, 2, "plain", None), (1.0, 0.0, 0, None)) == (16.0, 32.0)
    with pytest.raises(TypeError, match=r"argument 2 \(`mode`\)"):
        sx.jvp(mixed, (2.0, 2, "plain"), (1.0, 0, 1.0))


def test_int_with_a_tangent_is_a_real_number() -> None:
    assert sx.jvp(lambda x: x * x, (3,), (1.0,)) == (9.0, 6.0)
    assert sx.jvp(lambda x: x * x, (3,), (2,)) == (9.0, 12.0)
    assert sx.jvp(lambda p: p[0] * p[1], ([3, 4.0],), ([1.0, 0.0],)) == (12.0, 4.0)


def test_nothing_to_differentiate() -> None:
    out, dot = sx.jvp(lambda x, s: [x * 2, s], (3, "a"), (0.0, None))
    assert (out, dot) == ([6, "a"], [0.0, "a"])


def test_integer_arrays() -> None:
    n, x = np.arange(3), np.ones(3)
    out, dot = sx.jvp(lambda x, n: x * x * n, (x, n), (x, np.zeros(3)))
    np.testing.assert_array_equal(dot, [0.0, 2.0, 4.0])
    float0 = np.zeros(3, np.dtype([("float0", np.void, 0)]))
    _, dot = sx.jvp(lambda x, n: x * x * n, (x, n), (x, float0))
    np.testing.assert_array_equal(dot, [0.0, 2.0, 4.0])
    with pytest.raises(TypeError, match="not zero"):
        sx.jvp(lambda x, n: x * n, (x, n), (x, x))


def test_results_that_do_not_move() -> None:
    def g(x):
        return x * x, 3, np.arange(2), "text", None, 2.5

    out, dot = sx.jvp(g, (np.ones(2),), (np.ones(2),))
    np.testing.assert_array_equal(dot[0], [2.0, 2.0])
    np.testing.assert_array_equal(dot[2], [0.0, 0.0])
    assert (dot[1], *dot[3:]) == (0.0, "text", None, 0.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_that_of_the_result(dtype) -> None:
    x = np.ones(3, dtype)
    out, dot = sx.jvp(lambda x: x * x, (x,), (np.ones(3),))
    assert out.dtype == dot.dtype == dtype
    out, dot = sx.jvp(lambda x: x * x, (dtype(2.0),), (1.0,))
    assert type(out) is type(dot) is dtype


def test_star_arguments_and_defaults() -> None:
    def g(x, *rest, scale=2.0):
        return scale * x * rest[0] * rest[1]

    assert sx.jvp(g, (1.0, 2.0, 3.0), (1.0, 0.0, 0.0)) == (12.0, 12.0)
    assert sx.jvp(g, (1.0, 2.0, 3.0), (0.0, 1.0, 1.0)) == (12.0, 10.0)


@pytest.mark.parametrize(
    ("primals", "tangents", "says"),
    [
        (1.0, (1.0,), "primals must be a tuple"),
        ((1.0,), np.ones(1), "tangents must be a tuple"),
        ((1.0,), (), "1 primals, but 0 tangents"),
        ((1.0, 2.0), (1.0, 2.0), "takes 1 positional argument, got 2 primals"),
        (
            (np.ones(3),),
            (1.0,),
            r"the tangent of argument 0 \(`x`\) of `<?lambda>?` has shape \(\)",
        ),
        ((np.ones(3),), (np.ones((3, 1)),), r"shape \(3, 1\), not \(3,\)"),
        ((np.ones(3),), (1j * np.ones(3),), "complex"),
        ((np.ones(3),), (None,), "None"),
        ((np.ones(3),), ("a",), "str"),
        ((1.0,), (1j,), "complex"),
        ((1.0,), (np.ones(1),), "shape"),
        ((1.0,), (None,), "None"),
        (({"a": 1.0},), ({"b": 1.0},), "keys"),
        (([1.0, 2.0],), ([1.0],), "1 entries, not 2"),
        (([1.0],), ((1.0,),), "a tuple, not a list"),
        (([[1.0, np.ones(2)]],), ([[1.0, 1.0]],), r"`x\[0\]\[1\]`"),
        ((Pair(1.0, 2.0),), ((1.0, 2.0),), "a tuple, not a Pair"),
        ((np.ma.ones(2),), (np.ones(2),), "MaskedArray"),
    ],
)
def test_tangents_that_do_not_fit(primals, tangents, says) -> None:
    with pytest.raises(TypeError, match=says):
        sx.jvp(lambda x: x, primals, tangents)


def test_half_a_call() -> None:
    with pytest.raises(TypeError, match="no tangents"):
        sx.jvp(f, (1.0, 2.0))
    with pytest.raises(TypeError, match="takes a function"):
        sx.jvp(3.0)


def test_order_of_keys_does_not_matter() -> None:
    _, dot = sx.jvp(lambda p: p["a"] * p["b"], ({"a": 2.0, "b": 3.0},), ({"b": 0.0, "a": 1.0},))
    assert dot == 3.0


def test_complex_numbers() -> None:
    z, u = 0.3 + 0.4j, 1.0 - 2.0j
    out, dot = sx.jvp(lambda z: z * z * z, (z,), (u,))
    assert dot == pytest.approx(3.0 * z * z * u, rel=1e-15)
    _, dot = sx.jvp(lambda z: np.real(z * np.conj(z)), (z,), (u,))
    assert dot == pytest.approx(2.0 * (0.3 * 1.0 - 0.4 * 2.0), rel=1e-15)


def test_nesting() -> None:
    g = lambda x, y: x**3 * y
    forward = sx.jvp(g)
    (out, dot), (out_dot, second) = sx.jvp(
        forward, ((2.0, 3.0), (1.0, 0.0)), ((1.0, 0.0), (0.0, 0.0))
    )
    assert (out, dot, out_dot, second) == (24.0, 36.0, 36.0, 36.0)
    third = sx.jvp(sx.jvp(forward))
    one, zero = (1.0, 0.0), (0.0, 0.0)
    got = third(((((2.0, 3.0), one), (one, zero))), ((one, zero), (zero, zero)))
    assert got[1][1][1] == pytest.approx(6.0 * 3.0, rel=1e-14)


def test_nesting_with_gradients() -> None:
    g = lambda p, n: np.sum(p["w"] ** 3) * n
    p, u = {"w": np.array([1.0, 2.0]), "name": "a"}, {"w": np.array([1.0, -1.0]), "name": None}
    gradient, along = sx.jvp(sx.grad(g), (p, 2.0), (u, 0.0))
    np.testing.assert_array_equal(gradient["w"], [6.0, 24.0])
    np.testing.assert_array_equal(along["w"], [12.0, -24.0])
    assert gradient["name"] == along["name"] == "a"


def test_inside_functions() -> None:
    x, u = np.array([1.0, 2.0]), np.array([1.0, -1.0])
    along = sx.grad(lambda x, u: sx.jvp(lambda q: np.sum(q**3), (x,), (u,))[1])(x, u)
    np.testing.assert_allclose(along, 6.0 * x * u, rtol=1e-14)


def test_arguments_are_left_alone() -> None:
    x, u = np.ones(2), np.ones(2)
    sx.jvp(lambda x: x * x + x, (x,), (u,))
    np.testing.assert_array_equal(x, np.ones(2))
    np.testing.assert_array_equal(u, np.ones(2))
