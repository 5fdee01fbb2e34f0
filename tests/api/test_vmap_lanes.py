"""Unforeseen programs in lanes, each against the loop over the lanes that it stands for."""

import copy
import math
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import srcxform as sx
from srcxform.pytrees import children, leaves, mapped

RNG = np.random.default_rng(11)
N = 4  # lanes


def real(*shape: int) -> Any:
    return RNG.normal(size=shape)


Pair = namedtuple("Pair", "left right")


@dataclass
class Layer:
    w: Any
    b: Any

    def __call__(self, x: Any) -> Any:
        return np.tanh(self.w @ x + self.b)


@dataclass(frozen=True)
class Case:
    """A function, its arguments, where their lanes stand, and where those of the result go."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    in_axes: Any = 0
    out_axes: Any = 0
    size: int | None = None


def picked(value: Any, axes: Any, k: int) -> Any:
    """Give lane `k` of an argument."""
    if axes is None:
        return value
    structure = children(value)
    if structure is None:
        return np.take(value, k, axis=axes) if isinstance(value, np.ndarray) else value
    below = children(axes)
    parts = [axes] * len(structure.parts)
    if below is not None:
        inside = dict(zip(below.keys, below.parts, strict=True))
        parts = [inside[key] for key in structure.keys]
    return structure.build([picked(v, a, k) for v, a in zip(structure.parts, parts, strict=True)])


def together(lanes: list[Any], axes: Any) -> Any:
    structure = children(lanes[0])
    if structure is None:
        if axes is None or not isinstance(lanes[0], (int, float, complex, np.ndarray, np.generic)):
            return lanes[0]
        return np.stack(lanes, axis=axes)
    below = children(axes)
    parts = [axes] * len(structure.parts)
    if below is not None:
        inside = dict(zip(below.keys, below.parts, strict=True))
        parts = [inside[key] for key in structure.keys]
    columns = zip(*(children(lane).parts for lane in lanes), strict=True)
    return structure.build([together(list(c), a) for c, a in zip(columns, parts, strict=True)])


def lanes_of(case: Case, args: tuple[Any, ...]) -> int:
    found: list[int] = []

    def look(value: Any, axes: Any) -> None:
        if axes is None:
            return
        structure, below = children(value), children(axes)
        if structure is None:
            if isinstance(value, np.ndarray):
                found.append(value.shape[axes])
            return
        inside = dict(zip(below.keys, below.parts, strict=True)) if below else {}
        for key, part in zip(structure.keys, structure.parts, strict=True):
            look(part, inside[key] if below else axes)

    for value, axes in zip(args, spread(case), strict=True):
        look(value, axes)
    return case.size or found[0]


def spread(case: Case) -> tuple[Any, ...]:
    if isinstance(case.in_axes, tuple):
        return case.in_axes
    return (case.in_axes,) * len(case.args)


def loop(case: Case, args: tuple[Any, ...]) -> Any:
    lanes = []
    for k in range(lanes_of(case, args)):
        given = [picked(v, a, k) for v, a in zip(args, spread(case), strict=True)]
        lanes.append(case.function(*given))
    return together(lanes, case.out_axes)


def same(got: Any, want: Any) -> None:
    structure = children(want)
    if structure is not None:
        theirs = children(got)
        assert theirs is not None and type(got) is type(want) and theirs.keys == structure.keys
        for one, other in zip(theirs.parts, structure.parts, strict=True):
            same(one, other)
    elif isinstance(want, (np.ndarray, np.generic, int, float, complex)):
        assert np.shape(got) == np.shape(want)
        assert np.asarray(got).dtype == np.asarray(want).dtype
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)
    else:
        assert got == want


# Containers and axes


def dense(p: Any, x: Any) -> Any:
    return np.tanh(x @ p["w"] + p["b"]) * p["scale"]


def statistics(x: Any) -> Any:
    return {"mean": np.mean(x), "row": x * 2.0, "table": np.outer(x, x)}


def pair_of(p: Any) -> Any:
    return Pair(p.left + p.right, np.sum(p.left))


def layer_at(layer: Any, x: Any) -> Any:
    return layer(x)


def moved_layer(layer: Any, x: Any) -> Any:
    return Layer(layer.w * x, layer.b - 1.0)


def nested_axes(tree: Any) -> Any:
    return tree["a"][0] * tree["a"][1], {"c": tree["b"], "name": "kept"}


def of_none(p: Any, x: Any) -> Any:
    return x if p["bias"] is None else x + p["bias"]


# Control flow that differs from lane to lane


def halvings(x: Any) -> Any:
    count = 0
    while x > 1.0:
        x = x / 2.0
        count += 1
    return x, count


def newton(a: Any, x: Any) -> Any:
    for _ in range(50):
        step = (x * x - a) / (2.0 * x)
        x = x - step
        if abs(step) < 1e-10:
            break
    return x


def early(x: Any) -> Any:
    if x < 0.0:
        return -x
    if x < 0.5:
        return math.sqrt(x)
    return np.log(x) + 1.0


def caught(x: Any) -> Any:
    try:
        return math.log(x)
    except ValueError:
        return -1.0


def finally_counted(x: Any) -> Any:
    total = 0.0
    try:
        total = total + math.sqrt(x)
    except ValueError:
        total = total - 1.0
    finally:
        total = total + x
    return total


def no_nan(x: Any) -> Any:
    return np.log(x) if x > 0.0 else x * 0.5


def nested_while(x: Any) -> Any:
    total = 0.0
    while x > 0.1:
        y = x
        while y > 0.5:
            y = y * 0.7
            total = total + y
        x = x - 0.3
    return total


def positions(x: Any) -> Any:
    k = int(np.argmax(x))
    return x[k] * k


def sorted_by(x: Any, key: Any) -> Any:
    return x[np.argsort(key)]


def bisect(x: Any) -> Any:
    low, high = 0.0, 2.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        if middle**3 > x:
            high = middle
        else:
            low = middle
    return low


def continues(x: Any) -> Any:
    total = 0.0
    for k in range(5):
        if x[k] < 0.0:
            continue
        total += x[k]
    return total


def chained(x: Any) -> Any:
    return 1.0 if 0.0 < x < 1.0 else 0.0


def boolean(x: Any, y: Any) -> Any:
    return x if x > 0.0 and y > 0.0 else y


# Writes in place


def through_a_view(x: Any) -> Any:
    y = np.zeros((3, 3))
    diagonal = y.reshape(9)
    diagonal[::4] = x
    y[0] += x
    return y


def row_by_row(x: Any) -> Any:
    y = x.copy()
    for k in range(1, len(y)):
        y[k] += 0.5 * y[k - 1]
    return y


def masked(x: Any) -> Any:
    y = x * 1.0
    y[y < 0.0] = 0.0
    return y


def some_written(x: Any) -> Any:
    y = np.ones(3)
    if x[0] > 0.0:
        y[1] = x[1]
    return y


def swapped(x: Any) -> Any:
    y = x.copy()
    y[0], y[-1] = x[-1], x[0]
    return y


def collected(x: Any) -> Any:
    found = []
    for k in range(3):
        found.append(x[k] * k)
    return np.array(found)


def in_a_dict(x: Any) -> Any:
    table = {}
    for name in ("a", "b"):
        table[name] = x * len(name)
    table["a"] = table["a"] + 1.0
    return table


def scattered(x: Any, where: Any) -> Any:
    y = np.zeros(5)
    np.add.at(y, where, x)
    return y


# Other functions


def option(x: Any, kind: Any) -> Any:
    return np.sum(x) if kind == "sum" else np.prod(x)


def mathematics(x: Any) -> Any:
    return math.sin(x) * math.hypot(x, 1.0) + math.exp(-x * x) + math.atan2(x, 2.0)


def linear_algebra(a: Any, b: Any) -> Any:
    spd = a @ a.T + 3.0 * np.eye(3)
    return np.linalg.solve(spd, b), np.linalg.cholesky(spd), np.linalg.det(spd)


def einsums(a: Any, b: Any) -> Any:
    return np.einsum("ij,jk->ik", a, b) + np.einsum("ij->ji", a)


def complex_lanes(z: Any) -> Any:
    return np.abs(z) ** 2 + (z * np.conj(z)).real + np.exp(z).imag


def integers(n: Any) -> Any:
    return n // 2 + n % 3


def many_axes(x: Any) -> Any:
    return np.swapaxes(x, 0, 1)[..., None] * np.ones((1, 1, 2))


def closing_over(x: Any, y: Any) -> Any:
    def inner(t: Any) -> Any:
        return t * x

    return inner(y) + (lambda s: s - x)(y)


def three_deep(x: Any) -> Any:
    return sx.vmap(lambda row: sx.vmap(lambda t: t * np.sum(row))(row))(x)


def outer_sum(x: Any, y: Any) -> Any:
    return sx.vmap(lambda a: sx.vmap(lambda b: a * b + x[0])(y))(x)


def slopes(x: Any) -> Any:
    return sx.vmap(sx.grad(lambda t: np.sin(t) * t))(x)


def tangents(w: Any, s: Any) -> Any:
    return sx.vmap(lambda d: sx.jvp(lambda m: np.tanh(m @ w), (w,), (d,))[1])(s)


def cotangents(w: Any, m: Any) -> Any:
    out, pull = sx.vjp(lambda v: np.tanh(v) * v[0], w)
    (rows,) = sx.vmap(pull)(m)
    return rows + out


def jacobians(x: Any) -> Any:
    return sx.jacrev(lambda v: np.sin(v) * v[0])(x) + sx.jacfwd(lambda v: v * np.sum(v))(x)


def any_of_a_list(x, w):
    """Which element is read is known to the run only; not all of them have lanes."""
    values = [w, x, 3.0 * w]
    total = 0.0
    for k in range(3):
        total = total + np.sum(values[k]) * values[k][1] * (k + x[0])
    return total


def any_of_pairs(x, w, n):
    pairs = [(2.0, ("a", w)), (x[0], ("b", 3.0 * x))]
    scale, (name, vector) = pairs[n]
    rest = list(pairs)
    return scale * vector[1] + len(name) * np.sum(rest[1 - n][1][1])


def any_of_a_dict(x, w, key):
    table = {"left": w, "right": x}
    total = 0.0
    for vector in table.values():
        total = total * x[1] + vector[0]
    return total * table[key[1:]][1]


CASES = {
    "parameters with an axis each": Case(
        dense, ({"w": real(3, N, 2), "b": real(2), "scale": real(N)}, real(3)),
        ({"w": 1, "b": None, "scale": 0}, None),
    ),
    "axes of results in a dict": Case(
        statistics, (real(3, N),), -1, {"mean": 0, "row": 1, "table": -1}
    ),
    "negative axes": Case(many_axes, (real(2, 3, N),), -1, -2),
    "namedtuple in and out": Case(pair_of, (Pair(real(N, 2), real(2, N)),), (Pair(0, 1),)),
    "an object of shared weights": Case(
        layer_at, (Layer(real(2, 3), real(2)), real(N, 3)), (None, 0)
    ),
    "an object of weights in lanes": Case(
        layer_at, (Layer(real(N, 2, 3), real(N, 2)), real(3)), (0, None)
    ),
    "an object comes back": Case(moved_layer, (Layer(real(N, 2), real(N)), real(N))),
    "nested axes": Case(
        nested_axes, ({"a": (real(2, N), real(N, 2)), "b": real(2)},),
        ({"a": (1, 0), "b": None},), (1, {"c": None, "name": None}),
    ),
    "None among the parameters": Case(of_none, ({"bias": None}, real(N, 2)), (0, 0)),
    "axis_size alone": Case(lambda x: x * 2.0, (real(3),), None, 0, 5),
    "a shared result": Case(lambda x, y: (x, y * 2.0), (real(N), real(2)), (0, None), (0, None)),
    "while": Case(halvings, (np.array([0.5, 3.0, 17.0, 1.0]),)),
    "break": Case(newton, (np.array([2.0, 3.0, 0.5, 9.0]), np.full(N, 1.5))),
    "early return": Case(early, (np.array([-2.0, 0.25, 0.7, 3.0]),)),
    "exceptions": Case(caught, (np.array([1.0, -1.0, 0.0, 2.0]),)),
    "finally": Case(finally_counted, (np.array([1.0, -1.0, 0.0, 2.0]),)),
    "no NaN": Case(no_nan, (np.array([1.0, -1.0, 0.0, 2.0]),)),
    "while in while": Case(nested_while, (np.array([0.05, 0.7, 1.5, 2.2]),)),
    "argmax as a position": Case(positions, (real(N, 5),)),
    "argsort": Case(sorted_by, (real(N, 3), real(N, 3))),
    "argsort of shared keys": Case(sorted_by, (real(N, 3), real(3)), (0, None)),
    "bisection": Case(bisect, (np.array([0.1, 0.5, 1.0, 3.0]),)),
    "continue": Case(continues, (real(N, 5),)),
    "a chain of comparisons": Case(chained, (np.array([-1.0, 0.5, 1.0, 0.2]),)),
    "and": Case(boolean, (real(N), real(N))),
    "through a view": Case(through_a_view, (real(N, 3),)),
    "recurrence in place": Case(row_by_row, (real(N, 5),)),
    "a mask": Case(masked, (real(N, 5),)),
    "written in some lanes": Case(some_written, (real(N, 3),)),
    "swapped in place": Case(swapped, (real(N, 3),)),
    "a list that grows": Case(collected, (real(N, 3),)),
    "a dict that grows": Case(in_a_dict, (real(N, 3),)),
    "scattered": Case(
        scattered, (real(N, 3), np.array([[0, 1, 1], [4, 4, 4], [2, 3, 0], [0, 0, 1]]))
    ),
    "scattered at shared places": Case(scattered, (real(N, 3), np.array([0, 1, 1])), (0, None)),
    "a text as option": Case(option, (real(N, 3), "sum"), (0, None)),
    "math": Case(mathematics, (real(N),)),
    "linear algebra": Case(linear_algebra, (real(N, 3, 3), real(3, N)), (0, 1), (1, -1, 0)),
    "einsum": Case(einsums, (real(3, 3, N), real(3, 3)), (2, None)),
    "complex numbers": Case(complex_lanes, (real(N, 2) + 1j * real(N, 2),)),
    "integers": Case(integers, (np.arange(N),)),
    "closures": Case(closing_over, (real(N), real(N, 2))),
    "three deep": Case(three_deep, (real(2, N, 3),), 1, 2),
    "an outer sum": Case(outer_sum, (real(N, 2), real(3)), (0, None)),
    "gradients": Case(slopes, (real(N, 2),)),
    "jvp for each direction": Case(tangents, (real(N, 3, 3), real(2, 3, 3)), (0, None)),
    "pullbacks for each row": Case(cotangents, (real(N, 3), real(2, 3)), (0, None)),
    "any of a list": Case(any_of_a_list, (real(N, 3), real(3)), (0, None)),
    "any of pairs": Case(any_of_pairs, (real(N, 3), real(3), 0), (0, None, None)),
    "any of a dict": Case(any_of_a_dict, (real(N, 3), real(3), "-left"), (0, None, None)),
    "Jacobians": Case(jacobians, (real(N, 3),)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_batch_is_its_lanes(case: Case) -> None:
    want = loop(case, copy.deepcopy(case.args))
    batched = sx.vmap(case.function, case.in_axes, case.out_axes, axis_size=case.size)
    same(batched(*copy.deepcopy(case.args)), want)


def number(leaf: Any) -> bool:
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "fc"
    return isinstance(leaf, (float, complex, np.inexact))


def tangent(value: Any) -> Any:
    rng = np.random.default_rng(3)
    return mapped(
        lambda leaf: (rng.normal(size=leaf.shape) * np.ones_like(leaf)) if number(leaf) else None,
        value,
    )


def inner(one: Any, other: Any) -> float:
    """The real inner product of what two trees have in their number leaves."""
    total = 0.0
    for (_, a), (_, b) in zip(leaves(one), leaves(other), strict=True):
        if number(a) and number(b):
            total += float(np.sum((np.asarray(a) * np.asarray(b)).real))
    return total


MOVABLE = {
    name: case for name, case in CASES.items() if any(number(leaf) for _, leaf in leaves(case.args))
}


@pytest.mark.parametrize("case", MOVABLE.values(), ids=MOVABLE)
def test_derivatives_of_a_batch(case: Case) -> None:
    """Forward: those of the lanes. Reverse: the transpose of forward."""
    args, dots = copy.deepcopy(case.args), tangent(case.args)
    batched = sx.vmap(case.function, case.in_axes, case.out_axes, axis_size=case.size)
    lanes = []
    for k in range(lanes_of(case, args)):
        given = [picked(v, a, k) for v, a in zip(args, spread(case), strict=True)]
        moved = [picked(v, a, k) for v, a in zip(dots, spread(case), strict=True)]
        lanes.append(sx.jvp(case.function, tuple(given), tuple(moved))[1])
    got = sx.jvp(batched, args, dots)[1]
    want = together(lanes, case.out_axes)
    for (_, a), (_, b) in zip(leaves(got), leaves(want), strict=True):
        if number(b):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)
    out, pull = sx.vjp(batched, *args)
    bar = tangent(out)
    np.testing.assert_allclose(inner(pull(bar), dots), inner(bar, want), rtol=1e-10, atol=1e-11)
