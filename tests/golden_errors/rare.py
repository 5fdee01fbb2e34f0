"""More ways of being refused, rarer than those of `programs`: in rules, and while code runs.

Importing this file adds them to `programs.REFUSED`. Functions are added at the end, since goldens
name lines.
"""

from functools import partial

import numpy as np
import scipy.special

from srcxform import checkpoint, errors, jvp, vjp
from srcxform import grad as gradient

from .programs import REVERSE, refused

# --- arguments that no rule covers


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def blocks_of_three_levels(a):
    return np.sum(np.block([[[a, a]]]))


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def all_vectors_of_a_wide_matrix(a):
    return np.sum(np.linalg.svd(a[:1])[2])


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def block_of_stacks(a):
    return np.sum(np.block([[a[None], a]]))


@refused(np.eye(2) + 0.1, error=errors.NoDerivativeError)
def norm_over_several_axes(a):
    return np.sum(np.linalg.vector_norm(a, axis=(0, 1), ord=3))


@refused(np.ones(3), error=errors.NoDerivativeError)
def padded_with_the_mean(x):
    return np.sum(np.pad(x, 1, mode="mean") ** 2)


@refused(0.7, error=errors.NoDerivativeError)
def order_of_a_bessel_function(order):
    return scipy.special.jv(order, 1.5)


# --- views


@refused(np.eye(2) + 0.1, error=errors.MutationError, by=REVERSE)
def written_behind_a_view(a):
    entries = np.diagonal(a)
    a[0, 0] = a[1, 1] * 2.0
    return np.sum(entries * a[0])


# --- derivatives inside


@refused(2.0)
def gradient_of_an_array(x):
    return gradient(lambda t: np.array([t, t]) * x)(x)


@refused(2.0)
def option_known_late(x):
    position = int(x > 1.0)
    return gradient(lambda s, t: s * t, argnums=position)(x, x)


@refused(2.0)
def gradient_that_rebinds(x):
    count = 0.0

    def inner(t):
        nonlocal count
        count = t
        return t * x

    return gradient(inner)(x) + count


@refused(2.0)
def partial_of_the_unknown(x):
    return partial(np.vectorize(abs, otypes=[float]), x)()


@refused(2.0, error=errors.NoDerivativeError)
def managed_value(x):
    with np.printoptions(threshold=x):
        y = x * x
    return y


@refused(np.arange(6.0).reshape(2, 3), error=errors.MutationError, by=REVERSE)
def copy_instead_of_a_view(x):
    entries = np.reshape(x.T, -1)
    entries[0] = 2.0
    return np.sum(entries * entries)


class Scaled:
    def __init__(self, factor):
        self.factor = factor


remade = checkpoint(lambda factor: Scaled(factor))


@refused(2.0)
def attribute_of_a_shared_object(x):
    scaled = remade(x)
    scaled.factor = x * scaled.factor
    return scaled.factor * x


@refused(np.ones(3), error=errors.UnsupportedError)
def tangent_of_places(x):
    places = np.argsort(x)
    return jvp(lambda y, k: np.sum(y[k]), (x, places), (x, np.ones(3)))[1]


@refused(np.arange(8.0).reshape(4, 2), error=errors.NoDerivativeError)
def diagonal_wrapped(a):
    np.fill_diagonal(a, a[0, 1], wrap=True)
    return np.sum(a * a)


# --- objects


class Held:
    """An object with one attribute."""

    def __init__(self, value):
        self.value = value


def scaled_down_to(count, held, x):
    if count > 0:
        held.value = held.value * x
        scaled_down_to(count - 1, held, x)


@refused(2.0)
def object_written_by_recursion(x):
    held = Held(x)
    scaled_down_to(2, held, x)
    return held.value


@refused(2.0)
def attribute_set_on_one_way(x):
    held = Held(x)
    if x > 1.0:
        held.extra = x * x
    own = vars(held)
    count = len(own)
    return own["value"] * count


@refused(2.0)
def attributes_written_through_vars(x):
    held = Held(x)
    vars(held)["value"] = x * x
    return held.value


@refused(2.0)
def coroutine_inside(x):
    async def square():
        return x * x

    return square


@refused(0.7, error=errors.NoDerivativeError)
def scaled_bessel_function_of_complex(x):
    return np.real(scipy.special.ive(1.0, x * (1.0 + 1.0j)))


@refused(2.0)
def object_added_without_a_method(x):
    held = Held(x)
    held.value = x * x
    return (held + held).value


@refused(2.0)
def classes_chosen_while_running(x):
    kinds = ValueError if x > 1.0 else ZeroDivisionError
    try:
        y = 1.0 / x
    except kinds:
        y = 0.0
    return y


@refused(np.arange(6.0).reshape(2, 3), error=errors.MutationError)
def flat_of_a_transpose(x):
    entries = (2.0 * x).T.flat
    entries[0] = 2.0
    return np.sum(entries * entries)


@refused(np.asfortranarray(np.arange(6.0).reshape(2, 3)), error=errors.MutationError, by=("jvp",))
def copy_beside_a_view(x):
    y = 2.0 * x
    entries = np.reshape(y, -1)
    entries[0] = x[0, 1] ** 2
    return np.sum(y * y)


@refused(2.0)
def attributes_read_from_an_older_dict(x):
    held = Held(x)
    before = vars(held)
    held.value = x * x
    return before["value"]


@refused(np.array([2.0, 1.0, 3.0]), error=errors.NoDerivativeError)
def gradient_along_four_axes(x):
    return np.sum(np.gradient(x * np.ones((2, 2, 2, 3)))[0] ** 2)


@refused(np.array([[2.0, 1.0], [3.0, 0.5]]))
def integer_among_results_for_rows(x):
    return np.sum(np.apply_along_axis(lambda row: row[0] if row[0] > 2.5 else 0, 1, x))


@refused(2.0)
def deleted_beside_a_nested_function(x):
    scale = 2.0 * x

    def total():
        return scale * x  # noqa: F821

    del scale
    return total()


@refused(np.array([2.0, 1.0, 3.0]), error=errors.NoDerivativeError)
def weighted_sum_of_exponentials(x):
    return scipy.special.logsumexp(x, b=x)


@refused(2.0)
def holomorphic_in_a_real_number(x):
    return np.abs(gradient(lambda y: y * y * 1j, holomorphic=True)(x))


@refused(2.0)
def holomorphic_with_a_real_result(x):
    return np.abs(gradient(lambda z: np.real(z * z), holomorphic=True)(x + 1j))


@refused(2.0)
def gradient_of_a_complex_result(x):
    return np.abs(gradient(lambda z: z * z)(x + 1j))


@refused(np.ones(3))
def tangent_that_does_not_fit(x):
    return np.sum(jvp(lambda y: y * y, (x,), (1.0,))[1])


@refused(np.ones(3))
def cotangent_that_does_not_fit(x):
    _, pullback = vjp(lambda y: y * y, x)
    return np.sum(pullback(1.0)[0])


@refused(np.ones((2, 3)), error=errors.NoDerivativeError)
def order_of_memory(x):
    return np.sum(np.ravel(x, order="K")[:2])


@refused(np.ones(3), error=errors.NoDerivativeError)
def maximum_of_chosen_entries(x):
    return np.max(x, where=x > -1.0)


@refused(np.ones(3), "clip", error=errors.NoDerivativeError)
def positions_in_another_way(x, mode):
    return np.sum(np.take(x, [1, 3], mode=mode[:4]))


@refused(np.eye(2) + 0.1j, error=errors.NoDerivativeError)
def vectors_of_a_complex_matrix(a):
    return np.sum(np.abs(np.linalg.svd(a)[0]))


@refused(np.ones((3, 2)), error=errors.NoDerivativeError)
def complete_orthogonal_factor(a):
    return np.sum(np.linalg.qr(a, mode="complete")[0])


@refused(np.arange(4.0), error=errors.NoDerivativeError)
def fit_with_covariances(y):
    return np.sum(np.polyfit(np.arange(4.0), y, 1, cov=True)[1])


@refused(np.ones((2, 3)), error=errors.NoDerivativeError)
def transform_of_a_part(x):
    return np.sum(np.real(np.fft.rfftn(x, (2, 2))))


@refused(np.ones((2, 3)), error=errors.NoDerivativeError)
def transform_back_of_a_part(x):
    return np.sum(np.fft.irfftn(x, (1, 2)))


@refused(np.ones(3), error=errors.NoDerivativeError)
def logarithms_of_some(x):
    return np.sum(np.log(x, where=x > 0.0))


@refused(np.ones(3), error=errors.NoDerivativeError)
def integrated_twice(p):
    return np.sum(np.polyint(p, 2))


@refused(np.array([0.5, 2.0]))
def two_results_for_each_entry(x):
    halves, squares = np.vectorize(lambda t: (0.5 * t, t * t))(x)
    return np.sum(halves * squares)


LOOP = [2.0]
LOOP.append(LOOP)


@refused(2.0)
def list_that_holds_itself(x):
    return x * LOOP[0]


def smaller(v):
    if v > 1.0:
        raise ValueError("too large")
    return 0.5 * v


@refused(np.array([0.5, 2.0]), error=errors.NoDerivativeError)
def refused_before_finally(x):
    """What `finally` computes with is not there then."""
    try:
        x[0] *= 2.0
        y = smaller(x[1])
    except Exception:
        y = x[0]
    finally:
        y = y * x[1]
    return y
