"""Parts of the grammar that numerical code uses in passing: guards, imports, text, options."""

import numpy as np

from programs import example, positive


@example(0.7)
def guarded(x):
    if x > 100.0:
        raise ValueError(f"x is too large: {x}")
    elif x < -100.0:
        pass
    assert x == x, "x is not a number"
    return x * np.sin(x)


@example(0.7)
def imports_inside(x):
    import math
    from math import exp as exponential

    return math.sin(x) * exponential(-x)


@example(positive(1, 3), "mean", wrt=0)
@example(positive(1, 3), "sum", wrt=0, name="sum")
def option_in_a_set(x, how="mean"):
    if how not in {"mean", "sum"}:
        raise ValueError(f"unknown: {how!r:>8}")
    total = 0.0
    for k in range(len(x)):
        total += x[k] ** 2
    return total / len(x) if how is not None and how == "mean" else total


@example(positive(2, 4), 6, wrt=0)
def bits(x, flags):
    y = x * x
    if flags & 2:
        y = y * np.cos(x)
    if flags ^ 6 or flags >> 3:
        y = y + 1.0
    mask = (x > 0.6) & (x < 1.2)
    return np.sum(np.where(mask, y, x)) + np.sum(np.where((x > 0.7) ^ (x > 1.1), y, 0.0))


@example(positive(3, 3))
def letters_counted(x):
    letters = {name[0] for name in ("alpha", "beta", "alphabet")}
    return np.sum(x**2) * len(letters)
