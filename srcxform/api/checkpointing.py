"""Recomputing in place of storing: `checkpoint`."""

from __future__ import annotations

import functools
import inspect
import keyword
from collections.abc import Callable
from typing import Any

from srcxform.api.forward import jvp
from srcxform.api.glue import identifier, written
from srcxform.api.pullback import vjp
from srcxform.rules.custom import Closing
from srcxform.rules.predicates import is_compiling, may_draw
from srcxform.runtime import random_states, refuse, restore_random, sources_within, stepwise

__all__ = ["checkpoint"]


def checkpoint(fun: Callable[..., Any] | None = None, *, snapshots: int | None = None) -> Any:
    """Let the backward sweep compute again what `fun` computes in between.

    Reverse mode keeps the arguments of `fun` only, and what `fun` captures: its own forward sweep
    is run when the backward sweep comes to it. That costs one more evaluation of `fun`, and saves
    the memory of all its intermediate values. Values and derivatives stay the same.

    With `snapshots`, reverse mode keeps so many states of the loop in `fun`, the one before it
    included, beside the state that is worked on and the values of one turn. The others are computed
    again from the nearest one: as few turns run again as possible (the binomial optimum) where the
    number of turns is known when the loop begins; at most twice as many where it is not (`while`,
    or a loop with `break`). States are the variables that the loop carries from turn to turn.
    Forward mode takes the loop as it is, which keeps nothing. At second order the bound holds for
    the states and their tangents in `jvp` of `grad(fun)`, `hvp`, and `grad` of a function with a
    `jvp` inside. Reverse mode over `grad` keeps what each turn does, and so does a `grad` or `vjp`
    that a function takes inside: there the numbers are right, and memory grows with the turns.

    What is drawn from random-number generators (of NumPy and of `random`, global ones included) is
    drawn again as it was, and they are left as `fun` leaves them. Other effects happen again.

    Args:
        fun: a function; with `snapshots` one of Python's with one outermost loop in its body.
        snapshots: the number of states that the loop may keep, at least 1.

    Returns:
        A function that computes what `fun` computes; without `fun` a decorator.

    Raises:
        TypeError: `snapshots` is no integer.
        ValueError: `snapshots` is less than 1.
        srcxform.errors.SrcxformError: when a derivative is taken: the loop cannot keep snapshots.

    Source: Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), chapter 12, and
    Algorithm 799: revolve, ACM Transactions on Mathematical Software 26 (2000).

    Example:
        >>> import numpy as np
        >>> import srcxform as sx
        >>> layer = checkpoint(lambda x, w: np.tanh(w @ x))
        >>> def loss(x, w):
        ...     for _ in range(100):
        ...         x = layer(x, w)
        ...     return np.sum(x)
        >>> sx.grad(loss)(np.ones(2), np.eye(2)).shape
        (2,)
    """
    if snapshots is not None:
        check_count(snapshots)
    if fun is None:
        return decorator(snapshots)
    if snapshots is None:
        return functools.partial(rerun, fun)
    if is_compiling():
        return in_steps(fun, snapshots)
    return counted(fun, int(snapshots))


def decorator(snapshots: int | None) -> Any:
    """Write `checkpoint` with the number in it, so that it is known while compiling."""
    if snapshots is None or is_compiling():
        return functools.partial(checkpoint, snapshots=snapshots)
    lines = ["def checkpoint(fun):", f"    return checkpoint_(fun, snapshots={int(snapshots)})"]
    return written("checkpoint", lines, {"checkpoint_": checkpoint})


def check_count(snapshots: Any) -> None:
    """Raise unless this is a number of states that can be kept."""
    if isinstance(snapshots, bool) or not hasattr(snapshots, "__index__"):
        raise TypeError(f"snapshots={snapshots!r}: give the number of states to be kept, an int")
    if snapshots < 1:
        raise ValueError(f"snapshots={snapshots}: the state before the loop is one that is kept")


def rerun(fun: Callable[..., Any], /, *args: Any, **settings: Any) -> Any:
    """Call a function whose intermediate values are not kept."""
    if settings:
        fun = functools.partial(fun, **settings)
    return computed_again(fun, args)


def in_steps(fun: Callable[..., Any], snapshots: int) -> Callable[..., Any]:
    """Give a function of whose loop few states are kept."""

    def call(*args: Any, **settings: Any) -> Any:
        return stepwise(fun, snapshots, *args, **settings)

    return call


def counted(fun: Callable[..., Any], snapshots: int) -> Callable[..., Any]:
    """Write the call of `stepwise` with the number in it, under the names of the function's own."""
    name = identifier(getattr(fun, "__name__", type(fun).__name__))
    name = "function" if keyword.iskeyword(name) else name
    bindings: dict[str, Any] = {"stepwise_": stepwise, "function_": fun}
    try:
        parameters = list(inspect.signature(fun).parameters.values())
    except (TypeError, ValueError):
        return in_steps(fun, snapshots)
    taken: list[str] = []
    given: list[str] = []
    stars: dict[Any, str] = {
        inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"
    }  # fmt: skip
    for k, one in enumerate(parameters):
        star = stars.get(one.kind, "")
        default = ""
        if one.default is not one.empty:
            bindings[f"default_{k}_"] = one.default
            default = f"=default_{k}_"
        if one.kind is one.KEYWORD_ONLY and not any("*" in earlier for earlier in taken):
            taken.append("*")
        by_name = one.kind is one.KEYWORD_ONLY
        taken.append(f"{star}{one.name}{default}")
        given.append(f"{one.name}={one.name}" if by_name else f"{star}{one.name}")
        if one.kind is one.POSITIONAL_ONLY and (
            k + 1 == len(parameters) or parameters[k + 1].kind is not one.POSITIONAL_ONLY
        ):
            taken.append("/")
    call = ", ".join(["function_", str(snapshots), *given])
    lines = [f"def {name}({', '.join(taken)}):", f"    return stepwise_({call})"]
    made = written(name, lines, bindings)
    made.__doc__ = fun.__doc__
    return made


@Closing
def computed_again(fun: Callable[..., Any], args: Any) -> Any:
    return fun(*args)


def computed_again_jvp(fun: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    return jvp(fun, primals[0], tangents[0])


def computed_again_fwd(fun: Callable[..., Any], args: Any) -> Any:
    if not may_draw(fun, args):
        return fun(*args), (args, None)
    if is_compiling():
        return refuse(
            "random numbers are drawn in a `checkpoint` whose derivative is differentiated again",
            "draw before, and hand on what is drawn",
        )
    states = random_states(*sources_within(fun, args))
    return fun(*args), (args, states)


def computed_again_bwd(fun: Callable[..., Any], residuals: Any, out_bar: Any) -> Any:
    args, states = residuals
    if not may_draw(fun, args):
        return (vjp(fun, *args)[1](out_bar),)
    sources = sources_within(fun, args)
    left = random_states(*sources)
    restore_random(states, *sources)
    pull = vjp(fun, *args)[1]
    restore_random(left, *sources)
    return (pull(out_bar),)


computed_again.give(computed_again_jvp, computed_again_fwd, computed_again_bwd)
