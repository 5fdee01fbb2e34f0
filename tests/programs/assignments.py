"""Every form of assignment: plain, chained, unpacking, starred, augmented, annotated."""

import numpy as np

from . import example, normal


@example(0.7, 1.3, wrt=(0, 1))
def reassigned(x, y):
    """One name takes several values; each use means the latest."""
    z = x * y
    z = np.sin(z) + x
    x = z * y
    z = x - z
    return z * x


@example(0.8)
def chained(x):
    """One value, three names."""
    a = b = c = np.exp(-x)
    a = a * x
    return a + 2.0 * b * c


@example(0.4, 1.1, wrt=(0, 1))
def swapped(x, y):
    """A simultaneous swap reads both values before it writes either."""
    x, y = y, x * x
    x, y = x - y, x + y
    return x / (1.0 + y * y)


@example((0.3, (1.2, -0.5), 0.9))
def unpack_nested(state):
    position, (velocity, phase), mass = state
    energy = 0.5 * mass * velocity * velocity
    return energy * np.cos(phase) + position * mass


@example([0.2, 1.4, -0.6, 0.8, 0.5])
def unpack_starred(coefficients):
    """The middle of the list is collected by a starred name."""
    first, *middle, last = coefficients
    total = first * last
    for c in middle:
        total = total * 0.5 + c * c
    return total


@example(1.2, 0.7, wrt=(0, 1))
def augmented_scalars(x, y):
    total = x
    total += y * y
    total *= x
    total -= 3.0 * y
    total /= 1.0 + x * x
    total **= 2
    return total


@example(0.9, 3)
def augmented_power_and_floor(x, n):
    """Integer bookkeeping by augmented assignment beside active arithmetic."""
    k = n
    k *= 5
    k //= 2
    k %= 4
    y = x
    y **= k
    y += k
    return np.sin(y)


@example(normal(1, 4))
def unpack_array(v):
    """An array is unpacked into its entries."""
    a, b, c, d = v
    (p, q), r = (a * b, c * d), a - d
    return p * q + r * r


@example(normal(2, 3, 2))
def unpack_rows(points):
    """Rows of a matrix become names, their entries too."""
    (x0, y0), (x1, y1), (x2, y2) = points
    return 0.5 * ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))


@example(1.5, 0.2, wrt=(0, 1))
def annotated(x: float, rate: float) -> float:
    growth: float = 1.0 + rate
    value: float
    value = x * growth**3
    label: str = "value"
    return value if label else x


@example(0.6)
def chained_unpack(x):
    """A chain with an unpacking target in it: all targets see the same tuple."""
    pair = a, b = x * x, np.sqrt(x)
    first, second = pair
    return a * second + b * first


@example(0.35, 1.7, wrt=(0, 1))
def walrus(x, y):
    """Assignment expressions inside an expression and a test."""
    total = (s := np.sin(x)) * y + s
    if (t := total * s) > 0.0:
        total = total + t * t
    return total


@example({"scale": 1.3, "shift": normal(3, 3)}, normal(4, 3), wrt=(0, 1))
def augmented_items(params, x):
    """Augmented assignment to a local dict and to a list of scalars."""
    p = {"scale": params["scale"], "shift": params["shift"] * 1.0}
    p["scale"] *= 2.0
    p["shift"] += x
    totals = [0.0, 1.0]
    totals[0] += np.sum(p["shift"] * p["scale"])
    totals[1] *= totals[0]
    totals[-1] -= p["scale"]
    return totals[0] * totals[1]


@example(0.5)
def deleted(x):
    """A name is deleted and defined anew."""
    y = x * x
    z = y + 1.0
    del y
    y = z * z
    return y * x


CONSTANTS = (1.0, 2.0, 0.5)


@example(0.4)
def unpacked_constants_that_move_later(x):
    """What is unpacked is constant until a loop goes on from it."""
    a, b, c = CONSTANTS
    u, v = np.array([0.3, 0.2])
    for _ in range(2):
        a, b = a + b * x, a * x
        u, v = v * x, u + c
    return a + b * u + v


@example(0.4)
def constants_unpacked_in_each_turn(x):
    """Each turn goes on from constants, so that nothing passes from one turn to the next."""
    total = 0.0
    for k in range(3):
        a, b, c = CONSTANTS
        for _ in range(2):
            a, b = a + b * x, a * x
        rows, other = np.ones((2, 3)), np.array([0.3, 0.2, 0.1])
        u, v = rows
        if k > 0:
            u[k] = x * x
            v = v * other * x
        total += a + b * c + np.sum(u * v)
    return total


@example(normal(71, 3), normal(72, 3), wrt=(0, 1))
def element_replaced(q, x):
    """An element of a list makes way for a multiple of itself before the list is gone through."""
    states = [q, q * x]
    states[1] = states[1] * x[0]
    total = 0.0
    for state in states:
        total = total + np.sum(state**2)
    return total


@example(normal(73, 3), normal(74, 3), wrt=(0, 1))
def element_of_a_grown_list_replaced(q, x):
    states = [q]
    for i in range(3):
        states.append(np.sin(states[-1]) * x[i] + states[0])
    states[1] = states[1] * 2.0
    return sum(np.sum(state**2) for state in states)
