"""Methods and builtins that change, order and make lists and dicts."""

import numpy as np

from . import example, normal


@example(normal(1, 5))
def list_extend_insert(x):
    """A list grows in all ways."""
    xs = [x[0]]
    xs.extend([x[1], x[2] * x[3]])
    xs.insert(1, x[4] ** 2)
    xs.insert(-1, x[0] * x[1])
    xs += [x[2]]
    y = 0.0
    for i, v in enumerate(xs):
        y = y + v * (i + 1) ** 2
    return y * xs[1]


@example(normal(1, 5))
def list_pop_any(x):
    """Elements taken out at every kind of position."""
    xs = [x[0], x[1], x[2], x[3], x[4]]
    a = xs.pop()
    b = xs.pop(0)
    c = xs.pop(-2)
    k = 1
    d = xs.pop(k)
    return a * b + c * d + xs[0] * a


@example(normal(1, 3))
def dict_pop_default(x):
    """Keys that are there and keys that are not."""
    d = {"a": x[0] ** 2, "b": x[1]}
    p = d.pop("a")
    q = d.pop("zz", 2.0)
    r = d.pop("yy", x[2])
    d["a"] = p * r
    return d["a"] * q + d["b"] * len(d)


@example(normal(1, 4))
def list_remove_decided(x):
    """A name is removed from a list of names."""
    names = ["a", "b", "c"]
    names.remove("b")
    vals = {n: x[i] for i, n in enumerate(names)}
    return vals["a"] * vals["c"]


@example(normal(1, 5))
def list_slice_assign(x):
    """A slice is replaced, two elements change places."""
    xs = [x[0], x[1], x[2], x[3]]
    xs[1:3] = [x[4] * x[0], x[2] ** 2]
    xs[0], xs[3] = xs[3], xs[0]
    return xs[0] * xs[1] + xs[2] * xs[3] ** 2


@example(normal(1, 5))
def list_slice_assign_resize(x):
    """Slices are replaced by more and by fewer elements."""
    xs = [x[i] for i in range(5)]
    xs[1:4] = [x[0] * x[1]]
    xs[:0] = [x[2], x[3]]
    y = 0.0
    for i, v in enumerate(xs):
        y += v**2 * (i + 1)
    return y


@example(normal(1, 5))
def swap_in_loop(x):
    """Bubble sort."""
    xs = list(x)
    n = len(xs)
    for i in range(n):
        for j in range(n - 1 - i):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    y = 0.0
    for i in range(n):
        y += xs[i] ** 2 * i
    return y


@example(normal(1, 5))
def del_item(x):
    """Elements and keys are deleted."""
    xs = [x[0], x[1], x[2] * x[3], x[4]]
    del xs[1]
    d = {"a": xs[0], "b": xs[1], "c": xs[2]}
    del d["b"]
    y = xs[1] * xs[2]
    for k in d:
        y = y + d[k] ** 2
    return y


@example(normal(1, 5))
def del_slice(x):
    """A slice is deleted."""
    xs = [x[0], x[1], x[2] * x[3], x[4]]
    del xs[1:3]
    return xs[0] * xs[1] * len(xs)


@example(normal(1, 5))
def cleared(x):
    """A list and a dict are emptied and filled anew."""
    xs = [x[0], x[1]]
    s = xs[0] * xs[1]
    xs.clear()
    xs.append(s * x[2])
    d = {"a": x[3]}
    t = d["a"] ** 2
    d.clear()
    d["b"] = t * x[4]
    return xs[0] * d["b"]


@example(normal(1, 5))
def reversed_list(x):
    """A list turned around in three ways."""
    xs = [x[0], x[1] ** 2, x[2], x[3] * x[4]]
    xs.reverse()
    ys = xs[::-1]
    zs = list(reversed(xs))
    y = 0.0
    for i in range(4):
        y += xs[i] * ys[i] * zs[0] * (i + 1)
    return y


@example(normal(1, 5))
def sort_plain(x):
    """Sorted numbers, in place and as a copy."""
    xs = [x[0], x[1] ** 2, x[2], x[3] * x[4]]
    xs.sort()
    ys = sorted(xs, reverse=True)
    y = 0.0
    for i in range(4):
        y += xs[i] * (i + 1) + ys[i] ** 2 * i
    return y


@example(normal(1, 5))
def sort_key(x):
    """Sorted by a function of the elements."""
    xs = [x[0], x[1] ** 2, x[2], x[3] * x[4]]
    xs.sort(key=abs)
    ys = sorted(xs, key=lambda v: -v * v, reverse=True)
    y = 0.0
    for i in range(4):
        y += xs[i] * (i + 1) + ys[i] ** 2 * i
    return y


@example(normal(1, 6))
def sorted_pairs(x):
    """Pairs sorted by their first part."""
    pairs = [(x[0], x[1]), (x[2], x[3]), (x[4], x[5])]
    pairs = sorted(pairs, key=lambda p: p[0])
    y = 0.0
    for i, (a, b) in enumerate(pairs):
        y += a * b * (i + 1)
    return y


@example(normal(1, 4))
def dict_update_setdefault(x):
    """A dict gets keys in all ways."""
    d = {"a": x[0]}
    d.update({"b": x[1], "a": x[2] ** 2})
    d.update(c=x[3])
    d.update([("e", x[0] * x[1])])
    d.setdefault("a", x[3])
    d.setdefault("d", []).append(x[3] * x[0])
    d["d"].append(d["a"])
    return d["a"] * d["b"] + d["c"] * d["d"][0] + d["d"][1] * d["e"]


@example(normal(1, 4))
def dict_made(x):
    """Dicts made by calls."""
    d = dict(a=x[0], b=x[1] ** 2)
    e = dict(zip(["p", "q"], [x[2], x[3]]))
    f = dict([("u", x[0] * x[3]), ("v", x[1])])
    g = dict(d, c=x[2])
    h = {**e, **f, "w": x[1]}
    d["a"] = d["a"] * e["p"]
    return d["a"] * e["q"] + f["u"] * g["a"] + h["w"] * h["q"] * h["u"]


@example(normal(1, 6))
def zip_star(x):
    """Columns of rows that are written out."""
    rows = [(x[0], x[1]), (x[2], x[3]), (x[4], x[5])]
    a, b = zip(*rows)
    cols = list(zip(*rows))
    return sum(a) * sum(b) + cols[0][1] * cols[1][2]


@example(normal(1, 6))
def zip_star_grown(x):
    """Columns of rows that were appended."""
    rows = []
    for i in range(3):
        rows.append((x[2 * i], x[2 * i + 1] ** 2))
    a, b = zip(*rows)
    y = 0.0
    for u, v in zip(a, b):
        y += u * v
    return y * a[0] * b[2]


@example(normal(1, 6))
def comprehension_forms(x):
    """Comprehensions with conditions, nested, of dicts and sets."""
    ys = [v**2 for v in x if v > 0]
    d = {i: v * 2.0 for i, v in enumerate(x) if i % 2}
    m = [[x[i] * x[j] for j in range(3)] for i in range(2)]
    flat = [e for row in m for e in row if e > -10]
    names = {n for n in ("a", "b")}
    s = sum(v for v in ys) + sum(d.values()) + sum(flat)
    if "a" in names and 3 in d:
        s *= d[3]
    return s


@example(normal(1, 4))
def dict_iterated(x):
    """A dict walked by items, values and sorted keys."""
    d = {"a": x[0], "b": x[1], "c": x[2]}
    y = 0.0
    for k, v in d.items():
        y += v**2
        if k == "b":
            y *= x[3]
    for v in d.values():
        y += np.sin(v)
    ks = sorted(d.keys())
    for k in ks:
        y += d[k] ** 3
    return y * max(d.values())


@example(normal(1, 5))
def star_expr(x):
    """Stars on both sides."""
    first, *rest = [x[0], x[1], x[2], x[3]]
    *head, last = rest
    a, *_, b = x
    zs = [first, *head, *[x[4], last]]
    y = 0.0
    for i, z in enumerate(zs):
        y += z**2 * (i + 1)
    return y * a * b + len(rest)


@example(normal(1, 4))
def set_of_names(x):
    """Sets of names choose what is done."""
    fixed = {"b", "c"}
    fixed.add("d")
    p = {"a": x[0], "b": x[1], "c": x[2], "d": x[3]}
    y = 0.0
    for k, v in p.items():
        y += v**3 if k in fixed else v**2
    free = set(p) - fixed
    for k in sorted(free):
        y *= p[k]
    return y


@example([0.5, 1.5, 2.5])
def position_and_count(values):
    """Where an element stands and how often are numbers that do not vary."""
    values.append(values[0] * 0.5)
    return sum(values) ** 2 * (1 + values.index(max(values))) + (1 + values.count(9.0)) * values[-1]


@example(np.array([0.9, 0.4, 1.3]))
def sorted_entries_of_what_changes(v):
    """A list in order, of an array that is written in place; both are written to further on."""
    v[0] *= 2.0
    found = sorted(v)
    v[1] = found[0] * found[2]
    found[1] += v[1]
    found.append(v[0] * found[1])
    return sum(t * t for t in found) + np.sum(v)
