"""What messages about iterators, objects, coroutines and complex arguments ask for.

Importing this file adds these programs to `repaired.REPAIRED`.
"""

import copy

import numpy as np
import scipy.special

import srcxform as sx

from .repaired import Holder, repaired

# --- iterators


@repaired("iterator_that_its_loop_draws_from", 2.0)
def list_in_place_of_its_iterator(x):
    values = list(iter([x, x * x, 3.0 * x, x**3]))
    total = 0.0
    for k in range(0, len(values), 2):
        total = total + values[k] * values[k + 1]
    return total


class Holding:
    """Holds a list."""

    def __init__(self, values):
        self.values = values


@repaired("iterator_that_an_object_holds", 2.0)
def list_that_an_object_holds(x):
    holder = Holding([x, x * x])
    return sum(holder.values) + 3.0 * sum(holder.values)


@repaired("one_of_two_iterators", 2.0)
def one_of_two_lists(x):
    values = list(iter([x, x * x]))
    if x > 1.0:
        values = list(iter([3.0 * x]))
    total = 0.0
    for value in values:
        total = total + value * x
    return total


@repaired("generator_of_what_changes", 2.0)
def list_made_where_it_stands(x):
    scale = 2.0
    scaled = [scale * value for value in [x, x * x]]
    scale = 5.0
    return sum(scaled) * scale


@repaired("generator_over_a_shared_iterator", 2.0)
def drawn_in_the_loop(x):
    values = [x, x * x, 3.0 * x, x]
    total = 0.0
    for k in range(0, 4, 2):
        total += values[k] * (x * values[k + 1])
    return total


@repaired("map_that_counts", 2.0)
def called_in_the_loop(x):
    seen = []
    total = 0.0
    for value in [x, x * x]:
        seen.append(value)
        total += value * value * len(seen)
    return total


@repaired("map_of_what_changes", 2.0)
def list_of_what_changes(x):
    values = [x, x * x]
    cubes = [value**3 for value in values]
    values[0] = 3.0 * x
    return sum(cubes)


# --- objects


def product(count, value, x):
    return product(count - 1, value * x, x) if count > 0 else value


@repaired("object_written_by_recursion", 2.0)
def attribute_handed_on(x):
    held = Holder(x)
    held.factor = product(2, held.factor, x)
    return held.factor


class Optional:
    """An object with an attribute that may be missing."""

    def __init__(self, value):
        self.value = value
        self.extra = None


@repaired("attribute_set_on_one_way", 2.0)
def attribute_none_at_first(x):
    held = Optional(x)
    if x > 1.0:
        held.extra = x * x
    own = vars(held)
    count = len(own)
    return own["value"] * count


@repaired("attributes_written_through_vars", 2.0)
def attribute_written_itself(x):
    held = Holder(x)
    setattr(held, "factor", x * x)  # noqa: B010
    return held.factor * x


@repaired("attributes_read_from_an_older_dict", 2.0)
def attributes_read_themselves(x):
    held = Holder(x)
    held.factor = x * x
    return held.factor * x


@repaired("object_added_without_a_method", 2.0)
def attributes_added(x):
    held = Holder(x)
    held.factor = x * x
    return held.factor + held.factor


@repaired("coroutine_inside", 2.0)
def ordinary_function_inside(x):
    def square():
        return x * x

    return square()


# --- rules


@repaired("scaled_bessel_function_of_complex", 0.7)
def bessel_function_scaled_by_hand(x):
    z = x * (1.0 + 1.0j)
    return np.real(scipy.special.iv(1.0, z) * np.exp(-np.abs(z.real)))


# --- storage, and derivatives inside


@repaired("counted_outside", 2.0)
def counted_inside(x):
    calls = {"count": 0}
    calls["count"] += 1
    return x * x * calls["count"]


@repaired("gradient_at_integers", 2.0)
def gradient_at_floats(x):
    return x * np.sum(sx.grad(lambda n: np.sum(n * n))(np.arange(3).astype(float)))


@repaired("tangents_of_a_list_that_grew", 2.0)
def tangents_of_a_tuple(x):
    primals = (x, x * 0.0, x * 1.0)
    return sx.jvp(lambda *given: sum(given) ** 2, primals, primals)[1]


@repaired("jacobian_of_a_list_that_grew", 2.0)
def jacobian_of_an_array(x):
    return np.sum(sx.jacfwd(lambda t: t * t * x * np.arange(3.0))(x))


@repaired("attribute_deleted", 2.0)
def attribute_set_to_none(x):
    held = Holder(x)
    held.factor = x * x
    y = held.factor
    held.factor = None
    return y


class Box:
    def __init__(self):
        self.item = None


@repaired("written_after_it_was_handed_over", 2.0, Box())
def handed_over_at_the_end(x, box):
    held = Holder(x)
    held.factor = x * x
    box.item = held
    return held.factor


def scaled_down(v, x, k):
    return v if k == 0 else scaled_down(v * x, x, k - 1)


@repaired("written_behind_a_recursion", 2.0)
def copied_behind_a_recursion(x):
    found = np.copy(scaled_down(np.array([x, x]), x, 2))
    found[0] = x
    return np.sum(found)


# --- batches inside


@repaired("axes_of_two_arguments", np.ones(3))
def axis_of_one_argument(x):
    return np.sum(sx.vmap(lambda a: 2.0 * a, in_axes=(0,))(x))


@repaired("batch_without_lanes", np.ones(3))
def batch_of_a_size(x):
    return np.sum(sx.vmap(lambda a: 2.0 * a, in_axes=None, axis_size=4)(x))


@repaired("lanes_stored_in_an_object", np.ones(3))
def lanes_returned(x):
    last = Holder(0.0)
    squares, values = sx.vmap(lambda a: (a * a, a))(x)
    last.value = values[-1]
    return np.sum(squares) + last.value


@repaired("lanes_without_an_axis", np.ones(3))
def lanes_on_an_axis(x):
    return np.sum(sx.vmap(lambda a: a**3, out_axes=0)(x))


@repaired("lanes_moved_to_another_axis", np.array([[1.0, 3.0, 2.0], [0.5, 4.0, -1.0]]))
def lanes_first_then_moved(x):
    _, squares = sx.vmap(lambda a: [a[0], (a, a * a)][int(np.argmax(a)) % 2])(x)
    return np.sum(np.moveaxis(squares, 0, 1)[0])


# --- Jacobians inside


@repaired("argnums_behind_the_arguments", np.ones(3))
def argnums_from_the_end(x):
    return np.sum(sx.jacrev(lambda a: a**3, argnums=-1)(x))


@repaired("forward_in_complex_numbers", np.ones(3))
def forward_in_complex_numbers_of_a_holomorphic_function(x):
    return np.sum(np.abs(sx.jacfwd(lambda z: z * z, holomorphic=True)(x * 1j)) ** 2)


@repaired("rows_of_complex_results", np.ones(3))
def rows_of_real_and_imaginary_parts(x):
    real, imaginary = sx.jacrev(lambda a: (np.real(a * a * 1j), np.imag(a * a * 1j)))(x)
    return np.sum(real**2) + np.sum(imaginary**2)


@repaired("entries_in_a_tuple", np.ones((2, 3)))
def entries_in_an_array(x):
    return np.sum(sx.batched_jacobian(lambda a: a**3, x) ** 2)


@repaired("copied_with_a_part_at_two_places", np.ones(3))
def parts_copied_one_by_one(x):
    row = [x[0], x[1]]
    new = [copy.copy(row), copy.copy(row)]
    new[0][0] = x[2]
    return new[1][0] * new[0][0]


@repaired("part_of_an_array_of_untold_type", np.ones(5))
def part_of_an_array_of_floats(x):
    f = np.ones(4, dtype=float)
    f[1:3] = x[0:2]
    f[1:3] = x[2:4]
    return np.sum(f**2)


@repaired("whole_part_of_a_sum_on_one_way", np.array([2.6, 1.0]))
@repaired("whole_part_on_one_way", np.array([2.6, 1.0]))
def of_one_type_on_each_way(x):
    kept = np.zeros(2) if x[0] < 1.0 else np.array([1, 2], dtype=float)
    kept[0] = x[0]
    return kept[0] * x[1]


# --- lists of a class of their own


@repaired("list_with_access_of_its_own", 2.0)
def list_with_factor(x):
    values = [x]
    return 2.0 * values[0] * x


class Track:
    """A place, and the places before it; its copy is made part by part."""

    def __init__(self, place, seen):
        self.place = place
        self.seen = seen

    def copied(self):
        return Track(self.place, list(self.seen))

    def moved(self, step):
        self.place = self.place + step
        self.seen.append(self.place)


@repaired("object_that_holds_itself_copied", np.array([0.7, 1.3, 0.4]))
@repaired("object_copied_in_each_turn", np.array([0.7, 1.3, 0.4]))
def object_with_a_copy_of_its_own(x):
    best = Track(x[0], [x[1]])
    for step in x:
        trial = best.copied()
        trial.moved(step * 0.5)
        if trial.place < 9.0:
            best = trial
    return best.place * best.seen[-1]
