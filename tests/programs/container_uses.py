"""What programs do with lists, tuples and dicts: tests, slices, copies, counts, stacks."""

import bisect
import copy
from collections import Counter, defaultdict

import numpy as np

from . import example, normal


@example(normal(1, 5), analytic=False)
def generators_used(x):
    """Generators in sum, max, min, any, all, enumerate and zip."""
    t = sum(v * v for v in x) * max(abs(v) for v in x)
    t = t + min((v**2, i) for i, v in enumerate(x))[0]
    m = max(x, key=lambda v: -v)
    if any(v > 0 for v in x) and not all(v > 0 for v in x):
        t = t * m
    for i, v in enumerate(x, start=2):
        t += v * i
    for i, v in enumerate([x[0], x[1]], 5):
        t += v * i
    for a, b in zip(x[:2], x[3:], strict=True):
        t += a * b
    return t


@example(normal(1, 5))
def slices(x):
    """Slices of lists and tuples are lists of their own."""
    xs = [x[i] for i in range(5)]
    t = (x[0], x[1], x[2])
    a = xs[1:-1]
    b = t[::-1]
    c = xs[::2]
    c[0] *= x[1]
    a[0] = a[0] * 2.0
    return sum(a) * b[0] + c[0] * c[-1] + xs[0] + xs[1]


@example(normal(1, 4))
def equal_lists(x):
    """Tests of lists and shapes choose a branch."""
    names = ["a", "b"]
    if names == ["a", "b"] and names != ["b"]:
        y = x[0] * x[1]
    else:
        y = x[2]
    shape = (2, 2)
    if x.reshape(shape).shape == (2, 2):
        y *= x[3]
    return y


@example(normal(1, 4))
def list_times(x):
    """A list repeated and extended in place, under two names."""
    xs = [x[0], x[1]]
    xs *= 2
    ys = xs
    ys += (x[2], x[3])
    xs[0] *= x[3]
    zs = [0.0] * 3
    zs[1] += x[0] * xs[5]
    ws = [x[1]] * len(xs)
    return sum(xs) * ys[0] + xs[2] * zs[1] + sum(ws)


@example(normal(1, 4))
def copies(x):
    """Shallow and deep copies of a list of an array and a list."""
    a = [x * 1.0, [x[0], x[1]]]
    b = copy.copy(a)
    c = copy.deepcopy(a)
    d = a.copy()
    e = a[0].copy()
    a[0][0] = x[1] * x[2]
    a[1].append(x[3])
    b[1][0] *= 2.0
    c[1][1] = c[1][1] * x[0]
    d[0] = x * 3.0
    return (
        np.sum(a[0] ** 2)
        + sum(a[1]) ** 2
        + sum(c[1]) * np.sum(c[0])
        + np.sum(d[0] * b[0])
        + np.sum(e**3)
    )


@example(normal(1, 4))
def counter_constants(x):
    """Counts of letters are constants."""
    c = Counter("abca")
    y = x[0] * c["a"] + x[1] * c["b"] ** 2
    for k, n in sorted(c.items()):
        y = y * x[2] + n
    return y


@example(0.1, 2.0, wrt=(0, 1))
def mixed_arrays(rate, pmt, fv=0):
    """Arrays of real numbers and of integers in one list."""
    rate, pmt, fv = map(np.asarray, [rate, pmt, fv])
    return rate * pmt * pmt + fv * rate


@example(normal(1, 3))
def list_or_other(x):
    """One of two lists grows."""
    items = [x[0], x[1], x[2]]
    l = items if x[0] > 5.0 else [x[1]]
    l.append(x[0] * x[2])
    return l[0] * l[1] + items[0]


@example(normal(1, 4))
def in_tests(x):
    """Keys that are there and keys that are not, in a loop."""
    d = {"a": x[0]}
    y = x[1]
    if "a" in d and "b" not in d:
        y *= d["a"]
    for k in ("a", "b"):
        if k in d:
            y += d[k] ** 2
        else:
            d[k] = x[2] * y
    return y * d["b"]


@example(normal(1, 4))
def stack_machine(x):
    """A stack of intermediate results."""
    stack = []
    for tok in ["0", "1", "*", "2", "+", "3", "*"]:
        if tok == "*":
            b = stack.pop()
            a = stack.pop()
            stack.append(a * b)
        elif tok == "+":
            b = stack.pop()
            a = stack.pop()
            stack.append(a + b)
        else:
            stack.append(x[int(tok)])
    return stack.pop()


@example(1.3)
def named_view(x):
    """The items of a dict under a name, looped over twice."""
    d = {"a": x, "b": x * x}
    pairs = d.items()
    total = 0.0
    for _, v in pairs:
        total += v
    for _, v in pairs:
        total += v * v
    return total


@example(0.7)
def keys_sorted_and_counted(x):
    table = {}
    for name, k in zip("cab", (1, 2, 3), strict=True):
        table[name] = x**k
    total = 0.0
    for k, name in enumerate(sorted(table)):
        total += table[name] * (k + 1)
    names = table.keys()
    for name in names:
        total += table[name] * len(names)
    nested = {"a": {}, "b": {}}
    for name in sorted(nested):
        nested[name]["u"] = table[name] * total
    return sum(v * v for name in sorted(nested) for v in nested[name].values())


@example(2.0)
def places_kept_free(x):
    """A list of None is filled, place by place."""
    kept = [None, None, None]
    kept[0] = x
    kept[1] = kept[0] * x
    kept[2] = np.sin(kept[1])
    return kept[2] * kept[1]


@example(1.3)
def places_filled_by_a_function(x):
    """A list of None is filled by what it is handed to."""
    out = [None] * 2
    fill_places([x, x * x, x], out)
    return out[0] * out[1]


def fill_places(values, out):
    """Write products of neighbours."""
    for k in range(len(out)):
        out[k] = values[k] * values[k + 1]


@example(0.8, analytic=False)
@example(1.4, analytic=False, name="the other")
def larger_of_tuples(x):
    """Tuples and lists are compared from the front."""
    value, count = max((x, 2.0 * x), (x**2, x * x), (0.1, 5.0))
    least = min([x, 2.0 * x], [x, x * x])
    return value * count + 3.0 * least[1]


@example({"x": 0.3, "list": [0.4, 0.2], "pair": (0.5, [0.7])})
def argument_that_grows(table):
    """In the end it holds more than the caller has given; the gradient has what was given."""
    table["list"].append(table["x"])
    table["list"].insert(0, table["pair"][0])
    table["pair"][1].append(table["list"][1])
    table["new"] = [table["x"] * 2.0]
    return table["new"][0], sum(table["list"]) * table["pair"][1][1] * table["pair"][1][0]


@example(normal(31, 4))
def sums_from_one_start(v):
    """All keys begin with the same value."""
    sums = dict.fromkeys(("even", "odd"), 0.5)
    slots = dict.fromkeys(k % 3 for k in range(4))
    for k in range(4):
        name = "odd" if k % 2 else "even"
        sums[name] = sums[name] + v[k] ** 2 * (k + 1.0)
    for key in range(3):
        slots[key] = v[key] * sums["odd"]
    return sums["even"] * (slots[0] + slots[1] * slots[2])


@example(normal(32, 4))
def last_entries_first(v):
    """Entries of a dict are taken out from its end."""
    left = {"a": v[0], "b": v[1] * v[2], "c": np.sin(v[3])}
    total = 0.0
    while left:
        name, value = left.popitem()
        total = total * v[0] + value * (2.0 if name == "b" else 1.0)
    return total


@example(normal(33, 5), analytic=False)
def rows_by_remainder(v):
    """Lists that are made when they are first asked for, then each is one number."""
    rows = defaultdict(list)
    for k, x in enumerate(v):
        rows[k % 2].append(x)
    rest = list()
    for x in rows[1]:
        rest.append(x * sum(rows[0]))
    return sum(rest) * max(rows[0]) + len(tuple())


class Branch:
    """A value, and branches of its own kind below it."""

    def __init__(self, value, *below):
        self.value = value
        self.below = below

    def folded(self, scale):
        """The branches below are folded first; some have none."""
        return self.value * scale + sum([branch.folded(scale * 0.5) for branch in self.below])


@example(0.3, 0.8, wrt=(0, 1))
def branches_without_any_below(a, b):
    return Branch(a * b, Branch(b), Branch(a, Branch(a * a))).folded(b) ** 2


@example(normal(34, 3))
def tables_copied_after_writes_inside(v):
    """A copy holds the same inner list, and numbers of its own."""
    table = {"a": v[0], "inner": [v[1]]}
    table["inner"].append(table["inner"][0] * v[2])
    merged = table | {"z": v[1]}
    copied = table.copy()
    copied["a"] = copied["a"] * v[2]
    table["a"] = v[2]
    return merged["a"] * table["inner"][1] * merged["z"] + copied["a"] * copied["inner"][0] ** 2


@example(normal(35, 3))
def lists_copied_after_writes_inside(v):
    items = [v[0], [v[1]]]
    items[1].append(v[0] * v[2])
    longer, copied, part = items + [v[2]], items.copy(), items[:]
    items[1][0] = items[1][0] * v[2]
    spread, twice = [*items], items * 2
    return (
        longer[0] * longer[1][1]
        + copied[0] * part[1][0]
        + part[0] * 3.0
        + spread[0] * spread[1][1]
        + twice[0] * twice[2]
    )


@example(0.3, 0.7, wrt=(0, 1))
def lists_replaced_by_their_sums(x, y):
    """The values get another type while a loop runs over the keys."""
    d = {"a": [x, y], "b": [x * y, y]}
    for k in d:
        d[k] = sum(d[k])
    return d["a"] * d["b"]


@example(0.3, 0.7, wrt=(0, 1))
def arrays_replaced_by_numbers(x, y):
    d = dict(a=np.array([x, y]), b=np.array([x * y, y]))
    for k in d.keys():
        d[k] = np.sum(d[k] ** 2)
    for k in sorted(d):
        d[k] *= y
    return d["a"] * d["b"]


@example(0.3, 0.7, wrt=(0, 1))
def value_replaced_before_its_turn(x, y):
    """A loop over pairs sees what the turns before have written."""
    d = {"a": [x, y], "b": [x * y, y]}
    for k, v in d.items():
        d[k] = sum(v)
        if k == "a":
            d["b"] = [d["a"], y, y]
    return d["a"] * d["b"]


@example(0.3, 0.7, wrt=(0, 1))
def elements_replaced_by_position(x, y):
    rows = [[x, y], [x * y, y, x]]
    for i in range(len(rows)):
        rows[i] = sum(rows[i])
    return rows[0] * rows[1]


@example(0.3, 0.7, wrt=(0, 1))
def element_seen_late(x, y):
    values = [x, np.array([x, y]), y]
    total = 0.0
    for v in values:
        total = total + np.sum(v) * y
        values[2] = np.array([total, y])
    return total


@example({"w": np.array([0.3, 0.7]), "b": 0.4})
def comprehension_written_to(p):
    """A dict of arrays and numbers, made by a comprehension, whose values are replaced."""
    q = {k: v * 2.0 for k, v in p.items()}
    for k in q:
        q[k] = q[k] * p[k]
    return np.sum(q["w"]) * q["b"]


@example(np.array([0.3, 0.7, 1.1, 0.9]))
def items_beside_positions(x):
    table = {}
    for k in range(4):
        table[k % 3] = x[k] ** 2
    total = 0.0
    for place, (key, value) in enumerate(table.items()):
        table[0] += value * place
        total += value * key
    for value, factor in zip(table.values(), x):
        total += value * factor
    return total * table[next(iter(table))]


@example([0.4, 0.9, 0.2, 1.3], analytic=False)
def put_in_order(xs):
    """A list that is kept sorted while it grows."""
    kept = []
    for x in xs:
        bisect.insort(kept, x)
    bisect.insort_left(kept, 0.6 * xs[0])
    return sum(k * x**2 for k, x in enumerate(kept, start=1)) * bisect.bisect_left(kept, 0.35)


@example([0.5, 0.2, 0.8])
def linked_tuples(xs):
    """A list of pairs, each of which holds the one before."""
    head = None
    for x in xs:
        head = (x, head)
    total, k = 0.0, 1
    while head is not None:
        value, head = head
        total += value * k
        k += 1
    return total * total * xs[0]


class Named:
    """A function of NumPy's, by its name."""

    def __init__(self, w, name):
        self.w, self.name = w, name

    def __call__(self, x):
        return getattr(np, self.name)(self.w * x)


@example(normal(1, 3), 0.7, wrt=(0, 1))
def functions_by_name(x, w):
    for layer in [Named(w, "sin"), Named(2.0 * w, "tanh")]:
        x = layer(x)
    return np.sum(x * x)


@example(0.7)
def begun_with_nothing(x):
    """`int()` is 0 and `float()` is 0.0."""
    count, total = int(), float()
    for _ in range(3):
        count += 1
        total += x**count * count
    return total


@example(np.array([0.3, 0.4, 0.5]), 3)
def pair_after_pair(x, n):
    """Each pair holds the next one, which takes over its name."""
    pair = [x[0], [x[1], [x[2], 1.0]]]
    total = 1.0
    for _ in range(n):
        value, pair = pair
        total = total * value + value
    return total**2
