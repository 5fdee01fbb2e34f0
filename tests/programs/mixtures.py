"""Containers that hold values of different kinds and are changed in place."""

import numpy as np

from . import example, normal


@example(0.7, normal(1, 3), wrt=(0, 1))
def nested_dict_store(x, v):
    """A number and an array in a dict in a dict, both changed."""
    d = {"a": x, "b": {"c": x * x, "v": v * 2.0}, "n": 3}
    d["b"]["c"] *= x
    d["b"]["v"] *= d["a"]
    d["a"] = d["b"]["c"] + d["n"]
    return np.sum(d["b"]["v"]) * d["a"] * d["b"]["c"]


@example(normal(1, 4), wrt=0)
def state_loop(x):
    """A state of arrays, numbers and a counter, changed in a loop."""
    state = {"v": np.zeros(4), "t": 0.0, "n": 0}
    for i in range(4):
        state["v"][i] += x[i] * state["t"] + x[i]
        state["t"] += x[i] ** 2
        state["n"] += 1
    return np.sum(state["v"] ** 2) * state["t"] / state["n"]


@example(normal(1, 4), wrt=0)
def tuple_with_list(x):
    """A tuple that holds a list and a dict that change."""
    t = ([x[0], x[1]], x[2], {"s": x[3]})
    t[0].append(t[1] * t[2]["s"])
    t[0][0] *= t[1]
    t[2]["s"] = t[0][0] * t[0][2]
    a, b, c = t
    return a[0] * a[1] + b * c["s"] + a[-1]


@example(normal(1, 4), wrt=0)
def list_of_lists_appended(x):
    """Lists that grow in a list that grows."""
    rows = []
    for i in range(3):
        row = []
        for j in range(4):
            row.append(x[j] * (i + 1) + x[i] * x[j])
        rows.append(row)
    rows[1].append(x[0])
    total = 0.0
    for row in rows:
        for v in row:
            total = total + v * v
    return total * rows[0][1]


@example(normal(1, 5), wrt=0)
def dict_of_lists(x):
    """Lists in a dict grow by turns."""
    groups = {"even": [], "odd": []}
    for i in range(5):
        if i % 2 == 0:
            groups["even"].append(x[i] ** 2)
        else:
            groups["odd"].append(np.sin(x[i]))
    return sum(groups["even"]) * sum(groups["odd"]) + groups["even"][0]


@example(normal(1, 5), wrt=0)
def list_of_dicts(x):
    """Dicts in a list change."""
    parts = [{"m": x[i], "v": x[i] * x[(i + 1) % 5]} for i in range(5)]
    for p in parts:
        p["v"] = p["v"] + p["m"] * 0.5
    for k in range(4):
        parts[k]["m"] *= parts[k + 1]["v"]
    return sum(p["m"] * p["v"] for p in parts)


@example(normal(1, 3), 0.4, wrt=(0, 1))
def grown_dict(x, t):
    """A dict gets its keys one by one."""
    d = {}
    d["x"] = x * t
    d["t"] = t
    d["w"] = {"k": t * t}
    d["w"]["l"] = x[0]
    d["t"] = d["t"] * d["w"]["k"]
    d["x"][1] = d["t"] * d["w"]["l"]
    return np.sum(d["x"]) * d["t"]


@example([1.5, normal(1, 3), [0.3, 0.2]], wrt=0)
def changed_argument_list(p):
    """A number, an array and a list in one list."""
    q = [p[0], p[1] * 1.0, list(p[2])]
    q[0] = q[0] * q[2][0]
    q[1] *= q[0]
    q[2][1] += q[0]
    return np.sum(q[1]) * q[2][1]


@example(normal(1, 3), 2.0, wrt=(0, 1))
def mixed_in_branch(x, a):
    """One branch changes the numbers, the other the array."""
    s = {"y": x * 1.0, "c": a, "h": [a]}
    for i in range(3):
        if x[i] > 0:
            s["c"] = s["c"] * x[i]
            s["h"].append(s["c"])
        else:
            s["y"][i] = s["c"]
    return np.sum(s["y"]) * s["c"] + s["h"][-1] * s["h"][0]
