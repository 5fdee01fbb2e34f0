"""Machine code: `jit`."""

from __future__ import annotations

import importlib.util
import inspect
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from srcxform.api.home import home_of
from srcxform.api.keys import key_of
from srcxform.api.plans import Plan, find_plan, lock, table_of, variant_for
from srcxform.api.targets import Layout, Lowered, Target, Values, target_of
from srcxform.api.wrapping import Derivative, decorating, general_kinds
from srcxform.errors import UnsupportedError
from srcxform.kinds.flattening import Leaf, flattened, held, is_leaf
from srcxform.kinds.instances import instance_of, is_followed
from srcxform.kinds.lattice import Array, Const, Items, Kind, Mapping, Number, Record
from srcxform.kinds.values import kind_of
from srcxform.pipeline import Compiled

__all__ = ["Jitted", "jit"]

MISSING = (
    "jit compiles with Numba, which is not installed: pip install 'srcxform[jit]', or call the "
    "function without jit"
)


def jit(fun: Callable[..., Any] | None = None) -> Any:
    """Make the function that computes `fun` in machine code.

    The source of `fun`, with all that it calls written out, is specialised to the kinds of the
    arguments and compiled by Numba when it is first called with them. What has been compiled gives
    the structure, shapes and values that `fun` gives, to rounding; what cannot be compiled is
    refused, and never runs uncompiled.

    Numbers are computed with in double precision and 64 bits. Where Python would do better, an
    exception tells: integers that do not fit, and scalar divisions by zero and powers that have no
    real value, raise. Containers are taken apart on the way in and put together on the way out: to
    arrays among the arguments the function may write, to a dict or an object it may not.

    Other transformations look through it: `grad(jit(f))` is the gradient of `f`, compiled as
    `jit(grad(f))` is; inside a function that is differentiated, `jit(f)` is `f`.

    Args:
        fun: a function, or what `grad`, `vmap` and their like have made; a pullback of `vjp`, a
            linear function of `linearize`. Without it: a decorator.

    Returns:
        A function of the arguments of `fun`. Its `source` is what is compiled.

    Raises:
        ImportError: Numba is not installed (`pip install 'srcxform[jit]'`).
        TypeError: `fun` cannot be called.
        srcxform.errors.SrcxformError: when it is called: the compiler or Numba cannot compile it.

    Example:
        >>> from srcxform.api.gradient import grad
        >>> def decay(x, n):
        ...     for _ in range(n):
        ...         x = x - 0.1 * x * x
        ...     return x
        >>> gradient = jit(grad(decay))
        >>> float(abs(gradient(0.5, 20) - grad(decay)(0.5, 20))) < 1e-15
        True
    """
    if importlib.util.find_spec("numba") is None:
        raise ImportError(MISSING)
    if isinstance(fun, Jitted):
        return fun
    return decorating(jit, fun, {}) or Jitted(fun, {})  # type: ignore[arg-type]


class Jitted(Derivative):
    """A function that runs as machine code."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(jit)
    suffix: ClassVar[str] = "jit"
    is_compiled: ClassVar[bool] = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the function."""
        lowered = self.lowered(args, kwargs)
        try:
            plan, captured = self.plan(lowered)
            self._last = plan
            raw = plan.run(lowered.values, captured)
        except UnsupportedError as error:
            raise at_home(error, self.__wrapped__) from None
        return raw if lowered.present is None else lowered.present(raw)

    def lowered(self, args: Values, kwargs: dict[str, Any]) -> Lowered:
        """Give the function that has source, and what it takes for these arguments."""
        target = target_of(self.__wrapped__).at(len(args), tuple(kwargs))
        return target.lower(target.bind(args, kwargs))

    def plan(self, lowered: Lowered) -> tuple[Plan, Values]:
        """Find or make what a call needs, and the captured values."""
        function, values = lowered.function, lowered.values
        return find_plan(
            table_of(function).plans_for(("jit",)), key_of(values), lambda: made(function, values)
        )

    def __srcxform_target__(self) -> Target:
        return target_of(self.__wrapped__)

    def _documentation(self) -> str:
        own = inspect.getdoc(self.__wrapped__)
        first = f"`{self._target.name}` in machine code."
        return f"{first}\n\n{own}" if own else first

    def _signature(self) -> inspect.Signature:
        return self._target.signature()

    def _general_text(self) -> str:
        target, kinds = general_kinds(self._target, frozenset())
        text: str = variant_for(target.function, "jit", (), kinds)[0].compiled.text
        return text

    def _text_for(self, args: Values, kwargs: dict[str, Any]) -> str:
        text: str = self.plan(self.lowered(args, kwargs))[0].variant.compiled.text
        return text


def at_home(error: UnsupportedError, fun: Any) -> UnsupportedError:
    """Let an error that knows of no line of the user's name the function."""
    place = home_of(fun)
    if error.place is not None or place is None:
        return error
    return UnsupportedError(replace(error.diagnostic, place=place))


def made(function: types.FunctionType, values: Values) -> Plan:
    """Find out all that need not be found out again for arguments with this key."""
    names = Layout.of(function.__code__).names
    kinds = tuple(kind_of(value, name) for value, name in zip(values, names, strict=True))
    variant, key = variant_for(function, "jit", (), kinds)
    return Plan(variant, runner(variant.compiled, kinds, values), None, key)


def runner(compiled: Compiled, kinds: tuple[Kind, ...], values: Values) -> Any:
    """Make what a plan runs: arguments taken apart, machine code, the result put together."""
    from srcxform.native.machine import native  # Numba takes a while to import

    code: Any = compiled.entry.__code__
    parameters = code.co_varnames[: code.co_argcount]
    paths = [(k, *path) for k, kind in enumerate(kinds) for path, _ in flattened(kind)]
    for k, capture in enumerate(compiled.captures, len(kinds)):
        whole = capture.name in parameters
        paths += [(k,)] if whole else [(k, *path) for path, _ in flattened(capture.kind)]
    read = loaded_names(code)
    kept = [path if p in read else None for p, path in zip(parameters, paths, strict=True)]
    plain = "np" not in code.co_names and not any(
        isinstance(get(values, path), (np.ndarray, np.generic))
        for path in kept if path and path[0] < len(kinds)
    )  # fmt: skip
    scalars = {} if plain else {float: np.float64, complex: np.complex128}
    machine, result = native(compiled.functions), compiled.result_kind

    def run(values: Values, captured: Values) -> Any:
        given = (*values, *captured)
        leaves = [None if path is None else get(given, path) for path in kept]
        with lock:
            raw = machine(*leaves)
        own = [one for one in leaves if isinstance(one, np.ndarray) and one.shape == ()]
        return together(result, raw, lambda kind, part: leaf(kind, part, scalars, own))

    return run


def loaded_names(code: types.CodeType) -> set[str]:
    """Give the local variables that a function reads."""
    import dis

    found: set[str] = set()
    for step in dis.get_instructions(code):
        if step.opname.startswith("LOAD_FAST") or step.opname.startswith("STORE_FAST_LOAD"):
            found.update(step.argval if isinstance(step.argval, tuple) else (step.argval,))
    return found


def get(value: Any, path: Leaf) -> Any:
    """Give the leaf that a path leads to."""
    for key in path:
        if isinstance(value, (list, tuple, dict)) and not hasattr(value, "_fields"):
            value = value[key]
        else:
            value = value[key] if type(key) is int else getattr(value, key)
    return value


def together(kind: Kind, raw: Any, shown: Callable[[Kind, Any], Any]) -> Any:
    """Give a result as the function itself gives it."""
    if isinstance(kind, Const):
        return kind.value
    if is_leaf(kind):
        return shown(kind, raw)
    rest = iter(raw)
    return built(kind, lambda one: shown(one, next(rest)))


def built(kind: Kind, take: Callable[[Kind], Any]) -> Any:
    """Make a container of the leaves that come one by one."""
    if isinstance(kind, Const):
        return kind.value
    if is_leaf(kind):
        return take(kind)
    parts = [built(item, take) for _, item in held(kind)]
    match kind:
        case Items(type=name):
            return tuple(parts) if name == "tuple" else parts
        case Mapping(keys=keys):
            return dict(zip(keys, parts, strict=True))
    assert isinstance(kind, Record)
    if hasattr(kind.type, "_make"):
        return kind.type._make(parts)
    if is_followed(kind.type):
        return instance_of(kind.type, dict(zip(kind.keys, parts, strict=True)))
    return kind.type(**dict(zip(kind.keys, parts, strict=True)))


def leaf(kind: Kind, raw: Any, scalars: dict[type, Any], own: list[Any]) -> Any:
    """Give a number as NumPy gives it, if any of the numbers is from there.

    `own` are the arguments that are arrays without axes: NumPy makes no others.
    """
    if isinstance(raw, np.ndarray) and isinstance(kind, (Number, Array)) and raw.shape == ():
        if any(np.shares_memory(raw, one) for one in own):
            return raw
        raw = raw[()].item()
    if type(raw) is list or type(raw) is tuple:
        return type(raw)(leaf(kind, part, scalars, own) for part in raw)
    make = scalars.get(type(raw))
    return raw if make is None else make(raw)
