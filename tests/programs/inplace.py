"""Writes into arrays: entries, slices, masks, views, second names, arguments."""

import numpy as np

from . import example, normal, positive


@example(normal(1, 5))
def write_entries(v):
    """A new array is filled entry by entry, and read back meanwhile."""
    out = np.zeros(5)
    out[0] = v[0]
    for i in range(1, 5):
        out[i] = out[i - 1] * v[i] + np.sin(v[i])
    return out


@example(normal(2, 4), positive(3, 4), wrt=(0, 1))
def augmented_entries(x, y):
    """+=, -=, *= and /= on entries."""
    z = x.copy()
    for i in range(4):
        z[i] += y[i]
        z[i] *= x[i]
        z[i] -= y[i] ** 2
        z[i] /= 1.0 + y[i]
    z[1] **= 2
    return np.sum(z * x)


@example(normal(4, 6), 0.4, wrt=(0, 1))
def write_slices(x, c):
    """Slices are overwritten by arrays and by a scalar."""
    z = np.ones(6)
    z[1:4] = x[:3] * c
    z[::2] = z[::2] * x[1::2]
    z[-1] = c
    z[4:] *= x[4:]
    z[:2] = c * c
    return np.sum(z**2 * x)


@example(normal(5, 7))
def write_masks(x):
    """Masks computed from the values themselves."""
    y = x * 1.0
    y[x < 0.0] = 0.1
    y[x > 0.5] *= x[x > 0.5]
    large = y > 0.8
    y[large] = np.sqrt(y[large])
    return np.sum(y * x)


@example(normal(6, 6), normal(7, 3), wrt=(0, 1))
def write_index_arrays(x, v):
    """Index arrays without repetition."""
    index = np.array([4, 1, 0])
    z = x**2
    z[index] = v
    z[[2, 5]] += v[:2] * x[:2]
    z[index[:2]] *= 3.0
    return np.sum(z * x)


@example(normal(8, 3, 2), normal(9, 2), wrt=(0, 1))
def augmented_whole_arrays(a, b):
    """x += y on whole arrays, where y broadcasts."""
    z = np.exp(a)
    z += b
    z *= a
    z -= 0.5
    z /= 2.0 + b * b
    z **= 2
    return np.sum(z)


@example(normal(10, 6), normal(11, 4), wrt=(0, 1))
def write_through_view(x, f):
    """The inner part as a view; writes to it are writes to the whole."""
    u = x.copy()
    inner = u[1:-1]
    inner[...] = inner * f
    inner += u[:4]
    inner[0] = f[3] * inner[1]
    return np.sum(u**2)


@example(normal(12, 4))
def second_name(x):
    """Two names, one array."""
    a = x * x
    b = a
    b[0] = x[1] * x[2]
    a[1:] += b[0]
    b *= x
    return np.sum(a) * b[3]


@example(normal(13, 6))
def write_through_reshape(x):
    """A reshaped view, its transpose, a row of that."""
    flat = np.sin(x)
    grid = flat.reshape(2, 3)
    grid[1] *= x[:3]
    grid.T[0] = x[4:]
    row = grid[0]
    row[2] = row[1] * x[5]
    return np.sum(flat**2)


@example(normal(14, 8))
def overlapping_slices(u):
    """NumPy reads before it writes, even where the slices overlap."""
    u = u.copy()
    u[1:] += u[:-1]
    u[:-2] = u[2:] * u[1:-1]
    u[::-1] -= 0.5 * u
    return np.sum(u**2)


@example(normal(15, 4), 0.7, wrt=(0, 1))
def writes_its_argument(x, c):
    """The caller sees these writes; the result depends on old values and new."""
    before = x[0] * x[1]
    x[0] = c * x[2]
    x[1:3] *= c
    return before * np.sum(x * x)


@example(normal(16, 3), normal(17, 3), wrt=(0, 1))
def accumulates_into_argument(total, v):
    """The argument is the accumulator, and the result."""
    for k in range(3):
        total += v ** (k + 1)
    total[0] *= total[2]
    return total


@example(normal(18, 6), 3)
def swap_buffers(u0, steps):
    """Two buffers that change roles in every step."""
    u = u0.copy()
    v = np.zeros(6)
    for _ in range(steps):
        v[1:-1] = u[1:-1] + 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2]) * u[1:-1]
        v[0] = u[-2]
        v[-1] = u[1]
        u, v = v, u
    return np.sum(u**2) + v[2]


@example(normal(19, 3), 3)
def allocated_in_loop(x, n):
    """A fresh array in every round, kept beyond it."""
    previous = x
    total = 0.0
    for k in range(n):
        current = np.empty(3)
        current[0] = previous[2] * x[0]
        current[1:] = previous[:2] + np.cos(previous[1:])
        total += np.sum(current * previous) * (k + 1)
        previous = current
    return total


@example(normal(20, 3, 4), normal(21, 4), wrt=(0, 1))
def write_rows(a, v):
    """Rows and columns of a matrix, by loop."""
    out = np.zeros((3, 4))
    for i in range(3):
        out[i] = a[i] * v
        out[i, i] = v[i] ** 2
        out[:, 3] += a[:, i]
    return np.sum(out * a)


@example(normal(22, 3, 3))
def write_diagonal(a):
    """Single entries of a matrix, and an index pair."""
    m = np.zeros_like(a)
    for i in range(3):
        m[i, i] = np.exp(a[i, i])
        for j in range(i):
            m[i, j] = a[i, j] * m[j, j]
    m[np.arange(3), np.array([2, 0, 1])] += a[0] * a[1]
    return m


@example(normal(23, 5))
def alias_per_branch(x):
    """Which array a name stands for is decided at run time."""
    a = x * 2.0
    b = x + 1.0
    target = a if x[0] > 0.0 else b
    target[1] = x[2] * x[3]
    target *= x
    return np.sum(a**2) + np.sum(a * b)


@example(positive(24, 4))
def overwritten_while_needed(x):
    """Each value is used nonlinearly, then overwritten."""
    y = x.copy()
    for k in range(3):
        y[0] = y[0] * y[1]
        y[1] = np.log(1.0 + y[0] ** 2 + y[2])
        y[2] = y[1] ** 2 / y[3]
        y[3] = y[3] + y[k]
    return y[0] + y[1] * y[3]


@example(normal(25, 6))
def list_of_views(x):
    """Views kept in a list; writes through them in a loop."""
    whole = np.cos(x)
    parts = [whole[:2], whole[2:4], whole[4:]]
    for k, part in enumerate(parts):
        part *= x[k]
        part[0] += x[5 - k] ** 2
    return np.sum(whole * x)


@example(normal(26, 4), normal(27, 4), wrt=(0, 1))
def output_argument(x, y):
    """The `out` parameter of ufuncs, and copyto-like full slices."""
    z = np.empty_like(x)
    np.multiply(x, y, out=z)
    z[:] = z + np.sin(x)
    w = z.copy()
    z[:] = 0.5
    return np.sum(w * y) + np.sum(z * x)


@example(normal(60, 3))
def repeated_positions(x):
    """Of several values for one position the last one stays."""
    y = np.ones(4) * x[1]
    y[np.array([0, 2, 0])] = x
    y[[1, 1, 3]] += x * x
    return np.sum(y**2 * np.arange(1.0, 5.0)) * y[0]


@example(normal(61, 3))
def repeated_positions_in_any_layout(x):
    """Which of the writes is the last one depends on how arrays lie in memory."""
    y = np.zeros((3, 2)) + x[0]
    rows = np.array([[0, 1], [0, 2]])
    y[rows.T, 1] = np.outer(x[1:], x[:2]).T
    y[[0, 0]] *= x[:2]
    y[np.array([1, 1]), np.array([0, 0])] = x[2] ** 2
    return np.sum(y * y * np.arange(6.0).reshape(3, 2))


@example(normal(61, 3, 3))
def diagonal_before_a_write(a):
    """A read-only view is read, in backward direction too, as it was before the write."""
    r = a * 2.0
    d = np.diag(r)
    total = np.sum(d * d)
    r[0, 0] = 5.0 * r[1, 0]
    return total + np.sum(r) ** 2


@example(normal(62, 3, 3))
def diagonal_in_each_turn(a):
    """Each turn looks at the diagonal, and changes it afterwards."""
    r = a * 2.0
    total = 0.0
    for k in range(3):
        d = np.diag(r)
        total += np.sum(d * d)
        r[0, 0] = 0.5 * r[1, 0] * r[0, 0]
        r[1, 1] = total * 0.1 * k
    return total + np.sum(r) ** 2


@example(normal(63, 3))
def stretched_in_each_turn(x):
    """An array spread over rows is written to after each use."""
    y = x * 1.0
    total = 0.0
    for k in range(2):
        rows = np.broadcast_to(y, (2, 3))
        total += np.sum(rows**3) * y[0]
        y[k] = np.sin(total)
    return total + np.sum(y)


@example(normal(64, 4, 4), analytic=False)
def diagonal_of_what_was_built(a):
    """Orthogonalisation in place; the diagonal is asked for at the end."""
    q, r = np.zeros((4, 4)), np.zeros((4, 4))
    for j in range(4):
        v = a[:, j].copy()
        for i in range(j):
            r[i, j] = q[:, i] @ a[:, j]
            v -= r[i, j] * q[:, i]
        r[j, j] = np.sqrt(np.sum(v * v))
        q[:, j] = v / r[j, j]
    return np.sum(np.log(np.abs(np.diag(r)))) + q[0, 1] + r[0].sum()


@example(positive(40, 4))
def entries_stored_for_good(a):
    """What is stored is read backward from where it was stored: it is never written over."""
    x = np.zeros((4, 4))
    for i in range(1, 4):
        for j in range(1, 4):
            x[i, j] = np.exp(0.1 * a[i] * x[i - 1, j - 1] - a[j])
    y = np.zeros(5)
    for k in range(3, -1, -1):
        y[k] = np.sqrt(a[k] + y[k + 1])
    return np.sum(x) + np.sum(y * y)


@example(positive(41, 4))
def entries_stored_over(a):
    """Here it is: in the next turn, in a later sweep, or by a statement behind the loop."""
    x, y, z = np.zeros(5), np.zeros(5), np.zeros(5)
    for i in range(4):
        x[i] = np.exp(a[i])
        x[i + 1] = x[i] * a[i]
    for _ in range(2):
        for i in range(4):
            y[i] = np.exp(0.1 * a[i] + 0.3 * y[i - 1])
    for i in range(4):
        z[i] = np.exp(a[i])
    z[1] = a[0]
    return np.sum(x) + np.sum(y) + np.sum(z * z)


@example(normal(3, 4))
def total_of_what_was_written(x):
    for k in range(0, 4, 2):
        x[k] = 0.5 * np.mean(x) * np.sum(x * x)
    y = x * 2.0
    for k in range(2):
        y[k] = y[k + 1] * y[k]
    return sum(x) + 3.0 * sum(y)


@example(normal(4, 3))
def contributions_that_cancel(x):
    x[0] = x[1] * x[2]
    y = x * 1.0
    y[y > 0.5] += y[2]
    return np.sum(x) - np.sum(x) + np.sum(y) - np.sum(y) + x[0] * y[1]


@example(normal(5, 3))
def nothing_left_of_what_was_written(x):
    x[0] = x[1] * x[2]
    return np.sum(x) - np.sum(x) + x[0] * 0.5


@example(normal(60, 6))
def parts_of_a_split(v):
    """What is written into a part of a split array is written into the array."""
    a = v * v
    first, second = np.split(a, [len(v) // 2])
    first[0] = second[1] * v[0]
    second *= first
    for part in np.array_split(a, 3):
        part[1] = part[0] * 2.0
    return np.sum(a * v)


@example(normal(61, 8))
def parts_with_other_steps(v):
    """Parts of one array that overlap, in orders in which every entry is read before it is lost."""
    a = v * v
    a[:4] = a[::2]
    half = a[1::2]
    a[4:] = half
    a[1::2] = a[::2]
    rows = a.reshape(2, 4)
    rows[0, ::2] = rows[1, :2]
    return np.sum(a**2 * v)


@example(normal(375, 3))
def at_a_list_of_positions_that_changes(x):
    positions, mask = [0, 1], [True, False, True]
    y = x * x
    total = 0.0
    for k in range(2):
        y[positions] = np.sin(y[positions])
        total += np.sum(y[positions] ** 2) * x[k]
        y[mask] = y[mask] * x[1]
        positions[k] = 2
        mask[k] = not mask[k]
        positions.append(positions.pop(0))
    return np.sum(y * y) + total


@example(normal(376, 4))
def in_groups_of_positions(x):
    groups = {}
    y = x * x
    for k in range(4):
        groups.setdefault(k % 2, []).append(k)
    for group in groups.values():
        y[group] = np.sin(y[group]) * x[1] - np.mean(y[group])
        y[group] *= x[0]
    return np.sum(y * np.arange(4))


@example(normal(377, 4, 5), 0.3, wrt=(0, 1))
def stencil_scaled(u, k):
    """A stencil in zeros, of which a multiple goes on: its cotangent is cut up, and not kept."""
    rate = np.zeros_like(u)
    rate[1:-1, 1:-1] = u[2:, 1:-1] + u[:-2, 1:-1] - 2.0 * u[1:-1, 1:-1]
    return np.sum((u + k * rate * u) ** 2)


@example(normal(378, 3))
def stored_with_leading_axes(x):
    """NumPy leaves out leading axes of one entry where an array is stored."""
    rows = np.zeros((3, 3))
    column = x[:, None]
    rows[0, :] = column.T * 2.0
    rows[1] = np.sin(x)[None, None]
    rows[:, 2] = (x**2).reshape(1, 3)
    rows[2, [0, 1]] = x[None, :2] * x[2]
    return np.sum(rows**2)
