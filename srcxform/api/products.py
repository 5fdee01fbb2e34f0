"""Products with Jacobians and Hessians, without forming them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcxform.api.forward import jvp
from srcxform.api.gradient import grad
from srcxform.api.pullback import vjp

__all__ = ["hvp", "jacobian_vector_product", "vector_jacobian_product"]


def hvp(fun: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    """Compute the product of the Hessian of `fun` with a vector, forward over reverse.

    Args:
        fun: a function whose result is one real number.
        primals: a tuple with its arguments; anything else stands for the only argument.
        tangents: what is multiplied with the Hessian, of the structure of `primals`.

    Returns:
        The product with the whole Hessian, all blocks of it, of the structure of `primals`.

    Raises:
        TypeError: the tangents do not fit, or the result is no real number.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Source: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994).

    Example:
        >>> hvp(lambda x, y: x * x * y, (3.0, 5.0), (1.0, 0.0))
        (10.0, 6.0)
    """
    if type(primals) is not tuple:  # a namedtuple is a container
        return jvp(grad(fun), (primals,), (tangents,))[1]
    return jvp(grad(fun, tuple(range(len(primals)))), primals, tangents)[1]


def jacobian_vector_product(fun: Callable[..., Any], x: Any, u: Any) -> Any:
    """Compute the product of the Jacobian of `fun` at `x` with `u`, in forward mode.

    Args:
        fun: a function of one argument.
        x: its argument, a number, an array or a container.
        u: a tangent of the structure of `x`.

    Returns:
        The tangent of `fun(x)`.

    Example:
        >>> jacobian_vector_product(lambda x: x**3, 2.0, 1.0)
        12.0
    """
    return jvp(fun, (x,), (u,))[1]


def vector_jacobian_product(fun: Callable[..., Any], x: Any, u: Any) -> Any:
    """Compute the product of `u` with the Jacobian of `fun` at `x`, in reverse mode.

    Args:
        fun: a function of one argument.
        x: its argument, a number, an array or a container.
        u: a cotangent of the structure of `fun(x)`.

    Returns:
        The cotangent of `x`.

    Example:
        >>> vector_jacobian_product(lambda x: x**3, 2.0, 1.0)
        12.0
    """
    return vjp(fun, x)[1](u)[0]
