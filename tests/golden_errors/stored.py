"""Ways of being refused that have to do with what is stored where, and with derivatives inside.

Importing this file adds them to `programs.REFUSED`. Functions are added at the end, since goldens
name lines.
"""

import numpy as np

import srcxform as sx
from srcxform import errors

from .programs import REVERSE, refused


class Held:
    def __init__(self, value):
        self.value = value


CALLS = {"count": 0}


@refused(2.0)
def counted_outside(x):
    CALLS["count"] += 1
    return x * x


@refused(2.0)
def gradient_at_integers(x):
    return x * np.sum(sx.grad(lambda n: np.sum(n * n))(np.arange(3)))


@refused(2.0)
def tangents_of_a_list_that_grew(x):
    primals = [x]
    for k in range(2):
        primals.append(x * k)
    return sx.jvp(lambda *given: sum(given), tuple(primals), tuple(primals))[1]


@refused(2.0)
def jacobian_of_a_list_that_grew(x):
    def rows(t):
        out = []
        for k in range(3):
            out.append(t * x * k)
        return out

    return sum(sx.jacfwd(rows)(x))


@refused(2.0)
def attribute_deleted(x):
    held = Held(x)
    held.value = x * x
    del held.value
    return x


class Box:
    def __init__(self):
        self.item = None


BOX = Box()


@refused(2.0, Box(), by=REVERSE)
def written_after_it_was_handed_over(x, box=BOX):
    held = Held(x)
    box.item = held
    held.value = x * x
    return held.value


def scaled_down(v, x, k):
    return v if k == 0 else scaled_down(v, x * x, k - 1)


@refused(2.0, error=errors.NoDerivativeError, by=REVERSE)
def written_behind_a_recursion(x):
    found = scaled_down(start := np.array([x, x]), x, 2)
    found[0] = x
    return np.sum(found) * start[1]


# --- batches inside


@refused(np.ones(3))
def axes_of_two_arguments(x):
    return np.sum(sx.vmap(lambda a: 2.0 * a, in_axes=(0, 0))(x))


@refused(np.ones(3))
def batch_without_lanes(x):
    return np.sum(sx.vmap(lambda a: 2.0 * a, in_axes=None)(x))


# --- Jacobians inside


@refused(np.ones(3))
def argnums_behind_the_arguments(x):
    return np.sum(sx.jacrev(lambda a: 2.0 * a, argnums=1)(x))


@refused(np.ones(3))
def forward_in_complex_numbers(x):
    return np.sum(np.abs(sx.jacfwd(lambda z: z * z)(x * 1j)))


@refused(np.ones(3))
def rows_of_complex_results(x):
    return np.sum(np.abs(sx.jacrev(lambda a: a * 1j)(x)))


@refused(np.ones((2, 3)))
def entries_in_a_tuple(x):
    return np.sum(sx.batched_jacobian(lambda a: (a, 2.0 * a), x))


# --- lanes without a place


@refused(np.ones(3))
def lanes_stored_in_an_object(x):
    last = Held(0.0)

    def squared(a):
        last.value = a
        return a * a

    return np.sum(sx.vmap(squared)(x)) + last.value


@refused(np.ones(3))
def lanes_without_an_axis(x):
    return np.sum(sx.vmap(lambda a: 2.0 * a, out_axes=None)(x))


def told_while_running(a):
    return [a[0], (a, a * a)][int(np.argmax(a)) % 2]


@refused(np.array([[1.0, 3.0, 2.0], [0.5, 4.0, -1.0]]))
def lanes_moved_to_another_axis(x):
    return np.sum(sx.vmap(told_while_running, out_axes=(0, 1))(x)[0])
