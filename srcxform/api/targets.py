"""Callables taken apart for differentiation: the function that is compiled, and its arguments.

A target binds a call's arguments to one value for each parameter of its function, in the order in
which they are written (`*args` is one tuple, `**kwargs` one dict), and knows where in these an
argument went.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from srcxform.api.glue import calling, identifier
from srcxform.api.plans import table_of
from srcxform.rules.custom import Custom
from srcxform.syntax.callables import unwrap
from srcxform.syntax.signatures import own_signature

__all__ = [
    "Foreign",
    "Layout",
    "Lowered",
    "Plain",
    "Slot",
    "Target",
    "called",
    "label_of",
    "target_of",
]

Values = tuple[Any, ...]
MISSING: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class Slot:
    """Where an argument went: into a parameter, or (`item`) into the tuple of `*args`."""

    parameter: int
    item: int | None = None

    def get(self, values: Values) -> Any:
        """Give the argument."""
        value = values[self.parameter]
        return value if self.item is None else value[self.item]

    def put(self, values: Values, new: Any) -> Values:
        """Give the values with another argument in this place."""
        if self.item is not None:
            old = values[self.parameter]
            new = (*old[: self.item], new, *old[self.item + 1 :])
        return (*values[: self.parameter], new, *values[self.parameter + 1 :])


@dataclass(frozen=True)
class Lowered:
    """A call of a Python function that has source.

    `present` makes of what the function returns what the caller expects; None where that is it.
    """

    function: types.FunctionType
    values: Values
    present: Callable[[Any], Any] | None = None


class Target(Protocol):
    """What can be differentiated."""

    @property
    def name(self) -> str:
        """The name that errors and derivative functions use."""

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        """Give the target for calls with so many arguments and these keywords."""

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        """Give one value for each parameter. Raises TypeError as a call would."""

    def slot(self, position: int) -> Slot | None:
        """Say where the positional argument `position` goes, None if there is no such argument."""

    def parameter_name(self, slot: Slot) -> str:
        """Give the name of the parameter that an argument goes to."""

    def signature(self) -> inspect.Signature:
        """Give the signature that callers see."""

    def lower(self, values: Values) -> Lowered:
        """Give the function to be compiled, and the values of its parameters."""


@dataclass(frozen=True)
class Layout:
    """The parameters of a function, read off its code object."""

    names: tuple[str, ...]
    positional: int
    positional_only: int
    star: int | None
    keyword_only: tuple[str, ...]
    double_star: int | None

    @staticmethod
    def of(code: types.CodeType) -> Layout:
        """Read a code object; it has `*args` after the keyword-only ones, the text before."""
        count, only = code.co_argcount, code.co_kwonlyargcount
        names = list(code.co_varnames[:count])
        keyword_only = code.co_varnames[count : count + only]
        rest = list(code.co_varnames[count + only :])
        star = double_star = None
        if code.co_flags & inspect.CO_VARARGS:
            star = len(names)
            names.append(rest.pop(0))
        names += keyword_only
        if code.co_flags & inspect.CO_VARKEYWORDS:
            double_star = len(names)
            names.append(rest.pop(0))
        return Layout(tuple(names), count, code.co_posonlyargcount, star, keyword_only, double_star)


def called(function: types.FunctionType, values: Values) -> Any:
    """Call a function with one value for each parameter.

    >>> def f(x, *rest, scale): return (x + sum(rest)) * scale
    >>> called(f, (1, (2, 3), 10))
    60
    """
    layout, given = Layout.of(function.__code__), list(values)
    keywords: dict[str, Any] = {}
    if layout.double_star is not None:
        keywords.update(given.pop())
    keywords.update({name: given[layout.names.index(name)] for name in layout.keyword_only})
    rest = given[layout.star] if layout.star is not None else ()
    return function(*given[: layout.positional], *rest, **keywords)


@dataclass(frozen=True, eq=False)
class Plain:
    """A Python function, perhaps with arguments bound in advance."""

    function: types.FunctionType
    args: Values = ()
    keywords: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        layout = Layout.of(self.function.__code__)
        simple = layout.star is None and layout.double_star is None and not layout.keyword_only
        exact = layout.positional - len(self.args) if simple and not self.keywords else -1
        object.__setattr__(self, "layout", layout)
        object.__setattr__(self, "exact", exact)  # so many arguments need no binding
        object.__setattr__(self, "name", identifier(self.function.__name__))
        object.__setattr__(self, "code", self.function.__code__)

    layout: Layout = field(init=False, repr=False)
    exact: int = field(init=False, repr=False)
    name: str = field(init=False, repr=False)
    code: types.CodeType = field(init=False, repr=False)

    def is_current(self) -> bool:
        """Say whether the function still has the code it had; notebooks exchange it."""
        return self.function.__code__ is self.code

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        return self

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        if not kwargs and len(args) == self.exact:
            return self.args + args if self.args else args
        return self.bind_slowly(self.args + args, {**self.keywords, **kwargs})

    def bind_slowly(self, args: Values, kwargs: dict[str, Any]) -> Values:
        layout, defaults, given = self.layout, self.function.__defaults__ or (), dict(kwargs)
        values: list[Any] = list(args[: layout.positional])
        first_default = layout.positional - len(defaults)
        for k in range(len(values), layout.positional):
            default = defaults[k - first_default] if k >= first_default else MISSING
            by_name = k >= layout.positional_only
            values.append(kwargs.pop(layout.names[k], default) if by_name else default)
        if layout.star is not None:
            values.append(args[layout.positional :])
            extra: Values = ()
        else:
            extra = args[layout.positional :]
        named = self.function.__kwdefaults__ or {}
        values += [kwargs.pop(k, named.get(k, MISSING)) for k in layout.keyword_only]
        if layout.double_star is not None:
            doubled = [k for k in kwargs if k in layout.names[layout.positional_only : len(args)]]
            values.append(kwargs)
        else:
            doubled = list(kwargs)
        if extra or doubled or any(value is MISSING for value in values):
            self.refuse(args, given)
        return tuple(values)

    def refuse(self, args: Values, kwargs: dict[str, Any]) -> None:
        """Raise the TypeError of a call that does not fit."""
        self.function(*args, **kwargs)
        raise TypeError(f"the arguments do not fit the signature of `{self.name}`")

    def slot(self, position: int) -> Slot | None:
        index = position + len(self.args)
        if index < self.layout.positional:
            return Slot(index)
        if self.layout.star is not None:
            return Slot(self.layout.star, index - self.layout.positional)
        return None

    def parameter_name(self, slot: Slot) -> str:
        return self.layout.names[slot.parameter]

    def signature(self) -> inspect.Signature:
        found = own_signature(self.function)
        if not self.args and not self.keywords:
            return found
        parameters = list(found.parameters.values())
        bound = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        dropped = {p.name for p in bound[: len(self.args)]} | self.keywords.keys()
        return found.replace(parameters=[p for p in parameters if p.name not in dropped])

    def lower(self, values: Values) -> Lowered:
        return Lowered(self.function, values)


class Foreign:
    """A callable without Python source, such as a NumPy function."""

    def __init__(self, function: Callable[..., Any], args: Values, keywords: dict[str, Any]):
        self.function, self.args, self.keywords = function, args, keywords
        self.name = identifier(getattr(function, "__name__", type(function).__name__))
        self.known: dict[tuple[int, tuple[str, ...]], Plain] = {}

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        key = nargs, keywords
        found = self.known.get(key)
        if found is None:
            names = tuple({**self.keywords, **dict.fromkeys(keywords)})
            made = calling(self.function, len(self.args) + nargs, names)
            found = self.known[key] = Plain(made, self.args, self.keywords)
        return found

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        return self.at(len(args), tuple(kwargs)).bind(args, kwargs)

    def slot(self, position: int) -> Slot | None:
        return Slot(position + len(self.args))

    def parameter_name(self, slot: Slot) -> str:
        return f"x_{slot.parameter + 1}"

    def signature(self) -> inspect.Signature:
        try:
            return inspect.signature(self.function)
        except (TypeError, ValueError):
            pass
        kind = inspect.Parameter.POSITIONAL_ONLY
        count = getattr(self.function, "nin", None)
        if count is None:
            any_args = inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)
            return inspect.Signature([any_args])
        names = ("x", "y", "z")[:count] if count <= 3 else [f"x_{k + 1}" for k in range(count)]
        return inspect.Signature([inspect.Parameter(name, kind) for name in names])

    def lower(self, values: Values) -> Lowered:
        raise AssertionError("a foreign function is lowered at a call")


@dataclass(frozen=True, eq=False)
class Partial:
    """A target with arguments bound in advance."""

    inner: Target
    args: Values
    keywords: dict[str, Any]

    @property
    def name(self) -> str:
        return self.inner.name

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        names = tuple({**self.keywords, **dict.fromkeys(keywords)})
        inner = self.inner.at(len(self.args) + nargs, names)
        return self if inner is self.inner else Partial(inner, self.args, self.keywords)

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        return self.inner.bind(self.args + args, {**self.keywords, **kwargs})

    def slot(self, position: int) -> Slot | None:
        return self.inner.slot(position + len(self.args))

    def parameter_name(self, slot: Slot) -> str:
        return self.inner.parameter_name(slot)

    def signature(self) -> inspect.Signature:
        found = self.inner.signature()
        parameters = list(found.parameters.values())[len(self.args) :]
        return found.replace(parameters=[p for p in parameters if p.name not in self.keywords])

    def lower(self, values: Values) -> Lowered:
        return self.inner.lower(values)


def target_of(fun: Any) -> Target:
    """Take a callable apart. Raises TypeError if it is none, or a class."""
    if type(fun) is types.FunctionType:
        derived = table_of(fun).derived
        found = derived.get("target")
        if found is None:
            found = derived["target"] = Plain(fun)
        return found
    if isinstance(fun, Custom):
        found = fun.derived.get("target")
        if found is None:
            found = fun.derived["target"] = Foreign(fun, (), {})
        return found
    own = getattr(type(fun), "__srcxform_target__", None)
    if own is not None:
        return own(fun)
    bound = unwrap(fun)
    if isinstance(bound.function, type):
        raise TypeError(
            f"`{bound.function.__name__}` is a class; differentiate a function that makes an "
            "instance and returns numbers"
        )
    if bound.args and not isinstance(bound.function, type):
        # `unwrap` sees a derivative function as any callable object.
        owner = bound.args[0]
        if isinstance(owner, Custom) and bound.function is Custom.__call__:
            return Partial(target_of(owner), bound.args[1:], bound.keywords)
        own = getattr(type(owner), "__srcxform_target__", None)
        if own is not None and bound.function is type(owner).__call__:
            return Partial(own(owner), bound.args[1:], bound.keywords)
    if isinstance(bound.function, types.FunctionType):
        return Plain(bound.function, bound.args, bound.keywords)
    return Foreign(bound.function, bound.args, bound.keywords)


def label_of(target: Target, position: int, slot: Slot) -> str:
    """Name an argument in errors; the way to a part of it goes where the braces are."""
    return f"argument {position} (`{target.parameter_name(slot)}{{}}`) of `{target.name}`"
