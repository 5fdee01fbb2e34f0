"""Generator functions: consumed by loops and by functions, in turns with their consumer."""

import itertools

import numpy as np

from . import example, normal, positive


def squares(values, scale=1.0):
    for v in values:
        yield scale * v * v


def powers(x):
    """Without an end."""
    term = 1.0
    while True:
        yield term
        term = term * x


def guarded(values, limit):
    for v in values:
        if v > limit:
            return
        yield v
        yield np.sin(v)
    yield limit * limit


def nested(values):
    yield from squares(values)
    yield values[0]


@example(normal(1, 4))
def loop_over_generator(v):
    total = 0.0
    for s in squares(v, scale=2.0):
        if s < 0.01:
            continue
        total += s * np.cos(s)
    return total


@example(0.6)
def left_by_break(x):
    total = 0.0
    for k, term in enumerate(powers(x)):
        if k > 5:
            break
        total += term / (k + 1.0)
    return total


@example(positive(2, 4), 1.2, wrt=(0, 1))
@example(positive(2, 4), 9.0, wrt=(0, 1), name="exhausted")
def early_return(v, limit):
    total = 1.0
    for w in guarded(v, limit):
        total = total * (1.0 + 0.1 * w)
    return total


@example(normal(3, 4))
def consumed_whole(v):
    a = sum(squares(v))
    b = list(squares(v, 0.5))
    c = max(squares(v))
    d, e, *_ = squares(v)
    s = np.array(list(nested(v)))
    return a * b[1] + c * d - e + np.sum(s * s)


@example(positive(4, 3))
def named_generator(v):
    """Nothing runs before the first value is drawn."""
    values = [v[0], v[1]]
    g = squares(values)
    values.append(v[2] * 3.0)
    return sum(g)


@example(positive(5, 3))
def turns(v):
    """The loop's body changes what the generator reads."""
    stack = [v[0]]
    total = 0.0

    def popping():
        while len(stack) > 0:
            yield stack.pop()

    for x in popping():
        total += x * x
        if len(stack) == 0 and x < 3.0:
            stack.append(x * 1.7 + v[1])
    return total * v[2]


@example(positive(6, 4))
def any_and_all(v):
    """`any` stops at the first value that decides: the generator has no end."""
    if any(term < 0.1 for term in v) or not any(t > 40.0 for t in powers(v[0] + 1.0)):
        return v[0]
    if all(s > 0.0 for s in squares(v)):
        return np.sum(v * v)
    return v[1]


@example(0.7, 5)
def from_itertools(x, n):
    total = 0.0
    for k, term in zip(itertools.count(1), list(itertools.islice(powers(x), n))):
        total += term * k
    for a, b in itertools.pairwise([x, x * x, np.sin(x)]):
        total += a * b
    for part in itertools.accumulate([x, 2.0 * x, x**3]):
        total += part * part
    for a, b in itertools.product([x, 1.0], [2.0, x * x]):
        total += a * b
    for a, b in itertools.combinations([x, x * x, np.exp(x)], 2):
        total -= a * b
    for part in itertools.takewhile(lambda t: t > 0.2, powers(x)):
        total += part
    for part in itertools.chain([x, x**2], (np.cos(x),)):
        total *= 1.0 + 0.1 * part
    return total + sum(itertools.accumulate([x, x], lambda a, b: a * b + b))


@example(0.4)
def generator_into_function(x):
    """A generator handed to a function, which runs over it once."""

    def weighted(terms, count):
        result = 0.0
        for k, t in zip(range(count), terms):
            result += t * k
        return result

    return weighted(powers(x), 6)
