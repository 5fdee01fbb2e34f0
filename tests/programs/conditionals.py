"""Branches: statements, expressions, Boolean operators as tests and as values."""

import numpy as np

from . import example, normal, positive


@example(0.7, name="inside")
@example(2.5, name="outside")
@example(-2.5, name="below")
def huber(r):
    """Quadratic near zero, linear far out."""
    delta = 1.0
    if r > delta:
        loss = delta * (r - 0.5 * delta)
    elif r < -delta:
        loss = -delta * (r + 0.5 * delta)
    else:
        loss = 0.5 * r * r
    return loss


@example(0.3, 1.2, wrt=(0, 1), name="first")
@example(1.5, 1.2, wrt=(0, 1), name="second")
@example(2.5, 1.2, wrt=(0, 1), name="third")
@example(4.5, 1.2, wrt=(0, 1), name="last")
def piecewise_spline(x, h):
    """Cubic pieces by a chain of tests."""
    if x < h:
        return (h - x) ** 3 / h
    elif x < 2 * h:
        return (x - h) ** 2 * x
    elif x < 3 * h:
        y = x * h
    else:
        y = x / h
        y = y * y
    return y + h


@example(0.4, 1.6, wrt=(0, 1))
@example(1.6, 0.4, wrt=(0, 1), name="other")
def conditional_expression(x, y):
    larger = x if x > y else y
    smaller = y if x > y else x
    return larger * larger - smaller * larger * (np.sin(x) if smaller > 0.5 else np.cos(y))


@example(0.5, 2.0, wrt=(0, 1), name="both")
@example(1.5, 2.0, wrt=(0, 1), name="one")
@example(1.5, -2.0, wrt=(0, 1), name="none")
def tests_and_or_not(x, y):
    """Boolean operators decide, they do not carry derivatives."""
    total = x * y
    if x < 1.0 and y > 1.0:
        total = total + x**3
    if x < 1.0 or y > 1.0:
        total = total * y
    if not (x < 1.0):
        total = total - np.exp(-x)
    return total


@example(0.8, 0.0, name="fallback")
@example(0.8, 1.7, wrt=(0, 1), name="given")
def or_as_value(x, scale):
    """`or` chooses an operand: an absent or zero scale falls back."""
    factor = scale or x * x
    rest = x and x - 0.25
    return factor * np.sin(x) + rest


@example(1.3, None, name="default")
@example(1.3, 0.4, wrt=(0, 1), name="given")
def optional_argument(x, damping=None):
    """None as the mark of an argument not given."""
    if damping is None:
        damping = 0.1 * x
    return np.exp(-damping * x) * x


@example(0.5, name="inside")
@example(1.7, name="outside")
def chained_comparison(x):
    """The bump function, zero outside its support but for a line."""
    if -1.0 < x < 1.0:
        y = np.exp(-1.0 / (1.0 - x * x))
    else:
        y = 0.1 * x
    return y * x


@example(positive(1), "relu", name="relu")
@example(positive(1), "tanh", name="tanh")
@example(positive(1), "gelu", name="gelu")
def option_by_name(x, kind):
    """A string chooses the formula."""
    if kind == "relu":
        return x * (x > 0)
    if kind in ("tanh", "hyperbolic"):
        return np.tanh(x)
    inner = np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1.0 + np.tanh(inner))


@example(normal(3, 5), True, name="normalised")
@example(normal(3, 5), False, name="raw")
def option_by_flag(v, normalise):
    total = np.sum(v * v)
    if normalise:
        v = v / np.sqrt(total)
    weights = np.arange(5.0)
    return np.sum(weights * v**3)


@example(0.9, 1.1, wrt=(0, 1), name="low")
@example(1.9, 1.1, wrt=(0, 1), name="high")
def nested_branches(x, y):
    """A variable defined on all paths, a derivative on some."""
    a = x * y
    if x > 1.5:
        if y > 1.0:
            a = a * a
            b = x
        else:
            b = y
    else:
        b = 1.0
        if y < 1.0:
            a = 2.0
    return a * b + a


@example(0.6, 1.4, wrt=(0, 1))
def branch_overwrites(x, y):
    """A branch that reassigns what the other path keeps; a test on a name overwritten later."""
    z = x
    if z < y:
        z = z * y
        y = y + z
    return z * y * x


@example(normal(4, 6))
def branch_on_reduction(v):
    """The test reads an array's sum; the branch works on the array."""
    total = np.sum(v * v)
    if total > 1.0:
        v = v * (1.0 / total)
    return np.sum(np.exp(v)) * total


@example(0.45, 2.2, wrt=(0, 1))
def condition_kept_in_name(x, y):
    near = x * x + y * y < 9.0
    steep = y > 4.0 * x
    if near and steep:
        out = x * np.log(y)
    elif near:
        out = y
    else:
        out = x
    return out * (2.0 if steep else x)
