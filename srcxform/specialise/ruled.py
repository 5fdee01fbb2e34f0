"""Functions with a rule: which calls it is written for, and the kind of what they give."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import numpy as np

from srcxform.core.dtypes import makes_no_numbers
from srcxform.kinds.dtypes import exemplary
from srcxform.kinds.lattice import UNKNOWN, Array, Const, Kind, Opaque
from srcxform.kinds.probe import probe
from srcxform.rules.registry import Rule, parameters_of
from srcxform.specialise.operators import elementwise_kind
from srcxform.specialise.scope import Args, Keywords, State

# Files of rules whose functions take lists and tuples as they are.
CONTAINERS = {
    *("stacking", "creation", "builtins", "sorting", "containers", "custom_results", "lanes"),
}


def takes_containers(rule: Rule) -> bool:
    """Say whether a rule knows lists and tuples of arrays as such."""
    if rule.constant:
        return True
    template = rule.adjoint or rule.tangent or rule.parts
    home = getattr(template, "__module__", "").rpartition(".")[2]
    return home in CONTAINERS or rule.primal is np.shape


def fits(rule: Rule, args: Args, keywords: Keywords) -> bool:
    """Say whether a rule is written for calls with these parameters."""
    written = rule.signature if rule.parts is None else inspect.signature(rule.parts)
    try:
        written.bind(*args, **keywords)
    except TypeError:
        return False
    return True


def other_form(
    state: State, rule: Rule, args: Args, keywords: Keywords
) -> tuple[Any, Keywords] | None:
    """Give the template for a call that says what the rules do not know, and its arguments.

    None where the rules know all of it, or the template does not.
    """
    if rule.form is None:
        return None
    try:
        given = rule.signature.bind(*args, **keywords).arguments
    except TypeError:
        return None
    own = [t for t in (rule.tangent, rule.adjoint, rule.parts, *rule.actions) if t is not None]
    known = {*rule.wrt, *rule.ignored, *rule.fixed}.union(*map(parameters_of, own))
    parameters = rule.signature.parameters
    said = {name: arg for name, arg in given.items() if arg[1] != Const(parameters[name].default)}
    new = {name for name in said if parameters[name].default is not inspect.Parameter.empty}
    if new <= known or not said.keys() <= parameters_of(rule.form).keys():
        return None
    if "function" in parameters_of(rule.form):
        said["function"] = state.externals.reference(rule.primal), Const(rule.primal)
    return rule.form, said


SEVERAL = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def rule_kind(rule: Rule, kinds: list[Kind], named: dict[str, Kind]) -> Kind:
    """Give the kind of what a function with a rule returns."""
    if makes_no_numbers(rule, kinds, named):
        return Opaque(np.ndarray)
    named = {k: exemplary(v) if k == "dtype" else v for k, v in named.items()}
    names = [*rule.signature.parameters][: len(kinds)]
    told = [exemplary(k) if n == "dtype" else k for k, n in zip(kinds, names, strict=False)]
    kinds = [*told, *kinds[len(names) :]]
    if rule.kind is not None:
        try:
            bound = rule.signature.bind(*kinds, **named)
        except TypeError:
            return UNKNOWN
        given = set(bound.arguments)
        bound.apply_defaults()
        for key, value in bound.arguments.items():
            several = rule.signature.parameters[key].kind in SEVERAL  # none are given
            if key not in given and not several and not isinstance(value, Kind):
                bound.arguments[key] = Const(value)
        asked = parameters_of(rule.kind)
        takes_all = any(p.kind is p.VAR_KEYWORD for p in asked.values())
        found = rule.kind(**{k: v for k, v in bound.arguments.items() if takes_all or k in asked})
        if found is not None and found != UNKNOWN:
            return found
    if (rule.actions or is_elementwise(rule.primal)) and not named:
        return elementwise_kind(rule.primal, tuple(kinds))
    found = probe(rule.primal, kinds, named)
    if isinstance(found, Array) and any(isinstance(k, Array) and k.mixed for k in kinds):
        return replace(found, mixed=True)
    return found


def is_elementwise(function: Any) -> bool:
    """Say whether a function is one of NumPy's entry by entry; `np.matmul` has a signature."""
    return isinstance(function, np.ufunc) and function.signature is None
