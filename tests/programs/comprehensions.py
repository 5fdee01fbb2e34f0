"""Comprehensions and generator expressions."""

import numpy as np

from . import example, normal, positive


@example(0.6, 5)
def list_of_powers(x, n):
    powers = [x**k for k in range(n)]
    return sum(powers) * powers[-1]


@example(normal(1, 6))
def filtered(v):
    """Only entries that pass a test."""
    kept = [x * x for x in v if x > 0.0]
    total = 0.0
    for k in kept:
        total = total * 0.5 + k
    return total


@example(normal(2, 3), normal(3, 4), wrt=(0, 1))
def nested_product(u, v):
    """Two clauses in one comprehension."""
    products = [a * b for a in u for b in v if a < b]
    return sum(products) + products[0] ** 2


@example(normal(4, 3, 3))
def list_of_lists(a):
    """A matrix as nested lists, built and read."""
    rows = [[a[i, j] * (i + 1) for j in range(3)] for i in range(3)]
    trace = 0.0
    for i in range(3):
        trace += rows[i][i] * rows[i][(i + 1) % 3]
    return trace


@example({"w": 0.7, "b": -0.3, "scale": 1.4}, 0.1, wrt=(0, 1))
def dict_update(params, rate):
    """One step of descent on every entry of a dict."""
    stepped = {name: value - rate * 2.0 * value for name, value in params.items()}
    return stepped["w"] * stepped["b"] + stepped["scale"] ** 2


@example(normal(5, 5))
def generator_in_sum(v):
    return sum(np.exp(-x * x) for x in v) * sum(x for x in v)


@example(normal(6, 5))
def generator_in_max(v):
    """The largest of computed values."""
    top = max(x * x for x in v)
    bottom = min(np.sin(x) for x in v)
    return top * bottom


@example(normal(7, 3, 2))
def array_from_list(points):
    """An array is stacked from a list of computed scalars."""
    radii = np.array([np.sqrt(p[0] ** 2 + p[1] ** 2) for p in points])
    return np.sum(np.log(1.0 + radii)) * radii[1]


@example([normal(8, 2), normal(9, 2)], [normal(10, 2), normal(11, 2)], wrt=(0, 1))
def zipped(us, vs):
    dots = [np.dot(u, v) for u, v in zip(us, vs)]
    return dots[0] * np.exp(dots[1])


@example(positive(12, 4))
def scan_by_comprehension(v):
    """A comprehension reads the variables around it, and its own variable does not leak."""
    x = np.sum(v)
    scaled = [x * y for y in v]
    shares = [y / sum(scaled) for y in scaled]
    entropy = -sum([s * np.log(s) for s in shares])
    return entropy * x


@example(normal(13, 4))
def conditional_elements(v):
    """A conditional expression for each element."""
    leaky = [x if x > 0.0 else 0.1 * x * x for x in v]
    return sum([y * (i + 1) for i, y in enumerate(leaky)])


@example(normal(14, 3), wrt=0)
def dict_of_arrays(v):
    """A dict comprehension over integer keys, read in another order."""
    table = {k: v**k for k in range(1, 4)}
    out = table[3] - np.sin(table[1]) * table[2]
    return np.sum(out)


@example([[0.2, 0.5], [1.1], [-0.4, 0.3, 0.9]])
def ragged(rows):
    """Rows of different lengths."""
    means = [sum(row) / len(row) for row in rows]
    return sum([(x - m) ** 2 for row, m in zip(rows, means) for x in row]) + means[1] * means[0]


@example({"w": normal(15, 3), "b": 0.4}, normal(16, 3), 1.2)
def step_of_descent(params, x, y):
    """A step down the slope, entry by entry of a dict, then the loss there."""
    error = x @ params["w"] + params["b"] - y
    slopes = {"w": 2.0 * error * x, "b": 2.0 * error}
    lowered = {key: value - 0.1 * slopes[key] for key, value in params.items()}
    return (x @ lowered["w"] + lowered["b"] - y) ** 2 + 0.01 * sum(
        [np.sum(value**2) for value in lowered.values()]
    )


@example(normal(17, 3), 0.7, normal(18, 2, 1))
def converted_together(x, y, z):
    """What libraries do at their entry: every argument becomes an array, of one shape."""
    x, y, z = (np.asarray(value, dtype=float) for value in (x, y, z))
    x, y = map(np.sin, (x, y))
    x, y, z = np.broadcast_arrays(x, y, z)
    return np.sum(x * y * z + np.exp(x))


@example(normal(19, 2))
def late_names_in_a_display(v):
    """An element that is a name of the turn keeps what the name was in that turn."""
    kept = [value for value in (v, v * v, np.sin(v))]
    pairs = [(k, value) for k, value in enumerate(kept)]
    total = 0.0
    for k, value in pairs:
        total = total + (k + 1.0) * np.sum(value * kept[0])
    return total


@example(0.7, 2)
def keys_known_in_part(x, n):
    """Of one key only the run tells what it is."""
    table = {key: value * x for key, value in [(1, x), (n, x * x)]}
    return table[1] * table[n] + len(table)


@example(normal(20, 2))
def products_of_kept_places(v):
    """A place that was None at first goes into a product of arrays."""
    kept = [None, None]
    for k in range(2):
        kept[k] = v * (k + 1.0)
    return np.matmul(kept[0], kept[1]) * v
