"""For each way of being refused the program that its message asks for.

`repaired` names the refusal, and gives arguments for the function with the suggested replacement;
it is differentiated and compared with the truth.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import scipy.special

import srcxform as sx

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Repaired:
    """A refusal's name, and a program in its place."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]


REPAIRED: list[Repaired] = []


def repaired(name: str, *args: Any) -> Callable[[F], F]:
    """Record that the decorated function is what the refusal `name` asks for."""

    def record(function: F) -> F:
        REPAIRED.append(Repaired(name, function, args))
        return function

    return record


class Holder:
    """An object with one attribute."""

    def __init__(self, factor):
        self.factor = factor


# --- syntax


@repaired("try_statement", 2.0)
def return_behind_finally(x):
    y = 0.0
    try:
        y = np.sqrt(x)
    finally:
        x = x * 1.0
    return y


@repaired("write_that_may_raise", np.ones(3))
def condition_tested(x):
    y = np.zeros(3)
    if len(x) == 2:
        y[:2] = x
    else:
        y[:2] = x[:2]
    return np.sum(y**2)


@repaired("with_statement", 2.0)
def context_outside(x):
    return x * x


@repaired("exception_groups", 2.0)
def condition_instead(x):
    return x * x if x > 0.0 else x


@repaired("global_statement", 2.0)
@repaired("nonlocal_statement", 2.0)
def value_returned(x):
    def counted(count, value):
        return value, value * count

    count, product = counted(1.0, x)
    return count * x + product


@repaired("one_of_several_functions", 2.0)
def each_called_where_defined(x):
    total = 0.0
    for k in range(3):
        step = lambda t, k=k: x * t * k
        total = total + step(x)
    return total


@repaired("lambda_handed_out", 2.0)
def loop_written(x):
    total = 0.0
    for row in np.ones(3):
        total = total + row * x * x
    return total


@repaired("function_returned", 2.0)
def what_the_inner_function_gives(x):
    inner = lambda t: x * t
    return inner(3.0)


@repaired("match_statement", 2.0)
def branches(x):
    if isinstance(x, float):
        return x * x
    return x


def list_of_values(x):
    return [x, x * x]


@repaired("generator", 2.0)
@repaired("calls_generator", 2.0)
@repaired("delegating_generator", 2.0)
def values_in_a_list(x):
    return sum(list_of_values(x))


def numerical_part(x):
    return x * x


@repaired("coroutine", 2.0)
def ordinary_part(x):
    return numerical_part(x)


@repaired("loop_over_a_refused_call", 2.0)
def counted_in_an_argument(x):
    total, count = 0.0, 1.0
    for _ in range(2):
        count = count + 1.0
        total = total + count * x
    return total * x


@repaired("attribute_of_a_shared_object", 2.0)
def attribute_written_where_it_is_made(x):
    own = Holder(1.0)
    own.factor = x
    return own.factor * x


@repaired("tangent_of_places", np.ones(3))
def no_tangent_of_places(x):
    places = np.argsort(x)
    return sx.jvp(lambda y, k: np.sum(y[k] ** 2), (x, places), (x, np.zeros(3)))[1]


@repaired("diagonal_wrapped", np.arange(8.0).reshape(4, 2))
def diagonal_filled_in_a_loop(a):
    first = a[0, 1]
    for k in (0, 1, 3):
        a[k, k % 3 % 2] = first
    return np.sum(a * a)


# --- calls


@repaired("function_without_rule", 0.7)
def line_written_out(x):
    left, right = (0.0, 1.0), (2.0, 3.0)
    slope = (right[1] - left[1]) / (right[0] - left[0])
    return left[1] + slope * (x - left[0])


@repaired("argument_without_rule", np.array([1.0, -2.0, 3.0]))
def argument_left_out(x):
    return np.linalg.pinv(np.diag(x))[0, 0]


@repaired("vectorized", 0.5)
def function_with_a_rule(x):
    return np.sin(x)


def fitting(x, y):
    return x * y


@repaired("call_that_does_not_fit", 2.0)
def call_that_fits(x):
    return fitting(x, x)


@repaired("eval_call", 2.0)
@repaired("exec_call", 2.0)
@repaired("locals_call", 2.0)
def expression_itself(x):
    return x * x


@repaired("partial_of_the_unknown", 2.0)
def partial_of_the_known(x):
    return partial(np.multiply, x)(x)


@repaired("without_source", 2.0)
@repaired("edited", 2.0)
def defined_in_a_file(x):
    return x * x * x


# --- arguments that no rule covers


@repaired("blocks_of_three_levels", np.eye(2) + 0.1)
def joined_along_an_axis(a):
    return np.sum(np.concatenate([a, a], axis=-1) ** 2)


@repaired("all_vectors_of_a_wide_matrix", np.eye(2) + 0.1)
def vectors_of_a_wide_matrix(a):
    return np.sum(np.linalg.svd(a[:1], full_matrices=False)[2])


@repaired("block_of_stacks", np.array([[2.0, 0.3], [0.1, 1.0]]))
def stacks_joined(a):
    return np.sum(np.concatenate([a[None], a[None]], axis=-1) ** 2)


@repaired("weighted_sum_of_exponentials", np.array([2.0, 1.0, 3.0]))
def weighted_sum_written(x):
    m = sx.stop_gradient(np.max(x))
    return np.log(np.sum(x * np.exp(x - m))) + m


@repaired("norm_over_several_axes", np.eye(2) + 0.1)
def norm_reshaped(a):
    return np.sum(np.linalg.vector_norm(np.reshape(a, (4,)), axis=0, ord=3))


@repaired("padded_with_the_mean", np.array([1.0, 2.0, 4.0]))
def padded_by_hand(x):
    mean = np.array([np.mean(x)])
    return np.sum(np.concatenate([mean, x, mean]) ** 2)


@repaired("order_of_a_bessel_function", 0.7)
def order_as_a_constant(x):
    return scipy.special.jv(0.7, x)


# --- containers and text


@repaired("deque_window", 2.0)
def window_shown_as_a_list(x):
    window = deque([x, x * x])
    print(list(window))
    return window[0] * window[1]


@repaired("set_display", 2.0)
def list_display(x):
    total = 0.0
    for value in [x, 2.0 * x]:
        total = total + value
    return total


@repaired("attribute_store", 2.0)
@repaired("shape_store", 2.0)
@repaired("managed_value", 2.0)
def kept_in_a_list(x):
    kept = [x]
    return kept[0] * kept[0]


@repaired("text_used_again", 2.0)
@repaired("formatted_text_used_again", 2.0)
def number_itself(x):
    text = f"{x:.3f}"
    return x * x if text else x


@repaired("one_of_two_objects_given", SimpleNamespace(value=2.0), SimpleNamespace(value=3.0))
def each_object_by_itself(a, b):
    if b.value > a.value:
        b.value = b.value * 3.0
    else:
        a.value = a.value * 3.0
    return a.value + b.value


@repaired("object_given_twice", SimpleNamespace(value=2.0), SimpleNamespace(value=2.0))
def object_given_once(box, other):
    box.value = box.value * 3.0
    return box.value * other.value


# --- recursion, storage


@repaired("growing", (1.0, 2.0), 3)
def growth_in_a_loop(items, n):
    found = [items[0], items[1]]
    for _ in range(n):
        found.insert(0, found[0] * found[1])
    return found[0]


def filled(values, n):
    return values if n == 0 else filled(values * 2.0, n - 1)


@repaired("exchanged_in_recursion", np.ones(2))
@repaired("recursive_writer", np.ones(2))
def recursion_that_returns(x):
    return np.sum(filled(x, 2) ** 2)


@repaired("changed_behind_view", np.eye(2) + 0.1)
@repaired("written_behind_a_view", np.eye(2) + 0.1)
def copied_first(a):
    entries = np.copy(np.diagonal(a))
    a[0, 0] = a[1, 1] * 2.0
    return np.sum(entries * a[0])


@repaired("copy_instead_of_a_view", np.arange(6.0).reshape(2, 3))
def copied_openly(x):
    entries = np.copy(np.reshape(x.T, -1))
    entries[0] = 2.0
    return np.sum(entries * entries)


@repaired("classes_chosen_while_running", 2.0)
def classes_named(x):
    try:
        y = 1.0 / x
    except (ValueError, ZeroDivisionError):
        y = 0.0
    return y


@repaired("unbound_name_tested", 2.0)
def none_first(x):
    y = None
    if x > 3.0:
        y = 2.0 * x
    if y is None:
        y = 3.0 * x
    return y * x


@repaired("flat_of_a_transpose", np.arange(6.0).reshape(2, 3))
@repaired("copy_beside_a_view", np.asfortranarray(np.arange(6.0).reshape(2, 3)))
def in_order_before(x):
    y = np.copy((2.0 * x).T, order="C")
    entries = y.flat
    entries[0] = x[0, 1] ** 2
    return np.sum(y * y) * entries[0]


# --- derivatives inside


@repaired("gradient_of_an_array", 2.0)
def pullback_of_an_array(x):
    _, pullback = sx.vjp(lambda t: np.array([t, t * t]) * x, x)
    return pullback(np.array([1.0, 1.0]))[0]


@repaired("option_known_late", 2.0)
def option_as_a_constant(x):
    return sx.grad(lambda s, t: s * s * t, argnums=1)(x, x)


@repaired("gradient_that_rebinds", 2.0)
def inner_value_returned(x):
    value, slope = sx.value_and_grad(lambda t: t * t * x)(x)
    return slope + value


@repaired("nested_class", 2.0)
def without_the_class(x):
    return math.sin(x) * x


# --- arguments and results


@repaired("result_is_an_array", np.ones(3))
@repaired("result_is_a_tuple", np.ones(3))
def result_summed(x):
    return np.sum(x * x)


@repaired("result_is_complex", 2.0)
def result_real(x):
    return np.real(x * x)


@repaired("integers", np.arange(3).astype(float))
def converted(x):
    return np.sum(x * x)


@repaired("text_argument", 2.0, "text")
def number_beside_text(x, text):
    return x * x * len(text)


@repaired("set_argument", [1.0, 2.0])
def list_argument(x):
    return sum(x)


# --- complex numbers


@repaired("holomorphic_in_a_real_number", 2.0)
def holomorphic_in_a_complex_number(x):
    return np.abs(sx.grad(lambda y: y * y * 1j, holomorphic=True)(x + 0j))


@repaired("holomorphic_with_a_real_result", 2.0)
def gradient_of_a_real_result(x):
    return np.abs(sx.grad(lambda z: np.real(z * z))(x + 1j))


@repaired("gradient_of_a_complex_result", 2.0)
def gradient_of_a_holomorphic_function(x):
    return np.abs(sx.grad(lambda z: z * z, holomorphic=True)(x + 1j))


# --- tangents and cotangents


@repaired("tangent_that_does_not_fit", np.ones(3))
def tangent_of_the_same_shape(x):
    return np.sum(sx.jvp(lambda y: y * y, (x,), (np.full_like(x, 1.0),))[1])


@repaired("cotangent_that_does_not_fit", np.ones(3))
def cotangent_of_the_same_shape(x):
    y, pullback = sx.vjp(lambda y: y * y, x)
    return np.sum(pullback(np.ones_like(y))[0])


# --- factors and transforms


@repaired("vectors_of_a_complex_matrix", np.array([[2.0, 0.3], [0.1, 1.0]]))
def values_of_a_complex_matrix(a):
    return np.sum(np.linalg.svdvals(a + 0.1j * a.T))


@repaired("complete_orthogonal_factor", np.array([[2.0, 0.3], [0.1, 1.0], [0.4, 0.5]]))
def reduced_orthogonal_factor(a):
    return np.sum(np.linalg.qr(a)[0])


@repaired("fit_with_covariances", np.array([1.0, 2.0, 0.5, 3.0]))
def fit_alone(y):
    return np.sum(np.polyfit(np.arange(4.0), y, 1) ** 2)


@repaired("transform_of_a_part", np.array([[2.0, 0.3, 0.4], [0.1, 1.0, 0.7]]))
def transform_of_what_was_cut(x):
    return np.sum(np.real(np.fft.rfftn(x[:, :2])) ** 2)


@repaired("transform_back_of_a_part", np.array([[2.0, 0.3, 0.4], [0.1, 1.0, 0.7]]))
def transform_back_of_what_was_cut(x):
    return np.sum(np.fft.irfftn(x[:1], (1, 2)) ** 2)


@repaired("logarithms_of_some", np.array([0.5, 2.0]))
def logarithms_beside_zeros(x):
    return np.sum(np.log(x, where=x > 0.0, out=np.zeros_like(x)))


@repaired("integrated_twice", np.array([2.0, 3.0, 1.0]))
def integrated_once_and_again(p):
    return np.sum(np.polyint(np.polyint(p)) ** 2)


@repaired("two_results_for_each_entry", np.array([0.5, 2.0]))
def results_one_by_one(x):
    halves, squares = np.vectorize(lambda t: 0.5 * t)(x), np.vectorize(lambda t: t * t)(x)
    return np.sum(halves * squares)


def mean_of(record):
    return sum(record) / len(record)


@repaired("mean_of_a_list_of_its_own", 2.0)
def mean_by_a_function(x):
    return mean_of([1.0, 2.0]) * x


@repaired("list_with_a_method_of_arrays", 2.0)
def list_of_no_class_of_its_own(x):
    record = [x]
    return record[0] * mean_of(record)


LOOP = [2.0]
LOOP.append(LOOP)
FIRST = LOOP[0]


@repaired("list_that_holds_itself", 2.0)
def entry_of_its_own_name(x):
    return x * FIRST


@repaired("write_in_two_tries", np.array([0.4, 0.5]))
def written_behind_the_tries(x):
    share = 0.5
    for k in range(2):
        try:
            share = 1.0 / x[k]
        except KeyError:
            share = 0.8
        x[::-1] = np.sin(x[[1, 0]])
    return x[0] * x[1] * share


def smaller(v):
    if v > 1.0:
        raise ValueError("too large")
    return 0.5 * v


@repaired("refused_before_finally", np.array([0.5, 2.0]))
def changed_before_the_try(x):
    x[0] *= 2.0
    try:
        y = smaller(x[1])
    except ValueError:
        y = x[0]
    finally:
        y = y * x[1]
    return y


@repaired("unsure_value_updated", np.array([0.4, 0.5]))
def unsure_value_made_anew(x):
    total = 0
    for part in (x, 2.0 * x):
        for k in range(len(x)):
            total = total + part if k else total
    kept = [total]
    total = total * total
    return np.sum(total) + np.sum(kept[0])


@repaired("index_that_may_be_empty", np.array([0.4, 0.5]), 0)
def nothing_chosen(x, n):
    y = x.copy()
    total = 0.0
    if n:
        total = np.sum(y[tuple(zip(range(n)))] ** 2)
    y *= 2.0
    return total + np.sum(y)
