"""What a user reads when a function is refused, recorded as text, one file for each way.

For each function of `golden_errors/programs.py`:

- it raises this very text (`--update-golden` records it anew), by every transformation that
  refuses it, and twice, so that what is remembered of a function loses nothing;
- the text says what is refused, where, why, and what to write instead;
- where it is not reached it refuses nothing.
"""

import copy
import inspect
import re
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pytest
from golden_errors import (  # noqa: F401  (add to REFUSED)
    called,
    copied,
    either,
    outside,
    own_rules,
    rare,
    snapshots,
    stored,
    together,
    unknown,
)
from golden_errors.programs import REFUSED, Refused

import srcxform as sx

FOLDER = Path(__file__).parent / "golden_errors"

ways = pytest.mark.parametrize("way", REFUSED, ids=lambda way: way.name)
told = pytest.mark.parametrize(
    "way",
    [way for way in REFUSED if issubclass(way.error, sx.errors.SrcxformError)],
    ids=lambda way: way.name,
)


def derive(way: Refused, transform: str) -> Any:
    """Ask for a derivative that is refused."""
    args = copy.deepcopy(way.args)
    if transform == "grad":
        return sx.grad(way.function)(*args)
    tangents = tuple(oracles.random_like(3 + k, arg) for k, arg in enumerate(args))
    settings = [isinstance(arg, int) for arg in args]
    tangents = tuple(0.0 if fixed else dot for fixed, dot in zip(settings, tangents, strict=True))
    return sx.jvp(way.function, args, tangents)


def message(way: Refused, transform: str) -> str:
    """Give what a user reads, with files by their base names."""
    with pytest.raises(way.error) as caught:
        derive(way, transform)
    text = f"{type(caught.value).__name__}: {caught.value}\n"
    here = "|".join(re.escape(str(folder)) for folder in (FOLDER, Path(tempfile.gettempdir())))
    return re.sub(rf"({here})\S*/(\w+\.py)|({here})/(\w+\.py)", r"\2\4", text)


@ways
def test_text(way: Refused, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{way.name}.txt"
    if request.config.getoption("--update-golden"):
        path.write_text(message(way, way.transforms[0]), encoding="utf-8")
    expected = path.read_text(encoding="utf-8")
    for transform in (*way.transforms, *way.transforms):
        assert message(way, transform) == expected


def test_collection() -> None:
    """Every file is compared with something, and every error of the package occurs."""
    assert {path.stem for path in FOLDER.glob("*.txt")} == {way.name for way in REFUSED}
    assert len({way.name for way in REFUSED}) == len(REFUSED) >= 30
    derived = {sx.errors.UnsupportedError, sx.errors.NoDerivativeError,
               sx.errors.MutationError, sx.errors.SourceNotFoundError}  # fmt: skip
    assert derived <= {way.error for way in REFUSED}


@told
def test_parts(way: Refused) -> None:
    """What, where, why and instead: each is a sentence of its own, and where is the user's line."""
    with pytest.raises(way.error) as caught:
        derive(way, way.transforms[0])
    error = caught.value
    assert isinstance(error, sx.errors.SrcxformError)
    for part in (error.what, error.why, error.instead):
        assert part.strip() and part == part.strip() and not part.endswith(".")
    if error.place is not None and error.place.text:
        lines = Path(error.place.file).read_text(encoding="utf-8").splitlines()
        assert lines[error.place.line - 1] == error.place.text.splitlines()[0]
        rest = error.place.text[error.place.column :]
        assert rest and not rest[0].isspace()


@ways
def test_no_compiler_frames(way: Refused) -> None:
    """The traceback ends in the error; no second one is chained to it."""
    with pytest.raises(way.error) as caught:
        derive(way, way.transforms[0])
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


RULES = [
    way
    for way in REFUSED
    if way.error is sx.errors.NoDerivativeError and way.transforms[0] == "grad"
]


@pytest.mark.parametrize("way", RULES, ids=lambda way: way.name)
def test_a_pullback_refuses_what_the_gradient_does(way: Refused) -> None:
    """At once, or with the value known: a backward sweep that refuses needs nothing of it."""
    with pytest.raises(way.error):
        value, pullback = sx.vjp(way.function, *copy.deepcopy(way.args))
        assert oracles.identical(value, way.function(*copy.deepcopy(way.args)))
        pullback(oracles.random_like(3, value))


# --- where a refused construct is not reached


def guarded_by(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that calls `function` only where x is large."""

    def guarded(x: float) -> Any:
        if x > 1000.0:
            return np.sum(function(x))
        return x * np.sin(x)

    return guarded


NUMBERS = [pytest.param(way, id=way.name) for way in REFUSED if isinstance(way.args[0], float)]


@pytest.mark.parametrize("way", NUMBERS)
def test_not_reached(way: Refused) -> None:
    """A call that is not made refuses nothing; the same call, made, is refused."""
    function = guarded_by(way.function)
    expected = oracles.complex_step_jvp(lambda x: x * np.sin(x), (0.7,), (0,), (1.0,))
    assert oracles.close(sx.grad(function)(0.7), expected, 1e-12)
    assert oracles.close(sx.jvp(function, (0.7,), (1.0,))[1], expected, 1e-12)
    ours = issubclass(way.error, sx.errors.SrcxformError)
    with pytest.raises(sx.errors.SrcxformError if ours else way.error):
        sx.grad(function)(2000.0)


def refuses_in_branches(x: float) -> Any:
    y = x * x
    if 1000.0 < x < 2000.0:
        exec("y = 0.0")
    if x > 2000.0:
        with np.testing.assert_raises(ValueError):
            y = x / 3.0
    for _ in range(3):
        if x < -1000.0:
            y = eval("x")
    return y * np.cos(x)


def test_not_reached_in_one_function() -> None:
    expected = oracles.complex_step_jvp(lambda x: x * x * np.cos(x), (0.7,), (0,), (1.0,))
    assert oracles.close(sx.grad(refuses_in_branches)(0.7), expected, 1e-12)
    assert oracles.close(sx.jvp(refuses_in_branches, (0.7,), (1.0,))[1], expected, 1e-12)
    reached = [(1500.0, "exec"), (2500.0, "with"), (-1500.0, "eval")]
    lines = inspect.getsource(refuses_in_branches).splitlines()
    for x, word in reached:
        with pytest.raises(sx.errors.SrcxformError, match=f"`{word}`") as caught:
            sx.grad(refuses_in_branches)(x)
        assert word in caught.value.place.text and caught.value.place.text in lines


def refuses_a_call_in_a_branch(x: float) -> Any:
    y = x * x
    if x > 1000.0:
        y = struct.unpack("d", struct.pack("d", x))[0]
    return y * np.cos(x)


def test_call_not_reached() -> None:
    expected = oracles.complex_step_jvp(lambda x: x * x * np.cos(x), (0.7,), (0,), (1.0,))
    assert oracles.close(sx.jvp(refuses_a_call_in_a_branch, (0.7,), (1.0,))[1], expected, 1e-12)
    assert oracles.close(sx.grad(refuses_a_call_in_a_branch)(0.7), expected, 1e-12)
