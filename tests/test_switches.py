"""Every optimisation can be switched off, and no bit of a result changes.

Each pass in turn is replaced by one that changes nothing. The derivatives of programs of every
feature, forward and reverse, must then be, bit by bit, what they are with all passes. A pass that
makes no difference to any of the texts would not be tested by this, so that is checked as well.
"""

import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import oracles
import pytest
from programs import Example, corpus
from programs.shares import ALL

import srcxform as sx
from srcxform import publish
from srcxform.optimise import passes

SWITCHES = (
    *("displays", "coalesce", "copies", "identities", "dead", "inline", "shorter_stores"),
    *("common", "views", "updates", "early_tapes", "rejoin", "swaps", "guards", "renumber"),
    *("unread_tapes", "branches", "counts"),
)

NAMES = (  # those at odd places with SRCXFORM_EVERY=1 only
    "arrays.three_way_broadcast",
    "arrays.scalar_entries",
    "assignments.unpack_nested",
    "calls.own_function_in_loop",
    "calls.recursive_power",
    "complex_numbers.impedance",
    "conditionals.conditional_expression",
    "comprehensions.zipped",
    "conditionals.nested_branches:high",
    "containers.dict_params",
    "containers.appended_list",
    "dynamic.horner_with_derivative",
    "factorise.forward_substitution",
    "factorise.gram_schmidt",
    "finance.black_scholes",
    "geometry.rodrigues",
    "inplace.augmented_entries",
    "inplace.overwritten_while_needed",
    "inplace.swap_buffers",
    "jumps.break_inner",
    "jumps.several_exits",
    "linear_algebra.einsum_forms",
    "loops_for.carried_pair",
    "loops_for.discounted_sums",
    "loops_for.over_both_ends",
    "loops_for.nested_with_dependent_bounds",
    "loops_while.kepler",
    "reductions.variances",
    "returns.return_in_each_arm",
    "scalars.builtin_extrema",
    "shapes.stacks",
    "statistics.correlation",
    "steppers.heat",
    "models.mlp",
)

EXAMPLES = {example.name: example for example in corpus()}
TRIED = NAMES if ALL else NAMES[::2]


@pytest.fixture(params=SWITCHES)
def off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Switch one pass off, and keep what is written meanwhile away from what is written else."""
    name = str(request.param)
    monkeypatch.setattr(passes, name, unchanged)
    monkeypatch.setenv("SRCXFORM_CACHE_DIR", str(tmp_path))
    identity = publish.writer()
    monkeypatch.setattr(publish, "writer", lambda: (*identity, f"without {name}"))
    return name


def unchanged(block: Any, *_: Any) -> Any:
    """The pass that does nothing."""
    return block


def again(function: types.FunctionType) -> Callable[..., Any]:
    """Give a function of the same source for which nothing has been compiled yet."""
    made = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__,
        function.__closure__,
    )  # fmt: skip
    made.__kwdefaults__ = function.__kwdefaults__
    made.__qualname__, made.__module__ = function.__qualname__, function.__module__
    return made


def derivatives(example: Example) -> tuple[Any, list[str]]:
    """Give values and derivatives in both modes, and the texts that computed them."""
    function = again(example.function)
    args = example.arguments()
    drawn = [oracles.random_like(11 + k, args[k]) for k in example.wrt]
    forward = sx.jvp(function)
    out, out_dot = forward(args, oracles.directions(args, example.wrt, drawn))
    value, pullback = sx.vjp(function, *example.arguments())
    bars = pullback(oracles.random_like(37, value))
    found = (out, out_dot, value, tuple(bars[k] for k in example.wrt))
    return found, [forward.source, pullback.source]


@cache
def usual(name: str) -> tuple[Any, list[str]]:
    """Give what comes out with all passes."""
    return derivatives(EXAMPLES[name])


@pytest.fixture(scope="module", autouse=True)
def all_on() -> None:
    """Compute what to compare with before anything is switched off."""
    for name in TRIED:
        usual(name)


def test_collection() -> None:
    assert len(NAMES) >= 25 and set(NAMES) <= EXAMPLES.keys()
    assert len({EXAMPLES[name].feature for name in NAMES}) >= 20


def test_same_numbers(off: str) -> None:
    changed = []
    for name in TRIED:
        found, texts = derivatives(EXAMPLES[name])
        expected, before = usual(name)
        assert oracles.identical(found, expected), f"{name} without {off}"
        if texts != before:
            changed.append(name)
    assert changed, f"no text shows that {off} is off"
