"""Truth values that are counted, and questions for the types of numbers."""

import math

import numpy as np

from . import example, normal


@example(0.6, 0.3, wrt=(0, 1), name="both")
@example(0.2, 0.5, wrt=(0, 1), name="one")
def truths_added(x, y):
    """Python's truth values are integers: two of them are 2."""
    return (bool(x > y) + (not y > 0.7) + 1) * np.sin(x) * y


@example(0.6, 0.3, wrt=(0, 1))
def truths_counted(x, y):
    """Signs, differences and counts of conditions."""
    held = [bool(x > y), all([y > 0.1, x > 0.1]), any([x > 2.0, y > 0.2])]
    count = held[0] + held[1]
    count += held[2]
    signed = -bool(x > y) + 4 - (bool(y > 0.1) - bool(x > 5.0))
    return (count * x + signed * y) * x + sum(held) * y * y


@example(0.6, 0.3, wrt=(0, 1), name="true")
@example(0.2, 0.5, wrt=(0, 1), name="false")
def truth_itself(x, y):
    """Truth values are compared by `is`, stand in positions and are rounded."""
    larger = bool(x > y)
    smaller = not x > y
    picked = (x, y)[larger] * (x * y if larger is True else x**2)
    return picked + round(larger) * x + abs(smaller) * y + x * y


@example(0.6, 0.3, wrt=(0, 1), analytic=False)
def truths_of_branches(x, y):
    """A flag that branches set; comparisons of Python's numbers."""
    if x > y:
        flag = True
    else:
        flag = False
    near = math.sin(x) > math.sin(y)
    most = max(flag, near)
    return (flag + near + most + (flag * near + flag)) * x * y


@example(0.6, 0.3, wrt=(0, 1), analytic=False)
def asked_for_a_float(x, y):
    """What is accepted is told from the types of the arguments."""
    if isinstance(x, (int, float)):
        x = x * 2.0
    if not hasattr(y, "__len__"):
        y = y * 3.0
    match x:
        case float():
            scale = x * y
        case _:
            scale = y
    return scale * np.cos(x) if issubclass(type(x), float) else y


@example(0.6, 0.3, wrt=(0, 1), analytic=False)
def asked_of_what_is_computed(x, y):
    """Python's numbers are told from NumPy's."""
    total = np.sum(x * y)
    out = x * total if isinstance(total, np.float64) else y
    if isinstance(int(3.0 * x), int):
        out = out + np.sin(y)
    if isinstance(math.sin(y), np.floating):
        out = out * 5.0
    if type(float(x)) is float:
        out = out * x
    return out * y if isinstance(x * y, float) else out


@example(0.6, 0.3, wrt=(0, 1), analytic=False, name="above")
@example(0.2, 0.3, wrt=(0, 1), analytic=False, name="below")
def asked_of_branches(x, y):
    """Two branches leave numbers of two types."""
    step = 1 if x > 0.5 else 2.5
    bound = max(x, 0)
    out = x * y if isinstance(step, int) else y * y
    return out * bound if isinstance(bound, float) else out


@example(normal(7, 3), 0.4, wrt=(0, 1), analytic=False)
def asked_of_an_entry(v, y):
    """Entries of arrays are NumPy's numbers, and floats as well."""
    if isinstance(v, np.ndarray) and isinstance(v[0], float):
        return np.sum(np.exp(v)) * y
    return y


@example(0.6, 0.35, wrt=(0, 1), analytic=False)
def integers_of_any_size(x, y):
    """Python's integers have no largest one, and negative powers are no integers."""
    n = int(3.0 * x) + 2
    shifted = (n << 65) * 2.0**-65
    drawn = 6364136223846793005 * int(10.0 * y) % 1000003
    grown = n**70 / 3.0**70
    return shifted * x + drawn * 1e-6 * y + grown * x * y + n**-1 * x + (-1) ** n * y


@example(0.6, 0.3, wrt=(0, 1))
def lists_of_conditions(x, y):
    """As many conditions as there are lanes."""
    held = [x > y, y > 0.1, x > 2.0]
    share = np.mean([bool(x > y), True, y > 2.0])
    return np.sum(held) * x * y + np.max(held) * x * x + share * y


@example(0.6, 0.3, wrt=(0, 1), analytic=False, name="above")
@example(0.2, 0.3, wrt=(0, 1), analytic=False, name="below")
def cast_by_a_method(x, y):
    """NumPy's numbers have methods of arrays, and are none."""
    near = np.sin(x).astype(float) * y
    if x > 0.5:
        return near * np.cos(y).astype(np.float64)
    return near if isinstance(np.exp(x).astype(float), np.ndarray) else y * x


def counted_down(parts, k):
    if k == 0:
        return (parts["above"] + parts["above"] + 1) * parts["x"]
    return counted_down(parts, k - 1) * 2.0


@example(0.6, 0.3, wrt=(0, 1))
def truths_handed_on(x, y):
    """A function that calls itself counts a truth value in a dict."""
    parts = {"above": bool(x > y), "x": np.sin(x)}
    return counted_down(parts, 2) * y + parts["x"]


LIMITED = True


@example(np.array([0.6, 0.3]), analytic=False, name="both")
@example(np.array([0.6, 0.8]), analytic=False, name="one")
def truths_that_end_in_one(v):
    """`c and True` is Python's True, also where c is one of NumPy's, of which two add up to one."""
    x, y = v
    above = (x > y and LIMITED) + (x > 0.5 and LIMITED)
    either = (x > y or not LIMITED) + (x > 0.5 or not LIMITED)
    return above * np.sin(x) * y + either * x * y * y


@example(np.array([0.7, 0.4]))
def taken_out_of_a_number(v):
    """`()` takes NumPy's number out of itself, `...` makes an array of rank 0 of it."""
    x = v[0] * v[1]
    held = np.sin(x)[...]
    return x[()] * x * held[()] + np.exp(x)[()]
