"""One program against truth from outside: right, refused, or no program to judge by.

What is wrong raises `Wrong`; an exception of any kind that is no refusal passes through.
"""

import math
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import oracles

import srcxform as sx
from fuzz import numeric
from fuzz.whole import Program

TRUTH, DUALITY, NESTING, CURVATURE, DIFFERENCES = 1e-9, 1e-12, 1e-10, 1e-7, 1e-6
INNER, LANES = 1e-4, 1e-10
INVALID = (ArithmeticError, ValueError, LookupError, TypeError, NameError, RecursionError)
LARGEST = 1e4  # derivatives beyond this are not well conditioned enough to be judged


class Wrong(AssertionError):
    """A derivative, a value or a side effect is not what it should be."""


@dataclass(frozen=True)
class Verdict:
    """`right`, `refused` (why) or `invalid` (why)."""

    what: str
    why: str = ""


def judge(program: Program, curved: bool, lanes: bool = False) -> Verdict:
    """Compare values and derivatives, those of second order too if `curved`, and a batch."""
    function = program.function()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            value = function(*program.arguments())
            truth, tolerance = first_order(program, function)
        except sx.errors.SrcxformError as error:  # a derivative that the program takes itself
            if error.__cause__ is not None:
                raise
            return Verdict("refused", reason(error))
        except INVALID as error:
            return Verdict("invalid", f"{type(error).__name__}: {error}")
        if not sane(value) or not sane(truth):
            return Verdict("invalid", "not well conditioned")
        if any(isinstance(leaf, int) for leaf in oracles.leaves(value)):
            return Verdict("invalid", "a sum of nothing: a whole number, which cannot change")
        try:
            compare_inner(program, value)
            compare_first(program, function, value, truth, tolerance)
            if curved and program.scalar:
                compare_second(program, function)
            if lanes:
                compare_lanes(program, function)
        except sx.errors.SrcxformError as error:
            if error.__cause__ is not None:
                raise  # the compiler itself failed
            return Verdict("refused", reason(error))
    return Verdict("right")


def reason(error: sx.errors.SrcxformError) -> str:
    """What is refused, with the names of random programs left out."""
    what = re.sub(r"`(helper|[a-z])\d`", "`…`", error.what)
    return f"{type(error).__name__}: {what} ({error.why})"


def sane(value: Any) -> bool:
    vector = oracles.to_vector(value)
    return bool(np.all(np.isfinite(vector)) and np.max(np.abs(vector), initial=0.0) < LARGEST)


def tangents(program: Program, seed: int) -> list[Any]:
    args = program.arguments()
    return [oracles.random_like(seed + k, args[k]) for k in program.wrt]


def directions(program: Program, seed: int) -> tuple[Any, ...]:
    return oracles.directions(program.arguments(), program.wrt, tangents(program, seed))


def first_order(program: Program, function: Callable[..., Any]) -> tuple[Any, float]:
    """The true derivative in one direction, and how far it can be trusted."""
    if "sx." in program.text:  # derivatives inside take no complex numbers for real ones
        return by_differences(program, function)
    args = program.arguments(), program.wrt, tangents(program, 11)
    try:
        truth = oracles.complex_step_jvp(function, *args)
    except (np.exceptions.ComplexWarning, TypeError):
        return by_differences(program, function)
    if "sort" in repr(program):  # complex numbers that tie are sorted by their imaginary parts
        differences, tolerance = by_differences(program, function)
        if not oracles.close(truth, differences, tolerance):
            return differences, tolerance
    return truth, TRUTH


def by_differences(program: Program, function: Callable[..., Any]) -> tuple[Any, float]:
    args = program.arguments(), program.wrt, tangents(program, 11)
    truth, error = oracles.richardson(function, *args)
    return truth, max(DIFFERENCES, 100.0 * error)


def compare_inner(program: Program, value: Any) -> None:
    """Derivatives that the program takes itself are what differences say."""
    if "sx." in program.text:
        expected = program.function(numeric)(*program.arguments())
        near("the value with derivatives inside", value, expected, INNER)


def compare_first(program: Program, function: Callable[..., Any], value: Any, truth: Any,
                  tolerance: float) -> None:  # fmt: skip
    """Values are the program's own; both modes agree with each other and with the truth."""
    out, out_dot = sx.jvp(function, program.arguments(), directions(program, 11))
    valued(program, "the value from jvp", out, value)
    near("jvp against the truth", out_dot, truth, tolerance)
    if program.scalar:
        args = program.arguments()
        out, bars = sx.value_and_grad(function, argnums=program.wrt)(*args)
        out_bar: Any = 1.0
    else:
        out, pullback = sx.vjp(function, *program.arguments())
        out_bar = oracles.random_like(37, out)
        bars = [pullback(out_bar)[k] for k in program.wrt]
    valued(program, "the value in reverse", out, value)
    dual(
        "forward against reverse", (out_bar, out_dot), (list(bars), tangents(program, 11)), DUALITY
    )


def compare_second(program: Program, function: Callable[..., Any]) -> None:
    """Forward over reverse, reverse over forward, and differences of complex steps."""
    u, v = tangents(program, 11), tangents(program, 23)
    gradient = sx.grad(function, argnums=program.wrt)
    _, curved = sx.jvp(gradient, program.arguments(), directions(program, 11))
    out, pullback = sx.vjp(sx.jvp(function), program.arguments(), directions(program, 11))
    args_bar, _ = pullback((0.0 * np.asarray(out[0]), np.ones_like(out[1])))
    back = [args_bar[k] for k in program.wrt]
    dual("reverse over forward against forward over reverse", (back, v), (list(curved), v), NESTING)
    primals, along_u = program.arguments(), directions(program, 11)
    still = oracles.directions(primals, (), [])
    _, (_, twice) = sx.jvp(sx.jvp(function), (primals, along_u), (directions(program, 23), still))
    dual(
        "forward over forward against forward over reverse",
        (twice, 1.0),
        (list(curved), v),
        NESTING,
    )
    _, pullback = sx.vjp(gradient, *program.arguments())
    args_bar = pullback(tuple(v))
    back = [args_bar[k] for k in program.wrt]
    dual("reverse over reverse", (back, u), (list(curved), v), NESTING)
    if "sx." in program.text:
        return
    try:
        truth = oracles.second_directional(function, program.arguments(), program.wrt, v, u)
    except (np.exceptions.ComplexWarning, TypeError):
        return
    if sane(truth):
        number = float(terms(list(curved), v).sum())
        near("second order against differences of complex steps", number, truth, CURVATURE)


def compare_lanes(program: Program, function: Callable[..., Any]) -> None:
    """A batch of two gives what a loop over its lanes gives, results and what is written."""
    lanes = [program.arguments(), oracles.moved(program.template, program.wrt, nudge(program), 1.0)]
    axes = tuple(0 if k in program.wrt else None for k in range(len(lanes[0])))
    pairs = zip(lanes[0], lanes[1], axes, strict=True)
    batch = [one if axis is None else stack(one, two) for one, two, axis in pairs]
    out = sx.vmap(function, in_axes=axes)(*batch)
    try:
        expected = [function(*lane) for lane in lanes]
    except INVALID:
        return  # the second lane is no program
    near("the batch against the loop", out, stack(*expected), LANES)


def nudge(program: Program) -> list[Any]:
    """A small change of the arguments: the second lane may go another way, and stays near."""
    return [oracles.tree_map(lambda x: 0.1 * x, part) for part in tangents(program, 53)]


def stack(one: Any, two: Any) -> Any:
    return oracles.tree_map(lambda *parts: np.stack(parts), one, two)


def terms(a: Any, b: Any) -> oracles.Vector:
    """The products whose sum is the inner product."""
    return oracles.to_vector(a) * oracles.to_vector(b)


def valued(program: Program, what: str, got: Any, expected: Any) -> None:
    """Values are equal bit by bit; a Jacobian taken inside may lie in memory in another order."""
    if "sx." in program.text:
        near(what, got, expected, DUALITY)
    else:
        same(what, got, expected)


def same(what: str, got: Any, expected: Any) -> None:
    if not oracles.identical(got, expected):
        raise Wrong(f"{what} is {got!r}, the program's own {expected!r}")


def near(what: str, got: Any, expected: Any, tolerance: float) -> None:
    if not oracles.close(got, expected, tolerance):
        raise Wrong(f"{what}: {oracles.to_vector(got)}, not {oracles.to_vector(expected)}")


def dual(what: str, one: tuple[Any, Any], two: tuple[Any, Any], tolerance: float) -> None:
    left, right = terms(*one), terms(*two)
    scale = max(1.0, float(np.abs(left).sum()), float(np.abs(right).sum()))
    off = math.fabs(float(left.sum()) - float(right.sum())) / scale
    if not off <= tolerance:
        raise Wrong(f"{what}: {left.sum()!r} and {right.sum()!r}, off by {off:.1e}")
