"""Programs that random ones were shrunk to: each was wrong once."""

import numpy as np

from programs import example, normal


@example(np.array([-0.7, -1.2, 0.9]), name="rebound")
@example(np.array([-0.7, -1.2, -0.9]), name="kept")
def argument_rebound_in_a_branch(v):
    if v[2] > 0.0:
        u = v
        v = u[0] * np.ones(3)
    v[v > -0.8] = 0.5 * v[0] ** 2
    return np.sum(v**2)


@example(np.array([0.5, 0.2]), name="first")
@example(np.array([0.5, 0.6]), name="second")
@example(np.array([-0.5, 0.6]), name="neither")
def array_returned_from_an_inner_branch(v):
    if v[0] > 0.0:
        if v[1] < 0.3:
            return np.full(2, v[1])
    return v * v


@example(np.array([0.5, 0.6]), name="through")
@example(np.array([0.5, -0.6]), name="from_the_loop")
def array_returned_from_a_loop(v):
    for i in range(2):
        if v[i] < 0.3:
            return np.full(2, v[i] ** 2)
        v = v * 0.9
    return v * v


@example(np.array([0.5, 0.6]), name="none")
@example(np.array([-0.2, -0.4, 0.5]), name="other")
def result_of_one_branch_only(v):
    if np.mean(v) > 0.0:
        pass
    elif np.sum(v) > 1.0:
        pass
    else:
        return np.sqrt(np.sum(v**2))
    return 0.5 * v[0]


@example([0.7, -0.5])
def argument_list_written(q):
    q[1] = 0.5
    return q[0] * q[0] * q[1]


@example(0.7)
@example(0.2, name="low")
def branches_that_only_go_on(x):
    for i in range(3):
        if i == 1:
            pass
        elif x > 0.5:
            continue
        x = x * (1.1 + x)
    return x


@example(np.array([0.5, 0.6]))
@example(np.array([0.5, 6.0]), name="inner")
@example(np.array([-0.5, 0.6]), name="outer")
def tuple_returned_from_an_inner_branch(v):
    if v[0] > 0.0:
        if v[1] > 5.0:
            return v[0] * v[1], v / 2.0
    return v[1], v * v


@example(normal(71, 3), 2)
def argument_bound_anew_in_a_loop(v, n):
    """The mean's share is that of the argument at first, of the last turn's array afterwards."""
    for _ in range(n):
        v[0] = np.mean(v)
        v = np.sin(np.square(v[::-1] - 0.3))
        w = v[::-1]
        w[::2] = np.sin(w[1])
    return v[0] * v[-1]


@example(normal(72, 2, 3), analytic=False)
def overwritten_with_what_is_taken_off(v):
    """A cotangent of ones is written to before it is used again."""
    v = v * 1.0
    m = np.outer(np.full(2, 1.0), v[-1]) + v[::-1]
    v *= np.cos(np.arctan(np.full((2, 3), m[-1, 0])))
    np.copyto(m, v[::-1])
    return np.sum(m - v) + np.sum(v * v)


@example(normal(73, 4))
def counter_of_a_loop_that_is_left_early(v):
    """What a last turn saves before it leaves is taken back, too."""
    u = np.full(2, v[2])
    i = 0
    while True:
        i += 1
        if i >= 3:
            break
        if i == 1:
            u *= 1.0 / (1.5 + u[0] ** 2)
        if not np.sum(u * u) > 0.0:
            break
    return np.sin(u[1]) * 2.0


@example(normal(74, 3))
@example(np.array([0.3, -0.8, -1.4]), name="early")
def keys_of_a_loop_that_is_left_early(v):
    d = {"x": v[1], "y": v[2]}
    a = v[0]
    for _, t in d.items():
        i = 0
        while True:
            i += 1
            if i >= 3:
                return a + t
            a, t = t, np.sin(d["x"])
    return a


@example(normal(75, 3))
def integers_among_real_arrays(v):
    """Places that integers share with reals have cotangents that are reals."""
    n = np.arange(3)
    w = n if v[0] > 50.0 else v
    kept = [v * 2.0, n]
    for k in range(2):
        kept.append(w)
        kept[k] = kept[k] * 1
        w = w * 2
    s, t = list(map(np.asanyarray, list(map(np.asarray, (v[1], kept[2])))))
    return np.sum(kept[1] * v) + np.sum(kept[-1] * kept[0]) + np.sum(s * t)


@example(np.array([-0.4, -0.6]))
@example(np.array([-0.4, 5.6]), name="before")
def bound_anew_where_a_loop_is_left(v):
    """The value from before the loop has no share in the result."""
    a = v[0]
    if v[1] < 5.0:
        i = 0
        while True:
            i += 1
            if i >= 3:
                a = 0.125 * i
                break
            if a * v[1] < 1.1:
                pass
    return v[1] - a


@example(1.3)
def list_of_one_known_number(x):
    """Of a comprehension that takes the same constant each time, the length alone is unknown."""
    q = [1.0, x * x]
    return sum([q[0] for t in q if t > 1.1]) * x


@example(normal(60, 3))
def negative_written_in_place(*given):
    """What begins as the negative of another cotangent is written into, entry by entry."""
    x = given[0]
    total = 0.0
    for i in range(len(x)):
        total = total + (np.sin(x[i]) if x[i] > 0 else -x[i])
    z = -x
    for i in range(len(x)):
        total = total + (np.sin(z[i]) if z[i] > 0 else -z[i])
    return total


@example(np.array([[-1.1, -1.2], [0.8, 1.5]]))
def numbers_less_a_sum(v):
    """Two signs that cancel below a sum: the text has to settle."""
    v[:, ::-1][0] -= (np.zeros(2) + 2.0) - np.sum(v)
    return np.sum(v[0, 1] * np.ones((2, 2)))


@example(np.array([0.9, 0.8]))
def sum_of_a_list_that_grows(v):
    """The backward sweep asks for the length that the list had."""
    rows = [v.copy()]
    rows.append(sum(rows) * v)
    rows.append(sum(rows))
    return rows[-1][1] * v[0]


@example(0.8, 2)
def filled_with_what_changes(x, n):
    """An array repeats a number whose name gets another value later."""
    filled = np.full_like(np.array([x, 0.3, 1.0]), x)
    for _ in range(n):
        x = x * np.sum(filled * filled)
    return np.sum(x * filled)


@example(normal(351, 3))
def array_changed_in_the_only_turn(x):
    """What the loop runs over has its name given anew, and no way leads behind the loop."""
    for value in x:
        x += 0.5
        count = 0
        while True:
            count += 1
            if count >= 3:
                return value + np.sum(x * x)
    return x.mean()


@example(normal(352, 3), normal(353, 2, 3), wrt=1)
def added_where_nobody_reads(x, rows):
    np.subtract.at(x, np.array([0, 1, 0]), rows[0])
    return np.sum(rows * rows)
