"""Recomputing in place of storing: `checkpoint`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from srcxform.api.forward import jvp
from srcxform.api.pullback import vjp
from srcxform.rules.custom import Closing

__all__ = ["checkpoint"]


def checkpoint(fun: Callable[..., Any] | None = None, *, snapshots: int | None = None) -> Any:
    """Let the backward sweep compute again what `fun` computes in between.

    Reverse mode keeps the arguments of `fun` only, and what `fun` captures: its own forward sweep
    is run when the backward sweep comes to it. That costs one more evaluation of `fun`, and saves
    the memory of all its intermediate values. Values and derivatives stay the same.

    Args:
        fun: a function.
        snapshots: not available: nothing inside `fun` is kept.

    Returns:
        A function that computes what `fun` computes.

    Raises:
        NotImplementedError: `snapshots` is given.

    Source: Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), chapter 12.

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
        raise NotImplementedError("checkpoint keeps no snapshots of loops: leave `snapshots` out")
    if fun is None:
        return checkpoint
    return functools.partial(rerun, fun)


def rerun(fun: Callable[..., Any], *args: Any, **settings: Any) -> Any:
    """Call a function whose intermediate values are not kept."""
    if settings:
        fun = functools.partial(fun, **settings)
    return computed_again(fun, args)


@Closing
def computed_again(fun: Callable[..., Any], args: Any) -> Any:
    return fun(*args)


def computed_again_jvp(fun: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    return jvp(fun, primals[0], tangents[0])


def computed_again_fwd(fun: Callable[..., Any], args: Any) -> Any:
    return fun(*args), args


def computed_again_bwd(fun: Callable[..., Any], args: Any, out_bar: Any) -> Any:
    return (vjp(fun, *args)[1](out_bar),)


computed_again.give(computed_again_jvp, computed_again_fwd, computed_again_bwd)
