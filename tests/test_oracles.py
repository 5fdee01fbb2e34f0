"""The oracles against known truth and each other, and the corpus against the oracles' needs.

Nothing here touches the compiler: what these tests hold is that the judge can be trusted.
"""

import itertools
import math

import mpmath
import numpy as np
import oracles
import pytest
from programs import Example, corpus

by_example = pytest.mark.parametrize("example", corpus(), ids=lambda e: e.name)
analytic_and_smooth = [e for e in corpus() if e.analytic and e.smooth]

# (program, leaf) whose derivative is zero on the branch taken: gradients of what is not used.
INERT = {
    ("generators.early_return", 1),
    ("random_finds.argument_list_written", 1),
    ("returns.drag_coefficient:large", 0),
    ("returns.return_from_nested_loops:found", 1),
    ("unused.states_given_back", 0),
}


def test_the_corpus_is_large():
    functions = {id(e.function) for e in corpus()}
    assert len(functions) >= 180, f"only {len(functions)} programs"
    assert len(corpus()) >= 150


def test_known_derivatives():
    def program(x, y):
        return [np.sin(x) * y, {"z": np.array([x**y, math.exp(x)])}]

    mpmath.mp.dps = 30
    partial = [
        mpmath.diff(lambda x: mpmath.sin(x) * 1.3, 0.7) * 0.4 + mpmath.sin(0.7) * -0.9,
        mpmath.diff(lambda t: (0.7 + 0.4 * t) ** (1.3 - 0.9 * t), 0.0),
        mpmath.exp(0.7) * 0.4,
    ]
    truth = np.array([float(p) for p in partial])
    args, tangents = (0.7, 1.3), (0.4, -0.9)
    assert oracles.close(oracles.complex_step_jvp(program, args, (0, 1), tangents), truth, 1e-15)
    assert oracles.close(oracles.richardson_jvp(program, args, (0, 1), tangents), truth, 1e-11)


def test_known_second_derivative():
    def program(x, y):
        return np.exp(x * y[0]) * y[1]

    x, y, u, v = (
        0.7,
        np.array([1.3, -0.4]),
        (0.4, np.array([-0.9, 0.5])),
        (1.1, np.array([0.6, 2.0])),
    )

    def along(s, t):
        a, b, c = (p + s * q + t * r for p, q, r in zip((x, *y), (v[0], *v[1]), (u[0], *u[1])))
        return mpmath.exp(a * b) * c

    truth = float(mpmath.diff(along, (0.0, 0.0), (1, 1)))
    found = oracles.second_directional(program, (x, y), (0, 1), v, u)
    assert oracles.close(found, truth, 1e-11)


def test_complex_step_refuses_what_drops_the_imaginary_part():
    with pytest.raises((TypeError, np.exceptions.ComplexWarning)):
        oracles.complex_step_jvp(lambda x: float(x) ** 2, (0.7,), (0,), (1.0,))
    with pytest.raises((TypeError, np.exceptions.ComplexWarning)):
        oracles.complex_step_jvp(lambda x: math.erf(x), (0.7,), (0,), (1.0,))


def test_richardson_needs_a_defined_function():
    with pytest.raises(ValueError, match="not defined"):
        oracles.richardson_jvp(lambda x: float("nan"), (0.7,), (0,), (1.0,))


def test_close_is_relative_above_one_and_absolute_below():
    assert oracles.close(1e9, 1e9 + 1.0, 2e-9)
    assert not oracles.close(1e9, 1e9 + 10.0, 2e-9)
    assert not oracles.close(1e-3, 2e-3, 1e-4)
    assert not oracles.close(math.nan, math.nan, 1.0)
    assert not oracles.close([math.inf], [math.inf], 1.0)
    assert not oracles.close(np.zeros(2), np.zeros(3), 1.0)


def test_structures():
    matrix = np.ones((2, 1), np.float32)
    value = {"b": (1.5, None, "name"), "a": [matrix, 3, True], "i": np.arange(2)}
    tangent = oracles.random_like(0, value)
    assert tangent["b"][1:] == (None, None) and isinstance(tangent["b"][0], float)
    assert tangent["a"][0].dtype == np.float32 and tangent["a"][0].shape == (2, 1)
    assert isinstance(tangent["a"][1], float) and tangent["a"][2] is None
    assert tangent["i"].tolist() == [0, 0]
    assert oracles.identical(tangent, oracles.random_like(0, value))
    assert not oracles.identical(tangent, oracles.random_like(1, value))
    assert oracles.norm(oracles.zeros_like(value)) == 0.0
    assert oracles.dot({"x": 2.0, "y": [3.0]}, {"y": [5.0], "x": 7.0}) == 29.0


@by_example
def test_program_runs_and_repeats(example: Example):
    out = example.function(*example.arguments())
    assert oracles.identical(out, example.function(*example.arguments()))
    vector = oracles.to_vector(out)
    assert vector.size and np.isrealobj(vector) and np.isfinite(vector).all()


@by_example
def test_every_differentiated_number_matters(example: Example):
    """What has no influence would be tested by nothing; below one, errors are absolute."""
    args = example.arguments()
    tangents = [oracles.random_like(7, args[i]) for i in example.wrt]
    for chosen, part in enumerate(oracles.leaves(tangents)):
        if part is None:
            continue
        one = only(chosen, tangents)
        size = oracles.norm(oracle(example)(example.function, args, example.wrt, one))
        if (example.name, chosen) in INERT:
            assert size == 0.0
        else:
            assert 1e-3 < size < 1e4, f"{example.name}, leaf {chosen}: derivative of size {size}"


@pytest.mark.parametrize("example", analytic_and_smooth, ids=lambda e: e.name)
def test_oracles_agree(example: Example):
    args = example.arguments()
    tangents = [oracles.random_like(11 + i, args[i]) for i in example.wrt]
    exact = oracles.complex_step_jvp(example.function, args, example.wrt, tangents)
    differences = oracles.richardson_jvp(example.function, args, example.wrt, tangents)
    assert oracles.close(exact, differences, 1e-9), (
        f"{example.name}: {np.max(np.abs(exact - differences))}"
    )


@pytest.mark.parametrize("example", [e for e in corpus() if not e.analytic], ids=lambda e: e.name)
def test_differences_converge(example: Example):
    """Where complex step does not apply, the extrapolation's own estimate has to be small."""
    args = example.arguments()
    tangents = [oracles.random_like(11 + i, args[i]) for i in example.wrt]
    derivative, error = oracles.richardson(example.function, args, example.wrt, tangents)
    assert error <= 1e-9 * max(1.0, oracles.norm(derivative)), f"{example.name}: {error}"


def oracle(example: Example):
    """The oracle that applies to a program, the exact one if both do."""
    return oracles.complex_step_jvp if example.analytic else oracles.richardson_jvp


def only(chosen: int, tangents):
    """`tangents` with all parts but one set to zero."""
    numbers = itertools.count()
    parts = [oracles.tree_map(lambda _: next(numbers), t) for t in in_order(tangents)]
    return [
        oracles.tree_map(lambda t, n: t if n == chosen or t is None else 0.0 * t, tangent, part)
        for tangent, part in zip(in_order(tangents), parts, strict=True)
    ]


def in_order(value):
    """`value` with its dicts in the order in which `leaves` goes through them."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value, key=repr)}
    if isinstance(value, list | tuple):
        parts = [in_order(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    held = oracles.attributes(value)
    if held is not None:
        return oracles.with_attributes(value, {k: in_order(v) for k, v in held.items()})
    return value
