"""Loops: exits, steps that are skipped, bounds that are computed, and what is used after them."""

import numpy as np

from . import exhibit


@exhibit(
    "NVIDIA/warp#1694",
    at=(0.7, 1.3, 4),
    gradient=lambda x, s, n: (2 * x * n * s, n * x**2),
)
def used_before_in_and_after(x, s, n):
    """A value made before a loop of unknown length, used after it."""
    before = x * x
    total = 0.0
    for k in range(n):
        total = total + s
    return total * before


@exhibit(
    "NVIDIA/warp#1293",
    at=(np.array([0.3, -0.4, 0.5]), np.array([0, 1, 3])),
)
def nested_loops_of_computed_length(q, starts):
    """The inner loop's bounds come from arrays of the outer one."""
    angle, position = 1.0, 0.0
    for branch in range(len(starts) - 1):
        for k in range(starts[branch], starts[branch + 1]):
            angle = angle * np.cos(q[k]) + np.sin(q[k])
        position = position + angle**2
    return position * angle


@exhibit(
    "NVIDIA/warp#1552",
    at=(np.array([1.3]), np.array([[0.0, 2.0], [1.0, 0.0]])),
    gradient=lambda x, c: (np.array([3.0 * c[0, 1]]), np.array([[0.0, 3.0 * x[0]], [0.0, 0.0]])),
)
def largest_with_continue(x, c):
    """The largest product; zero entries are skipped."""
    best = -1e20
    for p in range(2):
        for q in range(2):
            if c[p, q] == 0.0:
                continue
            value = x[0] * c[p, q] * (p + q + 2.0)
            if value > best:
                best = value
    return best


@exhibit(
    "NVIDIA/warp#1740", "NVIDIA/warp#1754",
    at=(np.array([1.0, 2.0, 3.0]),),
    gradient=lambda x: np.full(3, -1.0 / (0.5 + np.sum(x)) ** 2),
)  # fmt: skip
def reciprocal_of_a_sum(x):
    """The accumulator's last value is what a nonlinear function after the loop needs."""
    return 1.0 / summed(x, 0.5)


def summed(x, start):
    total = start
    for value in x:
        total += value
    return total


@exhibit(
    "NVIDIA/warp#140",
    at=(np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.2, 0.1]), 2.0, 1),
    gradient=lambda a, w, c, p: (
        c * np.array([w[0], w[1], 0.0]), c * np.array([a[0], a[1], 0.0]), a[0] * w[0] + a[1] * w[1],
    ),
)  # fmt: skip
def weighted_sum_of_given_length(a, w, c, p):
    """A loop whose bound is an argument."""
    total = 0.0
    for j in range(p + 1):
        total = total + w[j] * a[j]
    return total * c


@exhibit("vgvassilev/clad#710", at=(3.0, 5.0), gradient=lambda u, v: (14.0, 0.0))
def continue_at_the_end(u, v):
    """A continue that skips nothing."""
    out = 11 * u
    for i in range(3):
        out += u * i
        continue
    return out


@exhibit(
    "vgvassilev/clad#851", "vgvassilev/clad#833", at=(3.0, 5.0), gradient=lambda u, v: (1.0, 0.0)
)
def break_in_the_first_round(u, v):
    """The counter does not move when the loop is left."""
    out = 0.0
    for i in range(1, 3):
        out += i * u
        if i == 1:
            break
    return out


@exhibit("vgvassilev/clad#746", at=(3.0, 5.0), gradient=lambda i, j: (j, i))
def value_assigned_in_a_condition(i, j):
    """The condition of a loop computes the result."""
    c = 0
    while (out := i * j) != 0.0:
        if c == 1:
            break
        c += 1
    return out


@exhibit("vgvassilev/clad#818", at=(3.0, 5.0), gradient=lambda i, j: (3 * j, 3 * i))
def value_accumulated_in_a_condition(i, j):
    """The condition of a loop adds to the result, in each of three rounds."""
    out, c = 0.0, 0
    while (out := out + i * j) != 0.0:
        if c == 2:
            break
        c += 1
    return out


@exhibit("vgvassilev/clad#635", at=(np.array([2.0]),), gradient=lambda p: -2.0 / p**3)
def repacked_in_a_loop_of_one_round(p):
    """Parameters are put into a new array inside a loop and handed on."""
    out = 0.0
    for _ in range(1):
        repacked = np.array([p[0]])
        out = out + inverse_square(repacked)
    return out


def inverse_square(p):
    return 1.0 / (p[0] * p[0])


@exhibit(
    "vgvassilev/clad#1865",
    at=(np.array([0.7]),),
    gradient=lambda p: -2 * p / (1 + p**2) ** 2 - 2 * p / (2 + p**2) ** 2,
)
def divisor_written_in_place(p):
    """A divisor that is an expression, in a loop: each round has its own."""
    a, s = p[0], 0.0
    for i in range(2):
        x = i + 1.0
        s += 1.0 / (x + a * a)
    return s


@exhibit("EnzymeAD/Enzyme.jl#3004", at=(np.arange(1.0, 13.0).reshape(4, 3) / 10.0 + np.eye(4, 3),))
def inverses_in_a_loop(x):
    """The inverse of a small matrix in each of two rounds."""
    total = 0.0
    for k in range(2):
        p = x[:, k : k + 2]
        gram = p.T @ p
        total += np.trace(np.linalg.inv(gram))
    return total


@exhibit(
    "EnzymeAD/Enzyme.jl#701",
    at=(np.array([1.0]), np.array([1.0, 0.5])),
    gradient=lambda x, p: (
        np.sin(np.cos(x + p[0]) + p[1]) * np.sin(x + p[0]),
        np.array([
            np.sin(np.cos(x[0] + p[0]) + p[1]) * np.sin(x[0] + p[0]),
            -np.sin(np.cos(x[0] + p[0]) + p[1]),
        ]),
    ),
)  # fmt: skip
def argument_bound_anew_in_each_round(x, p):
    """x is bound to something new in each round."""
    for i in range(len(p)):
        x = np.cos(x + p[i])
    return np.sum(x)


@exhibit("FluxML/Zygote.jl#242", at=(1.0,), gradient=lambda x: np.cos(x))
def series_left_early(x):
    """The sine, left by a return inside two blocks as soon as a term is small."""
    total, sign, factorial = 0.0, -1.0, 1.0
    for i in range(1, 40):
        factorial *= i
        if i % 2 == 1:
            term = x**i / factorial
            if abs(term) < 1e-18:
                return total
            sign = -sign
            total += sign * term
    return total


@exhibit(
    "Theano/Theano#5439",
    at=(np.arange(20.0),),
    gradient=lambda x: np.where(np.arange(20) <= 5, 2 * x, 0.0),
)
def squares_until_five(x):
    """A scan that stops early: the gradient belongs to the entries that were read."""
    out = []
    for value in x:
        out.append(value * value)
        if value == 5.0:
            break
    return np.sum(np.array(out))


@exhibit(
    "shader-slang/slang#6394",
    at=(np.array([0.1, 0.2]), 0),
    gradient=lambda x, k: np.array([1.0, 0.0]),
)
def after_a_loop_with_a_return(x, k):
    """What stands after a loop that might have returned."""
    for _ in range(1):
        if k > 0:
            return 0.0
    return x[k]


@exhibit("shader-slang/slangpy#1055", "shader-slang/slang#13000", at=(np.array([0.3, 0.5, -0.2]),))
def weights_that_depend_on_data(x):
    """A filter whose weights depend on what is filtered; a vector comes out of the loop."""
    total, norm = np.zeros(3), 0.0
    for k in range(3):
        weight = np.exp(-((x[k] - x[0]) ** 2))
        total = total + weight * np.array([x[k], x[k] ** 2, 1.0])
        norm = norm + weight
    return np.dot(total / norm, np.array([1.0, 2.0, 3.0]))


@exhibit("tensorflow/tensorflow#1093", at=(2.0,), gradient=lambda x: 2 * x)
def loop_that_does_nothing(x):
    """One round in which the value is only handed on."""
    i = 0
    while i < 1:
        i, x = i + 1, x
    return x * x


@exhibit("tensorflow/tensorflow#22221", at=(np.array([0.4, 0.8]),))
def one_loop_into_another(x):
    """What one loop has collected is what a second one walks over."""
    kept = []
    state = x[0]
    for _ in range(3):
        state = np.sin(state) + x[1]
        kept.append(state)
    out = 1.0
    for value in kept:
        out = out * value + x[0]
    return out


@exhibit("EnzymeAD/Reactant.jl#3119", at=(np.array([0.3, 0.4]), np.arange(1.0, 6.0)))
def read_by_the_loop_variable(theta, y):
    """The body reads a column by the loop's own counter."""
    a = theta[0] + theta[1]
    x = a * np.ones(4)
    total = 0.0 * a
    for t in range(5):
        x = a * x + 0.1
        total = total + y[t] * np.sum(x)
    return total
