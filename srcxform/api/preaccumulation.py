"""Small Jacobians formed in the forward sweep: `preaccumulate`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform import pytrees
from srcxform.api.forward import jvp
from srcxform.api.pullback import vjp
from srcxform.api.vectors import built_like, is_number, is_result, raveled
from srcxform.rules.custom import Closing
from srcxform.rules.predicates import is_compiling

__all__ = ["preaccumulate"]


def preaccumulate(fun: Callable[..., Any]) -> Any:
    """Let reverse mode form the Jacobian of `fun` at once, and keep nothing else of it.

    The forward sweep computes the Jacobian of all results in all arguments (and in what `fun`
    captures), in forward mode if there are fewer arguments than results, in reverse mode if there
    are more. The backward sweep multiplies with it. That pays for long computations with few
    numbers in and out: their intermediate values are not kept. Values and derivatives stay the
    same, in every mode and order; derivatives of derivatives keep what they need.

    Args:
        fun: a function of numbers, arrays and containers of these. Where complex numbers go in or
            come out, no Jacobian is formed, and intermediate values are kept as ever.

    Returns:
        A function that computes what `fun` computes.

    Source: Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), chapter 10.

    Example:
        >>> import srcxform as sx
        >>> @preaccumulate
        ... def settled(x, k):
        ...     for _ in range(1000):
        ...         x = x - k * (x * x - 2.0)
        ...     return x
        >>> round(sx.grad(lambda x, k: settled(x, k) ** 2, argnums=1)(1.0, 0.1), 6)
        0.0
    """
    return functools.partial(formed, fun)


def formed(fun: Callable[..., Any], *args: Any, **settings: Any) -> Any:
    """Call a function whose Jacobian is formed in the forward sweep."""
    if settings:
        fun = functools.partial(fun, **settings)
    return formed_at_once(fun, args)


@Closing
def formed_at_once(fun: Callable[..., Any], args: Any) -> Any:
    return fun(*args)


def formed_at_once_jvp(fun: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    return jvp(fun, primals[0], tangents[0])


def formed_at_once_fwd(fun: Callable[..., Any], args: Any) -> Any:
    if is_compiling():
        return fun(*args), args
    out, pull = vjp(fun, *args)
    if is_complex(args) or is_complex(out):
        return out, (pull, None, None)
    rows, columns = len(raveled(out, counts=is_result)), len(raveled(args))
    if rows <= columns:
        units = np.eye(rows, dtype=raveled(out, counts=is_result).dtype)
        parts = [raveled(pull(built_like(out, unit, is_result)), args) for unit in units]
        matrix = np.reshape(parts, (rows, columns))
    else:
        units = np.eye(columns, dtype=raveled(args).dtype)
        parts = [
            raveled(jvp(fun, args, built_like(args, unit))[1], out, is_result) for unit in units
        ]
        matrix = np.reshape(parts, (columns, rows)).T
    return out, (matrix, outline(args), outline(out))


def formed_at_once_bwd(fun: Callable[..., Any], residuals: Any, out_bar: Any) -> Any:
    if is_compiling():
        return (vjp(fun, *residuals)[1](out_bar),)
    matrix, args, out = residuals
    if args is None:
        return (matrix(out_bar),)
    return (built_like(args, raveled(out_bar, out, is_result) @ matrix),)


formed_at_once.give(formed_at_once_jvp, formed_at_once_fwd, formed_at_once_bwd)


def is_complex(value: Any) -> bool:
    return any(np.iscomplexobj(leaf) for _, leaf in pytrees.leaves(value) if is_number(leaf))


def outline(value: Any) -> Any:
    """Give a value of the same structure, shapes and dtypes that takes no memory."""

    def small(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            return np.broadcast_to(np.zeros((), leaf.dtype), leaf.shape)
        return leaf

    return pytrees.mapped(small, value)
