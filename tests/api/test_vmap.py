"""`vmap` against the loop over the lanes of the user's own function."""

import collections
import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcxform as sx
from srcxform.pytrees import mapped

X = np.random.default_rng(0).normal(size=(4, 3))
W = np.random.default_rng(1).normal(size=3)


def lanes_stacked(results: list[Any]) -> Any:
    """Put the results of a loop over the lanes together."""
    return mapped(lambda *leaves: np.stack(leaves), *results)


def agree(got: Any, results: list[Any]) -> None:
    """Compare a batched result with the results of the lanes: shapes, dtypes and values."""

    def check(ours: Any, theirs: Any) -> None:
        assert isinstance(ours, np.ndarray)
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)

    mapped(check, got, lanes_stacked(results))


def energy(x: Any, w: Any) -> Any:
    return np.tanh(x @ w) * x[0] + np.sum(w**2)


def test_axes_of_arguments() -> None:
    expected = [energy(x, W) for x in X]
    agree(sx.vmap(energy, (0, None))(X, W), expected)
    agree(sx.vmap(energy, (1, None))(X.T, W), expected)
    agree(sx.vmap(energy, (-1, None))(X.T, W), expected)
    agree(sx.vmap(energy, [0, None])(X, W), expected)
    agree(sx.vmap(energy)(X, X[::-1]), [energy(x, w) for x, w in zip(X, X[::-1], strict=True)])


def test_axes_of_results() -> None:
    def both(x: Any) -> Any:
        return {"a": 2.0 * x, "b": (np.sum(x), 3.0)}

    batched = sx.vmap(both, out_axes={"a": 1, "b": (0, None)})(X)
    np.testing.assert_array_equal(batched["a"], 2.0 * X.T)
    np.testing.assert_array_equal(batched["b"][0], np.array([np.sum(x) for x in X]))
    assert batched["b"][1] == 3.0
    np.testing.assert_array_equal(sx.vmap(lambda x: 2.0 * x, out_axes=-1)(X), 2.0 * X.T)


def test_axes_of_results_that_the_run_tells() -> None:
    def several(x: Any) -> Any:
        return np.percentile(x, 30), {"less": np.delete(x, slice(0, 2))}, [np.corrcoef(x, W)]

    rows = [several(x) for x in X]
    quantile, rest, correlated = sx.vmap(several, out_axes=-1)(X)
    np.testing.assert_allclose(quantile, [row[0] for row in rows])
    np.testing.assert_allclose(rest["less"], np.stack([row[1]["less"] for row in rows], -1))
    np.testing.assert_allclose(correlated[0], np.stack([row[2][0] for row in rows], -1))
    slope = sx.grad(lambda x: np.sum(sx.vmap(np.percentile, (0, None), -1)(x, 30)))(X)
    np.testing.assert_allclose(slope, [sx.grad(lambda x: np.percentile(x, 30))(x) for x in X])


def test_questions_for_types_are_those_of_a_lane() -> None:
    def asked(x: Any) -> Any:
        if isinstance(x, (int, float)) and not hasattr(x, "__len__"):
            return x * (2.0 if type(x) is np.float64 else 3.0)
        return x * 5.0

    for given in (W, W.astype(np.float32), np.arange(3)):
        agree(sx.vmap(asked)(given), [asked(x) for x in given])
    assert "for lane in" not in sx.source(sx.vmap(asked), W)


def test_containers_with_axes_of_their_own() -> None:
    params = {"w": X, "b": 0.5, "c": (W, X.T)}
    axes = {"w": 0, "b": None, "c": (None, 1)}

    def model(p: Any, x: Any) -> Any:
        return np.sin(p["w"]) * x + p["b"] + p["c"][0] * p["c"][1]

    agree(
        sx.vmap(model, (axes, 0))(params, X[:, 0]),
        [model({"w": X[k], "b": 0.5, "c": (W, X.T[:, k])}, X[k, 0]) for k in range(4)],
    )


class Point(NamedTuple):
    x: Any
    y: Any


@dataclasses.dataclass
class Model:
    w: Any
    name: str = "linear"

    def __call__(self, x: Any) -> Any:
        return self.w @ x


def test_objects() -> None:
    points = Point(X[:, 0], X)
    agree(
        sx.vmap(lambda p: p.x * np.sum(p.y))(points),
        [p[0] * np.sum(p) for p in X],
    )
    agree(
        sx.vmap(lambda m, x: m(x), (0, None))(Model(X), W),
        [x @ W for x in X],
    )
    got = sx.vmap(lambda x: Point(x[0], 2.0 * x))(X)
    assert type(got) is Point
    np.testing.assert_array_equal(got.y, 2.0 * X)


def test_keyword_arguments_have_their_lanes_first() -> None:
    def scaled(x: Any, *, scale: Any, shift: Any = 1.0) -> Any:
        return x * scale + shift

    factors = np.arange(4.0)
    agree(
        sx.vmap(scaled)(X, scale=factors),
        [scaled(x, scale=s) for x, s in zip(X, factors, strict=True)],
    )


def test_decorators() -> None:
    @sx.vmap
    def one(x: Any) -> Any:
        return x + 1.0

    @sx.vmap(in_axes=(0, None))
    def other(x: Any, w: Any) -> Any:
        return x * w

    np.testing.assert_array_equal(one(X), X + 1.0)
    np.testing.assert_array_equal(other(X, W), X * W)
    assert one.__name__ == "one_vmap"
    assert "def one_vmap(x):" in one.source and "lane" not in one.source


def test_no_argument_with_lanes() -> None:
    agree(sx.vmap(np.sum, None, axis_size=3)(W), [np.sum(W)] * 3)


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: sx.vmap(energy)(X, W), ValueError, r"argument 0 \(`x`\).* 4, .*`w`.* 3"),
        (lambda: sx.vmap(energy, (0,))(X, W), TypeError, "1 entries, but `energy` .* 2"),
        (lambda: sx.vmap(energy, (2, None))(X, W), ValueError, r"`x`.*\(4, 3\).*no axis 2"),
        (lambda: sx.vmap(np.sin)(2.0), ValueError, "a float, which has no axis 0"),
        (lambda: sx.vmap(np.sin, None)(2.0), ValueError, "no argument of `sin` has lanes"),
        (lambda: sx.vmap(np.sin, axis_size=3)(X), ValueError, "axis_size has 3, .* 4"),
        (lambda: sx.vmap(np.sin)(np.zeros((0, 2))), ValueError, "no lanes"),
        (lambda: sx.vmap(np.sin, out_axes=None)(X), ValueError, "differs from lane to lane"),
        (lambda: sx.vmap(np.sin, out_axes=(0, 0))(X), TypeError, "out_axes"),
        (lambda: sx.vmap(np.sin, "0"), TypeError, "in_axes is made of ints"),
        (lambda: sx.vmap(energy, ((0, 1), None))(X, W), TypeError, "in_axes has a tuple"),
    ],
)
def test_what_does_not_fit_is_told(call: Any, error: type, told: str) -> None:
    with pytest.raises(error, match=told):
        call()


# Control flow


def newton_root(a: Any) -> Any:
    x = 1.0
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def piecewise(x: Any) -> Any:
    if x > 0.0:
        y = math.log(x)
    elif x < -1.0:
        raise_if = x < -100.0
        y = 1.0 / (x + 1.0) + raise_if
    else:
        y = x
    return y * x


def first_above(v: Any, bound: Any) -> Any:
    found = -1
    for k in range(len(v)):
        if v[k] > bound:
            found = k
            break
    return v[found] * found


def masked(v: Any) -> Any:
    return np.sum(v[v > 0.0]) + len(v)


def counted(v: Any, n: Any) -> Any:
    total = np.zeros(3)
    for k in range(n):
        total[k % 3] += v[k % 3] ** k
    return total


def test_lanes_go_their_own_ways() -> None:
    a = np.array([2.0, 9.0, 1e-3, 1.0])
    agree(sx.vmap(newton_root)(a), [newton_root(one) for one in a])
    x = np.array([0.5, -3.0, 0.0, -1.0, 2.0])
    with np.errstate(all="raise"):
        agree(sx.vmap(piecewise)(x), [piecewise(one) for one in x])
    bounds = np.array([-2.0, 0.0, 0.3, 9.0])
    agree(
        sx.vmap(first_above)(X, bounds),
        [first_above(v, b) for v, b in zip(X, bounds, strict=True)],
    )
    agree(sx.vmap(masked)(X), [masked(v) for v in X])
    turns = np.array([0, 5, 2, 7])
    agree(sx.vmap(counted)(X, turns), [counted(v, n) for v, n in zip(X, turns, strict=True)])


def test_an_exception_of_one_lane_is_raised() -> None:
    def inverse(x: Any) -> Any:
        if x == 0.0:
            raise ZeroDivisionError("no inverse of 0")
        return 1.0 / x

    agree(sx.vmap(inverse)(np.array([1.0, 2.0])), [1.0, 0.5])
    with pytest.raises(ZeroDivisionError, match="no inverse"):
        sx.vmap(inverse)(np.array([1.0, 0.0]))


# Writing in place


def test_writes_in_place() -> None:
    def table(x: Any, k: Any) -> Any:
        out = np.zeros((3, 2))
        out[0] = x[0]
        out[k] += x[k]
        out[1:, 0] *= 2.0
        view = out[2]
        view[1] = x[2]
        last = out[2, 1]
        out[2, 1] = 7.0
        return out + last

    k = np.array([0, 2, 1, 2])
    agree(sx.vmap(table)(X, k), [table(x, one) for x, one in zip(X, k, strict=True)])
    agree(sx.vmap(table, (0, None))(X, 1), [table(x, 1) for x in X])


def test_arguments_are_written_to_as_by_the_loop() -> None:
    def into(buffer: Any, x: Any) -> Any:
        buffer[0] += x
        return buffer[0] * x

    ours, theirs = np.zeros(2), np.zeros(2)
    x = np.array([1.0, 2.0, 3.0])
    agree(sx.vmap(into, (None, 0))(ours, x), [into(theirs, one) for one in x])
    np.testing.assert_array_equal(ours, theirs)


# Nesting


def slope(f: Any, x: float) -> float:
    """The derivative of a function of one number, by Richardson's extrapolation."""

    def central(h: float) -> float:
        return float((f(x + h) - f(x - h)) / (2.0 * h))

    return (4.0 * central(5e-4) - central(1e-3)) / 3.0


def test_gradients_of_each_lane() -> None:
    batched = sx.vmap(sx.grad(energy, argnums=(0, 1)), (0, None))
    agree(batched(X, W), [sx.grad(energy, argnums=(0, 1))(x, W) for x in X])
    assert "lane" not in batched.source
    agree(sx.vmap(sx.hessian(energy), (0, None))(X, W), [sx.hessian(energy)(x, W) for x in X])


def test_gradient_through_a_batch() -> None:
    def loss(w: Any) -> Any:
        return np.sum(sx.vmap(energy, (0, None))(X, w) ** 2)

    def moved(k: int, t: float) -> Any:
        w = W + t * np.eye(3)[k]
        return sum(energy(x, w) ** 2 for x in X)

    truth = [slope(lambda t, k=k: moved(k, t), 0.0) for k in range(3)]  # type: ignore[misc]
    np.testing.assert_allclose(sx.grad(loss)(W), truth, rtol=1e-8)
    direct = sx.grad(lambda w: np.sum(sx.vmap(energy, (0, None))(X, w) ** 2))
    np.testing.assert_allclose(direct(W), truth, rtol=1e-8)
    batched = sx.vmap(energy, (0, None))
    outside = sx.grad(lambda w: np.sum(batched(X, w) ** 2))
    np.testing.assert_allclose(outside(W), truth, rtol=1e-8)


def test_jvp_and_vjp_of_a_batch() -> None:
    batched = sx.vmap(energy, (0, None))
    u, v = np.ones_like(X), np.arange(3.0)
    _, dot = sx.jvp(batched, (X, W), (u, v))
    agree(dot, [sx.jvp(energy, (x, W), (a, v))[1] for x, a in zip(X, u, strict=True)])
    _, pullback = sx.vjp(batched, X, W)
    bar = np.array([1.0, -2.0, 0.5, 3.0])
    x_bar, w_bar = pullback(bar)
    pairs = [sx.vjp(energy, x, W)[1](b) for x, b in zip(X, bar, strict=True)]
    np.testing.assert_allclose(x_bar, [p for p, _ in pairs])
    np.testing.assert_allclose(w_bar, sum(p for _, p in pairs))


def test_gradient_through_lanes_with_branches() -> None:
    def loss(w: Any) -> Any:
        return np.sum(sx.vmap(lambda x: piecewise(x * w))(np.array([0.5, -3.0, 0.2])))

    def plain(w: float) -> float:
        return float(sum(piecewise(x * w) for x in (0.5, -3.0, 0.2)))

    np.testing.assert_allclose(sx.grad(loss)(1.3), slope(plain, 1.3), rtol=1e-8)


def test_batches_of_batches() -> None:
    v = np.random.default_rng(2).normal(size=(5, 3))
    outer = sx.vmap(sx.vmap(energy, (None, 0)), (0, None))
    agree(outer(X, v), [np.stack([energy(x, w) for w in v]) for x in X])


def test_pullbacks_are_batched() -> None:
    _, pullback = sx.vjp(lambda x: np.array([x[0] * x[1], np.sin(x[2]), x[0]]), W)
    (rows,) = sx.vmap(pullback)(np.eye(3))
    expected = [[W[1], W[0], 0.0], [0.0, 0.0, np.cos(W[2])], [1.0, 0.0, 0.0]]
    np.testing.assert_allclose(rows, expected)


def test_recursion_and_unknown_functions() -> None:
    def halved(x: Any) -> Any:
        return x if abs(x) < 1.0 else halved(x / 2.0) + 1.0

    x = np.array([0.5, 3.0, 17.0])
    agree(sx.vmap(halved)(x), [halved(one) for one in x])
    ordered = collections.OrderedDict(a=1.0)
    agree(sx.vmap(lambda y: y * len(ordered))(x), list(x))
