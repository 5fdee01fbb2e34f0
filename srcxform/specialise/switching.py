"""Whether the adjoint of a gradient taken inside is found by the cheaper mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_on: ContextVar[bool] = ContextVar("mode_switching", default=True)


def is_on() -> bool:
    """Say whether modes are switched where that is cheaper."""
    return _on.get()


@contextmanager
def mode_switching(on: bool = True) -> Iterator[None]:
    """Let derivatives of gradients be written by the cheaper mode, or (False) as they are nested.

    A gradient that is taken inside a function, in reverse mode, and is differentiated in reverse
    mode itself, is written forward over reverse: second derivatives are symmetric, so a cotangent
    u of `grad(f)(x)` gives back the derivative of the full gradient of f in the direction u. With
    False it is written reverse over reverse. Both give the same numbers; `sx.source` shows which
    one it is.

    Args:
        on: whether to switch. Holds for what is called inside the `with` block.

    Example:
        >>> from srcxform import grad
        >>> def speed(x):
        ...     return grad(lambda y: y**3)(x) ** 2
        >>> with mode_switching(False):
        ...     by_reverse = grad(speed)(2.0)
        >>> by_reverse == grad(speed)(2.0) == 288.0
        True
    """
    token = _on.set(bool(on))
    try:
        yield
    finally:
        _on.reset(token)
