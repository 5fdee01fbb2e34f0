"""Derivative functions: callables that find or make the generated code for what they are given.

A derivative function has the name, documentation and signature that a reader expects, works as a
method, can be pickled, and can be differentiated again.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
import types
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from srcxform.api.plans import Plan
from srcxform.api.targets import Plain, Target, Values, target_of
from srcxform.kinds.lattice import UNKNOWN, Kind, Number
from srcxform.kinds.values import kind_of
from srcxform.syntax.signatures import own_signature

__all__ = ["Derivative", "decorating", "general_kinds"]


class NoSource(AttributeError, TypeError):
    """No arguments are known yet that would decide what the source is."""


class Derivative(ABC):
    """A derivative of a function, itself a function.

    Called, it computes the derivative by generated source code, which is written at the first call
    with arguments of new kinds, and kept. `source` is its text.
    """

    maker: ClassVar[Callable[..., Any]]
    suffix: ClassVar[str]
    is_compiled: ClassVar[bool] = False
    __wrapped__: Any
    _in_class = False

    def __init__(self, fun: Callable[..., Any], options: dict[str, Any]) -> None:
        self._target = target_of(fun)
        self._options = options
        self._last: Plan | None = None
        self.__wrapped__ = fun
        self.__name__ = f"{self._target.name}_{self.suffix}"
        self.__qualname__ = self.__name__
        self.__module__ = getattr(fun, "__module__", None) or __name__
        self.__doc__ = self._documentation()

    @property
    def __srcxform_derived__(self) -> tuple[str, Any, dict[str, Any]]:
        """What a derivative met inside a differentiated function is: of what, and how."""
        return type(self).maker.__name__, self.__wrapped__, self._options

    @abstractmethod
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the derivative."""

    @abstractmethod
    def __srcxform_target__(self) -> Target:
        """Give what a further transformation works on."""

    @abstractmethod
    def _documentation(self) -> str:
        """Say what is computed."""

    @abstractmethod
    def _signature(self) -> inspect.Signature:
        """Give the signature that callers see."""

    @abstractmethod
    def _general_text(self) -> str:
        """Write the source for arguments of which nothing is known."""

    @abstractmethod
    def _text_for(self, args: Values, kwargs: dict[str, Any]) -> str:
        """Write the source for these arguments, without running it."""

    @property
    def source(self) -> str:
        """The generated Python source: what ran at the last call, or else the general case."""
        last = self._last
        if last is None or last.variant.compiled is None:
            return self._general_text()
        return last.variant.compiled.text

    def __getattr__(self, name: str) -> Any:
        # Seldom asked for, and slow to find out.
        if name == "__signature__":
            self.__signature__ = found = decorated(self.__wrapped__, self._signature())
            return found
        if name == "source":  # none is there yet, and this says why
            return self._general_text()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __set_name__(self, owner: type, name: str) -> None:
        self._in_class = True

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> Any:
        """Pickle by reference, like a function, if this can be imported; else by its parts."""
        found: Any = sys.modules.get(self.__module__)
        home = getattr(self.__wrapped__, "__qualname__", "")
        for part in home.split("."):
            found = getattr(found, part, None)
        if found is self:
            return home
        return made_again, (type(self).maker, self.__wrapped__, self._options)

    def __repr__(self) -> str:
        return f"<derivative function {self.__name__} of {self.__wrapped__!r}>"


def made_again(maker: Callable[..., Any], fun: Any, options: dict[str, Any]) -> Any:
    """Rebuild a derivative function from a pickle."""
    return maker(fun, **options)


def decorating(maker: Callable[..., Any], fun: Any, options: dict[str, Any]) -> Any:
    """Make the derivative of `fun`, or a decorator that will (`fun` is None: only options).

    That of a compiled function is compiled. Gives None for any other function.
    """
    if fun is None:
        return functools.partial(maker, **options)
    if not callable(fun):
        raise TypeError(
            f"{maker.__name__} takes a function, got {fun!r}; as a decorator with options, write "
            f"@{maker.__name__}(name=value)"
        )
    if isinstance(fun, Derivative) and fun.is_compiled and maker is not fun.maker:
        return fun.maker(maker(fun.__wrapped__, **options))
    return None


GENERAL: dict[Any, Kind] = {
    kind: Number(cls)
    for cls, names in {"f": ("float",), "i": ("int",), "c": ("complex",)}.items()
    for kind in (*names, *(getattr(builtins, name) for name in names))
}


def decorated(fun: Any, own: inspect.Signature) -> inspect.Signature:
    """Give the signature that `functools.wraps` tells of, where `own` is that of the wrapper."""
    if not isinstance(fun, types.FunctionType) or not hasattr(fun, "__wrapped__"):
        return own
    if list(own.parameters) != list(inspect.signature(fun, follow_wrapped=False).parameters):
        return own
    return inspect.signature(fun).replace(return_annotation=own.return_annotation)


def general_kinds(target: Target, differentiated: frozenset[int]) -> tuple[Plain, tuple[Kind, ...]]:
    """Give the function behind a target, and kinds from what is bound, annotated, or default."""
    if not isinstance(target, Plain):
        raise NoSource(
            f"the source of a derivative of `{target.name}` depends on its arguments: "
            "use sx.source(fn, *example_args), or call it first"
        )
    signature = own_signature(target.function)
    kinds = []
    for k, name in enumerate(target.layout.names):
        parameter = signature.parameters[name]
        if k < len(target.args):
            kinds.append(kind_of(target.args[k], name))
        elif parameter.annotation in GENERAL:
            kinds.append(GENERAL[parameter.annotation])
        elif parameter.default is not parameter.empty and k not in differentiated:
            kinds.append(kind_of(parameter.default, name))
        else:
            kinds.append(UNKNOWN)
    return target, tuple(kinds)
