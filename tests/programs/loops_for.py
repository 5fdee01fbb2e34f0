"""`for` over everything: ranges, arrays, rows, lists, zips, enumerations, dicts."""

import numpy as np

from . import example, normal, positive


@example(0.7, 5)
@example(0.7, 0, name="none")
def exponential_series(x, n):
    """Partial sum of the exponential series."""
    term = 1.0
    total = 1.0
    for k in range(1, n + 1):
        term = term * x / k
        total = total + term
    return total * x


@example(normal(1, 9))
def strided_range(v):
    """Every second pair, upwards."""
    total = 0.0
    for i in range(0, 8, 2):
        total += v[i] * v[i + 1] ** 2
    return total


@example(positive(2, 6))
def backward_recurrence(a):
    """A continued product from the end to the beginning."""
    n = len(a)
    value = a[n - 1]
    for i in range(n - 2, -1, -1):
        value = a[i] + 1.0 / (1.0 + value)
    return value


@example(normal(3, 5))
def over_entries(v):
    total = 1.0
    for entry in v:
        total = total * (1.0 + entry * entry) - entry
    return total


@example(normal(4, 4, 3), normal(5, 3), wrt=(0, 1))
def over_rows(points, centre):
    """Rows of a matrix, each a vector."""
    energy = 0.0
    for point in points:
        d = point - centre
        energy = energy + np.exp(-0.5 * np.sum(d * d))
    return energy


@example([normal(6, 3), normal(7, 3), normal(8, 3)], normal(9, 3), wrt=(0, 1))
def over_list_of_arrays(layers, x):
    h = x
    for w in layers:
        h = np.tanh(w * h + 0.1)
    return np.sum(h)


@example((0.2, -0.4, 1.1), 0.8, wrt=(0, 1))
def over_tuple(coefficients, x):
    """Horner's rule over a tuple."""
    value = 0.0
    for c in coefficients:
        value = value * x + c
    return value


@example(normal(10, 5), positive(11, 5), wrt=(0, 1))
def over_zip(x, w):
    total = 0.0
    for xi, wi in zip(x, w):
        total = total + wi * np.sin(xi) * total * 0.1 + xi * wi
    return total


@example([0.4, -0.7, 1.2], [normal(12, 2), normal(13, 2), normal(14, 2)], wrt=(0, 1))
def over_zip_of_lists(scales, vectors):
    acc = np.ones(2)
    for s, v, k in zip(scales, vectors, range(3)):
        acc = acc * s + v * (k + 1)
    return acc


@example(normal(15, 6), 0.9, wrt=(0, 1))
def over_enumerate(v, rate):
    """Discounted sum; the counter starts at one."""
    total = 0.0
    for t, value in enumerate(v, 1):
        total += value * rate**t
    return total


@example(normal(16, 5))
def over_reversed(v):
    """Both ends towards each other."""
    total = 0.0
    for i, j in zip(range(5), reversed(range(5))):
        total += v[i] * np.exp(-0.1 * i) * v[j]
    for value in reversed([v[0], v[1], v[2]]):
        total = total * 0.5 + value
    return total


@example(normal(40, 4))
def over_both_ends(v):
    """The header asks for one length twice."""
    total = 0.0
    for i, j in zip(range(len(v)), reversed(range(len(v)))):
        total = 0.5 * total + v[i] * v[j]
    return total


@example({"a": 0.4, "b": 1.2, "c": -0.7})
def over_dict_items(params):
    """Regularisation that depends on the key."""
    penalty = 0.0
    for name, value in params.items():
        if name == "b":
            penalty += value**4
        else:
            penalty += value * value
    return penalty


@example({"w": normal(17, 2, 2), "b": normal(18, 2)})
def over_dict_keys_and_values(params):
    total = 0.0
    for name in params:
        total += np.sum(params[name] ** 3)
    for value in params.values():
        total += np.sum(np.sin(value)) * total
    for name in params.keys():
        total = total * (2.0 if name == "w" else 0.5)
    return total


@example(0.8, [], name="empty")
@example(0.8, [0.3, -0.2], wrt=(0, 1))
def loop_variable_after_loop(x, values):
    """The loop variable lives on after the loop, and before it if the loop is empty."""
    v = x
    for v in values:
        x = x + v * v
    for k in range(3):
        x = x * (1.0 + 0.1 * k)
    return x * v + k


@example(normal(19, 3, 4))
def nested_with_dependent_bounds(a):
    """Strictly upper part, inner bounds set by the outer loop."""
    total = 0.0
    for i in range(3):
        partial = a[i, i]
        for j in range(i + 1, 4):
            partial = partial * a[i, j] + np.cos(a[i, j])
        total += partial * partial
    return total


@example(0.3, np.array([2, 0, 3, 1]))
def inactive_loop_values(x, counts):
    """The loop runs over an integer array; its values are exponents and bounds."""
    y = 1.0
    for c in counts:
        for _ in range(c):
            y = np.sin(y + x)
        y = y + x**c
    return y


@example(normal(20, 4), positive(21, 4), wrt=(0, 1))
def carried_pair(u, v):
    """Two carried values that feed each other; the loop rebinds its own input name."""
    a, b = 0.1, 0.2
    for x, y in zip(u, v):
        x = x * a + y
        a, b = b + x, a * y
    return a * b


@example(normal(22, 2, 3, 2))
def over_matrices(stack):
    """Slabs of a three-dimensional array, and rows of these."""
    total = 0.0
    for matrix in stack:
        for row in matrix:
            total = total * 0.9 + row[0] * np.exp(row[1])
    return total


@example([(0.3, 1.1), (-0.4, 0.9), (0.8, 0.2)])
def over_pairs(pairs):
    """Pairs are unpacked in the loop header, counted besides."""
    total = 0.0
    for i, (a, b) in enumerate(pairs):
        total += (i + 1) * a * np.exp(b) * (1.0 + total)
    return total


@example(normal(41, 2, 3))
def over_positions(x):
    """All positions of an array, as numbers, as tuples, and with what stands there."""
    total = 0.0
    for i, j in np.ndindex(2, 3):
        total += x[i, j] ** 2 * (i + 1)
    for place in np.ndindex(x.shape):
        total = total * 0.9 + x[place] * sum(place)
    for (i, j), value in np.ndenumerate(x):
        total += value**3 * (i + 2 * j)
    return total


@example({"b": 0.4, "a": 1.2, "c": -0.7})
def over_sorted_keys(params):
    """The keys of a dict in two orders."""
    total = 0.0
    for key in sorted(params):
        total = 0.5 * total + params[key] ** 2
    for key in sorted(params, reverse=True):
        total = 0.3 * total + params[key]
    return total


@example([normal(42, 2), normal(43, 3)])
def discounted_sums(rows):
    """The cotangent that is spread over a row changes from turn to turn."""
    total = 0.0
    for row in rows:
        total = 0.5 * total + np.sum(row)
    return total


@example(normal(44, 4), 0.3)
@example(normal(44, 4), -0.3, name="below")
def sums_in_branches(x, c):
    """What is spread over an array is another number in each branch, and behind them."""
    inside = np.sum(x)
    if c > 0.0:
        found = 2.0 * inside
    else:
        found = c * np.mean(x) - 3.0 * inside
    return found + np.sum(x * c)


@example(normal(45, 3), 3)
def growing_rows(x, n):
    """An array is longer in each turn, and so is what is added to it."""
    y = x
    total = 0.0
    for k in range(n):
        total = 0.7 * total + np.sum(y * y) + np.mean(y)
        y = np.concatenate([y, [total * 0.1]]) * 0.9
    return total + np.sum(y)


@example(0.4, 6)
def bound_in_the_first_turn(x, n):
    """What later turns read was computed in the first one, from what is another value by then."""
    y = x
    for i in range(n):
        if i == 0:
            z = y * 2
        y = np.sin(y) * z
    return y


@example(0.7, -1.0)
def over_an_array_of_some_shape(x, flag):
    """Whether the scale is an array or a number, only the run can tell."""
    scale = np.array([1.0, 2.0]) if flag > 0 else 3.0
    total = 0.0
    for y in scale * np.array([x, x * x]):
        total = total * x + y * y
    return total


@example(0.7, 4)
def factor_of_inactive_loops(x, n):
    """Loops without anything active change a factor that was used before they ran."""
    k = 1.0
    for i in range(n):
        k = k + 0.5 * i * k
    y = x * k
    for _ in range(n):
        k = k * 1.01
    return y * k + y * y


@example(normal(61, 3), 4)
def position_from_an_outer_turn(v, n):
    """What the inner loop reads was computed before it, from what the inner loop changes."""
    y = v[0]
    k = 1
    for _ in range(n):
        m = k % 3
        for _ in range(2):
            y = np.sin(y) * v[m]
            k = k + 1
    return y
