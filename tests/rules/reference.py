"""Runs rules without the compiler: templates are functions, and are called as such.

What the compiler adds to a rule is added here in the plainest way: an elementwise action becomes a
tangent or a cotangent of its operand's shape, a linear function is its own tangent.
"""

import inspect
from typing import Any

import numpy as np

from srcxform.rules.registry import RULES
from srcxform.runtime import broadcast_like, unbroadcast, zeros_like

MISSING = inspect.Parameter.empty


def bound(function: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by the names of the rule's signature."""
    return dict(RULES[function].signature.bind(*args, **keywords).arguments)


def call(function: Any, given: dict[str, Any]) -> Any:
    """Call a function with arguments by name, positional-only ones included."""
    positional, named = [], {}
    in_order = True
    for name, parameter in RULES[function].signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL and name in given:
            positional += given[name]
        elif name not in given:
            in_order = False
        elif in_order and parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            positional.append(given[name])
        else:
            named[name] = given[name]
    return function(*positional, **named)


def fill(template: Any, function: Any, given: dict[str, Any], more: dict[str, Any]) -> Any:
    """Call a template with what it names: arguments, `out`, tangents, cotangents."""
    rule = RULES[function]
    named: dict[str, Any] = {}
    positional: list[Any] = []
    for name, parameter in inspect.signature(template).parameters.items():
        if name in more:
            named[name] = more[name]
        elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            positional = [*named.values(), *given.get(name, ())]
            named = {}
        elif name in given:
            named[name] = given[name]
        elif parameter.default is MISSING:
            named[name] = rule.signature.parameters[name].default
            assert named[name] is not MISSING, (function, name)
    return template(*positional, **named)


def unnamed(function: Any, given: dict[str, Any], *templates: Any) -> set[str]:
    """The arguments of a call of which the rule says nothing: in no template, ignored, or fixed."""
    rule = RULES[function]
    names = {name for t in templates for name in inspect.signature(t).parameters}
    return set(given) - names - set(rule.wrt) - rule.ignored - rule.fixed


def made_of(case: Any) -> Any:
    """The template that a call is made of: a composite, or what knows more than the rules do."""
    rule = RULES[case.function]
    if rule.form is None:
        return rule.parts
    given = settings(case.function, bound(case.function, case.args, case.keywords))
    own = [t for t in (rule.tangent, rule.adjoint, rule.parts, *rule.actions) if t]
    return rule.form if unnamed(case.function, given, *own) else rule.parts


def settings(function: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call that it could do without."""
    parameters = RULES[function].signature.parameters
    return {name: value for name, value in given.items() if parameters[name].default is not MISSING}


def tangent_of(function: Any, given: dict[str, Any], dots: dict[str, Any]) -> Any:
    """The tangent of `function(**given)` for tangents `dots` of some of the parameters."""
    rule = RULES[function]
    out = call(function, given)
    if rule.tangent is not None:
        more = {"out": out} | {name + "_dot": dot for name, dot in dots.items()}
        return fill(rule.tangent, function, given, more)
    if rule.linear:
        assert rule.adjoint is not None
        active = {
            name: dots[name] if name in dots else zeros_like(given[name])
            for name in rule.wrt
            if name in given
        }
        return call(function, given | active)
    total: Any = 0.0
    for name, action in zip(rule.wrt, rule.actions, strict=True):
        if name in dots:
            part = fill(action, function, given, {"out": out, "g": dots[name]})
            total = total + broadcast_like(part, like=out)
    return total


def cotangents_of(function: Any, given: dict[str, Any], names: Any, out_bar: Any) -> dict[str, Any]:
    """The cotangents of these parameters."""
    rule = RULES[function]
    out = call(function, given)
    if rule.adjoint is not None:
        result = fill(rule.adjoint, function, given, {"out": out, "out_bar": out_bar})
        parts = result if len(rule.wrt) > 1 else (result,)
        assert len(parts) == len(rule.wrt)
        return {n: part for n, part in zip(rule.wrt, parts, strict=True) if n in names}
    return {
        name: unbroadcast(
            fill(action, function, given, {"out": out, "g": out_bar}), like=given[name]
        )
        for name, action in zip(rule.wrt, rule.actions, strict=True)
        if name in names
    }


def is_inexact(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(is_inexact, value))
    if isinstance(value, dict):
        return any(map(is_inexact, value.values()))
    if isinstance(value, (str, bytes, type(None))) or callable(value):
        return False
    return np.asarray(value).dtype.kind in "fc"


def random_tangent(generator: Any, value: Any) -> Any:
    """A random tangent of the structure and dtype of `value`; complex where it is complex."""
    if hasattr(value, "_fields"):
        return tuple(random_tangent(generator, part) for part in value)
    if isinstance(value, (list, tuple)):
        return type(value)(random_tangent(generator, part) for part in value)
    if isinstance(value, dict):
        return {key: random_tangent(generator, part) for key, part in value.items()}
    if not is_inexact(value):
        return zeros_like(value)
    array = np.asarray(value)
    drawn = generator.standard_normal(array.shape)
    if array.dtype.kind == "c":
        drawn = drawn + 1j * generator.standard_normal(array.shape)
    if isinstance(value, np.ndarray):
        return drawn.astype(array.dtype)
    return type(value)(drawn)


def shifted(value: Any, dot: Any, step: float) -> Any:
    """`value + step * dot`, in double precision."""
    if isinstance(value, (list, tuple)):
        return type(value)(shifted(v, d, step) for v, d in zip(value, dot, strict=True))
    if isinstance(value, dict):
        return {key: shifted(part, dot[key], step) for key, part in value.items()}
    if not is_inexact(value):
        return value
    return widened(value) + step * widened(dot)


def widened(value: Any) -> Any:
    """A number or an array in double precision."""
    wide = np.complex128 if np.iscomplexobj(value) else np.float64
    return value.astype(wide) if isinstance(value, (np.ndarray, np.generic)) else value


def pairing(left: Any, right: Any) -> float:
    """Re sum(left * right), without a conjugation, over all numbers of two like structures."""
    if isinstance(right, (list, tuple)):
        return sum(pairing(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(right, dict):
        return sum(pairing(left[key], part) for key, part in right.items())
    if right is None or left is None:
        return 0.0
    return float(np.sum(np.asarray(left) * np.asarray(right)).real)
