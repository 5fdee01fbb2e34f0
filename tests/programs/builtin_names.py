"""Variables called like builtins, which hide these from the user's code and not from ours."""

import numpy as np

from . import example, normal


@example(normal(311, 3))
def list_is_an_array(x):
    list = x * 2.0
    first, *others = list
    return first * others[0] + others[1] ** 2


@example(normal(312, 3))
def len_is_a_number(x):
    len = x[0]
    total = 0.0
    for value in [x[1], x[2] * len]:
        total += value**2
    return total * len


@example(normal(313, 3))
def range_is_an_array(x):
    range = np.sin(x)
    return sum(v**2 for v in range) + sum(a * b for a, b in zip(range, range[1:], strict=False))


@example(normal(314, 3), 0.4, wrt=(0, 1))
def parameters(len, max):
    total = 0.0
    for value in len:
        total += value * max if value < max else max
    products = [a * b for a, b in zip(len, len[::-1], strict=True)]
    return total * products[0]


def clipped(v, min, max):
    return min if v < min else (max if v > max else v)


@example(normal(315, 3))
def bounds_of_a_callee(x):
    max = x[0] ** 2
    return sum(clipped(v, min=-0.3, max=max * 1.1) * v for v in x)


@example(normal(316, 3))
def names_in_patterns(x):
    len, isinstance, set = 2, x[0], 1.0
    match [x[0], x[1], x[2]]:
        case [first, *list]:
            return first * list[0] + len * list[1] * isinstance * set


@example(normal(317, 3))
def names_of_nested_functions(x):
    abs = x[2]

    def scaled(sum, *list, len=2.0):
        return sum * list[0] * len

    def doubled():
        nonlocal abs
        abs = abs * 2.0
        return abs

    return scaled(x[0], x[1], len=x[2]) + doubled() * abs


@example(normal(318, 3))
def several_at_once(x):
    zip, reversed, enumerate = 3.0, [v for v in x], x
    total = 0.0
    for value in enumerate:
        total += value**2 * zip
    return total * reversed[0]
