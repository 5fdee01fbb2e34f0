"""Early returns: at the top, in branches, in loops, in loops in loops."""

import numpy as np

from . import example, normal, positive


@example(0.5, name="near")
@example(3.0, name="far")
def guard(x):
    """A guard clause leaves first."""
    if x > 2.0:
        return np.log(x)
    y = x * x
    return y * np.exp(-y)


@example(0.3, 0.8, wrt=(0, 1), name="small")
@example(1.3, 0.8, wrt=(0, 1), name="middle")
@example(4.3, 0.8, wrt=(0, 1), name="large")
def drag_coefficient(re, k):
    """Regimes, each with its own return."""
    if re < 1.0:
        return k * 24.0 / (re + 0.1)
    if re < 3.0:
        base = k * np.sqrt(re)
        if base > 0.5:
            return base * base
        return base
    return k


@example(positive(2, 6), 2.5, wrt=(0, 1), name="found")
@example(positive(2, 6), 250.0, wrt=(0, 1), name="exhausted")
def first_passage(increments, barrier):
    """Return from within a loop as soon as the path crosses the barrier."""
    level = 0.0
    for i in range(len(increments)):
        before = level
        level = level + increments[i]
        if level > barrier:
            return (barrier - before) / increments[i] + level * level
    return level * barrier * 0.01


@example(positive(3, 3, 4), 3.0, wrt=(0, 1), name="found")
@example(positive(3, 3, 4), 1e3, wrt=(0, 1), name="exhausted")
def return_from_nested_loops(costs, budget):
    spent = 0.0
    for row in costs:
        for cost in row:
            if spent + cost > budget:
                return spent * cost
            spent = spent + cost
        spent = spent * 1.1
    return spent + 1e-3 * budget


@example(2.7)
def return_from_while(x):
    """An endless loop that only a return leaves."""
    y = 0.5 * x
    steps = 0
    while True:
        y = 0.5 * (y + x / y)
        steps += 1
        if steps == 4:
            return y * x


@example(0.8, 1.2, wrt=(0, 1))
def returns_tuple(x, y):
    """A tuple out: both parts are differentiated."""
    if x > y:
        return x - y, x * y
    product = x * y
    return product * product, np.sin(product)


@example(normal(5, 4))
def returns_dict(v):
    """A dict out, with a scalar, an array and a nested list."""
    centred = v - np.mean(v)
    return {
        "mean": np.mean(v),
        "centred": centred,
        "moments": [np.sum(centred**2), np.sum(centred**3)],
    }


@example(1.1, 2.0, wrt=(0, 1))
def returns_argument(x, y):
    """Arguments handed through beside a computed value."""
    return x, x * y, y


@example(normal(6, 3), normal(7, 3), wrt=(0, 1))
def returns_one_array_twice(u, v):
    w = u * v
    return w, (w, u)


@example(0.6, 4)
@example(0.6, 0, name="empty")
def return_or_loop(x, n):
    if n == 0:
        return x
    acc = 1.0
    for k in range(n):
        acc = acc + x**k / (k + 1.0)
        if acc > 50.0:
            return acc
    else:
        acc = acc * x
    return acc * acc


@example(0.9)
def return_in_each_arm(x):
    """Nothing follows the branches."""
    if x < 0.5:
        if x < 0.1:
            return x
        else:
            return x**2
    else:
        y = x * x * x
        if y > 0.9:
            return y
        else:
            return y * np.cos(y)


@example(normal(8, 2, 2))
def returns_view(a):
    """A view of an intermediate array is the result."""
    b = a @ a
    return b.T[0]
