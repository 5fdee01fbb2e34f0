"""`jit`: compiled code computes what Python does, or raises, or is refused with the user's line."""

import functools
import inspect
import math
import os
import pickle
import random
import sys
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from programs import Example, corpus
from programs.shares import ALL
from test_programs import is_scalar

import srcxform as sx
from srcxform import grad, hessian, jit, jvp, linearize, vjp, vmap

X = np.array([0.3, 1.2, -0.7])
Pair = namedtuple("Pair", "left right")


def wave(x):
    return np.sum(np.sin(x) * x**2)


def wave_slope(x):
    return np.cos(x) * x**2 + 2 * x * np.sin(x)


def wave_curvature(x):
    return np.diag((2 - x**2) * np.sin(x) + 4 * x * np.cos(x))


def close(value, truth):
    np.testing.assert_allclose(value, truth, rtol=1e-12, atol=1e-14)


def functions_run(fun, *args):
    """Give the names of the Python functions of which a call runs any line."""
    names = set()

    def watch(frame, event, arg):
        if event == "line":
            names.add(frame.f_code.co_name)
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        fun(*args)
    finally:
        sys.settrace(before)
    return names


def test_what_runs_is_compiled():
    def decay(x, n):
        for _ in range(n):
            x = x - 0.1 * x * x
        return x

    compiled, slope = jit(decay), jit(grad(decay))
    x, x_dot = 0.5, 1.0
    for _ in range(20):
        x, x_dot = x - 0.1 * x * x, x_dot - 0.2 * x * x_dot
    close(compiled(0.5, 20), x)
    close(slope(0.5, 20), x_dot)
    assert "decay_grad" in functions_run(grad(decay), 0.5, 20)
    assert not {"decay", "decay_jit"} & functions_run(compiled, 0.5, 20)
    assert not {"decay_grad", "decay_grad_jit"} & functions_run(slope, 0.5, 20)
    assert "def decay_jit(x, n):" in compiled.source
    assert compiled.source == sx.source(jit(decay), 0.5, 20)


PUSH, PULL = linearize(wave, X)[1], vjp(wave, X)[1]


@pytest.mark.parametrize(
    "compiled, args, truth",
    [
        (grad(jit(wave)), (X,), wave_slope(X)),
        (jit(grad(jit(wave))), (X,), wave_slope(X)),
        (vmap(jit(grad(wave))), (np.stack([X, 2 * X]),), [wave_slope(X), wave_slope(2 * X)]),
        (jit(vmap(wave, in_axes=1)), (np.stack([X, X], 1),), [wave(X), wave(X)]),
        (jit(jvp(wave)), ((X,), (X,)), (wave(X), wave_slope(X) @ X)),
        (jit(PULL), (2.0,), (2.0 * wave_slope(X),)),
        (jit(PUSH), (X,), wave_slope(X) @ X),
        (hessian(jit(wave)), (X,), wave_curvature(X)),
        (jit(functools.partial(np.power, 2.0)), (3.0,), 8.0),
        (jit(np.sin), (X,), np.sin(X)),
    ],
)
def test_compositions(compiled, args, truth):
    assert isinstance(compiled, type(jit(wave)))
    found = compiled(*args)
    if isinstance(truth, tuple):
        assert isinstance(found, tuple) and len(found) == len(truth)
        for one, other in zip(found, truth, strict=True):
            close(one, other)
    else:
        close(found, truth)


def test_inside_other_functions():
    def loss(x):
        return jit(wave)(x) * x[0]

    close(loss(X), wave(X) * X[0])
    close(grad(loss)(X), wave_slope(X) * X[0] + wave(X) * np.eye(3)[0])
    close(vjp(jit(wave), X)[1](1.0)[0], wave_slope(X))
    close(jvp(jit(wave), (X,), (X,))[1], wave_slope(X) @ X)


def test_containers_are_put_together_again():
    @jit
    def scaled(p, x, name):
        if name == "left":
            return {"out": p["w"] * x, "none": None, "pair": Pair(x[0], (p["b"], "text")), "l": [x]}
        return x

    found = scaled({"w": 2.0, "f": np.sin, "b": 3}, X, "left")
    assert list(found) == ["out", "none", "pair", "l"] and found["none"] is None
    close(found["out"], 2.0 * X)
    assert found["pair"] == Pair(0.3, (3, "text")) and type(found["pair"]) is Pair
    assert type(found["l"]) is list and found["l"][0].dtype == np.float64
    close(scaled({"w": 2.0, "f": np.sin, "b": 3}, X, "right"), X)
    assert type(jit(lambda x: x * x)(2.0)) is float
    assert type(jit(np.exp)(2.0)) is np.float64


SETTINGS = {"rate": 2.0, "name": "rising", "shift": X}


def test_captured_values_are_those_of_the_call():
    @jit
    def shifted(x):
        out = SETTINGS["rate"] * x + SETTINGS["shift"]
        return out if SETTINGS["name"] == "rising" else -out

    close(shifted(X), 3.0 * X)
    SETTINGS.update(rate=4.0, name="falling")
    close(shifted(X), -5.0 * X)
    SETTINGS.update(rate=2.0, name="rising")


def test_arrays_are_written_to_as_numpy_does():
    def overlapping(x):
        x[1:] += x[:-1]  # all that is read is read before anything is written
        diagonal = np.diag(np.outer(x, x))
        return x, diagonal

    x = np.arange(4.0)
    out, squares = jit(overlapping)(x)
    assert x.tolist() == [0.0, 1.0, 3.0, 5.0] and np.shares_memory(out, x)
    assert squares.tolist() == [0.0, 1.0, 9.0, 25.0]

    def seen(a):
        diagonal = np.diag(a)
        a[0, 0] = 7.0
        return diagonal[0]

    assert jit(seen)(np.eye(2)) == 7.0


@pytest.mark.parametrize(
    "function, args, error",
    [
        (lambda n: n * n, (2**40,), OverflowError),
        (lambda n, k: n**k, (3, 60), OverflowError),
        (lambda n, k: n**k, (2, -1), ValueError),
        (lambda x: 1.0 / x, (0.0,), ZeroDivisionError),
        (lambda x, y: x**y, (-8.0, 1 / 3), ValueError),
        (lambda x: math.log(x), (-1.0,), ValueError),
        (lambda x: math.exp(x), (1000.0,), OverflowError),
        (lambda x: int(x), (1e30,), OverflowError),
        (lambda x, k: x[k], (X, 3), IndexError),
        (lambda x, k: 1 << k, (X, 64), OverflowError),
    ],
)
def test_where_numba_would_be_wrong_it_raises(function, args, error):
    with pytest.raises(error):
        jit(function)(*args)


def test_integers_of_64_bits():
    def factorial(n):
        out = 1
        for k in range(n):
            out *= k + 1
        return out

    assert jit(factorial)(20) == math.factorial(20)
    with pytest.raises(OverflowError, match="64 bits"):
        jit(factorial)(21)


def test_only_the_function_of_a_rule_runs():
    @sx.custom_vjp
    def f(x):
        return np.sin(x)

    f.defvjp(lambda x: (f(x), x), lambda x, bar: (3.0 * bar,))
    close(jit(f)(2.0), np.sin(2.0))
    close(jit(grad(f))(2.0), 3.0)


class Layer:
    def __init__(self):
        self.w = 2.0 * X

    @jit
    def product(self, x):
        return self.w @ x

    @jit
    def counted(self, x):
        self.w = self.w + x
        return x


@jit
def documented(x, *rest, k=2.0):
    """Add up."""
    return k * x + sum(rest)


def test_wrapping():
    close(Layer().product(X), 2.0 * X @ X)
    assert documented(1.0, 3.0, k=4.0) == 7.0
    assert documented.__name__ == "documented_jit" and documented.__wrapped__(1.0) == 2.0
    assert str(inspect.signature(documented)) == "(x, *rest, k=2.0)"
    assert documented.__doc__.endswith("Add up.")
    assert jit(documented) is documented and callable(jit())
    assert pickle.loads(pickle.dumps(jit(wave)))(X) == pytest.approx(wave(X), rel=1e-14)
    with pytest.raises(TypeError, match="takes a function"):
        jit(3.0)


# --- refusals


def message(compiled, *args):
    with pytest.raises(sx.errors.UnsupportedError) as caught:
        compiled(*args)
    home = os.path.dirname(__file__) + os.sep
    assert caught.value.__cause__ is None
    return str(caught.value).replace(home, ""), caught.value.place


def measured(x):
    y = x * x
    return y * np.sum(np.tile(x, 2))


def test_refusal_of_numba():
    text, place = message(jit(measured), X)
    start = inspect.getsourcelines(measured)[1]
    assert (
        text
        == f"""this cannot be compiled to native code

  test_jit.py:{start + 2}, in measured
{start + 2:5} |     return y * np.sum(np.tile(x, 2))
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
why: Numba does not compile numpy.tile
instead: call the function without jit, or keep this part out of what is compiled"""
    )
    _, place = message(jit(grad(lambda x: np.sum(measured(x)))), X)
    assert (os.path.basename(place.file), place.line) == ("test_jit.py", start + 2)
    close(measured(X), X * X * 2.0 * np.sum(X))


def written(p, x):
    q = p["inner"]
    q["x"] = x
    return x


def test_refusal_of_a_container_that_is_written_to():
    text, _ = message(jit(written), {"inner": {"x": 0.0}}, 2.0)
    start = inspect.getsourcelines(written)[1]
    assert (
        text
        == f"""`p` cannot be written to in compiled code

  test_jit.py:{start + 1}, in written
{start + 1:5} |     q = p["inner"]
      |     ^^^^^^^^^^^^^^
why: compiled code is given what is in a list, dict or object, and not the thing itself
instead: return the new values, or call the function without jit"""
    )
    layer = Layer()
    assert message(layer.counted, X)[0].startswith("`self` cannot be written to in compiled code")
    assert layer.w.tolist() == (2.0 * X).tolist()
    assert jit(lambda p, x: {**p, "inner": x})({"inner": 0.0}, 2.0) == {"inner": 2.0}


def add_a_half(n):
    n += 0.5
    return n


def divided(n):
    n /= n
    return n


@pytest.mark.parametrize(
    "function, args, why",
    [
        (lambda x: x * 2.0, (X.astype(np.float32),), "float32 is not computed with as NumPy does"),
        (add_a_half, (np.arange(3),), "it cannot go on"),
        (divided, (np.arange(1, 3),), "it cannot go on"),
        (lambda x: round(x, 2), (2.675,), "rounds to digits"),
        (lambda n, k: n**k, (np.arange(3), -1), "negative powers of integers"),
        (lambda x: x * np.random.rand(), (2.0,), "random numbers of its own"),
        (lambda x: x * random.random(), (2.0,), "random numbers of its own"),
        (lambda a: a.T.reshape(-1), (np.ones((2, 3)),), "without a copy"),
        (lambda x: len(str(x)), (0.1,), "writes text in its own way"),
        (lambda x: ~(x > 1.0), (2.0,), "depends on whose it is"),
        (lambda a: (a[0] > 0) + (a[1] > 0), (X,), "arithmetic with two booleans"),
        (lambda x: x, (2**70,), "too big|too large"),
    ],
)
def test_refusals_of_what_numba_does_otherwise(function, args, why):
    with pytest.raises(sx.errors.UnsupportedError, match=why) as caught:
        jit(function)(*args)
    assert os.path.basename(caught.value.place.file) == "test_jit.py"


def linked(x):
    top = None
    for k in range(4):
        top = (x**k, top)
    return top[0]


def test_what_holds_one_like_itself_is_refused_at_once():
    """Numba would fill the memory with types."""
    with pytest.raises(sx.errors.UnsupportedError, match="holds one like itself"):
        jit(linked)(0.7)


def test_refusals_of_the_compiler_come_through():
    def refused(x):
        global SETTINGS
        SETTINGS = x
        return x

    text, _ = message(jit(refused), 2.0)
    assert text.startswith("`global` cannot be differentiated") and "test_jit.py" in text


def test_without_numba(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'srcxform\[jit\]'"):
        jit(wave)


# --- what stands for functions of NumPy that Numba does not know, or knows less of

M = np.linspace(-1.0, 1.0, 12).reshape(3, 4)
T = np.sin(np.arange(24.0)).reshape(2, 3, 4)

PRODUCTS = [
    (lambda m, x: np.einsum("ij,i->j", m, x) ** 2, (M, X)),
    (lambda m, t: np.einsum("ij,kij->k", m, t) ** 2, (M, T)),
    (lambda t, m: np.einsum("...ij,kj->...ik", t, m) ** 2, (T, M)),
    (lambda x, m, y: np.einsum("i,ij,j", x, m, y), (X, M, M[0])),
    (lambda m, x: np.einsum("ij,j->i", m, x) ** 2, (M, X[:1])),
    (lambda m: np.einsum("ii->i", m)[::-1] * np.einsum("ii", m), (M[:, :3],)),
    (lambda m, x: np.einsum("ij,j->i", m, x * 1j).imag, (M, M[1])),
    (lambda t, m: np.tensordot(t, m, axes=([2, 1], [1, 0])) ** 2, (T, M)),
    (lambda m, n: np.tensordot(m, n, 1)[1] ** 2, (M, M.T)),
    (lambda m, n: 2.0 * np.tensordot(m, n), (M, M * M)),
]
SHARES = [
    (lambda m: np.max(m * m, axis=1) * np.min(m), (M,)),
    (lambda x: np.clip(x, -0.5, 1.2) ** 2, (X,)),
    (lambda x: np.stack([x, x * x]) @ x, (X,)),
    (lambda m: np.concatenate([m, m * m], axis=1) ** 2, (M,)),
]


EQUATIONS = [
    (lambda a: sx.implicit.fixed_point(lambda y: 0.5 * (y + a / y), 1), 2.0),
    (lambda x: sx.implicit.fixed_point(lambda y: np.tanh(y * x[0] + x), np.ones(3)) * x, X),
    (lambda a: sx.implicit.root(lambda y: y * y - a, 1.0), 2.0),
    (lambda z: abs(sx.implicit.root(lambda y: y * y - z, 1j)), 1.0 + 2.0j),
    (lambda x: sx.implicit.root(lambda y: y**3 + x[0] * y - x, np.eye(3)), X + 1.0),
    (lambda b: sx.implicit.linear_solve(lambda y: np.diag(b) @ y, b * b), X),
    (lambda a: grad(lambda c: sx.implicit.linear_solve(lambda y: c * y, a))(a), 2.0),
]


@pytest.mark.parametrize("function, x", EQUATIONS[:: 1 if ALL else 2])
def test_equations_are_solved(function, x):
    def total(x):
        return np.sum(function(x))

    compare(function(x), jit(function)(x))
    compare(grad(total)(x), jit(grad(total))(x))


def test_equations_of_containers_are_refused_and_others_may_not_converge():
    def held(a):
        return sx.implicit.fixed_point(lambda p: {"y": np.cos(p["y"]) * a}, {"y": 0.5})["y"]

    def lost(a):
        return sx.implicit.fixed_point(lambda y: 2.0 * y + a, 0.5, limit=20)

    for function in (held, grad(held)):
        text, place = message(jit(function), 0.7)
        assert "is a container" in text and place.function.endswith("held")
    with pytest.raises(RuntimeError, match="did not converge"):
        jit(lost)(0.7)


def test_few_states_are_kept_by_python_only():
    @functools.partial(sx.checkpoint, snapshots=3)
    def stepped(x):
        for _ in range(9):
            x = x + 0.1 * np.sin(x)
        return x

    compare(stepped(X), jit(stepped)(X))
    text, place = message(jit(grad(lambda x: np.sum(stepped(x)))), X)
    assert "leave `snapshots` out" in text and place.function.endswith("stepped")


DTYPES = [
    (lambda x: np.asarray(x, dtype=float) ** 2, X),
    (lambda x: np.asarray([x, x], float) ** 2, X),
    (lambda x: np.array((x[0], 1, x[1] * x[2]), dtype=float) ** 2, X),
    (lambda x: np.abs(np.array(x, dtype=complex, copy=True) * 1j), X),
    (lambda x: np.asanyarray(x, dtype=float) ** 2, 2.0),
    (lambda x: np.asarray(x, float) ** 2 + np.arange(2, dtype=float), [0.7, 1.3]),
    (lambda x: np.zeros_like(x, dtype=float) + np.eye(3, dtype=float) @ x.astype(float), X),
]


@pytest.mark.parametrize("function, x", DTYPES[:: 1 if ALL else 2])
def test_types_of_python_are_dtypes(function, x):
    def total(x):
        return np.sum(function(x))

    compare(function(x), jit(function)(x))
    compare(grad(total)(x), jit(grad(total))(x))


def test_what_is_an_array_already_stays_the_same():
    def written(x):
        same, other = np.asarray(x, dtype=float), np.array(x, dtype=float)
        same[0], other[1] = 7.0, 9.0
        return np.sum(x * other)

    theirs, ours = X.copy(), X.copy()
    compare(written(theirs), jit(written)(ours))
    compare(theirs, ours)


# Numba takes seconds for each: every second of the products is tried; SRCXFORM_EVERY=1 tries all.
@pytest.mark.parametrize("function, args", PRODUCTS[:: 1 if ALL else 2] + SHARES)
def test_versions_of_functions_of_numpy(function, args):
    def total(*args):
        return np.sum(function(*args))

    compare(function(*args), jit(function)(*args))
    compare(grad(total)(*args), jit(grad(total))(*args))


def test_a_sum_that_adds_nothing_is_a_view():
    def cleared(m):
        m = m.copy()
        np.einsum("ii->i", m)[:] = 0.0
        return m

    compare(cleared(M[:, :3]), jit(cleared)(M[:, :3]))


# --- the corpus: SRCXFORM_EVERY=1 tries every program and gradient

EVERY = int(os.environ.get("SRCXFORM_EVERY", "140"))
pairs = [(e, False) for e in corpus()] + [(e, True) for e in corpus() if is_scalar(e)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "example, slope", pairs[::EVERY], ids=[f"{e.name}{'_grad' * g}" for e, g in pairs[::EVERY]]
)
def test_corpus(example: Example, slope: bool) -> None:
    function: Any = example.function
    if slope:
        function = grad(function, argnums=example.argnums)
    theirs, ours = example.arguments(), example.arguments()
    try:
        found = jit(function)(*ours)
    except sx.errors.SrcxformError as error:
        assert error.place is not None and "tests" in error.place.file
        return
    except OverflowError as error:
        assert "64 bits" in str(error)
        return
    compare(function(*theirs), found)
    compare(list(theirs), list(ours))


def compare(theirs: Any, ours: Any) -> None:
    if isinstance(theirs, (np.ndarray, float, complex)):
        one, other = np.asarray(theirs), np.asarray(ours)
        assert isinstance(ours, np.ndarray) == isinstance(theirs, np.ndarray)
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        size = np.max(np.abs(one), initial=0.0)
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-13 * (1.0 + size))
    elif isinstance(theirs, (list, tuple)):
        assert type(theirs) is type(ours) and len(theirs) == len(ours)
        for one, other in zip(theirs, ours, strict=True):
            compare(one, other)
    elif isinstance(theirs, dict):
        assert list(theirs) == list(ours)
        compare(list(theirs.values()), list(ours.values()))
    elif hasattr(theirs, "__dict__") and not callable(theirs):
        assert type(theirs) is type(ours)
        compare(vars(theirs), vars(ours))
    else:
        assert theirs is ours or theirs == ours or type(theirs) is type(ours)


def test_types_are_not_asked_of_compiled_code():
    """It has one type for `1 if ... else 2.5`, whichever of the two the value is."""

    def chosen(x):
        step = 1 if x > 0.5 else 2.5
        return x * 2.0 if isinstance(step, int) else x

    assert sx.grad(chosen)(0.7) == 2.0
    for function in (chosen, grad(chosen)):
        text, place = message(jit(function), 0.7)
        assert "which type a value has" in text and place.function.endswith("chosen")
