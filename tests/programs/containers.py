"""Lists, tuples and dicts that hold active values."""

import copy
from functools import partial

import numpy as np

from . import example, normal, positive


@example(0.7, 5)
def appended_list(x, n):
    """A trajectory kept in a list that grows."""
    history = [x]
    for k in range(n):
        history.append(np.sin(history[k]) + 0.1 * history[-1])
    return history[2] * history[-1] + sum(history)


@example(0.4, 1.2, wrt=(0, 1))
def list_items_replaced(x, y):
    values = [x, y, x * y]
    values[1] = values[0] * values[2]
    values[-1] += values[1]
    values[0], values[2] = values[2], values[0]
    return values[0] * values[1] - values[2] ** 2


@example(((0.5, 1.5), (-0.3, (0.8, 1.1))))
def nested_tuples(tree):
    """Indexed, not unpacked."""
    return tree[0][0] * tree[1][1][1] + tree[1][0] * tree[0][1] * tree[1][1][0]


@example({"w": normal(1, 3, 2), "b": normal(2, 2), "gain": 0.8}, normal(3, 3), wrt=(0, 1))
def dict_params(params, x):
    h = np.tanh(x @ params["w"] + params["b"])
    return params["gain"] * np.sum(h * h)


@example([normal(4, 2, 3), normal(5, 3, 2)], normal(6, 2), wrt=(0, 1))
def list_of_matrices(weights, x):
    """Layers of different shapes in a list."""
    for w in weights:
        x = np.tanh(x @ w)
    return x


@example(positive(7, 4))
def dict_built_in_loop(v):
    """A table filled with computed values under computed keys."""
    table = {}
    for i in range(4):
        table[i] = v[i] ** 2
    for i in range(1, 4):
        table[i] += table[i - 1] * v[i]
    return table[3] + len(table) * table[0]


@example(0.8, 1.1, wrt=(0, 1))
def memo_table(x, y):
    """Pairs as keys: values of a grid recurrence."""
    memo = {}
    for i in range(3):
        for j in range(3):
            if i == 0 or j == 0:
                memo[i, j] = x * i + y * j + 1.0
            else:
                memo[i, j] = memo[i - 1, j] * x + memo[i, j - 1] * y
    return memo[2, 2] / memo[(1, 1)]


@example(
    {
        "layers": [
            {"w": normal(8, 2, 2), "b": normal(9, 2)},
            {"w": normal(10, 2, 2), "b": normal(11, 2)},
        ]
    },
)
def nested_containers(model):
    """Dicts in a list in a dict, as parameters often come."""
    x = np.array([0.3, -0.8])
    for layer in model["layers"]:
        x = np.tanh(layer["w"] @ x + layer["b"])
    return x[0] * x[1]


@example([0.4, 1.3, -0.6])
def list_concatenation(values):
    """Lists are joined, repeated, sliced and copied."""
    padded = [0.0] + values + [1.0] * 2
    inner = padded[1:-1]
    copied = list(inner)
    copied[0] = copied[1] * 2.0
    total = 0.0
    for a, b in zip(padded, padded[1:]):
        total += a * b * b
    return total + inner[0] * copied[0] + len(padded)


@example(positive(12, 5))
def stack_machine(v):
    """Values pushed and popped."""
    stack = []
    for x in v:
        stack.append(x * x)
        if len(stack) == 3:
            b = stack.pop()
            a = stack.pop()
            stack.append(a / b)
    return stack[0] * stack[-1] + stack.pop(0)


@example(0.9, 0.2, wrt=(0, 1))
def shared_list(x, y):
    """Two names for one list; writes through either are seen by both."""
    first = [x, y]
    second = first
    second[0] = x * y
    first.append(second[0] + y)
    return first[0] * second[2] + len(second) * x


@example([normal(13, 3), normal(14, 3)], 0.3, wrt=(0, 1))
def list_of_velocities(params, momentum):
    """Momentum for every parameter, in a list beside them."""
    velocities = [np.zeros(3), np.zeros(3)]
    for _ in range(3):
        for i in range(len(params)):
            velocities[i] = momentum * velocities[i] - 0.1 * params[i] ** 3
        params = [p + v for p, v in zip(params, velocities)]
    return params


@example({"x": 0.6, "y": -1.1})
def dict_methods(point):
    """Absent keys, defaults and membership."""
    scale = point.get("scale", 2.0)
    z = point.get("x", 0.0) * scale
    if "y" in point:
        z = z * point["y"]
    merged = {**point, "z": z}
    merged.update(x=z * z)
    return {"sum": merged["x"] + merged["y"], "z": merged["z"]}


@example(normal(15, 3))
def returned_nest(v):
    """Lists, tuples and dicts in the result, parts of them shared."""
    w = np.exp(v)
    total = np.sum(w)
    return [w / total, (total, {"first": w[0], "square": w * v})], total


@example((normal(16, 2), 0.5), [1.5, normal(17, 2, 2)], wrt=(0, 1))
def structured_arguments(state, params):
    """Different structures in the two arguments; the result has that of the first."""
    x, t = state
    scale, matrix = params
    return scale * (matrix @ x) + t, t * scale + x[0]


@example([3.0, 1.0, 2.0], [0.4, 0.7, 0.9], wrt=(0, 1))
def inserted_and_reversed(keys, values):
    """Methods that move entries."""
    queue = []
    for k, v in zip(keys, values):
        queue.insert(0, k * v)
    queue.extend([keys[0], values[0] ** 2])
    queue.reverse()
    return queue[0] * queue[-1] + queue[2] * queue[1] + queue[3]


@example(normal(18, 3))
def copies_of_a_list_of_arrays(x):
    """Copies hold the same arrays, whose cotangents count once."""
    rows = []
    for k in range(3):
        rows.append(np.sin(x * (k + 1.0)))
    again, some, fixed = list(rows), rows[1:], tuple(rows)
    return again[0] @ some[0] + np.sum(fixed[2] * again[1]) + len(rows.copy())


@example(0.7, -1.3, wrt=(0, 1))
def list_made_an_array(a, b):
    """np.asarray copies a list, as np.array does."""
    values = [v * 1.5 for v in (a, b, a * b)]
    found = np.asarray(values)
    again = np.atleast_1d(values)
    return found[0] * found[1] + np.sum(found**2) * again[2]


@example(normal(95, 3))
def deep_copies(x):
    """What is written into a deep copy is not seen through what was copied."""
    state = {"rows": [x * (k + 1) for k in range(3)], "pair": [x[0], x[1]], "n": 3, "mean": x * x}
    new = copy.deepcopy(state)
    for k, row in enumerate(new["rows"]):
        row *= k
    new["mean"][0] = state["pair"][1]
    new["pair"][0] = new["pair"][1] * x[2]
    total = sum(np.sum(a * b) for a, b in zip(state["rows"], new["rows"]))
    total = total + np.sum(state["mean"] * new["mean"]) * new["n"]
    return total + state["pair"][0] * new["pair"][0]


@example(normal(96, 5))
def merged_dicts(x):
    first = {"a": x[0], "b": x[3]}
    first["a"] = x[1] * x[2]
    both = first | {"c": x[2], "a": 2.0 * x[1]}
    both |= {"b": x[4] ** 2}
    first.update(both, a=x[0] * x[1])
    return sum(both.values()) * first["a"] + first["c"]


@example({"w": normal(40, 2), "b": 0.5})
def filled_and_merged(params):
    """A dict that is filled in a straight line, by a loop over another, and with it."""
    squares = {}
    for key, value in params.items():
        squares[key] = value * value
    merged = {**params, **squares, "c": squares["b"] * 2.0}
    merged["b"] += params["b"]
    out = []
    out.append(np.sum(merged["w"]) * merged["b"])
    out.append(out[0] * merged["c"])
    return out[1] + out[-2]


@example(0.7)
@example(-0.7, name="other branch")
def filled_under_two_names(x):
    """What has a second name, or is filled in a branch or by a function, is one thing for all."""
    table = {"a": x}
    other = table
    table["b"] = x * x
    other["a"] = x**3
    if x.real > 0.0:
        table["c"] = table["a"] * 2.0
    doubled_entry(table, "a")
    pair = (table, 1.0)
    table["d"] = table["a"] * table["b"]
    held = [row := [x], row]
    row.append(x * x)
    held[0][0] = 2.0 * x
    return pair[0]["d"] * len(other) + held[1][0] * held[0][1]


def doubled_entry(table, key):
    """Write an entry of what it is given."""
    table[key] = 2.0 * table[key]


@example(0.7)
def captured_and_filled(x):
    """Functions that capture a list see what is put in later on."""
    kept = [x]
    read = lambda s: kept[-1] * s * len(kept)  # noqa: E731
    bound = partial(lambda xs, s: xs[0] * s * len(xs), kept)
    kept.append(x * x)
    kept[0] = x**3
    return read(x) + bound(2.0)


class Named:
    """Numbers under names."""

    def __init__(self, x):
        self.table = {"a": x}

    def values(self):
        """Give the numbers, as a view."""
        return self.table.values()

    def backwards(self):
        """Give the numbers from the last one on, once."""
        return reversed([self.table["a"], 2.0 * self.table["a"]])


@example(0.7)
def views_that_methods_give(x):
    """A view that a method gives is read at once; an iterator is used up by the first who does."""
    named = Named(x)
    for k in range(2):
        named.table[str(k)] = x * (k + 1.0)
    total = 0.0
    for value in named.values():
        total = total + value * value
    last = named.backwards()
    return total + sum(named.values()) * (sum(last) + 3.0 * sum(last))
