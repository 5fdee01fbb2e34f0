"""How Jacobians are computed: all unit vectors at once, the function once, memory within bounds."""

import pickle
import tracemalloc
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import srcxform as sx
from srcxform.pytrees import leaves, mapped
from srcxform.syntax.written import written

X = np.array([0.3, 0.7, 1.1])
W = np.random.default_rng(2).normal(size=(3, 3))
MAKERS = [sx.jacfwd, sx.jacrev, sx.jacobian]

Pair = namedtuple("Pair", "a b")


@dataclass
class Layer:
    w: Any
    b: Any
    name: str = "layer"


def network(x: Any) -> Any:
    h = np.tanh(W @ x)
    return np.tanh(W @ h) * x[0]


def recurrence(x: Any) -> Any:
    y = np.zeros(3)
    y[0] = x[0] ** 2
    for k in range(1, 3):
        y[k] = y[k - 1] * x[k]
    return y


def branched(x: Any) -> Any:
    return x**3 if x[0] > 0.0 else -x


def listed(x: Any) -> Any:
    return np.array([x[0] * x[1], np.sin(x[1]), x[2] ** 2 * x[0]])


def squared(x: Any) -> Any:
    return x**2


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("fun", [network, recurrence, branched, listed])
def test_one_sweep(maker: Any, fun: Any) -> None:
    """No loop over unit vectors is in the source that ran, and none is needed for the numbers."""
    whole = maker(fun)
    found = whole(X)
    assert "_vmap(" in whole.source and "lane" not in whole.source
    for size in (1, 2, 100):
        part = maker(fun, chunk_size=size)
        np.testing.assert_allclose(part(X), found, rtol=1e-13, atol=1e-15)
    step = 1e-30
    truth = [fun(X + step * 1j * unit).imag / step for unit in np.eye(3)] if fun is network else []
    for k, column in enumerate(truth):
        np.testing.assert_allclose(found[:, k], column, rtol=1e-13)


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("size", [None, 1, 2])
def test_the_function_runs_once(maker: Any, size: int | None) -> None:
    """One draw from the generator, whatever the number of sweeps: its state shows how many."""

    def noisy(x: Any, rng: Any) -> Any:
        return rng.normal(size=3) * x**2

    maker(noisy, chunk_size=size)(X, np.random.default_rng(0))  # now "auto" knows the size
    rng, other = np.random.default_rng(1), np.random.default_rng(1)
    found = maker(noisy, chunk_size=size)(X, rng)
    np.testing.assert_allclose(found, np.diag(other.normal(size=3) * 2.0 * X), rtol=1e-14)
    assert rng.normal() == other.normal()


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("size", [None, 1])
def test_arguments_are_written_to_once(maker: Any, size: int | None) -> None:
    def doubling(x: Any, log: Any) -> Any:
        log += 1.0
        return x**2 * log

    log = np.zeros(3)
    found = maker(doubling, chunk_size=size)(X, log)
    np.testing.assert_array_equal(log, np.ones(3))
    np.testing.assert_allclose(found, np.diag(2.0 * X), rtol=1e-14)


def test_wide_results_go_forward() -> None:
    """Which mode "auto" takes is seen in the source, at the first call and at the second."""
    tall, wide = sx.jacobian(lambda x: np.outer(x, x)), sx.jacobian(lambda x: x[:2] ** 2)
    for jacobian, name in ((tall, "_jvp"), (wide, "_bwd")):
        for _ in range(2):
            jacobian(X)
            assert name in jacobian.source


def peak(function: Any) -> int:
    function()
    tracemalloc.start()
    function()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("maker", MAKERS)
def test_chunks_bound_the_memory(maker: Any) -> None:
    def deep(x: Any) -> Any:
        return np.sum(np.tanh(x[:, None] * np.linspace(0.0, 1.0, 200)), axis=1)

    x = np.linspace(0.0, 1.0, 40)
    whole, parts = maker(deep), maker(deep, chunk_size=4)
    np.testing.assert_allclose(whole(x), parts(x), rtol=1e-14)
    all_at_once = 40 * 40 * 200 * 8
    assert peak(lambda: whole(x)) > all_at_once
    assert peak(lambda: parts(x)) < all_at_once / 3


@pytest.mark.parametrize("maker", [*MAKERS, sx.hessian])
@pytest.mark.parametrize(
    ("size", "error"), [(0, ValueError), (-1, ValueError), (2.0, TypeError), (True, TypeError)]
)
def test_sizes_of_chunks(maker: Any, size: Any, error: Any) -> None:
    with pytest.raises(error, match="chunk_size is"):
        maker(squared, chunk_size=size)
    with pytest.raises(error, match="chunk_size is"):
        sx.batched_jacobian(squared, np.eye(3), chunk_size=size)


def test_chunks_of_hessians_and_batches() -> None:
    energy = lambda x: np.sum(np.exp(x)) * x[0]
    whole = sx.hessian(energy)(X)
    np.testing.assert_allclose(sx.hessian(energy, chunk_size=2)(X), whole, rtol=1e-14)
    entries = lambda x: np.sin(x) * x[:, :1]
    batch = np.stack([X, 2.0 * X])
    for mode in ("forward", "reverse"):
        got = sx.batched_jacobian(entries, batch, mode=mode, chunk_size=2)
        np.testing.assert_array_equal(got, sx.batched_jacobian(entries, batch, mode=mode))


def test_as_a_derivative_function() -> None:
    class Model:
        scale = 2.0

        @sx.jacrev
        def run(self, x):
            """Scale."""
            return x * self.scale

    np.testing.assert_array_equal(Model().run(X), 2.0 * np.eye(3))
    jacobian = sx.jacfwd(squared)
    again = pickle.loads(pickle.dumps(jacobian))
    np.testing.assert_array_equal(again(X), jacobian(X))
    assert "squared_jvp_vmap" in sx.source(jacobian, X)
    assert jacobian.__name__ == "squared_jacobian" and jacobian.__wrapped__ is squared
    with pytest.raises(TypeError, match="depends on its arguments"):
        _ = sx.jacrev(squared).source


def test_real_and_complex() -> None:
    z = np.array([1.0 + 2.0j, 0.5 - 1.0j])
    turned = lambda x: x * (1.0 + 2.0j)
    for maker in (sx.jacfwd, sx.jacobian):
        np.testing.assert_allclose(maker(turned)(X), (1.0 + 2.0j) * np.eye(3), rtol=1e-15)
    with pytest.raises(TypeError, match="complex result"):
        sx.jacrev(turned)(X)
    for maker in (sx.jacrev, sx.jacobian):
        rows = maker(lambda z: np.abs(z) ** 2)(z)
        np.testing.assert_allclose(rows, np.diag(2.0 * np.conj(z)), rtol=1e-14)
    with pytest.raises(TypeError, match="complex numbers"):
        sx.jacfwd(lambda z: np.abs(z) ** 2)(z)
    with pytest.raises(TypeError, match="real results"):
        sx.jacrev(np.abs, holomorphic=True)(z)


@pytest.mark.parametrize("maker", MAKERS)
def test_arguments_that_are_picked(maker: Any) -> None:
    np.testing.assert_array_equal(maker(lambda *a: a[0] * a[1], 1)(X, X), np.diag(X))
    with pytest.raises(TypeError, match="argnums picks argument 2"):
        maker(lambda a, b: a * b, 2)(X, X)
    with pytest.raises(TypeError, match="count"):
        maker(lambda n: np.ones(n))(3)
    assert maker(lambda x: x[:0])(X).shape == (0, 3)
    assert maker(lambda x: np.ones(2) * np.sum(x))(np.zeros(0)).shape == (2, 0)
    single = X.astype(np.float32)
    assert maker(lambda x: np.tanh(x) * x[0])(single).dtype == np.float32


# Inside functions: the same as outside, and differentiable again

INSIDE = {
    "a vector": (network, (X,), ""),
    "a matrix": (lambda a: np.sin(a) @ a.T, (W[:2],), ""),
    "of a number": (lambda t: np.array([t, t * t]), (0.3,), ""),
    "a number": (lambda x: np.sum(x**3), (X,), ""),
    "a dict": (lambda p: {"u": p["w"] * p["b"], "v": np.sum(p["w"])}, ({"w": X, "b": 0.5},), ""),
    "a tuple": (lambda x: (x**2, [np.sum(x) * x, x[0] ** 3], 7), (X,), ""),
    "a namedtuple": (lambda p: Pair(p.a * p.b, np.sum(p.a**2)), (Pair(X, X + 1.0),), ""),
    "an object": (lambda p: p.w * p.b**2, (Layer(X, 0.5),), ""),
    "to an object": (lambda x: Layer(x**2, x[0] ** 3), (X,), ""),
    "two arguments": (lambda a, b: a * b * b, (X, W), "argnums=(1, 0), "),
    "with aux": (lambda x: (x**2 * x[0], {"k": x * 2.0}), (X,), "has_aux=True, "),
    "beside None": (lambda p: p[0] ** 2, ((X, None),), ""),
    "in place": (recurrence, (X,), ""),
}  # fmt: skip


def numbers(value: Any) -> list[Any]:
    return [np.asarray(leaf) for _, leaf in leaves(value) if is_number(leaf)]


def is_number(leaf: Any) -> bool:
    return isinstance(leaf, (float, np.ndarray, np.inexact)) and np.asarray(leaf).dtype.kind == "f"


def moved(args: Any, along: Any, step: float) -> Any:
    return mapped(lambda leaf, dot: leaf + step * dot if is_number(leaf) else leaf, args, along)


@pytest.mark.parametrize(("name", "size"), [(name, None) for name in INSIDE] + [
    (name, 2) for name in ("a vector", "a dict", "a tuple", "with aux")
])  # fmt: skip
@pytest.mark.parametrize("maker", MAKERS)
def test_inside(maker: Any, name: str, size: int | None) -> None:
    fun, args, options = INSIDE[name]
    given = ", ".join("ab"[: len(args)])
    text = [f"def inside({given}):", f"    return m(f, {options}chunk_size={size})({given})"]
    inside = written("inside", text, {"m": maker, "f": fun})
    rng = np.random.default_rng(0)
    along = mapped(
        lambda leaf: rng.normal(size=np.shape(leaf))[()] if is_number(leaf) else None, args
    )
    value, dot = sx.jvp(inside, args, along)
    for got, want in zip(numbers(value), numbers(inside(*args)), strict=True):
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)
    step = 1e-6
    after, before = inside(*moved(args, along, step)), inside(*moved(args, along, -step))
    for got, high, low in zip(numbers(dot), numbers(after), numbers(before), strict=True):
        np.testing.assert_allclose(got, (high - low) / (2.0 * step), rtol=1e-6, atol=1e-8)


def test_inside_it_is_one_sweep() -> None:
    loss = lambda x: np.sum(sx.jacrev(network)(x) ** 2)
    assert "for " not in sx.source(sx.grad(loss), X)
    square = lambda x: np.sum(sx.jacobian(np.sin)(x))
    assert "if x" not in sx.source(sx.grad(square), X)  # its size is known not to grow


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
@pytest.mark.parametrize("axis", [0, -1])
def test_batched_jacobians_inside(mode: str, axis: int) -> None:
    entries = lambda x: np.sin(x) * np.sum(x, axis=1 + axis, keepdims=True)
    text = ["def loss(x):", f"    j = bj(f, x, batch_axis={axis}, mode={mode!r})",
            "    return np.sum(j**2)"]  # fmt: skip
    loss = written("loss", text, {"bj": sx.batched_jacobian, "f": entries, "np": np})
    x = np.random.default_rng(4).normal(size=(4, 3))
    value, gradient = sx.value_and_grad(loss)(x)
    np.testing.assert_allclose(value, loss(x), rtol=1e-13)
    along = np.random.default_rng(5).normal(size=x.shape)
    slope = (loss(x + 1e-6 * along) - loss(x - 1e-6 * along)) / 2e-6
    np.testing.assert_allclose(np.sum(gradient * along), slope, rtol=1e-7)


def test_numbers_of_entries_inside() -> None:
    with pytest.raises(ValueError, match="has 3 entries .* has 2"):
        sx.grad(lambda x: np.sum(sx.batched_jacobian(lambda y: y[1:] ** 2, x)))(W)


def test_auxiliary_inside() -> None:
    """A part of what `jvp` gives may differ from lane to lane, while another does not."""
    f = lambda t: (t**2 * t[0], {"k": t * 2.0})
    rows = lambda a: sx.vmap(lambda u: sx.jvp(f, (a,), (u,), has_aux=True)[1])(np.eye(3))
    want = sx.jacfwd(lambda t: f(t)[0])(X).T
    np.testing.assert_allclose(sx.jvp(rows, (X,), (X,))[0], want, rtol=1e-14)


# Linearised functions and pullbacks of any structure, called again and again


def test_linearised_objects() -> None:
    f = lambda p: {"u": p.a * np.sin(p.b), "v": (np.sum(p.a), None)}
    p, along = Pair(X, X + 1.0), Pair(np.ones(3), X)
    _, push = sx.linearize(f, p)
    want = sx.jvp(f, (p,), (along,))[1]
    for _ in range(2):
        got = push(along)
        np.testing.assert_allclose(got["u"], want["u"], rtol=1e-14)
        assert got["v"] == want["v"]
    _, push = sx.linearize(lambda d: Layer(d.w * d.b, d.b), Layer(X, 2.0))
    got = push(Layer(X, 1.0, None))
    np.testing.assert_allclose(got.w, 3.0 * X, rtol=1e-14)
    assert got.name == "layer"
    np.testing.assert_allclose(sx.hvp(lambda p: np.sum(p.a**3 * p.b), p, p).b, 3.0 * X**3)


def test_pullbacks_do_not_use_themselves_up() -> None:
    """The backward sweep pops from lists and writes to shadows: from copies, each time."""

    def f(x, rng):
        y, z = x * rng.normal(), np.zeros(3)
        for k in range(3):
            y = np.sin(y) * x
            z[k] = y[k] * y[0]
        return y * z

    rng = np.random.default_rng(0)
    _, pull = sx.vjp(f, X, rng)
    drawn = rng.bit_generator.state
    first, other = pull(np.ones(3))[0], pull(X)[0]
    np.testing.assert_array_equal(pull(np.ones(3))[0], first)
    np.testing.assert_allclose(pull(np.ones(3) + X)[0], first + other, rtol=1e-13)
    rows = sx.vmap(lambda bar: pull(bar)[0])(np.stack([np.ones(3), X]))
    np.testing.assert_allclose(rows, [first, other], rtol=1e-14)
    np.testing.assert_array_equal(pull(X)[0], other)
    assert rng.bit_generator.state == drawn
