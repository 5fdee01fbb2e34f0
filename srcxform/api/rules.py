"""Derivative rules of users' own, for functions that the compiler does not look into."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from srcxform.rules import registry

__all__ = ["adjoint", "tangent"]

Template = Callable[..., Any]


def tangent(fn: Any, *, signature: str | None = None) -> Callable[[Template], Template]:
    """Register the decorated function as the forward rule of `fn`.

    The rule is a template, inlined into generated code. It reads what it names among the
    parameters of `fn`, `out` (the value of `fn`) and `<parameter>_dot` (tangents, shaped like
    their parameters), and returns the tangent of the value. A tangent that a call does not have
    is the parameter's default, or zeros if it has none.

    Args:
        fn: a function without Python source, or one that should not be looked into.
        signature: its parameters, such as "x, axis=None", where Python cannot tell them.

    Raises TypeError where the rule names a tangent of something that is no parameter of `fn`.

    >>> import math
    >>> @tangent(math.expm1, signature="x")
    ... def expm1_dot(out, x_dot):
    ...     return x_dot * (out + 1.0)
    """

    def register(template: Template) -> Template:
        known = list(registry.signature_of(fn, signature).parameters)
        named = [p[:-4] for p in inspect.signature(template).parameters if p.endswith("_dot")]
        check(fn, template, named, known)
        wrt = " ".join(name for name in known if name in named)
        return registry.tangent(fn, signature, wrt=wrt)(template)

    return register


def adjoint(
    fn: Any, *, wrt: str | None = None, signature: str | None = None
) -> Callable[[Template], Template]:
    """Register the decorated function as the reverse rule of `fn`.

    The rule is a template, inlined into generated code. It reads what it names among the
    parameters of `fn`, `out` and `out_bar` (the cotangent of the value), and returns the
    cotangents of the parameters `wrt`, in that order: one value for one, a tuple for several.

    Args:
        fn: a function without Python source, or one that should not be looked into.
        wrt: names of the parameters that a derivative passes, separated by blanks; all
            parameters without a default, if not given.
        signature: the parameters of `fn`, where Python cannot tell them.

    Raises TypeError where `wrt` names something that is no parameter of `fn`.

    >>> import math
    >>> @adjoint(math.expm1, signature="x")
    ... def expm1_bar(out, out_bar):
    ...     return out_bar * (out + 1.0)
    """

    def register(template: Template) -> Template:
        parameters = registry.signature_of(fn, signature).parameters
        required = [n for n, p in parameters.items() if p.default is p.empty]
        names = required if wrt is None else wrt.split()
        check(fn, template, names, list(parameters))
        return registry.adjoint(fn, signature, wrt=" ".join(names))(template)

    return register


def check(fn: Any, template: Template, names: list[str], known: list[str]) -> None:
    """Raise TypeError unless the rule is a plain function about parameters of `fn`."""
    if not inspect.isfunction(template):
        raise TypeError(f"a rule is a Python function, got {type(template).__name__}")
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        called = getattr(fn, "__name__", str(fn))
        about = f"`{wrong[0]}`" if wrong else "no parameter"
        raise TypeError(f"the rule is about {about}, but `{called}` takes {', '.join(known)}")
