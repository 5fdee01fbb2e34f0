"""What a function raises because it cannot run, its derivatives raise, too: never a number."""

import numpy as np
import pytest

import srcxform as sx


def deleted(x):
    y = x * x
    del y
    return y  # noqa: F821


def deleted_on_one_way(x):
    y = x * x
    if x > 0:
        del y
    return x * y


def deleted_in_the_last_turn(x):
    y = x
    for _ in range(2):
        y = y * x
        del y
    return y  # noqa: F821


def error_behind_its_handler(x):
    error = x
    try:
        if x > 0:
            raise ValueError(x)
    except ValueError as error:  # noqa: F841
        pass
    return x * error


def bound_on_the_other_way(x):
    if x < 0:
        y = x * x
    return y


def bound_on_no_way_of_three(x):
    if x > 3.0:
        y = x
    elif x < 0.0:
        y = 2.0 if x < -1.0 else -x
    return x + y


def bound_in_no_turn(x):
    while x > 100.0:
        y = x * x
        x = 0.5 * x
    return y * y


def bound_in_a_later_turn(x):
    total = 0.0
    for k in range(3):
        if x * k > 2.0:
            y = x
        total += x * y
    return total


NUMBERS = [1.0, 2.0, 3.0]
ARRAY = np.array(NUMBERS)


def place_in_a_list(x):
    return NUMBERS[x]


def place_in_an_array(x):
    return ARRAY[x] + x


def places_in_an_array(x):
    return np.sum(ARRAY[np.array([x, x])])


def end_of_a_slice(x):
    return sum(NUMBERS[:x])


def length_of_an_array(x):
    return np.sum(np.ones(x)) * x


def bits(x):
    return x & 3


def key_of_a_dict(x):
    return {"a": x}["b"] + x


def past_the_end(x):
    return (x, x)[2] + x


def length_of_a_number(x):
    return len(x) * 2.0


def sum_with_none(x):
    offset = None
    return x + offset


def undefined_function(x):
    return nowhere(x) * 2.0  # noqa: F821


def undefined_module(x):
    y = x * x
    return nowhere.sin(y)  # noqa: F821


def undefined_key(x):
    return max([x, 2.0 * x], key=nowhere)  # noqa: F821


class Bare:
    def __init__(self, x):
        self.x = x


def no_such_attribute(x):
    return Bare(x).y * x


def no_such_method(x):
    return Bare(x).run(x)


def object_called(x):
    return Bare(x)(x)


def number_called(x):
    return x(2.0)


def none_called(x):
    function = None
    return function(x)


def one_of_two_called(x):
    take = [lambda a: a * a, lambda a, b: a * b][0 if x > 1 else 1]
    return take(x, x)


RAISING = (deleted, deleted_on_one_way, deleted_in_the_last_turn, error_behind_its_handler,
           bound_on_the_other_way, bound_on_no_way_of_three, bound_in_no_turn,
           bound_in_a_later_turn, place_in_a_list, places_in_an_array, end_of_a_slice,
           length_of_an_array, key_of_a_dict, past_the_end, length_of_a_number,
           sum_with_none, undefined_function, undefined_module, undefined_key, no_such_attribute,
           no_such_method, object_called, number_called, none_called,
           one_of_two_called)  # fmt: skip


@pytest.mark.parametrize("function", RAISING)
def test_what_the_function_raises(function):
    with pytest.raises(Exception) as own:
        function(1.5)
    for way in ways(function):
        with pytest.raises(own.type):
            way()


@pytest.mark.parametrize("function", [place_in_an_array, bits])
def test_no_whole_number(function):  # NumPy has an exception of its own; or it is refused
    for way in ways(function):
        with pytest.raises((IndexError, TypeError, NotImplementedError)):
            way()


def ways(function):
    return (
        lambda: sx.jvp(function, (1.5,), (1.0,)), lambda: sx.vjp(function, 1.5),
        lambda: sx.grad(function)(1.5), lambda: sx.grad(sx.grad(function))(1.5),
        lambda: sx.vmap(function)(np.array([1.5, 1.5])),
    )  # fmt: skip
