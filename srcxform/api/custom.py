"""Own derivative rules: `custom_jvp` and `custom_vjp`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from srcxform.rules.custom import CustomJvp, CustomVjp

__all__ = ["custom_jvp", "custom_vjp"]


def custom_jvp(
    fun: Callable[..., Any] | None = None, nondiff_argnums: int | tuple[int, ...] = ()
) -> Any:
    """Let the derivative of a function be what a forward rule of the user's says.

    The rule is given with `defjvp(rule)`, or for each argument with `defjvps(...)`. It is used in
    forward mode as it is; for reverse mode the part of it that is linear in the tangents is
    transposed. Where nothing is differentiated the function itself is called.

    Args:
        fun: the function.
        nondiff_argnums: positions of arguments that carry no derivative, such as functions; the
            rule takes them first.

    Returns:
        A function that computes what `fun` computes, with `defjvp` and `defjvps`.

    Raises:
        NoDerivativeError: (a TypeError) where a derivative is taken and there is no rule, the
            rule's result does not fit, or the rule is not linear in the tangents.

    Example:
        >>> import numpy as np
        >>> import srcxform as sx
        >>> @custom_jvp
        ... def log1pexp(x):
        ...     return np.log(1.0 + np.exp(x))
        >>> @log1pexp.defjvp
        ... def log1pexp_jvp(primals, tangents):
        ...     (x,) = primals
        ...     (x_dot,) = tangents
        ...     return log1pexp(x), (1.0 - 1.0 / (1.0 + np.exp(x))) * x_dot
        >>> float(sx.grad(log1pexp)(100.0))
        1.0
    """
    if fun is None:
        return functools.partial(custom_jvp, nondiff_argnums=nondiff_argnums)
    return CustomJvp(fun, nondiff_argnums)


def custom_vjp(
    fun: Callable[..., Any] | None = None, nondiff_argnums: int | tuple[int, ...] = ()
) -> Any:
    """Let the gradient of a function be what a reverse rule of the user's says.

    The rule is given with `defvjp(fwd, bwd)`. Forward mode is refused.

    Args:
        fun: the function.
        nondiff_argnums: positions of arguments that carry no derivative, such as functions; the
            backward rule takes them first.

    Returns:
        A function that computes what `fun` computes, with `defvjp`.

    Raises:
        NoDerivativeError: (a TypeError) where a derivative is taken and there is no rule, the
            rule's result does not fit, or the derivative is taken in forward mode.

    Example:
        >>> import numpy as np
        >>> import srcxform as sx
        >>> @custom_vjp
        ... def clipped(lo, hi, x):
        ...     return x
        >>> def clipped_fwd(lo, hi, x):
        ...     return x, (lo, hi)
        >>> def clipped_bwd(res, g):
        ...     lo, hi = res
        ...     return None, None, np.clip(g, lo, hi)
        >>> clipped.defvjp(clipped_fwd, clipped_bwd)
        >>> float(sx.grad(lambda x: 5.0 * clipped(-1.0, 1.0, x))(3.0))
        1.0
    """
    if fun is None:
        return functools.partial(custom_vjp, nondiff_argnums=nondiff_argnums)
    return CustomVjp(fun, nondiff_argnums)
