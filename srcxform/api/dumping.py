"""The source of a derivative of a function of whose arguments nothing is at hand.

Annotations and defaults say of what kind arguments are; what stays unknown stays general.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

from srcxform.api.plans import variant_for
from srcxform.api.results import is_known, is_one_real_number
from srcxform.api.targets import Layout, target_of
from srcxform.api.wrapping import Derivative, general_kinds
from srcxform.emit.constants import constant
from srcxform.emit.defaults import with_defaults
from srcxform.emit.standalone import standalone
from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.lattice import Kind, Number, is_differentiable
from srcxform.pipeline import Compiled

__all__ = ["TRANSFORMS", "dump"]

TRANSFORMS = ("grad", "value_and_grad", "jvp", "vjp")


def dump(
    fun: Callable[..., Any],
    transforms: Sequence[str] = (),
    wrt: Sequence[str] = (),
    order: int = 1,
    whole: bool = False,
    held: int = 0,
) -> str:
    """Give the source of a derivative of `fun`.

    Args:
        fun: a function.
        transforms: from TRANSFORMS; the first is applied first. The default is "grad".
        wrt: the names of the parameters to differentiate in: by default the first one for a
            gradient, and all that can carry a derivative for the others.
        order: how many times the transformations are applied.
        whole: give a module that runs where srcxform is not installed. Values that `fun` captured
            are then defaults of the last parameters.
        held: how many of the first parameters are constants where `wrt` does not name them: 1 for
            a method, whose first one is the object.

    Returns:
        The text of a Python module.

    Raises:
        TypeError: `fun` is no function of this kind, or the transformations do not fit it.
        srcxform.errors.SrcxformError: it cannot be differentiated, or not be written so.

    Example:
        >>> def area(r: float): return 3.0 * r * r
        >>> print(dump(area, ["grad"], whole=True).partition("\\n")[0])
        \"\"\"Derivative of `area`, written by srcxform.\"\"\"
    """
    chain = repeated(tuple(transforms) or ("grad",), order)
    if isinstance(fun, Derivative):
        raise TypeError(f"`{fun.__name__}` is a derivative already; name the function itself")
    target = target_of(fun)
    layout = getattr(target, "layout", Layout((), 0, 0, None, (), None))
    bound = len(getattr(target, "args", ()))
    chosen = picked(layout.names, wrt, target.name)
    target, kinds = general_kinds(target, frozenset(chosen))
    if not chosen and chain[0] in ("grad", "value_and_grad"):
        chosen = (bound + held,) if bound + held < len(layout.names) else ()
    names = [layout.names[k] for k in chosen] or [
        name
        for name, kind in zip(layout.names[held:], kinds[held:], strict=True)
        if is_differentiable(kind)
    ]
    function: Any = target.function
    values: dict[str, Any] = {}
    several = False
    for number, transform in enumerate(chain):
        if transform in ("grad", "value_and_grad") and several:
            refuse_result(function.__name__, transform)
        compiled, kinds = step(function, transform, names, kinds)
        if transform in ("grad", "value_and_grad"):
            check_scalar(compiled.result_kind, function.__name__, transform)
        values.update({capture.name: capture.fetch() for capture in compiled.captures})
        if transform == "vjp" and number < len(chain) - 1:
            raise TypeError("vjp gives two functions, so nothing can be applied after it")
        several = transform != "grad" or len(names) > 1
        function = compiled.entry
    if not whole:
        return compiled.text
    return self_contained(
        compiled.text, {**own_defaults(target.function, function, values), **values}
    )


def repeated(transforms: tuple[str, ...], order: int) -> tuple[str, ...]:
    """Apply transformations `order` times; what is between is the derivative alone."""
    if order < 1:
        raise TypeError(f"the order is a positive number, got {order}")
    inner = tuple(
        "grad" if name in ("value_and_grad", "vjp") and order > 1 else name for name in transforms
    )
    return inner * (order - 1) + transforms


def picked(names: tuple[str, ...], wrt: Sequence[str], function: str) -> tuple[int, ...]:
    for name in wrt:
        if name not in names:
            raise TypeError(
                f"`{function}` has no parameter `{name}`; it has {', '.join(names) or 'none'}"
            )
    return tuple(names.index(name) for name in dict.fromkeys(wrt))


def step(
    function: types.FunctionType, transform: str, names: list[str], kinds: tuple[Kind, ...]
) -> tuple[Compiled, tuple[Kind, ...]]:
    """Transform a function once; give the kinds of the parameters of what comes out."""
    parameters = Layout.of(function.__code__).names
    known = dict(zip(parameters, kinds, strict=True))
    for name in names:
        kind = known[name]
        if isinstance(kind, Number) and kind.cls == "i":
            known[name] = Number("f")  # a differentiated integer counts as a real number
        if not is_differentiable(known[name]):
            raise TypeError(
                f"`{name}` of `{function.__name__}` is no real or complex number, so there is no "
                "derivative in it"
            )
    if not names:
        raise TypeError(f"`{function.__name__}` has no parameter to differentiate in")
    wrt = tuple(parameters.index(name) for name in names)
    variant, _ = variant_for(function, transform, wrt, tuple(known[p] for p in parameters))
    compiled = variant.compiled
    known.update({capture.name: capture.kind for capture in compiled.captures})
    made = Layout.of(compiled.entry.__code__).names
    tangents = iter([known[name] for name in names])
    return compiled, tuple(known[p] if p in known else next(tangents) for p in made)


def check_scalar(result: Kind, name: str, transform: str) -> None:
    options = {"has_aux": False, "holomorphic": False}
    if is_known(result) and not is_one_real_number(result, options):
        refuse_result(name, transform)


def refuse_result(name: str, transform: str) -> None:
    raise TypeError(
        f"`{name}` does not return one real number, so there is no {transform} of it; use jvp or "
        "vjp"
    )


ALLOWED = {"numpy", "scipy", "srcxform", *sys.stdlib_module_names}


def own_defaults(
    original: types.FunctionType, derivative: types.FunctionType, captured: dict[str, Any]
) -> dict[str, Any]:
    """Give the defaults that the user's function has for the last parameters of a derivative."""
    found: dict[str, Any] = {}
    signature = inspect.signature(original, follow_wrapped=False).parameters
    names = [n for n in Layout.of(derivative.__code__).names if n not in captured]
    for name in reversed(names):
        parameter = signature.get(name)
        if parameter is None or parameter.default is parameter.empty:
            break
        try:
            constant(parameter.default, name, "np")
        except UnsupportedError:
            break  # no literal: it has to be given
        found[name] = parameter.default
    return found


def self_contained(text: str, values: dict[str, Any]) -> str:
    """Write captured values and helpers into a module. Raises UnsupportedError."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] not in ALLOWED:
                    refuse_import(alias.name)
    changed, above = with_defaults(text, values)
    return standalone(changed, above)


def refuse_import(name: str) -> None:
    raise UnsupportedError(Diagnostic(
        "this derivative cannot be written as a standalone module", None,
        f"it calls functions or classes of `{name}`, which would have to be installed",
        "dump it without --standalone, or write the function without them",
    ))  # fmt: skip
