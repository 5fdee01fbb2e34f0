"""Looking at generated code: `.source`, `inspect`, breakpoints and tracebacks.

Truth is what runs: a source that is shown is run again, and has to give what the derivative gave.
"""

import ast
import functools
import inspect
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import srcxform as sx

X = np.array([0.5, -0.3, 0.2])


def loss(x, k=2.0):
    return np.sum(x * x) * k


def vector(x):
    return np.sin(x) * x[0]


class Scaled:
    """Has methods and a derivative among them."""

    def __init__(self, k):
        self.k = k

    def value(self, x):
        return self.k * np.sum(x**2)

    @sx.grad
    def slope(self, x):
        return self.k * np.sum(x**3)

    def __call__(self, x):
        return self.value(x) * 2.0


@sx.grad
def decorated(x):
    return np.sum(x**4)


SCALED = Scaled(3.0)
DERIVED: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("grad", sx.grad(loss), (X,)),
    ("value_and_grad", sx.value_and_grad(loss), (X,)),
    ("jvp", sx.jvp(loss), ((X,), (X,))),
    ("jacfwd", sx.jacfwd(vector), (X,)),
    ("jacrev", sx.jacrev(vector), (X,)),
    ("jacobian", sx.jacobian(vector), (X,)),
    ("hessian", sx.hessian(loss), (X,)),
    ("vmap", sx.vmap(loss), (np.array([X, X]),)),
    ("grad of grad", sx.grad(lambda t: np.sum(sx.grad(loss)(t))), (X,)),
    ("of a method", sx.grad(SCALED.value), (X,)),
    ("method", SCALED.slope, (X,)),
    ("of a partial", sx.grad(functools.partial(loss, k=3.0)), (X,)),
    ("of a callable", sx.grad(SCALED), (X,)),
    ("of a ufunc", sx.grad(np.sin), (0.3,)),
    ("decorated", decorated, (X,)),
    ("pullback", sx.vjp(loss, X)[1], (1.0,)),
    ("linearised", sx.linearize(loss, X)[1], (X,)),
    ("transposed", sx.linear_transpose(lambda t: 2.0 * t, X), (X,)),
]
derived = pytest.mark.parametrize(
    ("made", "args"), [pytest.param(made, args, id=name) for name, made, args in DERIVED]
)


@derived
def test_every_derivative_shows_its_source(made: Any, args: tuple[Any, ...]) -> None:
    text = sx.source(made, *args)
    assert [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    made(*args)
    assert made.source == text
    module = types.ModuleType("shown")
    exec(compile(text, "<shown>", "exec"), module.__dict__)  # it is whole


def test_source_of_what_is_no_derivative() -> None:
    with pytest.raises(TypeError, match=r"inspect\.getsource"):
        sx.source(loss, X)


@pytest.mark.parametrize("made", [sx.grad(loss), sx.jvp(loss), sx.vmap(loss), sx.hessian(loss)])
def test_getsource_of_a_derivative_is_the_users_function(made: Any) -> None:
    assert inspect.unwrap(made) is loss
    assert inspect.getsource(made) == inspect.getsource(loss)


def test_getsource_of_a_method_that_is_a_derivative() -> None:
    assert "self.k * np.sum(x**3)" in inspect.getsource(SCALED.slope)
    assert "np.sum(x**4)" in inspect.getsource(decorated)


@pytest.mark.parametrize(
    ("made", "name", "parameters"),
    [
        (sx.vjp(loss, X)[1], "loss_bwd", ["out_bar"]),
        (sx.linearize(loss, X)[1], "pull_bwd", ["tangent_1"]),
        (sx.linearize(lambda x, y: x * y, 2.0, 3.0)[1], "pull_bwd", ["tangent_1", "tangent_2"]),
    ],
)
def test_getsource_of_a_linear_map_is_generated(
    made: Any, name: str, parameters: list[str]
) -> None:
    text = inspect.getsource(made)
    assert text.startswith(f"def {name}(residuals") and text in made.source
    assert list(inspect.signature(made).parameters) == parameters


def test_maps_of_nothing_have_no_source() -> None:
    _, pullback = sx.vjp(lambda: 2.0)
    assert pullback.source == "" and not hasattr(pullback, "__wrapped__")
    _, linear = sx.linearize(lambda: 2.0)
    assert linear.source == "" and not hasattr(linear, "__wrapped__")


# Breakpoints


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, dict[str, Any]]]]:
    """Note where `breakpoint()` stops: the function, the line that is shown, its variables."""
    found: list[tuple[str, str, dict[str, Any]]] = []

    def hook(*args: Any, **kwargs: Any) -> None:
        frame = sys._getframe(1)
        lines, first = inspect.getsourcelines(frame.f_code)
        shown = lines[frame.f_lineno - first].strip()
        found.append((frame.f_code.co_name, shown, dict(frame.f_locals)))

    monkeypatch.setattr(sys, "breakpointhook", hook)
    yield found


def stopping(x):
    y = x * x
    breakpoint()
    return y * x


def around(x):
    return stopping(x) + x


@sx.custom_jvp
def ruled(x):
    return x * x


@ruled.defjvp
def ruled_jvp(primals, tangents):
    breakpoint()
    return ruled(primals[0]), 2.0 * primals[0] * tangents[0]


@sx.custom_vjp
def pulled(x):
    return x * x


def pulled_fwd(x):
    breakpoint()
    return x * x, x


def pulled_bwd(x, bar):
    breakpoint()
    return (2.0 * x * bar,)


pulled.defvjp(pulled_fwd, pulled_bwd)


@pytest.mark.parametrize("function", [stopping, around])
def test_breakpoints_stop_in_the_derivative(stops: Any, function: Callable[..., Any]) -> None:
    """The function's own variables are there, beside their tangents."""
    _, slope = sx.jvp(function, (2.0,), (1.0,))
    assert slope == 12.0 + (function is around)
    ((name, shown, variables),) = stops
    assert (name, shown) == (f"{function.__name__}_jvp", "breakpoint()")
    assert variables["x"] == 2.0 and variables["x_dot"] == 1.0
    assert 4.0 in variables.values()  # x * x, before the stop as in the function
    sx.grad(function)(2.0)
    assert [(stop[0], stop[1]) for stop in stops[1:]] == [
        (f"{function.__name__}_grad", "breakpoint()")
    ]


def test_breakpoints_in_rules(stops: Any) -> None:
    sx.jvp(lambda x: ruled(x) * x, (2.0,), (1.0,))
    assert [(stop[0], stop[1]) for stop in stops] == [("ruled_jvp", "breakpoint()")]
    assert stops[0][2]["primals"] == (2.0,)
    stops.clear()
    assert sx.grad(lambda x: pulled(x) * x)(2.0) == 12.0
    assert [stop[0] for stop in stops] == ["pulled_fwd", "pulled_bwd"]


def test_a_forward_rule_that_is_transposed_stops_where_it_is_written_out(stops: Any) -> None:
    assert sx.grad(lambda x: ruled(x) * x)(2.0) == 12.0
    assert stops and all(shown == "breakpoint()" for _, shown, _ in stops)


# Tracebacks


def strict(x):
    y = x * 2.0
    if y > 1.0:
        raise ValueError(f"too large: {y}")
    return y


def above(x):
    return strict(x) * 3.0


def short(x):
    a = np.zeros(2)
    return strict(x) + a[5] * x


@pytest.mark.parametrize(
    ("function", "x", "error", "shown"),
    [
        (above, 2.0, ValueError, 'raise ValueError(f"too large: {y}")'),
        (short, 0.2, IndexError, "a[5]"),
    ],
)
@pytest.mark.parametrize(
    "derive", [lambda f, x: sx.grad(f)(x), lambda f, x: sx.jvp(f, (x,), (1.0,))]
)
def test_tracebacks_show_the_line_that_raises(
    function: Any, x: float, error: type[Exception], shown: str, derive: Any
) -> None:
    with pytest.raises(error) as caught:
        derive(function, x)
    with pytest.raises(error) as own:
        function(x)
    assert str(caught.value) == str(own.value)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert last.name.startswith(function.__name__) and last.line is not None
    assert shown in last.line
    frame = traceback.walk_tb(caught.value.__traceback__)
    *_, (innermost, _) = frame
    assert shown in inspect.getsource(innermost)
