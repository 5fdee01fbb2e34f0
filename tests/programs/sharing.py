"""What shares memory: arrays without axes, rows in lists, calls that copy only if told to."""

import numpy as np

from programs import example, normal, positive


@example(0.7, 0.4)
def array_without_axes_scaled(x, y):
    a = np.array(x)
    a *= y
    return a * a


@example(0.7, 0.4, wrt=(0, 1))
def array_without_axes_filled(x, y):
    a = np.array(x * y)
    b = a[...]
    b += y
    total = a**2
    a[...] = x
    return total * a


@example(normal(81, 3))
def item_that_is_a_view(v):
    """With an Ellipsis an item is an array without axes, which sees what is written behind it."""
    a = v * v
    b = a[..., 1]
    a[1] = v[0]
    b *= v[2]
    return np.sum(a**2) + b


@example(normal(82, 3, 2))
def rows_in_a_list(m):
    m = m * m[0, 0]
    rows = list(m)
    rows[0][1] = m[2, 0]
    rows[1] += rows[0] * 0.5
    return np.sum(m**3)


@example(normal(83, 4, 2))
def rows_by_star(m):
    m = np.sin(m)
    first, *others = m
    others[0][1] = first[0]
    others[-1] += first
    return np.sum(m**3)


@example(normal(84, 4), normal(85, 2), wrt=(0, 1), analytic=False)
def array_made_without_a_copy(v, w):
    a = v * v
    b = np.array(a, copy=False)
    b[1] = w[0]
    c = a.astype(float, copy=False)
    c[2] *= w[1]
    d = np.asarray(a, copy=True)
    d[0] = w[1] ** 2
    return np.sum(a**2) + np.sum(d**3)


@example(normal(86, 4), analytic=False)
def conjugate_of_what_is_real(v):
    """The method gives the array itself, the function a new one."""
    a = v * v
    b = a.conj()
    b[0] = v[1]
    c = np.conjugate(a)
    c[1] *= v[2]
    return np.sum(a**2) + np.sum(b**3) + np.sum(c**3)


@example(normal(87, 2, 2))
def first_power_of_a_matrix(m):
    a = np.sin(m)
    b = np.linalg.matrix_power(a, 1)
    b[0, 0] = m[1, 1]
    return np.sum(a**2)


@example(normal(88, 2, 3))
def einstein_sum_of_one_operand(m):
    a = np.sin(m)
    rows = np.einsum("ij->i", a)
    rows[0] *= m[1, 1]
    turned = np.einsum("ij->ji", a)
    total = np.sum(turned**2)
    a[0, 0] = m[0, 1]
    return total + np.sum(rows**2) + np.sum(a)


@example(positive(89, 3), positive(90, 2), wrt=(0, 1))
def sparse_grid(v, w):
    x, y = np.meshgrid(v, w, sparse=True)
    x[0, 0] = 2.0
    return np.sum((x * y) ** 2) + np.sum(v)


@example(normal(91, 4), normal(92, 4), wrt=(0, 1))
def slices_with_names(v, w):
    a = v * w
    items = [x * x for x in w]
    for k in range(2):
        s = slice(k, k + 2)
        a[s] *= w[k]
        part = items[s]
        items[s] = [v[k] * part[0]]
    every = slice(None, None, 2)
    a[every] += items[0]
    return np.sum(a**2) * sum(items)


@example(normal(93, 6))
def parts_of_a_split(v):
    a = np.sin(v)
    first, second = np.split(a, 2)
    first *= v[0]
    second[0] = first[1]
    for k, part in enumerate(np.array_split(a, 4)):
        part[0] += v[k]
    thirds = np.split(a, 3)
    thirds[0] = v[:2] * thirds[1]
    a[5] = v[1]
    return np.sum(a**3) + np.sum(first * second) + np.sum(thirds[0] * thirds[2])


@example(normal(94, 3))
def results_by_position(v):
    a = v * v
    np.sin(a, a)
    np.add(a[:2], v[0], a[1:])
    return np.sum(a**2)


@example(normal(95, 3))
def copies_inside_of_lists(v):
    """What is copied has a cotangent of its own, also where it is held by something else."""
    rows, table = [[v[1], v[0]]], {"k": {"u": v[1]}}
    copies = [rows[0].copy(), list(rows[0]), rows[0][:]]
    tables = {"k": table["k"].copy()}
    rows[0][0] = v[2]
    table["k"]["u"] = v[2] ** 2
    total = rows[0][0] * copies[0][0] + copies[1][0] * copies[2][0]
    return total * table["k"]["u"] * tables["k"]["u"]


@example(np.array([0.4, -0.7, 1.1]))
def views_that_a_branch_hands_out(v):
    """Both are of one array; so they are in every lane."""
    if v[0] > 0.2:
        y = v * 1.0
        pair = [y, y[1:]]
    else:
        y = v * 2.0
        pair = [y, y[1:]]
    pair[1][0] = 7.0 * v[0]
    return np.sum(pair[0] ** 2)


@example(np.array([0.4, -0.7, 1.1, 0.6]))
def view_of_a_product_with_one(v):
    """The product is an array of its own, though it has the numbers of the other."""
    m = v.reshape(2, 2) * 1.0
    first = m.ravel()
    first[0] = v[3]
    m.T[0] *= v[1]
    return np.sum(m * v.reshape(2, 2))


def product_with_one(v, n):
    """An array of its own, out of a function that is kept apart."""
    if n == 0:
        return v * 1.0
    return product_with_one(v, n - 1)


def moved(v, n):
    if n == 0:
        return v + 0.5
    return moved(v, n - 1)


@example(np.array([0.4, -0.7, 1.1]))
def results_of_recursions_written_to(v):
    """Neither their values nor their tangents are those of the argument."""
    y, z = product_with_one(v, 2), moved(v, 1)
    y[0] = v[1] * v[1]
    z[1] = v[2] * 2.0
    return np.sum(y * v) + np.sum(z * v * v)


@example(normal(371, 3))
def parts_of_pairs_changed(x):
    """An array and a list that a pair holds are changed under names of their own."""
    pairs = []
    for k in range(3):
        pairs.append((x * (k + 1.0), [x[k]]))
    for k in range(3):
        array, numbers = pairs[k]
        array[k] = x[1] * x[2] + numbers[0]
        numbers[0] = numbers[0] * array[k]
        numbers.append(array[0])
    return sum(np.sum(array**2) * sum(numbers) for array, numbers in pairs)
