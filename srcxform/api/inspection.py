"""Looking at generated code."""

from __future__ import annotations

from typing import Any

from srcxform.api.linear import Linear
from srcxform.api.pullback import Pullback
from srcxform.api.wrapping import Derivative

__all__ = ["source"]


def source(fn: Any, *example_args: Any, **example_kwargs: Any) -> str:
    """Give the generated Python source of a derivative function, as text.

    Args:
        fn: a function made by `grad`, `jvp` and their like, a pullback or a linearised function.
        example_args: arguments, as `fn` would be called with. Nothing is computed: they say what
            the source is to be written for. Without them, it is the source that served the last
            call with arguments of a new kind, or else the general case.

    Returns:
        The text of a Python module.

    `inspect.getsource` gives the user's own function where `fn` stands for one (it follows
    `__wrapped__`), and the generated function of a pullback, of a linearised function, and of
    anything that a debugger or a traceback stands in.

    Raises:
        TypeError: `fn` is no derivative function.
        srcxform.errors.SrcxformError: the function behind `fn` cannot be differentiated.

    Example:
        >>> import numpy as np
        >>> from srcxform.api.forward import jvp
        >>> text = source(jvp(np.sin), (0.5,), (1.0,))
        >>> print(text[text.index("def") :])
        def sin_jvp(x, x_dot):
            \"\"\"Tangent of `sin` with respect to `x`.\"\"\"
            return np.sin(x), x_dot * np.cos(x)
        <BLANKLINE>
    """
    if isinstance(fn, (Pullback, Linear)):
        return fn.source
    behind = getattr(fn, "__func__", fn)  # of a method
    if not isinstance(behind, Derivative):
        raise TypeError(
            f"source is for derivative functions, such as grad(f); got {fn!r}. The source of a "
            "function of your own is what inspect.getsource gives"
        )
    if not example_args and not example_kwargs:
        return behind.source
    owner = (fn.__self__,) if behind is not fn else ()
    return behind._text_for((*owner, *example_args), example_kwargs)
