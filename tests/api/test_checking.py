"""`check_grads` lets right derivatives pass and finds wrong ones."""

import numpy as np
import pytest

import srcxform as sx
from srcxform.api import checking


def f(x, params, n):
    return np.sum(np.sin(x) * params["w"]) ** n, params["b"] * x[0]


ARGS = (np.array([0.3, 0.8]), {"w": np.array([1.1, 0.7]), "b": 0.4, "name": "a"}, 2)


@pytest.mark.parametrize("modes", ["fwd", "rev", ("fwd", "rev"), ["rev"]])
def test_right_derivatives_pass(modes) -> None:
    sx.check_grads(f, ARGS, modes=modes)


def test_higher_orders() -> None:
    sx.check_grads(lambda x, y: np.exp(x) * y**3, (0.3, 0.7), order=3)


def test_single_precision() -> None:
    sx.check_grads(lambda x: np.sum(np.exp(x)), (np.float32([0.3, 0.7]),))


def test_complex_numbers() -> None:
    sx.check_grads(lambda z: z * np.exp(z), (0.3 + 0.4j,))


class Wrong:
    """Off by one part in a million, as a rule with a wrong constant would be."""

    def __call__(self, primals, tangents):
        out, dot = sx.jvp(np.sin)(primals, tangents)
        return out, dot * (1.0 + 1e-6)


def test_wrong_tangents_are_found(monkeypatch) -> None:
    monkeypatch.setattr(checking, "forward_of", lambda fun: Wrong())
    with pytest.raises(AssertionError, match="jvp of `sin` differs"):
        sx.check_grads(np.sin, (0.5,), modes="fwd")
    sx.check_grads(np.sin, (0.5,), modes="fwd", rtol=1e-5)
    with pytest.raises(AssertionError):
        sx.check_grads(np.sin, (0.5,), modes="fwd", atol=1e-12, rtol=1e-12)


def test_wrong_cotangents_are_found(monkeypatch) -> None:
    def wrong(fun, *args):
        out, pullback = sx.vjp(fun, *args)
        return out, lambda bar: (pullback(bar)[0] * (1.0 + 1e-6),)

    monkeypatch.setattr(checking, "vjp", wrong)
    with pytest.raises(AssertionError, match="vjp of `sin` differs"):
        sx.check_grads(np.sin, (0.5,), modes="rev")


def test_nan_is_a_difference(monkeypatch) -> None:
    class NotANumber:
        def __call__(self, primals, tangents):
            return 0.0, float("nan")

    monkeypatch.setattr(checking, "forward_of", lambda fun: NotANumber())
    with pytest.raises(AssertionError):
        sx.check_grads(np.sin, (0.5,), modes="fwd")


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        ((3, (1.0,)), {}, TypeError, "function"),
        ((np.sin, 0.5), {}, TypeError, r"write \(x,\)"),
        ((np.sin, ("a",)), {}, TypeError, "floating-point"),
        ((np.sin, (0.5,)), {"order": 0}, ValueError, "order"),
        ((np.sin, (0.5,)), {"order": 1.5}, ValueError, "order"),
        ((np.sin, (0.5,)), {"modes": "both"}, ValueError, "modes"),
        ((np.sin, (0.5,)), {"modes": ()}, ValueError, "modes"),
    ],
)
def test_wrong_calls(arguments, options, error, says) -> None:
    with pytest.raises(error, match=says):
        sx.check_grads(*arguments, **options)
