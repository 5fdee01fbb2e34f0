"""Functions of the interface as the compiler reads them where they are called inside a function.

Each computes what the function of the same name does, by derivatives that the compiler writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcxform.api.linear import linear_transpose, linearize
from srcxform.api.pullback import vjp
from srcxform.runtime import zeros_like
from srcxform.specialise.closures import TEMPLATES

__all__ = ["register"]


def linearized(fun: Callable[..., Any], *primals: Any) -> Any:
    """The pullback is linear: its own pullback is the tangent map, wherever it is taken."""
    out, pullback = vjp(fun, *primals)
    _, push = vjp(pullback, zeros_like(out))
    return out, lambda *tangents: push(tangents)[0]


def transposed(fun: Callable[..., Any], *primals: Any) -> Any:
    _, pullback = vjp(fun, *primals)
    return pullback


def register() -> None:
    """Let the compiler read these in place of the functions of the interface."""
    TEMPLATES.update({linearize: linearized, linear_transpose: transposed})
