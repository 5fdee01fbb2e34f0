"""Functions that call themselves, and what they are given and give back."""

import math
from dataclasses import dataclass
from typing import Optional

import numpy as np

from . import example, normal


def descend(x, depth):
    if depth <= 0:
        return {"value": x, "path": [x]}
    below = descend(x * x, depth - 1)
    return {"value": below["value"] + x, "path": below["path"] + [x]}


@example(0.7)
def dict_of_number_and_list(x):
    found = descend(x, 3)
    return found["value"] * found["path"][1] + len(found["path"]) * x


def powers(x, n):
    if n == 0:
        return [x]
    rest = powers(x, n - 1)
    return [x * rest[0], *rest]


@example(0.6, 3)
def list_with_a_rest(x, n):
    """A rest of unknown length in a list written out."""
    found = powers(x, n)
    return sum(found) * found[1]


def spread(x, n):
    if isinstance(x, list):
        return x[0] * x[1] + n if n == 0 else spread(x, n - 1)
    return spread([x, x * x], n - 1)


@example(0.8)
def number_becomes_a_list(x):
    return spread(x, 3)


@example(normal(1, 4), 3)
def rest_in_the_middle(x, n):
    values = [x[0] * k for k in range(n)]
    more = (1.0, *values, x[1], *x[2:])
    places = [*range(n), 0]
    total = 0.0
    for k in places:
        total = total + more[k + 1] * x[k]
    return total * len(more) + np.sum(np.array([*values, x[3]]) ** 2)


def powers_into(out, x, k):
    if k == 0:
        return
    out.append(x**k)
    powers_into(out, x, k - 1)


@example(0.7)
def list_filled_by_recursion(x):
    """Each call appends to the list that it is given."""
    out = []
    powers_into(out, x, 4)
    return out[0] * out[1] + out[3]


def looked_up(n, known, x):
    if n not in known:
        known[n] = x if n < 2 else looked_up(n - 1, known, x) * looked_up(n - 2, known, x)
    return known[n]


@example(0.7)
def table_of_results(x):
    """Results are kept in a dict, and read from it."""
    known = {}
    return looked_up(4, known, x) + known[3] * len(known)


def sort_between(a, low, high):
    if low >= high:
        return
    pivot, i = a[high], low
    for j in range(low, high):
        if a[j] < pivot:
            a[i], a[j] = a[j], a[i]
            i += 1
    a[i], a[high] = a[high], a[i]
    sort_between(a, low, i - 1)
    sort_between(a, i + 1, high)


@example([0.7, 0.1, 0.5, 0.3])
@example(np.array([0.7, 0.1, 0.5, 0.3]), name="array")
def sorted_in_place(v):
    """Quicksort changes the places of the elements."""
    a = [value * value for value in v] if isinstance(v, list) else v * v
    sort_between(a, 0, len(a) - 1)
    return a[0] * a[1] + a[2] * a[3] * 2.0


def eliminate(a, b, k):
    if k == len(b):
        return
    for i in range(k + 1, len(b)):
        factor = a[i, k] / a[k, k]
        a[i] = a[i] - factor * a[k]
        b[i] = b[i] - factor * b[k]
    eliminate(a, b, k + 1)


@example(np.array([2.0, 1.0, 3.0]))
def elimination_in_place(v):
    """Two arrays are written into."""
    a = np.diag(v) + np.outer(v, v) * 0.1
    b = v**2
    eliminate(a, b, 0)
    return b[2] / a[2, 2]


@example(0.7)
def captured_list(x):
    """A nested function appends to a list around it, which has a second name."""
    found = [x]
    same = found

    def go(k):
        if k > 0:
            found.append(found[-1] * x)
            go(k - 1)

    go(2)
    return same[2] * found[1]


def swapped(x, n):
    if n == 0:
        return x, x * x
    a, b = swapped(x * 0.9, n - 1)
    return b, a * x + b


@example(0.8)
def pair_from_below(x):
    """What a call keeps has as many parts as what it gives back."""
    a, b = swapped(x, 4)
    return a * b


def products(x, depth):
    if depth == 0:
        return {"product": x, "leaves": 1}
    left, right = products(x * 1.1, depth - 1), products(x * x, depth - 1)
    return {
        "product": left["product"] * right["product"] + x,
        "leaves": left["leaves"] + right["leaves"],
    }


@example(0.7)
def tree_of_dicts(x):
    """Two calls in each."""
    found = products(x, 3)
    return found["product"] * found["leaves"]


def halves(re, im):
    n = len(re)
    if n == 1:
        return re, im
    (a, b), (c, d) = halves(re[::2], im[::2]), halves(re[1::2], im[1::2])
    angle = -2.0 * np.pi * np.arange(n // 2) / n
    real = np.cos(angle) * c - np.sin(angle) * d
    imag = np.cos(angle) * d + np.sin(angle) * c
    return np.concatenate([a + real, a - real]), np.concatenate([b + imag, b - imag])


@example(normal(7, 4), normal(8, 4), wrt=(0, 1))
def fast_fourier_transform(re, im):
    """A base case that gives back what it was given; later calls write into the same name."""
    real, imag = halves(re, im)
    return np.sum(real * real * np.arange(4.0)) + real[1] * imag[2]


TREE = {
    "leaf": 0,
    "below": [{"leaf": 1, "below": []}, {"leaf": 2, "below": [{"leaf": 3, "below": []}]}],
}


@example(normal(341, 4))
def total_over_a_tree(x):
    """Variables around a recursive function are bound anew by each call."""
    total, depth = 0.0, 0

    def visit(node, level):
        nonlocal total, depth
        total += x[node["leaf"]] ** (level + 1)
        depth = max(depth, level)
        for below in node["below"]:
            visit(below, level + 1)

    visit(TREE, 0)
    return total * (depth + 1)


@example(normal(342, 4))
def two_functions_rebind(x):
    product = 1.0

    def even(n):
        nonlocal product
        if n == 0:
            return x[0]
        product = product * x[1]
        return odd(n - 1) + 1.0

    def odd(n):
        nonlocal product
        if n == 0:
            return x[2]
        product = product + x[3]
        return even(n - 1) * 2.0

    return even(5) * product


@example(normal(343, 4))
def rebound_in_the_turns_of_a_loop(x):
    total = 0.0

    def add(n, value):
        nonlocal total
        if n < 0:
            return value
        total += value * n
        return add(n - 1, value * 0.9)

    result = 0.0
    for k in range(3):
        result += add(k + 2, x[k]) * total
    return result


@example(normal(344, 4))
def two_swapped_by_recursion(x):
    a, b = x[0], x[1]

    def step(n):
        nonlocal a, b
        if n == 0:
            return a
        a, b = b, a * b + x[2]
        return step(n - 1) + a

    return step(4) * a + b


@example(0.7, 0.4)
def function_and_number_in_one_tuple(x, y):
    def damped(pair, n):
        if n == 0:
            return pair[0](y)
        return pair[0](x * n) * pair[1] + 0.5 * damped(pair, n - 1)

    return damped((lambda v: math.sin(v) * x, 2.0 * y), 3)


class Chain:
    """Calls the function that it holds, which calls it."""

    def __init__(self, link, factor):
        self.link = link
        self.factor = factor

    def __call__(self, n, x):
        return self.link(self, n, x) * self.factor


@example(0.7, 0.4)
def object_that_calls_what_calls_it(x, y):
    chain = Chain(lambda whole, n, v: v * whole(n - 1, v) + n if n else v, 1.0 + y)
    return chain(4, x) * chain(2, x * y)


def kept_in_a_memo(n, x, memo):
    if n in memo:
        return memo[n]
    if n <= 1:
        return x
    memo[n] = kept_in_a_memo(n - 1, x, memo) + x * kept_in_a_memo(n - 2, x, memo)
    return memo[n]


@example(0.7)
def memo_given_on(x):
    """What the recursion keeps for the way back holds dicts that grow, and itself."""
    return kept_in_a_memo(5, x, {})


def sorted_by_parts(a):
    if len(a) <= 1:
        return a
    pivot = a[0]
    low = [v for v in a[1:] if v < pivot]
    high = [v for v in a[1:] if v >= pivot]
    return sorted_by_parts(low) + [pivot] + sorted_by_parts(high)


@example([0.7, 0.1, 0.5, 0.3])
def quicksort(v):
    """A list that was just filled is given on, and may be what comes back."""
    found = sorted_by_parts([value * value for value in v])
    return sum((k + 1) * value * value for k, value in enumerate(found))


def merged_by_popping(a):
    if len(a) <= 1:
        return a
    middle = len(a) // 2
    left, right = merged_by_popping(a[:middle]), merged_by_popping(a[middle:])
    found = []
    while left and right:
        found.append(left.pop(0) if left[0] <= right[0] else right.pop(0))
    return found + left + right


@example([0.7, 0.1, 0.5, 0.3])
def mergesort(v):
    """What comes back, and may be what was given, is emptied."""
    found = merged_by_popping(v)
    return sum((k + 1) * value * value for k, value in enumerate(found))


def array_and_parts(v, n):
    if n > 0:
        return array_and_parts(v * 1.1, n - 1)
    return v, v[:1], {"squares": v * v}


@example(np.array([0.7, 0.4]))
def one_array_twice_in_a_result(v):
    """Two of the parts share memory, which nobody writes to; one does not, and is written to."""
    whole, part, rest = array_and_parts(v * 1.0, 2)
    squares = rest["squares"]
    squares[0] = squares[0] * whole[1]
    return np.sum(whole) * part[0] * np.sum(squares)


def summed_from(node):
    if node is None:
        return 0.0
    value, rest = node
    return value**2 + 2.0 * summed_from(rest)


@example(0.7)
@example(0.3, name="short")
def pairs_that_end_early(x):
    """What is given on may be None, and is asked whether it is."""
    rest = (x * 3.0, None) if x > 0.5 else None
    return summed_from((x, (x * x, rest)))


@dataclass
class Layer:
    weight: float
    inner: Optional["Layer"] = None

    def __call__(self, x):
        y = math.tanh(self.weight * x)
        return y if self.inner is None else self.inner(y)


@example(Layer(0.3, Layer(0.5, Layer(0.7))), 0.4, wrt=(0, 1))
def object_that_calls_one_like_it(layers, x):
    return layers(x) * x


@example(0.7, 4)
def names_and_places_handed_on(x, n):
    def named(n, **given):
        if n == 0:
            return given["a"] * given["b"]
        return named(n - 1, **given) * given["a"]

    def placed(n, *given):
        if n == 0:
            return given[0] * given[1]
        return placed(n - 1, given[1], given[0]) * given[0]

    return named(n, a=x, b=x * x) + placed(n, x, 1.0 + x)


def paths(x, n, path, name):
    if n == 0:
        return math.prod(path) * len(name)
    return paths(0.9 * x, n - 1, (*path, x), name + "a") + x * len(path)


@example(0.7, 3)
def path_that_grows(x, n):
    return paths(x, n, (), "")


@example(0.7)
def table_filled_where_a_key_is_missing(x):
    known = {0: 1.0, 1: x}

    def term(k):
        try:
            return known[k]
        except KeyError:
            known[k] = term(k - 1) * x + term(k - 2)
            return known[k]

    return term(4) + known[3]


def tried_in_a_memo(n, x, memo):
    try:
        return memo[n]
    except KeyError:
        pass
    value = x if n < 2 else tried_in_a_memo(n - 1, x, memo) * 0.5 + x
    memo[n] = value
    return value


@example(0.7)
def memo_behind_a_try(x):
    return tried_in_a_memo(4, x, {}) ** 2
