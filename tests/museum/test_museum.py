"""Every exhibit of the museum: right in both modes and at second order, or refused.

For each: the value that comes with a derivative is the program's own, bit by bit; the gradient is
the closed form (or agrees with differences); forward mode agrees with it; and where the closed form
is smooth, the second derivative agrees with differences of the closed form, forward over reverse
and reverse over reverse.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import oracles
import pytest

import srcxform as sx
from museum import Exhibit, exhibits

EXACT, DIFFERENCES = 1e-12, 1e-8

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def is_complex(exhibit: Exhibit) -> bool:
    """Whether an argument is complex: the second derivative is then not one matrix."""
    return any(np.iscomplexobj(exhibit.args[i]) for i in exhibit.wrt)


right = [e for e in exhibits() if e.refused is None]
refused = [e for e in exhibits() if e.refused is not None]
shown = pytest.mark.parametrize("exhibit", right, ids=lambda e: e.name)
curved = pytest.mark.parametrize("exhibit", [e for e in right if e.curved], ids=lambda e: e.name)


def test_collection() -> None:
    threads = {thread for e in exhibits() for thread in e.threads}
    systems = {thread.split("#")[0] for thread in threads}
    assert len(exhibits()) >= 60
    assert len(threads) >= 60
    assert len(systems) >= 15


@shown
def test_gradient(exhibit: Exhibit) -> None:
    value, gradient = sx.value_and_grad(exhibit.function, argnums=exhibit.wrt)(*exhibit.arguments())
    check_value(exhibit, value)
    assert oracles.close(gradient, truth(exhibit), accuracy(exhibit)), (gradient, truth(exhibit))
    for part, arg in zip(gradient, differentiated(exhibit), strict=True):
        assert np.shape(part) == np.shape(arg)


@shown
def test_forward(exhibit: Exhibit) -> None:
    directions = tangents(exhibit, 3)
    value, slope = sx.jvp(exhibit.function, exhibit.arguments(), spread(exhibit, directions))
    check_value(exhibit, value)
    expected = sum(paired(g, d) for g, d in zip(truth(exhibit), directions, strict=True))
    assert oracles.close(slope, expected, accuracy(exhibit)), (slope, expected)


@curved
def test_second_order(exhibit: Exhibit) -> None:
    """H u from forward over reverse against differences of the truth; then u H v both ways."""
    u, v = tangents(exhibit, 5), tangents(exhibit, 7)
    gradient = sx.grad(exhibit.function, argnums=exhibit.wrt)
    _, turned = sx.jvp(gradient, exhibit.arguments(), spread(exhibit, u))

    along = along_curve(exhibit, u)
    if exhibit.gradient is not None:
        expected = oracles.richardson(lambda s: list(form(exhibit, along(s))), (0.0,), (0,), (1.0,))
        assert oracles.close(turned, expected[0], DIFFERENCES), (turned, expected)

    _, pullback = sx.vjp(gradient, *exhibit.arguments())
    bars = pullback(v)
    chosen = [bars[i] for i in exhibit.wrt]
    assert oracles.close(oracles.dot(chosen, list(u)), oracles.dot(list(v), list(turned)), 1e-10)


@pytest.mark.parametrize("exhibit", refused, ids=lambda e: e.name)
def test_refused(exhibit: Exhibit) -> None:
    """Reverse mode says what it cannot do; forward mode says so too, or is right."""
    error = getattr(sx.errors, str(exhibit.refused))
    with pytest.raises(error):
        sx.grad(exhibit.function, argnums=exhibit.wrt)(*exhibit.arguments())
    try:
        test_forward(exhibit)
    except error:
        pass


def differentiated(exhibit: Exhibit) -> list[Any]:
    """The differentiated arguments."""
    return [exhibit.args[i] for i in exhibit.wrt]


def check_value(exhibit: Exhibit, value: Any) -> None:
    assert oracles.identical(value, exhibit.function(*exhibit.arguments()))


def accuracy(exhibit: Exhibit) -> float:
    """What the truth allows."""
    return DIFFERENCES if exhibit.gradient is None else EXACT


def form(exhibit: Exhibit, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The closed form, a part for each differentiated argument."""
    assert exhibit.gradient is not None
    parts = exhibit.gradient(*args)
    return parts if len(exhibit.wrt) > 1 else (parts,)


def truth(exhibit: Exhibit) -> tuple[Any, ...]:
    """The gradient: the closed form, or differences along each coordinate."""
    if exhibit.gradient is not None:
        return form(exhibit, exhibit.arguments())
    return tuple(slopes(exhibit, i) for i in exhibit.wrt)


def slopes(exhibit: Exhibit, position: int) -> Any:
    """The partial derivatives in one argument, by extrapolated differences."""
    arg = np.asarray(exhibit.args[position])
    out = np.zeros(arg.shape)
    for index in np.ndindex(arg.shape):
        direction = np.zeros(arg.shape)
        direction[index] = 1.0
        tangent = direction if arg.shape else float(direction)
        wrt, given = (position,), (tangent,)
        out[index] = oracles.richardson_jvp(exhibit.function, exhibit.args, wrt, given)[0]
    return out


def tangents(exhibit: Exhibit, seed: int) -> tuple[Any, ...]:
    """Random directions in the differentiated arguments, complex ones where these are complex."""
    generator = np.random.default_rng(seed)
    out = []
    for arg in differentiated(exhibit):
        drawn = generator.uniform(0.5, 1.5, np.shape(arg)) * generator.choice(
            [-1, 1], np.shape(arg)
        )
        if np.iscomplexobj(arg):
            drawn = drawn + 1j * generator.uniform(-1.0, 1.0, np.shape(arg))
        out.append(
            drawn
            if isinstance(arg, np.ndarray)
            else drawn.item()
            if hasattr(drawn, "item")
            else drawn
        )
    return tuple(out)


def spread(exhibit: Exhibit, directions: tuple[Any, ...]) -> tuple[Any, ...]:
    """Tangents of all arguments: zeros where nothing is differentiated."""
    return oracles.directions(exhibit.arguments(), exhibit.wrt, directions)


def paired(gradient: Any, direction: Any) -> float:
    """The directional derivative, Re(g d) in the convention du/dx - i du/dy."""
    return float(np.real(np.sum(np.asarray(gradient) * direction)))


def along_curve(
    exhibit: Exhibit, directions: tuple[Any, ...]
) -> Callable[[float], tuple[Any, ...]]:
    def along(s: float) -> tuple[Any, ...]:
        args = list(exhibit.arguments())
        for i, direction in zip(exhibit.wrt, directions, strict=True):
            args[i] = args[i] + s * direction
        return tuple(args)

    return along
