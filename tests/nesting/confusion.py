"""Derivatives in derivatives, each with its closed form: at a level too many or too few of what is
captured, another number comes out.

A case is a function without arguments that takes the derivative; `d(f, x)` is the derivative of a
function of one number in forward mode.
"""

from collections.abc import Callable
from functools import partial
from math import cos, exp, log, sin
from typing import Any

import numpy as np

from srcxform import (
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    value_and_grad,
    vjp,
    vmap,
)

Case = tuple[str, Callable[[], Any], Any]
CASES: list[Case] = []


def case(expected: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    def record(function: Callable[[], Any]) -> Callable[[], Any]:
        CASES.append((function.__name__, function, expected))
        return function

    return record


def d(f, x):
    return jvp(f, (x,), (1.0,))[1]


def pulled(f, x):
    return vjp(f, x)[1](1.0)[0]


# -- the classic one, in all mixes: d/dx x * d/dy (x + y) = 1


@case(1.0)
def classic_reverse_reverse():
    return grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0)


@case(1.0)
def classic_forward_forward():
    return d(lambda x: x * d(lambda y: x + y, 1.0), 1.0)


@case(1.0)
def classic_forward_reverse():
    return d(lambda x: x * grad(lambda y: x + y)(1.0), 1.0)


@case(1.0)
def classic_reverse_forward():
    return grad(lambda x: x * d(lambda y: x + y, 1.0))(1.0)


@case(1.0)
def classic_pullbacks():
    return pulled(lambda x: x * pulled(lambda y: x + y, 1.0), 1.0)


@case(1.0)
def classic_jacobians():
    return jacrev(lambda x: x * jacfwd(lambda y: x + y)(1.0))(1.0)


# -- products of levels: d/dx x * d/dy (x * y) at y = 2: d/dx x**2 = 2 x


@case(6.0)
def product_reverse_reverse():
    return grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0)


@case(6.0)
def product_forward_forward():
    return d(lambda x: x * d(lambda y: x * y, 2.0), 3.0)


@case(6.0)
def product_mixed():
    return d(lambda x: x * pulled(lambda y: x * y, 2.0), 3.0)


# -- the same variable inside and outside: d/dx d/dy (x**2 y**3) at y = x: d/dx 3 x**4 = 12 x**3


@case(12 * 1.5**3)
def at_the_outer_variable_reverse():
    return grad(lambda x: grad(lambda y: x**2 * y**3)(x))(1.5)


@case(12 * 1.5**3)
def at_the_outer_variable_forward():
    return d(lambda x: d(lambda y: x**2 * y**3, x), 1.5)


@case(12 * 1.5**3)
def at_the_outer_variable_mixed():
    return grad(lambda x: d(lambda y: x**2 * y**3, x))(1.5)


@case(12 * 1.5**3)
def names_shadowed():
    return grad(lambda x: grad(lambda x, z: z**2 * x**3)(x, x))(1.5)


@case(2 * 1.5 * 8.0)
def captured_only():  # d/dx of d/dy (x**2 y**3) at y = sqrt(8/3), where 3 y**2 = 8
    return grad(lambda x: grad(lambda y: x**2 * y**3)((8.0 / 3.0) ** 0.5))(1.5)


# -- a derivative that does not depend on what is outside


@case(0.0)
def inner_is_constant():
    return grad(lambda x: grad(lambda y: y * y)(2.0))(3.0)


@case(4.0)
def inner_is_a_factor():
    return grad(lambda x: x * grad(lambda y: y * y)(2.0))(3.0)


@case(0.0)
def inner_does_not_use_its_own():
    return grad(lambda x: grad(lambda y: x * x)(2.0))(3.0)


@case(2 * 3.0)
def outer_value_beside_zero():
    return d(lambda x: x * x + grad(lambda y: x * x)(2.0), 3.0)


# -- three levels: f = x y z with all captured; d/dx x d/dy y d/dz (x y z) = d/dx x d/dy x y**2


@case(2 * 3.0 * 2 * 0.5)
def three_reverse():  # d/dx [x * 2 x y] = 4 x y at y = 0.5 captured as x / 6
    return grad(lambda x: x * grad(lambda y: y * grad(lambda z: x * y * z)(1.0))(0.5))(3.0)


@case(2 * 3.0 * 2 * 0.5)
def three_forward():
    return d(lambda x: x * d(lambda y: y * d(lambda z: x * y * z, 1.0), 0.5), 3.0)


@case(2 * 3.0 * 2 * 0.5)
def three_forward_reverse_forward():
    return d(lambda x: x * grad(lambda y: y * d(lambda z: x * y * z, 1.0))(0.5), 3.0)


@case(2 * 3.0 * 2 * 0.5)
def three_reverse_forward_reverse():
    return grad(lambda x: x * d(lambda y: y * grad(lambda z: x * y * z)(1.0), 0.5))(3.0)


@case(2 * 3.0 * 2 * 0.5)
def three_pullbacks():
    return pulled(lambda x: x * pulled(lambda y: y * pulled(lambda z: x * y * z, 1.0), 0.5), 3.0)


@case(12 * 2.0)
def third_derivative():
    return grad(lambda x: grad(lambda y: grad(lambda z: 0.5 * z**4)(y))(x))(2.0)


# -- four levels: d/dw at each level of w**5 is 120 w


@case(120 * 0.7)
def four_reverse():
    return grad(lambda a: grad(lambda b: grad(lambda c: grad(lambda w: w**5)(c))(b))(a))(0.7)


@case(120 * 0.7)
def four_forward():
    return d(lambda a: d(lambda b: d(lambda c: d(lambda w: w**5, c), b), a), 0.7)


@case(120 * 0.7)
def four_alternating():
    return grad(lambda a: d(lambda b: grad(lambda c: d(lambda w: w**5, c))(b), a))(0.7)


@case(36 * 2.0**2)
def four_captured():  # d/dw: 3 a**3 b c**2, d/dc at 1: 6 a**3 b, d/db: 6 a**3, d/da: 18 a**2
    return 2.0 * grad(
        lambda a: d(lambda b: grad(lambda c: d(lambda w: a**3 * b * c**2 * w**3, 1.0))(1.0), 1.0)
    )(2.0)


# -- functions handed on and functions made by functions


def slope(f):
    return lambda x: grad(f)(x)


def twice(transform, f):
    return transform(transform(f))


@case(6 * 1.2)
def derivative_of_what_is_handed_in():
    return grad(lambda x: slope(lambda y: y**3)(x))(1.2)


@case(6 * 1.2)
def transformation_handed_in():
    return twice(slope, lambda y: y**3)(1.2)


@case(6 * 1.2 * 2)
def transformation_inside():
    return grad(lambda x: twice(slope, lambda y: y**3 * x)(x))(1.2) / 1.0


def shifted(f, by):
    return lambda x: f(x + by)


@case(-sin(0.3 + 0.3) * 2)
def shifted_by_the_outer_variable():  # d/dx cos(x + x)
    return grad(lambda x: grad(shifted(np.sin, x))(x))(0.3)


@case(-sin(0.3 + 0.3) * 2)
def shifted_in_forward_mode():
    return d(lambda x: d(shifted(np.sin, x), x), 0.3)


def power(n, x):
    return x**n


@case(6 * 1.1)
def partial_inside():
    return grad(lambda x: grad(partial(power, 3))(x))(1.1)


@case(2 * 1.1 * 5.0)
def partial_of_what_is_active():
    return grad(lambda x: grad(partial(lambda a, y: a * a * y * 5.0, x))(2.0))(1.1)


class Quadratic:
    def __init__(self, a):
        self.a = a

    def __call__(self, y):
        return self.a * y * y

    def slope(self, y):
        return grad(self)(y)


@case(4 * 1.3)
def object_called_inside():  # d/dx 2 x x
    return grad(lambda x: grad(Quadratic(x))(x))(1.3)


@case(4 * 1.3)
def method_that_differentiates():
    return d(lambda x: Quadratic(x).slope(x), 1.3)


# -- variables that change


@case(2 * 2.0 * 3.0)
def variable_rebound_before():
    def f(x):
        k = 1.0
        k = k * x
        return grad(lambda y: k * k * y * 3.0)(5.0)

    return grad(f)(2.0)


@case(3.0)
def variable_rebound_after():
    def f(x):
        k = x
        g = grad(lambda y: k * y * y)
        k = 1.5
        return g(x)  # 2 k x

    return grad(f)(0.7)


@case(4 * 0.9**3)
def levels_in_a_loop():  # x * d/dy (x y), four times: x**4
    def f(x):
        p = 1.0
        for _ in range(4):
            q = p
            p = q * grad(lambda y: x * y)(2.0)  # noqa: B023
        return p

    return grad(f)(0.9)


@case((1 - 0.2) ** 3)
def steps_of_descent():  # x <- x - 0.1 * 2 x
    def f(x):
        for _ in range(3):
            x = x - 0.1 * grad(lambda y: y * y)(x)
        return x

    return d(f, 1.7)


@case(6 * 0.8)
def branch_between_levels():
    def f(x):
        if x > 0:
            return grad(lambda y: y**3)(x)
        return grad(lambda y: -(y**3))(x)

    return grad(f)(0.8)


# -- values that come along


@case(9 * 1.4**8)
def value_times_gradient():  # d/dx x**4 * ... value y**5 times gradient: 5 y**9 has 45 y**8
    def f(x):
        v, g = value_and_grad(lambda y: y**5)(x)
        return v * g / 5.0

    return grad(f)(1.4)


@case(9 * 1.4**8)
def value_times_tangent():
    def f(x):
        v, g = jvp(lambda y: y**5, (x,), (1.0,))
        return v * g / 5.0

    return grad(f)(1.4)


@case(2 * 1.4 * 3)
def tangent_that_moves():  # jvp at x along x of y * y * 1.5 is 3 x**2
    return grad(lambda x: jvp(lambda y: 1.5 * y * y, (x,), (x,))[1])(1.4)


@case(2 * 1.4 * 3)
def cotangent_that_moves():
    return grad(lambda x: vjp(lambda y: 1.5 * y * y, x)[1](x)[0])(1.4)


@case(12 * 1.4)
def pullback_used_twice():
    def f(x):
        _, pull = vjp(lambda y: y * y, x)
        return pull(x)[0] + pull(2.0 * x)[0]  # 2 x x + 4 x x

    return grad(f)(1.4)


@case(12 * 1.4)
def linear_map_used_twice():
    def f(x):
        _, push = linearize(lambda y: y * y, x)
        return push(x) + push(2.0 * x)

    return grad(f)(1.4)


# -- two arguments at a time


@case(2 * 2.0 + 2 * 3.0)
def both_arguments():  # d/dx of (f_a + f_b) of a*a*b at (x, 3): 2 b + 2 a
    def f(x):
        g, h = grad(lambda a, b: a * a * b, argnums=(0, 1))(x, 3.0)
        return g + h

    return grad(f)(2.0)


@case(2 * 2.0)
def other_argument():
    return grad(lambda x: grad(lambda a, b: a * a * b, argnums=1)(x, 3.0))(2.0)


@case((2 * 3.0, 2 * 2.0))
def gradient_of_both():
    return grad(lambda x, y: grad(lambda a: a * a * y)(x), argnums=(0, 1))(2.0, 3.0)


# -- with exp, sin, log: functions whose derivatives do not repeat


@case(exp(0.5) * (2 * 0.5 + 0.25))
def exponential_and_power():  # d/dx x**2 e**x
    return grad(lambda x: x**2 * grad(lambda y: np.exp(y))(x))(0.5)


@case(cos(0.5) - 0.5 * sin(0.5))
def sine_of_what_is_captured():  # d/dy sin(x y) at 1 = x cos x
    return grad(lambda x: grad(lambda y: np.sin(x * y))(1.0))(0.5)


@case(cos(0.5) - 0.5 * sin(0.5))
def sine_forward_over_forward():
    return d(lambda x: d(lambda y: np.sin(x * y), 1.0), 0.5)


@case(0.5**0.5 * (log(0.5) * (1 + log(0.5)) + 1 / 0.5))
def power_tower():  # d/dy x**y at y = x is x**x log x
    return grad(lambda x: grad(lambda y: x**y)(x))(0.5)


@case(-cos(0.4))
def third_of_sine():
    return d(lambda x: grad(lambda y: d(np.sin, y))(x), 0.4)


# -- batches between levels


@case(3 * 3 * 0.4**2 * 1.25)
def batch_of_gradients():  # d/dt of the sum of 3 (t x)**2 t over x = 1 and 1/2
    xs = np.array([1.0, 0.5])
    return grad(lambda t: np.sum(vmap(grad(lambda y: y**3 * t))(t * xs)))(0.4)


@case(np.array([6.0, 12.0]))
def batch_over_levels():
    return vmap(lambda x: grad(lambda y: grad(lambda z: z**3)(y))(x))(np.array([1.0, 2.0]))


# -- Jacobians and Hessians at levels


@case(24 * 0.6)
def hessian_inside():
    return grad(lambda x: hessian(lambda y: y**4)(x))(0.6)


@case(2 * 0.6)
def hessian_of_what_is_captured():  # d2/dy2 x**2 y**2 / 2 = x**2
    return grad(lambda x: hessian(lambda y: x**2 * y**2 / 2.0)(5.0))(0.6)


@case(24 * 0.6)
def jacobian_of_jacobian():
    return jacfwd(lambda x: jacrev(lambda y: jacobian(lambda z: z**4)(y))(x))(0.6)


@case(48 * 0.6)
def product_with_a_hessian():
    return grad(lambda x: hvp(lambda y: y**4, x, 2.0))(0.6)


@case(36 * 0.6**2)
def product_along_itself():  # hvp at x along x: 12 x**3
    return grad(lambda x: hvp(lambda y: y**4, x, x))(0.6)
