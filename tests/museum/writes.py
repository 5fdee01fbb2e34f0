"""Values that are overwritten, and views through which others are."""

import numpy as np

from . import exhibit


@exhibit(
    "pytorch/pytorch#36608",
    at=(np.arange(9.0).reshape(3, 3),),
    gradient=lambda r: np.array([[2.0, 2.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
)
def view_of_a_row(r):
    """A view of a view is written, then the whole is read."""
    x = r.copy()
    row = x[0]
    part = row[0:2]
    part *= 2.0
    return np.sum(x)


@exhibit(
    "pytorch/pytorch#49824",
    at=(np.array([0.3, 0.7, -0.2]),),
    gradient=lambda a: np.array([8 * a[0], 2 * a[1], 2 * a[2]]),
)
def view_of_an_element(a):
    """Rows taken by a loop over the array are views of it."""
    b = a.copy().reshape(3, 1)
    for k, row in enumerate(b):
        same = row.reshape(1)
        if k == 0:
            same *= 2.0
    return np.sum(b**2)


@exhibit(
    "pytorch/pytorch#67800",
    at=(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.5, 0.6], [0.7, 0.8]])),
    gradient=lambda base, factor: (
        8 * base * factor.T**2, 8 * (base.T**2) * factor,
    ),
)  # fmt: skip
def transposed_view_scaled_twice(base, factor):
    """A transposed view is scaled by active values, then by a number; the base is read."""
    whole = base.copy()
    view = whole.T
    view *= factor
    view *= 2.0
    return np.sum(whole**2)


@exhibit(
    "NVIDIA/warp#1697",
    at=(0.7, 1.3),
    gradient=lambda x, y: (3 * (x + y + 2 * x) ** 2 * 3.0, 3 * (x + y + 2 * x) ** 2),
)
def element_read_and_written(x, y):
    """m[0] = m[0] + x again and again: the overwritten element's cotangent must be dropped."""
    m = np.zeros(2)
    m[0] = m[0] + x
    m[0] = m[0] + y
    m[0] = m[0] + 2.0 * x
    return m[0] ** 3


@exhibit("NVIDIA/warp#1697", at=(0.7,), gradient=lambda x: 3 * 3.75**9 * x**2)
def element_overwritten_in_a_loop(x):
    """The same over three steps, each of which multiplies by 3.75."""
    v = np.array([x, 0.0])
    for _ in range(3):
        v[1] = v[0] * 0.75
        v[0] = v[0] + v[0]
        v[0] = v[0] + v[1]
        v[0] = v[0] + v[1] / 0.75
    return v[0] ** 3


@exhibit(
    "NVIDIA/warp#1350",
    at=(np.array([3.0, -1.0]),),
    gradient=lambda x: 2 * x,
)
def argument_of_a_product_overwritten(x):
    """The backward sweep needs what the forward sweep saw, not what is there now."""
    a = x.copy()
    y = a * a
    a[:] = 100.0
    return np.sum(y) + 0.0 * a[0]


@exhibit(
    "NVIDIA/warp#248",
    at=(np.array([1.0, 2.0]),),
    gradient=lambda x: 2 * (4.0 + 9.0 + 16.0) * x,
)
def components_written_one_by_one(x):
    """Rows whose components are assigned."""
    y = np.zeros((2, 3))
    for i in range(2):
        y[i, 0] = x[i] * 2.0
        y[i, 1] = x[i] * 3.0
        y[i, 2] = x[i] * 4.0
    return np.sum(y**2)


@exhibit(
    "taichi-dev/taichi#2505",
    at=(0.6, 1.7),
    gradient=lambda theta, x: (-np.sin(theta) * x, np.cos(theta)),
)
def overwritten_by_its_own_product(theta, x):
    """x = cos(theta) x, in a cell."""
    cell = np.array([x])
    cell[0] = np.cos(theta) * cell[0]
    return cell[0]


@exhibit(
    "taichi-dev/taichi#4412",
    at=(np.array([0.5, -1.5]),),
    gradient=lambda a: 2 * 25 * a,
)
def accumulated_in_a_local(a):
    """A local sum inside a loop over elements."""
    f = np.zeros(2)
    for i in range(2):
        p = a[i]
        q = 0.0
        for j in range(5):
            q += p
        f[i] = q
    return np.sum(f**2)


@exhibit(
    "taichi-dev/taichi#8356",
    at=(np.zeros(5), np.array([1.0, 2.0, 3.0])),
    gradient=lambda x, y: (2 * (x + np.sum(y)), np.full(3, 2 * np.sum(x) + 10 * np.sum(y))),
)
def accumulated_in_place(x, y):
    """x[i] += y[j] for all pairs."""
    x = x.copy()
    for i in range(5):
        for j in range(3):
            x[i] += y[j]
    return np.sum(x**2)


@exhibit("taichi-dev/taichi#1966", at=(0.3,), gradient=lambda x: 3 * x**2)
def through_a_buffer(x):
    """A value stored by one function and read by another."""
    buffer = np.zeros(1)
    store(buffer, x)
    return fetch(buffer) ** 3


def store(buffer, value):
    buffer[0] = value


def fetch(buffer):
    return buffer[0]


@exhibit("vgvassilev/clad#650", at=(3.0, 5.0), gradient=lambda u, v: (0.0, 0.0))
def chained_assignment_of_a_constant(u, v):
    """Both are overwritten by a constant before they are used."""
    r = u = v = 0.0
    return r + u * v


@exhibit(
    "google/tangent#64",
    at=(0.9, 0.4, 0.8, 1.1, 0.7),
    gradient=lambda w, eff, hi, ho, b: (
        1.4 * eff * (hi - ho), 1.4 * (w + b) * (hi - ho),
        1.4 * (w + b) * eff, -1.4 * (w + b) * eff, 1.4 * eff * (hi - ho),
    ),
)  # fmt: skip
def power_with_bleed(w, eff, hi, ho, b):
    """Two results are updated with +=, and a third one is computed and dropped."""
    enthalpy = w * (hi * (1.0 - eff) + ho * eff)
    power = w * eff * (hi - ho) * 1.4
    enthalpy += b * (hi * (1.0 - eff))
    power += b * eff * (hi - ho) * 1.4
    torque = power / enthalpy
    return power


@exhibit(
    "EnzymeAD/Enzyme.jl#2387",
    at=(np.array([2.0]),),
    gradient=lambda a: 6 * a + 3,
)
def name_used_again_for_a_buffer(a):
    """A value waits in a dict while its name gets another meaning."""
    kept = {"a": a[0]}
    total = 0.0
    a = np.empty(3)
    for i in range(3):
        value = kept["a"]
        total += value**2
        a[i] = value
    for i in range(3):
        total += a[i]
    return total
