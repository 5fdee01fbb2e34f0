"""The order in which the parts of a statement are evaluated."""

import numpy as np

from . import example, normal, positive


def doubled(v):
    """Writes into its argument, and gives a number."""
    v[0] = v[0] * 2.0
    v[1] = v[1] + v[0]
    return v[0] + 1.0


def fresh(a):
    """Writes only into what it made itself."""
    out = np.zeros(2)
    out[0] = a
    return out[0] * a


@example(positive(1, 3))
def element_read_first(x):
    """`v[0] *= f(v)` reads `v[0]` before it calls f."""
    v = x * 1.0
    v[0] *= doubled(v)
    return np.sum(v)


@example(positive(2, 3), analytic=False)
def mask_read_first(x):
    v = x * 1.0
    v[v > 0.1] *= doubled(v)
    return np.sum(v * v)


@example(positive(3, 3))
def slice_read_first(x):
    """A slice is a view: it sees what the call wrote."""
    v = x * 1.0
    v[0:2] += doubled(v)
    return np.sum(v * v)


@example(positive(4, 3))
def list_read_first(x):
    items = [x[0], x[1] * 2.0, x[2]]
    items[0] += doubled(items)
    return items[0] * items[1] + items[2]


@example(positive(5, 3))
def undisturbed(x):
    v = x * 1.0
    for i in range(3):
        v[i] += fresh(v[i])
    return np.sum(v * v)


@example(positive(6, 3))
def walrus_in_operand(x):
    y = x * 2.0
    y *= (y := x * x)
    if (n := len(x)) > 2 and (total := np.sum(y)) > 0.0:
        return total * n
    return np.sum([(z := w * w) + z for w in x]) * z


@example(positive(7, 2), analytic=False)
def scalars_by_item(v):
    """`item` of an array of one element and of a NumPy scalar."""
    return np.sum(v).item() * 2.0 + v[0].item() * v[1] + (v[:1] * v[1]).item()


def halved_from_behind(v):
    w = v[::-1]
    w[0] *= 0.5
    return w


@example(normal(961, 3))
def place_before_the_right_side(v):
    """The call that gives the place comes first, and changes what the right side reads."""
    v = v * 2.0
    halved_from_behind(v)[-1] += 0.5 * np.sum(v)
    halved_from_behind(v)[0] *= np.cos(v[-1])
    v[int(halved_from_behind(v)[0] > 9.0)] += v[2] ** 2
    return np.sum(v * v)
