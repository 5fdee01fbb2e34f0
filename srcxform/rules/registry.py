"""The one table of derivative rules.

A rule is an ordinary function used as a template: the compiler inlines its body into the
generated source. It names what it reads among the parameters of the primal, `out` (the primal's
result), `<parameter>_dot` in a tangent rule, and `out_bar` in an adjoint rule; nothing else is
kept for the backward sweep. A parameter of the primal that a rule does not name must be left at
its default by the user's call, or the call is refused, unless the rule is told to ignore it.

>>> import numpy as np
>>> elementwise(np.sin, lambda x, g: g * np.cos(x))
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from srcxform.kinds.lattice import Kind

Template = Callable[..., Any]
KindRule = Callable[..., Kind]
Given = Mapping[str, Any]  # what a call tells: the value of a literal, `...` for anything else


@dataclass(frozen=True)
class Rule:
    """What is known of a function that the compiler does not look into."""

    primal: Any
    signature: inspect.Signature
    wrt: tuple[str, ...] = ()  # parameters through which a derivative passes
    actions: tuple[Template | None, ...] = ()  # elementwise: what each derivative does to `g`
    tangent: Template | None = None
    adjoint: Template | None = None
    linear: bool = False  # in `wrt` jointly: the tangent is the function itself
    constant: bool = False  # derivative zero, or the result is no number
    view: str = ""  # "": fresh result; "view" or "maybe": shares memory with the first `wrt`
    view_if: Callable[[Given], bool] | None = None  # whether it does so for these arguments
    ignored: frozenset[str] = frozenset()  # parameters that no derivative depends on
    fixed: frozenset[str] = frozenset()  # those that none depends on while they are constant
    kind: KindRule | None = None  # from kinds of the arguments, where probing cannot tell
    flat: Callable[..., bool] | None = None  # kinds of the arguments for which it is constant
    parts: Template | None = None  # what it is made of, in place of rules of its own
    form: Template | None = None  # the same, where a call gives what its rules do not name


RULES: dict[Any, Rule] = {}
PREDICATES: dict[Any, Callable[..., bool]] = {}
SETTLERS: dict[Any, Callable[..., Any]] = {}
BATCHING: dict[Any, tuple[tuple[str, ...], Template]] = {}  # parameters with lanes, and the rule
CONVERTING: dict[Any, None] = {}  # give a result of a precision of its own
LANEWISE: dict[Any, int] = {}  # work entry by entry in so many first parameters, without actions


def rule_of(function: Any) -> Rule | None:
    """Give the rule of a function, None if it has none."""
    try:
        return RULES.get(function)
    except TypeError:  # unhashable callable objects have no rules
        return None


@functools.lru_cache(maxsize=4096)
def parameters_of(template: Any) -> Mapping[str, inspect.Parameter]:
    """Give the parameters of a rule's own function: a template, or one that tells kinds."""
    return inspect.signature(template).parameters


def signature_of(function: Any, text: str | None) -> inspect.Signature:
    """Read a signature from `text` such as "x, axis=None, *, keepdims=False", or ask Python."""
    if text is None:
        return inspect.signature(function)
    scope: dict[str, Any] = {}
    exec(f"def signature({text}): pass", scope)
    return inspect.signature(scope["signature"])


def update(function: Any, signature: str | None = None, **changes: Any) -> Rule:
    rule = RULES.get(function)
    if rule is None:
        rule = Rule(function, signature_of(function, signature))
    elif signature is not None:
        rule = replace(rule, signature=signature_of(function, signature))
    RULES[function] = replace(rule, **changes)
    return RULES[function]


def elementwise(function: Any, *actions: Template | None, signature: str | None = None) -> None:
    """Give the derivative of an elementwise function, one action for each parameter.

    An action reads parameters of the primal, `out` and `g`, and says what `g` (a tangent or a
    cotangent) becomes: tangents, adjoints (unbroadcast to the operand) and batches follow.
    Parameters are called `x`, `y`, `z` unless `signature` says otherwise; None as an action
    stands for a parameter that no derivative passes.
    """
    names = ["x", "y", "z"][: len(actions)]
    text = signature or ", ".join(names)
    parameters = [p for p in signature_of(function, text).parameters]
    wrt = tuple(name for name, action in zip(parameters, actions, strict=False) if action)
    update(function, text, wrt=wrt, actions=tuple(a for a in actions if a))


def constant(*functions: Any, signature: str | None = None) -> None:
    """Declare functions through which no derivative passes: it is zero, or no number."""
    for function in functions:
        rule = Rule(function, signature_of(function, signature or "*args, **kwargs"))
        RULES[function] = replace(rule, constant=True)


def tangent(
    function: Any, signature: str | None = None, *, wrt: str = ""
) -> Callable[[Template], Template]:
    """Register the decorated template as the forward rule of `function`.

    It reads parameters of the primal, `out` and `<parameter>_dot`, and returns the tangent of
    the result. A tangent of a parameter that is not differentiated is left out of the call: give
    it the default None and decide by `is_none`.
    """

    def register(template: Template) -> Template:
        more = {"wrt": tuple(wrt.split())} if wrt else {}
        update(function, signature, tangent=template, **more)
        return template

    return register


def adjoint(
    function: Any, signature: str | None = None, *, wrt: str = ""
) -> Callable[[Template], Template]:
    """Register the decorated template as the reverse rule of `function`.

    It reads parameters of the primal, `out` and `out_bar`, and returns the cotangents of the
    parameters `wrt`, in that order: one value for one, a tuple for several.
    """

    def register(template: Template) -> Template:
        more = {"wrt": tuple(wrt.split())} if wrt else {}
        update(function, signature, adjoint=template, **more)
        return template

    return register


def linear(
    function: Any, signature: str | None = None, *, wrt: str, view: str = ""
) -> Callable[[Template], Template]:
    """Register the decorated template as the transpose of a function linear in `wrt`.

    The tangent is the function itself, applied to the tangent, with all other arguments as
    they are: the function has to be linear whatever those are that the transpose names or the
    rule ignores. What it is not linear with (`initial` of a sum), or what means another thing for
    the tangent (`order="K"`), is in neither.
    """

    def register(template: Template) -> Template:
        names = tuple(wrt.split())
        update(function, signature, wrt=names, adjoint=template, linear=True, view=view)
        return template

    return register


def views(function: Any, view: str, only_if: Callable[[Given], bool]) -> None:
    """Declare that some calls give what shares memory with the first differentiated parameter."""
    RULES[function] = replace(RULES[function], view=view, view_if=only_if)


def batching(*functions: Any, over: str) -> Callable[[Template], Template]:
    """Register the decorated template as what `vmap` writes for a call of `functions`.

    `over` names the parameters that may be batched: they have the lanes along their first axis if
    `<parameter>_lanes` is True, and at least one of them does. The template reads parameters of
    the primal, these, and `size`, the number of lanes. For what it cannot do
    it returns `lane_by_lane()`, as all calls of functions without a batching rule are made.
    """

    def register(template: Template) -> Template:
        for function in functions:
            BATCHING[function] = tuple(over.split()), template
        return template

    return register


def lanewise(*functions: Any, operands: int = 1) -> None:
    """Declare functions that work entry by entry in so many first parameters.

    The lanes are one more axis to them, and what follows is the same for all lanes.
    Those with actions and NumPy's ufuncs need no declaration.
    """
    LANEWISE.update(dict.fromkeys(functions, operands))


def converting(*functions: Any) -> None:
    """Declare functions whose result may be of another precision than what they are given.

    So may those with an argument `dtype`. What a rule gives back takes the precision of the
    operand that it belongs to.
    """
    CONVERTING.update(dict.fromkeys(functions))


def composite(function: Any, signature: str | None = None) -> Callable[[Template], Template]:
    """Register what a function is made of: a template with the parameters of the primal.

    Where a derivative passes, a call is replaced by the template before anything is
    differentiated. Only for functions whose value is computed that way in NumPy too, or nearly.
    """

    def register(template: Template) -> Template:
        update(function, signature, parts=template)
        return template

    return register


def otherwise(*functions: Any) -> Callable[[Template], Template]:
    """Register what functions are made of where a call gives what their rules do not name.

    `np.sum(a, initial=x)` is `np.sum(a) + x`. The template has the parameters of the primal that
    it knows, and hands on to the function only those that its rules know. With several
    functions it reads the one that is called as `function`.
    """

    def register(template: Template) -> Template:
        for function in functions:
            update(function, form=template)
        return template

    return register


def same_rule(function: Any, other: Any) -> None:
    """Give `function` the rule of `other`, which it is another name for."""
    RULES[function] = replace(RULES[other], primal=function)


def result_kind(*functions: Any) -> Callable[[KindRule], KindRule]:
    """Register how the kind of the result follows from the kinds of the arguments.

    The decorated function takes kinds where the primal takes values (defaults as the primal's
    own, as `Const`) and is asked where calling the function on dummies cannot tell.
    """

    def register(kind: KindRule) -> KindRule:
        for function in functions:
            RULES[function] = replace(RULES[function], kind=kind)
        return kind

    return register


def flat_if(*functions: Any) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    """Register for which kinds of its arguments no derivative passes a function that has a rule.

    The decorated function takes kinds where the primal takes values, as for `result_kind`. It
    keeps zeros out of the generated code: np.sign has a derivative for complex numbers only.
    """

    def register(question: Callable[..., bool]) -> Callable[..., bool]:
        for function in functions:
            RULES[function] = replace(RULES[function], flat=question)
        return question

    return register


def ignores(function: Any, names: Iterable[str]) -> None:
    """Declare parameters that a call may set and no derivative rule needs to know."""
    RULES[function] = replace(RULES[function], ignored=frozenset(names))


def fixes(function: Any, names: Iterable[str]) -> None:
    """Say that no derivative depends on some parameters, as long as they are constant."""
    RULES[function] = replace(RULES[function], fixed=frozenset(names))


def predicate(function: Callable[..., bool]) -> Callable[..., bool]:
    """Register a question about kinds, answered when the source is written.

    In a template it takes values; here it takes their kinds and answers at once.
    """
    PREDICATES[function] = function
    return function


def settles(helper: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what a call of a run-time helper becomes where the kinds decide it.

    The decorated function takes an `Operand` for each argument (positional and keyword as in
    the call) and returns a `use(...)`, an operand to stand for the result, a `Const` to be
    written as a literal, or None to leave the helper in place.
    """

    def register(settler: Callable[..., Any]) -> Callable[..., Any]:
        SETTLERS[helper] = settler
        return settler

    return register


@dataclass(frozen=True)
class Operand:
    """An argument as a settler sees it: its expression and its kind."""

    expression: Any
    kind: Kind


@dataclass(frozen=True)
class Use:
    """What a settler returns for a call: `function` applied to operands and plain constants.

    An argument may be a `Use` itself, and stands for its result.
    """

    function: Any
    args: tuple[Any, ...]
    keywords: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Display:
    """What a settler puts in place of a helper's call: a list or tuple, written out."""

    type: str
    parts: tuple[Any, ...]


def use(function: Any, *args: Any, **keywords: Any) -> Use:
    """Write `function(*args, **keywords)` in place of a helper."""
    return Use(function, args, tuple(keywords.items()))
