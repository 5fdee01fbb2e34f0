"""Every program of the corpus, forward, in reverse and to second order, against outside truth.

For each example:

- the value that comes with a derivative is the program's own, bit by bit;
- the forward derivative agrees with an oracle (complex step, else extrapolated differences);
- forward and reverse are transposes of each other: <out_bar, out_dot> = <args_bar, args_dot>;
- `value_and_grad` of scalar programs agrees with `vjp`, and `grad` with the pullback of `jvp`;
- derivatives have the structure, shapes and dtypes of what they belong to;
- arguments stay as they are unless the program itself writes to them, and a pullback can be called
  again;
- all four ways to nest forward and reverse give one second derivative, that of the oracles; a
  result of more than one number is contracted with fixed weights for that.

What takes longest is tried for some programs: an eighth for `value_and_grad` and for second
derivatives, with one of reverse over forward, reverse over reverse and forward over
forward beside forward over reverse. SRCXFORM_EVERY=1 tries all with all.

Tolerances are relative as `oracles.close` defines it. Nothing may be looser than 500 units in the
last place of the coarsest dtype among the arguments.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import oracles
import pytest
from contractions import contracted
from programs import Example, corpus
from programs.shares import ALL, number_of, share

import srcxform as sx

TRUTH, DUALITY, NESTING, CURVATURE = 1e-8, 1e-12, 1e-10, 1e-8
ULPS = 500
U, V, OUT = 11, 23, 37  # seeds of two directions in the arguments and one in the results


def is_scalar(example: Example) -> bool:
    """Whether the program's result is one number."""
    out = example.function(*example.arguments())
    return oracles.is_differentiable(out) and np.ndim(out) == 0


programs = pytest.mark.parametrize("example", corpus(), ids=lambda e: e.name)
scalars = [e for e in corpus() if is_scalar(e)]
numbers = [n for e in corpus() if (n := e if is_scalar(e) else contracted(e)) is not None]
scalar_programs = pytest.mark.parametrize("example", share(scalars, 0, 8), ids=lambda e: e.name)
programs_again = pytest.mark.parametrize(
    "example",
    share(numbers, 1, 8),
    ids=lambda e: e.name,
)


def test_collection() -> None:
    assert len({id(e.function) for e in corpus()}) >= 150
    assert len(scalars) >= 100
    assert len({e.feature for e in corpus()}) >= 25


@programs
def test_forward(example: Example) -> None:
    args, tangents = example.arguments(), all_tangents(example, U)
    out, out_dot = sx.jvp(example.function, args, tangents)
    check_value(example, "jvp", out)
    check_structure(example, "jvp's tangent", out_dot, like=out)
    truth = first_oracle(example)(
        example.function,
        example.arguments(),
        example.wrt,
        chosen(example, all_tangents(example, U)),
    )
    check_close(example, "jvp against the oracle", out_dot, truth, TRUTH)
    check_arguments(example, "jvp", args)
    check_unchanged(example, "jvp", "the tangents", tangents, all_tangents(example, U))


@programs
def test_reverse(example: Example) -> None:
    args, tangents = example.arguments(), all_tangents(example, U)
    out, pullback = sx.vjp(example.function, *args)
    check_value(example, "vjp", out)
    check_arguments(example, "vjp", args)
    out_bar = oracles.random_like(OUT, out)
    bars = pullback(out_bar)
    if not (isinstance(bars, tuple) and len(bars) == len(args)):
        fail(
            example, f"the pullback gives {bars!r}, not one entry for each of {len(args)} arguments"
        )
    for position in example.wrt:
        what = f"vjp's cotangent {position}"
        check_structure(example, what, bars[position], like=example.arguments()[position])
    check_unchanged(example, "the pullback", "its argument", out_bar, oracles.random_like(OUT, out))
    # A copy, since a second call could accumulate into what the first one returned.
    first = copy.deepcopy(bars)
    check_unchanged(example, "a second call", "the cotangents", pullback(out_bar), first)

    _, out_dot = sx.jvp(example.function, example.arguments(), tangents)
    forward = inner_terms(out_bar, out_dot)
    reverse = inner_terms(chosen(example, bars), chosen(example, all_tangents(example, U)))
    scale = scale_of(forward, reverse)
    check_close(
        example,
        "forward against reverse, <out_bar, out_dot> against <bars, tangents>",
        float(forward.sum() / scale),
        float(reverse.sum() / scale),
        DUALITY,
    )


@scalar_programs
def test_gradient(example: Example) -> None:
    out, pullback = sx.vjp(example.function, *example.arguments())
    bars = chosen(example, pullback(ones_like(out)))
    expected = bars if isinstance(example.argnums, tuple) else bars[0]
    like = chosen(example, example.arguments())

    args, single = example.arguments(), not isinstance(example.argnums, tuple)
    value, gradient = sx.value_and_grad(example.function, argnums=example.argnums)(*args)
    check_arguments(example, "value_and_grad", args)
    check_value(example, "value_and_grad", value)
    check_close(example, "value_and_grad against vjp", gradient, expected, DUALITY)
    check_structure(example, "the gradient", (gradient,) if single else gradient, like=like)


@programs_again
def test_second_order(example: Example) -> None:
    """H u by nesting forward and reverse, with v for the ways that give a number only."""
    u, v = (chosen(example, all_tangents(example, seed)) for seed in (U, V))
    gradient = sx.grad(example.function, argnums=example.wrt)
    args = example.arguments()
    slope = gradient(*args)
    check_arguments(example, "grad", args)
    check_structure(example, "the gradient", slope, like=chosen(example, example.arguments()))

    _, curved = sx.jvp(gradient, example.arguments(), all_tangents(example, U))
    check_structure(example, "jvp of grad", curved, like=chosen(example, example.arguments()))
    for mix in mixes(example):
        mix(example, slope, curved)

    if example.smooth:
        args, wrt = example.arguments(), example.wrt
        differences = oracles.richardson_jvp(gradient, args, wrt, u)
        check_close(
            example, "jvp of grad against differences of grad", curved, differences, CURVATURE
        )
        if example.analytic:
            truth = oracles.second_directional(example.function, args, wrt, v, u)
            number = float(inner_terms(v, curved).sum())
            check_close(example, "v H u against the oracles", number, truth, CURVATURE)


def reverse_over_forward(example: Example, slope: Any, curved: Any) -> None:
    forward = sx.jvp(example.function)
    out, pullback = sx.vjp(forward, example.arguments(), all_tangents(example, U))
    args_bar, tangents_bar = pullback((oracles.zeros_like(out[0]), ones_like(out[1])))
    args_bar, tangents_bar = chosen(example, args_bar), chosen(example, tangents_bar)
    check_close(example, "grad of jvp against jvp of grad", args_bar, curved, NESTING)
    check_close(
        example, "jvp's pullback in the tangents against grad", tangents_bar, slope, NESTING
    )


def reverse_over_reverse(example: Example, slope: Any, curved: Any) -> None:
    u, v = (chosen(example, all_tangents(example, seed)) for seed in (U, V))
    out, pullback = sx.vjp(sx.grad(example.function, argnums=example.wrt), *example.arguments())
    check_close(example, "the gradient in vjp of grad against vjp", out, slope, NESTING)
    across = inner_terms(v, curved)
    back = inner_terms(chosen(example, pullback(v)), u)
    check_close(
        example,
        "grad of grad against jvp of grad, u H v against v H u",
        float(back.sum() / scale_of(across, back)),
        float(across.sum() / scale_of(across, back)),
        NESTING,
    )


def forward_over_forward(example: Example, slope: Any, curved: Any) -> None:
    tangents, zeros = all_tangents(example, U), oracles.zeros_like(all_tangents(example, U))
    _, (_, second) = sx.jvp(
        sx.jvp(example.function),
        (example.arguments(), tangents),
        (all_tangents(example, V), zeros),
    )
    across = inner_terms(chosen(example, all_tangents(example, V)), curved)
    check_close(
        example,
        "jvp of jvp against jvp of grad",
        float(np.sum(oracles.to_vector(second)) / scale_of(across)),
        float(across.sum() / scale_of(across)),
        NESTING,
    )


MIXES = (reverse_over_forward, reverse_over_reverse, forward_over_forward)


def mixes(example: Example) -> tuple[Callable[[Example, Any, Any], None], ...]:
    """The ways to nest that this program tries: it is always the same one of three."""
    return MIXES if ALL else (MIXES[number_of(example, 2 * len(MIXES)) // 2],)


def scale_of(*terms: np.ndarray) -> float:
    """How large a sum is before what cancels in it does."""
    return float(max(1.0, *(np.abs(found).sum() for found in terms)))


def first_oracle(example: Example) -> Any:
    """The oracle that applies, the exact one if both do."""
    return oracles.complex_step_jvp if example.analytic else oracles.richardson_jvp


def chosen(example: Example, values: Any) -> tuple[Any, ...]:
    """The differentiated ones among one value for each argument."""
    return tuple(values[position] for position in example.wrt)


def all_tangents(example: Example, seed: int) -> tuple[Any, ...]:
    """Random tangents where the example is differentiated, zeros elsewhere."""
    args = example.arguments()
    drawn = [oracles.random_like(seed + i, args[i]) for i in example.wrt]
    return oracles.directions(args, example.wrt, drawn)


def ones_like(value: Any) -> Any:
    """The cotangent one for each number of `value`."""
    return oracles.numbers_like(value, np.ones)


def inner_terms(a: Any, b: Any) -> oracles.Vector:
    """The products whose sum is the inner product; the sum of their sizes is its condition."""
    left, right = oracles.to_vector(a), oracles.to_vector(b)
    if left.shape != right.shape:
        raise ValueError(f"{left.size} numbers do not pair with {right.size}")
    return left * right


def tolerance(example: Example, rtol: float) -> float:
    """`rtol`, or what the coarsest dtype among the arguments allows."""
    dtypes = [
        leaf.dtype
        for leaf in oracles.leaves(example.arguments())
        if isinstance(leaf, np.ndarray | np.generic) and oracles.is_differentiable(leaf)
    ]
    return max([rtol, *(ULPS * float(np.finfo(dtype).eps) for dtype in dtypes)])


def check_value(example: Example, what: str, value: Any) -> None:
    expected = example.function(*example.arguments())
    if not oracles.identical(value, expected):
        fail(example, f"the value from {what} is {value!r}, the program's own {expected!r}")


def check_arguments(example: Example, what: str, args: tuple[Any, ...]) -> None:
    """Each array among the arguments is as it was, or as the program leaves it."""
    untouched, written = example.arguments(), example.arguments()
    example.function(*written)
    for position, (arg, before, after) in enumerate(zip(args, untouched, written, strict=True)):
        if not (oracles.identical(arg, before) or oracles.identical(arg, after)):
            fail(example, f"{what} changed argument {position} from {before!r} to {arg!r}")


def check_unchanged(example: Example, what: str, whose: str, value: Any, expected: Any) -> None:
    if not oracles.identical(value, expected):
        fail(example, f"{what} changed {whose} from {expected!r} to {value!r}")


def check_close(example: Example, what: str, got: Any, expected: Any, rtol: float) -> None:
    allowed = tolerance(example, rtol)
    if not oracles.close(got, expected, allowed):
        a, b = oracles.to_vector(got), oracles.to_vector(expected)
        off = f"{np.linalg.norm(a - b):.3e}" if a.shape == b.shape else f"{a.shape} and {b.shape}"
        fail(example, f"{what}: off by {off}, allowed {allowed:.1e}\n  got {a}\n  not {b}")


def check_structure(example: Example, what: str, derivative: Any, *, like: Any) -> None:
    for where, part, wanted in pairs(derivative, like, ""):
        problem = mismatch(part, wanted)
        if problem:
            fail(example, f"{what}{where} {problem}; it belongs to {wanted!r}")


def pairs(a: Any, b: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """The leaves of `b`, their places, and what `a` has there; all of `a` where structures part."""
    held = oracles.attributes(b)
    if held is not None and type(a) is type(b):
        for key in held:
            yield from pairs(getattr(a, key), held[key], f"{where}.{key}")
    elif isinstance(b, dict) and isinstance(a, dict) and a.keys() == b.keys():
        for key in b:
            yield from pairs(a[key], b[key], f"{where}[{key!r}]")
    elif isinstance(b, list | tuple) and type(a) is type(b) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from pairs(x, y, f"{where}[{i}]")
    else:
        yield where, a, b


def mismatch(part: Any, wanted: Any) -> str | None:
    """What is wrong with `part` as a derivative that belongs to `wanted`, if anything is."""
    if isinstance(wanted, dict | list | tuple) or oracles.attributes(wanted) is not None:
        return f"is {part!r}, of another structure"
    if not oracles.is_differentiable(wanted):
        return None
    if not isinstance(wanted, np.ndarray | np.generic):
        return None if isinstance(part, float | np.floating) else f"is {part!r}, not a float"
    if not isinstance(part, np.ndarray | np.generic | float):
        return f"is {part!r}, not a number"
    if isinstance(wanted, np.ndarray) and wanted.ndim and not isinstance(part, np.ndarray):
        return f"is {part!r}, not an array"
    if np.shape(part) != np.shape(wanted):
        return f"has shape {np.shape(part)}, not {np.shape(wanted)}"
    dtype = np.asarray(part).dtype
    return None if dtype == wanted.dtype else f"has dtype {dtype}, not {wanted.dtype}"


def fail(example: Example, message: str) -> NoReturn:
    """Report a failure under the program's name and place, without our own frames."""
    code = example.function.__code__
    place = f"{code.co_filename}:{code.co_firstlineno}"
    pytest.fail(f"{example.name} ({place})\n{message}", pytrace=False)
