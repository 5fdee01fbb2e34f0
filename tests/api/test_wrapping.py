"""Derivative functions as objects: names, signatures, source, pickles, and when they recompile."""

import functools
import inspect
import pickle
import pydoc
import threading

import numpy as np
import pytest

import srcxform as sx

SCALE = 2.0


def loss(w, x, *, bias: float = 0.0) -> float:
    """The loss of a fit."""
    return np.sum((x * w + bias) ** 2)


@sx.grad
def decorated(x):
    return x * x * SCALE


def test_names_and_documentation() -> None:
    gradient = sx.grad(loss)
    assert gradient.__name__ == "loss_grad"
    assert gradient.__wrapped__ is loss
    assert gradient.__module__ == __name__
    assert "Gradient of `loss`" in gradient.__doc__
    assert "The loss of a fit." in gradient.__doc__
    assert sx.jvp(loss).__name__ == "loss_jvp"
    assert sx.value_and_grad(loss).__name__ == "loss_value_and_grad"
    assert sx.grad(sx.grad(loss)).__name__ == "loss_grad_grad"
    assert sx.grad(lambda x: x).__name__ == "lambda_grad"
    assert "loss_grad" in repr(gradient)


def test_signatures() -> None:
    assert str(inspect.signature(sx.grad(loss))) == "(w, x, *, bias: float = 0.0)"
    assert list(inspect.signature(sx.jvp(loss)).parameters) == ["primals", "tangents"]
    assert inspect.signature(sx.grad(np.trace)) == inspect.signature(np.trace)
    bound = functools.partial(loss, 1.0, bias=2.0)
    assert list(inspect.signature(sx.grad(bound)).parameters) == ["x"]
    assert list(inspect.signature(sx.grad(sx.jvp(loss))).parameters) == ["primals", "tangents"]
    assert "decorated_grad" in pydoc.render_doc(decorated, renderer=pydoc.plaintext)


def test_source_of_a_call() -> None:
    gradient = sx.grad(loss)
    gradient(np.ones(2), np.ones(2))
    assert "def loss_grad(w, x, bias" in gradient.source
    compile(gradient.source, "loss_grad", "exec")


def test_source_before_any_call() -> None:
    assert "def loss_grad(" in sx.grad(loss).source
    assert "def loss_jvp(" in sx.jvp(loss).source


def test_source_for_examples() -> None:
    gradient = sx.grad(loss)
    assert sx.source(gradient, np.ones(2), np.ones(2)) == sx.source(
        gradient, np.zeros(3), np.ones(3)
    )
    assert "x_dot" in sx.source(sx.jvp(np.sin), (0.1,), (1.0,))
    assert "_bwd" in sx.source(sx.vjp(loss, 1.0, 2.0)[1])
    with pytest.raises(TypeError, match="derivative function"):
        sx.source(loss)


def test_source_runs_nothing() -> None:
    ran = []

    def f(x):
        ran.append(1)
        return x * x

    def g(x):
        print("never")
        return x * x

    assert "def g_grad" in sx.source(sx.grad(g), 1.0)
    assert not ran


@pytest.mark.parametrize("fun", [loss, np.linalg.norm])
def test_pickles(fun) -> None:
    again = pickle.loads(pickle.dumps(sx.grad(fun, argnums=(0,))))
    assert again.__name__ == sx.grad(fun).__name__
    assert again._options["argnums"] == (0,)


def test_decorated_function_is_pickled_by_reference() -> None:
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    function = pickle.loads(pickle.dumps(loss))
    assert function is loss


def test_captured_values_are_current() -> None:
    k = 2.0
    f = lambda x: k * x * x
    gradient = sx.grad(f)
    assert gradient(3.0) == 12.0
    k = 5.0
    assert gradient(3.0) == 30.0
    k = np.array(7.0)
    assert gradient(3.0) == 42.0


def test_globals_are_current(monkeypatch) -> None:
    assert decorated(3.0) == 12.0
    monkeypatch.setitem(globals(), "SCALE", 4.0)
    assert decorated(3.0) == 24.0


def helper(x):
    return x * x


def with_helper(x):
    return helper(x) * x


def test_replaced_helpers_are_seen(monkeypatch) -> None:
    gradient = sx.grad(with_helper)
    assert gradient(2.0) == 12.0
    monkeypatch.setitem(globals(), "helper", lambda x: 5.0 * x)
    assert gradient(2.0) == 20.0
    monkeypatch.undo()
    assert gradient(2.0) == 12.0


def test_settings_choose_the_derivative() -> None:
    def f(x, mode, flag):
        if mode == "square":
            y = x * x
        else:
            y = x * x * x
        return -y if flag else y

    gradient = sx.grad(f)
    assert gradient(2.0, "square", False) == 4.0
    assert gradient(2.0, "cube", False) == 12.0
    assert gradient(2.0, "cube", True) == -12.0
    assert gradient(2.0, "square", 1) == -4.0
    assert gradient(2.0, "square", True) == -4.0


def test_shapes_and_dtypes_in_turn() -> None:
    gradient = sx.grad(lambda x, y: np.sum(x * y))
    for x, y in [
        (np.ones(3), np.ones((2, 3))),
        (np.ones((1, 3)), np.ones((2, 3))),
        (np.ones((2, 3)), np.ones(3)),
        (np.ones((2, 1)), np.ones((2, 3))),
        (2.0, np.ones(4)),
        (np.ones(4), 2.0),
        (np.ones(0), np.ones(1)),
        (np.ones(1), np.ones(0)),
    ]:
        for _ in range(2):
            want = np.zeros(np.shape(x)) + np.broadcast_to(
                y, np.broadcast_shapes(np.shape(x), np.shape(y))
            ).sum() * (1.0 / max(np.size(x), 1))
            got = gradient(x, y)
            assert np.shape(got) == np.shape(x)
            np.testing.assert_allclose(got, want, rtol=1e-15)


def test_wraps_does_not_share_derivatives() -> None:
    def f(x):
        return x * x

    assert sx.grad(f)(3.0) == 6.0

    @functools.wraps(f)
    def g(x):
        return 10.0 * f(x)

    assert sx.grad(g)(3.0) == 60.0


def test_exchanged_code_is_seen() -> None:
    """As reloading a module in a notebook does it."""

    def f(x):
        return x * x

    def g(x):
        return x**3

    gradient, forward = sx.grad(f), sx.jvp(f)
    assert (gradient(3.0), forward((3.0,), (1.0,))[1], sx.vjp(f, 3.0)[1](1.0)) == (6.0, 6.0, (6.0,))
    f.__code__ = g.__code__
    assert (gradient(3.0), forward((3.0,), (1.0,))[1]) == (27.0, 27.0)
    assert sx.vjp(f, 3.0)[1](1.0) == (27.0,)
    assert sx.grad(f)(3.0) == 27.0


def test_threads() -> None:
    gradient = sx.grad(lambda x, n: np.sum(x**3) * n)
    failed = []

    def work(n):
        for k in range(1, 5):
            got = gradient(np.full(k, 2.0), float(n))
            if not np.array_equal(got, np.full(k, 12.0 * n)):
                failed.append((n, k, got))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def cubed_sum(x):
    return np.sum(x**3)


def test_asking_for_a_source_that_is_not_there_yet() -> None:
    for made in (sx.jacfwd(cubed_sum), sx.hessian(cubed_sum), sx.vmap(cubed_sum)):
        assert not hasattr(made, "source")
        with pytest.raises(TypeError, match="depends on its arguments"):
            sx.source(made)
        made(np.ones((2, 2)))
        assert hasattr(made, "source")
