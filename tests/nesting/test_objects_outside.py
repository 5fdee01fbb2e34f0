"""Objects that a function finds outside and writes to: closures over stateful objects.

What a call leaves in such an object is what Python leaves there, at every order.
"""

import functools
from typing import Any

import numpy as np
import pytest

import srcxform as sx
from srcxform import grad, hessian, hvp, jacfwd, jvp, vjp, vmap


class Scaled:
    """Squares `k x`, and counts how often."""

    def __init__(self, k):
        self.k = k
        self.n = 0
        self.last = 0.0

    def __call__(self, x):
        self.n += 1
        self.last = x * self.k
        return self.last**2


class Layer:
    def __init__(self, w):
        self.w = w
        self.seen = []

    def __call__(self, x):
        self.seen.append(x)
        return np.tanh(self.w * x)


class Network:
    def __init__(self):
        self.layers = [Layer(1.5), Layer(0.5)]
        self.head = Scaled(2.0)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


class Holder:
    def __init__(self, held):
        self.held = held


def test_first_and_second_order() -> None:
    f = Scaled(3.0)
    assert grad(lambda x: f(x))(2.0) == 36.0
    assert (f.n, f.last) == (1, 6.0)
    assert jvp(lambda x: f(x), (2.0,), (1.0,)) == (36.0, 36.0)
    assert grad(lambda x: grad(lambda y: f(y))(x))(2.0) == 18.0
    assert (f.n, f.last) == (3, 6.0)
    assert hvp(lambda x: f(x), 2.0, 1.0) == 18.0
    assert hessian(lambda x: f(x))(2.0) == 18.0
    assert grad(lambda x: jvp(lambda y: f(y), (x,), (1.0,))[1])(2.0) == 18.0
    assert grad(functools.partial(lambda g, x: g(x), f))(2.0) == 36.0


def test_what_is_left_is_read_again() -> None:
    f = Scaled(3.0)

    def later(x):
        slope = grad(lambda y: f(y))(x)  # 18 x, and leaves 3 x
        return slope * f.last

    assert grad(later)(2.0) == 216.0
    assert jvp(later, (2.0,), (1.0,))[1] == 216.0
    f.n = 0

    def counted(x):
        total = 0.0
        for i in range(3):
            total = total + f(x * i) * f.n  # 9 x**2 (0 + 2 + 12)
        return total

    assert grad(counted)(2.0) == 504.0
    assert (f.n, f.last) == (3, 12.0)


def test_branches() -> None:
    f = Scaled(3.0)

    def either(x):
        return f(x) if x > 1.0 else x

    assert (grad(either)(2.0), f.n) == (36.0, 1)
    assert (grad(either)(0.5), f.n) == (1.0, 1)


def test_objects_in_objects() -> None:
    f = Network()

    def closed(x):
        return 4.0 * np.tanh(0.5 * np.tanh(1.5 * x)) ** 2

    expected = grad(closed)(0.3)
    np.testing.assert_allclose(grad(lambda x: f(x))(0.3), expected, rtol=1e-14)
    assert (f.head.n, f.layers[0].seen) == (1, [0.3])
    second = grad(lambda x: grad(lambda y: f(y))(x))(0.3)
    np.testing.assert_allclose(second, grad(grad(closed))(0.3), rtol=1e-13)
    assert (f.head.n, f.layers[0].seen) == (2, [0.3, 0.3])

    def given(x, net):
        return net(x)

    np.testing.assert_allclose(grad(given)(0.3, f), expected, rtol=1e-14)
    assert f.head.n == 3


def test_lanes_and_pullbacks() -> None:
    f = Scaled(3.0)
    x = np.arange(3.0)
    np.testing.assert_array_equal(vmap(grad(lambda x: f(x)))(x), 18.0 * x)
    assert (f.n, f.last) == (3, 6.0)  # as a loop over the lanes leaves it
    f.n = 0
    np.testing.assert_array_equal(jacfwd(lambda x: f(x))(x), np.diag(18.0 * x))
    _, pull = vjp(lambda x: f(x), 2.0)
    assert (pull(1.0), pull(2.0), f.n) == ((36.0,), (72.0,), 2)


def through_two_arguments(x, c, h):
    c.last = x * c.k
    return h.held.last * x


def through_a_list(x, c, several):
    c.last = x * c.k
    total = 0.0
    for one in several:
        total = total + one.last * x
    return total


def test_second_ways_to_an_object_are_refused() -> None:
    c = Scaled(3.0)
    assert grad(through_two_arguments)(2.0, c, Holder(Scaled(1.0))) == 0.0
    assert grad(through_a_list)(2.0, c, [Scaled(1.0), Scaled(1.0)]) == 0.0
    calls: list[Any] = [
        lambda: grad(through_two_arguments)(2.0, c, Holder(c)),
        lambda: grad(through_a_list)(2.0, c, [Scaled(1.0), c]),
        lambda: grad(lambda x, f: c(x) + f(x))(2.0, c),
    ]
    held = Holder(c)

    def by_two_names(x):
        return c(x) + held.held.last

    for call in [*calls, lambda: grad(by_two_names)(2.0)]:
        with pytest.raises(sx.errors.MutationError, match="and is written to"):
            call()


class Sums:
    def __init__(self):
        self.total = 0.0

    def add(self, x):
        self.total = self.total + x


@sx.custom_jvp
def summed(x):
    sums = Sums()
    sums.add(x)
    sums.add(x * x)
    return sums


@summed.defjvp
def summed_jvp(primals, tangents):
    sums = Sums()
    sums.add(tangents[0])
    sums.add(2.0 * primals[0] * tangents[0])
    return summed(primals[0]), sums


def test_objects_that_rules_make() -> None:
    assert grad(lambda x: summed(x).total * x)(2.0) == 16.0  # x**2 + x**3
    assert jvp(lambda x: summed(x).total * x, (2.0,), (1.0,))[1] == 16.0
    again = sx.checkpoint(lambda x: summed(x))
    assert grad(lambda x: again(x).total * x)(2.0) == 16.0


def test_objects_that_come_out_of_a_rule_are_not_written_to() -> None:
    made = sx.checkpoint(lambda x: Scaled(x * x))

    def changed(x):
        scaled = made(x)
        scaled.k = scaled.k * x
        return scaled.k * x

    for call in (grad(changed), grad(grad(changed)), lambda x: jvp(changed, (x,), (1.0,))):
        with pytest.raises(sx.errors.UnsupportedError, match="not known to be made here"):
            call(2.0)
