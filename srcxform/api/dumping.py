"""The source of a derivative of a function of whose arguments nothing is at hand.

Annotations and defaults say of what kind arguments are; what stays unknown stays general.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from srcxform.api.dumping_steps import JACOBIANS, Step, refuse_result
from srcxform.api.targets import Layout, target_of
from srcxform.api.wrapping import Derivative, general_kinds
from srcxform.emit.constants import constant
from srcxform.emit.defaults import with_defaults
from srcxform.emit.standalone import standalone
from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.lattice import is_differentiable
from srcxform.kinds.values import kind_of

NO_EXAMPLES: Mapping[str, Any] = types.MappingProxyType({})

__all__ = ["TRANSFORMS", "dump"]

TRANSFORMS = (
    "grad", "value_and_grad", "jvp", "vjp", "jacfwd", "jacrev", "jacobian", "hessian", "vmap",
    "checkpoint", "jit",
)  # fmt: skip
GRADIENTS = ("grad", "value_and_grad")
LAST = {
    "vjp": "vjp gives two functions, so nothing can be applied after it",
    "jit": "jit writes a function for Numba, so nothing can be applied after it",
}


def dump(
    fun: Callable[..., Any],
    transforms: Sequence[str] = (),
    wrt: Sequence[str] = (),
    order: int = 1,
    whole: bool = False,
    held: int = 0,
    examples: Mapping[str, Any] = NO_EXAMPLES,
    lanes: Sequence[str] = (),
) -> str:
    """Give the source of a derivative of `fun`.

    Args:
        fun: a function.
        transforms: from TRANSFORMS; the first is applied first. The default is "grad".
        wrt: the names of the parameters to differentiate in: by default the first one for
            gradients and Jacobians, and all that can carry a derivative for the others.
        order: how many times the transformations are applied. What is not one number any more is
            differentiated by columns: the second order of a gradient in several parameters, or in
            an array, is its Jacobian.
        whole: give a module that runs where srcxform is not installed. Values that `fun` captured
            are then defaults of the last parameters.
        held: how many of the first parameters are constants where `wrt` does not name them: 1 for
            a method, whose first one is the object.
        examples: arguments by name, which say of what kind these are; of what "vmap" goes along,
            one lane.
        lanes: the names of the parameters whose first axis "vmap" goes along; by default all.

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
    if order < 1:
        raise TypeError(f"the order is a positive number, got {order}")
    if isinstance(fun, Derivative):
        raise TypeError(f"`{fun.__name__}` is a derivative already; name the function itself")
    chain = repeated(tuple(transforms) or ("grad",), order)
    start, names, bound = begun(fun, chain[0], wrt, held, examples)
    free = Layout.of(start.function.__code__).names[bound:]
    check_names(free, lanes, start.function.__name__)
    lanes = lanes or free[held:]
    state, again = start, len(tuple(transforms) or ("grad",))
    for number, transform in enumerate(chain):
        if number >= again and transform == "grad" and not state.scalar:
            transform = "jacfwd"
        if transform in GRADIENTS and not state.scalar:
            refuse_result(state.function.__name__, transform)
        if transform in LAST and number < len(chain) - 1:
            raise TypeError(LAST[transform])
        state = state.then(transform, names, lanes)
    if chain[-1] == "checkpoint":
        raise TypeError(
            "checkpoint says how a derivative is taken; name the one that comes after it, as in "
            "--transform checkpoint --transform grad"
        )
    if not whole:
        return state.text
    defaults = own_defaults(start.function, state.function, state.values)
    return self_contained(state.text, {**defaults, **state.values})


def repeated(transforms: tuple[str, ...], order: int) -> tuple[str, ...]:
    """Apply transformations `order` times; what is between is the derivative alone."""
    inner = tuple(
        "grad" if name in ("value_and_grad", "vjp") and order > 1 else name for name in transforms
    )
    return inner * (order - 1) + transforms


def begun(
    fun: Any, first: str, wrt: Sequence[str], held: int, examples: Mapping[str, Any]
) -> tuple[Step, list[str], int]:
    """Give the function to begin with, the parameters to differentiate in, how many are bound."""
    target = target_of(fun)
    layout = getattr(target, "layout", Layout((), 0, 0, None, (), None))
    bound = len(getattr(target, "args", ()))
    check_names(layout.names, [*wrt, *examples], target.name)
    chosen = tuple(layout.names.index(name) for name in dict.fromkeys(wrt))
    target, general = general_kinds(target, frozenset(chosen))
    kinds = {
        name: kind_of(examples[name], name) if name in examples else kind
        for name, kind in zip(layout.names, general, strict=True)
    }
    if not chosen and first in (*GRADIENTS, *JACOBIANS):
        chosen = (bound + held,) if bound + held < len(layout.names) else ()
    names = [layout.names[k] for k in chosen] or [
        name for name in layout.names[held:] if is_differentiable(kinds[name])
    ]
    return Step(target.function, kinds), names, bound


def check_names(known: Collection[str], names: Sequence[str], function: str) -> None:
    for name in names:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise TypeError(f"`{function}` has no parameter `{name}`; it has {listed}")


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
