"""`grad` and `value_and_grad`: which argument, which structure, which dtype, and what is refused.

Expected numbers are derivatives written down by hand, or differences from `oracles`.
"""

import dataclasses
import functools
import math
from collections import deque, namedtuple
from typing import Any

import numpy as np
import oracles
import pytest

import srcxform as sx

Pair = namedtuple("Pair", ["first", "second"])


@dataclasses.dataclass(frozen=True)
class Settings:
    name: str
    weights: Any


def product(x, y, z=2.0):
    return x * x * y * z


def total(x):
    return np.sum(x * x)


def weighted(params, x):
    return np.sum(params["w"] * x) + params["b"] * params["b"]


def test_one_argument_is_the_first() -> None:
    assert sx.grad(product)(3.0, 5.0) == 60.0


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 60.0),
        (1, 18.0),
        (2, 45.0),
        (-1, 45.0),
        (-3, 60.0),
        (np.int64(1), 18.0),
        ((0,), (60.0,)),
        ((1, 0), (18.0, 60.0)),
        ([0, 2], (60.0, 45.0)),
        ((-1, 0), (45.0, 60.0)),
        ((0, 0), (60.0, 60.0)),
    ],
)
def test_argnums(argnums, expected) -> None:
    assert sx.grad(product, argnums)(3.0, 5.0, 2.0) == expected
    assert sx.value_and_grad(product, argnums)(3.0, 5.0, 2.0) == (90.0, expected)


def test_negative_argnums_count_what_is_passed() -> None:
    assert sx.grad(product, -1)(3.0, 5.0) == 18.0


def test_arguments_by_keyword_and_default() -> None:
    gradient = sx.grad(product, argnums=(0, 1))
    assert gradient(3.0, z=1.0, y=5.0) == (30.0, 9.0)
    assert gradient(y=5.0, x=3.0) == (60.0, 18.0)


def keyword_only(x, *, scale, shift=1.0, **more):
    return scale * x * x + shift * x + sum(more.values())


def test_keyword_only_arguments() -> None:
    assert sx.grad(keyword_only)(3.0, scale=2.0) == 13.0
    assert sx.grad(keyword_only)(3.0, scale=2.0, shift=5.0, extra=7.0) == 17.0


def test_star_arguments() -> None:
    def f(first, *rest):
        return first * rest[0] * rest[1] ** 2

    assert sx.grad(f)(2.0, 3.0, 4.0) == 48.0
    assert sx.grad(f, 2)(2.0, 3.0, 4.0) == 48.0
    assert sx.grad(f, (0, 1, 2))(2.0, 3.0, 4.0) == (48.0, 32.0, 48.0)
    with pytest.raises(TypeError, match="argument 3"):
        sx.grad(f, 3)(2.0, 3.0, 4.0)


def test_decorators() -> None:
    @sx.grad
    def slope(x):
        """The slope."""
        return x * x

    @sx.value_and_grad(argnums=1)
    def both(x, y):
        return x * y * y

    assert slope(3.0) == 6.0
    assert both(2.0, 3.0) == (18.0, 12.0)
    assert "The slope." in slope.__doc__


class Model:
    def __init__(self, k):
        self.k = k

    def energy(self, x):
        return self.k * x * x

    def __call__(self, x):
        return self.k * x

    @sx.grad
    def force(self, x):
        return self.k * x * x

    @sx.grad(argnums=2)
    def second_force(self, x, y):
        return self.k * x * y * y

    @staticmethod
    @sx.grad
    def free(x):
        return x * x

    @classmethod
    def of_class(cls, x):
        return x**3


def test_methods() -> None:
    model = Model(4.0)
    assert sx.grad(model.energy)(3.0) == 24.0
    assert sx.grad(model)(3.0) == 4.0
    assert model.force(3.0) == 24.0
    assert Model.force(model, 3.0) == 24.0
    assert model.second_force(1.0, 3.0) == 24.0
    assert model.free(3.0) == 6.0
    assert sx.grad(Model.of_class)(2.0) == 12.0
    model.k = 5.0
    assert sx.grad(model.energy)(3.0) == 30.0
    assert model.force(3.0) == 30.0


def test_partials() -> None:
    assert sx.grad(functools.partial(product, 3.0))(5.0) == 18.0
    assert sx.grad(functools.partial(product, y=5.0))(3.0) == 60.0
    assert sx.grad(functools.partial(product, z=1.0), 1)(3.0, 5.0) == 9.0
    assert sx.grad(functools.partial(product, z=1.0))(3.0, 5.0, z=2.0) == 60.0
    assert functools.partial(sx.grad(product), 3.0)(5.0) == 60.0


@pytest.mark.parametrize(
    ("function", "derivative", "at"),
    [
        (np.sin, math.cos, 0.3),
        (np.exp, math.exp, 0.3),
        (math.log, lambda x: 1.0 / x, 0.3),
        (math.atan, lambda x: 1.0 / (1.0 + x * x), 0.3),
    ],
)
def test_functions_without_source(function, derivative, at) -> None:
    assert sx.grad(function)(at) == pytest.approx(derivative(at), rel=1e-15)


def test_numpy_functions_of_arrays() -> None:
    x = np.array([3.0, 4.0])
    np.testing.assert_allclose(sx.grad(np.linalg.norm)(x), [0.6, 0.8], rtol=1e-15)
    np.testing.assert_array_equal(sx.grad(np.sum)(x), [1.0, 1.0])
    np.testing.assert_array_equal(sx.grad(np.dot, (0, 1))(x, 2.0 * x), (2.0 * x, x))
    assert sx.grad(np.multiply, 1)(2.0, 3.0) == 2.0


def test_structure_of_containers() -> None:
    def f(p):
        return np.sum(p["w"] * p["w"]) * p["inner"][0] + p["inner"][1][0]

    params = {"w": np.array([1.0, 2.0]), "inner": (3.0, [4.0, None]), "name": "relu", "on": True}
    got = sx.grad(f)(params)
    assert list(got) == list(params)
    np.testing.assert_array_equal(got["w"], [6.0, 12.0])
    assert got["inner"] == (5.0, [1.0, None])
    assert got["name"] == "relu"
    assert got["on"] is True


def test_named_tuples() -> None:
    got = sx.grad(lambda p: p.first * p.second * p.second)(Pair(2.0, 3.0))
    assert type(got) is Pair
    assert got == Pair(9.0, 12.0)


def test_dataclasses() -> None:
    got = sx.grad(lambda s: np.sum(s.weights**3))(Settings("a", np.array([1.0, 2.0])))
    assert type(got) is Settings
    assert got.name == "a"
    np.testing.assert_array_equal(got.weights, [3.0, 12.0])


def test_unused_arguments_get_zeros() -> None:
    x = np.ones((2, 3), np.float32)
    got = sx.grad(lambda x, y: y * 2.0)(x, 1.0)
    np.testing.assert_array_equal(got, np.zeros((2, 3)))
    assert got.dtype == np.float32
    assert sx.grad(lambda p, y: y * 2.0)({"a": 1.0, "b": [x[0]]}, 1.0)["a"] == 0.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_dtype_is_that_of_the_argument(dtype) -> None:
    def f(x, w):
        return np.sum(x * w)

    x, w = np.ones(2, dtype), np.array([2.0, 3.0])
    got = sx.grad(f)(x, w)
    assert got.dtype == dtype
    np.testing.assert_array_equal(got, w.astype(dtype))
    scalar = sx.grad(lambda x: x * x * 2.0)(dtype(3.0))
    assert type(scalar) is dtype
    assert scalar == dtype(12.0)


def test_float_gives_a_float() -> None:
    assert isinstance(sx.grad(lambda x, w: np.sum(x * w))(2.0, np.ones(3)), (float, np.floating))
    assert sx.grad(lambda x: x * x)(np.array(3.0)).shape == ()
    assert isinstance(sx.grad(lambda x: x * x)(np.array(3.0)), np.ndarray)


@pytest.mark.parametrize("three", [3, np.int32(3), np.uint8(3)])
def test_int_counts_as_real(three) -> None:
    got = sx.grad(lambda x: x * x * x)(three)
    assert got == 27.0
    assert isinstance(got, float)
    assert sx.grad(lambda p: p[0] * p[1])([three, 2.0]) == [2.0, 3.0]


def test_int_that_is_not_differentiated_stays() -> None:
    def power(x, n):
        for _ in range(n):
            x = x * x
        return x

    assert sx.grad(power)(2.0, 2) == 32.0


@pytest.mark.parametrize("array", [np.arange(3), np.ones(2, bool), np.ones(2, np.uint8)])
def test_integer_arrays_are_refused(array) -> None:
    with pytest.raises(TypeError, match=r"argument 0 \(`x`\) of `total`.*astype.*allow_int"):
        sx.grad(total)(array)
    with pytest.raises(TypeError, match=r"`params\['w'\]`"):
        sx.grad(weighted)({"w": array, "b": 1.0}, 1.0)


def test_allow_int() -> None:
    gradient = sx.grad(lambda x, n: np.sum(x * n), (0, 1), allow_int=True)
    x_bar, n_bar = gradient(np.ones(3), np.arange(3))
    np.testing.assert_array_equal(x_bar, [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(n_bar, np.zeros(3))
    value, bar = sx.value_and_grad(total, allow_int=True)(np.arange(3))
    assert value == 5
    np.testing.assert_array_equal(bar, np.zeros(3))


@pytest.mark.parametrize("argument", ["text", None, True, len, object(), np.ma.ones(2)])
def test_what_is_no_number_is_refused(argument) -> None:
    with pytest.raises(TypeError, match=r"argument 0 \(`x`\) of `total`"):
        sx.grad(total)(argument)


class Box:
    def __init__(self):
        self.values = np.ones(2)
        self.me = self


def test_hidden_numbers_are_not_dropped() -> None:
    with pytest.raises(TypeError, match="container"):
        sx.grad(lambda d: d[0] * d[0])(deque([2.0]))
    with pytest.raises(TypeError, match=r"`b\[0\]`"):
        sx.grad(lambda b: np.sum(b[0].values))([Box()])


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: x * 2.0, r"shape \(3,\).*jacrev.*vjp"),
        (lambda x: x[:1], r"shape \(1,\)"),
        (lambda x: np.outer(x, x), r"shape \(3, 3\)"),
        (lambda x: (x[0], x[1]), "tuple"),
        (lambda x: [x[0]], "list"),
        (lambda x: {"loss": x[0]}, "dict"),
        (lambda x: None, "None.*return"),
        (lambda x: "text", "str"),
        (lambda x: x[0] > 0.0, "bool"),
        (lambda x: x[0] * 1j, "holomorphic"),
    ],
)
def test_results_that_are_no_real_number(function, says) -> None:
    for make in (sx.grad, sx.value_and_grad):
        with pytest.raises(TypeError, match=says):
            make(function)(np.arange(3.0))


def test_constant_results() -> None:
    assert sx.grad(lambda x: 3)(1.0) == 0.0
    assert sx.grad(lambda x: 3.0)(1.0) == 0.0
    np.testing.assert_array_equal(sx.grad(lambda x: 3.0)(np.ones(2)), np.zeros(2))


def test_auxiliary_results() -> None:
    def f(x):
        y = np.sin(x)
        return y * y, {"y": y, "note": "kept"}

    gradient, aux = sx.grad(f, has_aux=True)(0.3)
    assert gradient == pytest.approx(math.sin(0.6), rel=1e-15)
    assert aux == {"y": np.sin(0.3), "note": "kept"}
    (value, aux), again = sx.value_and_grad(f, has_aux=True)(0.3)
    assert (value, aux["y"], again) == (np.sin(0.3) ** 2, np.sin(0.3), gradient)
    with pytest.raises(TypeError, match="pair"):
        sx.grad(product, has_aux=True)(1.0, 2.0)


def test_complex_to_real() -> None:
    """At z = x + iy the gradient is du/dx - i du/dy."""

    def f(z):
        return np.real(z * z * np.conj(z))  # x (x² + y²)

    got = sx.grad(f)(1.0 + 2.0j)
    assert got == pytest.approx((3.0 + 4.0) - 1j * (2.0 * 1.0 * 2.0), rel=1e-14)
    array = sx.grad(lambda z: np.sum(np.real(z * np.conj(z))))(np.array([1.0 + 2.0j]))
    np.testing.assert_allclose(array, [2.0 - 4.0j], rtol=1e-15)


def test_holomorphic() -> None:
    z = 1.0 + 2.0j
    got = sx.grad(lambda z: z * z * z, holomorphic=True)(z)
    assert got == pytest.approx(3.0 * z * z, rel=1e-15)
    with pytest.raises(TypeError, match="holomorphic"):
        sx.grad(lambda z: z * z)(z)
    with pytest.raises(TypeError, match="real"):
        sx.grad(lambda z: z * z, holomorphic=True)(1.0)
    with pytest.raises(TypeError, match="real"):
        sx.grad(np.real, holomorphic=True)(z)


def test_real_argument_of_complex_function() -> None:
    got = sx.grad(lambda x: np.real(np.exp(1j * x)))(0.3)
    assert got == pytest.approx(-math.sin(0.3), rel=1e-15)
    assert isinstance(got, float)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: sx.grad(3), "takes a function"),
        (lambda: sx.grad(int), "class"),
        (lambda: sx.grad(product, "x"), "argnums"),
        (lambda: sx.grad(product, True), "argnums"),
        (lambda: sx.grad(product, 0.5), "argnums"),
        (lambda: sx.grad(product, ()), "argnums"),
        (lambda: sx.grad(product, 3)(1.0, 2.0), "argument 3 of `product`"),
        (lambda: sx.grad(product, -4)(1.0, 2.0), "argument -4 of `product`"),
        (lambda: sx.grad(product)(1.0), "missing 1 required positional argument: 'y'"),
        (lambda: sx.grad(product)(1.0, 2.0, 3.0, 4.0), "positional arguments"),
        (lambda: sx.grad(product)(1.0, 2.0, q=3.0), "unexpected keyword argument 'q'"),
        (lambda: sx.grad(product)(1.0, 2.0, x=3.0), "multiple values for argument 'x'"),
    ],
)
def test_wrong_calls(call, says) -> None:
    with pytest.raises(TypeError, match=says):
        call()


def test_gradients_belong_to_the_caller() -> None:
    """They can be written to, and are no part of anything else."""
    x, w = np.ones(3), np.array([1.0, 2.0, 3.0])

    def f(x, w):
        return np.sum(x * w)

    x_bar, w_bar = sx.grad(f, (0, 1))(x, w)
    for bar, arrays in ((x_bar, (x, w, w_bar)), (w_bar, (x, w, x_bar))):
        assert bar.flags.writeable
        assert not any(np.shares_memory(bar, other) for other in arrays)
    both = sx.grad(lambda p: np.sum(p[0] + p[1]))([x, w])
    assert not np.shares_memory(*both)
    both[0] += 1.0
    np.testing.assert_array_equal(both[1], np.ones(3))


def test_arguments_are_left_alone() -> None:
    def f(x):
        y = x.copy()
        y[0] = y[1] * y[2]
        return np.sum(y * y)

    x = np.array([1.0, 2.0, 3.0])
    got = sx.grad(f)(x)
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])
    assert oracles.close(got, [0.0, 2 * 2 * 9 + 4, 2 * 4 * 3 + 6], 1e-15)


def test_higher_orders() -> None:
    f = lambda x: x**5
    for order, expected in enumerate([80.0, 160.0, 240.0, 240.0], start=1):
        derivative = functools.reduce(lambda g, _: sx.grad(g), range(order), f)
        assert derivative(2.0) == pytest.approx(expected, rel=1e-14)


def test_gradients_in_any_nesting() -> None:
    mixed = sx.grad(sx.grad(product, 1), 0)
    assert mixed(3.0, 5.0) == 12.0
    assert sx.grad(sx.value_and_grad(product, 0), 1, has_aux=True)(3.0, 5.0) == (18.0, 60.0)
    aux = sx.grad(lambda x, y: (x * x * y, x), 0, has_aux=True)
    assert sx.grad(aux, 1, has_aux=True)(3.0, 5.0) == (6.0, 3.0)


def test_gradients_inside_functions() -> None:
    inside = sx.grad(lambda x, y: sx.grad(product, 1)(x, y))
    assert inside(3.0, 5.0) == sx.grad(sx.grad(product, 1))(3.0, 5.0)
    captured = sx.grad(lambda x, y: y * sx.grad(lambda z: x * z * z)(y), (0, 1))
    assert captured(3.0, 5.0) == (2.0 * 5.0 * 5.0, 4.0 * 3.0 * 5.0)


def test_int_in_outer_gradient() -> None:
    assert sx.grad(sx.grad(product, 0), 1)(3.0, 5) == 12.0
    assert sx.grad(sx.grad(product))(3, 5.0) == 20.0


def summed_in_place(parts, y):
    for name in parts:
        parts[name] = sum(parts[name])
    return parts["a"] * parts["b"] * y


def test_gradient_of_an_argument_as_it_was() -> None:
    parts = {"a": [3.0, 4.0], "b": [5.0]}
    assert sx.grad(summed_in_place)(parts, 2.0) == {"a": [10.0, 10.0], "b": [14.0]}
    assert parts == {"a": 7.0, "b": 5.0}
