"""What the messages of `together` ask for.  Importing this file adds it to `repaired.REPAIRED`."""

import numpy as np

import srcxform as sx

from .repaired import repaired
from .together import sum_of_nested


class Halved:
    def __init__(self, value):
        self.kept = value

    @property
    def value(self):
        return self.kept * 2.0


class Held:
    def __init__(self, value):
        self.value = value


@repaired("keys_that_are_differentiated", [2.0, 3.0])
@repaired("set_of_values", [2.0, 3.0])
def values_in_a_list(values):
    order = sorted(values)
    return sum(value * k for k, value in enumerate(order)) if len(set(values)) == 2 else 0.0


@repaired("described_attribute", 2.0)
def property_read(x):
    return Halved(x).value


@repaired("objects_returned", 2.0, 3)
@repaired("object_given_away", 2.0, 3)
def what_objects_hold(x, n):
    held = [Held(x * k) for k in range(n)]
    for one in held:
        one.value *= x
    return sum([one.value for one in held])


@repaired("structured_array", 2.0)
def dict_of_arrays(x):
    a = {"height": np.zeros(2), "width": np.zeros(2)}
    a["height"][:] = x
    return np.sum(a["height"])


@repaired("text_in_a_list", 2.0)
@repaired("text_in_a_file", 2.0)
@repaired("text_in_a_file_with", 2.0)
@repaired("text_caught", 2.0)
@repaired("refusal_in_a_bare_except", 2.0)
@repaired("refusal_suppressed", 2.0)
def number_and_its_text(x):
    parts = [x]
    try:
        print(str(x), end="")
        y = parts[0] * x
    except ValueError:
        y = 0.0
    return y


@repaired("value_of_an_exception", 2.0)
def value_beside_an_exception(x):
    square = x * x
    try:
        if x > 1.0:
            raise ArithmeticError(square)
        y = x
    except ArithmeticError:
        y = square
    return y


@repaired("functions_ordered", 2.0)
def numbers_ordered(x):
    slopes = sorted([x * k for k in range(3)])
    return slopes[1] * x


@repaired("number_among_arrays", 2.0)
def numbers_beside_arrays(x):
    y = np.zeros(3)
    y[0] = x
    numbers, arrays = [x], [y]
    for k in range(2):
        numbers.append(k * x)
    return arrays[0][0] * numbers[0]


@repaired("number_in_a_context_variable", 2.0)
@repaired("number_in_a_class", 2.0)
@repaired("number_in_a_slice", 2.0)
def number_in_a_variable(x):
    held = x * x
    return held * x


@repaired("numbers_in_a_row", 2.0)
def numbers_in_an_array(x):
    return np.sum(np.linspace(x, 2.0 * x, 3))


@repaired("factors_at_positions", np.array([2.0, 1.0, 3.0]))
def factors_one_by_one(x):
    for k in [0, 2, 0]:
        x[k] = x[k] * 0.5
    return np.sum(x * x)


@repaired("gradient_along_four_axes", np.array([2.0, 1.0, 3.0]))
def gradient_along_one_axis(x):
    return np.sum(np.gradient(x * np.ones((2, 2, 2, 3)), axis=0) ** 2) + np.sum(x**2)


@repaired("integer_among_results_for_rows", np.array([[2.0, 1.0], [3.0, 0.5]]))
def floats_for_all_rows(x):
    return np.sum(np.apply_along_axis(lambda row: row[0] if row[0] > 2.5 else 0.0, 1, x))


@repaired("deleted_beside_a_nested_function", 2.0)
def given_to_a_nested_function(x):
    scale = 2.0 * x

    def total(scale):
        return scale * x

    result = total(scale)
    del scale
    return result


@repaired("view_of_a_dict", 2.0)
def values_of_a_dict(x):
    table = {}
    for k in range(2):
        table[k] = x**k
    table[2] = x * x
    return sum(list(table.values()))


@repaired("parts_that_overlap", np.arange(1.0, 9.0))
def parts_copied_first(x):
    y = x * x
    y[::2] = np.copy(y[:4])
    return np.sum(y)


@repaired("arguments_in_one_memory", np.array([2.0, 1.0]), np.array([1.0, 2.0]))
def arguments_with_memory_of_their_own(a, b):
    a *= 2.0
    return np.sum(a * b)


class Recorder:
    def __init__(self):
        self.total = 0.0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.total = self.total * (2.0 if kind is None else 3.0)


@repaired("exit_that_asks_what_came", 2.0)
def exception_handled_inside(x):
    recorder = Recorder()
    with recorder:
        try:
            recorder.total += x
            if x > 1.0:
                raise ValueError
        except ValueError:
            recorder.total += x * x
    return recorder.total


@repaired("order_of_memory", np.ones((2, 3)))
def order_of_columns(x):
    return np.sum(np.ravel(x, order="F")[:2])


@repaired("maximum_of_chosen_entries", np.array([1.0, 3.0, 2.0]))
def maximum_from_a_start(x):
    return np.max(x, where=x > -1.0, initial=-1.0)


@repaired("positions_in_another_way", np.ones(3))
def positions_wrapped(x):
    return np.sum(np.take(x, np.array([1, 3]) % len(x)))


@repaired("positions_of_several_types", np.array([2.0, 1.0, 3.0]))
def positions_of_one_type(x):
    y = x * x
    total = 0.0
    for part in (np.array([0, 1]), np.arange(2), np.array([2, 0])):
        total += np.sum(np.sin(y[part]))
        y[1] = y[1] * total
    return total


@repaired("gradient_of_a_nested_sum", np.array([0.7, 0.9, 1.2]))
def slope_of_a_nested_sum(v):
    def value(v):
        return sum_of_nested([v[0], [v[1], (v[2], v[0] * v[1])], v[1]])

    return sx.jvp(value, (v,), (np.ones(3),))[1]
