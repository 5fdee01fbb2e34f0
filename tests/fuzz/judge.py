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
from fuzz.whole import Program

TRUTH, DUALITY, NESTING, CURVATURE, DIFFERENCES = 1e-9, 1e-12, 1e-10, 1e-7, 1e-6
LARGEST = 1e4  # derivatives beyond this are not well conditioned enough to be judged


class Wrong(AssertionError):
    """A derivative, a value or a side effect is not what it should be."""


@dataclass(frozen=True)
class Verdict:
    """`right`, `refused` (why) or `invalid` (why)."""

    what: str
    why: str = ""


def judge(program: Program, curved: bool) -> Verdict:
    """Compare values and derivatives, those of second order too if `curved`."""
    function = program.function()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            value = function(*program.arguments())
            truth, tolerance = first_order(program, function)
        except (ArithmeticError, ValueError, IndexError, KeyError, TypeError, NameError) as error:
            return Verdict("invalid", f"{type(error).__name__}: {error}")
        if not sane(value) or not sane(truth):
            return Verdict("invalid", "not well conditioned")
        if any(isinstance(leaf, int) for leaf in oracles.leaves(value)):
            return Verdict("invalid", "a sum of nothing: a whole number, which cannot change")
        try:
            compare_first(program, function, value, truth, tolerance)
            if curved and program.scalar:
                compare_second(program, function)
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


def compare_first(program: Program, function: Callable[..., Any], value: Any, truth: Any,
                  tolerance: float) -> None:  # fmt: skip
    """Values are the program's own; both modes agree with each other and with the truth."""
    out, out_dot = sx.jvp(function, program.arguments(), directions(program, 11))
    same("the value from jvp", out, value)
    near("jvp against the truth", out_dot, truth, tolerance)
    if program.scalar:
        args = program.arguments()
        out, bars = sx.value_and_grad(function, argnums=program.wrt)(*args)
        out_bar: Any = 1.0
    else:
        out, pullback = sx.vjp(function, *program.arguments())
        out_bar = oracles.random_like(37, out)
        bars = [pullback(out_bar)[k] for k in program.wrt]
    same("the value in reverse", out, value)
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
    try:
        truth = oracles.second_directional(function, program.arguments(), program.wrt, v, u)
    except (np.exceptions.ComplexWarning, TypeError):
        return
    if sane(truth):
        number = float(terms(list(curved), v).sum())
        near("second order against differences of complex steps", number, truth, CURVATURE)


def terms(a: Any, b: Any) -> oracles.Vector:
    """The products whose sum is the inner product."""
    return oracles.to_vector(a) * oracles.to_vector(b)


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
